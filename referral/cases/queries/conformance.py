"""Closed cases of one procedure version, held against it: their events as logs that name neither case nor person.

A case that was moved from one version to another is left out: neither version explains the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case, CaseEvent
from referral.cases.rules import MOVED, CaseState
from referral.extensions import db
from referral.procedures import queries as procedures
from sop.conformance import Summary, conform, summary
from sop.state import Event, EventKind

BATCH = 1_000


def logs(version_id: UUID, latest: int | None = None) -> Iterator[list[tuple[Event, datetime]]]:
    """The log of each closed case that kept to this version, opening first; one statement, whatever their number.

    `latest`: only of so many cases, those that were closed last.
    """
    moved = select(CaseEvent.id).where(CaseEvent.case_id == Case.id, CaseEvent.kind == MOVED).exists()
    closed = select(Case.id).where(Case.procedure_version_id == version_id, Case.state == CaseState.CLOSED, ~moved)
    if latest is not None:
        closed = closed.order_by(Case.closed_at.desc(), Case.id).limit(latest)
    query = (
        select(CaseEvent.case_id, CaseEvent.kind, CaseEvent.step, CaseEvent.need, CaseEvent.facts, CaseEvent.at)
        .where(CaseEvent.case_id.in_(closed))
        .order_by(CaseEvent.case_id, CaseEvent.sequence)
        .execution_options(yield_per=BATCH)
    )
    for _case, rows in groupby(db.session.execute(query), key=lambda row: row.case_id):
        yield [(Event(EventKind(row.kind), row.step or None, row.need or None, row.facts), row.at) for row in rows]


def conformance(version_id: UUID) -> Summary:
    """How the closed cases of this version went; LookupError when there is no such version."""
    flowchart = procedures.flowchart(version_id)
    return summary(flowchart, (conform(flowchart, log) for log in logs(version_id)))
