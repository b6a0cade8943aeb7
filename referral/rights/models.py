"""Tables of rights, retention, breaches and the impact assessment: codes and days; words are sealed or name nobody."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.foundation.tables import Base, enum_column, new_id
from referral.rights.breaches import BreachKind
from referral.rights.handing import DocumentKind, Holder
from referral.rights.processing import DpiaAnswer
from referral.rights.readers import ChildView, IdentityCheck, ReviewOutcome
from referral.rights.rules import RefusalReason, Requester, RequestKind, RequestState
from referral.rights.stopping import Channel, StopAnswer, StopWay

if TYPE_CHECKING:
    from referral.cases.models import Case
    from referral.consent.exceptional_models import LegalOrder
    from referral.partners.models import Organization, User


class RightsRequest(Base):
    """What a person asked about their file; what they said is sealed under the case's key."""

    __tablename__ = "rights_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind))
    requester: Mapped[Requester] = mapped_column(enum_column(Requester))
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState), default=RequestState.OPEN)
    received_on: Mapped[date]
    due_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    refusal: Mapped[RefusalReason | None] = mapped_column(enum_column(RefusalReason))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_rights_request_state_due_on", "state", "due_on"),)


class OwnFileLink(Base):
    """A link by which a file is read for its person; it opens with a code that is told by mouth, for a short time.

    `adult_id`: the guardian or representative it was given to, as in `ReaderReview`; `child_view`: what the child said.
    """

    __tablename__ = "own_file_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(5))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reader: Mapped[Requester] = mapped_column(enum_column(Requester), default=Requester.PERSON)
    adult_id: Mapped[UUID | None]
    identity: Mapped[IdentityCheck] = mapped_column(enum_column(IdentityCheck), default=IdentityCheck.KNOWN)
    child_view: Mapped[ChildView | None] = mapped_column(enum_column(ChildView))


class ReaderReview(Base):
    """A best-interests review: whether an adult may read the file of a child (rules P3 and P4).

    `adult_id`: the tie (`PersonLink`) or the consent that names the adult; the reasons are sealed under the case's key.
    """

    __tablename__ = "reader_review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    adult_id: Mapped[UUID] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_task.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[ReviewOutcome | None] = mapped_column(enum_column(ReviewOutcome))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class HandedOut(Base):
    """A line of the erasure ledger: a document that had left a file before it was erased, and who holds it by role.

    `owner_id` as in the ledger (`sealing.Erasure`), so it names nobody and points to nothing that is still there.
    """

    __tablename__ = "handed_out"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    on: Mapped[date] = mapped_column("left_on")
    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind))
    holder: Mapped[Holder] = mapped_column(enum_column(Holder))
    organization: Mapped[str] = mapped_column(String(200), default="")
    times: Mapped[int]

    __table_args__ = (CheckConstraint("times > 0", name="counted"),)


class RetentionReview(Base):
    """A proposal to erase what has been kept long enough; somebody looks at each, nothing goes by itself.

    Of a case, or of an authority's request that is about none. `proposed_by_id`: None where the clock proposed it.
    """

    __tablename__ = "retention_review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case | None] = relationship("Case")
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("legal_order.id"), index=True)
    order: Mapped[LegalOrder | None] = relationship("LegalOrder")
    categories: Mapped[list[str]]
    whole: Mapped[bool]
    due_on: Mapped[date]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_by: Mapped[User | None] = relationship("User", foreign_keys=[proposed_by_id])
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    erased: Mapped[bool] = mapped_column(default=False)
    keep_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_retention_review_decided_at", "decided_at"),
        CheckConstraint("(case_id IS NULL) = (order_id IS NOT NULL)", name="about_one"),
    )

    @property
    def code(self) -> str:
        """The code of the case, or the reference of the request: all that a list shows of either."""
        return self.order.reference if self.order is not None else self.case.code if self.case is not None else ""


class Withdrawal(Base):
    """Consent was taken back: for everything or for some recipients and categories; what followed hangs on it."""

    __tablename__ = "withdrawal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    everything: Mapped[bool]
    at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    stops: Mapped[list[StopNotice]] = relationship(back_populates="withdrawal", order_by="StopNotice.id")


class StopNotice(Base):
    """A recipient is told to stop; it confirms what it did with the data, and is chased until it has.

    `said_by`, `said_how`, `said_on`: who of the recipient told the case team, which then records it on its behalf.
    """

    __tablename__ = "stop_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    withdrawal_id: Mapped[UUID] = mapped_column(ForeignKey("withdrawal.id"), index=True)
    withdrawal: Mapped[Withdrawal] = relationship(back_populates="stops")
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    recipient: Mapped[Organization] = relationship("Organization")
    purpose: Mapped[str] = mapped_column(String(40))
    categories: Mapped[list[str]]
    whole: Mapped[bool]
    told_on: Mapped[date]
    due_on: Mapped[date]
    chased: Mapped[int] = mapped_column(default=0)
    answer: Mapped[StopAnswer | None] = mapped_column(enum_column(StopAnswer))
    law: Mapped[str] = mapped_column(String(200), default="")
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    said_by: Mapped[str] = mapped_column(String(120), default="")
    said_how: Mapped[StopWay | None] = mapped_column(enum_column(StopWay))
    said_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_stop_notice_recipient_id_answered_at", "recipient_id", "answered_at"),
        Index("ix_stop_notice_answered_at_due_on", "answered_at", "due_on"),
    )


class Breach(Base):
    """A personal data breach: codes, counts, moments, and words that name nobody.

    `recorded_by`: None where the system found it; `access_id`: the emergency access that nobody could review.
    """

    __tablename__ = "breach"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[BreachKind] = mapped_column(enum_column(BreachKind))
    discovered_at: Mapped[datetime]
    authority_due: Mapped[datetime]
    persons: Mapped[int | None]
    categories: Mapped[list[str]] = mapped_column(default=list)
    high_risk: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(String(2000), default="")
    steps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_by: Mapped[User | None] = relationship("User")
    access_id: Mapped[UUID | None] = mapped_column(ForeignKey("emergency_access.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class BreachCounter(Base):
    """The guarded counter of breaches, one row a year (never max + 1)."""

    __tablename__ = "breach_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class DpiaLine(Base):
    """One answer of the impact assessment; the newest of a question counts, the older ones stay."""

    __tablename__ = "dpia_line"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    question: Mapped[str] = mapped_column(String(20))
    answer: Mapped[DpiaAnswer] = mapped_column(enum_column(DpiaAnswer))
    note: Mapped[str] = mapped_column(String(1000), default="")
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime]
    sequence: Mapped[int]

    __table_args__ = (
        UniqueConstraint("question", "sequence"),
        CheckConstraint("sequence > 0", name="counted"),
    )
