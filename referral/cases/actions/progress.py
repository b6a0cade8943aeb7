"""Move a case over its procedure: append the event, fold it, keep needs and the next deadline in step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.cases.models import Case, CaseEvent, CaseNeed
from referral.cases.queries.progress import state_of
from referral.cases.rules import NeedState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.procedures import queries as procedures
from sop import engine
from sop.engine import Event, Refused, State
from sop.state import EventKind, NeedStatus
from sop.vocabulary import N_, Message, Need

STEP_OF_GAP = "R03"
NOT_NOW = Message("not_now", N_("This step cannot be done now: the case has moved on. Look at its present state."))


def begin(case: Case, *, facts: Mapping[str, Any], now: datetime) -> None:
    """Put a new case at the start of its procedure."""
    db.session.flush()  # the case's row comes before those of its events
    flowchart = procedures.flowchart(case.procedure_version_id)
    _append(case, Event(EventKind.FACTS, None, None, dict(facts)), 0, actor=None, now=now)
    store(case, engine.start(flowchart, facts, now), now=now)


def advance(
    case: Case, *, step: str, need: str | None = None, facts: Mapping[str, Any] | None = None, actor: Any, now: datetime
) -> None:
    """Somebody finished `step` (of `need`), finding out `facts`; raises `RuleViolation` when it cannot be now."""
    happen(case, engine.done(step, need, facts), actor=actor, now=now)


def learn(case: Case, *, facts: Mapping[str, Any], need: str | None = None, actor: Any, now: datetime) -> None:
    """Facts became known while no step was finished."""
    happen(case, engine.facts_known(facts, need), actor=actor, now=now)


def open_need(case: Case, need: Need, *, actor: Any, now: datetime) -> None:
    """A need was recorded after the fact, or a closed one is wanted again."""
    happen(case, engine.need_opened(need.value), actor=actor, now=now)


def happen(case: Case, event: Event, *, actor: Any, now: datetime) -> None:
    """Append one event and fold it."""
    try:
        state = engine.apply(procedures.flowchart(case.procedure_version_id), state_of(case), event, now)
    except Refused as refusal:
        raise RuleViolation(NOT_NOW) from refusal
    _append(case, event, state.sequence - 1, actor=actor, now=now)
    store(case, state, now=now)
    audit.record(
        "case." + event.kind.value,
        actor=actor,
        now=now,
        case_id=case.id,
        step=event.step or "",
        need=event.need or "",
    )


def _append(case: Case, event: Event, sequence: int, *, actor: Any, now: datetime) -> None:
    """The fold counts its events (the start is the first), so no query is needed to number them."""
    db.session.add(
        CaseEvent(
            case_id=case.id,
            sequence=sequence,
            kind=event.kind.value,
            step=event.step or "",
            need=event.need or "",
            facts=_plain(event.facts),
            actor_id=getattr(actor, "id", None),
            at=now,
        )
    )


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON can hold them: sets become sorted lists."""
    return {name: sorted(value) if isinstance(value, set | frozenset) else value for name, value in facts.items()}


def store(case: Case, state: State, *, now: datetime) -> None:
    """Keep the fold, the needs' rows and the next deadline in step with each other."""
    case.engine = state.to_json()
    flowchart = procedures.flowchart(case.procedure_version_id)
    dues = [item.due_at for item in engine.todo(flowchart, state, now) if item.due_at is not None]
    case.next_due_at = min(dues, default=None)
    rows = {row.need.value: row for row in case.needs}
    for code, need in state.needs.items():
        row = rows.get(code)
        if row is None:
            row = CaseNeed(need=Need(code), opened_at=need.opened_at, state=NeedState.OPEN)
            case.needs.append(row)
        row.state = _need_state(need.status, need.closed_by, need.course.facts)
        row.closed_at = need.closed_at


def _need_state(status: NeedStatus, closed_by: str | None, facts: Mapping[str, Any]) -> NeedState:
    if status is NeedStatus.OPEN:
        return NeedState.OPEN
    if closed_by == STEP_OF_GAP:
        return NeedState.GAP
    if facts.get("service_result") == "complete":
        return NeedState.MET
    return NeedState.STOPPED
