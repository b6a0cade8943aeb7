"""Emergency accesses, orders and reports of the law, and decisions about somebody who is not in the directory."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0015'
down_revision = '0014'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
REASONS = ('unconscious', 'injury', 'suicide', 'violence', 'child', 'other')


def closed(column: str, name: str, *members: str, nullable: bool = False) -> sa.Column:
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable)


def key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def upgrade() -> None:
    with op.batch_alter_table('sharing_decision') as batch:
        batch.alter_column('recipient_id', existing_type=sa.Uuid(), nullable=True)
    op.create_table('emergency_access',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    closed('reason', 'emergencyreason', *REASONS),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=False),
    sa.Column('cannot_ask', sa.Boolean(), nullable=False),
    sa.Column('refused', sa.Boolean(), nullable=False),
    sa.Column('risk_to_others', sa.Boolean(), nullable=False),
    sa.Column('categories', sa.JSON(), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('ends_at', MOMENT, nullable=False),
    sa.Column('renewals', sa.Integer(), nullable=False),
    sa.Column('told_at', MOMENT, nullable=True),
    sa.Column('told_by_id', sa.Uuid(), nullable=True),
    sa.Column('review_due_at', MOMENT, nullable=False),
    sa.Column('reviewed_at', MOMENT, nullable=True),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True),
    closed('conclusion', 'conclusion', 'justified', 'unjustified', nullable=True),
    sa.Column('sealed_review', sa.LargeBinary(), nullable=True),
    sa.Column('reminded_at', MOMENT, nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    key('emergency_access', 'case_id', 'case_file'),
    key('emergency_access', 'user_id', 'user_account'),
    key('emergency_access', 'organization_id', 'organization'),
    key('emergency_access', 'told_by_id', 'user_account'),
    key('emergency_access', 'reviewer_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_access'))
    )
    for column in ('case_id', 'user_id', 'review_due_at'):
        op.create_index(op.f(f'ix_emergency_access_{column}'), 'emergency_access', [column])
    op.create_table('legal_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=16), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    closed('kind', 'orderkind', 'judicial', 'child_report', 'informal'),
    sa.Column('dated_on', sa.Date(), nullable=True),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('received_at', MOMENT, nullable=False),
    sa.Column('received_by_id', sa.Uuid(), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=True),
    sa.Column('verified_at', MOMENT, nullable=True),
    sa.Column('verified_by_id', sa.Uuid(), nullable=True),
    sa.Column('sealed_check', sa.LargeBinary(), nullable=True),
    sa.Column('waived', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('answered_at', MOMENT, nullable=True),
    sa.Column('refused_at', MOMENT, nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    key('legal_order', 'case_id', 'case_file'),
    key('legal_order', 'received_by_id', 'user_account'),
    key('legal_order', 'verified_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_order')),
    sa.UniqueConstraint('reference', name=op.f('uq_legal_order_reference'))
    )
    op.create_index(op.f('ix_legal_order_case_id'), 'legal_order', ['case_id'])


def downgrade() -> None:
    for table in ('legal_order', 'emergency_access'):
        op.drop_table(table)
    with op.batch_alter_table('sharing_decision') as batch:
        batch.alter_column('recipient_id', existing_type=sa.Uuid(), nullable=False)
