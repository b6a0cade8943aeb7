"""Record what the person consents to: immutable revisions, one a recipient and purpose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from referral.cases.models import Case
from referral.consent.actions.renewing import asked_again
from referral.consent.models import Consent, ConsentGiver, ConsentMark, ConsentState
from referral.consent.queries.consents import names_place
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from sop.vocabulary import Category


def record_consent(
    case: Case,
    *,
    recipient: Organization,
    purpose: str,
    categories: Iterable[Category | str],
    explicit: Iterable[Category | str] = (),
    state: ConsentState = ConsentState.GIVEN,
    giver: ConsentGiver = ConsentGiver.PERSON,
    mark: ConsentMark,
    witnessed: bool = False,
    language: str,
    form_code: str,
    text_hash: str,
    valid_until: date,
    names: Mapping[str, str] | None = None,
    actor: Any,
    now: datetime,
    **given: Any,
) -> Consent:
    """Write one revision; a living consent to the same recipient and purpose is superseded by it.

    `names` (witness, guardian, supervisor, reason …) are sealed under the case's key. `given`: the columns understood,
    interpreter, assent, guardian, best_interests, representative, conditional, given_age, and those of `marking.keep`.
    """
    supersede(case, recipient=recipient, purpose=purpose, now=now)
    consent = Consent(
        id=new_id(),
        case_id=case.id,
        recipient_id=recipient.id,
        purpose=purpose,
        state=state,
        categories=_codes(categories),
        explicit=_codes(explicit),
        giver=giver,
        mark=mark,
        witnessed=witnessed,
        language=language,
        form_code=form_code,
        text_hash=text_hash,
        given_at=now,
        valid_until=valid_until,
        collector_id=actor.id,
        **given,
    )
    if names:
        consent.sealed_names = sealing.seal_text(case.id, names_place(consent.id), json.dumps(dict(names)))
    db.session.add(consent)
    details: dict[str, Any] = {"purpose": purpose, "recipient": recipient.id, "categories": consent.categories}
    audit.record("consent." + state.value, actor=actor, now=now, case_id=case.id, subject=consent, **details)
    if state is ConsentState.GIVEN:
        asked_again(case, consent.given_age, actor=actor, now=now)
    return consent


def supersede(case: Case, *, recipient: Organization, purpose: str, now: datetime) -> None:
    """End the living consent to this recipient and purpose, because a new revision takes its place."""
    asked = {"case": case.id, "recipient": recipient.id, "purpose": purpose}
    for living in db.session.scalars(_LIVING, asked):
        living.state, living.ended_at = ConsentState.SUPERSEDED, now
        db.session.flush()  # the old one ends before the new one begins


_LIVING = select(Consent).where(
    Consent.case_id == bindparam("case"),
    Consent.recipient_id == bindparam("recipient"),
    Consent.purpose == bindparam("purpose"),
    Consent.state == ConsentState.GIVEN,
)


def _codes(categories: Iterable[Category | str]) -> list[str]:
    return [one.value for one in sorted({Category(one) for one in categories}, key=lambda one: one.order)]
