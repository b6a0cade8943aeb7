"""Rows that belong to an entry: replaced as a whole, but only when they say something else."""

from __future__ import annotations

from typing import Any

from directory.profile import Capacity, Closure, Schedule
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.models import ServiceClosure, ServiceSchedule

SCHEDULE = (
    "byday", "opens_at", "closes_at", "valid_from", "valid_to", "freq", "interval", "dtstart", "until", "count", "wkst",
    "bymonthday", "byweekno", "byyearday", "kind", "description",
)  # fmt: skip
CLOSURE = ("starts_on", "ends_on", "reason")
CAPACITY = (
    "audience", "status", "available", "maximum", "unit", "waiting_days", "updated_at", "valid_until",
    "waitlist_count", "funded_maximum", "note",
)  # fmt: skip
CONTACT = ("function", "phone", "extension", "email", "takes_referrals")


def schedule_row(one: Schedule) -> ServiceSchedule:
    """The library's record as a row."""
    return ServiceSchedule(**{name: getattr(one, name) for name in SCHEDULE})


def closure_row(one: Closure) -> ServiceClosure:
    """The library's record as a row."""
    return ServiceClosure(starts_on=one.starts, ends_on=one.ends, reason=one.reason)


def capacity_rows(one: Capacity) -> list[ServiceCapacity]:
    """The library's record as rows: for everybody where anything was said of that, and for each group."""
    said = [one] if one.updated is not None else []
    return [
        ServiceCapacity(
            audience=row.audience, status=row.status, available=row.available, maximum=row.maximum,
            unit=row.unit[:24], waiting_days=row.waiting_days, updated_at=row.updated, valid_until=row.valid_until,
            waitlist_count=row.waitlist_count, funded_maximum=row.funded_maximum, note=row.note[:300],
        )
        for row in (*said, *one.groups)
    ]  # fmt: skip


def put_capacity(present: list[ServiceCapacity], one: Capacity) -> bool:
    """Write a record over the rows of its groups, each of which there is once; whether anything differed."""
    known = {row.audience: row for row in present}
    wanted, changed = [], False
    for new in capacity_rows(one):
        row = known.pop(new.audience, None)
        changed |= row is None or any(getattr(row, name) != getattr(new, name) for name in CAPACITY)
        for name in CAPACITY if row is not None else ():
            setattr(row, name, getattr(new, name))
        wanted.append(row or new)
    if changed or known:
        present[:] = wanted
    return changed or bool(known)


def put(present: list[Any], wanted: list[Any], names: tuple[str, ...]) -> bool:
    """Put the wanted rows in place of the present ones, unless they say the same in `names`; whether they differed."""

    def key(row: Any) -> str:
        return repr([getattr(row, name) for name in names])

    if sorted(map(key, present)) == sorted(map(key, wanted)):
        return False
    present[:] = wanted
    return True
