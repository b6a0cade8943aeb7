"""Record a step of the procedure that has no page of its own: words are sealed, answers are coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from referral.cases.actions import progress
from referral.cases.closing import criteria, may_ask
from referral.cases.models import Case, CaseApproval, CaseNote, CaseTask
from referral.cases.queries.closing import standing
from referral.cases.queries.news import note_purpose
from referral.cases.queries.overview import approval
from referral.cases.queries.progress import find_todo, is_waiting_for_answer, state_of
from referral.cases.questions import C5_FIELDS, GOAL, MAX_NOTE
from referral.cases.rules import (
    APPROVED_STEP,
    TRANSITIONS,
    ApprovalKind,
    ApprovalState,
    CaseAction,
    CaseState,
    ClosureReason,
    needs_approval,
)
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox, sealing
from referral.foundation.tables import new_id
from referral.partners import queries as partners
from referral.partners.models import User
from referral.procedures import queries as procedures
from sop.vocabulary import N_, Category, Message, Need

CHILD_LANE, CHILD_MANDATE = "CHILD", "ENF"
PLAN_STEP = APPROVED_STEP[ApprovalKind.PLAN]
CLOSING_STEP = APPROVED_STEP[ApprovalKind.CLOSURE]

NO_MANDATE = Message("no_mandate", N_("Only an organisation with the child protection mandate may record this step."))
NOT_CLOSABLE = Message("not_closable", N_("The case cannot be closed yet: a closure criterion does not hold."))
NOTHING_ASKED = Message("nothing_asked", N_("Nothing waits for an approval here any more."))
NO_COLLEAGUE = Message("no_colleague", N_("Choose a case manager of your organisation."))

ENDINGS: dict[str, ClosureReason] = {
    "E01": ClosureReason.GOALS_MET,
    "E02": ClosureReason.DECLINED,
    "E03": ClosureReason.LEFT,
    "E04": ClosureReason.LOST,
    "E05": ClosureReason.WITHDRAWN,
}
"""End step of the procedure -> why the case is closed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was filled in at a step: facts for the procedure, codes for the record, words to be sealed."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    codes: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def record(case: Case, step: str, need: str | None, entry: Entry, *, actor: Any, now: datetime, today: date) -> None:
    """Record one step. The plan of a child or of a high priority, and every closing, first goes to the supervisor."""
    item = find_todo(case, step, need, now)
    if item is None:
        raise RuleViolation(progress.NOT_NOW)
    _check_mandate(case, step)
    _keep_words(case, step, need, entry.words, actor=actor, now=now)
    if step == PLAN_STEP and needs_approval(case.person.age_band, case.priority):
        ask_approval(case, ApprovalKind.PLAN, entry.codes, actor=actor, now=now)
    elif step == CLOSING_STEP:
        _ask_closing(case, entry.codes, actor=actor, now=now, today=today)
    elif is_waiting_for_answer(case, item):
        progress.learn(case, facts=entry.facts, need=need, actor=actor, now=now)
    else:
        progress.advance(case, step=step, need=need, facts=entry.facts, actor=actor, now=now)
    settle(case, entry.codes, actor=actor, now=now)
    case.facts = {**case.facts, **{name: value for name, value in entry.facts.items() if name in case.facts}}


def settle(case: Case, codes: Mapping[str, Any], *, actor: Any, now: datetime) -> None:
    """Bring the state of the file in line with where the procedure stands: being closed, or closed and why."""
    state = state_of(case)
    if state.outcome is None:
        if any(step == CLOSING_STEP for step, _need in state.active) and case.state is not CaseState.CLOSING:
            _move(case, CaseAction.START_CLOSING)
        elif case.state is CaseState.CLOSING and not any(step == CLOSING_STEP for step, _need in state.active):
            case.state = CaseState.ACTIVE
        return
    reason = ENDINGS.get(state.outcome, ClosureReason.LEFT)
    case.closure_reason = ClosureReason.DIED if codes.get("departure") == "died" else reason
    _move(case, CaseAction.CLOSE)
    case.closed_at = now
    audit.record("case.close", actor=actor, now=now, case_id=case.id, subject=case, code=case.closure_reason.value)


def ask_approval(
    case: Case, kind: ApprovalKind, answers: Mapping[str, Any], *, actor: Any, now: datetime
) -> CaseApproval:
    """Ask the supervisor; an older question of the same kind is replaced."""
    before = approval(case, kind)
    if before is not None and before.state is ApprovalState.ASKED:
        before.state = ApprovalState.WITHDRAWN
    asked = CaseApproval(
        case_id=case.id, kind=kind, state=ApprovalState.ASKED, answers=dict(answers), asked_at=now, asked_by_id=actor.id
    )
    db.session.add(asked)
    db.session.flush()
    audit.record("case.approval.ask", actor=actor, now=now, case_id=case.id, subject=asked, code=kind.value)
    return asked


