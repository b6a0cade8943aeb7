"""Search finds what one may see, whatever the accents; uncovering a name shows it once and leaves a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, func, select

from directory.taxonomy import Visibility
from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.searching import SearchSketch, SearchToken, fold
from referral.people import actions
from referral.people.matching import Identity
from referral.people.matching.looking import describes
from referral.people.matching.reading import read
from referral.people.models import Person, PersonBlock
from referral.people.queries import candidates
from referral.providers.models import Service, ServiceAtLocation
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient
from tests.referral.identification.walk import ADULT, CONSENT, furnish, submitted
from tests.signing_in import sign_in

Someone = Callable[[str], PageClient]


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, str]]:
    """One case in a transaction for the whole module, and its code; what a test adds is taken back."""
    with rolled_back(_application) as connection:
        yield connection, make_case_code(_application)


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, str]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def case_code(stage: tuple[Connection, str]) -> str:
    return stage[1]


@pytest.fixture
def someone(app: Flask) -> Someone:
    return lambda username: signed_in(app, username)


def signed_in(app: Flask, username: str) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in(username)
    return client


def make_case_code(app: Flask) -> str:
    """An active case of Awa Zoukoumbélé at MINAS, and users of each role; its code."""
    furnish(app)
    with app.app_context():
        other = make_organization("Autre ONG (démonstration)", region="CM001")
        for role in (Role.PROVIDER, Role.COORDINATOR, Role.DATA_OFFICER, Role.ADMINISTRATOR, Role.COMMITTEE):
            make_user(role, other, role.value)
        make_user(Role.CASE_MANAGER, other, "stranger")
        for name, visibility in (
            ("Écoute et santé des femmes", Visibility.NETWORK),
            ("Foyer caché", Visibility.RESTRICTED),
        ):
            columns = {"folded_name": fold(name), "visibility": visibility, "last_modified": NOW}
            service = Service(organization=other, name=name, **columns)
            db.session.add_all([service, ServiceAtLocation(service=service)])
        db.session.commit()
    client = signed_in(app, "agent")
    page = submitted(client, ADULT)
    code, url = page.title, page.url + "/consent"
    page = client.get(url)
    client.post(url, {**page.form("answer").fields, **CONSENT})
    return code


def search(client: PageClient, words: str) -> Page:
    client.get("/search")
    return client.submit("q", q=words)


@pytest.mark.parametrize("words", ["Zoukoumbélé Awa", "awa zoukoumbele", "ZOUKOUMBÉLÉ", "zoukumbele awa"])
def test_a_case_is_found_by_name_without_showing_it(someone: Someone, case_code: str, words: str) -> None:
    page = search(someone("gestion"), words)
    assert case_code in page.text
    assert "trouvé par le nom" in page.text
    assert page.url == "/search"
    assert "Zoukoumbélé" not in page.tree.first("main").text or words.startswith("Zoukoumbélé")


@pytest.mark.parametrize("who", ["stranger", "agent", "provider", "coordinator", "data_officer", "committee"])
def test_nobody_else_finds_the_person(someone: Someone, case_code: str, who: str) -> None:
    assert case_code not in search(someone(who), "Zoukoumbélé Awa").text


def test_codes_are_found_by_those_who_see_the_case(someone: Someone, case_code: str) -> None:
    number = case_code.rpartition("-")[2]
    for who in ("gestion", "chef", "coordinator"):
        assert case_code in search(someone(who), f"lt-2026-{number}").text
    for who in ("stranger", "agent", "provider", "data_officer"):
        assert case_code not in search(someone(who), case_code[3:]).text


def test_services_organisations_and_steps_are_found_without_accents(someone: Someone, case_code: str) -> None:
    client = someone("gestion")
    page = search(client, "ecoute sante")
    assert client.get(page.links["Écoute et santé des femmes"]).status == 200
    assert "MINAS Littoral" in search(client, "minas littoral").text
    assert "Évaluer l’intérêt supérieur" in search(client, "interet superieur").text
    assert "Foyer caché" not in search(client, "foyer cache").tree.first("main").text


def test_nothing_found_says_what_to_do(someone: Someone, case_code: str) -> None:
    page = search(someone("gestion"), "Qwxzptk")
    assert "Rien trouvé parmi ce que vous pouvez voir" in page.text


@pytest.mark.parametrize("words", ["", "a", "x" * 121])
def test_words_too_short_or_too_long_are_refused(someone: Someone, case_code: str, words: str) -> None:
    page = search(someone("gestion"), words)
    assert page.status == 422
    assert "Tapez au moins deux lettres" in page.text


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "%%__", "'; DROP TABLE person; --", "\\\\"])
def test_hostile_words_find_nothing_and_are_shown_as_typed(someone: Someone, case_code: str, words: str) -> None:
    page = search(someone("gestion"), words)
    assert page.status == 200
    assert case_code not in page.text
    assert page.form("q").fields["q"] == words


def test_words_in_the_address_are_not_looked_for(someone: Someone, case_code: str) -> None:
    assert case_code not in someone("gestion").get("/search?q=Zoukoumb").text


def test_the_administrator_has_nothing_to_search(someone: Someone, case_code: str) -> None:
    client = someone("administrator")
    assert client.get("/search").status == 404
    assert "Rechercher" not in client.get("/account").links
    assert "Rechercher" not in PageClient(client.app).get("/").links


def test_a_name_is_uncovered_for_one_view_and_leaves_a_line(someone: Someone, app: Flask, case_code: str) -> None:
    with app.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
    client = someone("gestion")
    client.get("/search")
    page = client.post(f"/cases/{case_id}/identity")
    assert page.title.split() == ["De", "qui", "il", "s’agit", ":", case_code]
    assert "Zoukoumbélé" in page.text
    assert "+237 000 11 22 33" in page.text
    assert "Ouvrir un petit commerce" not in page.html
    assert page.response.headers["Cache-Control"] == "no-store"
    assert client.get(f"/cases/{case_id}/identity").status in (404, 405)
    with app.app_context():
        lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "identity.reveal")).all()
        assert [(line.case_id, line.code, line.actor_role) for line in lines] == [(case_id, "C2", "case_manager")]


@pytest.mark.parametrize("who", ["stranger", "agent", "provider", "coordinator", "data_officer", "administrator"])
def test_others_cannot_uncover_a_name(someone: Someone, app: Flask, case_code: str, who: str) -> None:
    with app.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
    client = someone(who)
    client.get("/account")
    page = client.post(f"/cases/{case_id}/identity")
    assert page.status == 404
    assert "Zoukoumb" not in page.html


def test_whoever_the_person_blocked_neither_finds_nor_uncovers(someone: Someone, app: Flask, case_code: str) -> None:
    client = someone("gestion")
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        db.session.add(
            PersonBlock(person_id=case.person_id, user_id=case.manager_id, reason="relative", created_at=NOW)
        )
        case_id = case.id
        db.session.commit()
    assert case_code not in search(client, "Zoukoumbélé Awa").text
    assert client.post(f"/cases/{case_id}/identity").status == 404


@pytest.mark.parametrize(
    ("typed", "names", "found"),
    [
        ("Bello", ("Bello", "Aïssatou"), True),
        ("belo", ("Bello", ""), True),
        ("aissatou bello", ("Bello Aïssatou", ""), True),
        ("Aishatu Belo 1998", ("Bello", "Aïssatou"), True),
        ("aissatou moussa", ("Bello", "Aïssatou"), False),
        ("awa", ("Ngono", "Rose"), False),
        ("Tchana", ("Ngono", ""), False),
        ("", ("Ngono", ""), False),
    ],
)
def test_who_is_shown_is_described_by_what_was_typed(typed: str, names: tuple[str, str], found: bool) -> None:
    assert describes(read(typed), Identity(family=names[0], given=names[1])) is found


@pytest.mark.parametrize("words", ["677 12 34 56 nobody", "Zoukoumbelle Hawa", "Awa Zoukoumbelé 1901"])
def test_only_who_is_described_is_found(someone: Someone, case_code: str, words: str) -> None:
    assert (case_code in search(someone("gestion"), words).text) is words.startswith(("Zouk", "Awa"))


def test_everybody_is_found_again_after_the_index_was_emptied(app: Flask, case_code: str) -> None:
    with app.app_context():
        for table in (SearchToken, SearchSketch):
            db.session.execute(delete(table))
        assert candidates("Zoukoumbélé Awa") == []
        assert actions.reindex(now=NOW) == db.session.scalar(select(func.count()).select_from(Person))
        person_id = db.session.scalar(select(Case.person_id).where(Case.code == case_code))
        assert [one.person_id for one in candidates("awa zoukumbele")] == [person_id]
        assert [one.person_id for one in candidates(Identity(family="Zoukoumbélé", given="Awa"))] == [person_id]
