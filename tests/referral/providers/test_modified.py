"""A service says anew when it changed when its organisation or its place did: what `modified_after` looks at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from directory.taxonomy import Disclosure
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import Organization
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.upkeep_models import ChangeProposal
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path

LONG_AGO = NOW - timedelta(days=30)


@pytest.fixture
def scene(session: Any) -> dict[str, Any]:
    """Two services of one organisation, one of another; all of them changed a month ago."""
    one, other = make_organization("Foyer Espérance"), make_organization("Autre maison")
    places = {name: make_entry(of, name) for name, of in
              (("Accueil", one), ("Repas", one), ("Voisin", other))}  # fmt: skip
    for place in places.values():
        place.service.last_modified = LONG_AGO
    session.commit()
    return {"organization": one, **places}


def moved() -> set[str]:
    return set(db.session.scalars(select(Service.name).where(Service.last_modified > LONG_AGO)))


def rename(scene: dict[str, Any]) -> None:
    scene["organization"].name = "Foyer Espérance (nouveau nom)"


def move_house(scene: dict[str, Any]) -> None:
    scene["Accueil"].location.address = "4 rue Neuve"


def take_on(scene: dict[str, Any]) -> None:
    scene["organization"].signatory = not scene["organization"].signatory


@pytest.mark.parametrize(
    ("change", "expected"),
    [(rename, {"Accueil", "Repas"}), (move_house, {"Accueil"}), (take_on, set())],
    ids=["a new name of the organisation", "a new address", "what the API does not tell"],
)
def test_what_is_read_with_a_service_moves_it(
    scene: dict[str, Any], change: Callable[[dict[str, Any]], None], expected: set[str]
) -> None:
    change(scene)
    db.session.commit()
    assert moved() == expected


def test_a_keepers_open_form_is_not_stale_because_of_it(scene: dict[str, Any]) -> None:
    key, version = scene["Accueil"].service_id, scene["Accueil"].service.version
    rename(scene)
    db.session.commit()
    assert db.session.get_one(Service, key).version == version
    assert db.session.get_one(Organization, scene["organization"].id).version == 2
    assert db.session.get_one(ServiceAtLocation, scene["Accueil"].id).version == 1


def test_a_keeper_corrects_the_address_and_the_coordination_publishes_it(
    client: PageClient, scene: dict[str, Any]
) -> None:
    make_user(Role.PROVIDER, scene["organization"], "foyer")
    make_user(Role.COORDINATOR, None, "coordination")
    db.session.commit()
    client.sign_in("foyer")
    client.get(path(scene["Accueil"].id, "service"))
    client.submit("address", address="4 rue  Neuve")
    (item,) = db.session.scalars(select(ChangeProposal)).one().items
    assert (item.field, item.old, item.new) == ("address", "12 rue de la Joie", "4 rue Neuve")
    client.sign_in("coordination")
    client.get("/directory/proposals")
    client.submit("Publier ce qui est coché")
    db.session.expire_all()
    assert db.session.get_one(ServiceAtLocation, scene["Accueil"].id).location.address == "4 rue Neuve"
    assert moved() == {"Accueil"}


def test_a_safe_houses_street_is_in_no_form(client: PageClient, scene: dict[str, Any]) -> None:
    scene["Accueil"].location.disclosure = Disclosure.ARRONDISSEMENT
    make_user(Role.PROVIDER, scene["organization"], "foyer")
    db.session.commit()
    client.sign_in("foyer")
    page = client.get(path(scene["Accueil"].id, "service"))
    assert "rue de la Joie" not in page.html
    client.post(path(scene["Accueil"].id, "service"), {"address": "4 rue Neuve", "status": "active", "version": "1"})
    fields = {item.field for one in db.session.scalars(select(ChangeProposal)) for item in one.items}
    assert "minimum_age" in fields
    assert "address" not in fields
