"""What an entry is and who may see it waits for the coordination; showing less does not wait for anybody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.searching import fold
from referral.providers import queries
from referral.providers.models import ServiceAtLocation, ServiceStaff
from referral.providers.rules import TrustLevel
from referral.providers.upkeep_models import ChangeProposal, EntityRevision
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path


@pytest.fixture
def place(session: Any) -> Any:
    """A shelter, its keeper, who may publish everything else, and a coordinator."""
    owner = make_organization("Foyer Espérance")
    place = make_entry(owner, "Accueil", "HEB", types=["SHEL"])
    keeper = make_user(Role.PROVIDER, owner, "foyer")
    session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, trust=TrustLevel.FULL))
    make_user(Role.COORDINATOR, make_organization("Coordination"), "coordination")
    session.commit()
    return place


def sent(client: PageClient, place: Any, who: str, **changes: Any) -> ServiceAtLocation:
    """The form with these changes, and the entry after it."""
    client.sign_in(who)
    client.get(path(place.id, "service"))
    assert client.submit("visibility", **changes).status == 200
    db.session.expire_all()
    return db.session.get_one(ServiceAtLocation, place.id)


def waiting() -> dict[str, Any]:
    """The fields that wait, with what they should become."""
    proposals = db.session.scalars(select(ChangeProposal).where(ChangeProposal.decided_at.is_(None)))
    return {item.field: item.new for one in proposals for item in one.items}


def test_name_and_needs_wait_even_where_the_keeper_publishes_everything_else(client: PageClient, place: Any) -> None:
    found = sent(client, place, "foyer", name="Maison d’accueil", needs=["HEB", "PSY"], alert="Sonnez")
    assert (found.service.name, found.service.needs, found.service.alert) == ("Accueil", ["HEB"], "Sonnez")
    assert waiting() == {"name": "Maison d’accueil", "needs": ["HEB", "PSY"]}
    client.sign_in("coordination")
    client.get("/directory/proposals")
    client.submit("accept", accept=["name"])
    db.session.expire_all()
    assert (found.service.name, found.service.folded_name) == ("Maison d’accueil", fold("Maison d’accueil"))
    assert found.service.needs == ["HEB"], "the coordination accepted the name alone"


def test_a_refuge_hides_itself_at_once_and_comes_back_only_by_the_coordination(client: PageClient, place: Any) -> None:
    found = sent(client, place, "foyer", visibility="restricted", disclosure="on_request", name="Autre nom")
    assert (found.service.visibility, found.location.disclosure) == (Visibility.RESTRICTED, Disclosure.ON_REQUEST)
    assert waiting() == {"name": "Autre nom"}
    assert "rue de la Joie" not in repr(queries.offer(place.id, NOW))
    [revision] = db.session.scalars(select(EntityRevision))
    assert client.post(path(place.id, f"history/{revision.id}")).status == 404, "taking it back would show more"
    found = sent(client, place, "foyer", visibility="network", disclosure="arrondissement")
    assert (found.service.visibility, found.location.disclosure) == (Visibility.RESTRICTED, Disclosure.ON_REQUEST)
    assert waiting() == {"name": "Autre nom", "visibility": "network", "disclosure": "arrondissement"}


def test_a_form_made_before_it_was_hidden_does_not_show_it_again(client: PageClient, place: Any) -> None:
    other = ServiceAtLocation(service=place.service, location=place.location, areas=[])
    db.session.add(other)
    db.session.commit()
    client.sign_in("coordination")
    client.get(path(other.id, "service"))
    place.location.disclosure = Disclosure.ON_REQUEST
    db.session.commit()
    client.submit("visibility", alert="Sonnez")
    db.session.expire_all()
    assert (place.service.alert, place.location.disclosure) == ("Sonnez", Disclosure.ON_REQUEST)


def test_a_street_that_became_secret_is_in_no_history_and_no_proposal(client: PageClient, place: Any) -> None:
    db.session.scalars(select(ServiceStaff)).one().trust = TrustLevel.USUAL
    db.session.commit()
    sent(client, place, "coordination", address="7 rue Cachée")
    sent(client, place, "foyer", address="9 rue Secrète")
    assert waiting() == {"address": "9 rue Secrète"}
    sent(client, place, "foyer", disclosure="arrondissement")
    history = client.get(path(place.id, "history")).text
    client.sign_in("coordination")
    assert "rue Secrète" not in client.get("/directory/proposals").text
    assert "rue Cachée" not in history
    assert "Arrondissement seulement" in history


@pytest.mark.parametrize("bad", [{"name": " "}, {"name": "x" * 201}, {"needs": []}, {"visibility": "secret"}])
def test_an_entry_without_name_or_need_is_refused_at_the_field(client: PageClient, place: Any, bad: Any) -> None:
    client.sign_in("foyer")
    client.get(path(place.id, "service"))
    page = client.submit("visibility", **bad)
    assert page.status == 422
    assert f'href="#f-{next(iter(bad))}"' in page.html
    assert waiting() == {}
