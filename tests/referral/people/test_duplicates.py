"""Looking before a file is made, and reviewing pairs: who sees what, what crosses, what is limited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.identification.models import Submission
from referral.people.actions import duplicates
from referral.people.duplicates import FoundBy, PairState
from referral.people.models import PersonBlock, PersonMerge, PersonPair
from sop.vocabulary import Category
from tests.builders import Role, make_case, make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.people.test_merging import C2, C3, ONE, OTHER
from tests.signing_in import sign_in

Someone = Callable[[str], PageClient]
FAR = {C2: {**ONE[C2], "given_names": "Awa Rose"}, C3: ONE[C3]}
SOUGHT = {"family_name": "Zukoumbele", "given_names": "Awa", "born": "2/3/1998", "phone": "+237 000 11 22 33"}
SECRETS = ("Zoukoumb", "Zukumbele", "Aoua", "000 11 22")


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, dict[str, str]]]:
    """A woman with two files at MINAS and one far away; who works at both; the tests' changes go."""
    with rolled_back(_application) as connection, _application.app_context():
        yield connection, furnish()


def furnish() -> dict[str, str]:
    team = make_organization("MINAS Littoral (démonstration)", mandates=["ENF"])
    far = make_organization(
        "Croix du Nord (démonstration)", region="CM004", email="contact@example.cm", mandates=["ENF"]
    )
    manager = make_user(Role.CASE_MANAGER, team, "gestion")
    stranger = make_user(Role.CASE_MANAGER, far, "stranger")
    for name, role, house in (
        ("chef", Role.SUPERVISOR, team), ("boss", Role.SUPERVISOR, far), ("agent", Role.FIRST_RESPONDER, team),
        ("provider", Role.PROVIDER, far), ("coordinator", Role.COORDINATOR, None),
    ):  # fmt: skip
        make_user(role, house, name)
    cases = {"first": make_case(manager, ONE), "second": make_case(manager, OTHER), "far": make_case(stranger, FAR)}
    cases["second"].person.created_at = NOW + timedelta(hours=1)
    db.session.flush()
    duplicates.look_for([one.person_id for one in cases.values()], found_by=FoundBy.IMPORT, now=NOW)
    two = {cases["first"].person_id, cases["second"].person_id}
    pair = next(one for one in db.session.scalars(select(PersonPair)) if {one.first_id, one.second_id} == two)
    db.session.commit()
    return {name: one.code for name, one in cases.items()} | {"pair": str(pair.id)} | {
        f"{name}_id": str(one.id) for name, one in cases.items()
    }  # fmt: skip


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, dict[str, str]]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def at(stage: tuple[Connection, dict[str, str]]) -> dict[str, str]:
    return stage[1]


@pytest.fixture
def someone(app: Flask) -> Someone:
    def signed_in(name: str) -> PageClient:
        client = PageClient(app, sign_in=sign_in)
        client.sign_in(name)
        return client

    return signed_in


def look(client: PageClient, **words: str) -> str:
    client.get("/identifications/new")
    return client.submit("family_name", **{**SOUGHT, **words}).text


def test_the_file_is_found_with_the_reasons_and_opens(someone: Someone, at: dict[str, str]) -> None:
    client = someone("gestion")
    text = look(client)
    assert at["first"] in text
    assert at["second"] in text
    assert "La date de naissance est la même." in text
    assert client.page.url == "/identifications/new"
    assert client.get(client.page.links[at["first"]]).status == 200


def test_of_another_organisation_nothing_but_whom_to_ask(someone: Someone, at: dict[str, str]) -> None:
    text = look(someone("gestion"))
    assert "Un dossier existe peut-être dans l’organisation Croix du Nord (démonstration)" in text
    assert "contact@example.cm" in text
    for told in (at["far"], at["far_id"], "Rose"):
        assert told not in text


@pytest.mark.parametrize("words", [{"phone": "", "born": "", "given_names": ""}, {"phone": "", "born": "1950"}])
def test_a_name_alone_tells_nothing_of_others(someone: Someone, words: dict[str, str], at: dict[str, str]) -> None:
    assert "Croix du Nord" not in look(someone("gestion"), **words)


def test_whoever_blocked_the_seeker_is_not_hinted_at(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.code == at["far"]))
        user = db.session.scalar(select(Case.manager_id).where(Case.code == at["first"]))
        db.session.add(PersonBlock(person_id=case.person_id, user_id=user, reason="fear", created_at=NOW))
        db.session.commit()
    assert "Croix du Nord" not in look(someone("gestion"))


def test_a_protected_name_is_not_hinted_at(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    with app.app_context():
        db.session.scalar(select(Case).where(Case.code == at["far"])).person.protection = "family"
        db.session.commit()
    assert "Croix du Nord" not in look(someone("gestion"))


def test_fishing_is_limited_and_leaves_a_trace(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    client = someone("agent")
    told = [("Croix du Nord" in look(client)) for _ in range(8)]
    assert told == [True] * 6 + [False] * 2
    for _ in range(22):
        look(client)
    client.get("/identifications/new")
    page = client.submit("family_name", **SOUGHT)
    assert page.status == 429
    assert "Attendez une minute" in page.text
    with app.app_context():
        acts = list(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("person.%"))))
    assert acts.count("person.search") == 30
    assert acts.count("person.hint") == 30
    assert acts.count("person.search.limit") == 1


