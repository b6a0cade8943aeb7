"""Orders and reports: register, verify, hear counsel, refuse; each time the sharing decision is taken and kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.cases.models import Case
from referral.consent.actions.emergencies import register as register_decision
from referral.consent.exceptional_models import LegalOrder
from referral.consent.orders import INFORMAL_CODE, OrderKind, OrderState, reference, state_of
from referral.consent.queries import exceptional as queries
from referral.consent.rules import Decision, decide
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox, sealing
from referral.foundation.grants import Role
from referral.foundation.tables import new_id
from referral.partners.queries import users_of_role
from sop.vocabulary import N_, Message

NOT_NOW = Message("order_not_now", N_("This cannot be done now: the request has moved on."))
TWO_PEOPLE = Message("order_two_people", N_("Somebody else verifies what you registered."))
TELLS_SUPERVISOR = frozenset({"L2", "L3", "L6"})
TELLS_OFFICER = frozenset({"L1", "L3", "L4", "L5"})


def state(row: LegalOrder) -> OrderState:
    """Where an order stands."""
    return state_of(row.code, answered=row.answered_at is not None, refused=row.refused_at is not None)


def register(case: Case, values: Mapping[str, Any], *, actor: Any, now: datetime) -> LegalOrder:
    """Register what an authority asks about a case and decide at once.

    `values`: kind, asked, scope, dated_on, and the words authority, signatory, number, note, which are sealed.
    """
    row = LegalOrder(
        id=new_id(), reference=reference(secrets.choice), case=case, kind=values["kind"], dated_on=values["dated_on"],
        asked=sorted(values["asked"]), received_at=now, received_by_id=actor.id, code="D0",
        scope=sorted(values["scope"]) if values["kind"] is OrderKind.JUDICIAL else [],
    )  # fmt: skip
    row.case_id = case.id
    _seal_words(row, values)
    db.session.add(row)
    audit.record(
        "order.register", actor=actor, now=now, case_id=case.id, subject=row, code=row.kind.value, asked=row.asked
    )
    _decide(row, actor=actor, now=now)
    return row


def register_informal(values: Mapping[str, Any], *, actor: Any, now: datetime) -> LegalOrder:
    """Register what somebody without an order asks, outside any case, and refuse it: nobody is looked up for that.

    `values`: way, dated_on, and the words authority, signatory, number, note, sealed under a key of their own.
    No sharing decision is kept, because nothing of any case was asked of it: rule L2 refuses whoever it is about.
    """
    row = LegalOrder(
        id=new_id(), reference=reference(secrets.choice), organization_id=actor.organization_id,
        kind=OrderKind.INFORMAL, way=values["way"], dated_on=values["dated_on"], asked=[], scope=[], received_at=now,
        received_by_id=actor.id, code=INFORMAL_CODE,
    )  # fmt: skip
    sealing.create_keys({row.id: sealing.OwnerKind.DOCUMENT}, now=now)
    _seal_words(row, values)
    db.session.add(row)
    db.session.flush()
    audit.record("order.register", actor=actor, now=now, subject=row, code=row.kind.value, way=values["way"].value)
    _tell(row, now)
    return row


def erase_words(row: LegalOrder, *, actor: Any, now: datetime) -> None:
    """Erase who asked what in a request about no case: its key is destroyed, its code and its day stay."""
    sealing.erase_key(row.id, sealing.OwnerKind.DOCUMENT, now=now)
    row.sealed_words, row.erased_at = b"", now
    audit.record("order.erase", actor=actor, now=now, subject=row, code="RETENTION")


def _seal_words(row: LegalOrder, values: Mapping[str, Any]) -> None:
    words = {name: values[name] for name in ("authority", "signatory", "number", "note")}
    row.sealed_words = sealing.seal_text(row.key_owner, f"order:{row.id}", json.dumps(words))


def _decide(row: LegalOrder, *, actor: Any, now: datetime, action: str = "view") -> Decision:
    case = row.case
    if case is None:
        raise RuleViolation(NOT_NOW)
    request = queries.order_request(case, row, now=now, action=action)
    decision = decide(request)
    register_decision(request, decision, case=case, recipient_id=None, actor=actor, now=now)
    if row.code != decision.code:
        row.code = decision.code
        _tell(row, now)
    return decision


def _tell(row: LegalOrder, now: datetime) -> None:
    told = users_of_role(Role.DATA_OFFICER) if row.code in TELLS_OFFICER else []
    if row.code in TELLS_SUPERVISOR:
        supervisors = users_of_role(Role.SUPERVISOR, organization_id=row.team.id)
        told += supervisors or ([] if told or row.case_id else users_of_role(Role.DATA_OFFICER))
    for user in told:
        outbox.queue("order_received", now=now, user=user, reference=row.reference)


def expect(row: LegalOrder, wanted: OrderState) -> None:
    """Raise `RuleViolation` unless the order stands there."""
    if state(row) is not wanted:
        raise RuleViolation(NOT_NOW)


def expect_verifier(row: LegalOrder, actor: Any) -> None:
    """Raise `RuleViolation` unless the order waits for being verified, by somebody other than who registered it."""
    expect(row, OrderState.TO_VERIFY)
    if actor.id == row.received_by_id:
        raise RuleViolation(TWO_PEOPLE)


def verify(row: LegalOrder, *, genuine: bool, words: str, actor: Any, now: datetime) -> Decision:
    """Somebody other than who registered it says whether the order is genuine, and how that was found out."""
    expect_verifier(row, actor)
    row.verified, row.verified_at, row.verified_by_id = genuine, now, actor.id
    row.sealed_check = sealing.seal_text(row.key_owner, f"order_check:{row.id}", words)
    audit.record(
        "order.verify", actor=actor, now=now, case_id=row.case_id, subject=row, code="genuine" if genuine else "not"
    )
    return _decide(row, actor=actor, now=now)


def hear_counsel(row: LegalOrder, *, waived: bool, actor: Any, now: datetime) -> None:
    """Legal counsel answered: immunities stand, and the request is refused; or they were waived in writing."""
    expect(row, OrderState.COUNSEL)
    audit.record(
        "order.counsel", actor=actor, now=now, case_id=row.case_id, subject=row, code="waived" if waived else "stands"
    )
    if waived:
        row.waived = True
        _decide(row, actor=actor, now=now)
    else:
        row.refused_at = now


def conclude(row: LegalOrder, *, actor: Any, now: datetime) -> None:
    """The data officer found no duty to report an adult: the request is refused."""
    expect(row, OrderState.OFFICER)
    row.refused_at = now
    audit.record("order.conclude", actor=actor, now=now, case_id=row.case_id, subject=row)


def answer(row: LegalOrder, *, actor: Any, now: datetime) -> Decision:
    """Decide once more for the paper that goes out; where it is allowed the order counts as answered."""
    if state(row) not in (OrderState.MAY_ANSWER, OrderState.ANSWERED):
        raise RuleViolation(NOT_NOW)
    decision = _decide(row, actor=actor, now=now, action="print")
    if decision.allowed:
        row.answered_at = row.answered_at or now
        audit.record(
            "order.print", actor=actor, now=now, case_id=row.case_id, subject=row, code=decision.code,
            categories=list(decision.visible),
        )  # fmt: skip
    return decision
