"""Double organisations: found by key, one is shown for both, and who may see what never changes by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.taxonomy import Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import Organization, User
from referral.providers import actions, queries
from referral.providers.actions import choosing, joining
from referral.providers.doubles_models import OrganizationMerge, OrganizationPair
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries import bodies
from referral.providers.rules import DoubleState, Whose
from referral.providers.side_by_side import ORGANIZATION, side_by_side
from referral.referrals.actions.shortlisting import freeze
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    """A partner with an account, the same house in a list, a third house, and a coordinator."""
    with rolled_back(_application) as connection, _application.app_context():
        house, listed, other = map(make_organization, ("Foyer Espérance", "FOYER DE L’ESPÉRANCE", "Cliniques Soleil"))
        house.phones, listed.phones, other.phones = ["+237699000001"], ["699000001"], ["+237699000009"]
        listed.website = "https://esperance.cm"
        for one, name in ((house, "Accueil"), (listed, "Nuit"), (other, "Soins")):
            make_entry(one, name, "HEB", visibility=Visibility.PUBLIC)
        make_user(Role.PROVIDER, house, "foyer")
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        db.session.commit()
        joining.look(NOW)
        yield connection, (house.id, listed.id)


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def both(session: Any, stage: Any) -> tuple[Organization, Organization]:
    house, listed = (session.get_one(Organization, one) for one in stage[1])
    return house, listed


def pair() -> OrganizationPair:
    return db.session.scalars(select(OrganizationPair)).one()


def chief() -> User:
    return db.session.scalars(select(User).where(User.username == "chef")).one()


def merged(kept: Organization, *names: str) -> OrganizationMerge:
    """Show `kept` for both, with these fields of the other."""
    other = Whose.SECOND if kept.id == pair().first_id else Whose.FIRST
    first, second = (db.session.get_one(Organization, one) for one in (pair().first_id, pair().second_id))
    return joining.merge(
        pair(), kept.id, chosen=dict.fromkeys(names, other), version=pair().version, actor=chief(), now=NOW,
        seen=choosing.imprint(joining.differences(first, second)),
    )  # fmt: skip


def test_the_two_are_one_pair_and_looking_again_finds_nothing_new(both: Any) -> None:
    assert {pair().first_id, pair().second_id} == {one.id for one in both}
    assert pair().shared == ["name", "phone"]
    assert joining.look(LATER) == 0


def test_nothing_is_moved_and_taken_back_all_is_as_before(both: Any) -> None:
    house, listed = both
    owners = select(Service.name, Service.organization_id).order_by(Service.name)
    before = db.session.execute(owners).all()
    made = merged(house, "website")
    assert db.session.execute(owners).all() == before
    assert house.website == "https://esperance.cm"
    offers = queries.snapshot(NOW).offers.values()
    assert {(one.organization_id, one.organization_name) for one in offers} >= {
        (str(house.id), "Foyer Espérance"),
        (str(listed.id), "Foyer Espérance"),
    }
    assert joining.unmerge(made, actor=chief(), now=LATER) == []
    assert (house.website, pair().state, bodies.successors()) == ("", DoubleState.OPEN, {})


def test_an_organisation_with_an_account_is_replaced_by_none(both: Any) -> None:
    house, listed = both
    assert (bodies.standing(house.id), bodies.standing(listed.id)) == (True, False)
    with pytest.raises(RuleViolation) as refused:
        merged(listed)
    assert refused.value.message.code == "organization_standing"


def test_two_organisations_are_remembered(both: Any) -> None:
    joining.tell_apart(pair(), version=pair().version, actor=chief(), now=NOW)
    assert (joining.look(LATER), bodies.waiting()) == (0, (bodies.Lines([], None), 0))


def test_pages_and_other_directories_are_led_to_the_kept_one(both: Any, client: PageClient) -> None:
    house, listed = both
    client.sign_in("chef")
    address = f"/directory/doubles/organisations/{pair().id}"
    assert address in client.get("/directory/doubles").links.values()
    client.get(address)
    side = "first" if pair().first_id == house.id else "second"
    first, second = (db.session.get_one(Organization, one) for one in (pair().first_id, pair().second_id))
    seen = choosing.imprint(joining.differences(first, second))
    assert client.post(address, {"version": str(pair().version)}).status == 422
    client.post(address, {"version": str(pair().version), "answer": side, "seen": seen})
    page = client.get(f"/directory/organisations/{listed.id}")
    assert page.url.endswith(f"/directory/organisations/{house.id}")
    assert "Nuit" in page.text
    told = client.get(f"/api/directory/organizations/{listed.id}")
    assert (told.status, told.response.json["replaced_by"]["id"]) == (410, str(house.id))
    whole = client.get(f"/api/directory/organizations/{house.id}").response.json
    assert sorted(one["name"] for one in whole["services"]) == ["Accueil", "Nuit"]
    made = db.session.scalars(select(OrganizationMerge)).one()
    client.get("/directory/doubles")
    client.post(f"/directory/doubles/organisations/merges/{made.id}/undo", {})
    assert bodies.successors() == {}
    assert actions.look_for_double_organizations(LATER) == 0


def test_lists_comparisons_and_shortlists_name_the_kept_one(both: Any, client: PageClient) -> None:
    house, listed = both
    place = db.session.scalars(select(ServiceAtLocation).join(Service).where(Service.name == "Nuit")).unique().one()
    merged(house)
    db.session.commit()
    assert place.service.organization_id == listed.id
    assert freeze(place)["organization"] == "Foyer Espérance"
    [line] = [one for one in side_by_side(place.service, place.service) if one.label == ORGANIZATION]
    assert line.first == ("Foyer Espérance",)
    client.sign_in("chef")
    for url in (f"/directory/{place.id}/report", f"/directory/own/{place.id}/history"):
        text = client.get(url).text
        assert "Nuit · Foyer Espérance" in text
        assert "FOYER DE L’ESPÉRANCE" not in text


def test_double_organisations_go_on_after_the_first_page(both: Any, client: PageClient) -> None:
    house, _listed = both
    other = db.session.scalars(select(Organization).where(Organization.name == "Cliniques Soleil")).one()
    first, second = sorted((house.id, other.id))
    pairs = [pair(), OrganizationPair(first_id=first, second_id=second, score=0.6, shared=[], found_at=NOW)]
    db.session.add(pairs[1])
    db.session.commit()
    page, total = bodies.waiting(size=1)
    assert (total, [one.row.id for one in page.rows], page.next) == (2, [pairs[0].id], pairs[0].id)
    page, _total = bodies.waiting(page.next, size=1)
    assert ([one.row.id for one in page.rows], page.next) == ([pairs[1].id], None)
    client.sign_in("chef")
    rest = client.get(f"/directory/doubles?houses={pairs[0].id}")
    assert f"/directory/doubles/organisations/{pairs[1].id}" in rest.links.values()
    assert f"/directory/doubles/organisations/{pairs[0].id}" not in rest.links.values()
    joining.tell_apart(pairs[1], version=1, actor=chief(), now=NOW)
    assert [one.row.id for one in bodies.told_apart(size=1).rows] == [pairs[1].id]
