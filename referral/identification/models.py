"""Submissions of the identification form; their answers are sealed by category under the submission's own key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id


class SubmissionState(StrEnum):
    """A draft belongs to its author; submitted made a pre-file; erased keeps only the row."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ERASED = "erased"


class Submission(Base):
    """One filling-in of a form. Its id is the OpenRosa instanceID and so the idempotency key of a phone."""

    __tablename__ = "submission"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    form_version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"))
    state: Mapped[SubmissionState] = mapped_column(enum_column(SubmissionState), default=SubmissionState.DRAFT)
    screen: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_submission_author_state", "author_id", "state"),)
