"""An entry is hidden with one button, the coordination is told, and it alone shows the entry again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.providers import queries
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import TaskReason
from referral.providers.upkeep_models import CallTask
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    with rolled_back(_application) as connection, _application.app_context():
        house = make_organization("Foyer Espérance")
        place = make_entry(house, "Accueil", "HEB", visibility=Visibility.PUBLIC)
        make_user(Role.PROVIDER, house, "foyer")
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        make_user(Role.CASE_MANAGER, make_organization("ONG"), "ngo")
        db.session.commit()
        yield connection, place.id


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def place(session: Any, stage: Any) -> ServiceAtLocation:
    return session.get_one(ServiceAtLocation, stage[1])  # type: ignore[no-any-return]


def hide(client: PageClient, place: ServiceAtLocation) -> CallTask:
    client.sign_in("foyer")
    client.get(path(place.id, "hide"))
    assert client.submit("reason", reason="Menaces ce soir").status == 200
    db.session.expire_all()
    return db.session.scalars(select(CallTask)).one()


def test_one_button_hides_the_entry_and_its_street_and_tells_the_coordination(client: PageClient, place: Any) -> None:
    task = hide(client, place)
    assert place.service.visibility is Visibility.RESTRICTED
    assert place.location.disclosure is Disclosure.ON_REQUEST
    assert "rue de la Joie" not in repr(queries.offer(place.id, NOW))
    assert (task.reason, task.note) == (TaskReason.HIDDEN, "Menaces ce soir")
    [notice] = db.session.scalars(select(OutboxMessage))
    assert (notice.template, notice.parameters) == ("entry_hidden", {}), "a notice names nothing"
    client.sign_in("ngo")
    assert client.get(path(place.id)).status == 404
    client.sign_in("foyer")
    assert "déjà masquée" in client.get(path(place.id, "hide")).text, "a second time there is nothing to do"
    client.post(path(place.id, "hide"))
    assert len(db.session.scalars(select(CallTask)).all()) == 1


@pytest.mark.parametrize(("answer", "shown"), [("show", True), ("stay", False)])
def test_only_the_coordination_shows_it_again(client: PageClient, place: Any, answer: str, shown: bool) -> None:
    task = hide(client, place)
    assert client.post(f"/directory/calls/{task.id}/hidden", {"do": "show"}).status == 404
    client.sign_in("chef")
    page = client.get("/directory/upkeep")
    assert "Menaces ce soir" in page.text
    assert "rue de la Joie" not in page.text
    assert client.post(f"/directory/calls/{task.id}", {"outcome": "closed"}).status == 404, "it has its own answers"
    client.get("/directory/upkeep")
    assert client.submit("do", do=answer).status == 200
    db.session.expire_all()
    expected = (Visibility.PUBLIC, Disclosure.EXACT) if shown else (Visibility.RESTRICTED, Disclosure.ON_REQUEST)
    assert (place.service.visibility, place.location.disclosure) == expected
    assert task.closed_at is not None
    assert client.post(f"/directory/calls/{task.id}/hidden", {"do": "show"}).status == 409
