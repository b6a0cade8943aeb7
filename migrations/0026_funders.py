"""Who pays for an organisation, as it says itself."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.add_column('organization', sa.Column('funders', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('organization') as batch:
        batch.alter_column('funders', existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.drop_column('organization', 'funders')
