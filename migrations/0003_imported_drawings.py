"""What an imported drawing means: the answers to the questions about it."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.add_column('procedure_version', sa.Column('answers', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('procedure_version', 'answers')
