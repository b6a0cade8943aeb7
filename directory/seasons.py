"""Hours that hold for a part of the year: Ramadan, the rainy season, one day. The days change from year to year.

An organisation says its hours of Ramadan once; the periods say when it is. On a day the first of these decides: a
closure, hours of that day alone, a public holiday, Ramadan, the rainy season, the usual week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from directory.profile import Hours, Schedule
from directory.vocabulary import N_, Message


class Kind(StrEnum):
    """On which days a row of hours holds."""

    NORMAL = "normal"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"
    RAMADAN = "ramadan"
    RAINS = "rainy_season"


SEASONS: tuple[Kind, ...] = (Kind.RAMADAN, Kind.RAINS)
"""In the order in which they decide."""
DATED = frozenset({Kind.EXCEPTION, *SEASONS})
"""Kinds that hold between two days or not at all."""
SEASON_LABELS: dict[Kind, str] = {Kind.RAMADAN: N_("Ramadan"), Kind.RAINS: N_("Rainy season")}
NOW_UNTIL: dict[Kind, str] = {
    Kind.RAMADAN: N_("Ramadan hours until %(last)s"),
    Kind.RAINS: N_("Rainy season hours until %(last)s"),
}
COMING: dict[Kind, str] = {
    Kind.RAMADAN: N_("Ramadan hours from %(first)s to %(last)s"),
    Kind.RAINS: N_("Rainy season hours from %(first)s to %(last)s"),
}
TOLD_BEFORE = 21
"""So many days before it begins a season is told on the page."""


@dataclass(frozen=True, slots=True)
class Period:
    """When a season is in a year, both days included; `pcode` where it is so in one unit only."""

    kind: Kind
    starts: date
    ends: date
    pcode: str = ""


EXPECTED: tuple[Period, ...] = tuple(
    Period(Kind.RAMADAN, starts, ends)
    for starts, ends in (
        (date(2026, 2, 18), date(2026, 3, 19)), (date(2027, 2, 8), date(2027, 3, 8)),
        (date(2028, 1, 28), date(2028, 2, 25)), (date(2029, 1, 16), date(2029, 2, 13)),
        (date(2030, 1, 5), date(2030, 2, 3)), (date(2030, 12, 26), date(2031, 1, 23)),
        (date(2031, 12, 15), date(2032, 1, 13)),
    )
)  # fmt: skip
"""Ramadan as it is calculated; the announced day may be one later, then somebody writes the period down."""
SAME_YEAR = timedelta(45)


def known(written: Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods that somebody wrote down, and what is expected where nobody wrote that year's.

    >>> [one.starts.isoformat() for one in known([Period(Kind.RAMADAN, date(2027, 2, 9), date(2027, 3, 9))])][:3]
    ['2026-02-18', '2027-02-09', '2028-01-28']
    """
    rows = list(written)
    said = [one.starts for one in rows if one.kind is Kind.RAMADAN and not one.pcode]
    expected = [one for one in EXPECTED if not any(abs(one.starts - day) < SAME_YEAR for day in said)]
    return tuple(sorted([*rows, *expected], key=lambda one: (one.starts, one.kind, one.pcode)))


def dated(rows: Sequence[Schedule], periods: Sequence[Period], pcode: str, today: date) -> tuple[Schedule, ...]:
    """Give the rows of a season the days of this or the next one at that place; those without any keep none.

    >>> from datetime import time
    >>> row = Schedule("MO,TU", time(8), time(13), kind="ramadan")
    >>> found = dated([row], EXPECTED, "CM004", date(2026, 12, 1))
    >>> [(one.valid_from.isoformat(), one.valid_to.isoformat()) for one in found]
    [('2027-02-08', '2027-03-08')]
    """
    if not any(one.kind in SEASONS and one.valid_from is None for one in rows):
        return tuple(rows)
    found: list[Schedule] = []
    for row in rows:
        when = _next(row.kind, periods, pcode, today) if row.kind in SEASONS and row.valid_from is None else None
        found.append(row if when is None else replace(row, valid_from=when.starts, valid_to=when.ends))
    return tuple(found)


