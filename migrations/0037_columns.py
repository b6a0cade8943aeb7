"""Suspended organisations; presence of an organisation, who may turn to a service, who takes referrals, waiting lists."""

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
    columns()


def columns() -> None:
    with op.batch_alter_table('organization') as batch:
        batch.add_column(sa.Column('presence_since', sa.Integer(), nullable=True))
    with op.batch_alter_table('service') as batch:
        batch.add_column(sa.Column('can_be_mobilised_by', sa.JSON(), server_default='[]', nullable=False))
    with op.batch_alter_table('service_contact') as batch:
        batch.add_column(sa.Column('takes_referrals', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('service_capacity') as batch:
        batch.add_column(sa.Column('waitlist_count', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('funded_maximum', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('note', sa.String(length=300), server_default='', nullable=False))
    for table, name, kind in (
        ('service', 'can_be_mobilised_by', sa.JSON()), ('service_contact', 'takes_referrals', sa.Boolean()),
        ('service_capacity', 'note', sa.String(length=300)),
    ):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


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
    with op.batch_alter_table('service_capacity') as batch:
        for name in ('note', 'funded_maximum', 'waitlist_count'):
            batch.drop_column(name)
    with op.batch_alter_table('service_contact') as batch:
        batch.drop_column('takes_referrals')
    with op.batch_alter_table('service') as batch:
        batch.drop_column('can_be_mobilised_by')
    with op.batch_alter_table('organization') as batch:
        batch.drop_column('presence_since')
    op.drop_table('organization_suspension')
