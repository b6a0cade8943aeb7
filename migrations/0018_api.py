"""The public directory API: when the directory was last written to, and which service took another's place."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0018'
down_revision = '0017'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('directory_stamp') as batch_op:
        batch_op.add_column(sa.Column('written_at', referral.foundation.tables.UtcDateTime(), nullable=True))
    with op.batch_alter_table('service') as batch_op:
        batch_op.add_column(sa.Column('replaced_by_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_service_replaced_by_id_service'), 'service', ['replaced_by_id'], ['id'])
        batch_op.create_index('ix_service_visibility_id', ['visibility', 'id'])


def downgrade() -> None:
    with op.batch_alter_table('service') as batch_op:
        batch_op.drop_index('ix_service_visibility_id')
        batch_op.drop_constraint(batch_op.f('fk_service_replaced_by_id_service'), type_='foreignkey')
        batch_op.drop_column('replaced_by_id')
    with op.batch_alter_table('directory_stamp') as batch_op:
        batch_op.drop_column('written_at')
