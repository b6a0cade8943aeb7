"""Who reads an own file: the reader of a link, the reviews about adults who ask, the papers that outlive an erasure."""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = ()
depends_on = None

KINDS = ('private_interview', 'information_sheet', 'ask_adult', 'tell_answer', 'stop_call', 'other')
CHECK = 'ck_case_task_taskkind'
READERS = ('person', 'guardian', 'representative')
CHECKS = ('known', 'paper', 'questions')
DOCUMENTS = (
    'referral', 'emergency', 'slip', 'consent_form', 'consent_copy', 'own_file', 'withdrawal', 'answer', 'stop_letter',
    'case_form', 'order_answer', 'order_letter',
)
HOLDERS = ('person', 'guardian', 'representative', 'service', 'team', 'authority')
VIEWS = ('agrees', 'objects', 'not_asked')


def one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        'reader_review',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('case_id', sa.Uuid(), nullable=False),
        sa.Column('adult_id', sa.Uuid(), nullable=False),
        sa.Column('opened_at', sa.DateTime(), nullable=False),
        sa.Column('opened_by_id', sa.Uuid(), nullable=True),
        sa.Column('task_id', sa.Uuid(), nullable=True),
        sa.Column('decided_at', sa.DateTime(), nullable=True),
        sa.Column('decided_by_id', sa.Uuid(), nullable=True),
        sa.Column('outcome', one_of('reads', 'set_aside', name='reviewoutcome'), nullable=True),
        sa.Column('sealed', sa.LargeBinary(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_reader_review_case_id_case_file')),
        sa.ForeignKeyConstraint(['task_id'], ['case_task.id'], name=op.f('fk_reader_review_task_id_case_task')),
        sa.ForeignKeyConstraint(
            ['opened_by_id'], ['user_account.id'], name=op.f('fk_reader_review_opened_by_id_user_account')
        ),
        sa.ForeignKeyConstraint(
            ['decided_by_id'], ['user_account.id'], name=op.f('fk_reader_review_decided_by_id_user_account')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reader_review')),
    )
    with op.batch_alter_table('reader_review') as batch:
        batch.create_index(op.f('ix_reader_review_case_id'), ['case_id'])
        batch.create_index(op.f('ix_reader_review_adult_id'), ['adult_id'])
    op.create_table(
        'handed_out',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('left_on', sa.Date(), nullable=False),
        sa.Column('kind', one_of(*DOCUMENTS, name='documentkind'), nullable=False),
        sa.Column('holder', one_of(*HOLDERS, name='holder'), nullable=False),
        sa.Column('organization', sa.String(length=200), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.CheckConstraint('times > 0', name=op.f('ck_handed_out_counted')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handed_out')),
    )
    with op.batch_alter_table('handed_out') as batch:
        batch.create_index(op.f('ix_handed_out_owner_id'), ['owner_id'])
    with op.batch_alter_table('own_file_link') as batch:
        batch.add_column(
            sa.Column('reader', one_of(*READERS, name='requester'), server_default='person', nullable=False)
        )
        batch.add_column(sa.Column('adult_id', sa.Uuid(), nullable=True))
        batch.add_column(
            sa.Column('identity', one_of(*CHECKS, name='identitycheck'), server_default='known', nullable=False)
        )
        batch.add_column(sa.Column('child_view', one_of(*VIEWS, name='childview'), nullable=True))
    with op.batch_alter_table('own_file_link') as batch:
        batch.alter_column('reader', server_default=None)
        batch.alter_column('identity', server_default=None)
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f"kind IN {(*KINDS, 'reader_review')}")


def downgrade() -> None:
    op.execute("UPDATE case_task SET kind = 'other' WHERE kind = 'reader_review'")
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'kind IN {KINDS}')
    with op.batch_alter_table('own_file_link') as batch:
        for name in ('childview', 'identitycheck', 'requester'):
            batch.drop_constraint(op.f(f'ck_own_file_link_{name}'), type_='check')
        for name in ('child_view', 'identity', 'adult_id', 'reader'):
            batch.drop_column(name)
    op.drop_table('handed_out')
    op.drop_table('reader_review')
