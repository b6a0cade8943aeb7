"""Who compared a translation with the original, and the words of the leaflet as the country writes them."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0022'
down_revision = '0021'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table('translation_review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('form_code', sa.String(length=24), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('reviewer', sa.String(length=120), nullable=False),
    sa.Column('reviewed_on', sa.Date(), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', MOMENT, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_translation_review_counted')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_translation_review_recorded_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_translation_review')),
    sa.UniqueConstraint('language', 'form_code', 'sequence', name=op.f('uq_translation_review_language_form_code_sequence'))
    )
    op.create_table('leaflet_word',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('key', sa.String(length=24), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('written_by_id', sa.Uuid(), nullable=False),
    sa.Column('written_at', MOMENT, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_leaflet_word_counted')),
    sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'], name=op.f('fk_leaflet_word_written_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leaflet_word')),
    sa.UniqueConstraint('language', 'key', 'sequence', name=op.f('uq_leaflet_word_language_key_sequence'))
    )


def downgrade() -> None:
    op.drop_table('leaflet_word')
    op.drop_table('translation_review')
