"""Ties between persons, and names that are kept from all but those who work on the case."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0004'
down_revision = '0003'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
PROTECTIONS = ('trafficker', 'family', 'authority', 'staff', 'known', 'other')
CLOSED_SETS = {
    'kind': ('linkkind', ('parent', 'child', 'sibling', 'spouse', 'grandparent', 'grandchild', 'uncle_aunt',
                          'nephew_niece', 'guardian', 'ward', 'relative', 'companion')),
    'authority': ('authority', ('none', 'parent', 'court', 'social')),
    'tracing': ('tracing', ('together', 'in_contact', 'separated', 'sought', 'found', 'reunited', 'left_alone', 'died')),
}


def closed(column: str) -> sa.Column:
    name, members = CLOSED_SETS[column]
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=False)


def upgrade() -> None:
    members = ', '.join(f"'{one}'" for one in PROTECTIONS)
    op.execute(
        'ALTER TABLE person ADD COLUMN protection VARCHAR(32)'
        f' CONSTRAINT ck_person_protection CHECK (protection IN ({members}))'
    )
    op.create_table('person_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('other_id', sa.Uuid(), nullable=True),
    closed('kind'),
    closed('authority'),
    closed('tracing'),
    sa.Column('same_household', sa.Boolean(), nullable=False),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('changed_at', MOMENT, nullable=False),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('other_id IS NULL OR other_id <> person_id', name=op.f('ck_person_link_somebody_else')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_person_link_created_by_id_user_account')),
    sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_person_link_other_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_link_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_link'))
    )
    op.create_index(op.f('ix_person_link_person_id'), 'person_link', ['person_id'])
    op.create_index(op.f('ix_person_link_other_id'), 'person_link', ['other_id'])
    op.create_index('ix_person_link_tracing_changed_at', 'person_link', ['tracing', 'changed_at'])


def downgrade() -> None:
    op.drop_table('person_link')
    op.execute('ALTER TABLE person DROP COLUMN protection')
