"""What a consent was marked with: the drawn signature, the photo of the sheet or thumb, the recording, sealed."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0024'
down_revision = '0023'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
WAYS = ('drawn', 'sheet', 'thumbprint', 'recording')


def upgrade() -> None:
    op.create_table('consent_mark_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('way', sa.Enum(*WAYS, name='markway', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('blob', sa.LargeBinary(), nullable=False),
    sa.Column('kept_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_consent_mark_file_case_id_case_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_mark_file'))
    )
    op.create_index(op.f('ix_consent_mark_file_case_id'), 'consent_mark_file', ['case_id'])
    with op.batch_alter_table('consent') as batch:
        batch.add_column(sa.Column('mark_file_id', sa.Uuid(), nullable=True))
        batch.add_column(sa.Column('mark_hash', sa.String(length=64), nullable=True))
        batch.create_foreign_key(batch.f('fk_consent_mark_file_id_consent_mark_file'), 'consent_mark_file', ['mark_file_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('consent') as batch:
        batch.drop_constraint(batch.f('fk_consent_mark_file_id_consent_mark_file'), type_='foreignkey')
        batch.drop_column('mark_hash')
        batch.drop_column('mark_file_id')
    op.drop_table('consent_mark_file')
