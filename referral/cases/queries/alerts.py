"""What the coordination sees (rule O5): codes, region, step, delay and gaps; no identity and no way into a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from referral.cases.models import Case, CaseNeed
from referral.cases.queries import coordinated_cases
from referral.cases.queries.progress import todo
from referral.cases.rules import NeedState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.procedures import queries as procedures
from sop.agenda import Todo
from sop.deadlines import Level
from sop.flowchart import Label
from sop.vocabulary import N_, Need, Priority

PAGE = 40
SHARES: dict[Level, int] = {Level.OWNER: 50, Level.SUPERVISOR: 100, Level.REGIONAL: 150, Level.NATIONAL: 200}
"""How much of the time allowed has passed at each level, in per cent."""

WHO: dict[Level, str] = {
    Level.OWNER: N_("the case manager"),
    Level.SUPERVISOR: N_("the supervisor"),
    Level.REGIONAL: N_("the regional focal point"),
    Level.NATIONAL: N_("the national unit"),
}
"""Who acts at each level."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One deadline that runs out."""

    code: str
    region: str
    priority: Priority
    step: Label
    need: Need | None
    todo: Todo

    @property
    def share(self) -> int:
        """How much of the time has passed, in per cent."""
        return SHARES[self.todo.level]

    @property
    def who(self) -> str:
        """Who acts now, a message id."""
        return WHO[self.todo.level]


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Alerts of one page of cases; `next` is the case after which the next page starts."""

    rows: list[Alert]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Needs for which no service was found, counted."""

    need: Need
    region: str
    count: int


def alerts(
    actor: Actor, now: datetime, *, region: str = "", late: bool = True, after: UUID | None = None, size: int = PAGE
) -> AlertPage:
    """Deadlines past (`late`), or also those of which half the time has passed; the oldest first."""
    query = coordinated_cases(actor).where(Case.next_due_at.is_not(None)).order_by(Case.next_due_at, Case.code)
    if region:
        query = query.where(Case.region == region)
    if late:
        query = query.where(Case.next_due_at < now)
    if after is not None:
        query = query.where(_after(after))
    found = list(db.session.scalars(query.limit(size + 1)))
    least = Level.SUPERVISOR if late else Level.OWNER
    rows = [alert for case in found[:size] for alert in _alerts_of(case, now, least)]
    return AlertPage(rows, found[size - 1].id if len(found) > size else None)


def gaps(actor: Actor) -> list[Gap]:
    """Gaps by need and region, the most frequent first."""
    query = (
        coordinated_cases(actor)
        .join(CaseNeed, CaseNeed.case_id == Case.id)
        .where(CaseNeed.state == NeedState.GAP)
        .with_only_columns(CaseNeed.need, Case.region, func.count().label("found"))
        .group_by(CaseNeed.need, Case.region)
        .order_by(func.count().desc(), CaseNeed.need, Case.region)
    )
    return [Gap(row.need, row.region, row.found) for row in db.session.execute(query)]


def _after(last: UUID) -> ColumnElement[bool]:
    place = db.session.execute(select(Case.next_due_at, Case.code).where(Case.id == last)).first()
    if place is None or place.next_due_at is None:
        return true()
    due = place.next_due_at
    return or_(Case.next_due_at > due, and_(Case.next_due_at == due, Case.code > place.code))


def _alerts_of(case: Case, now: datetime, least: Level) -> list[Alert]:
    steps = procedures.flowchart(case.procedure_version_id).steps
    return [
        Alert(
            case.code, case.region, case.priority, steps[item.step].label, Need(item.need) if item.need else None, item
        )
        for item in todo(case, now)
        if item.level >= least
    ]
