"""Autonomy: an organisation that keeps its entries publishes at once, falls back after misses, and is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from directory.autonomy import Autonomy
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import Organization, User
from referral.providers import actions, queries
from referral.providers.models import SectionVerification, ServiceAtLocation, ServiceStaff
from referral.providers.queries.autonomy import history_of, kept, level_of
from referral.providers.rules import Section, TrustLevel, VerificationMethod
from referral.providers.upkeep_models import CallTask
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry


class Scene:
    """An organisation that confirmed three times in time, another that did nothing; by id."""

    def __init__(self) -> None:
        house, other = make_organization("Bonne Maison"), make_organization("Maison Oubliée")
        keeper = make_user(Role.PROVIDER, house, "keeper", email="k@example.cm")
        place = make_entry(house, "Accueil", "HEB")
        for number, section in enumerate((Section.HOURS, Section.CONTACTS, Section.SERVICE)):
            stamp = {"method": VerificationMethod.PARTNER, "at": NOW - timedelta(95 + number)}
            db.session.add(SectionVerification(service_at_location_id=place.id, section=section, **stamp))
        db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
        late = make_entry(other, "Soins", "MED", verified=NOW - timedelta(92))
        self.coordinator = make_user(Role.COORDINATOR, None, "coordinator", email="c@example.cm").id
        db.session.commit()
        self.house, self.other, self.keeper, self.place, self.late = house.id, other.id, keeper.id, place.id, late.id

    def put(self, house: Any, level: Autonomy) -> bool:
        """The coordination says how far an organisation is left alone."""
        one, who = db.session.get_one(Organization, house), db.session.get_one(User, self.coordinator)
        done = actions.set_autonomy(one, level, "", actor=who, now=NOW)
        db.session.commit()
        return done

    def trust(self) -> TrustLevel:
        """What the keeper may publish in the entry."""
        return queries.trust_of(
            db.session.get_one(User, self.keeper), db.session.get_one(ServiceAtLocation, self.place)
        )


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Scene]]:
    with rolled_back(_application) as connection, _application.app_context():
        yield connection, Scene()


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Scene]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def scene(stage: tuple[Connection, Scene], session: Any) -> Scene:
    return stage[1]


def told() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(one.template, one.address) for one in rows]


def day(number: int, hour: int = 10) -> datetime:
    return (NOW + timedelta(number)).replace(hour=hour)


def test_who_kept_every_entry_in_time_has_earned_it(scene: Scene) -> None:
    found = {one.name: [miss.value for miss in one.lacks] for one in kept(NOW)}
    assert found == {"Bonne Maison": [], "Maison Oubliée": ["not_fresh", "too_few"]}


def test_an_autonomous_organisation_publishes_at_once_but_not_a_keeper_who_is_read(scene: Scene) -> None:
    assert scene.trust() is TrustLevel.USUAL
    assert (scene.put(scene.house, Autonomy.AUTONOMOUS), scene.put(scene.house, Autonomy.AUTONOMOUS)) == (True, False)
    assert scene.trust() is TrustLevel.FULL
    db.session.scalars(select(ServiceStaff)).one().trust = TrustLevel.REVIEWED
    db.session.flush()
    assert scene.trust() is TrustLevel.REVIEWED
    assert told() == [("autonomy_granted", "k@example.cm")]


def test_it_falls_back_once_after_misses_by_day_and_both_sides_are_told(scene: Scene) -> None:
    scene.put(scene.house, Autonomy.AUTONOMOUS)
    # confirmed ten days ago for 90 days: late from day 81, overdue beyond the grace from day 96
    falls = [
        (number, hour) for number in (0, 80, 95, 96, 97) for hour in (2, 10) if actions.fall_back(day(number, hour))
    ]
    assert falls == [(96, 10)]
    assert level_of(scene.house) is Autonomy.USUAL
    assert [(one.level.value, one.misses, one.by_id is None) for one in history_of(scene.house)] == [
        ("usual", ["overdue"], True), ("autonomous", [], False),
    ]  # fmt: skip
    assert told()[1:] == [("autonomy_over", "k@example.cm"), ("autonomy_fell", "c@example.cm")]


def test_whoever_is_accompanied_is_called_on_the_day_and_not_after_thirty(scene: Scene) -> None:
    actions.remind(day(0))
    assert db.session.scalars(select(CallTask.place_id)).all() == []
    scene.put(scene.other, Autonomy.ACCOMPANIED)
    actions.remind(day(1))
    assert db.session.scalars(select(CallTask.place_id)).all() == [scene.late]
    actions.remind(day(2))
    assert len(db.session.scalars(select(CallTask.place_id)).all()) == 1


def test_the_organisation_and_the_coordination_read_it(scene: Scene, client: PageClient) -> None:
    client.sign_in("coordinator")
    assert "Bonne Maison" in client.get("/directory/autonomy").text
    address = f"/directory/organisations/{scene.house}/autonomy"
    assert client.post(address, {"level": "king"}, follow=False).status == 422
    client.get("/directory/autonomy")
    assert client.post(address, {"level": "autonomous", "note": "Bravo"}, follow=False).status == 303
    client.sign_in("keeper")
    assert "Autonome" in client.get("/directory/own").text
