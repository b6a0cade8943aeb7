"""A coordination, a committee, partners, and the procedure in force; versions are made through the actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.queries import user_by_name
from referral.procedures import actions
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import VersionAction
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.procedures import texts
from tests.signing_in import sign_in

PEOPLE = (
    ("coordinator", Role.COORDINATOR),
    ("other", Role.COORDINATOR),
    ("committee", Role.COMMITTEE),
    ("manager", Role.CASE_MANAGER),
    ("provider", Role.PROVIDER),
    ("officer", Role.DATA_OFFICER),
    ("admin", Role.ADMINISTRATOR),
)


@pytest.fixture
def office(app: Flask) -> Flask:
    """Everybody who has to do with versions, and the library's procedure in force."""
    with app.app_context():
        house = builders.make_organization("Foyer Espérance (démonstration)")
        for name, role in PEOPLE:
            partner = house if role in (Role.CASE_MANAGER, Role.PROVIDER) else None
            builders.make_user(role, partner, name, full_name=f"Agent {name}", language="en")
        builders.make_procedure()
        db.session.commit()
    return app


@pytest.fixture
def who(office: Flask) -> Callable[[str], Any]:
    """who(name) -> the account; inside an application context."""
    return lambda name: user_by_name(name)


@pytest.fixture
def visit(office: Flask) -> Callable[[str], PageClient]:
    """visit(name) -> a page client signed in as that person, in English."""

    def enter(name: str) -> PageClient:
        client = PageClient(office, language="en")
        sign_in(client, name)
        return client

    return enter


@pytest.fixture
def draft(office: Flask, visit: Callable[[str], PageClient]) -> tuple[PageClient, str]:
    """The coordination, and where the draft 1.0.0 is."""
    with office.app_context():
        stamp = {"actor": user_by_name("coordinator"), "now": NOW}
        one = actions.new_draft(texts.numbered("1.0.0"), texts.TRIAGE, **stamp)
        db.session.commit()
        return visit("coordinator"), f"/procedure/versions/{one.id}"


@pytest.fixture
def consultation(office: Flask, draft: tuple[PageClient, str]) -> tuple[PageClient, str]:
    """The same after its consultation was opened."""
    with office.app_context():
        one = db.session.get_one(ProcedureVersion, UUID(draft[1].rpartition("/")[2]))
        stamp = {"actor": user_by_name("coordinator"), "now": NOW, "today": NOW.date()}
        actions.move(one, VersionAction.OPEN_CONSULTATION, revision=one.revision, **stamp)
        db.session.commit()
    return draft
