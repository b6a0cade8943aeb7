"""The rest of the directory's search and upkeep: services kept for a case, access without steps."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0016'
down_revision = '0015'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('shortlist_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('service_at_location_id', sa.Uuid(), nullable=False),
    sa.Column('entry_version', sa.Integer(), nullable=False),
    sa.Column('service_version', sa.Integer(), nullable=False),
    sa.Column('frozen', sa.JSON(), nullable=False),
    sa.Column('sealed_note', sa.LargeBinary(), nullable=True),
    sa.Column('added_by_id', sa.Uuid(), nullable=False),
    sa.Column('added_at', MOMENT, nullable=False),
    sa.Column('removed_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_shortlist_entry_case_id_case_file')),
    sa.ForeignKeyConstraint(['service_at_location_id'], ['service_at_location.id'], name=op.f('fk_shortlist_entry_service_at_location_id_service_at_location')),
    sa.ForeignKeyConstraint(['added_by_id'], ['user_account.id'], name=op.f('fk_shortlist_entry_added_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortlist_entry')),
    sa.UniqueConstraint('case_id', 'service_at_location_id', name=op.f('uq_shortlist_entry_case_id_service_at_location_id'))
    )
    op.create_index(op.f('ix_shortlist_entry_case_id'), 'shortlist_entry', ['case_id'])
    op.create_index(op.f('ix_shortlist_entry_service_at_location_id'), 'shortlist_entry', ['service_at_location_id'])

    op.create_table('temp_notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('closed', 'message', name='noticekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=False),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['service_at_location.id'], name=op.f('fk_temp_notice_place_id_service_at_location')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_temp_notice_created_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_temp_notice')),
    sa.UniqueConstraint('place_id', 'kind', 'starts_on', 'ends_on', 'text', name=op.f('uq_temp_notice_place_id_kind_starts_on_ends_on_text'))
    )
    op.create_index(op.f('ix_temp_notice_place_id'), 'temp_notice', ['place_id'])
    with op.batch_alter_table('location') as batch:
        batch.add_column(sa.Column('step_free', sa.Boolean(), nullable=True))
    with op.batch_alter_table('need_signal') as batch:
        batch.add_column(sa.Column('evidence', sa.String(length=32), nullable=True))
        batch.create_unique_constraint('uq_need_signal_evidence', ['evidence'])


def downgrade() -> None:
    with op.batch_alter_table('need_signal') as batch:
        batch.drop_constraint('uq_need_signal_evidence', type_='unique')
        batch.drop_column('evidence')
    with op.batch_alter_table('location') as batch:
        batch.drop_column('step_free')
    for table in ('temp_notice', 'shortlist_entry'):
        op.drop_table(table)
