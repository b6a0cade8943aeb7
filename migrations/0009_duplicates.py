"""Pairs of persons who may be one, merges that can be taken back, and how far the search for duplicates has read."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0009'
down_revision = '0008'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
CATEGORIES = (*(f'C{number}' for number in range(8)), 'C7N', *(f'C{number}' for number in range(8, 16)))


def closed(column: str, name: str, *members: str) -> sa.Column:
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=False)


def upgrade() -> None:
    op.create_table('person_pair',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('first_id', sa.Uuid(), nullable=False),
    sa.Column('second_id', sa.Uuid(), nullable=False),
    sa.Column('weight', sa.Float(), nullable=False),
    sa.Column('probable', sa.Boolean(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    closed('state', 'pairstate', 'open', 'same', 'different', 'not_sure'),
    closed('found_by', 'foundby', 'submission', 'import', 'nightly'),
    sa.Column('found_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('first_id <> second_id', name=op.f('ck_person_pair_two_persons')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_person_pair_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['first_id'], ['person.id'], name=op.f('fk_person_pair_first_id_person')),
    sa.ForeignKeyConstraint(['second_id'], ['person.id'], name=op.f('fk_person_pair_second_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_pair')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_person_pair_first_id_second_id'))
    )
    op.create_index(op.f('ix_person_pair_second_id'), 'person_pair', ['second_id'])
    op.create_index('ix_person_pair_state_weight', 'person_pair', ['state', 'weight', 'id'])
    op.create_table('person_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('merged_id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('merged_at', MOMENT, nullable=False),
    sa.Column('merged_by_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('undo_until', MOMENT, nullable=False),
    sa.Column('undone_at', MOMENT, nullable=True),
    sa.Column('undone_by_id', sa.Uuid(), nullable=True),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.CheckConstraint('kept_id <> merged_id', name=op.f('ck_person_merge_two_persons')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_person_merge_kept_id_person')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['user_account.id'], name=op.f('fk_person_merge_merged_by_id_user_account')),
    sa.ForeignKeyConstraint(['merged_id'], ['person.id'], name=op.f('fk_person_merge_merged_id_person')),
    sa.ForeignKeyConstraint(['pair_id'], ['person_pair.id'], name=op.f('fk_person_merge_pair_id_person_pair')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'], name=op.f('fk_person_merge_undone_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merge'))
    )
    for column in ('kept_id', 'pair_id', 'undo_until'):
        op.create_index(op.f(f'ix_person_merge_{column}'), 'person_merge', [column])
    live = sa.text('undone_at IS NULL')
    op.create_index('uq_person_merge_merged_id_live', 'person_merge', ['merged_id'], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table('merge_record',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('merge_id', sa.Uuid(), nullable=False),
    sa.Column('before', sa.Boolean(), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    closed('owner_kind', 'ownerkind', 'person', 'case', 'submission', 'consent', 'referral', 'document', 'search'),
    closed('category', 'category', *CATEGORIES),
    sa.Column('blob', sa.LargeBinary(), nullable=False),
    sa.Column('key_version', sa.Integer(), nullable=False),
    sa.Column('updated_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['merge_id'], ['person_merge.id'], name=op.f('fk_merge_record_merge_id_person_merge')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge_record'))
    )
    op.create_index(op.f('ix_merge_record_merge_id'), 'merge_record', ['merge_id'])
    op.create_index(op.f('ix_merge_record_owner_id'), 'merge_record', ['owner_id'])
    op.create_table('duplicate_check',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('until', MOMENT, nullable=False),
    sa.Column('last', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_check'))
    )
    op.create_index('ix_sealed_record_updated_at', 'sealed_record', ['updated_at'])


def downgrade() -> None:
    op.drop_index('ix_sealed_record_updated_at', 'sealed_record')
    for table in ('duplicate_check', 'merge_record', 'person_merge', 'person_pair'):
        op.drop_table(table)
