"""The table of how far organisations are left alone with their entries: rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.autonomy import Autonomy
from referral.foundation.tables import Base, enum_column, new_id


class OrganizationAutonomy(Base):
    """From `at` on an organisation has this level; the latest row counts. Where `by_id` is empty it fell back itself.

    `misses` are the codes of what spoke against it; `note` is what the coordination wrote.
    """

    __tablename__ = "organization_autonomy"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    level: Mapped[Autonomy] = mapped_column(enum_column(Autonomy))
    misses: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (Index("ix_organization_autonomy_organization_id_at", "organization_id", "at"),)
