"""What an organisation may write of the places it keeps for some: a number for each group, none where none are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from directory.edit import MOST_PLACES, Errors
from directory.profile import Capacity
from directory.taxonomy import CapacityStatus, Group
from directory.vocabulary import N_, Message

BELIEVED_HOURS: tuple[int, ...] = (12, 24, 48, 72)
"""For how long an organisation may say that its numbers hold, where it knows that they change sooner."""
Numbers = Mapping[Group, tuple[int | None, int | None]]


def with_groups(capacity: Capacity, numbers: Numbers) -> tuple[Capacity | None, Errors]:
    """Add the groups with (free, in all) to what is declared for everybody; errors are named `women-available` …

    A group without any number is not kept apart. Nothing free is full, or waits where the service keeps a waiting list.
    Who says that the service is full need not write 0 for each group.

    >>> title = Capacity(CapacityStatus.AVAILABLE)
    >>> found, errors = with_groups(title, {Group.WOMEN: (2, 8), Group.MEN: (0, None), Group.BOYS: (None, None)})
    >>> [(one.audience.value, one.status.value, one.available) for one in found.groups], errors
    ([('women', 'available', 2), ('men', 'full', 0)], {})
    """
    errors: Errors = {}
    groups = []
    for group, (available, maximum) in numbers.items():
        if available is None and maximum is None:
            continue
        problem = _wrong(available, maximum)
        if problem:
            errors[f"{group.value}-available"] = problem
            continue
        available = 0 if capacity.status is CapacityStatus.FULL else available
        groups.append(
            replace(
                capacity, status=_status(capacity, available), available=available, maximum=maximum, audience=group,
                groups=(), waiting_days=None if available else capacity.waiting_days,
                waitlist_count=None, funded_maximum=None, note="",
            )
        )  # fmt: skip
    if not errors and groups and capacity.status is CapacityStatus.AVAILABLE and not _any(capacity, groups):
        errors["available"] = Message("none_free", N_("no place is free: choose “Full” or “Waiting list”"))
    return (None, errors) if errors else (replace(capacity, groups=tuple(groups)), errors)


def _any(capacity: Capacity, groups: list[Capacity]) -> bool:
    """Whether a place is free somewhere; a group whose free places are not counted may have one."""
    return bool(capacity.available) or any(one.available != 0 for one in groups)


def _wrong(available: int | None, maximum: int | None) -> Message | None:
    for value in (available, maximum):
        if value is not None and not 0 <= value <= MOST_PLACES:
            return Message("out_of_range", N_("a whole number from 0 to %(limit)d"), {"limit": MOST_PLACES})
    if available is not None and maximum is not None and available > maximum:
        return Message("above_maximum", N_("more free places than places"))
    return None


def _status(capacity: Capacity, available: int | None) -> CapacityStatus:
    if available:
        return CapacityStatus.AVAILABLE
    if capacity.status is not CapacityStatus.AVAILABLE:
        return capacity.status
    return CapacityStatus.FULL if available == 0 else CapacityStatus.UNKNOWN


def until(hours: str, now: datetime) -> datetime | None:
    """Return the end of the hours that were chosen; None where the usual shelf life holds. ValueError for others."""
    if not hours:
        return None
    if hours not in map(str, BELIEVED_HOURS):
        raise ValueError(hours)
    return now + timedelta(hours=int(hours))
