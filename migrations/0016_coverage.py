"""Coverage: confirmations, targets, snapshots, demand, mandates; translations of leaflets; work and training offers."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0016'
down_revision = '0013'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
NEEDS = ('MED', 'PSY', 'HEB', 'ENF', 'VBG', 'TEH', 'ASI', 'DOC', 'JUR', 'FAM', 'EDU', 'ECO', 'RET')


def closed(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def need() -> sa.Enum:
    return closed('need', NEEDS)


def user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return key(table, column, 'user_account')


def key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def upgrade() -> None:
    coverage()
    mandates()
    translations()
    work()


def coverage() -> None:
    op.create_table(
        'coverage_confirmation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('need', need(), nullable=False),
        sa.Column('pcode', sa.String(16), nullable=False),
        sa.Column('note', sa.String(300), nullable=False),
        sa.Column('confirmed_at', MOMENT, nullable=False),
        sa.Column('confirmed_by_id', sa.Uuid(), nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        user('coverage_confirmation', 'confirmed_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_coverage_confirmation')),
    )
    op.create_index(op.f('ix_coverage_confirmation_pcode'), 'coverage_confirmation', ['pcode'])
    op.create_table(
        'coverage_target',
        sa.Column('need', need(), nullable=False),
        sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('minimum', sa.Integer(), nullable=False),
        sa.CheckConstraint('minimum BETWEEN 1 AND 99', name=op.f('ck_coverage_target_minimum')),
        sa.PrimaryKeyConstraint('need', 'level', name=op.f('pk_coverage_target')),
    )
    for name, column, length, moment in (
        ('coverage_snapshot', 'month', 7, 'taken_at'),
        ('coverage_demand', 'quarter', 8, 'published_at'),
    ):
        op.create_table(
            name,
            sa.Column(column, sa.String(length), nullable=False),
            sa.Column(moment, MOMENT, nullable=False),
            sa.Column('content', sa.JSON(), nullable=False),
            sa.PrimaryKeyConstraint(column, name=op.f(f'pk_{name}')),
        )


def mandates() -> None:
    op.create_table(
        'mandate',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organization_id', sa.Uuid(), nullable=False),
        sa.Column('need', need(), nullable=False),
        sa.Column('pcode', sa.String(16), nullable=False),
        sa.Column('role', closed('mandaterole', ('lead', 'mandated', 'support')), nullable=False),
        sa.Column('legal_basis', sa.String(200), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=True),
        sa.Column('ends_on', sa.Date(), nullable=True),
        sa.Column('removed_at', MOMENT, nullable=True),
        key('mandate', 'organization_id', 'organization'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate')),
    )
    op.create_index(op.f('ix_mandate_organization_id'), 'mandate', ['organization_id'])


def translations() -> None:
    def review() -> list[sa.Column]:
        return [
            sa.Column('reviewer', sa.String(120), nullable=False),
            sa.Column('reviewed_at', MOMENT, nullable=True),
            sa.Column('written_at', MOMENT, nullable=False),
            sa.Column('written_by_id', sa.Uuid(), nullable=False),
        ]

    op.create_table(
        'leaflet_label',
        sa.Column('language', sa.String(3), nullable=False),
        sa.Column('key', sa.String(24), nullable=False),
        sa.Column('text', sa.String(400), nullable=False),
        *review(),
        user('leaflet_label', 'written_by_id'),
        sa.PrimaryKeyConstraint('language', 'key', name=op.f('pk_leaflet_label')),
    )
    op.create_table(
        'service_translation',
        sa.Column('service_id', sa.Uuid(), nullable=False),
        sa.Column('language', sa.String(3), nullable=False),
        sa.Column('texts', sa.JSON(), nullable=False),
        sa.Column('of_version', sa.Integer(), nullable=False),
        *review(),
        key('service_translation', 'service_id', 'service'),
        user('service_translation', 'written_by_id'),
        sa.PrimaryKeyConstraint('service_id', 'language', name=op.f('pk_service_translation')),
    )


def work() -> None:
    kinds = closed('offerkind', ('apprenticeship', 'job', 'business_support'))
    op.create_table(
        'work_offer',
        sa.Column('service_id', sa.Uuid(), nullable=False),
        sa.Column('kind', kinds, nullable=False),
        sa.Column('trade', sa.String(120), nullable=False),
        sa.Column('level', sa.String(120), nullable=False),
        sa.Column('months', sa.Integer(), nullable=True),
        sa.Column('paid', sa.Boolean(), nullable=True),
        sa.Column('certificate', sa.String(120), nullable=False),
        sa.Column('lodging', sa.Boolean(), nullable=True),
        sa.Column('updated_at', MOMENT, nullable=False),
        key('work_offer', 'service_id', 'service'),
        sa.PrimaryKeyConstraint('service_id', name=op.f('pk_work_offer')),
    )
    op.create_table(
        'vacancy',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('service_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(120), nullable=False),
        sa.Column('places', sa.Integer(), nullable=False),
        sa.Column('pcode', sa.String(16), nullable=False),
        sa.Column('opens_on', sa.Date(), nullable=False),
        sa.Column('closes_on', sa.Date(), nullable=False),
        sa.Column('filled_at', MOMENT, nullable=True),
        sa.CheckConstraint('places BETWEEN 1 AND 999', name=op.f('ck_vacancy_places')),
        sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_vacancy_days')),
        key('vacancy', 'service_id', 'service'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_vacancy')),
    )
    op.create_index('ix_vacancy_service_id_closes_on', 'vacancy', ['service_id', 'closes_on'])


def downgrade() -> None:
    for name in (
        'vacancy', 'work_offer', 'service_translation', 'leaflet_label', 'mandate', 'coverage_demand',
        'coverage_snapshot', 'coverage_target', 'coverage_confirmation',
    ):
        op.drop_table(name)
