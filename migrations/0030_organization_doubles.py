"""What an entry took over at a merge of doubles; organisations that may be one, and which one is shown for which."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0030'
down_revision = '0029'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('service_merge_revision',
    sa.Column('merge_id', sa.Uuid(), nullable=False),
    sa.Column('revision_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['merge_id'], ['service_merge.id'], name=op.f('fk_service_merge_revision_merge_id_service_merge')),
    sa.ForeignKeyConstraint(['revision_id'], ['entity_revision.id'], name=op.f('fk_service_merge_revision_revision_id_entity_revision')),
    sa.PrimaryKeyConstraint('merge_id', 'revision_id', name=op.f('pk_service_merge_revision'))
    )
    op.create_table('organization_pair',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('first_id', sa.Uuid(), nullable=False),
    sa.Column('second_id', sa.Uuid(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('shared', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('open', 'same', 'different', name='doublestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('found_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('first_id <> second_id', name=op.f('ck_organization_pair_two_organizations')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_organization_pair_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['first_id'], ['organization.id'], name=op.f('fk_organization_pair_first_id_organization')),
    sa.ForeignKeyConstraint(['second_id'], ['organization.id'], name=op.f('fk_organization_pair_second_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_pair')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_organization_pair_first_id_second_id'))
    )
    op.create_index(op.f('ix_organization_pair_second_id'), 'organization_pair', ['second_id'])
    op.create_table('organization_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('replaced_id', sa.Uuid(), nullable=False),
    sa.Column('revision_id', sa.Uuid(), nullable=True),
    sa.Column('merged_at', MOMENT, nullable=False),
    sa.Column('merged_by_id', sa.Uuid(), nullable=False),
    sa.Column('undone_at', MOMENT, nullable=True),
    sa.Column('undone_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('kept_id <> replaced_id', name=op.f('ck_organization_merge_two_organizations')),
    sa.ForeignKeyConstraint(['kept_id'], ['organization.id'], name=op.f('fk_organization_merge_kept_id_organization')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['user_account.id'], name=op.f('fk_organization_merge_merged_by_id_user_account')),
    sa.ForeignKeyConstraint(['pair_id'], ['organization_pair.id'], name=op.f('fk_organization_merge_pair_id_organization_pair')),
    sa.ForeignKeyConstraint(['replaced_id'], ['organization.id'], name=op.f('fk_organization_merge_replaced_id_organization')),
    sa.ForeignKeyConstraint(['revision_id'], ['entity_revision.id'], name=op.f('fk_organization_merge_revision_id_entity_revision')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'], name=op.f('fk_organization_merge_undone_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_merge'))
    )
    op.create_index(op.f('ix_organization_merge_kept_id'), 'organization_merge', ['kept_id'])
    op.create_index(op.f('ix_organization_merge_pair_id'), 'organization_merge', ['pair_id'])
    live = sa.text('undone_at IS NULL')
    op.create_index('uq_organization_merge_replaced_id_live', 'organization_merge', ['replaced_id'], unique=True, sqlite_where=live, postgresql_where=live)


def downgrade() -> None:
    for table in ('organization_merge', 'organization_pair', 'service_merge_revision'):
        op.drop_table(table)
