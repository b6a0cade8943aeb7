"""OpenStreetMap's `opening_hours` both ways, as far as a weekly week goes: days, several slots, nights, holidays.

https://wiki.openstreetmap.org/wiki/Key:opening_hours. What says more than that (months, weeks, sunrise, comments) is
not guessed at: it is refused as a whole, because half of the hours would send people to a closed door.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from directory.profile import Hours, Schedule
from directory.schedule import WEEKDAYS, usable

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LONGEST = 1000
RULE = re.compile(
    r"(?P<days>(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?,?\s*)*)"
    r"(?P<slots>off|closed|\d{1,2}:\d{2}-\d{1,2}:\d{2}(?:\s*,\s*\d{1,2}:\d{2}-\d{1,2}:\d{2})*)"
)


class NotUnderstood(ValueError):
    """The text says more than a weekly week, or is none."""


def read(text: str) -> Hours:
    """Return the hours of an `opening_hours` text; raises `NotUnderstood`. A later rule replaces an earlier one's days.

    >>> [(one.byday, one.opens_at.hour, one.closes_at.hour) for one in read("Mo-Fr 08:00-15:00; PH off").schedules]
    [('MO,TU,WE,TH,FR', 8, 15)]
    """
    if len(text) > LONGEST:
        raise NotUnderstood(text[:60])
    week: dict[str, tuple[tuple[time, time], ...]] = {}
    for rule in filter(None, (part.strip() for part in text.split(";"))):
        days, slots = (list(DAYS), ((time(0), time(23, 59)),)) if rule == "24/7" else _rule(rule)
        week.update(dict.fromkeys(days, slots))
    if not week:
        raise NotUnderstood(text)
    holiday = week.pop("PH", None)
    rows = [*_rows(week)]
    rows += [replace(Schedule(",".join(WEEKDAYS), *slot), kind="holiday") for slot in holiday or ()]
    return Hours(tuple(rows), on_holidays="" if holiday is None else "open" if holiday else "closed")


def _rule(rule: str) -> tuple[list[str], tuple[tuple[time, time], ...]]:
    match = RULE.fullmatch(rule)
    if match is None:
        raise NotUnderstood(rule)
    days = _days(match["days"]) or list(DAYS)
    if match["slots"] in ("off", "closed"):
        return days, ()
    return days, tuple(_slot(one.strip()) for one in match["slots"].split(","))


def _days(written: str) -> list[str]:
    found: list[str] = []
    for part in filter(None, re.split(r"[,\s]+", written)):
        first, dash, last = part.partition("-")
        if not dash:
            found.append(first)
        elif first == "PH":
            raise NotUnderstood(written)
        else:
            begin, end = DAYS.index(first), DAYS.index(last)
            found += [DAYS[(begin + step) % 7] for step in range((end - begin) % 7 + 1)]
    return found


def _slot(written: str) -> tuple[time, time]:
    try:
        opens, closes = (tuple(map(int, one.split(":"))) for one in written.split("-"))
        if opens == (0, 0) and closes == (24, 0):
            return time(0), time(23, 59)
        past = closes[0] - 24 if 24 <= closes[0] <= 47 else closes[0]
        return time(opens[0], opens[1]), time(past, closes[1])
    except ValueError:
        raise NotUnderstood(written) from None


def _rows(week: dict[str, tuple[tuple[time, time], ...]]) -> list[Schedule]:
    """One row for each slot, with all the days that have it."""
    found: dict[tuple[time, time], list[str]] = {}
    for day in DAYS:
        for slot in week.get(day, ()):
            found.setdefault(slot, []).append(day.upper())
    return [Schedule(",".join(days), *slot) for slot, days in found.items()]


def write(hours: Hours) -> str | None:
    """Return the hours as `opening_hours`; empty when unknown, None when they are not the same every week.

    >>> write(Hours((Schedule("MO,TU,WE,TH,FR", time(8), time(15, 30)),), on_holidays="closed"))
    'Mo-Fr 08:00-15:30; PH off'
    """
    rows = [one for one in hours.schedules if usable(one)]
    if not rows:
        return ""
    if len(rows) < len(hours.schedules) or not all(_plain(one) for one in rows):
        return None
    week: dict[str, list[str]] = {}
    for one in rows:
        for day in ["PH"] if one.kind == "holiday" else one.byday.split(","):
            week.setdefault(day, []).append(_written(one))
    rules = [f"{days} {slots}" for days, slots in _joined({day: ",".join(sorted(week[day])) for day in week})]
    if "PH" not in week and hours.on_holidays == "closed":
        rules.append("PH off")
    if "PH" not in week and hours.on_holidays == "open":
        return None
    return "; ".join(rules)


def _plain(one: Schedule) -> bool:
    bounds = (one.valid_from, one.valid_to, one.dtstart, one.until, one.count)
    parts = (one.bymonthday, one.byweekno, one.byyearday)
    days = set(one.byday.split(",")) <= set(WEEKDAYS)
    return one.freq == "WEEKLY" and one.interval == 1 and days and not any(bounds) and not any(parts)


def _written(one: Schedule) -> str:
    opens, closes = one.opens_at or time(0), one.closes_at or time(0)
    if opens == time(0) and (closes.hour, closes.minute) in ((23, 59), (0, 0)):
        return "00:00-24:00"
    return f"{opens:%H:%M}-{closes:%H:%M}"


def _joined(week: dict[str, str]) -> list[tuple[str, str]]:
    """Days next to each other with the same slots in one rule."""
    runs: list[tuple[str, str, str]] = []
    for day, code in zip(DAYS, WEEKDAYS, strict=True):
        slots = week.get(code)
        if slots and runs and runs[-1][1:] == (DAYS[DAYS.index(day) - 1], slots):
            runs[-1] = (runs[-1][0], day, slots)
        elif slots:
            runs.append((day, day, slots))
    found = [(first if first == last else f"{first}-{last}", slots) for first, last, slots in runs]
    return found + ([("PH", week["PH"])] if "PH" in week else [])