def _next(kind: str, periods: Sequence[Period], pcode: str, today: date) -> Period | None:
    """The one that is or comes first, that of the smallest unit before that of the country."""
    here = [
        one for one in periods if one.kind == kind and one.ends >= today - timedelta(1) and pcode.startswith(one.pcode)
    ]
    return min(here, key=lambda one: (-len(one.pcode), one.starts), default=None)


def covers(row: Schedule, day: date) -> bool:
    """Whether a row that holds between two days may hold on that day; one whose days nobody knows never does."""
    return row.valid_from is not None and row.valid_to is not None and row.valid_from <= day <= row.valid_to


def in_force(rows: Sequence[Schedule], day: date) -> list[Schedule]:
    """Return the rows of the season that it is on that day, else those of the usual week."""
    for kind in SEASONS:
        found = [one for one in rows if one.kind == kind and covers(one, day)]
        if found:
            return found
    return [one for one in rows if one.kind == Kind.NORMAL]


def spans(hours: Hours) -> tuple[tuple[date, date], ...]:
    """Return the days on which the usual week may not hold, public holidays apart."""
    rows = [(one.valid_from, one.valid_to) for one in hours.schedules if one.kind in DATED]
    found = [(first, last) for first, last in rows if first is not None and last is not None]
    found += [(one.starts, one.ends or date.max) for one in hours.closures]
    return tuple(sorted(set(found)))


def told(hours: Hours, today: date) -> tuple[Message, Kind, date, date] | None:
    """Return the sentence of the season that is or soon comes, with its kind and days; its days are put in by the page.

    >>> from datetime import time
    >>> row = Schedule("MO", time(8), time(13), kind="ramadan", valid_from=date(2027, 2, 8), valid_to=date(2027, 3, 8))
    >>> told(Hours((row,)), date(2027, 2, 20))[0].text, told(Hours((row,)), date(2026, 12, 1))
    ('Ramadan hours until %(last)s', None)
    """
    for kind in SEASONS:
        for one in hours.schedules:
            first, last = one.valid_from, one.valid_to
            if one.kind != kind or first is None or last is None or not today <= last:
                continue
            if first - today <= timedelta(TOLD_BEFORE):
                text = NOW_UNTIL[kind] if first <= today else COMING[kind]
                return Message(f"season_{kind.value}", text), kind, first, last
    return None


def plain_rows(hours: Hours) -> tuple[Schedule, ...]:
    """Return the rows for readers who know no seasons: the usual week stops where a season begins and goes on after it.

    >>> from datetime import time
    >>> days = {"valid_from": date(2027, 2, 8), "valid_to": date(2027, 3, 8)}
    >>> rows = (Schedule("MO", time(8), time(16)), Schedule("MO", time(8), time(13), kind="ramadan", **days))
    >>> [(str(one.valid_from), str(one.valid_to), one.closes_at.hour) for one in plain_rows(Hours(rows))]
    [('None', '2027-02-07', 16), ('2027-03-09', 'None', 16), ('2027-02-08', '2027-03-08', 13)]
    """
    special = [one for one in hours.schedules if one.kind in DATED and one.valid_from and one.valid_to]
    edges = sorted({(one.valid_from, one.valid_to) for one in special if one.valid_from and one.valid_to})
    found = []
    for row in (one for one in hours.schedules if one.kind not in DATED):
        found += _around(row, edges) if row.kind == Kind.NORMAL else [row]
    return (*found, *special)


def _around(row: Schedule, edges: Collection[tuple[date, date]]) -> list[Schedule]:
    pieces, start = [], row.valid_from
    for first, last in edges:
        if start is not None and last < start:
            continue
        if row.valid_to is not None and first > row.valid_to:
            break
        if start is None or start < first:
            pieces.append(replace(row, valid_from=start, valid_to=first - timedelta(1)))
        start = last + timedelta(1)
    if row.valid_to is None or start is None or start <= row.valid_to:
        pieces.append(replace(row, valid_from=start))
    return pieces
