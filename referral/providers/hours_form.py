"""The form of opening hours: the week, hours of Ramadan and of the rainy season, single days, closures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from directory import edit, edit_hours
from directory.profile import Closure, Schedule
from directory.schedule import WEEKDAYS
from directory.seasons import SEASON_LABELS, SEASONS, Kind
from referral.providers.models import ServiceAtLocation
from referral.providers.queries.records import schedule
from referral.providers.schemas import CHOOSE, HOLIDAYS, NOT_A_DAY, Reading, day_of, own, slots_of, typed_of

SHOWN_SLOTS = 2
SEASON_SLOTS = 2


def written(at: time) -> str:
    """A time of day as it is typed.

    >>> written(time(8, 30))
    '08:30'
    """
    return f"{at:%H:%M}"


def weekly(place: ServiceAtLocation) -> edit.Grid | None:
    """The usual hours as a week; None where a week cannot say them."""
    return edit.grid([schedule(one) for one in place.schedules if one.kind == Kind.NORMAL])


def present(place: ServiceAtLocation) -> dict[str, str]:
    """The weekly grid and the seasons as typed; rules that the form cannot say are not in it."""
    grid = weekly(place) or {}
    typed = {"on_holidays": place.on_holidays}
    for day, slots in grid.items():
        _slots(typed, day, slots)
    for kind in SEASONS:
        _slots(typed, kind.value, season_of(place, kind) or ())
    return typed


def _slots(typed: dict[str, str], name: str, slots: edit.Slots) -> None:
    for number, (opens, closes) in enumerate(slots, start=1):
        typed[f"{name}-{number}-opens"], typed[f"{name}-{number}-closes"] = written(opens), written(closes)


def season_of(place: ServiceAtLocation, kind: Kind) -> edit.Slots | None:
    """The slots of a season; None where its rows say more than the form."""
    rows = [schedule(one) for one in place.schedules if one.kind == kind]
    return edit_hours.season_of(kind, rows, weekly(place) or {})


def shown(place: ServiceAtLocation, typed: Mapping[str, str]) -> dict[str, Any]:
    """What the template needs beside the entry and what was typed."""
    return {
        "slots": slots_shown(typed),
        "irregular": weekly(place) is None,
        "seasons": [(kind.value, SEASON_LABELS[kind], season_of(place, kind) is None) for kind in SEASONS],
        "season_fields": [(kind.value, SEASON_LABELS[kind]) for kind in SEASONS],
        "season_slots": range(1, SEASON_SLOTS + 1),
        "seasons_open": any(season_of(place, kind) != () for kind in SEASONS)
        or any(typed.get(f"{kind}-{number}-opens") for kind in SEASONS for number in range(1, SEASON_SLOTS + 1)),
        "days_alone": days_alone(place),
    }


def days_alone(place: ServiceAtLocation) -> list[tuple[date, str]]:
    """The single days with hours of their own, and these hours."""
    rows = [one for one in place.schedules if one.kind == Kind.EXCEPTION and one.valid_from is not None]
    found: dict[date, list[str]] = {}
    for one in sorted(rows, key=lambda row: (row.valid_from, row.opens_at)):
        if one.valid_from is not None:
            found.setdefault(one.valid_from, []).append(f"{written(one.opens_at)}–{written(one.closes_at)}")
    return [(day, ", ".join(times)) for day, times in found.items()]


def slots_shown(typed: Mapping[str, str]) -> int:
    """How many slots a day the form offers: two, or as many as are in use."""
    used = [number for number in range(1, edit.SLOTS_A_DAY + 1) for day in edit.DAY_LABELS if _used(typed, day, number)]
    return max([SHOWN_SLOTS, *used])


def _used(typed: Mapping[str, str], day: str, number: int) -> bool:
    return any(typed.get(f"{day}-{number}-{end}") for end in ("opens", "closes"))


def read(posted: Mapping[str, str], *, known: Collection[UUID], today: date) -> Reading:
    """Weekly hours, seasons, public holidays, closures and single days: which end (of those known), and new ones."""
    typed, version = typed_of(posted)
    grid, errors = edit.check_hours({day: slots_of(typed, day) for day in WEEKDAYS})
    closure, more = _closure(typed, today)
    alone, wrong = _alone(typed, today)
    errors = {**errors, **more, **wrong}
    seasons = {}
    for kind in SEASONS:
        seasons[kind], problem = edit_hours.season_slots(slots_of(typed, kind.value))
        if problem:
            errors[kind.value] = problem
    found = own(errors)
    if typed.get("on_holidays", "") not in HOLIDAYS:
        found["on_holidays"] = CHOOSE
    away = {name.removeprefix("drop-") for name, value in typed.items() if name.startswith("drop-") and value}
    values = {
        "grid": grid, "closure": closure, "ended": {one for one in known if typed.get(f"end-{one}")},
        "on_holidays": typed.get("on_holidays", ""), "seasons": seasons, "alone": alone, "today": today,
        "taken_away": away,
    }  # fmt: skip
    return Reading(typed, values, version, found)


def _closure(typed: Mapping[str, str], today: date) -> tuple[Closure | None, dict[str, Any]]:
    errors: dict[str, Any] = {}
    found: dict[str, date | None] = {}
    for name in ("starts", "ends"):
        try:
            found[name] = day_of(typed, name)
        except ValueError:
            errors[name] = NOT_A_DAY
    reason = typed.get("reason", "").strip()
    if errors or not (any(found.values()) or reason):
        return None, errors
    closure, wrong = edit.check_closure(found["starts"], found["ends"], reason, today=today)
    return closure, dict(wrong)


def _alone(typed: Mapping[str, str], today: date) -> tuple[Schedule | None, dict[str, Any]]:
    try:
        day = day_of(typed, "alone")
    except ValueError:
        return None, {"alone": NOT_A_DAY}
    row, wrong = edit_hours.check_day(day, typed.get("alone-opens", ""), typed.get("alone-closes", ""), today=today)
    return row, dict(wrong)
