"""The private sector: an offer is a field of its entry, a vacancy counts down and ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.models import Organization
from referral.partners.rules import OrganizationKind
from referral.providers.models import ServiceAtLocation, ServiceContact, ServiceStaff
from referral.providers.private_models import EmploymentOffer, Vacancy
from referral.providers.queries import employment
from referral.providers.rules import TrustLevel
from referral.providers.upkeep_models import ChangeProposal, EntityRevision
from sop.vocabulary import Need
from tests.builders import make_agreement, make_organization, make_procedure, make_service, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.signing_in import sign_in

TODAY = NOW.date()


@pytest.fixture(scope="module")
def scene(_application: Flask) -> Iterator[Connection]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            make_procedure()
            workshop = make_organization("Soudure du Wouri", kind=OrganizationKind.EMPLOYER)
            federation = make_organization("Groupement d’essai", kind=OrganizationKind.FEDERATION)
            team = make_organization("Équipe")
            keeper = make_user(Role.PROVIDER, workshop, "patron")
            make_user(Role.PROVIDER, make_organization("Ailleurs"), "ailleurs")
            make_user(Role.COORDINATOR, team, "coordination")
            make_user(Role.CASE_MANAGER, team, "gestion")
            place = make_service(workshop, Need.ECO, name="Formation sur le tas", staff=(keeper,))
            place.contacts = [ServiceContact(function="Accueil", phone="+237000000155")]
            make_agreement(team, federation, Need.ECO, effective_until=TODAY + timedelta(days=90))
            db.session.commit()
        yield connection


@pytest.fixture
def app(_application: Flask, scene: Connection) -> Iterator[Flask]:
    with taken_back(_application, scene):
        yield _application


def visit(app: Flask, name: str) -> PageClient:
    client = PageClient(app, "fr", sign_in)
    client.sign_in(name)
    return client


def place_of(app: Flask) -> ServiceAtLocation:
    with app.app_context():
        return db.session.scalars(select(ServiceAtLocation)).unique().one()


def trusted(app: Flask) -> None:
    with app.app_context():
        db.session.scalars(select(ServiceStaff)).one().trust = TrustLevel.FULL
        db.session.commit()


def announce(client: PageClient, url: str, **fields: str) -> PageClient:
    last = TODAY + timedelta(days=10)
    day = {"until-day": str(last.day), "until-month": str(last.month), "until-year": str(last.year)}
    client.get(url)
    client.post(url, {"title": "Apprenti soudeur", "places": "2", "contact": "Accueil", **day, **fields})
    return client


def test_an_offer_waits_for_the_coordination_is_shown_and_taken_back(app: Flask) -> None:
    place = place_of(app)
    keeper = visit(app, "patron")
    keeper.get(f"/directory/own/{place.id}/offer")
    keeper.submit("/offer", kind="apprenticeship", trade="Soudure", pay="20 000", without_papers="yes")
    coordinator = visit(app, "coordination")
    assert "Apprentissage · Soudure" in coordinator.get("/directory/proposals").text
    with app.app_context():
        waiting = db.session.scalars(select(ChangeProposal)).one()
        items = [item.field for item in waiting.items]
        assert items == ["employment"]
    coordinator.post(f"/directory/proposals/{waiting.id}", {"accept": "employment", "do": "publish"})
    text = visit(app, "gestion").get(f"/directory/{place.id}").text
    assert "Apprentissage · Soudure" in text
    assert "20 000 FCFA" in text.replace("\u202f", " ").replace("\u00a0", " ")
    with app.app_context():
        revision = db.session.scalars(select(EntityRevision)).one()
    coordinator.get(f"/directory/own/{place.id}/history")
    coordinator.post(f"/directory/own/{place.id}/history/{revision.id}", {})
    with app.app_context():
        assert db.session.get(EmploymentOffer, place.service_id) is None


def test_an_offer_holds_no_telephone_number(app: Flask) -> None:
    trusted(app)
    place = place_of(app)
    keeper = visit(app, "patron")
    keeper.get(f"/directory/own/{place.id}/offer")
    page = keeper.submit("/offer", kind="job", trade="Appeler 6 99 12 34 56", pay="beaucoup")
    assert page.status == 422
    assert "Appeler 6 99 12 34 56" in page.html, "what was typed is kept"
    with app.app_context():
        assert db.session.get(EmploymentOffer, place.service_id) is None


def test_a_vacancy_counts_down_is_filled_and_ends_by_its_day(app: Flask) -> None:
    trusted(app)
    place = place_of(app)
    keeper, url = visit(app, "patron"), f"/directory/own/{place.id}/vacancies"
    announce(keeper, url)
    assert "Apprenti soudeur" in visit(app, "gestion").get(f"/directory/{place.id}").text
    with app.app_context():
        row = db.session.scalars(select(Vacancy)).one()
        last = row.valid_until
        assert list(employment.open_vacancies([place.id], last)) == [str(place.id)]
        assert employment.open_vacancies([place.id], last + timedelta(days=1)) == {}
    for left in (1, 0):
        keeper.get(url)
        keeper.post(f"{url}/{row.id}", {"do": "fill"})
        with app.app_context():
            assert db.session.get_one(Vacancy, row.id).places_left == left
    assert "Apprenti soudeur" not in visit(app, "gestion").get(f"/directory/{place.id}").text
    assert keeper.post(f"{url}/{row.id}", {"do": "fill"}).status == 409
    with app.app_context():
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("vacancy.%"))).all()
        assert sorted(acts) == ["vacancy.announce", "vacancy.move", "vacancy.move"]


def test_what_is_not_trusted_is_read_by_the_coordination_first(app: Flask) -> None:
    place = place_of(app)
    url = f"/directory/own/{place.id}/vacancies"
    announce(visit(app, "patron"), url)
    assert "Apprenti soudeur" not in visit(app, "gestion").get(f"/directory/{place.id}").text
    with app.app_context():
        row = db.session.scalars(select(Vacancy)).one()
    keeper = visit(app, "patron")
    keeper.get(url)
    assert keeper.post(f"{url}/{row.id}", {"do": "publish"}).status == 404
    coordinator = visit(app, "coordination")
    assert "Apprenti soudeur" in coordinator.get("/directory/proposals").text
    coordinator.post(f"{url}/{row.id}", {"do": "publish"})
    assert "Apprenti soudeur" in visit(app, "gestion").get(f"/directory/{place.id}").text


def test_a_bad_vacancy_is_told_at_the_field_and_keeps_what_was_typed(app: Flask) -> None:
    place = place_of(app)
    url = f"/directory/own/{place.id}/vacancies"
    keeper = announce(visit(app, "patron"), url, title="Soudeur a.b@exemple.cm", places="0", **{"until-year": "2031"})
    page = keeper.page
    assert page is not None
    assert page.status == 422
    assert "Soudeur a.b@exemple.cm" in page.html
    told = ("choisissez le contact par sa fonction", "un nombre entier de 1 à 500", "dans 180 jours au plus")
    assert [words for words in told if words not in page.text] == []
    stranger = visit(app, "ailleurs")
    assert stranger.get(url).status == 404


def test_an_employer_is_covered_by_the_agreement_of_its_federation(app: Flask) -> None:
    place = place_of(app)
    with app.app_context():
        query = select(Organization).where(Organization.kind == OrganizationKind.FEDERATION)
        federation = db.session.scalars(query).one()
        employer = place.service.organization_id
    coordinator, url = visit(app, "coordination"), f"/directory/organisations/{federation.id}/members"
    coordinator.get(url)
    page = coordinator.post(url, {"employer": str(employer)})
    assert "Soudure du Wouri" in page.text
    assert "accord en vigueur" in page.text
    assert coordinator.post(url, {"employer": str(employer)}).status == 409, "a member once"
    text = coordinator.get(f"/directory/organisations/{employer}").text
    assert "Groupement d’essai" in text
    with app.app_context():
        [member] = employment.members(federation, TODAY)
        assert (member.offers, member.vacancies) == (0, 0)
    coordinator.get(url)
    coordinator.post(f"{url}/{member.membership.id}", {})
    with app.app_context():
        assert employment.members(federation, TODAY) == []
