"""What an entry takes over at a merge: chosen by a person, field by field, kept as a revision, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import User
from referral.providers import actions
from referral.providers.actions import choosing
from referral.providers.doubles_models import ServiceMerge, ServicePair
from referral.providers.models import ServiceAtLocation, ServiceContact
from referral.providers.queries import doubles
from referral.providers.rules import Whose
from referral.providers.upkeep_models import EntityRevision
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    """Two entries of one house: the second knows its cost and another number, and has a contact for its own people."""
    with rolled_back(_application) as connection, _application.app_context():
        one, other = make_organization("Foyer Espérance"), make_organization("Liste")
        first = make_entry(one, "Accueil Espérance", "HEB", visibility=Visibility.PUBLIC)
        second = make_entry(
            other, "ACCUEIL ESPERANCE", "HEB", visibility=Visibility.PUBLIC, fees_description="Gratuit la nuit"
        )
        second.contacts[0].phone = "+237000000009"
        hidden = {"phone": "+237000000666", "visibility": Visibility.RESTRICTED}
        for place in (first, second):
            place.contacts.append(ServiceContact(function="Nuit", **hidden))
        two = (first.service_id, second.service_id)
        db.session.add(ServicePair(first_id=min(two), second_id=max(two), score=0.9, shared=[], found_at=NOW))
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        db.session.commit()
        yield connection, (first.id, second.id)


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def both(session: Any, stage: Any) -> tuple[ServiceAtLocation, ServiceAtLocation]:
    first, second = (session.get_one(ServiceAtLocation, one) for one in stage[1])
    return first, second


def pair() -> ServicePair:
    return db.session.scalars(select(ServicePair)).one()


def side_of(place: ServiceAtLocation) -> Whose:
    return Whose.FIRST if place.service_id == pair().first_id else Whose.SECOND


def found() -> dict[str, choosing.Difference]:
    services = doubles.in_full((pair().first_id, pair().second_id))
    return choosing.differences(services[pair().first_id], services[pair().second_id])


def merged(kept: ServiceAtLocation, *names: str, seen: str = "") -> ServiceMerge:
    """Keep one, and take these fields from the other."""
    other = Whose.SECOND if side_of(kept) is Whose.FIRST else Whose.FIRST
    chief = db.session.scalars(select(User).where(User.username == "chef")).one()
    return actions.merge_entries(
        pair(), kept.service_id, chosen=dict.fromkeys(names, other), seen=seen or choosing.imprint(found()),
        version=pair().version, actor=chief, now=NOW,
    )  # fmt: skip


def numbers(place: ServiceAtLocation) -> list[str]:
    return sorted(one.phone for one in place.contacts)


def test_only_what_differs_is_asked_and_only_what_one_lacks_is_proposed(both: Any) -> None:
    first, second = both
    assert sorted(found()) == ["contacts", "fees_description", "name"]
    assert choosing.proposed(first.service, second.service, found()) == {"fees_description": side_of(second)}


def test_of_an_entry_that_fewer_may_read_nothing_is_proposed(both: Any) -> None:
    both[1].service.visibility = Visibility.NETWORK
    services = [doubles.in_full((key,))[key] for key in (pair().first_id, pair().second_id)]
    assert choosing.proposed(*services, found()) == {}


def test_the_chosen_values_are_a_revision_and_go_back_with_the_merge(both: Any) -> None:
    first, second = both
    made = merged(first, "name", "contacts")
    assert first.service.name == "ACCUEIL ESPERANCE"
    assert first.service.fees_description == ""
    assert numbers(first) == ["+237000000009", "+237000000666"]
    assert numbers(second) == ["+237000000009", "+237000000666"]
    kept = db.session.scalars(select(EntityRevision).where(EntityRevision.place_id == first.id)).all()
    assert sorted(name for one in kept for name in one.diff) == ["contacts", "name"]
    assert actions.unmerge(made, actor=made_by(made), now=LATER) == []
    assert (first.service.name, first.service.folded_name) == ("Accueil Espérance", "accueil esperance")
    assert numbers(first) == ["+237000000001", "+237000000666"]
    assert not second.service.archived


def made_by(made: ServiceMerge) -> User:
    return db.session.get_one(User, made.merged_by_id)


def test_a_field_that_was_changed_since_stays_and_is_named(both: Any) -> None:
    first = both[0]
    made = merged(first, "name", "fees_description")
    first.service.name = "Maison de l’Espérance"
    stay = actions.unmerge(made, actor=made_by(made), now=LATER)
    assert [name for _section, name in stay] == ["name"]
    assert (first.service.name, first.service.fees_description) == ("Maison de l’Espérance", "")


def test_nobody_chooses_what_they_have_not_seen(both: Any) -> None:
    seen = choosing.imprint(found())
    both[1].service.fees_description = "500 FCFA"
    with pytest.raises(actions.StaleEntry):
        merged(both[0], "fees_description", seen=seen)
    assert not both[1].service.archived


def test_of_several_places_no_one_is_guessed(both: Any) -> None:
    db.session.add(ServiceAtLocation(service=both[0].service))
    db.session.flush()
    db.session.expire_all()
    assert sorted(found()) == ["fees_description", "name"]


def test_the_page_proposes_takes_the_choice_and_says_what_is_stale(both: Any, client: PageClient) -> None:
    first, second = both
    client.sign_in("chef")
    address = f"/directory/doubles/{pair().id}"
    page = client.get(address).text
    assert "6666" not in page
    answer = {"version": str(pair().version), "answer": side_of(first).value, "seen": choosing.imprint(found())}
    assert client.post(address, answer | {"take-name": "third"}).status == 422
    assert client.post(address, answer | {"take-name": side_of(second).value, "seen": "old"}).status == 409
    taken = {"take-name": side_of(second).value, "take-contacts": "kept", "take-fees_description": "kept"}
    client.post(address, answer | taken)
    db.session.expire_all()
    assert (first.service.name, second.service.archived) == ("ACCUEIL ESPERANCE", True)
