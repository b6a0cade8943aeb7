"""The data officer's register: who asked, what the rules said, who looked; no content, and what was changed shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from referral.cases.models import Case
from referral.consent.assumptions import POLICY
from referral.consent.models import DecisionRecord
from referral.consent.repeating import Repeat, fingerprint, repeat
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.partners.models import Organization, User
from tests.builders import tamper
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.consent.register_rows import REQUEST, SECRETS, add_decision, fill


@pytest.fixture
def rows(app: Flask) -> Flask:
    with app.app_context():
        fill()
    return app


@pytest.fixture
def officer(rows: Flask, client: PageClient) -> PageClient:
    client.sign_in("officer")
    return client


def case_page(client: PageClient, code: str = "CM-LT-2026-00001") -> Page:
    with client.app.app_context():
        case_id = db.session.scalar(select(Case.id).where(Case.code == code))
    return client.get(f"/register/{case_id}")


def cells(page: Page) -> list[str]:
    """The rows of the page's table as text."""
    body = page.tree.first("tbody")
    return [row.text for row in body.iter("tr")] if body else []


def test_it_lists_decisions_and_accesses_newest_first_by_case_code(officer: PageClient) -> None:
    found = cells(officer.get("/register"))
    acts = ["a découvert un nom", "a voulu envoyer", "a regardé ce qui", "a voulu envoyer", "a lu un pré-dossier"]
    assert [next((act for act in acts if act in row), row) for row in found] == acts
    codes = ["00002", "00002", "00001", "00001", "00001"]
    assert [code for code, row in zip(codes, found, strict=True) if f"CM-LT-2026-{code}" in row] == codes


def test_a_decision_says_who_to_whom_the_answer_its_code_and_why(officer: PageClient) -> None:
    row = cells(officer.get("/register?code=S2"))
    assert len(row) == 1
    for part in ("cm.douala", "Gestionnaire", "Délégation régionale", "Clinique du Port", "refusé", "S2", "retiré"):
        assert part in row[0], part


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("?show=decisions", 3),
        ("?show=accesses", 2),
        ("?outcome=allow", 1),
        ("?outcome=allow_redacted", 1),
        ("?outcome=deny", 1),
        ("?code=F5", 1),
        ("?case=cm-lt-2026-00002", 2),
        ("?case=CM-LT-2026-00002&show=decisions", 1),
        ("?case=CM-XX-2026-99999", 0),
        ("?outcome=nonsense&code=%3Cb%3E&show=x&line=-1&decision=7", 5),
    ],
)
def test_filters_are_codes_in_the_address(officer: PageClient, query: str, count: int) -> None:
    assert len(cells(officer.get("/register" + query))) == count


def test_acts_outside_any_case_are_listed_apart(officer: PageClient) -> None:
    found = cells(officer.get("/register?show=other"))
    assert any("a saisi le mot de passe" in row for row in found)
    assert not any("CM-LT" in row for row in found)


