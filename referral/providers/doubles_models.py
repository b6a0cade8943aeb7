"""Services and organisations that may be one: what they are found by, what was said of a pair, which is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.providers.rules import DoubleState

SERVICE, ORGANIZATION = "service.id", "organization.id"
USER = "user_account.id"
KEY_LENGTH = 160


class ServiceKey(Base):
    """One key that an entry is found by: a telephone, a host, a word of its name in its département.

    `= …` is the entry's own fingerprint: when it differs, the entry was changed since it was compared.
    """

    __tablename__ = "service_key"

    service_id: Mapped[UUID] = mapped_column(ForeignKey(SERVICE), primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)

    __table_args__ = (Index("ix_service_key_key", "key", "service_id"),)


class ServicePair(Base):
    """Two entries that may be one service, the smaller id first; `shared` are the kinds of keys that both have."""

    __tablename__ = "service_pair"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_id: Mapped[UUID] = mapped_column(ForeignKey(SERVICE))
    second_id: Mapped[UUID] = mapped_column(ForeignKey(SERVICE), index=True)
    score: Mapped[float] = mapped_column(Float)
    shared: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[DoubleState] = mapped_column(enum_column(DoubleState), default=DoubleState.OPEN)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id <> second_id", name="two_services"),
        Index("ix_service_pair_state_score", "state", "score", "id"),
    )


class ServiceMerge(Base):
    """One entry stands for another from `merged_at` on; nothing of either is moved, so that it can be taken back."""

    __tablename__ = "service_merge"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("service_pair.id"), index=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey(SERVICE))
    replaced_id: Mapped[UUID] = mapped_column(ForeignKey(SERVICE))
    merged_at: Mapped[datetime] = mapped_column(index=True)
    merged_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))

    __table_args__ = (
        CheckConstraint("kept_id <> replaced_id", name="two_services"),
        Index(
            "uq_service_merge_replaced_id_live", "replaced_id", unique=True,
            sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip


class ServiceMergeRevision(Base):
    """A change of the kept entry that a merge brought: it goes back when the merge is taken back."""

    __tablename__ = "service_merge_revision"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("service_merge.id"), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("entity_revision.id"), primary_key=True)


class OrganizationPair(Base):
    """Two organisations that may be one, the smaller id first; `shared` are the kinds of keys that both have."""

    __tablename__ = "organization_pair"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANIZATION))
    second_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    score: Mapped[float] = mapped_column(Float)
    shared: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[DoubleState] = mapped_column(enum_column(DoubleState), default=DoubleState.OPEN)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id <> second_id", name="two_organizations"),
    )


class OrganizationMerge(Base):
    """The directory shows one organisation for another; nothing is moved, no right and no agreement depends on it.

    `revision_id` is the change of the kept one that the merge brought, if any: it goes back with it.
    """

    __tablename__ = "organization_merge"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("organization_pair.id"), index=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    replaced_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANIZATION))
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("entity_revision.id"))
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))

    __table_args__ = (
        CheckConstraint("kept_id <> replaced_id", name="two_organizations"),
        Index(
            "uq_organization_merge_replaced_id_live", "replaced_id", unique=True,
            sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip
