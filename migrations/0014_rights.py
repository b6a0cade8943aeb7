"""Rights of the person: requests, links, withdrawals, reminders, reviews; breaches and the impact assessment."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0014'
down_revision = '0013'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('breach',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.Enum('lost', 'stolen', 'sent_wrong', 'read', 'published', 'destroyed', name='breachkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('discovered_at', MOMENT, nullable=False),
    sa.Column('authority_due', MOMENT, nullable=False),
    sa.Column('persons', sa.Integer(), nullable=True),
    sa.Column('categories', sa.JSON(), nullable=False),
    sa.Column('high_risk', sa.Boolean(), nullable=False),
    sa.Column('words', sa.String(length=2000), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_breach_recorded_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breach')),
    sa.UniqueConstraint('number', name=op.f('uq_breach_number'))
    )
    op.create_table('dpia_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=20), nullable=False),
    sa.Column('answer', sa.Enum('yes', 'partly', 'no', name='dpiaanswer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('answered_by_id', sa.Uuid(), nullable=False),
    sa.Column('answered_at', MOMENT, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_dpia_line_counted')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_dpia_line_answered_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dpia_line')),
    sa.UniqueConstraint('question', 'sequence', name=op.f('uq_dpia_line_question_sequence'))
    )
    op.create_table('own_file_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=True),
    sa.Column('closed_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_own_file_link_case_id_case_file')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user_account.id'], name=op.f('fk_own_file_link_made_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_file_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_own_file_link_token_hash'))
    )
    op.create_index(op.f('ix_own_file_link_case_id'), 'own_file_link', ['case_id'])
    op.create_table('retention_review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('categories', sa.JSON(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('proposed_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.Column('keep_until', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_retention_review_case_id_case_file')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_retention_review_decided_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_review'))
    )
    op.create_index(op.f('ix_retention_review_case_id'), 'retention_review', ['case_id'])
    op.create_index('ix_retention_review_decided_at', 'retention_review', ['decided_at'])
    op.create_table('rights_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('copy', 'correction', 'objection', 'complaint', 'erasure', name='requestkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('requester', sa.Enum('person', 'guardian', 'representative', name='requester', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('open', 'held', 'granted', 'refused', name='requeststate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', MOMENT, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('refusal', sa.Enum('not_the_person', 'third_party', 'accurate', 'law', 'already', name='refusalreason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_rights_request_case_id_case_file')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_rights_request_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_rights_request_recorded_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rights_request'))
    )
    op.create_index(op.f('ix_rights_request_case_id'), 'rights_request', ['case_id'])
    op.create_index('ix_rights_request_state_due_on', 'rights_request', ['state', 'due_on'])
    op.create_table('withdrawal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('desk', 'phone', 'link', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('everything', sa.Boolean(), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_withdrawal_case_id_case_file')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_withdrawal_recorded_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_withdrawal'))
    )
    op.create_index(op.f('ix_withdrawal_case_id'), 'withdrawal', ['case_id'])
    op.create_table('stop_notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('withdrawal_id', sa.Uuid(), nullable=False),
    sa.Column('recipient_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('categories', sa.JSON(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('chased', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Enum('returned', 'erased', 'law', name='stopanswer', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('law', sa.String(length=200), nullable=False),
    sa.Column('answered_by_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_stop_notice_answered_by_id_user_account')),
    sa.ForeignKeyConstraint(['recipient_id'], ['organization.id'], name=op.f('fk_stop_notice_recipient_id_organization')),
    sa.ForeignKeyConstraint(['withdrawal_id'], ['withdrawal.id'], name=op.f('fk_stop_notice_withdrawal_id_withdrawal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stop_notice'))
    )
    op.create_index('ix_stop_notice_answered_at_due_on', 'stop_notice', ['answered_at', 'due_on'])
    op.create_index('ix_stop_notice_recipient_id_answered_at', 'stop_notice', ['recipient_id', 'answered_at'])
    op.create_index(op.f('ix_stop_notice_withdrawal_id'), 'stop_notice', ['withdrawal_id'])
    op.create_table('consent_reminder',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consent_id', sa.Uuid(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('told_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['consent_id'], ['consent.id'], name=op.f('fk_consent_reminder_consent_id_consent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_reminder')),
    sa.UniqueConstraint('consent_id', 'days', name=op.f('uq_consent_reminder_consent_id_days'))
    )


def downgrade() -> None:
    for table in ('consent_reminder', 'stop_notice', 'withdrawal', 'rights_request', 'retention_review', 'own_file_link', 'dpia_line', 'breach'):
        op.drop_table(table)
