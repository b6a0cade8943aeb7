"""A form that is sent twice acts once, also when both arrive at the same moment."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask, redirect, render_template_string, request
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin
from sqlalchemy import func, select

from referral.extensions import db
from referral.foundation import audit, idempotency, keystore, transactions
from referral.foundation.audit import AuditLine
from referral.foundation.idempotency import FormPost, idempotent
from tests.conftest import new_database
from tests.referral.foundation.bare import NOW, at_the_same_moment, make_bare_app


class Somebody(UserMixin):
    """A signed-in user, named by a header of the test."""

    def __init__(self, number: int) -> None:
        self.id = UUID(int=number)


@pytest.fixture(scope="module")
def site(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A page with one form that writes one line and redirects to it."""
    folder = tmp_path_factory.mktemp("forms")
    app = make_bare_app(new_database(database_server, folder, "forms"), folder)
    keystore.init_app(app)
    transactions.init_app(app)
    idempotency.init_app(app)
    manager = LoginManager(app)
    app.extensions["mnr.clock"] = lambda: NOW

    @manager.request_loader
    def load(incoming):
        number = incoming.headers.get("X-User")
        return Somebody(int(number)) if number else None

    @app.get("/form")
    def form():
        return render_template_string('<form method="post">{{ idempotency_field() }}</form>')

    @app.post("/act/<int:number>")
    @idempotent
    def act(number):
        if request.form.get("age") == "200":
            audit.record("must.not.stay", actor=None, now=NOW)
            return "too old", 422
        if request.form.get("age") == "boom":
            raise RuntimeError("broken")
        if request.form.get("age") == "look":
            return "preview", 200
        audit.record("act", actor=None, now=NOW)
        return redirect(f"/line/{db.session.scalar(select(func.max(AuditLine.id)))}", 303)

    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    with site.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.connection().execute(table.delete())
        db.session.commit()
    return site.test_client()


def key_of(browser: FlaskClient) -> str:
    return re.search('name="idempotency_key" value="([^"]+)"', browser.get("/form").text)[1]


def send(browser: FlaskClient, key: str | None, *, path: str = "/act/1", user: int = 1, **form: object):
    data = form | ({"idempotency_key": key} if key else {})
    return browser.post(path, data=data, headers={"X-User": str(user)} if user else {})


def acts(site: Flask) -> int:
    with site.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditLine))


def test_each_rendered_form_has_a_key_of_its_own(browser: FlaskClient) -> None:
    keys = {key_of(browser) for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 24 for key in keys)


def test_a_form_sent_twice_acts_once_and_gets_the_same_redirect(site: Flask, browser: FlaskClient) -> None:
    key = key_of(browser)
    first = send(browser, key, name="Awa", csrf_token="one")
    second = send(browser, key, name="Awa", csrf_token="two")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert first.location.startswith("/line/")
    assert acts(site) == 1


def test_the_same_key_with_other_content_is_a_conflict(site: Flask, browser: FlaskClient) -> None:
    key = key_of(browser)
    assert send(browser, key, name="Awa").status_code == 303
    assert send(browser, key, name="Awa B").status_code == 409
    assert send(browser, key, name="Awa", path="/act/2").status_code == 409
    assert send(browser, key, name=["Awa", ""]).status_code == 409
    assert acts(site) == 1


def test_a_key_belongs_to_its_sender(site: Flask, browser: FlaskClient) -> None:
    key = key_of(browser)
    locations = {send(browser, key, user=user, name="Awa").location for user in (0, 1, 2)}
    assert len(locations) == 3
    assert acts(site) == 3


@pytest.mark.parametrize("fault", ["200", "boom"])
def test_a_form_that_was_refused_can_be_corrected_and_sent_again(site: Flask, browser: FlaskClient, fault: str) -> None:
    key = key_of(browser)
    assert send(browser, key, age=fault).status_code in (422, 500)
    assert acts(site) == 0
    assert send(browser, key, age="20").status_code == 303
    assert acts(site) == 1


def test_a_form_that_only_shows_something_can_be_sent_again(site: Flask, browser: FlaskClient) -> None:
    key = key_of(browser)
    assert [send(browser, key, age="look").status_code for _ in range(2)] == [200, 200]
    assert send(browser, key, age="20").status_code == 303


def test_a_post_without_a_key_is_carried_out_each_time(site: Flask, browser: FlaskClient) -> None:
    send(browser, None)
    send(browser, None)
    assert acts(site) == 2


@pytest.mark.parametrize("key", ["short", "x" * 65, "a b c d e f g h i j k", "ключ" * 6, "'; DROP TABLE form_post; --"])
def test_a_key_that_we_did_not_make_is_refused(browser: FlaskClient, key: str) -> None:
    assert send(browser, key).status_code == 400


def test_an_attached_file_is_part_of_the_content_and_still_readable(site: Flask, browser: FlaskClient) -> None:
    key = key_of(browser)
    answers = [
        send(browser, key, photo=(io.BytesIO(content), "photo.jpg")).status_code for content in (b"one", b"one", b"two")
    ]
    assert answers == [303, 303, 409]


def test_eight_identical_posts_at_the_same_moment_act_once(site: Flask, browser: FlaskClient) -> None:
    for _ in range(5):
        before, key = acts(site), key_of(browser)
        answers = at_the_same_moment(site, [lambda k=key: send(site.test_client(), k, name="Awa")] * 8)
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.location for answer in answers}) == 1
        assert acts(site) == before + 1


def test_what_was_typed_is_not_kept(site: Flask, browser: FlaskClient) -> None:
    send(browser, key_of(browser), name="Aminatou Bello")
    with site.app_context():
        row = db.session.execute(select(FormPost.__table__)).one()
    assert b"Aminatou" not in repr(row).encode()
    assert len(row.content) == 32


def test_old_keys_are_forgotten_and_new_ones_kept(site: Flask, browser: FlaskClient) -> None:
    send(browser, key_of(browser))
    with site.app_context():
        assert idempotency.forget_old(NOW + timedelta(hours=47)) == 0
        assert idempotency.forget_old(NOW + timedelta(hours=49)) == 1
