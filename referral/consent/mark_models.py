"""What a consent was marked with: a drawn signature, the photo of a signed sheet or of a thumbprint, a recording."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.foundation.tables import Base, enum_column, new_id
from sop.vocabulary import N_


class MarkWay(StrEnum):
    """How what is kept came about; `label` for the page."""

    DRAWN = "drawn"
    SHEET = "sheet"
    THUMBPRINT = "thumbprint"
    RECORDING = "recording"

    @property
    def label(self) -> str:
        """What it is, in words."""
        return _LABELS[self]


_LABELS = {
    MarkWay.DRAWN: N_("signature drawn on the screen"),
    MarkWay.SHEET: N_("photo or scan of the signed sheet"),
    MarkWay.THUMBPRINT: N_("photo of the thumbprint"),
    MarkWay.RECORDING: N_("recording of the spoken consent"),
}


class MarkFile(Base):
    """One mark, its bytes sealed under the case's key; every consent of the same answer points to it.

    Written once. The SHA-256 of the bytes stands in each consent that it marks (`Consent.mark_hash`).
    """

    __tablename__ = "consent_mark_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    way: Mapped[MarkWay] = mapped_column(enum_column(MarkWay))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    blob: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[datetime]


class AddedMark(Base):
    """A mark that was added after the consent: the consent itself is never written again, at most one for each.

    `mark_hash`: SHA-256 of the bytes, as the line of the audit trail has it too.
    """

    __tablename__ = "consent_added_mark"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), primary_key=True)
    mark_file_id: Mapped[UUID] = mapped_column(ForeignKey("consent_mark_file.id"))
    mark_file: Mapped[MarkFile] = relationship(MarkFile)
    mark_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
