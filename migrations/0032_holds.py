"""Legal holds of their own, those that stood with a request taken over; who proposes to erase before the time is over."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0032'
down_revision = '0031'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
REASONS = ('court', 'proceedings', 'law', 'claim', 'complaint')
MOVES = ('placed', 'renewed', 'lifted', 'lapsed', 'overtaken')
TAKEN_OVER = '–'
LOOK = timedelta(days=14)


def one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    hold = op.create_table(
        'legal_hold',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('case_id', sa.Uuid(), nullable=False),
        sa.Column('reason', one_of(*REASONS, name='holdreason'), nullable=False),
        sa.Column('basis', sa.String(length=200), nullable=False),
        sa.Column('silent', sa.Boolean(), nullable=False),
        sa.Column('placed_at', MOMENT, nullable=False),
        sa.Column('placed_by_id', sa.Uuid(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('review_on', sa.Date(), nullable=False),
        sa.Column('reminded', sa.Integer(), nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_legal_hold_case_id_case_file')),
        sa.ForeignKeyConstraint(['placed_by_id'], ['user_account.id'], name=op.f('fk_legal_hold_placed_by_id_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_hold')),
    )
    op.create_index(op.f('ix_legal_hold_case_id'), 'legal_hold', ['case_id'])
    op.create_index('ix_legal_hold_ended_at_review_on', 'legal_hold', ['ended_at', 'review_on'])
    op.create_table(
        'legal_hold_step',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('hold_id', sa.Uuid(), nullable=False),
        sa.Column('move', one_of(*MOVES, name='holdmove'), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', sa.Uuid(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('review_on', sa.Date(), nullable=True),
        sa.Column('sealed', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['hold_id'], ['legal_hold.id'], name=op.f('fk_legal_hold_step_hold_id_legal_hold')),
        sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_legal_hold_step_by_id_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_hold_step')),
    )
    op.create_index(op.f('ix_legal_hold_step_hold_id'), 'legal_hold_step', ['hold_id'])
    with op.batch_alter_table('retention_review') as batch:
        batch.add_column(sa.Column('proposed_by_id', sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            batch.f('fk_retention_review_proposed_by_id_user_account'), 'user_account', ['proposed_by_id'], ['id']
        )
    _take_over(hold)


def _take_over(hold: sa.Table) -> None:
    """A file under a hold gets one without a reference, to be looked at within two weeks."""
    case = sa.table('case_file', sa.column('id', sa.Uuid()), sa.column('legal_hold', sa.Boolean()))
    found = op.get_bind().execute(sa.select(case.c.id).where(case.c.legal_hold)).scalars().all()
    now = datetime.now(UTC)
    rows = [
        {
            'id': uuid4(), 'case_id': one, 'reason': 'law', 'basis': TAKEN_OVER, 'silent': False, 'placed_at': now,
            'review_on': now.date() + LOOK, 'reminded': 0, 'version': 1,
        }
        for one in found
    ]
    if rows:
        op.bulk_insert(hold, rows)


def downgrade() -> None:
    with op.batch_alter_table('retention_review') as batch:
        batch.drop_constraint(batch.f('fk_retention_review_proposed_by_id_user_account'), type_='foreignkey')
        batch.drop_column('proposed_by_id')
    op.drop_table('legal_hold_step')
    op.drop_table('legal_hold')
