"""Vacancies of an entry, and which employers belong to a federation."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from directory.employment import VacancyState, prolonged
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.models import ServiceAtLocation
from referral.providers.private_form import VacancyAct
from referral.providers.private_models import FederationMembership, Vacancy
from sop.vocabulary import N_, Message

NOT_OPEN = Message("not_open", N_("This vacancy is no longer open."))
NOT_WAITING = Message("not_waiting", N_("This vacancy does not wait to be read."))
MEMBER = Message("member", N_("This employer is a member already."))


def announce(
    place: ServiceAtLocation,
    title: str,
    places: int,
    *,
    valid_until: date,
    contact: str,
    direct: bool,
    actor: Actor,
    now: datetime,
) -> Vacancy:
    """Publish a vacancy at once (`direct`), or let it wait for the coordination."""
    row = Vacancy(
        id=new_id(), place_id=place.id, title=title, places=places, places_left=places, valid_until=valid_until,
        contact=contact, state=VacancyState.OPEN if direct else VacancyState.WAITING, created_at=now,
        created_by_id=actor.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("vacancy.announce", actor=actor, now=now, subject=("vacancy", row.id), code=row.state.value)
    return row


def move(row: Vacancy, act: VacancyAct, *, actor: Actor, now: datetime, today: date) -> None:
    """Fill one place, withdraw, prolong or publish a vacancy; refused once it is over."""
    state = row.state_on(today)
    if act is VacancyAct.PUBLISH:
        if state is not VacancyState.WAITING:
            raise RuleViolation(NOT_WAITING)
        row.state = VacancyState.OPEN
    elif state is VacancyState.WAITING and act is VacancyAct.WITHDRAW:
        row.state = VacancyState.WITHDRAWN
    elif state is not VacancyState.OPEN:
        raise RuleViolation(NOT_OPEN)
    else:
        _move_open(row, act, today)
    audit.record("vacancy.move", actor=actor, now=now, subject=("vacancy", row.id), code=act.value)
    db.session.flush()


def _move_open(row: Vacancy, act: VacancyAct, today: date) -> None:
    if act is VacancyAct.PROLONG:
        row.valid_until = prolonged(row.valid_until, today)
    elif act is VacancyAct.WITHDRAW:
        row.state = VacancyState.WITHDRAWN
    else:
        row.places_left -= 1
        if row.places_left == 0:
            row.state = VacancyState.FILLED


def join(
    federation: Organization, employer_id: UUID, *, starts_on: date, ends_on: date | None, actor: Actor, now: datetime
) -> FederationMembership:
    """Write down that an employer belongs to a federation; refused while it does already."""
    query = select(FederationMembership).where(
        FederationMembership.federation_id == federation.id, FederationMembership.employer_id == employer_id
    )
    for one in db.session.scalars(query):
        if (one.ends_on is None or one.ends_on >= starts_on) and (ends_on is None or ends_on >= one.starts_on):
            raise RuleViolation(MEMBER)
    row = FederationMembership(
        id=new_id(), federation_id=federation.id, employer_id=employer_id, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(row)
    db.session.flush()
    audit.record("federation.join", actor=actor, now=now, subject=("federation_membership", row.id))
    return row


def leave(row: FederationMembership, *, actor: Actor, now: datetime, today: date) -> None:
    """End a membership: today is no longer a day of it; one that never began is taken off the list."""
    subject = ("federation_membership", row.id)
    if row.starts_on >= today:
        db.session.delete(row)
    else:
        row.ends_on = date.fromordinal(today.toordinal() - 1)
    audit.record("federation.leave", actor=actor, now=now, subject=subject)
    db.session.flush()
