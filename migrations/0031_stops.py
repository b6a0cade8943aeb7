"""What a recipient without an account says about a stop, on its behalf; a task to call it."""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = ()
depends_on = None

KINDS = ('private_interview', 'information_sheet', 'ask_adult', 'tell_answer', 'other')
CHECK = 'ck_case_task_taskkind'
WAYS = ('phone', 'letter', 'visit')


def one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('stop_notice') as batch:
        batch.add_column(sa.Column('said_by', sa.String(length=120), server_default='', nullable=False))
        batch.add_column(sa.Column('said_how', one_of(*WAYS, name='stopway'), nullable=True))
        batch.add_column(sa.Column('said_on', sa.Date(), nullable=True))
    with op.batch_alter_table('stop_notice') as batch:
        batch.alter_column('said_by', server_default=None)
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f"kind IN {(*KINDS, 'stop_call')}")


def downgrade() -> None:
    op.execute("UPDATE case_task SET kind = 'other' WHERE kind = 'stop_call'")
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'kind IN {KINDS}')
    with op.batch_alter_table('stop_notice') as batch:
        batch.drop_constraint(op.f('ck_stop_notice_stopway'), type_='check')
        for name in ('said_on', 'said_how', 'said_by'):
            batch.drop_column(name)
