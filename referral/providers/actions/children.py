"""Rows that belong to an entry: replaced as a whole, but only when they say something else."""

from __future__ import annotations

from typing import Any

from directory.profile import Closure, Schedule
from referral.providers.models import ServiceClosure, ServiceSchedule

SCHEDULE = (
    "byday", "opens_at", "closes_at", "valid_from", "valid_to", "freq", "interval", "dtstart", "until", "count", "wkst",
    "bymonthday", "byweekno", "byyearday", "kind", "description",
)  # fmt: skip
CLOSURE = ("starts_on", "ends_on", "reason")
CONTACT = ("function", "phone", "extension", "email")


def schedule_row(one: Schedule) -> ServiceSchedule:
    """The library's record as a row."""
    return ServiceSchedule(**{name: getattr(one, name) for name in SCHEDULE})


def closure_row(one: Closure) -> ServiceClosure:
    """The library's record as a row."""
    return ServiceClosure(starts_on=one.starts, ends_on=one.ends, reason=one.reason)


def put(present: list[Any], wanted: list[Any], names: tuple[str, ...]) -> bool:
    """Put the wanted rows in place of the present ones, unless they say the same in `names`; whether they differed."""

    def key(row: Any) -> str:
        return repr([getattr(row, name) for name in names])

    if sorted(map(key, present)) == sorted(map(key, wanted)):
        return False
    present[:] = wanted
    return True
