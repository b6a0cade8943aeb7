"""A new entry: asked for by an organisation, compared with what there is, in the directory once it was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import Organization
from referral.providers import queries
from referral.providers.doubles_models import OrganizationPair, ServicePair
from referral.providers.models import Service, ServiceAtLocation, ServiceStaff
from referral.providers.new_models import NewEntry
from referral.providers.rules import DoubleState, Origin
from referral.providers.upkeep_models import CallTask, EntityRevision
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient
from tests.referral.providers.entries import make_entry

NEW = {
    "name": "Foyer de Bonabéri", "needs": ["HEB"], "site": "new", "unit": "CM005004", "address": "3 rue Cachée",
    "function": "Accueil", "phone": "699 12 34 56",
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    """A house with one entry, its keeper, a keeper of another house that has a hidden refuge, a coordinator."""
    with rolled_back(_application) as connection, _application.app_context():
        house, other = make_organization("Foyer Espérance"), make_organization("Refuge secret")
        make_entry(house, "Accueil Espérance", "HEB")
        make_entry(other, "Foyer de Bonabéri", "HEB", visibility=Visibility.RESTRICTED)
        make_user(Role.PROVIDER, house, "foyer")
        make_user(Role.PROVIDER, other, "refuge")
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        db.session.commit()
        yield connection


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage):
        yield _application


def ask(client: PageClient, who: str = "foyer", url: str = "/directory/new", **changes: Any) -> Page:
    client.sign_in(who)
    client.get(url)
    return client.submit("function", **{**NEW, **changes})


def published(name: str = NEW["name"]) -> list[ServiceAtLocation]:  # type: ignore[assignment]
    db.session.expire_all()
    query = select(ServiceAtLocation).join(Service).where(Service.name == name, Service.visibility == "network")
    return list(db.session.scalars(query).unique())


def test_nobody_finds_a_new_entry_before_the_coordination_read_it(client: PageClient, session: Any) -> None:
    page = ask(client)
    assert page.status == 200
    assert published() == []
    assert NEW["name"] in page.text, "it is listed as waiting"
    [asked] = session.scalars(select(NewEntry))
    client.sign_in("chef")
    client.get(f"/directory/new/{asked.id}")
    client.submit("do", do="publish")
    [place] = published()
    assert (place.id, place.service_id) == (asked.id, asked.service_id), "its ids are those it was asked for under"
    assert place.location is not None
    assert place.location.disclosure is Disclosure.ARRONDISSEMENT, "the safest is what the form offers"
    assert place.service.needs == ["HEB"]
    assert [one.phone for one in place.contacts] == ["+237699123456"]
    [revision] = session.scalars(select(EntityRevision).where(EntityRevision.place_id == place.id))
    assert revision.origin is Origin.PROPOSAL
    assert revision.diff["name"] == [None, NEW["name"]]
    assert "Cachée" not in repr(revision.diff), "a street that is not told is in no history"
    assert client.post(f"/directory/own/{place.id}/history/{revision.id}").status == 404, "nothing to go back to"
    [keeper] = session.scalars(select(ServiceStaff).where(ServiceStaff.service_id == place.service_id))
    assert keeper.focal_point
    assert client.post(f"/directory/new/{asked.id}").status == 404, "it was decided"


def test_a_refusal_is_read_by_the_organisation(client: PageClient, session: Any) -> None:
    ask(client)
    [asked] = session.scalars(select(NewEntry))
    client.sign_in("chef")
    client.get(f"/directory/new/{asked.id}")
    assert client.submit("do", do="refuse").status == 422, "not without a reason"
    client.submit("do", do="refuse", reason="Déjà au répertoire")
    assert published() == []
    client.sign_in("foyer")
    assert "Déjà au répertoire" in client.get("/directory/own").text
    assert client.get(f"/directory/new/{asked.id}").status == 404


def test_what_looks_the_same_is_shown_before_it_is_kept(client: PageClient, session: Any) -> None:
    page = ask(client, name="Accueil Espérance", phone="")
    assert page.status == 422
    page = ask(client, name="ACCUEIL ESPERANCE")
    assert page.status == 422
    assert "Accueil Espérance" in page.text
    assert session.scalars(select(NewEntry)).all() == []
    [double] = session.scalars(select(Service).where(Service.name == "Accueil Espérance"))
    assert f'name="apart" value="{double.id}"' in page.html
    client.submit("apart", apart=str(double.id))
    [asked] = session.scalars(select(NewEntry))
    assert asked.apart == [str(double.id)]
    client.sign_in("chef")
    client.get(f"/directory/new/{asked.id}")
    client.submit("do", do="publish")
    [pair] = session.scalars(select(ServicePair))
    assert pair.state is DoubleState.DIFFERENT, "the pair does not come back as a question"


def test_a_hidden_refuge_is_shown_as_a_double_to_its_own_people_alone(client: PageClient, session: Any) -> None:
    assert ask(client).status == 200, "another organisation is told nothing"
    page = ask(client, "refuge")
    assert page.status == 422
    assert len(session.scalars(select(NewEntry)).all()) == 1


def test_the_coordination_adds_a_service_of_a_new_organisation(client: PageClient, session: Any) -> None:
    url = "/directory/new?organization=new"
    page = ask(client, "chef", url, org_name="FOYER ESPERANCE", org_type="obc")
    assert page.status == 422
    assert "Foyer Espérance" in page.text, "the organisation is there already"
    double = session.scalars(select(Organization.id).where(Organization.name == "Foyer Espérance")).one()
    assert client.submit("apart", apart=str(double)).status == 200
    [pair] = session.scalars(select(OrganizationPair))
    assert (pair.state, {pair.first_id, pair.second_id} >= {double}) == (DoubleState.DIFFERENT, True)
    page = ask(client, "chef", url, org_name="Maison Neuve", org_type="obc", name="Nuit de Bépanda", phone="699123457")
    assert page.status == 200
    [place] = published("Nuit de Bépanda")
    assert place.service.organization.name == "Maison Neuve"
    [task] = session.scalars(select(CallTask).where(CallTask.place_id == place.id))
    assert task.sections == ["contacts", "hours", "service"]
    offer = queries.offer(place.id, NOW)
    assert offer is not None
    assert offer.verified == {}, "nobody of the organisation has confirmed anything"
    assert client.get("/directory/new?organization=new").status == 200
    assert "Refuge secret" not in client.get("/directory/new").text, "a refuge is named nowhere"
    hidden = session.scalars(select(Organization.id).where(Organization.name == "Refuge secret")).one()
    assert client.get(f"/directory/new?organization={hidden}").status == 404


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "bad"),
    [("name", ""), ("needs", []), ("unit", ""), ("unit", "Atlantis"), ("unit", "CM"), ("phone", "12"), ("site", "x"),
     ("function", ""), ("visibility", "secret"), ("disclosure", "never"), ("address", "x" * 301)],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(client: PageClient, session: Any, field: str, bad: Any) -> None:
    page = ask(client, **{field: bad})
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    assert session.scalars(select(NewEntry)).all() == []
