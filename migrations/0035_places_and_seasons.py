"""Free places by audience (what an entry declared becomes its row for everybody); hours of seasons, their periods."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = ()
depends_on = None

GROUPS = ('everybody', 'women', 'men', 'girls', 'boys', 'children', 'families', 'unaccompanied_children')
STATUSES = ('available', 'waiting_list', 'full', 'assessment', 'unknown')
COLUMNS = {
    'capacity_status': 'status', 'capacity_available': 'available', 'capacity_maximum': 'maximum',
    'capacity_unit': 'unit', 'waiting_days': 'waiting_days', 'capacity_updated_at': 'updated_at',
    'capacity_valid_until': 'valid_until',
}
BATCH = 1000


def one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def types() -> dict[str, sa.types.TypeEngine]:
    return {
        'status': sa.String(32), 'available': sa.Integer(), 'maximum': sa.Integer(), 'unit': sa.String(24),
        'waiting_days': sa.Integer(), 'updated_at': sa.DateTime(), 'valid_until': sa.DateTime(),
    }


def tables() -> tuple[sa.TableClause, sa.TableClause]:
    kinds = types()
    old = sa.table(
        'service_at_location', sa.column('id', sa.Uuid()), *(sa.column(a, kinds[b]) for a, b in COLUMNS.items())
    )
    new = sa.table(
        'service_capacity', sa.column('id', sa.Uuid()), sa.column('service_at_location_id', sa.Uuid()),
        sa.column('audience', sa.String(32)), *(sa.column(name, kind) for name, kind in kinds.items()),
    )
    return old, new


def periods() -> None:
    op.create_table(
        'calendar_period',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', one_of('ramadan', 'rainy_season', 'holiday', name='periodkind'), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('pcode', sa.String(length=16), nullable=False),
        sa.Column('label', sa.String(length=120), nullable=False),
        sa.Column('created_by_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('removed_at', sa.DateTime(), nullable=True),
        sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_calendar_period_days')),
        sa.ForeignKeyConstraint(
            ['created_by_id'], ['user_account.id'], name=op.f('fk_calendar_period_created_by_id_user_account')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_period')),
    )
    with op.batch_alter_table('schedule') as batch:
        batch.alter_column('kind', existing_type=sa.String(length=8), type_=sa.String(length=16))


def upgrade() -> None:
    periods()
    op.create_table(
        'service_capacity',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('service_at_location_id', sa.Uuid(), nullable=False),
        sa.Column('audience', one_of(*GROUPS, name='group'), nullable=False),
        sa.Column('status', one_of(*STATUSES, name='capacitystatus'), nullable=False),
        sa.Column('available', sa.Integer(), nullable=True),
        sa.Column('maximum', sa.Integer(), nullable=True),
        sa.Column('unit', sa.String(length=24), nullable=False),
        sa.Column('waiting_days', sa.Integer(), nullable=True),
        sa.Column('updated_at', sa.DateTime(), nullable=True),
        sa.Column('valid_until', sa.DateTime(), nullable=True),
        sa.CheckConstraint('available IS NULL OR available >= 0', name=op.f('ck_service_capacity_available')),
        sa.ForeignKeyConstraint(
            ['service_at_location_id'], ['service_at_location.id'],
            name=op.f('fk_service_capacity_service_at_location_id_service_at_location'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_service_capacity')),
        sa.UniqueConstraint(
            'service_at_location_id', 'audience', name=op.f('uq_service_capacity_service_at_location_id_audience')
        ),
    )
    old, new = tables()
    said = sa.or_(
        old.c.capacity_status != 'unknown', old.c.capacity_available.is_not(None),
        old.c.capacity_maximum.is_not(None), old.c.capacity_updated_at.is_not(None),
    )
    connection = op.get_bind()
    rows = [
        {'id': uuid4(), 'service_at_location_id': row.id, 'audience': 'everybody'}
        | {name: getattr(row, column) for column, name in COLUMNS.items()}
        for row in connection.execute(sa.select(old).where(said))
    ]
    for start in range(0, len(rows), BATCH):
        connection.execute(sa.insert(new), rows[start:start + BATCH])
    with op.batch_alter_table('service_at_location') as batch:
        batch.drop_constraint(op.f('ck_service_at_location_capacitystatus'), type_='check')
        for column in COLUMNS:
            batch.drop_column(column)


def downgrade() -> None:
    op.execute("DELETE FROM schedule WHERE kind NOT IN ('normal', 'holiday')")
    with op.batch_alter_table('schedule') as batch:
        batch.alter_column('kind', existing_type=sa.String(length=16), type_=sa.String(length=8))
    op.drop_table('calendar_period')
    with op.batch_alter_table('service_at_location') as batch:
        batch.add_column(sa.Column(
            'capacity_status', one_of(*STATUSES, name='capacitystatus'), server_default='unknown', nullable=False
        ))
        batch.add_column(sa.Column('capacity_unit', sa.String(length=24), server_default='', nullable=False))
        for column, name in COLUMNS.items():
            if name not in ('status', 'unit'):
                batch.add_column(sa.Column(column, types()[name], nullable=True))
    old, new = tables()
    connection = op.get_bind()
    for row in connection.execute(sa.select(new).where(new.c.audience == 'everybody')).all():
        values = {column: getattr(row, name) for column, name in COLUMNS.items()}
        connection.execute(sa.update(old).where(old.c.id == row.service_at_location_id).values(values))
    with op.batch_alter_table('service_at_location') as batch:
        batch.alter_column('capacity_status', server_default=None)
        batch.alter_column('capacity_unit', server_default=None)
    op.drop_table('service_capacity')
