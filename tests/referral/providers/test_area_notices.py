"""Notices over an area: shown with every service there, closed for its days, asked once, over by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from directory.area_notices import CrisisKind, Effect
from directory.taxonomy import Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.providers import actions, queries
from referral.providers.models import Service, ServiceStaff
from referral.providers.notice_models import AreaNotice
from referral.providers.upkeep_models import CampaignParticipation, ReviewCampaign
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry
from tests.referral.providers.test_papers import text_of

TODAY, PUBLIC = NOW.date(), Visibility.PUBLIC
WORDS = ("Le pont est coupé.", "The bridge is cut.")


class Scene:
    """Services in the Far North and in Littoral (public), a keeper, a coordinator; by id."""

    def __init__(self) -> None:
        house = make_organization("Hôpital")
        keeper = make_user(Role.PROVIDER, house, "keeper", email="k@example.cm")
        north = make_entry(house, "Soins du Nord", "MED", pcode="CM004005001", areas=("CM004",), visibility=PUBLIC)
        coast = make_entry(house, "Soins de la côte", "MED", pcode="CM005001", areas=("CM005",), visibility=PUBLIC)
        for place in (north, coast):
            db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
        self.north, self.coast = north.id, coast.id
        self.person = make_user(Role.COORDINATOR, None, "coordinator").id
        make_user(Role.CASE_MANAGER, make_organization("Équipe"), "manager")
        db.session.commit()

    def put(self, effect: Effect = Effect.INFORM, *, days: int = 5, begins: int = 0, at: str = "CM004") -> AreaNotice:
        """A flood over a place."""
        starts = TODAY + timedelta(begins)
        span = {"starts_on": starts, "ends_on": starts + timedelta(days)}
        row = actions.announce(
            kind=CrisisKind.FLOOD, effect=effect, texts=WORDS, pcodes=[at], campaign="Crue",
            actor=db.session.get_one(User, self.person), now=NOW, **span,
        )  # fmt: skip
        db.session.commit()
        return row


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


def over(place: UUID, days: int = 0) -> int:
    """How many notices are shown with an entry so many days from now."""
    offer = queries.offer(place, NOW + timedelta(days))
    assert offer is not None
    return len(offer.area_notices)


def test_it_is_shown_in_its_area_until_its_last_day_and_ends_by_itself(scene: Scene) -> None:
    row = scene.put()
    assert [over(scene.north, days) for days in (0, 5, 6)] == [1, 1, 0]
    assert over(scene.coast) == 0
    assert actions.end_notices(NOW + timedelta(5)) == 0
    later = NOW + timedelta(6)
    assert (actions.end_notices(later), actions.end_notices(later)) == (1, 0)
    assert (row.ended_at, row.ended_by_id) == (later, None)
    changed = {one.name: one.last_modified for one in db.session.scalars(select(Service))}
    assert changed["Soins du Nord"] == later
    assert changed["Soins de la côte"] < later


def test_closed_services_have_a_closure_for_its_days_alone(scene: Scene) -> None:
    scene.put(Effect.CLOSED, begins=2)
    offer = queries.offer(scene.north, NOW)
    assert offer is not None
    days = [(one.starts, one.ends) for one in offer.hours.closures]
    assert days == [(TODAY + timedelta(2), TODAY + timedelta(7))]
    assert queries.offer(scene.coast, NOW).hours.closures == ()  # type: ignore[union-attr]


def test_services_are_asked_by_one_campaign_and_one_message_a_week(scene: Scene) -> None:
    row = scene.put(Effect.CONFIRM, days=60)
    campaign = db.session.get_one(ReviewCampaign, row.campaign_id)
    assert (campaign.sections, campaign.ends_on) == (["contacts", "hours"], TODAY + timedelta(14))
    places = db.session.scalars(select(CampaignParticipation.place_id)).all()
    assert places == [scene.north]
    for number in range(6):
        actions.remind(NOW + timedelta(number))
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    coordinator = db.session.get_one(User, scene.person)
    actions.end_area_notice(row, actor=coordinator, now=NOW + timedelta(3))
    assert campaign.ends_on == TODAY + timedelta(2)
    with pytest.raises(RuleViolation):
        actions.prolong_notice(row, date(2027, 1, 1), actor=coordinator, now=NOW + timedelta(3))


def test_everybody_reads_it_where_they_look_and_the_public_too(scene: Scene, client: PageClient) -> None:
    scene.put(Effect.CLOSED)
    client.sign_in("manager")
    for address in ("/directory", f"/directory/{scene.north}"):
        assert WORDS[0] in client.get(address).text
    assert WORDS[0] not in client.get(f"/directory/{scene.coast}").text
    client.get("/directory/search")
    found = client.post("/directory/search", {"need": "MED", "place": "CM004"})
    assert found.text.count(WORDS[0]) == 2
    public = client.get("/api/directory/services?full=true")
    alerts = {one["name"]: one.get("alert", "") for one in public.response.get_json()["contents"]}
    assert WORDS[1] in alerts["Soins du Nord"]
    assert alerts["Soins de la côte"] == ""


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(scene: Scene, client: PageClient) -> None:
    client.sign_in("coordinator")
    good = {
        "kind": "flood", "effect": "inform", "text_fr": WORDS[0], "text_en": WORDS[1], "places": "Diamaré\r\nCM004005",
        "ends-day": "30", "ends-month": "12", "ends-year": "2026",
    }  # fmt: skip
    wrong = {"places": "Nulle part", "kind": "war", "text_en": "", "ends-year": "2020", "effect": "", "starts-day": "x"}
    for name, value in wrong.items():
        client.get("/directory/notices")
        page = client.post("/directory/notices", {**good, name: value}, follow=False)
        assert page.status == 422
        assert page.form("text_fr").fields["text_fr"] == WORDS[0]
    client.get("/directory/notices")
    assert client.post("/directory/notices", good, follow=False).status == 303
    row = db.session.scalars(select(AreaNotice)).one()
    assert len(row.pcodes) == len(set(row.pcodes))
    assert "CM004005" in row.pcodes


def test_it_stands_on_the_booklet_and_in_one_line_on_the_leaflet_of_its_area(scene: Scene, client: PageClient) -> None:
    scene.put(Effect.CLOSED)
    client.sign_in("manager")
    booklet = text_of(client, "/directory/regions/CM004/booklet.pdf?lang=en")
    assert booklet.count(WORDS[1]) == 2, "over the region, and beside the service"
    assert WORDS[1] not in text_of(client, "/directory/regions/CM005/booklet.pdf?lang=en")
    leaflet = text_of(client, f"/directory/{scene.north}/leaflet.pdf?lang=fr")
    assert f"{WORDS[0]} Fermé." in " ".join(leaflet.split())
    assert WORDS[0] not in text_of(client, f"/directory/{scene.coast}/leaflet.pdf?lang=fr")
