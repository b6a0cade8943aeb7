"""Administrative units with their other names, points and outlines, and the needs for which no service was found."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0012'
down_revision = '0011'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
OUTCOMES = ('no_result', 'refused', 'full', 'out_of_area')


def upgrade() -> None:
    op.create_table('admin_unit',
    sa.Column('pcode', sa.String(length=16), nullable=False),
    sa.Column('level', sa.SmallInteger(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('name_alt', sa.JSON(), nullable=False),
    sa.Column('parent', sa.String(length=16), nullable=False),
    sa.Column('iso', sa.String(length=10), nullable=False),
    sa.Column('local_id', sa.String(length=16), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('outline', sa.JSON(), nullable=False),
    sa.Column('same_as', sa.String(length=16), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('pcode', name=op.f('pk_admin_unit'))
    )
    op.create_index(op.f('ix_admin_unit_parent'), 'admin_unit', ['parent'])
    op.create_table('need_signal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('pcode', sa.String(length=16), nullable=False),
    sa.Column('category', sa.String(length=8), nullable=False),
    sa.Column('audience', sa.String(length=24), nullable=False),
    sa.Column('outcome', sa.Enum(*OUTCOMES, name='signaloutcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_signal'))
    )
    op.create_index(op.f('ix_need_signal_at'), 'need_signal', ['at'])


def downgrade() -> None:
    for table in ('need_signal', 'admin_unit'):
        op.drop_table(table)
