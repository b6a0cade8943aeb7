"""Lists of persons on their way in, row by row, and what organisations said of their headings."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0007'
down_revision = '0006'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
STATES = ('columns', 'ready', 'running', 'done', 'erased')
ROWS = ('waiting', 'submitted', 'to_complete', 'aside')


def closed(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('person_list',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('form_version_id', sa.Uuid(), nullable=False),
    sa.Column('state', closed('liststate', STATES), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('finished_at', MOMENT, nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_person_list_author_id_user_account')),
    sa.ForeignKeyConstraint(['form_version_id'], ['form_version.id'], name=op.f('fk_person_list_form_version_id_form_version')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_person_list_organization_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_list'))
    )
    op.create_index(op.f('ix_person_list_author_id'), 'person_list', ['author_id'])
    op.create_index(op.f('ix_person_list_state'), 'person_list', ['state'])
    op.create_table('person_list_row',
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('state', closed('rowstate', ROWS), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['person_list.id'], name=op.f('fk_person_list_row_list_id_person_list')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_person_list_row_submission_id_submission')),
    sa.PrimaryKeyConstraint('list_id', 'number', name=op.f('pk_person_list_row'))
    )
    op.create_index('ix_person_list_row_list_id_state', 'person_list_row', ['list_id', 'state'])
    op.create_table('list_mapping',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('heading', sa.String(length=64), nullable=False),
    sa.Column('question', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_list_mapping_organization_id_organization')),
    sa.PrimaryKeyConstraint('organization_id', 'heading', name=op.f('pk_list_mapping'))
    )


def downgrade() -> None:
    for table in ('list_mapping', 'person_list_row', 'person_list'):
        op.drop_table(table)