def test_following_pages_show_each_line_once(rows: Flask, officer: PageClient) -> None:
    with rows.app_context():
        case, clinic = db.session.scalars(select(Case)).first(), db.session.scalars(select(Organization)).first()
        actor = db.session.scalars(select(User).where(User.username == "cm.douala")).one()
        for minute in range(61):
            add_decision(case, clinic, actor, now=NOW - timedelta(days=2, minutes=minute // 2))
        db.session.commit()
    page, seen = officer.get("/register?show=decisions"), []
    for _ in range(5):
        seen += cells(page)
        following = [link.get("href") for link in page.tree.iter("a") if link.get("rel") == "next"]
        if not following:
            break
        page = officer.get(following[0])
    assert len(seen) == 64


def test_the_page_of_a_case_takes_each_decision_again(officer: PageClient) -> None:
    page = case_page(officer)
    assert page.title == "Registre du dossier CM-LT-2026-00001"
    assert sum("recalculée" in row and "identique" in row for row in cells(page)) == 2
    assert "registre et journal concordent" in page.text
    assert "Catégories" in page.text
    assert "référencement" in page.text
    assert "règles cmr-2026-11-2" in page.text


def test_a_decision_whose_inputs_were_changed_is_shown_as_changed(rows: Flask, officer: PageClient) -> None:
    with rows.app_context():
        row = db.session.scalars(select(DecisionRecord).where(DecisionRecord.code == "S2")).one()
        tamper(row, inputs={**row.inputs, "today": "2026-11-24"})
        db.session.commit()
    assert sum("les données conservées ont été modifiées" in row for row in cells(case_page(officer))) == 1


def test_a_decision_whose_answer_was_changed_is_shown_as_different(rows: Flask, officer: PageClient) -> None:
    with rows.app_context():
        row = db.session.scalars(select(DecisionRecord).where(DecisionRecord.code == "S2")).one()
        tamper(row, outcome="allow", code="F0")
        db.session.commit()
    page = case_page(officer)
    assert sum("recalculée" in row and "différente" in row for row in cells(page)) == 1
    assert "1 décision à examiner" in page.text


def test_a_decision_that_was_deleted_is_missed(rows: Flask, officer: PageClient) -> None:
    with rows.app_context():
        db.session.connection().execute(delete(DecisionRecord).where(DecisionRecord.code == "S2"))
        db.session.commit()
    page = case_page(officer)
    assert "registre et journal divergent" in page.text
    assert "Décisions conservées" in page.text


def test_no_content_of_a_case_reaches_the_data_officer(officer: PageClient) -> None:
    for url in ("/register", "/register?show=decisions", "/audit"):
        page = officer.get(url)
        assert [secret for secret in SECRETS if secret in page.html] == [], url
    page = case_page(officer)
    assert [secret for secret in SECRETS if secret in page.html] == []
    assert "31" not in "".join(cells(page)), "the age among the inputs stays inside"


def test_reading_the_register_leaves_a_line_too(rows: Flask, officer: PageClient) -> None:
    officer.get("/register?code=S2")
    case_page(officer)
    with rows.app_context():
        lines = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(2)).all()
        assert [(line.action, line.actor_role) for line in lines] == [
            ("case.register.read", "data_officer"),
            ("register.read", "data_officer"),
        ]
        assert lines[0].case_id is not None
        assert lines[1].details == {"filters": ["S2"]}


@pytest.mark.parametrize("username", ["admin", "supervisor", "cm.douala"])
def test_nobody_else_finds_the_register(rows: Flask, client: PageClient, username: str) -> None:
    client.sign_in(username)
    assert client.get("/register").status == 404
    assert client.get("/audit").status == 404
    assert case_page(client).status == 404


def test_a_case_that_does_not_exist_is_not_found(officer: PageClient) -> None:
    assert officer.get("/register/00000000-0000-0000-0000-000000000001").status == 404


def test_a_longer_register_takes_no_more_statements(rows: Flask, officer: PageClient) -> None:
    def statements() -> int:
        counted: list[str] = []
        with rows.app_context():
            engine = db.engine

        def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            counted.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        try:
            officer.get("/register?show=decisions")
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len([one for one in counted if "SAVEPOINT" not in one])

    few = statements()
    with rows.app_context():
        case, clinic = db.session.scalars(select(Case)).first(), db.session.scalars(select(Organization)).first()
        actor = db.session.scalars(select(User).where(User.username == "cm.douala")).one()
        for minute in range(30):
            add_decision(case, clinic, actor, now=NOW - timedelta(minutes=minute))
        db.session.commit()
    assert statements() == few


def again(**changes: Any) -> Repeat:
    inputs = {**REQUEST, "categories": list(REQUEST["categories"])}
    given: dict[str, Any] = {
        "noted": fingerprint(inputs), "policy": POLICY, "outcome": "allow", "code": "F0",
        "visible": ["C6", "C1", "C2"],
    }  # fmt: skip
    return repeat(changes.pop("inputs", inputs), **{**given, **changes})


def test_the_same_answer_is_identical_whatever_the_order_of_its_categories() -> None:
    assert again() is Repeat.IDENTICAL


@pytest.mark.parametrize("changed", [{"outcome": "deny"}, {"code": "F5"}, {"visible": ["C1"]}])
def test_another_answer_code_or_category_is_different(changed: dict[str, Any]) -> None:
    assert again(**changed) is Repeat.DIFFERENT
    assert again(**changed, policy="cmr-2026-08") is Repeat.OLDER_RULES


def test_inputs_that_cannot_be_read_any_more_are_not_taken_for_the_same() -> None:
    strange = {"today": "2026-11-23"}
    assert again(inputs=strange) is Repeat.ALTERED
    assert again(inputs=strange, noted=fingerprint(strange)) is Repeat.DIFFERENT
