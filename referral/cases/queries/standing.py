"""Where the open cases of a procedure version stand, counted: no code, no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from referral.cases.models import Case, CaseNeed
from referral.cases.rules import LIVE
from referral.extensions import db
from referral.procedures import queries as procedures
from sop import engine
from sop.engine import State

BATCH = 500
MONTHS = 3
"""Over how many months what is asked for is averaged."""


def standing(version_id: UUID, now: datetime) -> dict[str, tuple[int, int]]:
    """Step -> how many of the open cases at it are overdue, and how many stand there; a case may stand at several."""
    flowchart = procedures.flowchart(version_id)
    query = select(Case.engine).where(Case.procedure_version_id == version_id, Case.state.in_(LIVE))
    late: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for stored in db.session.scalars(query.execution_options(yield_per=BATCH)):
        items = engine.todo(flowchart, State.from_json(stored), now)
        there.update({item.step for item in items})
        late.update({item.step for item in items if item.overdue})
    return {step: (late[step], number) for step, number in there.items()}


def asked_for(now: datetime) -> Mapping[tuple[str, str], int]:
    """Needs that were opened a month, by need and region, as a mean of the last three months, rounded up."""
    query = (
        select(CaseNeed.need, Case.region, func.count())
        .join(Case, Case.id == CaseNeed.case_id)
        .where(CaseNeed.opened_at >= now - timedelta(days=91))
        .group_by(CaseNeed.need, Case.region)
    )
    return {(need.value, region): -(-count // MONTHS) for need, region, count in db.session.execute(query)}
