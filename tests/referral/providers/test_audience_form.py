"""The form says whom a service takes, in which languages and where; what nobody touched stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import queries
from referral.providers.models import ServiceAtLocation, ServiceAudience, ServiceStaff
from referral.providers.rules import TrustLevel
from referral.providers.upkeep_models import EntityRevision
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path


@pytest.fixture
def place(session: Any, client: PageClient) -> ServiceAtLocation:
    """An entry with audiences, languages and areas of every kind; its keeper, trusted with everything, at its form."""
    owner = make_organization("Foyer Espérance")
    place = make_entry(owner, "Accueil", "HEB", areas=("CM005", "on_request:CM005004", "name:Bord du fleuve"))
    place.service.languages = ["fra", "xyz"]
    for facet, term, rule in (("nationality", "foreign", "priority"), ("status", "idp", "excluded")):
        place.service.audiences.append(ServiceAudience(facet=facet, term=term, rule=rule))
    keeper = make_user(Role.PROVIDER, owner, "foyer")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, trust=TrustLevel.FULL))
    session.commit()
    client.sign_in("foyer")
    client.get(path(place.id, "service"))
    return place


def audiences(place: ServiceAtLocation) -> set[tuple[str, str, str]]:
    db.session.expire_all()
    return {(one.facet, one.term, one.rule) for one in place.service.audiences}


def test_a_form_sent_as_it_was_changes_nothing(place: Any, client: PageClient) -> None:
    client.submit("version")
    assert db.session.scalars(select(EntityRevision)).all() == []
    assert (place.areas, place.service.languages) == (
        ["CM005", "on_request:CM005004", "name:Bord du fleuve"], ["fra", "xyz"]
    )  # fmt: skip


def test_whom_it_takes_is_asked_term_by_term(place: Any, client: PageClient) -> None:
    client.submit("version", to_sex="female", **{"to-status-idp": "", "to-status-refugee": "priority"})
    assert audiences(place) == {
        ("sex", "female", "included"), ("nationality", "foreign", "priority"), ("status", "refugee", "priority")
    }  # fmt: skip
    assert queries.offer(place.id, NOW).only_sex == "female"  # type: ignore[union-attr]


def test_languages_areas_and_steps(place: Any, client: PageClient) -> None:
    written = "Moungo\nCM\nBord du fleuve"
    client.submit("version", languages=["fra", "ful"], areas=written, areas_on_request="", step_free="no")
    db.session.expire_all()
    assert place.service.languages == ["fra", "ful", "xyz"]
    assert place.areas == ["CM005001", "CM", "name:Bord du fleuve"]
    assert place.location.step_free is False
    shown = client.get(f"/directory/{place.id}").text
    assert "non accessible sans marches" in shown
    history = client.get(path(place.id, "history")).text
    assert "Wouri (sur demande)" in history


def test_a_place_that_nobody_knows_is_named_and_what_was_typed_stays(place: Any, client: PageClient) -> None:
    answer = client.submit("version", areas="Littoral\nNullepart")
    assert answer.status == 422
    assert "Nullepart" in answer.text
    assert [one.raw.strip() for one in answer.tree.iter("textarea") if one.get("id") == "f-areas"] == [
        "Littoral\nNullepart"
    ]


@pytest.mark.parametrize("bad", [{"to-sex": "robots"}, {"to-status-idp": "often"}, {"step_free": "maybe"}])
def test_a_choice_that_is_none_is_refused(place: Any, client: PageClient, bad: dict[str, str]) -> None:
    before = audiences(place)
    assert client.submit("version", **bad).status == 422
    assert audiences(place) == before