def decide_approval(
    case: Case, asked: CaseApproval, *, approved: bool, note: str, actor: Any, now: datetime, today: date
) -> None:
    """The supervisor approves, which finishes the step, or sends back with a note."""
    step = APPROVED_STEP[asked.kind]
    if asked.state is not ApprovalState.ASKED or find_todo(case, step, None, now) is None:
        raise RuleViolation(NOTHING_ASKED)
    asked.state = ApprovalState.APPROVED if approved else ApprovalState.RETURNED
    asked.decided_at, asked.decided_by_id = now, actor.id
    _keep_words(case, step, None, {"note": note}, actor=actor, now=now)
    act = "case.approval.approve" if approved else "case.approval.return"
    audit.record(act, actor=actor, now=now, case_id=case.id, subject=asked, code=asked.kind.value)
    if not approved:
        return
    if asked.kind is ApprovalKind.CLOSURE:
        db.session.flush()
        if not all(criteria(standing(case), asked.answers, today).values()):
            raise RuleViolation(NOT_CLOSABLE)
    progress.advance(case, step=step, actor=actor, now=now)
    settle(case, asked.answers, actor=actor, now=now)


def add_need(case: Case, need: Need, *, actor: Any, now: datetime) -> None:
    """Open a need that the person told of later, or wants again."""
    progress.open_need(case, need, actor=actor, now=now)
    known = {*case.facts.get("needs", ()), need.value}
    case.facts = {**case.facts, "needs": sorted(known)}


def finish_task(case: Case, task: CaseTask, *, actor: Any, now: datetime) -> None:
    """A task beside the procedure is done."""
    if task.done_at is None:
        task.done_at, task.done_by_id = now, actor.id
        audit.record("case.task", actor=actor, now=now, case_id=case.id, subject=task, code=task.kind.value)


def reassign(case: Case, manager: User, *, actor: Any, now: datetime) -> None:
    """Give the case to another case manager of the organisation that holds it."""
    if manager.id not in {user.id for user in partners.case_managers(case.organization_id)}:
        raise RuleViolation(NO_COLLEAGUE, 422)
    case.manager_id = manager.id
    audit.record("case.reassign", actor=actor, now=now, case_id=case.id, subject=("user_account", manager.id))
    outbox.queue("case_assigned", now=now, user=manager, case_code=case.code)


def write_note(case: Case, step: str, need: str | None, words: str, *, actor: Any, now: datetime) -> CaseNote | None:
    """Seal a note under the case's key; an empty one is not kept."""
    text = words.strip()[:MAX_NOTE]
    if not text:
        return None
    note = CaseNote(id=new_id(), case_id=case.id, step=step, need=need or "", author_id=actor.id, at=now)
    note.sealed = sealing.seal_text(case.id, note_purpose(note), text)
    db.session.add(note)
    return note


def _keep_words(
    case: Case, step: str, need: str | None, words: Mapping[str, str], *, actor: Any, now: datetime
) -> None:
    """The assessment and the goals are the file's present state (C5); anything else is a dated note."""
    present = {name: text.strip() for name, text in words.items() if name in C5_FIELDS or name.startswith(GOAL)}
    if present:
        kept = sealing.read(case.id, (Category.C5,)).get(Category.C5, {})
        sealing.seal(case.id, Category.C5, {**kept, **present}, now=now)
    for name, text in words.items():
        if name not in present:
            write_note(case, step, need, text, actor=actor, now=now)


def _ask_closing(case: Case, codes: Mapping[str, Any], *, actor: Any, now: datetime, today: date) -> None:
    if not may_ask(criteria(standing(case), codes, today)):
        raise RuleViolation(NOT_CLOSABLE, 422)
    case.retention_until = date.fromisoformat(codes["retention"])
    ask_approval(case, ApprovalKind.CLOSURE, codes, actor=actor, now=now)


def _check_mandate(case: Case, step: str) -> None:
    """Steps of the child-protection lane belong to an organisation that holds the mandate (DOMAIN, "Who uses it")."""
    lane = procedures.flowchart(case.procedure_version_id).steps[step].lane
    if lane == CHILD_LANE and CHILD_MANDATE not in (case.organization.mandates or ()):
        raise RuleViolation(NO_MANDATE)


def _move(case: Case, action: CaseAction) -> None:
    target = TRANSITIONS.get((case.state, action))
    if target is None:
        raise RuleViolation(progress.NOT_NOW)
    case.state = target
