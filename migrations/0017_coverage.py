"""Coverage: confirmations of none, targets, monthly snapshots, published demand, mandates."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0017'
down_revision = '0016'
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


def downgrade() -> None:
    for name in (
        'mandate', 'coverage_demand', 'coverage_snapshot', 'coverage_target', 'coverage_confirmation',
    ):
        op.drop_table(name)
