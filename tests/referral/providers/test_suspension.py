"""Suspension: the coordination says it with a reason, nobody is referred there, who may read why, and it is lifted."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import Organization, User
from referral.providers.actions import suspending
from referral.providers.queries import snapshot
from referral.providers.suspension_models import OrganizationSuspension
from referral.referrals.queries import sending
from sop.vocabulary import Need
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

REASON = "Deux plaintes fondées sur des frais demandés."


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, SimpleNamespace]]:
    """A clinic with its keeper, and the people who read its page."""
    with rolled_back(_application) as connection, _application.app_context():
        clinic = make_organization("Clinique Bonapriso")
        place = make_entry(clinic, "Soins")
        make_user(Role.PROVIDER, clinic, "keeper", email="keeper@example.cm")
        for role in (Role.COORDINATOR, Role.COMMITTEE, Role.CASE_MANAGER):
            make_user(role, make_organization(role.value), role.value)
        found = SimpleNamespace(clinic=clinic.id, place=place.id, address=f"/directory/organisations/{clinic.id}")
        db.session.commit()
        yield connection, found


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, SimpleNamespace]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]), _application.app_context():
        yield _application


@pytest.fixture
def at(stage: tuple[Connection, SimpleNamespace]) -> SimpleNamespace:
    return stage[1]


def put(at: SimpleNamespace, act: str) -> bool:
    """The coordination suspends the clinic, or lifts it."""
    who = db.session.scalars(select(User).where(User.role == Role.COORDINATOR)).one()
    one = db.session.get_one(Organization, at.clinic)
    stamp = {"actor": who, "now": NOW}
    done = suspending.suspend(one, REASON, **stamp) if act == "suspend" else suspending.lift(one, **stamp)
    db.session.commit()
    return done


def told() -> list[tuple[str, str]]:
    return [(one.template, one.address) for one in db.session.scalars(select(OutboxMessage))]


def test_it_needs_a_reason_and_a_tick_and_keeps_what_was_typed(
    app: Flask, client: PageClient, at: SimpleNamespace
) -> None:
    client.sign_in("coordinator")
    client.get(f"{at.address}/suspension")
    page = client.submit("reason", reason=REASON)
    assert page.status == 422
    assert next(page.tree.iter("textarea")).text.strip() == REASON
    assert db.session.scalar(select(OrganizationSuspension)) is None
    page = client.submit("reason", reason=REASON, sure="yes")
    assert page.url.endswith(at.address)
    row = db.session.scalars(select(OrganizationSuspension)).one()
    assert (row.organization_id, row.reason, row.lifted_at) == (at.clinic, REASON, None)
    client.get(at.address)
    client.submit("suspension/lift")
    db.session.expire_all()
    assert db.session.scalars(select(OrganizationSuspension)).one().lifted_at is not None


def test_no_new_referral_goes_there_until_it_is_lifted(app: Flask, at: SimpleNamespace) -> None:
    def offered() -> tuple[bool, bool]:
        return not snapshot(NOW).offers[str(at.place)].suspended, sending.place(at.place, Need.MED) is not None

    assert offered() == (True, True)
    assert (put(at, "suspend"), offered()) == (True, (False, False))
    assert put(at, "suspend") is False, "twice is once"
    assert (put(at, "lift"), offered()) == (True, (True, True))
    assert put(at, "lift") is False
    assert told() == [("organization_suspended", "keeper@example.cm"), ("suspension_lifted", "keeper@example.cm")]
    events = set(db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("directory.sus"))))
    assert events == {"directory.suspend", "directory.suspension_lifted"}


@pytest.mark.parametrize(("who", "reads"), [("committee", True), ("case_manager", False), ("keeper", False)])
def test_only_who_decides_reads_why(app: Flask, client: PageClient, at: SimpleNamespace, who: str, reads: bool) -> None:
    put(at, "suspend")
    client.sign_in(who)
    page = client.get(at.address)
    assert "Suspendue du réseau" in page.text
    assert (REASON in page.text) is reads
    if who == "keeper":
        assert "veuillez l’appeler" in page.text
