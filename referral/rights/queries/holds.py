"""What is read of legal holds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.rights.hold_models import HoldStep, LegalHold
from referral.rights.models import RightsRequest
from referral.rights.rules import WAITING, RequestKind

ENDED = 50
"""How many ended holds the list shows; all stay in the database."""


def purpose_of(step: HoldStep) -> str:
    """Where the sealed words of a step belong."""
    return f"legal_hold:{step.hold_id}:{step.id}"


def standing() -> list[LegalHold]:
    """Every hold that stands, the one that is looked at next first."""
    query = select(LegalHold).options(joinedload(LegalHold.case)).where(LegalHold.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(LegalHold.review_on, LegalHold.placed_at, LegalHold.id)))


def ended() -> list[LegalHold]:
    """The holds that ended last."""
    query = select(LegalHold).options(joinedload(LegalHold.case)).where(LegalHold.ended_at.is_not(None))
    return list(db.session.scalars(query.order_by(LegalHold.ended_at.desc(), LegalHold.id).limit(ENDED)))


def hold_by_id(actor: Actor, hold_id: UUID, *, lock: bool = False) -> LegalHold | None:
    """One hold that `actor` may see, with its steps."""
    if scope_of(actor.role, Permission.RIGHTS_DECIDE) is not Scope.ALL:
        return None
    query = select(LegalHold).where(LegalHold.id == hold_id)
    if lock:
        return db.session.scalar(query.with_for_update())
    return db.session.scalar(
        query.options(joinedload(LegalHold.case), selectinload(LegalHold.steps).joinedload(HoldStep.by))
    )


def standing_of(case_id: UUID) -> list[LegalHold]:
    """The holds that stand on one case, oldest first."""
    query = select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(LegalHold.placed_at, LegalHold.id)))


def silent_of(case_id: UUID) -> list[str]:
    """The ids of holds of a case, past ones too, of which the person is not told: as the audit trail writes them."""
    query = select(LegalHold.id).where(LegalHold.case_id == case_id, LegalHold.silent)
    return [str(one) for one in db.session.scalars(query)]


def over(today: date) -> list[LegalHold]:
    """Holds that stand although their last day is past."""
    query = select(LegalHold).where(LegalHold.ended_at.is_(None), LegalHold.until < today)
    return list(db.session.scalars(query.order_by(LegalHold.until, LegalHold.id)))


def words_of(hold: LegalHold) -> dict[UUID, str]:
    """Why each step was taken, by the id of the step; nothing where it was not said or the file is erased."""
    if hold.case.erased_at is not None:
        return {}
    steps = [one for one in hold.steps if one.sealed]
    texts = sealing.open_texts((hold.case_id, purpose_of(one), one.sealed) for one in steps if one.sealed)
    return {one.id: text for one, text in zip(steps, texts, strict=True)}


def case_to_hold(code: str) -> Case | None:
    """The case of a code, locked: it is not erased while a hold is placed."""
    return db.session.scalar(select(Case).where(Case.code == code).with_for_update())


def lock_case(case_id: UUID) -> None:
    """Nobody else places or ends a hold on a case meanwhile."""
    db.session.execute(select(Case.id).where(Case.id == case_id).with_for_update())


def waiting_erasures(case_id: UUID) -> list[RightsRequest]:
    """Requests to erase a case that were not answered yet."""
    query = select(RightsRequest).where(RightsRequest.case_id == case_id, RightsRequest.kind == RequestKind.ERASURE)
    return list(db.session.scalars(query.where(RightsRequest.state.in_(WAITING))))
