"""Ties between persons, searches, safe contact and protected names: who sees what, and what crosses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.people import contact
from referral.people.contact import Channel, SafeContact, Way
from referral.people.models import Person, PersonLink
from referral.people.relations import INVERSES, MOVES, NEW, LinkKind, Tracing
from tests import builders
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.signing_in import sign_in
from tests.town import Town, build_town

Someone = Callable[[str], PageClient]
At = dict[str, object]
WHO = {"family_name": "Zoukoumbélé", "given_names": "Awa", "phone": "+237 000 111 222", "phone_safe": "yes"}


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Town]]:
    """A town whose case is that of Awa Zoukoumbélé, with one referral that a nurse took; the tests' changes go."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            town = build_town({**builders.WORDS, builders.Category.C2: WHO})
            db.session.commit()
        yield connection, town


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Town]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def at(stage: tuple[Connection, Town]) -> At:
    return stage[1].at


@pytest.fixture
def someone(app: Flask) -> Someone:
    def signed_in(name: str) -> PageClient:
        client = PageClient(app, sign_in=sign_in)
        client.sign_in(name)
        return client

    return signed_in


SISTER = {"kind": "sibling", "tracing": "separated", "name": "Mariama Zoukoumbélé", "note": "12 ans, perdue à Garoua"}


def test_a_relative_is_shown_to_the_team_and_lies_sealed(app: Flask, someone: Someone, at: At) -> None:
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/new")
    page = client.submit("kind", **SISTER)
    assert "Mariama Zoukoumbélé" in page.text
    assert "frère ou sœur" in page.text
    assert "Mariama Zoukoumbélé" in someone("supervisor").get(f"/cases/{at['case']}/family").text
    with app.app_context():
        rows = db.session.execute(text("SELECT * FROM person_link")).all()
    assert "Mariama" not in str(rows)


def test_somebody_must_be_meant(someone: Someone, at: At) -> None:
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/new")
    page = client.submit("kind", kind="parent", tracing="together")
    assert page.status == 422
    assert "Indiquez le code de l’autre dossier, ou un nom ou une description." in page.text


def test_a_tie_to_another_file_needs_a_file_that_one_may_open(app: Flask, someone: Someone, at: At) -> None:
    with app.app_context():
        codes = {name: db.session.get_one(Case, at[name]).code for name in ("new", "prefile")}
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/new")
    page = client.submit("kind", kind="parent", tracing="together", code=codes["prefile"])
    assert page.status == 422
    assert "Vous ne pouvez pas ouvrir de dossier portant ce code." in page.text
    page = client.submit("kind", kind="parent", tracing="together", code=codes["new"])
    assert codes["new"] in page.text
    there = client.get(f"/cases/{at['new']}/family")
    assert "fils ou fille" in there.text
    assert "noté dans l’autre dossier" in there.text


def test_the_other_file_shows_a_tie_only_to_those_who_may_open_both(
    app: Flask, someone: Someone, at: At, stage: tuple[Connection, Town]
) -> None:
    with app.app_context():
        case, new = (db.session.get_one(Case, at[name]) for name in ("case", "new"))
        db.session.add(
            PersonLink(
                person_id=case.person_id,
                other_id=new.person_id,
                kind=LinkKind.SPOUSE,
                tracing=Tracing.LEFT_ALONE,
                created_by_id=stage[1].people["manager"],
                created_at=NOW,
                changed_at=NOW,
            )
        )
        new.manager_id = stage[1].people["colleague"]
        db.session.commit()
    assert "mari, épouse" not in someone("colleague").get(f"/cases/{at['new']}/family").text
    page = someone("manager").get(f"/cases/{at['case']}/family")
    assert "une personne dont vous ne pouvez pas ouvrir le dossier" in page.text
    assert "mari, épouse" in someone("supervisor").get(f"/cases/{at['new']}/family").text


