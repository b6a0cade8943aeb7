"""The table of the coordination's notices over an area."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.area_notices import AreaNotice as Announced
from directory.area_notices import CrisisKind, Effect
from referral.foundation.tables import Base, enum_column, new_id

USER = "user_account.id"


class AreaNotice(Base):
    """Flood, insecurity, epidemic … at some places (P-codes) from a day to a day, both included; kept for good.

    `ended_at` without `ended_by_id`: it ended by itself on its last day. `campaign_id` asks the services to confirm.
    """

    __tablename__ = "area_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CrisisKind] = mapped_column(enum_column(CrisisKind))
    effect: Mapped[Effect] = mapped_column(enum_column(Effect))
    text_fr: Mapped[str] = mapped_column(String(500))
    text_en: Mapped[str] = mapped_column(String(500))
    pcodes: Mapped[list[str]] = mapped_column(default=list)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("review_campaign.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))

    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days"),)


def announced(row: AreaNotice) -> Announced:
    """A kept notice as the library reads it."""
    text = {"fr": row.text_fr, "en": row.text_en}
    return Announced(str(row.id), row.kind, row.effect, tuple(row.pcodes), row.starts_on, row.ends_on, text)
