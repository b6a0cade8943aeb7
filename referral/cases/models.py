"""Tables of the case file. Nothing here names anybody: words about the person are sealed under the case's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.cases.rules import ApprovalKind, ApprovalState, CaseState, ClosureReason, NeedState, TaskKind
from referral.foundation.tables import Base, enum_column, new_id
from sop.vocabulary import Need, Priority

if TYPE_CHECKING:
    from referral.partners.models import Organization, User
    from referral.people.models import Person


class Case(Base):
    """A case. `organization_id` holds it, `manager_id` is its case manager, `engine` is the folded SOP state."""

    __tablename__ = "case_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship("Person")
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship("Organization")
    manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    manager: Mapped[User | None] = relationship("User", foreign_keys=[manager_id])
    identified_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    region: Mapped[str] = mapped_column(String(12), index=True)
    department: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[CaseState] = mapped_column(enum_column(CaseState), default=CaseState.OPEN, index=True)
    priority: Mapped[Priority] = mapped_column(enum_column(Priority))
    priority_rule: Mapped[int] = mapped_column(default=0)
    urgent: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    engine: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    procedure_version_id: Mapped[UUID] = mapped_column(ForeignKey("procedure_version.id"))
    identified_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closure_reason: Mapped[ClosureReason | None] = mapped_column(enum_column(ClosureReason))
    retention_until: Mapped[date | None]
    legal_hold: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    needs: Mapped[list[CaseNeed]] = relationship(back_populates="case", order_by="CaseNeed.opened_at")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_case_file_manager_state", "manager_id", "state"),)


class CaseNeed(Base):
    """One need of a case; the referral loop of the procedure runs once for each."""

    __tablename__ = "case_need"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="needs")
    need: Mapped[Need] = mapped_column(enum_column(Need))
    state: Mapped[NeedState] = mapped_column(enum_column(NeedState), default=NeedState.OPEN)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("case_id", "need"),)


class CaseEvent(Base):
    """What happened on the procedure, append-only: the fold of these is `Case.engine`. `facts` are codes only."""

    __tablename__ = "case_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    step: Mapped[str] = mapped_column(String(24), default="")
    need: Mapped[str] = mapped_column(String(8), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("case_id", "sequence"),)


class CaseTask(Base):
    """A task beside the procedure, such as the private interview that a "not asked" answer opens (DOMAIN, "Asking")."""

    __tablename__ = "case_task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[TaskKind] = mapped_column(enum_column(TaskKind))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class CaseNote(Base):
    """What somebody wrote at a step (category C5), sealed under the case's key; notes are never changed."""

    __tablename__ = "case_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    need: Mapped[str] = mapped_column(String(8), default="")
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CaseApproval(Base):
    """A supervisor's approval of the plan or of the closing; `answers` are codes only (criteria that were ticked)."""

    __tablename__ = "case_approval"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[ApprovalKind] = mapped_column(enum_column(ApprovalKind))
    state: Mapped[ApprovalState] = mapped_column(enum_column(ApprovalState), default=ApprovalState.ASKED)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class CaseCounter(Base):
    """The guarded counter of case numbers, one row a region and year (never max + 1)."""

    __tablename__ = "case_counter"

    region: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
