"""Entries that are asked for, before the coordination has decided on them; the referral procedure; hiding."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0034'
down_revision = '0033'
branch_labels = ()
depends_on = None

LISTS = ('access_modes', 'referral_channels', 'feedback_channels')
TEXTS = {'next_step': 500, 'complaint_channel': 500, 'exclusions': 1000}
NUMBERS = ('response_hours_urgent', 'response_hours_emergency', 'feedback_days')
REASONS = ('late', 'wrong_number', 'bounced', 'new_site', 'archive')
REASON = 'ck_call_task_taskreason'
REVISION = 'fk_call_task_revision_id_entity_revision'
MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('new_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('apart', sa.JSON(), nullable=False),
    sa.Column('proposer_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_new_entry_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_new_entry_organization_id_organization')),
    sa.ForeignKeyConstraint(['proposer_id'], ['user_account.id'], name=op.f('fk_new_entry_proposer_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_new_entry')),
    sa.UniqueConstraint('service_id', name=op.f('uq_new_entry_service_id'))
    )
    op.create_index(op.f('ix_new_entry_organization_id'), 'new_entry', ['organization_id'])
    op.create_index(op.f('ix_new_entry_decided_at'), 'new_entry', ['decided_at'])
    with op.batch_alter_table('service') as batch:
        for name in LISTS:
            batch.add_column(sa.Column(name, sa.JSON(), server_default='[]', nullable=False))
        for name, length in TEXTS.items():
            batch.add_column(sa.Column(name, sa.String(length=length), server_default='', nullable=False))
        for name in NUMBERS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.add_column(sa.Column('residence_required', sa.Boolean(), nullable=True))
    with op.batch_alter_table('service') as batch:
        for name in (*LISTS, *TEXTS):
            batch.alter_column(name, server_default=None)
    with op.batch_alter_table('call_task') as batch:
        batch.add_column(sa.Column('note', sa.String(length=300), server_default='', nullable=False))
        batch.add_column(sa.Column('revision_id', sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f(REVISION), 'entity_revision', ['revision_id'], ['id'])
        batch.drop_constraint(op.f(REASON), type_='check')
        batch.create_check_constraint(op.f(REASON), f"reason IN {(*REASONS, 'hidden')}")
    with op.batch_alter_table('call_task') as batch:
        batch.alter_column('note', server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM call_task WHERE reason = 'hidden'")
    with op.batch_alter_table('call_task') as batch:
        batch.drop_constraint(op.f(REASON), type_='check')
        batch.create_check_constraint(op.f(REASON), f'reason IN {REASONS}')
        batch.drop_constraint(op.f(REVISION), type_='foreignkey')
        batch.drop_column('revision_id')
        batch.drop_column('note')
    with op.batch_alter_table('service') as batch:
        for name in (*LISTS, *TEXTS, *NUMBERS, 'residence_required'):
            batch.drop_column(name)
    op.drop_table('new_entry')
