"""Periods of the year and days off as the coordination wrote them down, and what is expected where it did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from directory.seasons import Kind, Period, known
from referral.extensions import db
from referral.providers.calendar_models import CalendarPeriod
from referral.providers.rules import PeriodKind


def written(since: date | None = None) -> Sequence[CalendarPeriod]:
    """The periods that stand, those over before `since` left out, in order."""
    query = select(CalendarPeriod).where(CalendarPeriod.removed_at.is_(None))
    query = query if since is None else query.where(CalendarPeriod.ends_on >= since)
    return db.session.scalars(query.order_by(CalendarPeriod.starts_on, CalendarPeriod.id)).all()


def periods() -> tuple[Period, ...]:
    """The seasons for the hours of services."""
    rows = [one for one in written() if one.kind is not PeriodKind.HOLIDAY]
    return known(Period(Kind(one.kind.value), one.starts_on, one.ends_on, one.pcode) for one in rows)


def days_off() -> frozenset[date]:
    """The days off that were decreed, beside those that the law gives every year."""
    rows = [one for one in written() if one.kind is PeriodKind.HOLIDAY]
    return frozenset(
        one.starts_on + timedelta(step) for one in rows for step in range((one.ends_on - one.starts_on).days + 1)
    )
