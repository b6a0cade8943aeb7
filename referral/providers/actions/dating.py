"""The coordination writes down when Ramadan or the rains are this year, and which days off were decreed."""

from __future__ import annotations

from datetime import date, datetime

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.calendar_models import CalendarPeriod
from referral.providers.rules import PeriodKind


def add_period(
    *, kind: PeriodKind, starts_on: date, ends_on: date, pcode: str, label: str, actor: Actor, now: datetime
) -> CalendarPeriod:
    """Write a period down; hours of that season hold in it from now on."""
    row = CalendarPeriod(
        id=new_id(), kind=kind, starts_on=starts_on, ends_on=ends_on, pcode=pcode, label=label,
        created_by_id=actor.id, created_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("calendar.add", actor=actor, now=now, subject=row, code=kind.value)
    return row


def remove_period(row: CalendarPeriod, *, actor: Actor, now: datetime) -> None:
    """Take a period off the list; the row stays."""
    if row.removed_at is None:
        row.removed_at = now
        audit.record("calendar.remove", actor=actor, now=now, subject=row, code=row.kind.value)
        db.session.flush()
