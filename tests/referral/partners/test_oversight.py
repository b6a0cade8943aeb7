"""Outgoing notices, the health check and the security contact: all without the content of any case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from referral.config import Settings
from referral.extensions import db
from referral.foundation import outbox
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import MessageState, OutboxMessage
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.consent.register_rows import SECRETS, fill


@pytest.fixture
def admin(app: Flask, client: PageClient) -> PageClient:
    """A failed, a waiting and a sent notice, and the administrator who looks at them."""
    with app.app_context():
        organization = make_organization()
        make_user(Role.ADMINISTRATOR, organization, "root")
        provider = make_user(Role.PROVIDER, organization, "clinic.staff")
        codes = {"case_code": "CM-LT-2026-00042", "reference": "R7K2-9QXM"}
        failed = outbox.queue("referral_received", now=NOW, user=provider, **codes)
        failed.state, failed.attempts, failed.error_code = MessageState.FAILED, 8, "SMTP_UNREACHABLE"
        waiting = outbox.queue("password_changed", now=NOW, user=provider)
        waiting.attempts, waiting.next_try_at = 2, NOW + timedelta(minutes=4)
        sent = outbox.queue("case_assigned", now=NOW, address="accueil@clinique.example", case_code="CM-LT-2026-00042")
        sent.state, sent.attempts, sent.sent_at = MessageState.SENT, 1, NOW
        db.session.commit()
    client.sign_in("root")
    return client


def rows(client: PageClient, url: str = "/outbox") -> list[str]:
    body = client.get(url).tree.first("tbody")
    return [row.text for row in body.iter("tr")] if body else []


def test_notices_are_listed_newest_first_with_account_state_and_tries(admin: PageClient) -> None:
    sent, waiting, failed = rows(admin)
    assert "accueil@clinique.example" in sent
    assert "clinic.staff" in waiting
    assert "dans 4" in waiting
    assert "SMTP_UNREACHABLE" in failed
    assert "8" in failed


def test_the_demonstration_shows_what_a_notice_says(admin: PageClient) -> None:
    failed = rows(admin)[2]
    assert "Dossier : CM-LT-2026-00042" in failed
    assert "R7K2-9QXM" in failed


def test_production_shows_no_text_and_no_case_code(
    app: Flask, admin: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "demo", property(lambda _self: False))
    page = admin.get("/outbox")
    assert "CM-LT-2026-00042" not in page.html
    assert "R7K2" not in page.html
    assert "clinic.staff" in page.text


@pytest.mark.parametrize(("query", "count"), [("?state=failed", 1), ("?state=x&before=-3", 3), ("?before=1", 0)])
def test_filters_are_codes_in_the_address(admin: PageClient, query: str, count: int) -> None:
    assert len(rows(admin, "/outbox" + query)) == count


def test_a_failed_notice_is_tried_again_once_and_that_leaves_a_line(app: Flask, admin: PageClient) -> None:
    admin.get("/outbox")
    page = admin.submit("Relancer")
    assert "dans quelques secondes" in page.text
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
        assert (message.state, message.attempts, message.next_try_at) == (MessageState.QUEUED, 0, NOW)
        assert db.session.scalars(select(AuditLine.action).order_by(AuditLine.id.desc())).first() == "outbox.retry"
        number = message.id
    assert admin.post(f"/outbox/{number}/retry").status == 409


@pytest.mark.parametrize("number", ["999999", str(2**63), "0"])
def test_a_notice_that_does_not_exist_cannot_be_tried_again(admin: PageClient, number: str) -> None:
    admin.get("/outbox")
    assert admin.post(f"/outbox/{number}/retry").status == 404


def test_the_administrator_sees_no_case(app: Flask, client: PageClient) -> None:
    with app.app_context():
        fill()
    client.sign_in("admin")
    for url in ("/accounts", "/outbox", "/account"):
        page = client.get(url)
        assert page.status == 200
        assert [secret for secret in (*SECRETS, "CM-LT-2026-0000") if secret in page.html] == [], url
    for url in ("/cases", "/register", "/audit", "/search?q=CM-LT", "/inbox"):
        assert client.get(url).status == 404, url


@pytest.mark.parametrize("username", ["officer", "cm.douala"])
def test_nobody_else_sees_notices(app: Flask, client: PageClient, username: str) -> None:
    with app.app_context():
        fill()
    client.sign_in(username)
    assert client.get("/outbox").status == 404
    assert client.post("/outbox/1/retry").status == 404


def test_the_health_check_says_ok_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_health_check_fails_when_the_key_store_does(app: Flask) -> None:
    keystore = app.extensions["mnr.keystore"]
    engine = keystore.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE data_key RENAME TO elsewhere")
    try:
        answer = app.test_client().get("/health")
        assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO data_key")


def test_anybody_can_read_whom_to_tell_about_a_weakness(app: Flask) -> None:
    answer = app.test_client().get("/.well-known/security.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert fields["Contact"] == "mailto:security@127.0.0.1"
    assert fields["Canonical"] == "http://127.0.0.1:5000/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert NOW < expires < NOW + timedelta(days=365), "RFC 9116 asks for less than a year"
