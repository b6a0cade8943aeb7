"""Why and why not, in words; and the register taken again on the command line."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from sqlalchemy import delete, select

from referral.cases.models import Case
from referral.consent.actions import record_consent
from referral.consent.models import ConsentMark, DecisionRecord
from referral.consent.wording import form_of
from referral.extensions import db
from referral.partners.models import Organization
from referral.partners.queries import user_by_name
from sop.vocabulary import Need
from tests.builders import make_agreement, tamper
from tests.conftest import NOW
from tests.referral.consent.exceptional.conftest import CODE
from tests.referral.consent.register_rows import SECRETS, add_decision

CLINIC = "Clinique du Port (démonstration)"


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["consent", *arguments])


def told(app: Flask, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = run(app, *arguments, "--json")
    return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1])


def one(model: Any, **columns: Any) -> Any:
    return db.session.scalars(select(model).filter_by(**columns)).one()


def agree(app: Flask) -> None:
    with app.app_context():
        case, clinic = one(Case, code=CODE), one(Organization, name=CLINIC)
        record_consent(
            case, recipient=clinic, purpose="referral:MED", categories=["C1", "C2", "C6"], explicit=["C6"],
            mark=ConsentMark.SIGNATURE, language="fra", form_code=form_of("referral:MED"), text_hash="0" * 64,
            valid_until=NOW.date().replace(year=2027), actor=user_by_name("manager"), now=NOW, given_age=31,
        )  # fmt: skip
        db.session.commit()


def test_the_first_lock_that_is_shut_is_said_with_the_lawful_ways_on(app: Flask) -> None:
    code, answer = told(app, "explain", CODE, CLINIC, "MED")
    assert code == 1
    assert (answer["decision"], answer["code"], answer["visible"]) == ("deny", "S1", [])
    assert answer["locks"]["consent"]["state"] == answer["locks"]["agreement"]["state"] == "no"
    said = " ".join(answer["ways"])
    for way in ("Ask the person again", "case code only", "emergency referral"):
        assert way in said
    assert not any(secret in str(answer) for secret in SECRETS)


def test_what_is_missing_changes_with_what_was_done(app: Flask) -> None:
    with app.app_context():
        case, clinic = one(Case, code=CODE), one(Organization, name=CLINIC)
        make_agreement(case.organization, clinic, Need.MED)
        db.session.commit()
    assert told(app, "explain", CODE, "CLIPO", "MED")[1]["code"] == "S1"
    agree(app)
    code, answer = told(app, "explain", CODE.lower(), "clinique du port (demonstration)", "med")
    assert (code, answer["code"]) == (1, "F1")
    states = {name: lock["state"] for name, lock in answer["locks"].items()}
    assert states == {"consent": "yes", "agreement": "yes", "role": "no"}


def test_sentences_come_in_french_too_and_for_people(app: Flask) -> None:
    result = run(app, "explain", CODE, CLINIC, "MED", "--lang", "fr")
    assert result.exit_code == 1
    assert "S1: Pas de partage" in result.stdout
    assert "> Si une vie est en danger, utiliser le référencement d’urgence." in result.stdout


def test_a_case_or_an_organisation_that_is_not_there_is_said(app: Flask) -> None:
    assert told(app, "explain", "CM-XX", CLINIC, "MED")[0] == 2
    code, answer = told(app, "explain", CODE, "Nulle part", "MED")
    assert code == 2
    assert "Nulle part" in answer["error"]


def test_the_register_is_taken_again_and_a_changed_or_missing_decision_is_found(app: Flask) -> None:
    with app.app_context():
        case, clinic, user = one(Case, code=CODE), one(Organization, name=CLINIC), user_by_name("manager")
        first = add_decision(case, clinic, user, now=NOW)  # type: ignore[arg-type]
        second = add_decision(case, clinic, user, now=NOW, consent__state="withdrawn")  # type: ignore[arg-type]
        db.session.commit()
        ids = (first.id, second.id)
    assert told(app, "check") == (0, {
        "kept": 2, "noted": 2, "identical": 2, "older_rules": 0, "different": 0, "altered": 0, "odd": [], "ok": True,
    })  # fmt: skip
    with app.app_context():
        tamper(db.session.get_one(DecisionRecord, ids[1]), outcome="allow", code="F0")
        db.session.commit()
    code, report = told(app, "check", "--case", CODE)
    assert (code, report["different"], report["odd"]) == (1, 1, [str(ids[1])])
    with app.app_context():
        db.session.connection().execute(delete(DecisionRecord).where(DecisionRecord.id == ids[1]))
        db.session.commit()
    code, report = told(app, "check")
    assert (code, report["kept"], report["noted"], report["odd"]) == (1, 1, 2, [])
    assert told(app, "check", "--case", "CM-XX")[0] == 2
