"""Forms are drafted, checked, published and withdrawn; a submission may be typed in from a numbered sheet of paper.

What was there until now came from the library and was published as it came.
"""

import json

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables


revision = '0006'
down_revision = '0005'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
CHECKS = {
    'in_force': 'NOT active OR published_at IS NOT NULL',
    'withdrawn': 'published_at IS NULL OR withdrawn_at IS NULL',
}
FILLED = ('form_id', 'title', 'number', 'source_name', 'revision')
EMPTY = ('source', 'created_by_id', 'published_at', 'withdrawn_at')


def add_columns() -> None:
    with op.batch_alter_table('form_version', schema=None) as batch_op:
        batch_op.alter_column('name', existing_type=sa.String(length=60), type_=sa.String(length=64))
        batch_op.add_column(sa.Column('form_id', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('title', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('number', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('source', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('source_name', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('created_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('published_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('withdrawn_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        batch_op.create_foreign_key(batch_op.f('fk_form_version_created_by_id_user_account'), 'user_account', ['created_by_id'], ['id'])


def fill() -> None:
    """The name, the title and the version that each form gives itself; all of them were published when they came."""
    version = sa.table(
        'form_version', sa.column('id', sa.Uuid()), sa.column('compiled', sa.JSON()), sa.column('imported_at', MOMENT),
        sa.column('form_id', sa.String()), sa.column('title', sa.String()), sa.column('number', sa.String()),
        sa.column('published_at', MOMENT),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(version.c.id, version.c.compiled, version.c.imported_at)).all():
        form = json.loads(row.compiled) if isinstance(row.compiled, str) else row.compiled
        bind.execute(version.update().where(version.c.id == row.id).values(
            form_id=form['id'][:64], title=form['title'][:200], number=form['version'][:40], published_at=row.imported_at,
        ))


def constrain() -> None:
    with op.batch_alter_table('form_version', schema=None) as batch_op:
        for column in FILLED:
            batch_op.alter_column(column, server_default=None)
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_form_version_{name}'), condition)
        batch_op.create_index('uq_form_version_active', ['name'], unique=True, sqlite_where=sa.text('active'), postgresql_where=sa.text('active'))


def upgrade() -> None:
    add_columns()
    fill()
    constrain()
    op.add_column('submission', sa.Column('paper_number', sa.String(length=20), nullable=True))
    op.create_index(op.f('ix_submission_paper_number'), 'submission', ['paper_number'], unique=True)


def downgrade() -> None:
    op.drop_index(op.f('ix_submission_paper_number'), 'submission')
    op.drop_column('submission', 'paper_number')
    with op.batch_alter_table('form_version', schema=None) as batch_op:
        batch_op.drop_index('uq_form_version_active')
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f'ck_form_version_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_form_version_created_by_id_user_account'), type_='foreignkey')
        for column in (*FILLED, *EMPTY):
            batch_op.drop_column(column)
        batch_op.alter_column('name', existing_type=sa.String(length=64), type_=sa.String(length=60))
