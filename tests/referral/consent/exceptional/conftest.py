"""Two services on both sides of one case, and an authority outside: what each may open when nobody has agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind, OrganizationType
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.consent.register_rows import make_case
from tests.signing_in import sign_in

CODE, CHILD, HELD = "CM-LT-2026-00001", "CM-LT-2026-00002", "CM-LT-2026-00003"
"""Cases of an adult, of a child, and of an adult whose file a United Nations organisation holds."""


def fill() -> None:
    minas = make_organization("Délégation régionale (démonstration)")
    agency = make_organization("Agence (démonstration)", type=OrganizationType.UN)
    clinic = make_organization("Clinique du Port (démonstration)", kind=OrganizationKind.HEALTH, acronym="CLIPO")
    school = make_organization("Lycée (démonstration)", kind=OrganizationKind.TRAINING)
    manager = make_user(Role.CASE_MANAGER, minas, "manager", email="manager@example.cm")
    make_user(Role.CASE_MANAGER, minas, "colleague")
    make_user(Role.SUPERVISOR, minas, "supervisor", email="supervisor@example.cm")
    make_user(Role.SUPERVISOR, agency, "agency_head")
    keeper = make_user(Role.CASE_MANAGER, agency, "keeper")
    make_user(Role.PROVIDER, clinic, "nurse", full_name="Solange Etoa")
    make_user(Role.PROVIDER, clinic, "doctor")
    make_user(Role.PROVIDER, school, "teacher")
    make_user(Role.FIRST_RESPONDER, minas, "desk")
    make_user(Role.FIRST_RESPONDER, minas, "night_desk")
    make_user(Role.DATA_OFFICER, None, "officer", email="officer@example.cm")
    make_case(CODE, minas, manager).facts = {"age": 31, "age_band": "adult", "fear_of_return": False}
    make_case(CHILD, minas, manager).facts = {"age": 12, "age_band": "minor", "fear_of_return": False}
    make_case(HELD, agency, keeper).facts = {"age": 31, "age_band": "adult", "fear_of_return": False}
    db.session.commit()


@pytest.fixture(scope="module")
def scene(_application: Flask) -> Iterator[Connection]:
    """The scene, once for a module."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            fill()
        yield connection


@pytest.fixture
def app(_application: Flask, scene: Connection) -> Iterator[Flask]:
    """What a test does is taken back."""
    with taken_back(_application, scene):
        yield _application


@pytest.fixture
def known() -> dict[str, PageClient]:
    """Who signed in during a test."""
    return {}


@pytest.fixture
def visit(app: Flask, known: dict[str, PageClient]) -> Callable[[str], PageClient]:
    """A signed-in client by account; each account signs in once a test."""

    def of(account: str) -> PageClient:
        if account not in known:
            known[account] = PageClient(app, sign_in=sign_in)
            known[account].sign_in(account)
        return known[account]

    return of


@pytest.fixture
def later(app: Flask, known: dict[str, PageClient]) -> Callable[..., None]:
    """Let time pass: `later(hours=2)` from the moment of the tests; everybody signs in again."""

    def pass_by(**time: Any) -> None:
        app.extensions["mnr.clock"] = lambda: NOW + timedelta(**time)
        for account, client in known.items():
            client.sign_in(account)

    return pass_by
