"""When a season is in a year, and the days off that are decreed: what the coordination writes down, never deleted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.providers.rules import PeriodKind


class CalendarPeriod(Base):
    """Days, both included, in the whole country or (`pcode`) in one region; `label` names a day off."""

    __tablename__ = "calendar_period"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PeriodKind] = mapped_column(enum_column(PeriodKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    pcode: Mapped[str] = mapped_column(String(16), default="")
    label: Mapped[str] = mapped_column(String(120), default="")
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days"),)
