"""Move an open case to the version of the procedure in force: on purpose, with its reasons kept, never silently."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from referral.cases.actions import progress
from referral.cases.actions.steps import settle, write_note
from referral.cases.models import Case, CaseEvent
from referral.cases.queries.moving import Prospect, prospect, version_ahead
from referral.cases.rules import MOVED
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.procedures import queries as procedures
from sop.state import State
from sop.vocabulary import N_, Message

NOT_AHEAD = Message("not_ahead", N_("The case is closed, or already on this version: nothing was moved."))
NO_WAIVER = Message("no_waiver", N_("The case is only moved once every step that would not be done is waived."))
NO_REASON = Message("no_reason", N_("Waiving a step needs a reason."))


def move_version(
    case: Case,
    target_id: UUID | None,
    *,
    version: int,
    waived: Collection[str] = (),
    reason: str = "",
    actor: Any,
    now: datetime,
) -> None:
    """Move the case to `target_id`, the version in force; `version` is that of the case that the supervisor saw.

    The caller holds the lock of the case's row. Raises `RuleViolation` with the first reason of the preview, when a
    step has to be waived and is not, or when there is nothing to move. The reason is sealed as a note; the event
    and the audit line keep codes only.
    """
    target = version_ahead(case)
    if target is None or target.id != target_id:
        raise RuleViolation(NOT_AHEAD)
    if case.version != version:
        raise RuleViolation(progress.NOT_NOW)
    found = prospect(case, target, now)
    if found.state is None:
        raise RuleViolation(found.refusals[0])
    if found.missing(waived):
        raise RuleViolation(NO_WAIVER, 422)
    if found.waivable and not reason.strip():
        raise RuleViolation(NO_REASON, 422)
    _carry_out(case, found, found.state, actor=actor, now=now)
    write_note(case, "", None, reason if found.waivable else "", actor=actor, now=now)
    settle(case, {}, actor=actor, now=now)


def _carry_out(case: Case, found: Prospect, state: State, *, actor: Any, now: datetime) -> None:
    """The new fold, its event and the audit line."""
    old_id, steps = case.procedure_version_id, [step for step, _reason in found.waivable]
    codes: dict[str, Any] = {"old": found.old.version, "new": found.new.version, "waived": steps}
    case.priority_rule = _same_rule(case, found)
    case.procedure_version_id = found.target.id
    progress.store(case, state, now=now)
    db.session.add(
        CaseEvent(
            case_id=case.id,
            sequence=state.sequence - 1,
            kind=MOVED,
            facts={**codes, "old_id": str(old_id), "new_id": str(found.target.id)},
            actor_id=actor.id,
            at=now,
        )
    )
    audit.record("case.move_version", actor=actor, now=now, case_id=case.id, subject=case, **codes)


def _same_rule(case: Case, found: Prospect) -> int:
    """The rule of the new triage table that says what the old one said of this case; 0 when none does."""
    before = procedures.triage_table(case.procedure_version_id).rules
    said = next((rule for rule in before if rule.number == case.priority_rule), None)
    rules = procedures.triage_table(found.target.id).rules
    same = (rule for rule in rules if said and (rule.priority, rule.reason) == (said.priority, said.reason))
    return next((rule.number for rule in same), 0)
