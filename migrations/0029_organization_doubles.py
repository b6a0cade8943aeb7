"""What an entry took over at a merge of doubles, so that it goes back with the merge."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0025'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table('service_merge_revision',
    sa.Column('merge_id', sa.Uuid(), nullable=False),
    sa.Column('revision_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['merge_id'], ['service_merge.id'], name=op.f('fk_service_merge_revision_merge_id_service_merge')),
    sa.ForeignKeyConstraint(['revision_id'], ['entity_revision.id'], name=op.f('fk_service_merge_revision_revision_id_entity_revision')),
    sa.PrimaryKeyConstraint('merge_id', 'revision_id', name=op.f('pk_service_merge_revision'))
    )


def downgrade() -> None:
    op.drop_table('service_merge_revision')
