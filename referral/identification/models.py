"""Submissions of the identification form, sealed by category; what is attached to them; the phones that send them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from referral.foundation.tables import Base, enum_column, new_id
from referral.identification.rules import Channel
from sop.vocabulary import Category


class SubmissionState(StrEnum):
    """A draft belongs to its author; submitted made a pre-file; erased keeps only the row."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ERASED = "erased"


class Submission(Base):
    """One filling-in of a form. Its id is the OpenRosa instanceID and so the idempotency key of a phone.

    `content_hash`: what came through the gate, keyed; nothing for what was begun on a page. `received_at`: when; as
    long as `saved_at` is the same, nobody has touched it since. `device`: a code, never a name. `paper_number`: the
    code printed on the sheet that it was typed in from; a sheet is typed in once.
    """

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
    channel: Mapped[Channel] = mapped_column(enum_column(Channel), default=Channel.WEB)
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(60), default="")
    paper_number: Mapped[str | None] = mapped_column(String(20), index=True, unique=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_submission_author_state", "author_id", "state"),)


class Attachment(Base):
    """A photo, a recording or a file that answers a question: one a question, its bytes sealed under `owner_id`'s key.

    `owner_id` is the submission's id, and the person's once a file was made. `name` is made from the question and the
    type: what a phone called it may be somebody's name. `content_hash` is keyed: it tells a second sending from another
    file.
    """

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    owner_id: Mapped[UUID] = mapped_column(index=True)
    path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[Category] = mapped_column(enum_column(Category))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    blob: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("submission_id", "path"),)


class DeviceToken(Base):
    """What one phone shows instead of a password: it sends forms and fetches blank ones, and reads nothing else."""

    __tablename__ = "device_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
