"""How well organisations keep their entries: up to date now, confirmed in time, how old, what reports showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from statistics import mean, median

from directory.freshness import SHELF_LIVES, Section, ShelfLives, State, assured
from directory.freshness import state as state_of
from directory.offers import Offer

OVERDUE = (State.LATE, State.UNVERIFIED)


@dataclass
class Tally:
    """What is counted of the entries of one organisation, need or region."""

    entries: int = 0
    fresh: int = 0
    overdue: int = 0
    never: int = 0
    """Entries of which a section that must be confirmed never was; they are overdue and have no age."""
    ages: list[int] = field(default_factory=list)
    """Days since the oldest of the confirmations that count, by entry."""
    in_time: int = 0
    due: int = 0
    """Confirmations that were to come within the year, those that still lack included; `in_time` of them came."""
    reports: int = 0
    corrected: int = 0
    waiting: int = 0

    @property
    def share(self) -> Fraction | None:
        """The part of the entries that is up to date."""
        return Fraction(self.fresh, self.entries) if self.entries else None

    @property
    def in_time_share(self) -> Fraction | None:
        """The part of the confirmations of the year that came in time; None where none was to come."""
        return Fraction(self.in_time, self.due) if self.due else None

    @property
    def average_age(self) -> int | None:
        """Mean of the ages in whole days."""
        return round(mean(self.ages)) if self.ages else None

    @property
    def median_age(self) -> int | None:
        """Middle of the ages in whole days."""
        return round(median(self.ages)) if self.ages else None


def count_entry(tally: Tally, one: Offer, today: date, lives: ShelfLives = SHELF_LIVES) -> None:
    """Count one entry as it stands today."""
    state = state_of(one, today, lives)
    tally.entries += 1
    tally.fresh += state is State.UP_TO_DATE
    tally.overdue += state in OVERDUE
    oldest = assured(one.verified, lives)
    if oldest is None:
        tally.never += 1
    else:
        tally.ages.append((today - oldest).days)


def count_times(
    tally: Tally, section: Section, days: Iterable[date], today: date, since: date, lives: ShelfLives = SHELF_LIVES
) -> None:
    """Count the confirmations of one section of one entry: `days` in their order, those that came before `since` too.

    In time: before the grace is over, that is before the deputy is asked. The one that still lacks counts once its
    grace is over.

    >>> one, days = Tally(), [date(2026, 1, 1), date(2026, 4, 10), date(2026, 9, 1)]
    >>> count_times(one, Section.HOURS, days, date(2026, 12, 31), date(2026, 1, 1))
    >>> one.in_time, one.due
    (1, 3)
    """
    holds = timedelta(lives.of(section) + lives.late_after)
    before: date | None = None
    for day in days:
        if before is not None and day >= since:
            tally.due += 1
            tally.in_time += day <= before + holds
        before = day
    if before is not None and since <= before + holds < today:
        tally.due += 1


def ordered(found: Mapping[str, Tally], names: Mapping[str, str]) -> list[tuple[str, Tally]]:
    """The furthest behind first: by the part up to date, then by how many are overdue, then by name.

    >>> ordered({"a": Tally(2, 2), "b": Tally(2, 0, 2), "c": Tally(2, 0, 1)}, {"a": "A", "b": "B", "c": "C"})[0][0]
    'b'
    """
    return sorted(
        found.items(),
        key=lambda item: (item[1].share or Fraction(0), -item[1].overdue, names.get(item[0], item[0]), item[0]),
    )
