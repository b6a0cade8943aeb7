"""The audit trail's page: whole or broken, the first broken line by its number, heads from paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.audit import AuditLine
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient
from tests.referral.consent.register_rows import SECRETS, fill
from tests.signing_in import sign_in


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, str]]:
    """A trail of one sealed batch for the whole module, and what stands in the anchor file then."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            fill()
            audit.anchor_path().unlink(missing_ok=True)
            audit.seal_batch(NOW)
            anchor = audit.anchor_path().read_text()
        yield connection, anchor
        with _application.app_context():
            audit.anchor_path().unlink()


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, str]) -> Iterator[Flask]:
    """What a test does to the trail or to the file is taken back."""
    connection, anchor = stage
    with _application.app_context():
        audit.anchor_path().write_text(anchor)
    with taken_back(_application, connection):
        yield _application


@pytest.fixture
def officer(app: Flask) -> PageClient:
    """The data officer before the trail ten minutes later."""
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(minutes=10)
    client = PageClient(app, sign_in=sign_in)
    client.sign_in("officer")
    return client


def verify(client: PageClient, heads: str = "") -> Page:
    client.get("/audit")
    return client.submit("heads", heads=heads)


def falsify(app: Flask, statement: str, **values: object) -> None:
    with app.app_context():
        db.session.execute(text(statement), values)
        db.session.commit()


def head(app: Flask) -> str:
    with app.app_context():
        return audit.head()


def test_it_shows_the_last_head_its_age_and_what_waits(app: Flask, officer: PageClient) -> None:
    page = officer.get("/audit")
    assert page.title == "Journal"
    assert page.html.count(f"<code>{head(app)}</code>") == 2, "as the last head, and in the history"
    assert "10 min" in page.text
    assert [secret for secret in SECRETS if secret in page.html] == []


def test_a_whole_trail_is_said_to_be_whole_and_the_check_leaves_a_line(app: Flask, officer: PageClient) -> None:
    page = verify(officer)
    assert page.status == 200
    assert "le journal est intact" in page.text
    with app.app_context():
        last = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
        assert (last.action, last.code, last.actor_role) == ("audit.verify", "whole", "data_officer")


def test_the_first_tampered_line_is_named(app: Flask, officer: PageClient) -> None:
    falsify(app, "UPDATE audit_line SET action = 'case.close' WHERE number IN (3, 5)")
    page = verify(officer)
    assert "le journal est rompu" in page.text
    assert "ligne 3" in page.text
    assert "ligne 5" not in page.text
    assert "Toutes les lignes qui précèdent sont telles qu’elles ont été scellées." in page.text
    with app.app_context():
        last = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
        assert (last.action, last.code) == ("audit.verify", "content")


def test_a_deleted_line_is_named(app: Flask, officer: PageClient) -> None:
    falsify(app, "DELETE FROM audit_line WHERE number = 4")
    page = verify(officer)
    assert "le journal est rompu" in page.text
    assert "ligne 4" in page.text


def test_a_head_from_paper_is_found_in_the_trail(app: Flask, officer: PageClient) -> None:
    page = verify(officer, "  " + head(app).upper() + "\n")
    assert "le journal est intact" in page.text
    assert "L’empreinte saisie en fait partie." in page.text


def test_a_trail_rebuilt_with_its_own_key_is_found_by_a_head_from_paper(app: Flask, officer: PageClient) -> None:
    """Whoever holds the database, the audit key and the anchor file cannot change what was printed."""
    printed = head(app)
    falsify(app, "DELETE FROM audit_line WHERE number = 2")
    falsify(app, "DELETE FROM audit_batch")
    falsify(app, "UPDATE audit_line SET number = NULL, batch_id = NULL, chain = NULL")
    with app.app_context():
        audit.anchor_path().unlink()
        audit.seal_batch(NOW)
    assert "le journal est intact" in verify(officer).text
    page = verify(officer, printed)
    assert "le journal est rompu" in page.text
    assert "relisez d’abord ses signes" in page.text
    assert "Toutes les lignes qui précèdent" not in page.text, "the whole may have been rebuilt"


@pytest.mark.parametrize(
    "typed", ["abc", "12", "0-9f3a77c20b1d44e0", "7-9f3a", "7-9f3a77c20b1d44eg", "7-<script>", "é-1"]
)
def test_what_is_not_a_head_is_refused_and_kept(officer: PageClient, typed: str) -> None:
    page = verify(officer, typed)
    assert page.status == 422
    assert "par exemple 1204-9f3a77c20b1d44e0" in page.text
    assert page.form("heads").fields["heads"].strip() == typed


def test_more_heads_than_anybody_reads_are_refused(officer: PageClient) -> None:
    page = verify(officer, "\n".join(f"{number}-9f3a77c20b1d44e0" for number in range(1, 22)))
    assert page.status == 422
    assert "au plus 20 empreintes" in page.text


@pytest.mark.parametrize("before", ["x", "-1", "٣", str(2**31), str(2**63), "9" * 5000, "1.5", ""])
def test_a_place_in_the_history_that_cannot_be_is_the_first_page(officer: PageClient, before: str) -> None:
    assert len(list(officer.get(f"/audit?before={before}").tree.first("tbody").iter("tr"))) == 1


def test_the_history_of_heads_goes_on_over_pages(app: Flask, officer: PageClient) -> None:
    with app.app_context():
        for minute in range(1, 31):
            audit.record("case.read", actor=None, now=NOW)
            db.session.commit()
            audit.seal_batch(NOW + timedelta(minutes=minute))
    first = officer.get("/audit")
    following = [link.get("href") for link in first.tree.iter("a") if link.get("rel") == "next"]
    second = officer.get(following[0])
    heads = [code.text for page in (first, second) for body in [page.tree.first("tbody")] for code in body.iter("code")]
    assert len(heads) == len(set(heads)) == 31
