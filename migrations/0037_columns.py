"""Organisations that are suspended from the network, with the reason and who lifted it."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0037'
down_revision = '0036'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    suspensions()


def suspensions() -> None:
    table = 'organization_suspension'
    op.create_table(
        table,
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organization_id', sa.Uuid(), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', sa.Uuid(), nullable=False),
        sa.Column('lifted_at', MOMENT, nullable=True),
        sa.Column('lifted_by_id', sa.Uuid(), nullable=True),
        reference(table, 'organization_id', 'organization'),
        reference(table, 'by_id', 'user_account'),
        reference(table, 'lifted_by_id', 'user_account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_suspension')),
    )
    op.create_index(op.f('ix_organization_suspension_organization_id'), table, ['organization_id'])
    standing = sa.text('lifted_at IS NULL')
    op.create_index(
        'uq_organization_suspension_standing', table, ['organization_id'], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )


def downgrade() -> None:
    op.drop_table('organization_suspension')
