"""What comes through the gate: where a submission came from, its attachments, the phones that send; forms for phones."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables


revision = '0005'
down_revision = '0004'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()
CATEGORIES = ('C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C7N', 'C8', 'C9', 'C10', 'C11', 'C12', 'C13', 'C14', 'C15')
CHANNEL = sa.Enum('web', 'offline', 'odk', 'paper', 'list', name='channel', native_enum=False, create_constraint=True, length=32)
DEFAULTS = {'form_version': ('xform',), 'submission': ('channel', 'device')}
ADDED = ('channel', 'content_hash', 'received_at', 'finished_at', 'device')


def upgrade() -> None:
    op.create_table('attachment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('category', sa.Enum(*CATEGORIES, name='category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('blob', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_attachment_submission_id_submission')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('submission_id', 'path', name=op.f('uq_attachment_submission_id_path'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_owner_id'), ['owner_id'], unique=False)

    op.create_table('device_token',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('last_used_at', MOMENT, nullable=True),
    sa.Column('revoked_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_device_token_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_token_hash'))
    )
    with op.batch_alter_table('device_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_token_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('form_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('xform', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel', CHANNEL, nullable=False, server_default='web'))
        batch_op.add_column(sa.Column('content_hash', sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column('received_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('finished_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('device', sa.String(length=60), nullable=False, server_default=''))
    for table, columns in DEFAULTS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_constraint('channel', type_='check')
        for column in reversed(ADDED):
            batch_op.drop_column(column)
    op.drop_column('form_version', 'xform')
    op.drop_table('device_token')
    op.drop_table('attachment')
