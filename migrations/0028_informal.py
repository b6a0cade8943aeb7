"""Informal requests about nobody's case, breaches that the system finds, marks that are added to a consent later."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0028'
down_revision = '0027'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
BREACHES = ('lost', 'stolen', 'sent_wrong', 'read', 'published', 'destroyed')
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
    with op.batch_alter_table('breach') as batch:
        batch.drop_constraint(op.f('ck_breach_breachkind'), type_='check')
        batch.create_check_constraint(op.f('ck_breach_breachkind'), f"kind IN {(*BREACHES, 'unreviewed')}")
        batch.alter_column('recorded_by_id', existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column('access_id', sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f('fk_breach_access_id_emergency_access'), 'emergency_access', ['access_id'], ['id'])
        batch.create_unique_constraint(batch.f('uq_breach_access_id'), ['access_id'])
    op.create_table(
        'consent_added_mark',
        sa.Column('consent_id', sa.Uuid(), nullable=False),
        sa.Column('mark_file_id', sa.Uuid(), nullable=False),
        sa.Column('mark_hash', sa.String(length=64), nullable=False),
        sa.Column('added_at', MOMENT, nullable=False),
        sa.Column('added_by_id', sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_consent_added_mark_{column}_{other}'))
            for column, other in (
                ('consent_id', 'consent'), ('mark_file_id', 'consent_mark_file'), ('added_by_id', 'user_account'),
            )
        ),
        sa.PrimaryKeyConstraint('consent_id', name=op.f('pk_consent_added_mark')),
    )


def downgrade() -> None:
    op.drop_table('consent_added_mark')
    op.execute("DELETE FROM breach WHERE recorded_by_id IS NULL OR kind = 'unreviewed'")
    with op.batch_alter_table('breach') as batch:
        batch.drop_constraint(batch.f('uq_breach_access_id'), type_='unique')
        batch.drop_constraint(batch.f('fk_breach_access_id_emergency_access'), type_='foreignkey')
        batch.drop_column('access_id')
        batch.alter_column('recorded_by_id', existing_type=sa.Uuid(), nullable=False)
        batch.drop_constraint(op.f('ck_breach_breachkind'), type_='check')
        batch.create_check_constraint(op.f('ck_breach_breachkind'), f'kind IN {BREACHES}')
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
