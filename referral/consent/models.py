"""Consent records (immutable revisions, one a recipient and purpose) and the register of sharing decisions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.consent.assumptions import POLICY
from referral.consent.mark_models import AddedMark, MarkFile
from referral.consent.repeating import fingerprint
from referral.consent.rules import Decision, Request
from referral.foundation.tables import Base, enum_column, new_id
from referral.foundation.written_once import written_once

if TYPE_CHECKING:
    from referral.partners.models import Organization


class ConsentState(StrEnum):
    """DOMAIN: given → withdrawn | expired | superseded. A refusal is recorded too."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class ConsentMark(StrEnum):
    """How the person marked it; all but a signature need a witness (rule S9)."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"
    ORAL = "oral"


class ConsentGiver(StrEnum):
    """Who gave it."""

    PERSON = "person"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    BEST_INTERESTS = "best_interests"


class Consent(Base):
    """One consent to one purpose for one recipient; names of witness and guardian are sealed under the case's key.

    Written once: it only ever ends, and forgets with the file that it stands in.
    """

    __tablename__ = "consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    recipient: Mapped[Organization] = relationship("Organization")
    purpose: Mapped[str] = mapped_column(String(40))
    state: Mapped[ConsentState] = mapped_column(enum_column(ConsentState), active_history=True)
    categories: Mapped[list[str]] = mapped_column(default=list)
    explicit: Mapped[list[str]] = mapped_column(default=list)
    giver: Mapped[ConsentGiver] = mapped_column(enum_column(ConsentGiver), default=ConsentGiver.PERSON)
    mark: Mapped[ConsentMark] = mapped_column(enum_column(ConsentMark))
    witnessed: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8))
    understood: Mapped[bool] = mapped_column(default=True)
    interpreter: Mapped[bool] = mapped_column(default=False)
    assent: Mapped[bool] = mapped_column(default=False)
    guardian: Mapped[bool] = mapped_column(default=False)
    best_interests: Mapped[bool] = mapped_column(default=False)
    representative: Mapped[bool] = mapped_column(default=False)
    conditional: Mapped[bool] = mapped_column(default=False)
    given_age: Mapped[int | None]
    form_code: Mapped[str] = mapped_column(String(24))
    text_hash: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    valid_until: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(active_history=True)
    collector_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    sealed_names: Mapped[bytes | None]
    mark_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_mark_file.id"))
    mark_file: Mapped[MarkFile | None] = relationship(MarkFile)
    mark_hash: Mapped[str | None] = mapped_column(String(64))
    added_mark: Mapped[AddedMark | None] = relationship(AddedMark, viewonly=True)

    @property
    def kept_mark(self) -> MarkFile | None:
        """The mark, given with the consent or added later."""
        return self.mark_file or (self.added_mark.mark_file if self.added_mark else None)

    @property
    def kept_hash(self) -> str:
        """The hash of that mark; empty without one."""
        return self.mark_hash or (self.added_mark.mark_hash if self.added_mark else "")

    __table_args__ = (Index("ix_consent_case_recipient_purpose", "case_id", "recipient_id", "purpose"),)


class ConsentReminder(Base):
    """That somebody was told of a consent: so many `days` before its end, 0 when it is over, 18 for who came of age."""

    __tablename__ = "consent_reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    days: Mapped[int]
    told_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("consent_id", "days"),)


class TranslationReview(Base):
    """Who compared a translation of a text that is read aloud with the original; the newest of a text counts.

    `text_hash`: the wording that was compared, original and translation; of one on paper only the original is known.
    """

    __tablename__ = "translation_review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    language: Mapped[str] = mapped_column(String(8))
    form_code: Mapped[str] = mapped_column(String(24))
    text_hash: Mapped[str] = mapped_column(String(64))
    reviewer: Mapped[str] = mapped_column(String(120))
    reviewed_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    sequence: Mapped[int]

    __table_args__ = (
        UniqueConstraint("language", "form_code", "sequence"),
        CheckConstraint("sequence > 0", name="counted"),
    )


class LeafletWord(Base):
    """Words of the leaflet as the country writes them; the newest of a key counts, empty ones leave it to the library.

    `language`: a code of `directory.leaflet.LANGUAGES`; `key`: one of `directory.leaflet.WORDS`.
    """

    __tablename__ = "leaflet_word"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    language: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(String(300))
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    sequence: Mapped[int]

    __table_args__ = (
        UniqueConstraint("language", "key", "sequence"),
        CheckConstraint("sequence > 0", name="counted"),
    )


class DecisionRecord(Base):
    """The register: every sharing decision, denials too, with what is needed to compute it again."""

    __tablename__ = "sharing_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    referral_id: Mapped[UUID | None] = mapped_column(index=True)
    recipient_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    action: Mapped[str] = mapped_column(String(24))
    purpose: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(4))
    visible: Mapped[list[str]] = mapped_column(default=list)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    policy: Mapped[str] = mapped_column(String(24))

    @classmethod
    def of(
        cls,
        request: Request,
        decision: Decision,
        *,
        referral: Any = None,
        case_id: UUID | None = None,
        actor: Any,
        recipient_id: UUID | None,
        now: datetime,
    ) -> DecisionRecord:
        """The register's row of one decision, on a referral or on a case without one.

        The hash covers the inputs in canonical JSON. No recipient: an authority that is not in the directory.
        """
        inputs = request.to_mapping()
        return cls(
            at=now,
            actor_id=getattr(actor, "id", None),
            id=new_id(),
            case_id=case_id or referral.case_id,
            referral_id=referral.id if referral is not None else None,
            recipient_id=recipient_id,
            action=request.action,
            purpose=request.purpose,
            outcome=decision.outcome.value,
            code=decision.code,
            visible=[category.value for category in decision.visible],
            inputs=inputs,
            inputs_hash=fingerprint(inputs),
            policy=POLICY,
        )


written_once(
    Consent,
    forgets=("sealed_names", "given_age", "mark_file_id", "mark_hash"),
    moves={
        "state": lambda old, new: old is ConsentState.GIVEN and new is not ConsentState.REFUSED,
        "ended_at": lambda old, new: old is None and new is not None,
    },
)
written_once(MarkFile, may_go=True)
written_once(AddedMark, may_go=True)
written_once(DecisionRecord)
