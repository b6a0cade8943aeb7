"""The private sector: employers' offers, vacancies, employers' federations and their members."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0025'
down_revision = '0024'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
KINDS = (
    'health', 'child_protection', 'protective_police', 'police', 'justice', 'consular', 'asylum', 'social', 'shelter',
    'legal', 'employer', 'training', 'return', 'coordination', 'other',
)
CHECK = 'ck_organization_organizationkind'


def closed(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def kinds(members: tuple[str, ...]) -> None:
    with op.batch_alter_table('organization') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'kind IN {members}')


def upgrade() -> None:
    kinds((*KINDS, 'federation'))
    op.create_table(
        'employment_offer',
        sa.Column('service_id', sa.Uuid(), nullable=False),
        sa.Column('kind', closed('offerkind', ('apprenticeship', 'job', 'business_support')), nullable=False),
        sa.Column('trade', sa.String(120), nullable=False),
        sa.Column('places', sa.Integer(), nullable=True),
        sa.Column('duration', sa.String(120), nullable=False),
        sa.Column('pay', sa.Integer(), nullable=True),
        sa.Column('cost', sa.Integer(), nullable=True),
        sa.Column('entry', closed('entrylevel', ('none', 'literate', 'primary', 'secondary', 'vocational')), nullable=True),
        sa.Column('starts_on', sa.Date(), nullable=True),
        sa.Column('documents', sa.String(300), nullable=False),
        sa.Column('without_papers', sa.Boolean(), nullable=True),
        key('employment_offer', 'service_id', 'service'),
        sa.PrimaryKeyConstraint('service_id', name=op.f('pk_employment_offer')),
    )
    op.create_table(
        'vacancy',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('place_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(120), nullable=False),
        sa.Column('places', sa.Integer(), nullable=False),
        sa.Column('places_left', sa.Integer(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('state', closed('vacancystate', ('waiting', 'open', 'filled', 'withdrawn', 'expired')), nullable=False),
        sa.Column('contact', sa.String(120), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('created_by_id', sa.Uuid(), nullable=False),
        sa.CheckConstraint('places_left >= 0 AND places_left <= places', name=op.f('ck_vacancy_places')),
        key('vacancy', 'place_id', 'service_at_location'),
        key('vacancy', 'created_by_id', 'user_account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_vacancy')),
    )
    op.create_index(op.f('ix_vacancy_place_id_valid_until'), 'vacancy', ['place_id', 'valid_until'])
    op.create_table(
        'federation_membership',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('federation_id', sa.Uuid(), nullable=False),
        sa.Column('employer_id', sa.Uuid(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=True),
        key('federation_membership', 'federation_id', 'organization'),
        key('federation_membership', 'employer_id', 'organization'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_federation_membership')),
        sa.UniqueConstraint(
            'federation_id', 'employer_id', 'starts_on',
            name=op.f('uq_federation_membership_federation_id_employer_id_starts_on'),
        ),
    )
    for column in ('federation_id', 'employer_id'):
        op.create_index(op.f(f'ix_federation_membership_{column}'), 'federation_membership', [column])


def downgrade() -> None:
    for table in ('federation_membership', 'vacancy', 'employment_offer'):
        op.drop_table(table)
    op.execute("UPDATE organization SET kind = 'other' WHERE kind = 'federation'")
    kinds(KINDS)
