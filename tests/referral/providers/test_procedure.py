"""The referral procedure of a service: on its form, its page, in the profile both ways, in the workbook."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from directory import referring
from directory.hsds_writing import Profile
from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import actions
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.whole import Circle
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path
from tests.referral.providers.test_workbook import _book, _put, _take

SAID: dict[str, Any] = {
    "access_modes": ["appointment", "walk_in"], "referral_channels": ["accompanied", "phone"],
    "next_step": "Nous rappelons.", "response_hours": 72, "response_hours_urgent": 24, "response_hours_emergency": 2,
    "feedback_channels": ["platform"], "feedback_days": 14, "complaint_channel": "Direction, 8 h à 15 h",
    "residence_required": True, "exclusions": "Pas d’urgence chirurgicale",
    "can_be_mobilised_by": ["professionals", "users"],
}  # fmt: skip
TYPED = {**SAID, "residence_required": "yes"}


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    with rolled_back(_application) as connection, _application.app_context():
        place = make_entry(make_organization("Foyer Espérance"), "Accueil", "HEB", visibility=Visibility.PUBLIC)
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


def stated(service: Service) -> dict[str, Any]:
    return {name: getattr(service, name) for name in SAID}


def fill(client: PageClient, place: ServiceAtLocation, **changes: Any) -> int:
    client.sign_in("chef")
    client.get(path(place.id, "service"))
    status: int = client.submit("next_step", **{**TYPED, **changes}).status
    db.session.expire_all()
    return status


def test_what_the_form_states_is_kept_and_shown(client: PageClient, place: ServiceAtLocation) -> None:
    assert fill(client, place) == 200
    assert stated(place.service) == SAID
    text = client.get(path(place.id)).text
    for words in ("sur rendez-vous", "sans rendez-vous", "2 h (urgence vitale)", "72 h (demande habituelle)",
                  "cette plateforme sous 14 jours", "Pas d’urgence chirurgicale", "Direction, 8 h à 15 h"):  # fmt: skip
        assert words in text
    assert client.get(f"/directory/{place.id}/sheet.pdf").status == 200


@pytest.mark.once
@pytest.mark.parametrize(
    "bad",
    [{"response_hours_urgent": "2001"}, {"feedback_days": "bientôt"}, {"residence_required": "perhaps"},
     {"next_step": "x" * 501}],
)  # fmt: skip
def test_what_is_no_answer_is_refused_at_its_field(client: PageClient, place: ServiceAtLocation, bad: Any) -> None:
    assert fill(client, place, **bad) == 422
    assert place.service.next_step == ""


def test_the_profile_carries_it_both_ways_and_plain_hsds_does_not(place: ServiceAtLocation, tmp_path: Path) -> None:
    for name, value in SAID.items():
        setattr(place.service, name, value)
    db.session.flush()
    [document] = json.loads(actions.export("hsds", Circle.PUBLIC, form=Profile.CM, of="services", now=NOW)[0])
    assert {name: document[name] for name in SAID} == SAID
    [plain] = json.loads(actions.export("hsds", Circle.PUBLIC, form=Profile.HSDS, of="services", now=NOW)[0])
    assert not SAID.keys() & plain.keys()
    tables, _number = actions.export("hsds-csv", Circle.PUBLIC, form=Profile.CM, of="services", now=NOW)
    row = next(csv.DictReader(ZipFile(BytesIO(tables)).read("services.csv").decode().splitlines()))
    assert referring.read(row).said() == {name: value for name, value in SAID.items() if name != "exclusions"}
    file = tmp_path / "services.json"
    document["id"], document["feedback_days"] = "11111111-1111-4111-8111-111111111111", "quatorze"
    file.write_text(json.dumps([document]))
    assert actions.import_file("hsds", file, mapping=(), source="autre", now=NOW)[1] == 0
    [made] = db.session.scalars(select(Service).where(Service.source == "autre"))
    assert stated(made) == SAID | {"feedback_days": None}, "what is no number of days is passed over"


@pytest.mark.usefixtures("place")
def test_the_workbook_states_it_too(place: ServiceAtLocation) -> None:
    book = _book()
    _put(book, "Accueil", "Accès (codes)", "walk_in phone")
    _put(book, "Accueil", "Résidence exigée", "oui")
    _put(book, "Accueil", "Réponse urgente sous (heures)", "12")
    assert _take(book)["quarantined"] == []
    service = place.service
    assert (service.access_modes, service.residence_required) == (["phone", "walk_in"], True)
    assert service.response_hours_urgent == 12
