"""The organisation as a section: who sees its page, what its staff may publish, links, reminders, history, undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from directory import profile
from directory.freshness import lives_from
from directory.hsds import ImportResult
from directory.mandates import MandateRole
from referral.extensions import db
from referral.foundation import notices
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import Organization, User
from referral.partners.rules import OrganizationKind
from referral.providers import actions, queries
from referral.providers.actions.upserting import Upsert
from referral.providers.coverage_models import DirectoryMandate
from referral.providers.filters import Filters
from referral.providers.models import SectionVerification, ServiceStaff
from referral.providers.rules import Origin, Section, TrustLevel, VerificationMethod
from referral.providers.upkeep_models import CallTask, ChangeProposal, ConfirmationLink, EntityRevision
from sop.vocabulary import Need
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, SimpleNamespace]]:
    """A home with a keeper and two services in two places, a refuge known to named people, a coordinator."""
    with rolled_back(_application) as connection, _application.app_context():
        home, refuge = make_organization("Foyer Espérance"), make_organization("Refuge Mimosa")
        one = make_entry(home, "Accueil")
        make_entry(home, "Repas", pcode="CM002007")
        make_entry(home, "Ligne cachée", visibility="restricted")
        make_entry(refuge, "Abri", "HEB", visibility="restricted")
        keeper = make_user(Role.PROVIDER, home, "foyer", email="foyer@example.cm")
        db.session.add(ServiceStaff(service_id=one.service_id, user_id=keeper.id, focal_point=True))
        for role in (Role.COORDINATOR, Role.CASE_MANAGER):
            make_user(role, make_organization(role.value), role.value)
        lead = {"need": Need.HEB, "role": MandateRole.LEAD, "legal_basis": "Décret 2011/408"}
        db.session.add(DirectoryMandate(organization_id=home.id, pcode="CM005", **lead))
        over = NOW.date() - timedelta(days=1)
        db.session.add(DirectoryMandate(organization_id=home.id, pcode="CM", ends_on=over, **lead | {"need": Need.MED}))
        found = SimpleNamespace(home=home.id, refuge=refuge.id, service=one.service_id)
        db.session.commit()
        yield connection, found


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, SimpleNamespace]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]), _application.app_context():
        yield _application


@pytest.fixture
def at(stage: tuple[Connection, SimpleNamespace]) -> SimpleNamespace:
    return stage[1]


def path(at: SimpleNamespace, form: str = "") -> str:
    return f"/directory/organisations/{at.home}" + (f"/{form}" if form else "")


def home(at: SimpleNamespace) -> Organization:
    db.session.expire_all()
    return db.session.get_one(Organization, at.home)


def confirm_on(at: SimpleNamespace, days_ago: int) -> None:
    row = SectionVerification(
        organization_id=at.home, section=Section.ORGANIZATION, method=VerificationMethod.CALL,
        at=NOW - timedelta(days=days_ago),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()


def confirmations(at: SimpleNamespace) -> list[str]:
    query = select(SectionVerification.outcome).where(
        SectionVerification.organization_id == at.home, SectionVerification.at == NOW
    )
    return [one.value for one in db.session.scalars(query)]


def test_the_page_shows_what_the_reader_may_see_by_place(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    client.sign_in("case_manager")
    page = client.get(path(at))
    assert page.title == "Foyer Espérance"
    heads = [one.text for one in page.tree.iter("h3")]
    names = [text for text in page.links if text in ("Accueil", "Repas", "Ligne cachée")]
    assert (heads, names) == (["Mfoundi", "Wouri"], ["Repas", "Accueil"])
    assert "Décret 2011/408" in page.text
    assert page.text.count("Décret") == 1, "a mandate that is over is not shown"
    assert "Corriger" not in page.links
    assert client.get(f"/directory/organisations/{at.refuge}").status == 404


def test_the_list_leads_to_the_organisation(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    client.sign_in("case_manager")
    assert client.get("/directory").links["Foyer Espérance"] == path(at)


def test_how_it_is_reached_is_published_and_its_name_waits(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    client.sign_in("foyer")
    client.get(path(at, "edit"))
    page = client.submit("phones", phones="699 12 34 56\n1523", name="Foyer de l’Espérance")
    assert (home(at).phones, home(at).name) == (["+237699123456", "1523"], "Foyer Espérance")
    assert confirmations(at) == [], "not confirmed while something waits"
    assert "Foyer de l’Espérance" in page.text, "the keeper sees what waits"
    proposal = db.session.scalars(select(ChangeProposal)).one()
    assert [(one.field, one.old, one.new) for one in proposal.items] == [
        ("name", "Foyer Espérance", "Foyer de l’Espérance")
    ]
    client.sign_in("case_manager")
    assert "Foyer de l’Espérance" not in client.get(path(at)).text
    client.sign_in("coordinator")
    assert "Foyer de l’Espérance" in client.get("/directory/proposals").text
    client.post(f"/directory/proposals/{proposal.id}", {"accept": "name", "do": "publish"})
    assert (home(at).name, confirmations(at)) == ("Foyer de l’Espérance", ["changed"])
    assert [one.offer.organization_name for one in queries.listing(Filters(), _case_manager(), NOW).lines] == [
        "Foyer de l’Espérance", "Foyer de l’Espérance"
    ]  # fmt: skip


def _case_manager() -> User:
    return db.session.scalars(select(User).where(User.username == "case_manager")).one()


def test_a_federation_is_seen_by_its_members_readers_though_it_has_no_service(
    app: Flask, client: PageClient, at: SimpleNamespace
) -> None:
    federation = make_organization("Groupement", kind=OrganizationKind.FEDERATION)
    other = make_organization("Sans service", kind=OrganizationKind.EMPLOYER)
    db.session.commit()
    client.sign_in("case_manager")
    assert client.get(f"/directory/organisations/{federation.id}").status == 200
    assert client.get(f"/directory/organisations/{other.id}").status == 404


def test_a_trusted_keeper_publishes_everything_and_takes_it_back(
    app: Flask, client: PageClient, at: SimpleNamespace
) -> None:
    db.session.scalars(select(ServiceStaff)).one().trust = TrustLevel.FULL
    db.session.commit()
    client.sign_in("foyer")
    client.get(path(at, "edit"))
    client.submit(
        "phones", legal_status="Association", memberships="RECAF\nGECAM", funders="UNICEF\nCommune de Douala",
        year_incorporated="1998",
    )  # fmt: skip
    one = home(at)
    assert one.funders == ["UNICEF", "Commune de Douala"]
    assert (one.legal_status, one.memberships, one.year_incorporated) == ("Association", ["RECAF", "GECAM"], 1998)
    assert confirmations(at) == ["changed"]
    revision = db.session.scalars(select(EntityRevision)).one()
    assert "Commune de Douala" in client.get(path(at)).text
    page = client.get(path(at, "history"))
    assert "RECAF; GECAM" in page.text
    client.post(path(at, f"history/{revision.id}"), {})
    assert (home(at).legal_status, home(at).memberships, home(at).year_incorporated) == ("", [], None)


def test_what_cannot_be_is_said_at_its_place_and_nothing_is_stored(
    app: Flask, client: PageClient, at: SimpleNamespace
) -> None:
    client.sign_in("foyer")
    client.get(path(at, "edit"))
    typed = {
        "name": " ", "phones": "12", "website": "javascript:alert(1)", "email": "a@", "year_incorporated": "2999",
        "memberships": "\n".join(f"réseau {number}" for number in range(30)), "funders": "x" * 201,
        "psea_function": "Référente", "description": "x" * 2001,
    }  # fmt: skip
    page = client.submit("phones", **typed)
    assert page.status == 422
    wrong = {link.get("href") for link in page.tree.iter("a") if link.get("href").startswith("#f-")}
    assert wrong == {f"#f-{name}" for name in typed} - {"#f-psea_function"} | {"#f-psea_phone"}
    assert db.session.scalar(select(ChangeProposal.id)) is None
    assert home(at).version == 1


def test_an_older_form_does_not_overwrite(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    client.sign_in("foyer")
    client.get(path(at, "edit"))
    home(at).email = "autre@example.cm"
    db.session.commit()
    page = client.submit("phones", phones="1523")
    assert (page.status, home(at).phones) == (409, [])


def test_its_shelf_life_is_a_setting(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    confirm_on(at, 100)
    client.sign_in("foyer")
    assert "Est-ce toujours exact" not in client.get(path(at)).text
    usual = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(usual, shelf_lives=lives_from("organization:99"))
    try:
        assert "À confirmer" in client.get(path(at)).text
        client.submit("Rien n’a changé")
    finally:
        app.config["SETTINGS"] = usual
    assert confirmations(at) == ["confirmed"]
    assert home(at).version == 1


def sent() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "directory_confirm")))


def link_in(message: OutboxMessage) -> list[str]:
    return re.findall(r"(/confirm/[A-Za-z0-9_-]+)", notices.render(message.template, message.parameters, "fr").body)


def test_the_ladder_writes_once_and_the_link_confirms_by_a_post_only(
    app: Flask, client: PageClient, at: SimpleNamespace
) -> None:
    confirm_on(at, 366)
    assert actions.remind(NOW) == 1
    assert actions.remind(NOW + timedelta(hours=3)) == 0
    (link,) = link_in(sent()[0])
    page = client.get(link)
    assert "Foyer Espérance" in page.text
    assert confirmations(at) == []
    client.submit("Rien n’a changé")
    assert confirmations(at) == ["confirmed"]
    assert "Votre réponse est reçue" in client.get(link).text


def test_a_correction_by_link_always_waits(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    confirm_on(at, 366)
    actions.remind(NOW)
    (link,) = link_in(sent()[0])
    client.get(link + "/correct")
    client.submit("phones", phones="1523")
    assert home(at).phones == []
    assert [one.new for one in db.session.scalars(select(ChangeProposal)).one().items] == [["1523"]]


def test_a_link_of_somebody_who_left_opens_nothing(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    confirm_on(at, 366)
    actions.remind(NOW)
    link = db.session.scalars(select(ConfirmationLink)).one()
    link.user.organization_id = at.refuge
    db.session.commit()
    assert client.get(link_in(sent()[0])[0]).status == 404


def test_a_month_late_the_coordination_calls(app: Flask, client: PageClient, at: SimpleNamespace) -> None:
    confirm_on(at, 366 + 30)
    actions.remind(NOW)
    task = db.session.scalars(select(CallTask)).one()
    assert (task.organization_id, task.place_id, task.sections) == (at.home, None, ["organization"])
    client.sign_in("coordinator")
    assert path(at) == client.get("/directory/upkeep").links["Foyer Espérance"]
    client.post(f"/directory/calls/{task.id}", {"outcome": "confirmed"})
    assert confirmations(at) == ["confirmed"]
    db.session.expire_all()
    assert db.session.get_one(CallTask, task.id).closed_at == NOW


def test_an_import_does_not_overwrite_what_it_said_itself(app: Flask, at: SimpleNamespace) -> None:
    one = home(at)
    one.source, one.source_id = "Autre annuaire", "7"
    db.session.commit()
    feed = profile.Organization(id=str(at.home), name="Nom de la source", source_id="7", legal_status="ONG")
    take_in(feed)
    assert (home(at).name, home(at).legal_status) == ("Nom de la source", "ONG")
    said = {"actor": _case_manager(), "origin": Origin.PARTNER, "trust": TrustLevel.FULL, "now": NOW}
    actions.submit_organization(one, {"acronym": "FE"}, expected_version=one.version, **said)
    db.session.commit()
    take_in(replace(feed, name="Encore un autre"))
    assert (home(at).name, home(at).acronym) == ("Nom de la source", "FE")


def take_in(feed: profile.Organization) -> None:
    Upsert("Autre annuaire", NOW).all(ImportResult((feed,), (), (), (), (), (), ()))
    db.session.commit()
