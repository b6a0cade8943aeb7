"""A prepared referral whose person has not answered yet, once a module; what each test writes is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from referral.referrals.actions import sending
from sop.vocabulary import Need
from tests.builders import make_agreement, make_organization, make_planned_case, make_service, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.signing_in import sign_in


@dataclass(frozen=True)
class Stage:
    """Ids only, so that each request reads the rows anew."""

    case: UUID
    referral: UUID

    @property
    def url(self) -> str:
        return f"/referrals/{self.referral}/consent"


def _stage(app: Flask) -> Stage:
    with app.app_context():
        team, hospital = make_organization(), make_organization(kind=OrganizationKind.HEALTH)
        manager = make_user(Role.CASE_MANAGER, team, "gestion")
        make_user(Role.CASE_MANAGER, team, "collegue")
        make_user(Role.SUPERVISOR, team, "chef")
        make_user(Role.DATA_OFFICER, None, "donnees")
        make_user(Role.ADMINISTRATOR, None, "admin")
        make_user(Role.CASE_MANAGER, make_organization(), "ailleurs")
        nurse = make_user(Role.PROVIDER, hospital, "soignante")
        case = make_planned_case(manager, Need.MED)
        place = make_service(hospital, Need.MED, staff=(nurse,))
        make_agreement(team, hospital, Need.MED)
        referral = sending.draft(case, Need.MED, place, actor=manager, now=NOW)
        db.session.commit()
        return Stage(case.id, referral.id)


@pytest.fixture(scope="module")
def built(_application: Flask) -> Iterator[tuple[Connection, Stage]]:
    with rolled_back(_application) as connection:
        yield connection, _stage(_application)


@pytest.fixture
def app(_application: Flask, built: tuple[Connection, Stage]) -> Iterator[Flask]:
    with taken_back(_application, built[0]):
        yield _application


@pytest.fixture
def stage(built: tuple[Connection, Stage]) -> Stage:
    return built[1]


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], PageClient]:
    def enter(username: str) -> PageClient:
        client = PageClient(app, sign_in=sign_in)
        client.sign_in(username)
        return client

    return enter
