"""The directory's upkeep: links, reminders, calls, campaigns, proposals, revisions, reports; outcomes of verifications."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0011'
down_revision = '0010'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
METHODS = ('partner', 'call', 'visit', 'mail', 'import', 'report')
OUTCOMES = ('confirmed', 'changed', 'closed', 'unreachable')
SECTIONS = ('hours', 'capacity', 'contacts', 'service')
STEPS = ('notice', 'due', 'deputy', 'call', 'unverified', 'archive', 'campaign', 'campaign_last')
REASONS = ('late', 'wrong_number', 'bounced', 'new_site', 'archive')
ORIGINS = ('partner', 'link', 'coordination', 'proposal', 'undo')
KINDS = ('wrong_number', 'closed', 'address', 'hours', 'refusal', 'no_place', 'other', 'misconduct')
STATES = ('open', 'corrected', 'right', 'taken_up')
TRUST = ('reviewed', 'usual', 'full')


def closed(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('section_verification') as batch:
        batch.add_column(sa.Column('outcome', sa.String(32), nullable=False, server_default='confirmed'))
        batch.add_column(sa.Column('evidence', sa.String(60), nullable=True))
    op.execute("UPDATE section_verification SET outcome = 'changed' WHERE changed")
    with op.batch_alter_table('section_verification') as batch:
        batch.drop_constraint(op.f('ck_section_verification_verificationmethod'), type_='check')
        batch.create_check_constraint(op.f('ck_section_verification_verificationmethod'), f"method IN {(*METHODS, 'referral')}")
        batch.create_check_constraint(op.f('ck_section_verification_verificationoutcome'), f'outcome IN {OUTCOMES}')
        batch.create_unique_constraint(op.f('uq_section_verification_evidence'), ['evidence'])
        batch.alter_column('outcome', existing_type=sa.String(32), existing_nullable=False, server_default=None)
        batch.drop_column('changed')
    with op.batch_alter_table('service_staff') as batch:
        batch.add_column(sa.Column('trust', sa.String(32), nullable=False, server_default='usual'))
    with op.batch_alter_table('service_staff') as batch:
        batch.create_check_constraint(op.f('ck_service_staff_trustlevel'), f'trust IN {TRUST}')
        batch.alter_column('trust', existing_type=sa.String(32), existing_nullable=False, server_default=None)
    links()
    calls()
    changes()
    reports()


def key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def links() -> None:
    op.create_table('confirmation_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(64), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('section', closed('section', SECTIONS), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('used_at', MOMENT, nullable=True),
    key('confirmation_link', 'place_id', 'service_at_location'),
    key('confirmation_link', 'user_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confirmation_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_confirmation_link_token_hash'))
    )
    op.create_index(op.f('ix_confirmation_link_place_id'), 'confirmation_link', ['place_id'])
    op.create_table('reminder_step',
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('section', closed('section', SECTIONS), nullable=False),
    sa.Column('cycle', sa.String(40), nullable=False),
    sa.Column('step', closed('step', STEPS), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    key('reminder_step', 'place_id', 'service_at_location'),
    sa.PrimaryKeyConstraint('place_id', 'section', 'cycle', 'step', name=op.f('pk_reminder_step'))
    )


def calls() -> None:
    op.create_table('call_task',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('reason', closed('taskreason', REASONS), nullable=False),
    sa.Column('sections', sa.JSON(), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('failed_calls', sa.Integer(), nullable=False),
    sa.Column('outcome', closed('verificationoutcome', OUTCOMES), nullable=True),
    sa.Column('closed_at', MOMENT, nullable=True),
    sa.Column('closed_by_id', sa.Uuid(), nullable=True),
    key('call_task', 'place_id', 'service_at_location'),
    key('call_task', 'closed_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_task'))
    )
    op.create_index(op.f('ix_call_task_place_id'), 'call_task', ['place_id'])
    op.create_index(op.f('ix_call_task_closed_at'), 'call_task', ['closed_at'])
    op.create_table('review_campaign',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(120), nullable=False),
    sa.Column('regions', sa.JSON(), nullable=False),
    sa.Column('needs', sa.JSON(), nullable=False),
    sa.Column('sections', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=False),
    key('review_campaign', 'created_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_campaign'))
    )
    op.create_table('campaign_participation',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    key('campaign_participation', 'campaign_id', 'review_campaign'),
    key('campaign_participation', 'place_id', 'service_at_location'),
    sa.PrimaryKeyConstraint('campaign_id', 'place_id', name=op.f('pk_campaign_participation'))
    )


def changes() -> None:
    op.create_table('change_proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('section', closed('section', SECTIONS), nullable=False),
    sa.Column('origin', closed('origin', ORIGINS), nullable=False),
    sa.Column('proposer_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    key('change_proposal', 'place_id', 'service_at_location'),
    key('change_proposal', 'proposer_id', 'user_account'),
    key('change_proposal', 'decided_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_proposal'))
    )
    op.create_index(op.f('ix_change_proposal_place_id'), 'change_proposal', ['place_id'])
    op.create_index(op.f('ix_change_proposal_decided_at'), 'change_proposal', ['decided_at'])
    op.create_table('change_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(40), nullable=False),
    sa.Column('old', sa.JSON(), nullable=False),
    sa.Column('new', sa.JSON(), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    key('change_item', 'proposal_id', 'change_proposal'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_item')),
    sa.UniqueConstraint('proposal_id', 'field', name=op.f('uq_change_item_proposal_id_field'))
    )
    op.create_index(op.f('ix_change_item_proposal_id'), 'change_item', ['proposal_id'])
    op.create_table('entity_revision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('section', closed('section', SECTIONS), nullable=False),
    sa.Column('diff', sa.JSON(), nullable=False),
    sa.Column('origin', closed('origin', ORIGINS), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('undone_at', MOMENT, nullable=True),
    key('entity_revision', 'place_id', 'service_at_location'),
    key('entity_revision', 'actor_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entity_revision'))
    )
    op.create_index('ix_entity_revision_place_id_at', 'entity_revision', ['place_id', 'at'])


def reports() -> None:
    op.create_table('directory_report',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('kind', closed('reportkind', KINDS), nullable=False),
    sa.Column('text', sa.String(500), nullable=False),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=True),
    sa.Column('reporter_id', sa.Uuid(), nullable=False),
    sa.Column('reported_at', MOMENT, nullable=False),
    sa.Column('state', closed('reportstate', STATES), nullable=False),
    sa.Column('answer', sa.String(500), nullable=False),
    sa.Column('answered_at', MOMENT, nullable=True),
    sa.Column('answered_by_id', sa.Uuid(), nullable=True),
    key('directory_report', 'place_id', 'service_at_location'),
    key('directory_report', 'reporter_id', 'user_account'),
    key('directory_report', 'answered_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_report'))
    )
    op.create_index(op.f('ix_directory_report_place_id'), 'directory_report', ['place_id'])
    op.create_index(op.f('ix_directory_report_reporter_id'), 'directory_report', ['reporter_id'])
    op.create_index(op.f('ix_directory_report_state'), 'directory_report', ['state'])


TABLES = (
    'directory_report', 'entity_revision', 'change_item', 'change_proposal', 'campaign_participation',
    'review_campaign', 'call_task', 'reminder_step', 'confirmation_link',
)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table('service_staff') as batch:
        batch.drop_constraint(op.f('ck_service_staff_trustlevel'), type_='check')
        batch.drop_column('trust')
    op.execute(f"DELETE FROM section_verification WHERE method = 'referral' OR outcome IN {OUTCOMES[2:]}")
    with op.batch_alter_table('section_verification') as batch:
        batch.add_column(sa.Column('changed', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE section_verification SET changed = (outcome = 'changed')")
    with op.batch_alter_table('section_verification') as batch:
        batch.alter_column('changed', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.drop_constraint(op.f('ck_section_verification_verificationoutcome'), type_='check')
        batch.drop_constraint(op.f('ck_section_verification_verificationmethod'), type_='check')
        batch.create_check_constraint(op.f('ck_section_verification_verificationmethod'), f'method IN {METHODS}')
        batch.drop_constraint(op.f('uq_section_verification_evidence'), type_='unique')
        batch.drop_column('evidence')
        batch.drop_column('outcome')
