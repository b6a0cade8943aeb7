"""Closing gaps: only what a person confirmed gets an owner, who is reminded in time and not in the night."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Connection, select

from directory.undertakings import UndertakingState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.providers import actions
from referral.providers.coverage_models import GapUndertaking
from referral.providers.queries import gaps
from sop.vocabulary import Need
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

GAP = "/directory/coverage/MED/CM004"
DUE = date(2026, 12, 20)


class Scene:
    """Health care in Littoral, a confirmed gap in the Far North, organisations with and without people; by id."""

    def __init__(self) -> None:
        make_entry(make_organization("Hôpital Laquintinie"), "Consultation", "MED", areas=("CM005",))
        coordinator = make_user(Role.COORDINATOR, None, "coordinator", email="c@example.cm")
        house, silent = make_organization("Médecins du Nord"), make_organization("Comité de village")
        make_user(Role.PROVIDER, house, "keeper", email="k@example.cm")
        make_user(Role.COMMITTEE, None, "committee")
        actions.confirm_none(Need.MED, "CM004", "", actor=coordinator, now=NOW)
        db.session.commit()
        self.house, self.silent, self.person = house.id, silent.id, coordinator.id

    @property
    def coordinator(self) -> Any:
        """Who coordinates."""
        return db.session.get_one(User, self.person)

    def promise(self, *, user: UUID | None = None, house: UUID | None = None, due: date = DUE) -> GapUndertaking:
        """Somebody promises to close the gap."""
        owner = {"user_id": user, "organization_id": house}
        return actions.undertake(
            Need.MED, "CM004", **owner, due_on=due, promise="Une antenne", actor=self.coordinator, now=NOW
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


def sent() -> list[tuple[str, str]]:
    query = select(OutboxMessage).where(OutboxMessage.template == "gap_due").order_by(OutboxMessage.id)
    return [(one.address, one.parameters["count"]) for one in db.session.scalars(query)]


def at(day: date, hour: int = 10) -> datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day, hour=hour)


@pytest.mark.parametrize(("need", "pcode"), [(Need.PSY, "CM004"), (Need.MED, "CM005"), (Need.MED, "CM999")])
def test_what_nobody_confirmed_is_nobodys_to_close(scene: Scene, need: Need, pcode: str) -> None:
    owner = {"user_id": scene.person, "organization_id": None}
    with pytest.raises(RuleViolation):
        actions.undertake(need, pcode, **owner, due_on=DUE, promise="", actor=scene.coordinator, now=NOW)
    assert gaps.standing_undertakings() == []


def test_a_gap_has_one_owner_at_a_time_and_keeps_what_closed_it(scene: Scene) -> None:
    row = scene.promise(user=scene.person)
    assert scene.promise(house=scene.house) is row
    assert (row.user_id, row.organization_id) == (None, scene.house)
    actions.take_in_hand(row, actor=scene.coordinator, now=NOW)
    actions.close_gap(row, "Une antenne ouvre", actor=scene.coordinator, now=NOW)
    for act in (lambda: actions.take_in_hand(row, actor=scene.coordinator, now=NOW),
                lambda: actions.close_gap(row, "x", actor=scene.coordinator, now=NOW)):  # fmt: skip
        with pytest.raises(RuleViolation):
            act()
    assert (row.state, row.closed_with) == (UndertakingState.CLOSED, "Une antenne ouvre")
    assert scene.promise(user=scene.person) is not row


def test_the_owner_is_reminded_before_on_and_after_the_day_and_not_at_night(scene: Scene) -> None:
    scene.promise(house=scene.house)
    told = []
    for number in range(40):
        for hour in (1, 10, 22):
            day = date(2026, 12, 1) + timedelta(number)
            if actions.remind_of_gaps(at(day, hour)):
                told.append((day.day, day.month, hour))
    assert told == [(13, 12, 10), (20, 12, 10), (3, 1, 10)]
    assert sent() == [("k@example.cm", "1")] * 3


def test_whoever_has_no_account_is_called_by_the_coordination(scene: Scene) -> None:
    scene.promise(house=scene.silent)
    actions.remind_of_gaps(at(DUE))
    assert sent() == [("c@example.cm", "1")]


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(scene: Scene, client: PageClient) -> None:
    client.sign_in("coordinator")
    client.get(GAP)
    wrong = {"owner": "person:x", "due-day": "31", "due-month": "2", "due-year": "2027", "promise": "Une antenne"}
    page = client.post(f"{GAP}/owner", wrong, follow=False)
    assert page.status == 422
    assert page.form("promise").fields["promise"] == "Une antenne"
    good = {"owner": f"organisation:{scene.house}", "due-day": "20", "due-month": "12", "due-year": "2026"}
    assert client.post(f"{GAP}/owner", good, follow=False).status == 303
    row = gaps.standing_undertakings()[0]
    client.get(GAP)
    assert client.post(f"/directory/coverage/gaps/{row.id}", {"closed_with": " "}, follow=False).status == 422
    client.sign_in("committee")
    assert "Médecins du Nord" in client.get("/directory/coverage/gaps").text
    client.sign_in("keeper")
    assert "pour le 20" in client.get("/directory/own").text


def test_the_file_says_who_closes_which_gap(scene: Scene, client: PageClient) -> None:
    scene.promise(house=scene.house)
    client.sign_in("committee")
    file = client.get("/directory/coverage/file.xlsx").response
    rows = list(openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[2].values)
    assert rows[1][1:7] == ("CM004", "Extrême-Nord", "Médecins du Nord", "2026-12-20", "pas commencé", "Une antenne")
