"""The first page of identification: own drafts and pre-files, what was handed over, what is announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from referral.cases.models import Case, CaseTask
from referral.cases.queries import WAITING, visible_prefiles
from referral.cases.queries.progress import todo
from referral.cases.rules import CaseState
from referral.foundation.access import Actor
from referral.foundation.doors import Listing
from referral.foundation.grants import Permission, Scope, scope_of
from referral.identification.models import Submission
from referral.identification.queries import drafts
from referral.identification.queries.prefiles import tasks_of, verdict_of
from referral.procedures import queries as procedures
from sop.agenda import Todo
from sop.forms import Screen
from sop.triage import Verdict

SHOWN = 50
FINISHED = 20


def prefiles(actor: Actor) -> Select[Case]:
    """Own pre-files, the most pressing first."""
    return visible_prefiles(actor).order_by(Case.next_due_at.asc().nulls_last(), Case.identified_at, Case.id)


def finished(actor: Actor) -> Select[UUID, str, CaseState, datetime | None, datetime | None]:
    """What the actor identified and no longer sees: only its code, and what became of it."""
    return (
        select(Case.id, Case.code, Case.state, Case.opened_at, Case.closed_at)
        .where(Case.identified_by_id == actor.id, Case.state.not_in(WAITING))
        .order_by(Case.identified_at.desc(), Case.id)
        .limit(FINISHED)
    )


def announced(actor: Actor) -> Select[Case]:
    """Pre-files addressed to the own organisation: code, priority and reason may be shown, nothing else."""
    query = select(Case).where(Case.state.in_(WAITING), _receives(actor))
    return query.order_by(Case.next_due_at.asc().nulls_last(), Case.identified_at, Case.id)


def _receives(actor: Actor) -> ColumnElement[bool]:
    return Case.organization_id == actor.organization_id if _may_receive(actor) else false()


def _may_receive(actor: Actor) -> bool:
    return scope_of(actor.role, Permission.CASE_READ) in (Scope.OWN, Scope.ORGANIZATION)


@dataclass(frozen=True, slots=True)
class PrefileLine:
    """A pre-file as a list shows it: the file, what to do next on it, tasks beside the procedure."""

    case: Case
    next: Todo | None
    label: Mapping[str, str]
    tasks: list[CaseTask]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a first responder finds on the first page; `announced` is for staff of a receiving organisation."""

    drafts: list[tuple[Submission, Screen | None]]
    prefiles: list[PrefileLine]
    finished: list[Any]
    announced: list[tuple[Case, Verdict]]


def overview(actor: Actor, now: datetime, *, lang: str) -> Overview:
    """Own drafts, own pre-files, what was handed over, and what the own organisation will receive."""
    own = list(_OWN(actor).scalars())
    tasks = tasks_of(own)
    return Overview(
        [(draft, _screen(draft)) for draft in _DRAFTS(actor).scalars()],
        [_line(case, tasks.get(case.id, []), now, lang) for case in own],
        list(_FINISHED(actor)),
        [(case, verdict_of(case)) for case in (_COMING(actor).scalars() if _may_receive(actor) else ())],
    )


_DRAFTS = Listing(lambda actor: drafts(actor).limit(SHOWN))
_OWN = Listing(lambda actor: prefiles(actor).limit(SHOWN))
_FINISHED = Listing(finished)
_COMING = Listing(lambda actor: announced(actor).where(Case.identified_by_id != actor.id).limit(SHOWN))


def _screen(draft: Submission) -> Screen | None:
    screens = procedures.form(draft.form_version_id).screens()
    return next((one for one in screens if one.name == draft.screen), None)


def _line(case: Case, tasks: list[CaseTask], now: datetime, lang: str) -> PrefileLine:
    items = todo(case, now, lang=lang)
    first = items[0] if items else None
    label = procedures.flowchart(case.procedure_version_id).steps[first.step].label if first else {}
    return PrefileLine(case, first, label, tasks)
