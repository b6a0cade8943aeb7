"""Who pays for an organisation, as it says itself."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = ()
depends_on = None


def foreign_keys(on: bool) -> None:
    """SQLite remakes a table to change it, which those that refer to it must not notice; only outside a transaction."""
    if op.get_bind().dialect.name == 'sqlite':
        for statement in ('COMMIT', f"PRAGMA foreign_keys={'ON' if on else 'OFF'}", 'BEGIN IMMEDIATE'):
            op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    op.add_column('organization', sa.Column('funders', sa.JSON(), nullable=False, server_default='[]'))
    foreign_keys(False)
    with op.batch_alter_table('organization') as batch:
        batch.alter_column('funders', existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    foreign_keys(True)


def downgrade() -> None:
    op.drop_column('organization', 'funders')