def test_nobody_is_looked_for_without_the_persons_word(someone: Someone, at: At) -> None:
    client = someone("manager")
    page = client.get(f"/cases/{at['case']}/family/{at['link']}")
    page = client.submit("kind", tracing="sought")
    assert page.status == 422
    assert "On ne recherche personne contre la volonté de l’intéressé" in page.text
    assert "Personne n’est recherché" in client.get("/searches").text
    client.get(f"/cases/{at['case']}/family/{at['link']}")
    page = client.submit("kind", tracing="sought", agreed="yes")
    assert "recherche en cours" in page.text
    listed = client.get("/searches")
    assert at["code"] in listed.text
    assert "Zoukoumbélé" not in listed.text


def test_a_relative_who_turns_out_to_have_a_file_is_tied_to_it(app: Flask, someone: Someone, at: At) -> None:
    with app.app_context():
        code = db.session.get_one(Case, at["new"]).code
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/{at['link']}")
    assert code in client.submit("kind", code=code.lower()).text
    assert "Cette personne a son propre dossier." in client.get(f"/cases/{at['case']}/family/{at['link']}").text


def test_a_tie_that_changed_elsewhere_is_not_overwritten(app: Flask, someone: Someone, at: At) -> None:
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/{at['link']}")
    with app.app_context():
        db.session.get_one(PersonLink, at["link"]).same_household = True
        db.session.commit()
    page = client.submit("kind", name="Autre nom")
    assert page.status == 409
    assert "Quelqu’un d’autre a modifié ceci entre-temps" in page.text


def test_a_tie_taken_out_leaves_no_words(app: Flask, someone: Someone, at: At) -> None:
    client = someone("manager")
    client.get(f"/cases/{at['case']}/family/{at['link']}/end")
    page = client.submit("idempotency_key")
    assert "Zoukoumbélé" not in page.text
    with app.app_context():
        person = db.session.get_one(Case, at["case"]).person_id
        (family,) = sealing.read(person, [builders.Category.C3]).values()
    assert str(at["link"]) not in family["relatives"]


def say(client: PageClient, case: object, **answers: str) -> None:
    client.get(f"/cases/{case}/contact")
    page = client.submit("way", **answers)
    assert "La façon de joindre la personne est enregistrée" in page.text


@pytest.mark.parametrize(
    ("answers", "said", "number"),
    [
        ({"way": "never"}, "Ne prenez pas contact avec la personne", False),
        ({"way": "through", "through": "Tante Rose"}, "seulement par Tante Rose", False),
        ({"way": "call", "begins": "18:00", "ends": "20:00"}, "N’appelez qu’entre 18:00 et 20:00.", True),
    ],
)
def test_how_to_reach_the_person_goes_with_the_name_and_an_unsafe_number_stays(
    someone: Someone, at: At, answers: dict[str, str], said: str, number: bool
) -> None:
    say(someone("manager"), at["case"], **answers)
    sheet = someone("nurse").get(f"/referrals/{at['taken']}")
    assert said in sheet.text
    assert ("000 111 222" in sheet.text) is number


def test_the_page_of_the_name_says_how_to_reach_the_person(someone: Someone, at: At) -> None:
    client = someone("manager")
    say(client, at["case"], way="call")
    client.get(f"/cases/{at['case']}")
    page = client.post(f"/cases/{at['case']}/identity", {})
    assert "N’envoyez pas de SMS et ne laissez pas de message." in page.text


def test_contact_that_a_colleague_changed_is_shown_before_it_is_replaced(someone: Someone, at: At) -> None:
    late = someone("manager")
    late.get(f"/cases/{at['case']}/contact")
    say(someone("manager"), at["case"], way="never")
    page = late.submit("way", way="call")
    assert page.status == 409
    assert "il est maintenant écrit" in page.text


def protect(client: PageClient, case: object) -> None:
    client.get(f"/cases/{case}/protection")
    assert "Le nom est protégé." in client.submit("why", why="trafficker").text


