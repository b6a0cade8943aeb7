"""Tables of procedure versions, comments on them, and form versions; what is published keeps its text for ever."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, PassiveFlag, mapped_column, relationship
from sqlalchemy.orm.attributes import get_history

from referral.foundation.tables import Base, enum_column, new_id
from referral.procedures.rules import PUBLISHED, CommentAnswer, FormStage, VersionState

if TYPE_CHECKING:
    from referral.partners.models import Organization, User

_PUBLISHED = "consultation_opened_at IS NOT NULL OR activated_at IS NOT NULL"
_DECIDED = "decision_number <> '' AND decision_on IS NOT NULL"


class ProcedureVersion(Base):
    """One version of the flowchart and its triage table; a case stays on the version that it was opened under.

    Their texts are long and compiled once a process, so they are only read when somebody asks for them. `content_hash`
    is the flowchart's, `triage_hash` the table's: together they are the version's identity, and no two published
    versions share it. `drawing` is the file that a committee drew, as it came; `answers` (question -> answer) say what
    an imported drawing means, and are there for imported drawings only. `valid_from` is the day from which the
    committee wants it applied, `revision` counts the changes for those who edit at the same time.
    """

    __tablename__ = "procedure_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64))
    triage_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[VersionState] = mapped_column(enum_column(VersionState))
    flowchart: Mapped[str] = mapped_column(Text, deferred=True)
    triage: Mapped[str] = mapped_column(Text, deferred=True)
    based_on_id: Mapped[UUID | None] = mapped_column(ForeignKey("procedure_version.id"))
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_by: Mapped[User | None] = relationship("User")
    imported_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    consultation_opened_at: Mapped[datetime | None]
    consultation_closed_at: Mapped[datetime | None]
    decision_number: Mapped[str] = mapped_column(String(40), default="")
    decision_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    drawing: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    drawing_name: Mapped[str] = mapped_column(String(120), default="")
    drawing_type: Mapped[str] = mapped_column(String(100), default="")
    drawing_hash: Mapped[str] = mapped_column(String(64), default="")
    answers: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint(f"(state NOT IN ('approved', 'active') AND activated_at IS NULL) OR ({_DECIDED})", "decided"),
        CheckConstraint("state <> 'active' OR activated_at IS NOT NULL", "activated"),
        CheckConstraint("state NOT IN ('consultation', 'approved') OR consultation_opened_at IS NOT NULL", "consulted"),
        CheckConstraint("(drawing IS NULL) = (drawing_hash = '')", "drawing_hash"),
        Index(
            "uq_procedure_version_published",
            "content_hash",
            "triage_hash",
            unique=True,
            sqlite_where=text(_PUBLISHED),
            postgresql_where=text(_PUBLISHED),
        ),
        Index(
            "uq_procedure_version_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )


class ProcedureComment(Base):
    """What somebody says of a version in consultation, about a step, an arrow or a paragraph; and the answer to it."""

    __tablename__ = "procedure_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    anchor: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    author: Mapped[User] = relationship("User", foreign_keys=[author_id])
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    organization: Mapped[Organization | None] = relationship("Organization")
    written_at: Mapped[datetime]
    answer: Mapped[CommentAnswer | None] = mapped_column(enum_column(CommentAnswer))
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_by: Mapped[User | None] = relationship("User", foreign_keys=[answered_by_id])
    answered_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("text <> ''", "text"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "answered"),
        CheckConstraint("answer IS NULL OR answer = 'accepted' OR reason <> ''", "reason"),
    )


class FormVersion(Base):
    """One version of a form; a submission stays on the version that it was filled in with.

    `name` is what the application asks for (`identification`), `form_id` the form's own name in its source, `number`
    its version there. `source` is the file as it came (none of before files were kept); what was compiled of it is long
    and kept by the process, so both are only read when somebody asks for them. `xform`: the same form as phones with
    ODK Collect read it. It is a draft until `published_at` or `withdrawn_at`; `active` is the one that new files use.
    """

    __tablename__ = "form_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    form_id: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[str] = mapped_column(String(64))
    compiled: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    xform: Mapped[str] = mapped_column(Text, deferred=True, default="")
    source: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    source_name: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_by: Mapped[User | None] = relationship("User")
    imported_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("name", "content_hash"),
        CheckConstraint("NOT active OR published_at IS NOT NULL", "in_force"),
        CheckConstraint("published_at IS NULL OR withdrawn_at IS NULL", "withdrawn"),
        Index(
            "uq_form_version_active", "name", unique=True, sqlite_where=text("active"), postgresql_where=text("active")
        ),
    )

    @property
    def stage(self) -> FormStage:
        """Where the version stands."""
        if self.published_at is None:
            return FormStage.DRAFT if self.withdrawn_at is None else FormStage.WITHDRAWN
        return FormStage.ACTIVE if self.active else FormStage.RETIRED


class PublishedVersion(RuntimeError):
    """The text of a published version was about to change, or the version to be deleted."""


CONTENT = ("code", "number", "content_hash", "triage_hash", "flowchart", "triage", "drawing", "drawing_hash", "answers")


def _state_before(version: ProcedureVersion) -> VersionState:
    history = get_history(version, "state")
    return history.deleted[0] if history.deleted else version.state


@event.listens_for(ProcedureVersion, "before_update")
def _refuse_change(_mapper: Any, _connection: Any, version: ProcedureVersion) -> None:
    quiet = PassiveFlag.PASSIVE_NO_INITIALIZE
    if _state_before(version) in PUBLISHED and any(get_history(version, one, quiet).has_changes() for one in CONTENT):
        raise PublishedVersion("a published version never changes; make a new one")


@event.listens_for(ProcedureVersion, "before_delete")
def _refuse_delete(_mapper: Any, _connection: Any, _version: ProcedureVersion) -> None:
    raise PublishedVersion("versions are never deleted")


FORM_CONTENT = ("name", "form_id", "title", "number", "content_hash", "compiled", "xform", "source", "source_name")


@event.listens_for(FormVersion, "before_update")
def _refuse_form_change(_mapper: Any, _connection: Any, version: FormVersion) -> None:
    quiet = PassiveFlag.PASSIVE_NO_INITIALIZE
    published = get_history(version, "published_at", quiet)
    was_published = published.deleted[0] if published.deleted else version.published_at
    if was_published and any(get_history(version, one, quiet).has_changes() for one in (*FORM_CONTENT, "published_at")):
        raise PublishedVersion("a published form never changes; make a new version")


@event.listens_for(FormVersion, "before_delete")
def _refuse_form_delete(_mapper: Any, _connection: Any, _version: FormVersion) -> None:
    raise PublishedVersion("versions of a form are never deleted")
