"""The heads of the sealed batches, for people: the history that a head on paper can be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from referral.extensions import db
from referral.foundation.audit import START, AuditBatch, AuditLine, short_head

PAGE = 20


@dataclass(frozen=True, slots=True)
class Head:
    """One sealed batch: its lines, when it was sealed, and its head as it is printed."""

    batch: int
    first: int
    last: int
    sealed_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the trail stands without looking at each line: last head, its age, lines that wait for the next seal."""

    head: str
    sealed_at: datetime | None
    age: timedelta | None
    sealed: int
    unsealed: int


def standing(now: datetime) -> Standing:
    """The last head and what came after it."""
    columns = (AuditBatch.last, AuditBatch.head, AuditBatch.sealed_at)
    row = db.session.execute(select(*columns).order_by(AuditBatch.id.desc()).limit(1)).first()
    unsealed = db.session.scalar(select(func.count()).select_from(AuditLine).where(AuditLine.number.is_(None))) or 0
    if row is None:
        return Standing(short_head(0, START), None, None, 0, unsealed)
    return Standing(short_head(row.last, row.head), row.sealed_at, now - row.sealed_at, row.last, unsealed)


def heads(*, before: int | None = None, size: int = PAGE) -> tuple[list[Head], int | None]:
    """Batches, newest first, and the batch before which the next page starts."""
    query = select(AuditBatch.__table__).order_by(AuditBatch.id.desc()).limit(size + 1)
    if before is not None:
        query = query.where(AuditBatch.id < before)
    rows = db.session.execute(query).all()
    found = [Head(row.id, row.first, row.last, row.sealed_at, short_head(row.last, row.head)) for row in rows[:size]]
    return found, found[-1].batch if len(rows) > size else None
