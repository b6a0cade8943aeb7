"""Documents of other directories as they came, and which field each heading of a source means."""

import sqlalchemy as sa
from alembic import op

import referral.foundation.tables

revision = "0010"
down_revision = "0009"
branch_labels = ()
depends_on = None

MOMENT = referral.foundation.tables.UtcDateTime()


def upgrade() -> None:
    op.create_table(
        "source_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_document")),
        sa.UniqueConstraint("source", "kind", "source_id", name=op.f("uq_source_document_source_kind_source_id")),
    )
    op.create_index(op.f("ix_source_document_record_id"), "source_document", ["record_id"])
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("source", "heading", name=op.f("uq_column_mapping_source_heading")),
    )


def downgrade() -> None:
    for table in ("column_mapping", "source_document"):
        op.drop_table(table)
