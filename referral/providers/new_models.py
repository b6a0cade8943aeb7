"""An entry that somebody asks for, before the coordination has decided on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.foundation.tables import Base, new_id
from referral.partners.models import Organization, User


class NewEntry(Base):
    """An entry outside the directory. `id` becomes that of the service at its place, `service_id` that of the service.

    `said` is the form as `new_form.read` gives it; once it is decided only the name stays here, the rest is in the
    entry. `apart` are services that the proposer was shown as doubles and said to be others.
    """

    __tablename__ = "new_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship()
    said: Mapped[dict[str, Any]]
    apart: Mapped[list[str]] = mapped_column(default=list)
    proposer_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    proposer: Mapped[User] = relationship(foreign_keys=[proposer_id])
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    @property
    def name(self) -> str:
        """What the service is to be called."""
        return str(self.said["name"])
