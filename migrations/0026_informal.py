"""Informal requests about nobody's case: of an organisation, under a key of their own, with a retention of their own."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0026'
down_revision = '0025'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
WAYS = ('visit', 'telephone', 'letter', 'mail')


def upgrade() -> None:
    with op.batch_alter_table('legal_order') as batch:
        batch.alter_column('case_id', existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column('organization_id', sa.Uuid(), nullable=True))
        batch.add_column(sa.Column('way', sa.String(length=32), nullable=True))
        batch.add_column(sa.Column('erased_at', MOMENT, nullable=True))
        batch.create_foreign_key(batch.f('fk_legal_order_organization_id_organization'), 'organization', ['organization_id'], ['id'])
        batch.create_check_constraint(batch.f('ck_legal_order_requestway'), f'way IN {WAYS}')
        batch.create_check_constraint(
            batch.f('ck_legal_order_about_case_or_none'), '(case_id IS NULL) = (organization_id IS NOT NULL)'
        )
    op.create_index(op.f('ix_legal_order_organization_id'), 'legal_order', ['organization_id'])
    with op.batch_alter_table('retention_review') as batch:
        batch.alter_column('case_id', existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column('order_id', sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f('fk_retention_review_order_id_legal_order'), 'legal_order', ['order_id'], ['id'])
        batch.create_check_constraint(
            batch.f('ck_retention_review_about_one'), '(case_id IS NULL) = (order_id IS NOT NULL)'
        )
    op.create_index(op.f('ix_retention_review_order_id'), 'retention_review', ['order_id'])


def downgrade() -> None:
    op.execute('DELETE FROM retention_review WHERE case_id IS NULL')
    op.drop_index(op.f('ix_retention_review_order_id'), 'retention_review')
    with op.batch_alter_table('retention_review') as batch:
        batch.drop_constraint(batch.f('ck_retention_review_about_one'), type_='check')
        batch.drop_constraint(batch.f('fk_retention_review_order_id_legal_order'), type_='foreignkey')
        batch.drop_column('order_id')
        batch.alter_column('case_id', existing_type=sa.Uuid(), nullable=False)
    op.execute('DELETE FROM legal_order WHERE case_id IS NULL')
    op.drop_index(op.f('ix_legal_order_organization_id'), 'legal_order')
    with op.batch_alter_table('legal_order') as batch:
        batch.drop_constraint(batch.f('ck_legal_order_about_case_or_none'), type_='check')
        batch.drop_constraint(batch.f('ck_legal_order_requestway'), type_='check')
        batch.drop_constraint(batch.f('fk_legal_order_organization_id_organization'), type_='foreignkey')
        for column in ('erased_at', 'way', 'organization_id'):
            batch.drop_column(column)
        batch.alter_column('case_id', existing_type=sa.Uuid(), nullable=False)
