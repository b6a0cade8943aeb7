"""The release of a quarter as it was first published: later corrections cannot be worked out from differences."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, new_id


class StatisticsRelease(Base):
    """One edition of a quarter's figures: `signatory` says for whom, `content` holds published cells and no others."""

    __tablename__ = "statistics_release"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    quarter: Mapped[str] = mapped_column(String(8))
    signatory: Mapped[bool]
    content: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("quarter", "signatory"),)
