"""A task for the person who has come of age and is asked again."""

from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = ()
depends_on = None

KINDS = ('private_interview', 'information_sheet', 'other')
CHECK = 'ck_case_task_taskkind'


def upgrade() -> None:
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f"kind IN {(*KINDS, 'ask_adult')}")


def downgrade() -> None:
    op.execute("UPDATE case_task SET kind = 'other' WHERE kind = 'ask_adult'")
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'kind IN {KINDS}')
