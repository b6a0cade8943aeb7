"""Who reviews an emergency access for which the team has nobody: the data officer, then the coordination."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from referral.consent.actions import emergencies
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import User
from referral.rights.actions.breaching import report_unreviewed
from referral.rights.models import Breach
from tests.builders import make_user
from tests.conftest import NOW
from tests.referral.consent.exceptional.conftest import CODE
from tests.referral.consent.exceptional.test_emergency import WHY, Later, Visit, accesses, declare, notices
from tests.referral.consent.register_rows import SECRETS

WAITING = "/register/emergencies/waiting"


def suspend(app: Flask, *names: str) -> None:
    with app.app_context():
        db.session.execute(update(User).where(User.username.in_(names)).values(active=False))
        db.session.commit()


@pytest.fixture(autouse=True)
def staff(app: Flask) -> None:
    with app.app_context():
        make_user(Role.COORDINATOR, None, "chief")
        make_user(Role.ADMINISTRATOR, None, "keys")
        db.session.commit()


def where(app: Flask) -> str:
    with app.app_context():
        return f"/register/emergencies/{accesses()[0].id}/review"


def test_the_coordination_reviews_by_codes_alone_while_no_data_officer_is_active(app: Flask, visit: Visit) -> None:
    suspend(app, "supervisor", "officer")
    declare(visit("nurse"))
    with app.app_context():
        assert {("emergency_opened", "chief"), ("data_officer_missing", "keys")} <= notices()
    chief = visit("chief")
    assert "/register/emergencies/waiting" in chief.get("/alerts").html
    assert where(app) in chief.get(WAITING).html
    page = chief.get(where(app))
    for secret in (*SECRETS, WHY):
        assert secret not in page.html
    chief.submit(conclusion="justified", words="Vu avec le service, conforme.")
    with app.app_context():
        assert accesses()[0].conclusion == "justified"
    assert chief.get(where(app)).status == 404


def test_the_coordination_sees_nothing_while_there_is_a_data_officer(app: Flask, visit: Visit, later: Later) -> None:
    declare(visit("nurse"))
    later(hours=73)
    chief = visit("chief")
    assert CODE not in chief.get(WAITING).html
    assert chief.get(where(app)).status == 404
    assert chief.post(where(app), {"conclusion": "justified", "words": "Tout est en ordre."}).status == 404
    assert where(app) in visit("officer").get(WAITING).html


def test_who_opened_an_access_never_reviews_it_in_a_later_role(app: Flask, visit: Visit) -> None:
    suspend(app, "supervisor", "officer")
    declare(visit("nurse"))
    with app.app_context():
        db.session.execute(update(User).where(User.username == "nurse").values(role=Role.COORDINATOR))
        db.session.commit()
    assert CODE not in visit("nurse").get(WAITING).html
    assert visit("nurse").get(where(app)).status == 404


def test_the_administrators_are_asked_for_a_data_officer_and_see_no_case(app: Flask, visit: Visit) -> None:
    page = visit("keys").get("/accounts")
    assert "sans référent" not in page.text
    suspend(app, "supervisor", "officer")
    declare(visit("nurse"))
    page = visit("keys").get("/accounts")
    assert "Nommez" in page.text
    assert CODE not in page.html


def test_what_nobody_can_review_is_a_breach_after_72_hours_and_once(app: Flask, visit: Visit, later: Later) -> None:
    suspend(app, "officer")
    declare(visit("nurse"))
    later(hours=71)
    with app.app_context():
        assert report_unreviewed(app.extensions["mnr.clock"]()) == 0
    later(hours=73)
    with app.app_context():
        now = app.extensions["mnr.clock"]()
        assert report_unreviewed(now) == 0, "the coordination can"
        emergencies.remind(now)
        assert ("emergency_overdue", "chief") in notices()
    suspend(app, "chief")
    with app.app_context():
        assert [report_unreviewed(now), report_unreviewed(now)] == [1, 0]
        one = db.session.scalars(select(Breach)).one()
        assert (one.kind, one.recorded_by_id, one.persons, one.access_id) == ("unreviewed", None, 1, accesses()[0].id)
        assert one.discovered_at > NOW
        db.session.execute(update(User).where(User.username == "officer").values(active=True))
        db.session.commit()
    assert "72 heures" in visit("officer").get("/rights/breaches").text
