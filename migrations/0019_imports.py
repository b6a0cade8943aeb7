"""Files of partners that wait between preview and decision."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0019'
down_revision = '0018'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('import_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('contents', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('approved', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_import_draft_created_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_draft'))
    )


def downgrade() -> None:
    op.drop_table('import_draft')
