"""Entries of the directory that may be one service: their keys, the pairs, and which entry stands for which."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0023'
down_revision = '0022'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('service_key',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_key_service_id_service')),
    sa.PrimaryKeyConstraint('service_id', 'key', name=op.f('pk_service_key'))
    )
    op.create_index('ix_service_key_key', 'service_key', ['key', 'service_id'])
    op.create_table('service_pair',
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
    sa.CheckConstraint('first_id <> second_id', name=op.f('ck_service_pair_two_services')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_service_pair_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['first_id'], ['service.id'], name=op.f('fk_service_pair_first_id_service')),
    sa.ForeignKeyConstraint(['second_id'], ['service.id'], name=op.f('fk_service_pair_second_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_pair')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_service_pair_first_id_second_id'))
    )
    op.create_index(op.f('ix_service_pair_second_id'), 'service_pair', ['second_id'])
    op.create_index('ix_service_pair_state_score', 'service_pair', ['state', 'score', 'id'])
    op.create_table('service_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('replaced_id', sa.Uuid(), nullable=False),
    sa.Column('merged_at', MOMENT, nullable=False),
    sa.Column('merged_by_id', sa.Uuid(), nullable=False),
    sa.Column('undone_at', MOMENT, nullable=True),
    sa.Column('undone_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('kept_id <> replaced_id', name=op.f('ck_service_merge_two_services')),
    sa.ForeignKeyConstraint(['kept_id'], ['service.id'], name=op.f('fk_service_merge_kept_id_service')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['user_account.id'], name=op.f('fk_service_merge_merged_by_id_user_account')),
    sa.ForeignKeyConstraint(['pair_id'], ['service_pair.id'], name=op.f('fk_service_merge_pair_id_service_pair')),
    sa.ForeignKeyConstraint(['replaced_id'], ['service.id'], name=op.f('fk_service_merge_replaced_id_service')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'], name=op.f('fk_service_merge_undone_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_merge'))
    )
    op.create_index(op.f('ix_service_merge_merged_at'), 'service_merge', ['merged_at'])
    op.create_index(op.f('ix_service_merge_pair_id'), 'service_merge', ['pair_id'])
    live = sa.text('undone_at IS NULL')
    op.create_index('uq_service_merge_replaced_id_live', 'service_merge', ['replaced_id'], unique=True, sqlite_where=live, postgresql_where=live)


def downgrade() -> None:
    for table in ('service_merge', 'service_pair', 'service_key'):
        op.drop_table(table)
