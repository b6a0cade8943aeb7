"""Lists of cases, a page at a time: most urgent first, a constant number of statements whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from referral.cases.filters import Filters
from referral.cases.models import Case, CaseApproval, CaseNeed
from referral.cases.queries import visible_cases
from referral.cases.queries.progress import todo
from referral.cases.rules import LIVE, ApprovalKind, ApprovalState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.tables import UtcDateTime
from sop.agenda import Todo
from sop.vocabulary import Priority

PAGE = 25
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

DUE = func.coalesce(Case.next_due_at, literal(NEVER, UtcDateTime()))
RANK = case({priority.value: place for place, priority in enumerate(Priority)}, value=Case.priority, else_=9)


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the list with what to do next."""

    case: Case
    first: Todo | None
    others: int
    waits: ApprovalKind | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `next` is the case after which the next page starts."""

    rows: list[Row]
    next: UUID | None


def list_cases(actor: Actor, filters: Filters, now: datetime, *, lang: str = "fr", size: int = PAGE) -> Page:
    """The cases that `actor` may open, the next deadline first, then the priority."""
    query = narrow(visible_cases(actor), filters, now).order_by(DUE, RANK, Case.code)
    query = query.options(joinedload(Case.manager), joinedload(Case.organization), selectinload(Case.needs))
    if filters.after is not None:
        query = query.where(_after(visible_cases(actor), filters.after))
    found = list(db.session.scalars(query.limit(size + 1)))
    shown, more = found[:size], len(found) > size
    asked = approvals_asked(one.id for one in shown)
    rows = [_row(one, asked.get(one.id), now, lang) for one in shown]
    return Page(rows, shown[-1].id if more else None)


def narrow(query: Select[Case], filters: Filters, now: datetime) -> Select[Case]:
    """Only what the filters leave; without a state, cases that are under way."""
    states = LIVE if filters.state is None else {filters.state}
    query = query.where(Case.state.in_(states))
    if filters.priority is not None:
        query = query.where(Case.priority == filters.priority)
    if filters.need is not None:
        query = query.where(Case.needs.any(CaseNeed.need == filters.need))
    return query.where(Case.next_due_at < now) if filters.overdue else query


def approvals_asked(case_ids: Iterable[UUID]) -> dict[UUID, ApprovalKind]:
    """Which of these cases wait for a supervisor's approval, and of what."""
    query = select(CaseApproval.case_id, CaseApproval.kind).where(
        CaseApproval.case_id.in_(list(case_ids)), CaseApproval.state == ApprovalState.ASKED
    )
    return {row.case_id: row.kind for row in db.session.execute(query)}


def _after(visible: Select[Case], last: UUID) -> Any:
    """Whatever comes after this case in the order of the list; all of it when the case is gone."""
    place = db.session.execute(visible.with_only_columns(DUE, RANK, Case.code).where(Case.id == last)).first()
    if place is None:
        return true()
    due, rank, code = place
    moment = literal(due, UtcDateTime())
    return or_(moment < DUE, and_(moment == DUE, or_(rank < RANK, and_(rank == RANK, Case.code > code))))


def _row(one: Case, waits: ApprovalKind | None, now: datetime, lang: str) -> Row:
    items = todo(one, now, lang=lang)
    return Row(one, items[0] if items else None, max(0, len(items) - 1), waits)