def test_a_protected_name_reaches_no_service(someone: Someone, at: At) -> None:
    nurse = someone("nurse")
    assert "Zoukoumbélé" in nurse.get(f"/referrals/{at['taken']}").text
    protect(someone("manager"), at["case"])
    sheet = nurse.get(f"/referrals/{at['taken']}")
    assert "Zoukoumbélé" not in sheet.text
    assert "Awa" not in sheet.text
    assert "Le nom est protégé : utilisez le code du dossier" in sheet.text.replace("\u00a0", " ")


def test_a_protected_name_finds_the_file_for_its_manager_only(someone: Someone, at: At) -> None:
    def finds(name: str) -> bool:
        client = someone(name)
        client.get("/search")
        return str(at["code"]) in client.submit("q", q="Zoukoumbélé Awa").text

    assert (finds("manager"), finds("supervisor")) == (True, True)
    protect(someone("manager"), at["case"])
    assert (finds("manager"), finds("supervisor")) == (True, False)


def test_uncovering_a_protected_name_asks_why_and_keeps_the_reason(app: Flask, someone: Someone, at: At) -> None:
    protect(someone("manager"), at["case"])
    client = someone("supervisor")
    client.get(f"/cases/{at['case']}")
    page = client.post(f"/cases/{at['case']}/identity", {})
    assert "Zoukoumbélé" not in page.text
    assert "Pourquoi avez-vous besoin du nom" in page.text
    page = client.submit("purpose", purpose="reach")
    assert "Zoukoumbélé" in page.text
    with app.app_context():
        lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "identity.reveal")).all()
        assert [line.details for line in lines] == [{"purpose": "reach"}]


def test_protection_ends_with_a_click(app: Flask, someone: Someone, at: At) -> None:
    client = someone("manager")
    protect(client, at["case"])
    client.get(f"/cases/{at['case']}/protection")
    client.post(f"/cases/{at['case']}/protection", {"do": "end"})
    with app.app_context():
        assert db.session.get_one(Person, db.session.get_one(Case, at["case"]).person_id).protection is None


def test_every_kind_of_tie_has_a_way_back() -> None:
    assert {kind.inverse.inverse for kind in LinkKind} == set(LinkKind)
    assert INVERSES[LinkKind.WARD] is LinkKind.GUARDIAN


def test_a_search_begins_only_from_a_separation() -> None:
    assert set(MOVES) == set(Tracing)
    assert [state for state in Tracing if Tracing.SOUGHT in MOVES[state]] == [Tracing.SEPARATED, Tracing.FOUND]
    assert Tracing.SOUGHT not in NEW


@pytest.mark.parametrize(
    ("known", "channel", "at", "code"),
    [
        (None, Channel.CALL, time(9), "not_asked"),
        (SafeContact(Way.NEVER), Channel.CALL, time(9), "never"),
        (SafeContact(Way.THROUGH, through="x"), Channel.SMS, time(9), "through_named"),
        (SafeContact(Way.CALL), Channel.SMS, time(9), "no_sms"),
        (SafeContact(Way.CALL), Channel.VISIT, time(9), "no_visit"),
        (SafeContact(Way.CALL, begins=time(8), ends=time(10)), Channel.CALL, time(10, 1), "hours"),
        (SafeContact(Way.CALL, begins=time(8), ends=time(10)), Channel.CALL, time(10), None),
        (SafeContact(Way.CALL, begins=time(20), ends=time(6)), Channel.CALL, time(23), None),
        (SafeContact(Way.CALL, sms=True, visits=True), Channel.VISIT, time(3), None),
    ],
)
def test_what_is_not_known_to_be_safe_is_refused(
    known: SafeContact | None, channel: Channel, at: time, code: str | None
) -> None:
    refused = contact.refusal(known, channel, at)
    assert (refused.code if refused else None) == code