def test_what_was_typed_goes_into_the_new_draft_sealed(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    client = someone("agent")
    look(client, born="1998", register="OIM-CM 00451")
    page = client.submit("searched")
    assert "Zukoumbele" not in page.url
    with app.app_context():
        draft = db.session.scalars(select(Submission).order_by(Submission.started_at.desc())).first()
        typed = {name: told for part in sealing.read(draft.id, Category).values() for name, told in part.items()}
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "draft.start")).one()
    assert (typed["family_name"], typed["given_names"], typed["phone"]) == ("Zukoumbele", "Awa", "+237 000 11 22 33")
    assert typed["age_years"] == "28"
    assert typed["iom_number"] == "OIM-CM 00451"
    assert "unhcr_number" not in typed
    assert line.code == "searched"


@pytest.mark.parametrize("typed", [{}, {"family_name": "A", "born": "demain"}, {"family_name": "x" * 121}])
def test_what_cannot_be_looked_for_is_said_at_its_place(someone: Someone, typed: dict[str, str]) -> None:
    client = someone("agent")
    client.get("/identifications/new")
    page = client.submit("family_name", **typed)
    assert page.status == 422
    assert page.form("family_name").fields["born"] == typed.get("born", "")


def test_the_list_tells_each_what_they_may_know(someone: Someone, at: dict[str, str]) -> None:
    own = someone("chef").get("/duplicates").text
    assert at["first"] in own
    assert at["second"] in own
    assert "Croix du Nord" in own
    assert at["far"] not in own
    other = someone("boss").get("/duplicates").text
    assert at["far"] in other
    assert at["first"] not in other
    assert "MINAS Littoral" in other
    codes = someone("coordinator").get("/duplicates").text
    assert all(at[name] in codes for name in ("first", "second", "far"))
    assert "Comparer" not in codes
    for text in (own, other, codes):
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("who", ["boss", "gestion", "agent", "provider", "coordinator", "stranger"])
def test_nobody_else_compares(someone: Someone, at: dict[str, str], who: str) -> None:
    client = someone(who)
    for path in (f"/duplicates/{at['pair']}", f"/duplicates/{at['pair']}/join"):
        page = client.get(path)
        assert page.status == 404
        assert not any(secret in page.text for secret in SECRETS)


def test_a_pair_across_organisations_is_compared_by_nobody(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    with app.app_context():
        others = [str(one) for one in db.session.scalars(select(PersonPair.id)) if str(one) != at["pair"]]
    assert len(others) == 2
    for who in ("chef", "boss"):
        client = someone(who)
        assert {client.get(f"/duplicates/{one}").status for one in others} == {404}


def test_side_by_side_tells_what_agrees_and_leaves_a_line_for_both(
    app: Flask, someone: Someone, at: dict[str, str]
) -> None:
    page = someone("chef").get(f"/duplicates/{at['pair']}")
    for told in ("Zoukoumbélé", "Zukumbele", "concorde", "diffère", "l’un ne le dit pas", "Le jour et le mois"):
        assert told in page.text
    with app.app_context():
        seen = set(db.session.scalars(select(AuditLine.case_id).where(AuditLine.action == "duplicate.read")))
    assert seen == {UUID(at["first_id"]), UUID(at["second_id"])}


def test_different_is_remembered_with_its_reason_sealed(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    client = someone("chef")
    client.get(f"/duplicates/{at['pair']}")
    page = client.submit("answer", answer="different", reason="")
    assert page.status == 422
    assert client.submit("answer", answer="different", reason="Sœurs jumelles").url == "/duplicates"
    with app.app_context():
        pair = db.session.get_one(PersonPair, UUID(at["pair"]))
        assert pair.state is PairState.DIFFERENT
        assert sealing.open_text(pair.first_id, f"person_pair:{pair.id}", pair.reason) == "Sœurs jumelles"
        assert b"jumelles" not in pair.reason
    assert "Comparer" not in client.get("/duplicates").text
    assert at["second"] in client.get("/duplicates?state=different").text


def test_joined_and_taken_back_through_the_pages(app: Flask, someone: Someone, at: dict[str, str]) -> None:
    client = someone("chef")
    client.get(f"/duplicates/{at['pair']}")
    page = client.submit("answer", answer="same")
    assert page.url.endswith("/join")
    page = client.submit("reason", reason="Même carte")
    assert page.status == 422
    names = [name for name in page.form("reason").names if name.startswith("keep-")]
    assert len(names) >= 2
    page = client.submit("reason", reason="Même carte", **dict.fromkeys(names, "second"))
    assert "jusqu’au" in page.text
    assert "Zukumbele" in client.post(f"/cases/{at['first_id']}/identity", {}).text
    with app.app_context():
        merge = db.session.scalars(select(PersonMerge)).one()
        assert db.session.get_one(Case, UUID(at["second_id"])).person_id == merge.kept_id
    client.get(f"/duplicates/merges/{merge.id}/undo")
    assert client.submit("Revenir en arrière").url == "/duplicates"
    assert "Zoukoumbélé" in client.post(f"/cases/{at['first_id']}/identity", {}).text
    assert someone("boss").get(f"/duplicates/merges/{merge.id}/undo").status == 404


def test_the_second_reviewer_is_told_and_nothing_is_joined_twice(
    app: Flask, someone: Someone, at: dict[str, str]
) -> None:
    first, second = someone("chef"), someone("chef")
    for client in (first, second):
        client.get(f"/duplicates/{at['pair']}")
    first.submit("answer", answer="not_sure")
    page = second.submit("answer", answer="different", reason="Pas la même")
    assert page.status == 409
    with app.app_context():
        assert db.session.get_one(PersonPair, UUID(at["pair"])).state is PairState.NOT_SURE
