"""Signatures of agreements drawn on the screen or given as a picture; they and new scans are kept sealed."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = ()
depends_on = None

METHODS = ('scan', 'screen')
CHECK = 'ck_agreement_signature_signaturemethod'


def methods(members: tuple[str, ...]) -> None:
    with op.batch_alter_table('agreement_signature') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'method IN {members}')


def upgrade() -> None:
    methods((*METHODS, 'drawn', 'picture'))
    with op.batch_alter_table('agreement_signature') as batch:
        batch.add_column(sa.Column('sealed', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('agreement_signature') as batch:
        batch.alter_column('sealed', existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    op.execute("UPDATE agreement_signature SET content = NULL, file_hash = '', media_type = '' WHERE sealed")
    op.execute("UPDATE agreement_signature SET method = 'screen' WHERE method IN ('drawn', 'picture')")
    with op.batch_alter_table('agreement_signature') as batch:
        batch.drop_column('sealed')
    methods(METHODS)
