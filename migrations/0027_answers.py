"""What follows an answer about a file, and deadlines of breaches that are told in time."""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = ()
depends_on = None

KINDS = ('private_interview', 'information_sheet', 'ask_adult', 'other')
CHECK = 'ck_case_task_taskkind'


def upgrade() -> None:
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f"kind IN {(*KINDS, 'tell_answer')}")
    counter = op.create_table(
        'breach_counter',
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year', name=op.f('pk_breach_counter')),
    )
    numbers = [row[0].split('-') for row in op.get_bind().execute(sa.text('SELECT number FROM breach'))]
    last: dict[int, int] = {}
    for _, year, number in numbers:
        last[int(year)] = max(last.get(int(year), 0), int(number))
    if last:
        op.bulk_insert(counter, [{'year': year, 'last': number} for year, number in last.items()])
    for table in ('breach', 'rights_request'):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column('reminded', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    for table in ('rights_request', 'breach'):
        with op.batch_alter_table(table) as batch:
            batch.drop_column('reminded')
    op.drop_table('breach_counter')
    op.execute("UPDATE case_task SET kind = 'other' WHERE kind = 'tell_answer'")
    with op.batch_alter_table('case_task') as batch:
        batch.drop_constraint(op.f(CHECK), type_='check')
        batch.create_check_constraint(op.f(CHECK), f'kind IN {KINDS}')
