"""One case with its team for all tests of a module; what each test writes is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.grants import Role
from sop.vocabulary import Category, Need
from tests import builders, case_forms
from tests.conftest import rolled_back, taken_back
from tests.page_client import PageClient
from tests.signing_in import sign_in

ALLOWED = [Category.C2, Category.C5, Category.C6]
"""What base consent covers in the scene."""


@dataclass(frozen=True)
class Scene:
    """A case at N07 of `gestion` (colleague `collegue`, supervisor `chef`), with one finished assessment."""

    case: UUID
    code: str
    assessed: UUID
    forms: str


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Scene]]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            builders.make_procedure()
            team = builders.make_organization("MINAS (démonstration)", mandates=["ENF"])
            manager = builders.make_user(Role.CASE_MANAGER, team, "gestion")
            builders.make_user(Role.CASE_MANAGER, team, "collegue")
            builders.make_user(Role.SUPERVISOR, team, "chef")
            case = builders.make_case(manager, builders.WORDS)
            covered = {"categories": ALLOWED, "explicit": [Category.C6], "purpose": "case_management"}
            builders.make_consent(case, team, Need.MED, actor=manager, **covered)
            told = case_forms.ASSESSMENT | {
                "skills": "Brode-au-fil-d’or",
                "summary": "Veut apprendre un métier.",
                "health_situation": ["pregnant"],
                "members": [case_forms.MEMBER | {"member_name": "Zoukoumbélé"}],
            }
            done = case_forms.make_case_form(case, "vulnerability_assessment", told)
            scene = Scene(case.id, case.code, done.id, f"/cases/{case.id}/forms")
            db.session.commit()
        yield connection, scene


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Scene]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def scene(stage: tuple[Connection, Scene]) -> Scene:
    return stage[1]


Someone = Callable[..., PageClient]


@pytest.fixture
def someone(app: Flask) -> Someone:
    def at_work(name: str = "gestion", language: str = "fr") -> PageClient:
        client = PageClient(app, language, sign_in=sign_in)
        client.sign_in(name)
        return client

    return at_work


@pytest.fixture
def case(app: Flask, scene: Scene) -> Iterator[Case]:
    with app.app_context():
        yield db.session.get_one(Case, scene.case)
