"""The table of suspensions: an organisation takes no new referral from one day until the coordination lifts it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, new_id

USER = "user_account.id"


class OrganizationSuspension(Base):
    """One at a time for an organisation; lifted ones stay. `reason` is for the coordination and the committee alone."""

    __tablename__ = "organization_suspension"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))

    __table_args__ = (
        Index(
            "uq_organization_suspension_standing", "organization_id", unique=True,
            sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL"),
        ),
    )  # fmt: skip
