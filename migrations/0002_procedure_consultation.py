"""Procedure versions are drafted, consulted on, decided and put in force; comments on them.

What was in force until now came from the library, without any decision: its decision number says DEMONSTRATION.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables


revision = '0002'
down_revision = '0001'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
EPOCH = sa.text("'1970-01-01 00:00:00'")
PUBLISHED = 'consultation_opened_at IS NOT NULL OR activated_at IS NOT NULL'
CHECKS = {
    'decided': "(state NOT IN ('approved', 'active') AND activated_at IS NULL) OR (decision_number <> '' AND decision_on IS NOT NULL)",
    'activated': "state <> 'active' OR activated_at IS NOT NULL",
    'consulted': "state NOT IN ('consultation', 'approved') OR consultation_opened_at IS NOT NULL",
    'drawing_hash': "(drawing IS NULL) = (drawing_hash = '')",
}
FILLED = ('decision_number', 'drawing_name', 'drawing_type', 'drawing_hash', 'triage_hash', 'changed_at', 'revision')
EMPTY = ('based_on_id', 'created_by_id', 'consultation_opened_at', 'consultation_closed_at', 'decision_on', 'valid_from',
         'activated_at', 'retired_at', 'drawing')


def add_columns() -> None:
    with op.batch_alter_table('procedure_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('triage_hash', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('based_on_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('created_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('changed_at', MOMENT, nullable=False, server_default=EPOCH))
        batch_op.add_column(sa.Column('consultation_opened_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('consultation_closed_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('decision_number', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('decision_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('valid_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('activated_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('retired_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('drawing', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('drawing_name', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('drawing_type', sa.String(length=100), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('drawing_hash', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        batch_op.drop_constraint(batch_op.f('uq_procedure_version_content_hash'), type_='unique')
        batch_op.create_foreign_key(batch_op.f('fk_procedure_version_based_on_id_procedure_version'), 'procedure_version', ['based_on_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_procedure_version_created_by_id_user_account'), 'user_account', ['created_by_id'], ['id'])


def fill() -> None:
    """What the versions that are there already have: their table's hash, and that they came without a decision."""
    version = sa.table(
        'procedure_version', sa.column('id', sa.Uuid()), sa.column('state', sa.String()), sa.column('triage', sa.Text()),
        sa.column('triage_hash', sa.String()), sa.column('imported_at', MOMENT), sa.column('changed_at', MOMENT),
        sa.column('decision_number', sa.String()), sa.column('decision_on', sa.Date()), sa.column('activated_at', MOMENT),
        sa.column('retired_at', MOMENT),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(version.c.id, version.c.state, version.c.triage, version.c.imported_at)).all():
        text = row.triage.replace('\r\n', '\n').replace('\r', '\n')
        text = text if not text or text.endswith('\n') else text + '\n'
        bind.execute(version.update().where(version.c.id == row.id).values(
            triage_hash=hashlib.sha256(text.encode()).hexdigest(), changed_at=row.imported_at,
            decision_number='DEMONSTRATION', decision_on=row.imported_at.date(), activated_at=row.imported_at,
            retired_at=row.imported_at if row.state == 'retired' else None,
        ))


def constrain() -> None:
    with op.batch_alter_table('procedure_version', schema=None) as batch_op:
        for column in FILLED:
            batch_op.alter_column(column, server_default=None)
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_procedure_version_{name}'), condition)
        batch_op.create_index('uq_procedure_version_active', ['state'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.create_index('uq_procedure_version_published', ['content_hash', 'triage_hash'], unique=True, sqlite_where=sa.text(PUBLISHED), postgresql_where=sa.text(PUBLISHED))


def upgrade() -> None:
    op.create_table('procedure_comment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('anchor', sa.String(length=120), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('written_at', MOMENT, nullable=False),
    sa.Column('answer', sa.Enum('accepted', 'partly', 'declined', name='commentanswer', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', MOMENT, nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("answer IS NULL OR answer = 'accepted' OR reason <> ''", name=op.f('ck_procedure_comment_reason')),
    sa.CheckConstraint("text <> ''", name=op.f('ck_procedure_comment_text')),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_procedure_comment_answered')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_procedure_comment_answered_by_id_user_account')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_procedure_comment_author_id_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_procedure_comment_organization_id_organization')),
    sa.ForeignKeyConstraint(['version_id'], ['procedure_version.id'], name=op.f('fk_procedure_comment_version_id_procedure_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure_comment'))
    )
    with op.batch_alter_table('procedure_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_procedure_comment_version_id'), ['version_id'], unique=False)

    add_columns()
    fill()
    constrain()


def downgrade() -> None:
    with op.batch_alter_table('procedure_comment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_procedure_comment_version_id'))

    op.drop_table('procedure_comment')
    with op.batch_alter_table('procedure_version', schema=None) as batch_op:
        batch_op.drop_index('uq_procedure_version_published')
        batch_op.drop_index('uq_procedure_version_active')
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f'ck_procedure_version_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_procedure_version_created_by_id_user_account'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_procedure_version_based_on_id_procedure_version'), type_='foreignkey')
        for column in (*FILLED, *EMPTY):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(batch_op.f('uq_procedure_version_content_hash'), ['content_hash'])
