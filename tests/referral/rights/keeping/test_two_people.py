"""No file is erased from the command line by one person: a named account proposes it, another one does it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners import passwords
from referral.partners.models import User
from referral.rights.actions import asking, holding
from referral.rights.holding import HoldReason
from referral.rights.models import RetentionReview
from referral.rights.rules import Requester, RequestKind, RequestState
from tests.builders import PASSWORD, SECRET, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office


@pytest.fixture
def closed(erasable: Office) -> Office:
    """The office with the case closed, and a second data officer."""
    make_user(Role.DATA_OFFICER, None, "relais")
    db.session.commit()
    return erasable


def erase(app: Flask, office: Office, *options: str, password: str = PASSWORD, code: str = "") -> tuple[int, Any]:
    done = app.test_cli_runner().invoke(
        args=["privacy", "erase", office.case.code, "--json", *options], input=f"{password}\n{code}\n"
    )
    db.session.expire_all()
    found = [line for line in done.output.splitlines() if line.startswith("{")]
    return done.exit_code, json.loads(found[-1]) if found else done.output


def test_what_one_officer_proposed_another_one_erases(app: Flask, closed: Office) -> None:
    assert erase(app, closed, "--by", "donnees", "--yes")[1]["error"] == "nobody"
    code, said = erase(app, closed, "--by", "donnees", "--propose", "--reason", "Double ouverture")
    assert (code, said["erased"], said["proposed"]) == (0, False, True)
    assert erase(app, closed, "--by", "relais", "--propose", "--reason", "Encore")[1]["error"] == "waits"
    assert erase(app, closed, "--by", "donnees", "--yes")[1]["error"] == "same_person"
    assert closed.case.erased_at is None
    code, said = erase(app, closed, "--by", "relais", "--yes")
    assert (code, said["erased"], said["told"]) == (0, True, ["Hôpital"])
    assert closed.case.erased_at is not None
    lines = db.session.scalars(select(AuditLine).where(AuditLine.case_id == closed.case.id)).all()
    who = {line.action: line.actor_id for line in lines}
    assert who["retention.propose"] == closed.officer.id
    assert who["case.erase"] == db.session.scalar(select(User.id).where(User.username == "relais"))
    assert [one.erased for one in db.session.scalars(select(RetentionReview))] == [True]


def test_what_the_person_asked_of_the_team_one_officer_erases(app: Flask, closed: Office) -> None:
    request = asking.ask(
        closed.case, RequestKind.ERASURE, requester=Requester.PERSON, received_on=NOW.date(), words="",
        actor=closed.manager, now=NOW,
    )  # fmt: skip
    db.session.commit()
    assert erase(app, closed, "--by", "donnees", "--yes")[0] == 0
    assert (request.state, request.decided_by_id) == (RequestState.GRANTED, closed.officer.id)


def test_only_a_data_officer_erases(app: Flask, closed: Office) -> None:
    erase(app, closed, "--by", "donnees", "--propose", "--reason", "A")
    code = pyotp.TOTP(SECRET).now()
    assert erase(app, closed, "--by", "gestionnaire", "--yes", code=code)[1]["error"] == "not_yours"


@pytest.mark.parametrize("username", ["ailleurs", "soignante"])
def test_who_has_nothing_to_do_with_the_case_proposes_nothing(app: Flask, closed: Office, username: str) -> None:
    code = pyotp.TOTP(SECRET).now()
    assert erase(app, closed, "--by", username, "--propose", "--reason", "A", code=code)[1]["error"] == "not_yours"


def test_the_case_manager_proposes_with_the_second_factor_and_each_code_opens_once(app: Flask, closed: Office) -> None:
    assert erase(app, closed, "--by", "gestionnaire", "--propose", "--reason", "A")[1]["error"] == "not_them"
    code = pyotp.TOTP(SECRET).now()
    assert erase(app, closed, "--by", "gestionnaire", "--propose", "--reason", "A", code=code)[0] == 0
    assert erase(app, closed, "--by", "gestionnaire", "--yes", code=code)[1]["error"] == "not_them", "opens once"


def test_a_wrong_password_and_an_option_alone_do_nothing(app: Flask, closed: Office) -> None:
    assert (
        erase(app, closed, "--by", "donnees", "--propose", "--reason", "A", password="autre")[1]["error"] == "not_them"
    )
    assert erase(app, closed, "--yes")[0] == 2
    assert erase(app, closed, "--by", "donnees", "--propose")[1]["error"] == "no_reason"
    assert db.session.scalars(select(RetentionReview)).all() == []
    left = [{"on": "2026-11-23", "kind": "referral", "holder": "Hôpital", "times": 1}]
    assert erase(app, closed)[1] == {
        "case": closed.case.code, "erased": False, "proposed": False, "told": ["Hôpital"], "left": left
    }  # fmt: skip


def test_a_legal_hold_stops_the_command(app: Flask, closed: Office) -> None:
    erase(app, closed, "--by", "donnees", "--propose", "--reason", "A")
    holding.place(
        closed.case, HoldReason.LAW, basis="Loi", words="", until=None, review_on=NOW.date() + timedelta(30),
        silent=False, actor=closed.officer, now=NOW,
    )  # fmt: skip
    db.session.commit()
    assert erase(app, closed, "--by", "relais", "--yes") == (
        1, {"case": closed.case.code, "erased": False, "error": "T2"}
    )  # fmt: skip


def test_on_the_page_too_somebody_else_decides_on_a_proposal(app: Flask, closed: Office, client: PageClient) -> None:
    erase(app, closed, "--by", "donnees", "--propose", "--reason", "Double ouverture")
    one = db.session.scalars(select(RetentionReview)).one()
    client.sign_in("donnees")
    page = client.get(f"/rights/retention/{one.id}")
    assert "Double ouverture" in page.text
    assert {radio.get("value") for radio in page.tree.iter("input") if radio.get("name") == "do"} == {"keep"}
    assert client.post(f"/rights/retention/{one.id}", {"do": "erase"}).status == 422
    client.submit("/sign-out")
    client.sign_in("relais")
    client.get(f"/rights/retention/{one.id}")
    assert client.post(f"/rights/retention/{one.id}", {"do": "erase"}).status == 200
    db.session.refresh(closed.case)
    assert closed.case.erased_at is not None


def test_a_new_password_is_told_to_its_owner_in_the_same_transaction(app: Flask, office: Office) -> None:
    def told() -> list[Any]:
        rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "password_changed"))
        return [one.recipient_id for one in rows]

    runner, strong = app.test_cli_runner(), "quatre chats dorment"
    assert runner.invoke(args=["user", "password", "soignante"], input="azertyazertyazerty\n" * 2).exit_code == 1
    assert runner.invoke(args=["user", "password", "personne"], input=f"{strong}\n" * 2).exit_code == 2
    assert told() == []
    assert runner.invoke(args=["user", "password", "soignante"], input=f"{strong}\n" * 2).exit_code == 0
    assert told() == [office.nurse.id]
    db.session.refresh(office.nurse)
    assert passwords.verify(office.nurse.password_hash, strong)
