"""The sender's side: referrals of the cases that somebody may work on, and where a need stands."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from directory.taxonomy import Status
from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.cases.queries.progress import state_of
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.suspensions import not_suspended
from referral.providers.queries.visible import OPEN_TO_ALL
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from sop.vocabulary import Need


def whole() -> tuple[ORMOption, ...]:
    """What everybody who opens one referral looks at: read with it instead of one after the other."""
    case = joinedload(Referral.case)
    return (
        case.joinedload(Case.needs),
        case.joinedload(Case.organization),
        joinedload(Referral.organization),
        joinedload(Referral.service_at_location),
    )


CHOOSING = ("R01", "R02", "G05", "D09", "X03")
"""Steps of the procedure between looking for a service and sending."""


def sent_by(actor: Actor) -> Select[Referral]:
    """Referrals, drafts included, of the cases that `actor` may open."""
    return select(Referral).where(Referral.case_id.in_(visible_cases(actor).with_only_columns(Case.id)))


sent_referral = Door(sent_by, Referral.id, load=whole)
"""One of them with its case, its organisation and its service."""


def referrals_of(case_id: UUID) -> list[Referral]:
    """Every referral of a case, newest first."""
    query = select(Referral).where(Referral.case_id == case_id).order_by(Referral.created_at.desc(), Referral.id)
    return list(db.session.scalars(query))


def open_draft(case_id: UUID, need: Need) -> Referral | None:
    """The referral of a need that is being prepared; there is at most one."""
    return db.session.scalars(_OPEN_DRAFT, {"case": case_id, "of_need": need}).first()


_OPEN_DRAFT = (
    select(Referral)
    .where(
        Referral.case_id == bindparam("case"),
        Referral.need == bindparam("of_need"),
        Referral.state == ReferralState.DRAFT,
    )
    .order_by(Referral.created_at.desc())
)


def sent_before(case_id: UUID, need: Need) -> int:
    """How many referrals were sent for a need so far."""
    query = select(func.count()).where(
        Referral.case_id == case_id, Referral.need == need, Referral.sent_at.is_not(None)
    )
    return db.session.scalar(query) or 0


def step_of(case: Case, need: Need) -> str | None:
    """The step on which a need stands; None when it is not open."""
    return next((token.step for token in state_of(case).tokens if token.need == need.value), None)


def place(service_at_location_id: UUID, need: Need) -> ServiceAtLocation | None:
    """An active service at a place that answers a need, of those that the ranking shows: none kept to named people."""
    query = (
        select(ServiceAtLocation)
        .join(Service)
        .where(ServiceAtLocation.id == service_at_location_id, ServiceAtLocation.archived.is_(False))
        .where(Service.status == Status.ACTIVE, Service.archived.is_(False), Service.visibility.in_(OPEN_TO_ALL))
        .where(not_suspended())
    )
    found = db.session.scalars(query).unique().first()
    return found if found is not None and need.value in found.service.needs else None
