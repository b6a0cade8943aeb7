"""Who promised to close a gap in coverage, and what closed it; notices over an area; the autonomy of organisations."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = '0036'
down_revision = '0035'
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    undertakings()
    area_notices()
    autonomy()


def undertakings() -> None:
    table = "gap_undertaking"
    needs = ("MED", "PSY", "HEB", "ENF", "VBG", "TEH", "ASI", "DOC", "JUR", "FAM", "EDU", "ECO", "RET")
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need", one_of(*needs, name="need"), nullable=False),
        sa.Column("pcode", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("promise", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", one_of("open", "in_hand", "closed", name="undertakingstate"), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_with", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (organization_id IS NULL)", name=op.f("ck_gap_undertaking_owner")),
        reference(table, "user_id", "user_account"),
        reference(table, "organization_id", "organization"),
        reference(table, "opened_by_id", "user_account"),
        reference(table, "closed_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_undertaking")),
    )
    for column in ("organization_id", "pcode", "user_id"):
        op.create_index(op.f(f"ix_gap_undertaking_{column}"), table, [column])
    standing = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_gap_undertaking_standing",
        table,
        ["need", "pcode"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def area_notices() -> None:
    table = 'area_notice'
    kinds = ('flood', 'insecurity', 'epidemic', 'strike', 'road', 'fire', 'other')
    op.create_table(table,
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', one_of(*kinds, name='crisiskind'), nullable=False),
    sa.Column('effect', one_of('inform', 'confirm', 'closed', name='effect'), nullable=False),
    sa.Column('text_fr', sa.String(length=500), nullable=False),
    sa.Column('text_en', sa.String(length=500), nullable=False),
    sa.Column('pcodes', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=False),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_area_notice_days')),
    reference(table, 'campaign_id', 'review_campaign'),
    reference(table, 'created_by_id', 'user_account'),
    reference(table, 'ended_by_id', 'user_account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area_notice'))
    )


def autonomy() -> None:
    table = 'organization_autonomy'
    op.create_table(table,
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('level', one_of('autonomous', 'usual', 'accompanied', name='autonomy'), nullable=False),
    sa.Column('misses', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    reference(table, 'organization_id', 'organization'),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_organization_autonomy_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_autonomy'))
    )
    op.create_index('ix_organization_autonomy_organization_id_at', table, ['organization_id', 'at'])


def downgrade() -> None:
    op.drop_table('organization_autonomy')
    op.drop_table('area_notice')
    op.drop_table("gap_undertaking")
