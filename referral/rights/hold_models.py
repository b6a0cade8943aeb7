"""Tables of legal holds: codes, days, the reference of the law or order; words are sealed under the case's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.foundation.tables import Base, enum_column, new_id
from referral.rights.holding import HoldMove, HoldReason

if TYPE_CHECKING:
    from referral.cases.models import Case
    from referral.partners.models import User


class LegalHold(Base):
    """A file that must be kept: why, by which law or order, until when; `Case.legal_hold` says whether one stands.

    `until`: its last day, None while it is open; `silent`: the order forbids telling the person; `reminded`: which
    reminder of `review_on` was sent; `placed_by`: None for one that an earlier version kept without its author.
    """

    __tablename__ = "legal_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    reason: Mapped[HoldReason] = mapped_column(enum_column(HoldReason))
    basis: Mapped[str] = mapped_column(String(200))
    silent: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    until: Mapped[date | None]
    review_on: Mapped[date]
    reminded: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    steps: Mapped[list[HoldStep]] = relationship(back_populates="hold", order_by="HoldStep.at, HoldStep.id")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_legal_hold_ended_at_review_on", "ended_at", "review_on"),)


class HoldStep(Base):
    """One move of a hold with what it set and why; append-only."""

    __tablename__ = "legal_hold_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("legal_hold.id"), index=True)
    hold: Mapped[LegalHold] = relationship(back_populates="steps")
    move: Mapped[HoldMove] = mapped_column(enum_column(HoldMove))
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    by: Mapped[User | None] = relationship("User")
    until: Mapped[date | None]
    review_on: Mapped[date | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
