"""Search tokens in slots and sealed sketches; run `flask people reindex` afterwards: the old tokens tell too little."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_search_token_search_id', 'search_token')
    op.drop_table('search_token')
    op.create_table('search_token',
    sa.Column('token', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('token', 'entry', name=op.f('pk_search_token')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_search_token_entry', 'search_token', ['entry'], unique=False)
    op.create_table('search_sketch',
    sa.Column('entry', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('search_id', sa.Uuid(), nullable=False),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('entry', name=op.f('pk_search_sketch')),
    sa.UniqueConstraint('search_id', name=op.f('uq_search_sketch_search_id'))
    )


def downgrade() -> None:
    op.drop_table('search_sketch')
    op.drop_index('ix_search_token_entry', 'search_token')
    op.drop_table('search_token')
    op.create_table('search_token',
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('token', sa.SmallInteger(), nullable=False),
    sa.Column('search_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('field', 'token', 'search_id', name=op.f('pk_search_token')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_search_token_search_id', 'search_token', ['search_id'], unique=False)
