"""Signing in: two factors, throttled before hashing, sessions that end at once, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners import actions, queries
from tests.builders import PASSWORD, SECRET, make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient


@pytest.fixture
def people(app: Flask) -> Flask:
    with app.app_context():
        organization = make_organization()
        make_user(Role.ADMINISTRATOR, organization, "admin")
        make_user(Role.CASE_MANAGER, organization, "cm")
        db.session.commit()
    return app


def at(app: Flask, **later: int) -> None:
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(**later)


def sign_in(client: PageClient, username: str, password: str = PASSWORD) -> object:
    client.get("/sign-in")
    return client.submit("username", username=username, password=password)


def code(**later: int) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(**later))


def test_a_stranger_meets_the_sign_in_page_at_the_root(client: PageClient) -> None:
    page = client.get("/")
    assert page.status == 200
    assert page.title == "Se connecter"


def test_a_role_without_identity_signs_in_with_the_password_alone(people: Flask, client: PageClient) -> None:
    page = sign_in(client, "admin")
    assert page.title == "Comptes"


def test_a_role_that_sees_identity_needs_the_second_factor(people: Flask, client: PageClient) -> None:
    assert sign_in(client, "cm").title == "Seconde étape"
    assert client.get("/account", follow=False).status == 303
    client.get("/sign-in")
    client.submit("username", username="cm", password=PASSWORD)
    client.submit("code", code=code())
    assert client.get("/account").status == 200


def test_a_code_of_the_second_factor_opens_once(people: Flask, client: PageClient, app: Flask) -> None:
    sign_in(client, "cm")
    client.submit("code", code=code())
    other = PageClient(app)
    sign_in(other, "cm")
    assert other.submit("code", code=code()).status == 422
    at(app, seconds=31)
    assert other.submit("code", code=code(seconds=31)).status == 200


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(people: Flask, client: PageClient) -> None:
    known = sign_in(client, "admin", "not this one at all")
    unknown = sign_in(client, "nobody", "not this one at all")
    assert known.status == unknown.status == 422
    assert "Le nom ou le mot de passe ne convient pas." in known.text
    assert known.text == unknown.text


def test_the_sixth_try_is_refused_even_with_the_right_password_and_a_place_leaks_out(
    people: Flask, client: PageClient, app: Flask
) -> None:
    for _ in range(5):
        assert sign_in(client, "admin", "wrong wrong wrong").status == 422
    assert sign_in(client, "admin").status == 429
    at(app, minutes=8)
    assert sign_in(client, "admin").title == "Comptes"


def test_an_old_cookie_opens_nothing_after_signing_out(people: Flask, client: PageClient) -> None:
    client.sign_in("admin")
    assert client.get("/accounts").status == 200
    cookie = client.client.get_cookie("mnr_session").value
    client.submit("/sign-out")
    client.client.set_cookie("mnr_session", cookie)
    assert client.get("/accounts", follow=False).status == 303


def test_changing_the_password_ends_every_session(people: Flask, client: PageClient, app: Flask) -> None:
    other = PageClient(app)
    sign_in(other, "admin")
    sign_in(client, "admin")
    client.get("/account")
    client.submit("present", present=PASSWORD, new="cinq lapins sautent", again="cinq lapins sautent")
    assert other.get("/accounts", follow=False).status == 303
    assert sign_in(client, "admin").status == 422
    assert sign_in(client, "admin", "cinq lapins sautent").title == "Comptes"


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("court", "court", "au moins 12 caractères"),
        ("motdepasse123456", "motdepasse123456", "parmi les premiers"),
        ("cinq lapins sautent", "six lapins sautent", "diffèrent"),
    ],
)
def test_a_weak_or_mistyped_new_password_is_explained_at_its_field(
    people: Flask, client: PageClient, new: str, again: str, sentence: str
) -> None:
    client.sign_in("admin")
    client.get("/account")
    page = client.submit("present", present=PASSWORD, new=new, again=again)
    assert page.status == 422
    assert sentence in page.text


def test_a_disabled_account_loses_its_session_at_once(people: Flask, client: PageClient, app: Flask) -> None:
    client.sign_in("admin")
    with app.app_context():
        queries.user_by_name("admin").active = False
        db.session.commit()
    assert client.get("/accounts", follow=False).status == 303


def test_an_idle_session_ends_after_half_an_hour_and_any_session_after_twelve(
    people: Flask, client: PageClient, app: Flask
) -> None:
    client.sign_in("admin")
    at(app, minutes=31)
    assert client.get("/accounts", follow=False).status == 303


def test_what_was_typed_survives_a_session_that_ended_in_mid_form(
    people: Flask, client: PageClient, app: Flask
) -> None:
    client.sign_in("admin")
    client.get("/account")
    with app.app_context():
        actions.close_all_sessions(queries.user_by_name("admin"), now=NOW)
        db.session.commit()
    page = client.submit("present", present=PASSWORD, new="motdepasse123456", again="motdepasse123456")
    assert page.status == 401
    assert "ce que vous avez saisi est gardé" in page.text
    page = client.submit("username", username="admin", password=PASSWORD)
    assert page.title == "Ce que vous avez saisi est toujours là"
    page = client.submit("/account/password")
    assert page.status == 422
    assert "parmi les premiers" in page.text


def test_signing_in_leads_back_to_the_page_asked_for_but_never_to_another_host(
    people: Flask, client: PageClient
) -> None:
    client.get("/accounts")
    assert client.submit("username", username="admin", password=PASSWORD).title == "Comptes"
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        client.get("/sign-in", query_string={"next": target})
        page = client.post("/sign-in", {"username": "admin", "password": PASSWORD, "next": target}, follow=False)
        assert page.response.headers.get("Location", "/") == "/"


def test_an_administrator_reaches_no_page_of_another_role(people: Flask, client: PageClient) -> None:
    client.sign_in("admin")
    assert client.get("/agreements").status == 404
