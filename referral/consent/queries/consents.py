"""Consent records of a case and the register of decisions about it."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation import sealing

ID: Uuid[UUID] = Uuid()
"""Said where a statement is made once: a foreign key takes its type from a table that may be imported later."""


def consents_of(case_id: UUID) -> list[Consent]:
    """Every revision of every consent of a case, newest first."""
    query = select(Consent).where(Consent.case_id == case_id).order_by(Consent.given_at.desc(), Consent.id)
    return list(db.session.scalars(query))


def current_consent(case_id: UUID, recipient_id: UUID, purpose: str) -> Consent | None:
    """The newest revision for one recipient and purpose, whatever its state."""
    asked = {"case": case_id, "recipient": recipient_id, "purpose": purpose}
    return db.session.scalars(_CURRENT, asked).first()


_CURRENT = (
    select(Consent)
    .where(
        Consent.case_id == bindparam("case", type_=ID),
        Consent.recipient_id == bindparam("recipient", type_=ID),
        Consent.purpose == bindparam("purpose"),
    )
    .order_by(
        Consent.given_at.desc(),
        Consent.state != ConsentState.GIVEN,
        Consent.state == ConsentState.SUPERSEDED,
        Consent.id,
    )
    .limit(1)
)
"""A refusal has no end: what has none need not be the newest. Of two of one moment the one that replaced counts."""


def names_of(consent: Consent) -> dict[str, str]:
    """Who stood by when it was given (witness, guardian, interpreter …), opened."""
    if consent.sealed_names is None:
        return {}
    found = json.loads(sealing.open_text(consent.case_id, names_place(consent.id), consent.sealed_names))
    return {str(name): str(value) for name, value in found.items()}


def names_place(consent_id: UUID) -> str:
    """Where the sealed names of a consent belong."""
    return f"consent:{consent_id}"


def decisions_of(referral_id: UUID) -> list[DecisionRecord]:
    """The register's rows of one referral, newest first."""
    query = select(DecisionRecord).where(DecisionRecord.referral_id == referral_id).order_by(DecisionRecord.at.desc())
    return list(db.session.scalars(query))
