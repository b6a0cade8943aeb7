"""A year of the directory's job on a real database: every transition once, no storm of messages, quiet hours kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.employment import VacancyState
from directory.freshness import section_state
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.grants import Role
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.partners.models import User
from referral.providers import actions, queries
from referral.providers.actions import employing
from referral.providers.actions.reminding import TEMPLATES
from referral.providers.models import ServiceStaff
from referral.providers.private_form import VacancyAct
from referral.providers.private_models import Vacancy
from referral.providers.queries.ending import BEGINNING
from referral.providers.rules import Section
from referral.providers.upkeep_models import CallTask, OrganizationReminder, ReminderStep
from tests.builders import make_organization, make_user
from tests.conftest import rolled_back
from tests.referral.providers.entries import make_entry

START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
DAYS, EVERY = 365, timedelta(hours=12)


class Year:
    """What a year of ticks left, read from the tables."""

    def __init__(self) -> None:
        self.mails: list[tuple[datetime, str]] = []
        self.steps: list[tuple[str, str, str, str, datetime]] = []
        self.calls: list[tuple[str, str, datetime]] = []
        self.states: dict[str, list[str]] = {}
        self.houses: list[tuple[str, str, str, int]] = []
        """Of organisations: which one, the cycle, the step, on which day of the year it was taken."""
        self.told: list[tuple[str, int, int]] = []
        """Title of a vacancy, on which day of the year it ends, on which day somebody was reminded."""


def tick(now: datetime, answered: Any) -> None:
    """One run of the job; whatever it queued counts as sent. On one day a keeper confirms a section."""
    actions.remind(now)
    for message in db.session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.QUEUED)):
        message.state = MessageState.SENT
    if now.date() == date(2026, 5, 20) and now.hour < 12:
        actions.confirm(answered, sections=[Section.HOURS], actor=db.session.scalars(select(User)).first(), now=now)
    if now == START + timedelta(days=195):
        (row,) = db.session.scalars(select(Vacancy).where(Vacancy.title == "d"))
        keeper = db.session.get_one(User, row.created_by_id)
        employing.move(row, VacancyAct.PROLONG, actor=keeper, now=now, today=now.date())
    db.session.commit()


def make_workshop() -> dict[str, str]:
    """An employer with vacancies that end on the 40th, 43rd, 49th and 200th day; by how an end is kept, which it is."""
    house = make_organization("Atelier")
    keeper = make_user(Role.PROVIDER, house, "patron", email="p@example.cm")
    place = make_entry(house, "Atelier", "ECO", verified=START)
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
    for title, days in (("a", 40), ("b", 43), ("c", 49), ("d", 200)):
        db.session.add(
            Vacancy(
                place_id=place.id, title=title, places=1, places_left=1, state=VacancyState.OPEN,
                valid_until=(START + timedelta(days=days)).date(), created_at=START, created_by_id=keeper.id,
            )
        )  # fmt: skip
    db.session.flush()
    return {one.id.hex[:BEGINNING]: one.title for one in db.session.scalars(select(Vacancy))}


def reminded(titles: dict[str, str], steps: list[ReminderStep]) -> list[tuple[str, int, int]]:
    """Which vacancy, the day of the year on which it ends, and that on which somebody was reminded."""
    found = []
    for one in steps:
        _mark, key, day = one.cycle.split(":")
        end = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        found.append((titles[key], (end.date() - START.date()).days, (one.at - START).days))
    return sorted(found)


@pytest.fixture(scope="module")
def year(_application: Flask) -> Iterator[Year]:
    """Three entries of two keepers, one of nobody, an employer; two runs a day, one of them at night."""
    found = Year()
    with rolled_back(_application), _application.app_context():
        owner = make_organization("Foyer Espérance")
        keepers = [make_user(Role.PROVIDER, owner, f"garde{number}", email="g@example.cm") for number in (1, 2)]
        places = []
        for number in range(4):
            place = make_entry(owner, f"Service {number}", "HEB", verified=START - timedelta(days=30 + 7 * number))
            places.append(place)
            if number < 3:
                db.session.add(
                    ServiceStaff(service_id=place.service_id, user_id=keepers[number % 2].id, focal_point=True)
                )
        titles = make_workshop()
        db.session.commit()
        now = START
        while now < START + timedelta(days=DAYS):
            tick(now, places[0])
            state = section_state(queries.offer(places[3].id, now).verified["hours"], Section.HOURS, now.date())  # type: ignore[arg-type, union-attr]
            found.states.setdefault("hours", []).append(state.value)
            now += EVERY
        outbox = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.queued_at))
        found.mails = [(one.queued_at, str(one.recipient_id)) for one in outbox if one.template in TEMPLATES]
        steps = list(db.session.scalars(select(ReminderStep)))
        found.steps = [
            (str(one.place_id), one.section.value, one.cycle, one.step.value, one.at)
            for one in steps
            if not one.cycle.startswith("v:")
        ]
        found.told = reminded(titles, [one for one in steps if one.cycle.startswith("v:")])
        found.houses = [
            (str(one.organization_id), one.cycle, one.step.value, (one.at - START).days)
            for one in db.session.scalars(select(OrganizationReminder))
        ]
        found.calls = [
            (str(one.place_id or one.organization_id), one.reason.value, one.opened_at)
            for one in db.session.scalars(select(CallTask))
        ]
        yield found


pytestmark = pytest.mark.slow


def test_every_transition_of_an_entry_is_seen_once_and_in_order(year: Year) -> None:
    changes = [year.states["hours"][0]] + [b for a, b in pairwise(year.states["hours"]) if a != b]
    assert changes == ["up_to_date", "to_confirm", "late", "unverified"]


def test_every_step_is_taken_once_in_its_cycle(year: Year) -> None:
    assert set(Counter(step[:4] for step in year.steps).values()) == {1}
    kept = {step[3] for step in year.steps if step[1] == "hours"}
    assert kept == {"notice", "due", "deputy", "call", "unverified", "archive"}


def test_an_organisation_that_was_never_confirmed_is_asked_from_the_first_day_and_each_step_is_taken_once(
    year: Year,
) -> None:
    days = {"notice": 0, "due": 0, "deputy": 15, "call": 30, "unverified": 45, "archive": 120}
    assert set(Counter(step[:3] for step in year.houses).values()) == {1}
    assert len({house for house, *_step in year.houses}) == 2
    for _house, _cycle, step, day in year.houses:
        assert days[step] <= day <= days[step] + 7, step
    assert len(year.houses) == 2 * len(days)


def test_a_confirmation_begins_a_new_cycle(year: Year) -> None:
    cycles = {(place, section): set() for place, section, _cycle, _step, _at in year.steps}
    for place, section, cycle, _step, _at in year.steps:
        cycles[place, section].add(cycle)
    assert sorted(len(one) for one in cycles.values())[-1] == 2
    assert Counter(len(one) for one in cycles.values())[2] == 1


def test_nobody_is_written_to_twice_in_a_week_nor_more_than_the_ladder_asks(year: Year) -> None:
    by_person: dict[str, list[datetime]] = {}
    for at, person in year.mails:
        by_person.setdefault(person, []).append(at)
    assert len(by_person) == 3
    for times in by_person.values():
        assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(times))
        assert len(times) <= 20


def test_whoever_answers_for_a_vacancy_is_reminded_of_each_of_its_ends_once_and_in_time(year: Year) -> None:
    assert year.told == [("a", 40, 33), ("b", 43, 33), ("c", 49, 42), ("d", 200, 193), ("d", 225, 218)]


def test_quiet_hours_are_kept(year: Year) -> None:
    assert year.mails
    assert all(7 <= at.astimezone(clock.zone()).hour < 21 for at, _person in year.mails)
    assert all(7 <= at.astimezone(clock.zone()).hour < 21 for *_step, at in year.steps)


def test_the_coordination_is_asked_once_for_each_reason(year: Year) -> None:
    assert set(Counter((place, reason) for place, reason, _at in year.calls).values()) == {1}
    assert {reason for _place, reason, _at in year.calls} == {"late", "archive"}
