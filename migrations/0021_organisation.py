"""The organisation is a section of its own: its facts, its confirmations, links, proposals, revisions and calls."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0021'
down_revision = '0020'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
OLD_SECTIONS = ('hours', 'capacity', 'contacts', 'service')
SECTIONS = (*OLD_SECTIONS, 'organization')
STEPS = ('notice', 'due', 'deputy', 'call', 'unverified', 'archive', 'campaign', 'campaign_last')
TEXTS = (
    ('description_en', 2000), ('legal_status', 200), ('registration', 120),
    ('psea_function', 120), ('psea_phone', 40), ('psea_email', 254),
)
LISTS = ('other_names', 'phones', 'memberships')
ABOUT = (
    ('section_verification', 'service_at_location_id'), ('confirmation_link', 'place_id'),
    ('change_proposal', 'place_id'), ('entity_revision', 'place_id'), ('call_task', 'place_id'),
)
SECTIONED = ('section_verification', 'confirmation_link', 'change_proposal', 'entity_revision', 'reminder_step')


def upgrade() -> None:
    facts()
    for table, place in ABOUT:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column('organization_id', sa.Uuid(), nullable=True))
            batch.alter_column(place, existing_type=sa.Uuid(), nullable=True)
            batch.create_foreign_key(op.f(f'fk_{table}_organization_id_organization'), 'organization', ['organization_id'], ['id'])
            batch.create_check_constraint(op.f(f'ck_{table}_subject'), f'({place} IS NULL) <> (organization_id IS NULL)')
        op.create_index(op.f(f'ix_{table}_organization_id'), table, ['organization_id'])
    sections(SECTIONS)
    op.create_table('organization_reminder',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('cycle', sa.String(40), nullable=False),
    sa.Column('step', sa.Enum(*STEPS, name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_reminder_organization_id_organization')),
    sa.PrimaryKeyConstraint('organization_id', 'cycle', 'step', name=op.f('pk_organization_reminder'))
    )


def facts() -> None:
    with op.batch_alter_table('organization') as batch:
        for name, length in TEXTS:
            batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=''))
        for name in LISTS:
            batch.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default='[]'))
        batch.add_column(sa.Column('year_incorporated', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
    with op.batch_alter_table('organization') as batch:
        for name, length in TEXTS:
            batch.alter_column(name, existing_type=sa.String(length), existing_nullable=False, server_default=None)
        for name in LISTS:
            batch.alter_column(name, existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch.alter_column('version', existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def sections(members: tuple[str, ...]) -> None:
    for table in SECTIONED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f'ck_{table}_section'), type_='check')
            batch.create_check_constraint(op.f(f'ck_{table}_section'), f'section IN {members}')


def downgrade() -> None:
    op.drop_table('organization_reminder')
    op.execute('DELETE FROM change_item WHERE proposal_id IN (SELECT id FROM change_proposal WHERE organization_id IS NOT NULL)')
    for table, _place in ABOUT:
        op.execute(f'DELETE FROM {table} WHERE organization_id IS NOT NULL')
    sections(OLD_SECTIONS)
    for table, place in ABOUT:
        op.drop_index(op.f(f'ix_{table}_organization_id'), table)
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f'ck_{table}_subject'), type_='check')
            batch.drop_constraint(op.f(f'fk_{table}_organization_id_organization'), type_='foreignkey')
            batch.alter_column(place, existing_type=sa.Uuid(), nullable=False)
            batch.drop_column('organization_id')
    with op.batch_alter_table('organization') as batch:
        for name in (*(one for one, _length in TEXTS), *LISTS, 'year_incorporated', 'version'):
            batch.drop_column(name)
