"""The consents of a case with what they were marked with: for the team of the case that may uncover the name.

A signature is a name and a voice is a body: both count as C2 and C11. Nobody of another organisation reaches them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from referral.cases.models import Case
from referral.consent.mark_models import AddedMark
from referral.consent.models import Consent, ConsentState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.people.queries import revealable_cases


def _added() -> Any:
    return joinedload(Consent.added_mark).joinedload(AddedMark.mark_file)


def listed_consents(case_id: UUID) -> list[Consent]:
    """Every revision of every consent of a case, newest first, with recipient and kind of mark; no bytes."""
    query = select(Consent).where(Consent.case_id == case_id).order_by(Consent.given_at.desc(), Consent.id)
    return list(
        db.session.scalars(query.options(joinedload(Consent.recipient), joinedload(Consent.mark_file), _added()))
    )


def may_see_marks(actor: Actor, case_id: UUID) -> bool:
    """Whether the actor belongs to the team of the case and may uncover who it is about."""
    return db.session.scalar(revealable_cases(actor).where(Case.id == case_id).with_only_columns(Case.id)) is not None


def marked_consent(actor: Actor, case_id: UUID, consent_id: UUID) -> Consent | None:
    """A consent of this case whose mark the actor may open."""
    query = (
        select(Consent)
        .options(joinedload(Consent.mark_file), _added())
        .where(Consent.id == consent_id, Consent.case_id == case_id)
        .where(or_(Consent.mark_file_id.is_not(None), Consent.added_mark.has()))
    )
    return db.session.scalar(query) if may_see_marks(actor, case_id) else None


def markable_consent(actor: Actor, case: Case, consent_id: UUID, *, lock: bool = False) -> Consent | None:
    """A consent of a case that `actor` may open, to which they may add a mark: who recorded it, or the case manager."""
    query = select(Consent).where(
        Consent.id == consent_id, Consent.case_id == case.id, Consent.state != ConsentState.REFUSED
    )
    if actor.id != case.manager_id:
        query = query.where(Consent.collector_id == actor.id)
    return db.session.scalar(query.with_for_update(of=Consent) if lock else query)
