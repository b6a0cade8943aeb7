"""Vacancies that will end, with who answers for them, as the reminders read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from directory.employment import VacancyState
from directory.reminders import A_WEEK, Ending, Step
from referral.extensions import db
from referral.partners.models import User
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.private_models import Vacancy
from referral.providers.queries.keeping import keepers_by_service
from referral.providers.upkeep_models import ReminderStep

BEGINNING = 26
"""So many of the 32 digits of an id as a step's cycle has room for, beside the day."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of a vacancy when somebody is reminded of it."""

    place_id: UUID
    cycle: str


def cycle_of(vacancy_id: UUID, valid_until: date) -> str:
    """Under what it is kept that somebody was reminded of this end of this vacancy.

    >>> cycle_of(UUID(int=1), date(2026, 12, 1))
    'v:00000000000000000000000000:20261201'
    """
    return f"v:{vacancy_id.hex[:BEGINNING]}:{valid_until:%Y%m%d}"


def ending_vacancies(today: date, days: int) -> tuple[list[Ending], dict[str, Told]]:
    """Open vacancies that end within `days` or the week after and that nobody was reminded of; by id what is kept.

    Who announced it answers for it as long as they keep the entry or nobody does; else the focal point.
    """
    query = (
        select(Vacancy, Service.id.label("service"), User.active)
        .join(ServiceAtLocation, ServiceAtLocation.id == Vacancy.place_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(User, User.id == Vacancy.created_by_id)
        .where(
            Vacancy.state == VacancyState.OPEN,
            Vacancy.valid_until.between(today, today + timedelta(days=days) + A_WEEK),
            ServiceAtLocation.archived.is_(False),
            Service.archived.is_(False),
        )
        .order_by(Vacancy.valid_until, Vacancy.id)
    )
    rows = db.session.execute(query).all()
    keepers = keepers_by_service() if rows else {}
    told = _told()
    found: list[Ending] = []
    kept: dict[str, Told] = {}
    for one, service, active in rows:
        cycle = cycle_of(one.id, one.valid_until)
        person = next(_answering(str(one.created_by_id), active, keepers.get(service, [])), None)
        if person is not None and (one.place_id, cycle) not in told:
            found.append(Ending(str(one.id), person, one.valid_until))
            kept[str(one.id)] = Told(one.place_id, cycle)
    return found, kept


def _answering(announcer: str, active: bool, keepers: list[str]) -> Iterator[str]:
    if announcer in keepers or (active and not keepers):
        yield announcer
    yield from keepers


def _told() -> set[tuple[UUID, str]]:
    query = select(ReminderStep.place_id, ReminderStep.cycle).where(
        ReminderStep.step == Step.NOTICE, ReminderStep.cycle.like("v:%")
    )
    return {(row.place_id, row.cycle) for row in db.session.execute(query)}
