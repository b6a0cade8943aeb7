"""Fixed quarters: the only periods that figures are published for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFERED = 5
"""How many complete quarters a page offers: a year and the same quarter of the year before."""
CODE = re.compile(r"([12][0-9]{3})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a calendar year.

    >>> quarter = Quarter(2026, 3)
    >>> quarter.code, quarter.first.isoformat(), quarter.last.isoformat(), quarter.before.before.before.code
    ('2026-Q3', '2026-07-01', '2026-09-30', '2025-Q4')
    """

    year: int
    number: int

    @property
    def code(self) -> str:
        """How it stands in addresses: 2026-Q3."""
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    @property
    def before(self) -> Quarter:
        """The quarter before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def after(self) -> Quarter:
        """The quarter after."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning and its end (which does not belong to it), midnight on the wall of the office."""
        start, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (self.first, self.after.first))
        return start.astimezone(UTC), end.astimezone(UTC)


def complete_quarters(today: date, count: int = OFFERED) -> tuple[Quarter, ...]:
    """The last quarters that are over, latest first; the running one is not among them.

    >>> [quarter.code for quarter in complete_quarters(date(2026, 4, 1), 3)]
    ['2026-Q1', '2025-Q4', '2025-Q3']
    """
    found = [Quarter(today.year, (today.month + 2) // 3).before]
    while len(found) < count:
        found.append(found[-1].before)
    return tuple(found)


def choose(code: str | None, offered: tuple[Quarter, ...]) -> Quarter:
    """The quarter asked for if it is offered, else the latest."""
    return next((quarter for quarter in offered if quarter.code == code), offered[0])
