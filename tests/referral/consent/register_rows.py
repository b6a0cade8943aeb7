"""Rows that the register's tests read: a case with sealed content, decisions about it, looks at it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from referral.cases.models import Case
from referral.cases.rules import CaseState
from referral.consent.models import DecisionRecord
from referral.consent.rules import Request, decide
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.grants import Role
from referral.foundation.sealing import OwnerKind
from referral.foundation.tables import new_id
from referral.partners.models import Organization, User
from referral.people.actions import add_person
from sop.vocabulary import Category, Priority
from tests.builders import make_organization, make_procedure, make_user
from tests.conftest import NOW

SECRETS = ("Zénabou", "Tchakounté", "+237 000 112 358", "Carrefour des Manguiers", "plaie au bras gauche")
C = ("C1", "C2", "C6")
REQUEST: dict[str, Any] = {
    "today": "2026-11-23",
    "actor": {
        "org": "clinic", "role": "provider", "active": True, "trained": True, "conflict": False, "assigned": True,
        "kind": "health",
    },
    "action": "send",
    "categories": C,
    "purpose": "referral:MED",
    "case": {
        "owner": "minas", "status": "active", "age": 31, "capacity": True, "asylum": False, "legal_hold": False,
        "erased": False,
    },
    "consent": {
        "state": "given", "recipients": ["clinic"], "purposes": ["referral:MED"], "categories": C, "explicit": ["C6"],
        "until": "2027-11-23", "language_ok": True, "interpreter": False, "mark": "signature", "witness": False,
        "assent": False, "guardian": False, "bip_decision": False, "representative": False, "coerced": False,
        "version_ok": True, "given_age": 31,
    },
    "agreement": {
        "exists": True, "signed_both": True, "from": "2026-01-01", "to": "2027-12-31", "suspended": False,
        "categories": C, "purposes": ["referral:MED"], "cross_border": False, "transfer_ok": False, "onward": False,
    },
    "referral": {"status": "draft"},
}  # fmt: skip


def make_case(code: str, organization: Organization, manager: User) -> Case:
    """An active case whose person has a name, a number, a place and a wound: none of it may reach the register."""
    given, family, phone, place, wound = SECRETS
    person = add_person(
        {"sex": "female", "age_band": "adult"},
        {
            Category.C2: {"given_names": given, "family_name": family, "safe_phone": phone},
            Category.C12: {"address": place},
            Category.C6: {"health_note": wound},
        },
        now=NOW,
    )
    case = Case(
        id=new_id(), code=code, person=person, organization=organization, manager=manager,
        identified_by_id=manager.id, region="CM005", state=CaseState.ACTIVE, priority=Priority.HIGH,
        facts={"age": 31}, engine={}, procedure_version_id=make_procedure().id, identified_at=NOW, opened_at=NOW,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    sealing.create_keys({case.id: OwnerKind.CASE}, now=NOW)
    return case


def add_decision(case: Case, recipient: Organization, actor: User, *, now: datetime, **changes: Any) -> DecisionRecord:
    """A decision as `decide_and_register` would leave it: a row of the register and a line of the trail."""
    mapping = deepcopy(REQUEST)
    for path, value in changes.items():
        part, _, key = path.partition("__")
        if key:
            mapping[part][key] = value
        else:
            mapping[part] = value
    request = Request.from_mapping(mapping)
    decision = decide(request)
    referral = SimpleNamespace(case_id=case.id, id=new_id(), __tablename__="referral")
    row = DecisionRecord.of(request, decision, referral=referral, actor=actor, recipient_id=recipient.id, now=now)
    db.session.add(row)
    audit.record("sharing.decide", actor=actor, now=now, case_id=case.id, subject=referral, code=decision.code)
    return row


def fill() -> None:
    """Two cases, three decisions, two looks, one sign-in, and the users who may or may not read about them."""
    minas = make_organization("Délégation régionale (démonstration)")
    clinic = make_organization("Clinique du Port (démonstration)")
    manager = make_user(Role.CASE_MANAGER, minas, "cm.douala")
    make_user(Role.DATA_OFFICER, minas, "officer")
    make_user(Role.ADMINISTRATOR, minas, "admin")
    make_user(Role.SUPERVISOR, minas, "supervisor")
    first = make_case("CM-LT-2026-00001", minas, manager)
    second = make_case("CM-LT-2026-00002", minas, manager)
    audit.record("sign_in.password", actor=manager, now=NOW - timedelta(hours=9))
    audit.record("prefile.read", actor=manager, now=NOW - timedelta(hours=8), case_id=first.id, subject=first)
    add_decision(first, clinic, manager, now=NOW - timedelta(hours=7), consent__state="withdrawn")
    add_decision(first, clinic, manager, now=NOW - timedelta(hours=6), action="preview")
    add_decision(second, clinic, manager, now=NOW - timedelta(hours=5), consent__categories=("C1", "C2"))
    audit.record("identity.reveal", actor=manager, now=NOW - timedelta(hours=4), case_id=second.id, subject=second)
    db.session.commit()


assert date.fromisoformat(REQUEST["today"]) == NOW.date(), "the consent above is valid on the day of the tests"
