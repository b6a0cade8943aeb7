"""What an organisation may write of hours beyond the week: Ramadan, the rainy season, one day unlike others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from directory import edit
from directory.profile import Schedule
from directory.schedule import WEEKDAYS
from directory.seasons import Kind
from directory.vocabulary import N_, Message

FARTHEST = timedelta(366)


def season_slots(pairs: Sequence[tuple[str, str]]) -> tuple[edit.Slots, Message | None]:
    """Read the slots of a season's day; none at all is no hours of its own.

    >>> season_slots([("08:00", "13:00"), ("", "")])[0]
    ((datetime.time(8, 0), datetime.time(13, 0)),)
    """
    return edit.read_slots([pair for pair in pairs if pair[0].strip() or pair[1].strip()])


def open_days(grid: Mapping[str, edit.Slots]) -> tuple[str, ...]:
    """The days on which the usual week is open; all of them where no week is said."""
    return tuple(day for day in WEEKDAYS if grid.get(day)) or WEEKDAYS


def season_rows(kind: Kind, slots: edit.Slots, grid: Mapping[str, edit.Slots]) -> list[Schedule]:
    """The rows of a season: the same hours on every day on which the usual week is open."""
    days = open_days(grid)
    return [replace(one, kind=kind.value) for one in edit.schedules(dict.fromkeys(days, slots))]


def season_of(kind: Kind, rows: Iterable[Schedule], grid: Mapping[str, edit.Slots]) -> edit.Slots | None:
    """The slots of a season as the form says them; None when its rows say more than that.

    >>> from datetime import time
    >>> week = {"MO": ((time(8), time(16)),)}
    >>> row = Schedule("MO", time(8), time(13), kind="ramadan")
    >>> season_of(Kind.RAMADAN, [row], week) == ((time(8), time(13)),)
    True
    >>> season_of(Kind.RAMADAN, [replace(row, byday="FR")], week) is None
    True
    """
    mine = [replace(one, kind="normal") for one in rows if one.kind == kind]
    found = edit.grid(mine)
    if found is None or (found and tuple(found) != open_days(grid)):
        return None
    slots = set(found.values())
    return None if len(slots) > 1 else next(iter(slots), ())


def check_day(day: date | None, opens: str, closes: str, *, today: date) -> tuple[Schedule | None, dict[str, Message]]:
    """Read the hours of one day; nothing typed is none. A day that is closed is a closure.

    >>> check_day(date(2026, 12, 24), "08:00", "12:00", today=date(2026, 12, 1))[0].byday
    'TH'
    """
    errors: dict[str, Message] = {}
    if day is None and not opens.strip() and not closes.strip():
        return None, errors
    if day is None:
        errors["alone"] = Message("missing", N_("say which day"))
    elif not today <= day <= today + FARTHEST:
        errors["alone"] = Message("not_coming", N_("a day of the coming year"))
    slots, problem = edit.read_slots([(opens, closes)])
    if problem:
        errors["alone-opens"] = problem
    if errors or day is None:
        return None, errors
    begin, end = slots[0]
    row = next(iter(edit.schedules({WEEKDAYS[day.weekday()]: ((begin, end),)})))
    return replace(row, kind=Kind.EXCEPTION.value, valid_from=day, valid_to=day), errors
