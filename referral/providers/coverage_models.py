"""Tables of coverage: what a person confirmed, targets, mandates, monthly snapshots, the demand of a quarter."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.mandates import MandateRole
from directory.undertakings import UndertakingState
from referral.foundation.tables import Base, enum_column, new_id
from sop.vocabulary import Need

if TYPE_CHECKING:
    from referral.partners.models import Organization, User

USER = "user_account.id"


class CoverageConfirmation(Base):
    """Somebody looked and found no service for a need at a place; the latest one that is not taken back counts."""

    __tablename__ = "coverage_confirmation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    need: Mapped[Need] = mapped_column(enum_column(Need))
    pcode: Mapped[str] = mapped_column(String(16), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    withdrawn_at: Mapped[datetime | None]


class GapUndertaking(Base):
    """Somebody promised to close a confirmed gap by a day: a person of the coordination or an organisation.

    One at a time for a need at a place; closed ones stay, with what closed them.
    """

    __tablename__ = "gap_undertaking"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    need: Mapped[Need] = mapped_column(enum_column(Need))
    pcode: Mapped[str] = mapped_column(String(16), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER), index=True)
    user: Mapped[User | None] = relationship("User", foreign_keys=[user_id])
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization | None] = relationship("Organization")
    promise: Mapped[str] = mapped_column(String(300), default="")
    due_on: Mapped[date]
    state: Mapped[UndertakingState] = mapped_column(enum_column(UndertakingState), default=UndertakingState.OPEN)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    reminded_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
    closed_with: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (organization_id IS NULL)", name="owner"),
        Index(
            "uq_gap_undertaking_standing", "need", "pcode", unique=True,
            sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL"),
        ),
    )  # fmt: skip


class CoverageTarget(Base):
    """How many usable services a need should have in every unit of a level (1 region, 2 département)."""

    __tablename__ = "coverage_target"

    need: Mapped[Need] = mapped_column(enum_column(Need), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minimum: Mapped[int]

    __table_args__ = (CheckConstraint("minimum BETWEEN 1 AND 99", name="minimum"),)


class CoverageSnapshot(Base):
    """The matrix by region at the first run of a month (`2026-11`); it never changes."""

    __tablename__ = "coverage_snapshot"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    taken_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class CoverageDemand(Base):
    """The published demand of a quarter, frozen: two editions (`signatory`, `other`) of one audit, no raw count."""

    __tablename__ = "coverage_demand"

    quarter: Mapped[str] = mapped_column(String(8), primary_key=True)
    published_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class DirectoryMandate(Base):
    """Who is meant to act for a need at a place (P-code; `CM` is the whole country), by which text, for how long."""

    __tablename__ = "mandate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship("Organization")
    need: Mapped[Need] = mapped_column(enum_column(Need))
    pcode: Mapped[str] = mapped_column(String(16))
    role: Mapped[MandateRole] = mapped_column(enum_column(MandateRole))
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]
