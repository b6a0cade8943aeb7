"""The life of an agreement: its text, terms, comments, signatures, history, warnings and the committee's decision.

What was in force until now carries the number UNRECORDED: nobody can say by which decision.
"""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0013'
down_revision = '0012'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
STATES = (
    'draft', 'negotiation', 'legal_review', 'signed_one', 'signed_both', 'active', 'suspended', 'expired', 'terminated',
    'superseded',
)
ACTIONS = (
    'open_negotiation', 'send_to_review', 'send_back', 'sign', 'activate', 'suspend', 'resume', 'terminate', 'expire',
    'supersede',
)
DECIDED = "state NOT IN ('active', 'suspended') OR (decision_number <> '' AND decision_on IS NOT NULL)"


def closed(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def upgrade() -> None:
    with op.batch_alter_table('agreement') as batch:
        batch.add_column(sa.Column('terms', sa.JSON(), nullable=False, server_default='{}'))
        batch.add_column(sa.Column('clauses', sa.JSON(), nullable=False, server_default='{}'))
        batch.add_column(sa.Column('decision_number', sa.String(40), nullable=False, server_default=''))
        batch.add_column(sa.Column('decision_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('amends_id', sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE agreement SET decision_number = 'UNRECORDED', decision_on = COALESCE(effective_from, '2026-01-01') "
        "WHERE state IN ('active', 'suspended')"
    )
    with op.batch_alter_table('agreement') as batch:
        for name in ('terms', 'clauses'):
            batch.alter_column(name, existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch.alter_column('decision_number', existing_type=sa.String(40), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f('ck_agreement_decided'), DECIDED)
        batch.create_foreign_key(op.f('fk_agreement_amends_id_agreement'), 'agreement', ['amends_id'], ['id'])
        batch.create_index(op.f('ix_agreement_amends_id'), ['amends_id'])
    words()
    history()


def words() -> None:
    op.create_table(
        'agreement_comment',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('agreement_id', sa.Uuid(), nullable=False),
        sa.Column('clause', sa.String(24), nullable=False),
        sa.Column('organization_id', sa.Uuid(), nullable=True),
        sa.Column('author_id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.String(2000), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('answer', sa.String(2000), nullable=False),
        sa.Column('answered_at', MOMENT, nullable=True),
        key('agreement_comment', 'agreement_id', 'agreement'),
        key('agreement_comment', 'organization_id', 'organization'),
        key('agreement_comment', 'author_id', 'user_account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_comment')),
    )
    op.create_index(op.f('ix_agreement_comment_agreement_id'), 'agreement_comment', ['agreement_id'])
    op.create_table(
        'agreement_signature',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('agreement_id', sa.Uuid(), nullable=False),
        sa.Column('side', closed('side', ('holder', 'partner')), nullable=False),
        sa.Column('representative', sa.String(160), nullable=False),
        sa.Column('function', sa.String(160), nullable=False),
        sa.Column('signed_on', sa.Date(), nullable=False),
        sa.Column('method', closed('signaturemethod', ('scan', 'screen')), nullable=False),
        sa.Column('text_hash', sa.String(64), nullable=False),
        sa.Column('file_hash', sa.String(64), nullable=False),
        sa.Column('media_type', sa.String(40), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=True),
        sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
        sa.Column('recorded_at', MOMENT, nullable=False),
        key('agreement_signature', 'agreement_id', 'agreement'),
        key('agreement_signature', 'recorded_by_id', 'user_account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_signature')),
        sa.UniqueConstraint('agreement_id', 'side', name=op.f('uq_agreement_signature_agreement_id_side')),
    )


def history() -> None:
    op.create_table(
        'agreement_event',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('agreement_id', sa.Uuid(), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('action', closed('agreementaction', ACTIONS), nullable=False),
        sa.Column('from_state', closed('from_state', STATES), nullable=False),
        sa.Column('to_state', closed('to_state', STATES), nullable=False),
        sa.Column('reason', sa.String(24), nullable=False),
        sa.Column('decision_number', sa.String(40), nullable=False),
        sa.Column('actor_id', sa.Uuid(), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        key('agreement_event', 'agreement_id', 'agreement'),
        key('agreement_event', 'actor_id', 'user_account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_event')),
        sa.UniqueConstraint('agreement_id', 'sequence', name=op.f('uq_agreement_event_agreement_id_sequence')),
    )
    op.create_table(
        'agreement_warning',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('agreement_id', sa.Uuid(), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.Column('mark', sa.String(20), nullable=False),
        sa.Column('told_at', MOMENT, nullable=False),
        key('agreement_warning', 'agreement_id', 'agreement'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_warning')),
        sa.UniqueConstraint('agreement_id', 'days', 'mark', name=op.f('uq_agreement_warning_agreement_id_days_mark')),
    )
    op.create_table(
        'agreement_counter',
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year', name=op.f('pk_agreement_counter')),
    )


def downgrade() -> None:
    for table in (
        'agreement_counter', 'agreement_warning', 'agreement_event', 'agreement_signature', 'agreement_comment',
    ):
        op.drop_table(table)
    with op.batch_alter_table('agreement') as batch:
        batch.drop_constraint(op.f('ck_agreement_decided'), type_='check')
        batch.drop_constraint(op.f('fk_agreement_amends_id_agreement'), type_='foreignkey')
        batch.drop_index(op.f('ix_agreement_amends_id'))
        for name in ('terms', 'clauses', 'decision_number', 'decision_on', 'amends_id'):
            batch.drop_column(name)
