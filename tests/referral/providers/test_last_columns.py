"""Who takes referrals, who waits, what is funded, since when, from afar: forms, pages, the profile, the workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.hsds_writing import Profile
from directory.taxonomy import CapacityStatus, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import Organization
from referral.providers import actions
from referral.providers.models import ServiceAtLocation, ServiceContact
from referral.providers.queries.whole import Circle
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path
from tests.referral.providers.test_papers import text_of
from tests.referral.providers.test_workbook import _book, _put, _take

HOUSE, DESK = "+237222000001", "+237222000002"
ROOM: dict[str, Any] = {"waitlist_count": 7, "funded_maximum": 10, "note": "Deux lits dès décembre"}


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    """A public home with two contacts, and the coordination."""
    with rolled_back(_application) as connection, _application.app_context():
        place = make_entry(make_organization("Foyer Espérance"), "Accueil", "HEB", visibility=Visibility.PUBLIC)
        public = {"visibility": Visibility.PUBLIC}
        place.contacts = [ServiceContact(function="Accueil", phone=HOUSE, **public),
                          ServiceContact(function="Permanence", phone=DESK, **public)]  # fmt: skip
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        db.session.commit()
        yield connection, place.id


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def place(session: Any, stage: Any) -> ServiceAtLocation:
    return session.get_one(ServiceAtLocation, stage[1])  # type: ignore[no-any-return]


def fill(client: PageClient, place: ServiceAtLocation, form: str, **typed: Any) -> int:
    client.sign_in("chef")
    client.get(path(place.id, form))
    status: int = client.submit("version", **typed).status
    db.session.expire_all()
    return status


def room_of(place: ServiceAtLocation) -> dict[str, Any]:
    return {name: getattr(place.for_everybody, name) for name in ROOM}


def waiting(client: PageClient, place: ServiceAtLocation, **changes: Any) -> int:
    said = {"status": "waiting_list", "available": "0", "maximum": "12", "unit": "bed", "waiting_days": "9", **ROOM}
    return fill(client, place, "capacity", **{name: str(value) for name, value in (said | changes).items()})


def test_who_waits_and_what_is_funded_is_kept_shown_and_carried(
    client: PageClient, place: ServiceAtLocation, tmp_path: Path
) -> None:
    assert (waiting(client, place, funded_maximum="13"), waiting(client, place)) == (422, 200)
    assert room_of(place) == ROOM
    text = client.get(path(place.id)).text
    for words in ("7 personnes attendent", "dont 10 financées", "Deux lits dès décembre"):
        assert words in text
    [document] = json.loads(actions.export("hsds", Circle.ALL, form=Profile.CM, of="services", now=NOW)[0])
    [capacity] = document["capacities"]
    assert {name: capacity[name] for name in ROOM} == ROOM
    [plain] = json.loads(actions.export("hsds", Circle.ALL, form=Profile.HSDS, of="services", now=NOW)[0])
    assert not ROOM.keys() & plain["capacities"][0].keys()
    document["id"] = "11111111-1111-4111-8111-111111111111"
    document["organization"] |= {"id": "22222222-2222-4222-8222-222222222222", "presence_since": 2014}
    document["phones"][0]["for_referrals"] = True
    file = tmp_path / "services.json"
    file.write_text(json.dumps([document]))
    assert actions.import_file("hsds", file, mapping=(), source="autre", now=NOW)[1] == 0
    made = db.session.scalars(select(ServiceAtLocation).where(ServiceAtLocation.id != place.id)).unique().one()
    assert room_of(made) == ROOM
    assert [one.phone for one in made.contacts if one.takes_referrals] == [document["phones"][0]["number"]]
    assert made.service.organization.presence_since == 2014


def test_who_takes_referrals_is_first_for_the_network_and_never_public(
    client: PageClient, place: ServiceAtLocation
) -> None:
    assert fill(client, place, "contacts", **{"c2-referrals": "yes"}) == 200
    assert [one.phone for one in place.contacts if one.takes_referrals] == [DESK]
    text = client.get(path(place.id)).text
    assert text.index("Permanence reçoit les référencements") < text.index("Accueil", text.index("Permanence"))
    leaflet = text_of(client, f"{path(place.id)}/leaflet.pdf?lang=fr")
    digits = "".join(leaflet.split())
    assert ("222000001" in digits, "222000002" in digits) == (True, False)
    for circle, told in ((Circle.PUBLIC, [None, None]), (Circle.NETWORK, [None, True])):
        [document] = json.loads(actions.export("hsds", circle, form=Profile.CM, of="services", now=NOW)[0])
        phones = sorted(document["phones"], key=lambda one: str(one["number"]))
        assert [one.get("for_referrals") for one in phones] == told


def test_a_service_without_place_says_an_area_or_that_it_is_given_from_afar(
    client: PageClient, place: ServiceAtLocation
) -> None:
    place.location, place.areas, place.service.remote = None, [], True
    db.session.commit()
    assert fill(client, place, "service", remote=None) == 422
    assert fill(client, place, "service", remote=None, areas="CM005") == 200
    assert (place.service.remote, place.areas) == (False, ["CM005"])
    assert fill(client, place, "service", remote="yes", areas="") == 200
    assert (place.service.remote, place.areas) == (True, [])


def test_since_when_it_works_here_is_said_once(client: PageClient, place: ServiceAtLocation) -> None:
    key = place.service.organization_id
    client.sign_in("chef")
    client.get(f"/directory/organisations/{key}/edit")
    assert client.submit("presence_since", presence_since="2999").status == 422
    client.get(f"/directory/organisations/{key}/edit")
    assert "2009" in client.submit("presence_since", presence_since="2009").text
    db.session.expire_all()
    assert db.session.get_one(Organization, key).presence_since == 2009


def test_the_workbook_brings_them_and_a_book_without_the_columns_takes_nothing(place: ServiceAtLocation) -> None:
    place.capacity_status, place.capacity_updated_at = CapacityStatus.WAITING_LIST, NOW
    db.session.flush()
    book = _book()
    said_there = {"En attente (personnes)": "7", "Places financées": "10", "À distance": "oui",
                  "S’y adresse (codes)": "professionals", "Note sur les places": ROOM["note"]}  # fmt: skip
    for heading, value in said_there.items():
        _put(book, "Accueil", heading, value)
    _put(book, "Accueil", "Reçoit les référencements", "oui", "Contacts")
    assert _take(book)["quarantined"] == []
    said = (room_of(place), place.service.remote, place.service.can_be_mobilised_by)
    assert said == (ROOM, True, ["professionals"])
    assert [one.takes_referrals for one in place.contacts] == [True, True]
    older = _book()
    for sheet, heading in (("Services", "Places financées"), ("Services", "À distance"),
                           ("Contacts", "Reçoit les référencements")):  # fmt: skip
        named = [cell.value for cell in older[sheet][1]]
        older[sheet].delete_cols(named.index(heading) + 1)
    assert _take(older)["counts"]["changed"] == 0
