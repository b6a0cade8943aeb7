"""What an organisation may write in its own entry: weekly hours, closures, places, contacts. Rules only, no storage.

Each `check_…` takes what was typed and returns the value, or None, and the messages by field. A value is returned only
when there is no message.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import phonenumbers

from directory.fields import EMAIL, clock
from directory.profile import Capacity, Closure, Contact, Phone, Schedule
from directory.schedule import MIDNIGHT, WEEKDAYS, WHOLE_DAY
from directory.taxonomy import UNIT_LABELS, CapacityStatus, Visibility
from directory.vocabulary import N_, Message

Slots = tuple[tuple[time, time], ...]
Grid = dict[str, Slots]
Errors = dict[str, Message]

SLOTS_A_DAY = 4
LONGEST_CLOSURE = 366
MOST_PLACES = 10_000
SHORT_CODES: tuple[str, ...] = ("112", "113", "116", "117", "118", "119", "1500", "1510", "1523")
"""Numbers that are dialled as they stand. A setting of the country."""
DEMONSTRATION = re.compile(r"\+237000\d{6}")

DAY_LABELS: dict[str, str] = {
    "MO": N_("Monday"),
    "TU": N_("Tuesday"),
    "WE": N_("Wednesday"),
    "TH": N_("Thursday"),
    "FR": N_("Friday"),
    "SA": N_("Saturday"),
    "SU": N_("Sunday"),
}


def check_hours(typed: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Grid | None, Errors]:
    """Read a weekly grid: for each day `MO`…`SU` pairs of opening and closing; an empty pair is no slot.

    Two slots make a lunch closure; closing at or before opening runs into the next day; 00:00–00:00 is the whole day.

    >>> grid, errors = check_hours({"MO": [("08:00", "12:00"), ("13:30", "17:00")]})
    >>> [str(start) for start, _ in grid["MO"]], errors
    (['08:00:00', '13:30:00'], {})
    """
    grid: Grid = {}
    errors: Errors = {}
    for day in WEEKDAYS:
        found, problem = read_slots([pair for pair in typed.get(day, ()) if pair[0].strip() or pair[1].strip()])
        if problem:
            errors[day] = problem
        elif found:
            grid[day] = found
    if not errors:
        errors.update(_night_overlaps(grid))
    return (None, errors) if errors else (grid, errors)


def read_slots(pairs: Sequence[tuple[str, str]]) -> tuple[Slots, Message | None]:
    """Read the slots of one day, and say what is wrong with them."""
    if len(pairs) > SLOTS_A_DAY:
        return (), Message("too_many_slots", N_("at most %(limit)d slots a day"), {"limit": SLOTS_A_DAY})
    found: list[tuple[time, time]] = []
    for opens, closes in pairs:
        begin, end = clock(opens), clock(closes)
        if begin is None or end is None:
            return (), Message("bad_time", N_("write both times as hours and minutes, for example 08:00 and 15:30"))
        if begin[0] == end[0] != MIDNIGHT:
            return (), Message("empty_slot", N_("the opening and closing times are the same"))
        found.append((begin[0], end[0]))
    found.sort()
    for earlier, later in pairwise(found):
        if earlier[1] <= earlier[0] or later[0] < earlier[1]:
            return (), Message("slots_overlap", N_("two slots overlap"))
    return tuple(found), None


def _night_overlaps(grid: Grid) -> Errors:
    errors: Errors = {}
    for number, day in enumerate(WEEKDAYS):
        following = WEEKDAYS[(number + 1) % 7]
        last = grid[day][-1] if day in grid else None
        if last and last[1] <= last[0] and following in grid and grid[following][0][0] < last[1]:
            errors[following] = Message("night_overlaps", N_("overlaps with the night that began the day before"))
    return errors


def schedules(grid: Mapping[str, Slots]) -> tuple[Schedule, ...]:
    """Return the grid as HSDS schedules: one row for each slot, with all the days that share it.

    >>> [(one.byday, one.opens_at.hour) for one in schedules({day: ((time(8), time(16)),) for day in WEEKDAYS[:5]})]
    [('MO,TU,WE,TH,FR', 8)]
    """
    days: dict[tuple[time, time], list[str]] = {}
    for day in WEEKDAYS:
        for slot in grid.get(day, ()):
            days.setdefault(slot, []).append(day)
    return tuple(
        Schedule(",".join(named), opens, time(23, 59) if (opens, closes) == (MIDNIGHT, MIDNIGHT) else closes)
        for (opens, closes), named in sorted(days.items())
    )


def grid(rows: Collection[Schedule]) -> Grid | None:
    """Return the schedules as a weekly grid, or None when a week cannot say it: monthly, every second week, bounded."""
    found: dict[str, list[tuple[time, time]]] = {}
    for row in rows:
        plain = Schedule(row.byday, row.opens_at, row.closes_at, wkst=row.wkst, description=row.description, id=row.id)
        if row != plain or row.opens_at is None or row.closes_at is None:
            return None
        for day in row.byday.split(","):
            if day not in WEEKDAYS:
                return None
            whole = row.opens_at == MIDNIGHT and row.closes_at in WHOLE_DAY
            found.setdefault(day, []).append((row.opens_at, MIDNIGHT if whole else row.closes_at))
    return {day: tuple(sorted(found[day])) for day in WEEKDAYS if day in found}


def check_closure(starts: date | None, ends: date | None, reason: str, *, today: date) -> tuple[Closure | None, Errors]:
    """Check a temporary closure, both days included; without an end it holds until it is taken away."""
    errors: Errors = {}
    if starts is None:
        errors["starts"] = Message("missing", N_("say from which day"))
    elif ends is not None and ends < starts:
        errors["ends"] = Message("ends_before", N_("the last day is before the first"))
    elif ends is not None and ends < today:
        errors["ends"] = Message("past", N_("these days are past"))
    elif ends is not None and ends - starts > timedelta(LONGEST_CLOSURE):
        errors["ends"] = Message("too_long", N_("longer than a year: declare the service inactive instead"))
    if len(reason) > 200:
        errors["reason"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": 200})
    return (None, errors) if errors or starts is None else (Closure(starts, ends, reason.strip()), errors)


def check_capacity(
    status: str,
    available: int | None = None,
    maximum: int | None = None,
    waiting_days: int | None = None,
    unit: str = "place",
    waitlist_count: int | None = None,
    funded_maximum: int | None = None,
    note: str = "",
    *,
    now: datetime,
) -> tuple[Capacity | None, Errors]:
    """Check the places declared now: numbers must agree with the status and with each other."""
    errors: Errors = {}
    if status not in list(CapacityStatus):
        errors["status"] = Message("unknown_status", N_("choose one of the list"))
    if unit not in UNIT_LABELS:
        errors["unit"] = Message("unknown_unit", N_("choose one of the list"))
    for name, value, limit in (
        ("available", available, MOST_PLACES), ("maximum", maximum, MOST_PLACES), ("waiting_days", waiting_days, 730),
        ("waitlist_count", waitlist_count, MOST_PLACES), ("funded_maximum", funded_maximum, MOST_PLACES),
    ):  # fmt: skip
        if value is not None and not 0 <= value <= limit:
            errors[name] = Message("out_of_range", N_("a whole number from 0 to %(limit)d"), {"limit": limit})
    if len(note) > 300:
        errors["note"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": 300})
    if not errors:
        errors.update(_disagreement(CapacityStatus(status), available, maximum))
    if not errors and funded_maximum is not None and maximum is not None and funded_maximum > maximum:
        errors["funded_maximum"] = Message("above_maximum", N_("more funded places than places"))
    if errors:
        return None, errors
    listed = status == CapacityStatus.WAITING_LIST
    return Capacity(
        CapacityStatus(status), available, maximum, unit, now, waiting_days=waiting_days if listed else None,
        waitlist_count=waitlist_count if listed else None, funded_maximum=funded_maximum, note=note.strip(),
    ), errors  # fmt: skip


def _disagreement(status: CapacityStatus, available: int | None, maximum: int | None) -> Errors:
    if available is not None and maximum is not None and available > maximum:
        return {"available": Message("above_maximum", N_("more free places than places"))}
    if status is CapacityStatus.AVAILABLE and available == 0:
        return {"available": Message("none_free", N_("no place is free: choose “Full” or “Waiting list”"))}
    if status is CapacityStatus.FULL and available:
        return {"available": Message("not_full", N_("places are free: choose “Places available”"))}
    return {}


def check_phone(
    typed: str, *, region: str = "CM", short_codes: Collection[str] = SHORT_CODES, demonstration: bool = False
) -> tuple[str | None, Message | None]:
    """Return the number as it is kept: E.164, or the short code itself; numbers of other countries need their `+`.

    Visibly invalid numbers (+237 000 …) are taken in demonstrations only.

    >>> check_phone("699 12 34 56")[0], check_phone("1523")[0], check_phone("+237 000 00 00 01", demonstration=True)[0]
    ('+237699123456', '1523', '+237000000001')
    """
    compact = re.sub(r"[\s.()/\u00a0\u202f-]", "", typed)
    if compact in short_codes:
        return compact, None
    if DEMONSTRATION.fullmatch(compact):
        if demonstration:
            return compact, None
        return None, Message("demonstration_number", N_("this number is for demonstrations only"))
    try:
        number = phonenumbers.parse(typed if len(typed) <= 40 else "", region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return None, Message("bad_phone", N_("not a telephone number; for example 6 99 12 34 56 or +33 6 12 34 56 78"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def show_phone(number: str) -> str:
    """Return a kept number with spaces, for reading.

    >>> show_phone("+237699123456"), show_phone("1523"), show_phone("+237000000001"), show_phone("+237 000 000 001")
    ('+237 6 99 12 34 56', '1523', '+237 000 00 00 01', '+237 000 00 00 01')
    """
    compact = number.replace(" ", "")
    if DEMONSTRATION.fullmatch(compact):
        return f"{compact[:4]} {compact[4:7]} {compact[7:9]} {compact[9:11]} {compact[11:]}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def check_contact(
    *,
    title: str,
    email: str = "",
    phones: Sequence[str] = (),
    name: str = "",
    visibility: str = Visibility.NETWORK,
    demonstration: bool = False,
) -> tuple[Contact | None, Errors]:
    """Check a contact: a function, and at least one way to reach it. A named person is never public."""
    errors: Errors = {}
    if not title.strip():
        errors["title"] = Message("missing", N_("say which function answers, for example “reception”"))
    for field, value in (("title", title), ("name", name)):
        if len(value) > 120:
            errors[field] = Message("too_long", N_("at most %(limit)d characters"), {"limit": 120})
    if email.strip() and (len(email) > 254 or not EMAIL.fullmatch(email.strip())):
        errors["email"] = Message("bad_email", N_("not an e-mail address"))
    kept = _phones(phones, demonstration, errors)
    if not email.strip() and not kept and "phones" not in errors:
        errors["phones"] = Message("unreachable", N_("give a telephone number or an e-mail address"))
    if visibility not in list(Visibility):
        errors["visibility"] = Message("unknown_visibility", N_("choose one of the list"))
    elif visibility == Visibility.PUBLIC and name.strip():
        errors["name"] = Message("public_name", N_("a public contact is a function, not a named person"))
    if errors:
        return None, errors
    contact = Contact(name.strip(), title.strip(), "", email.strip(), tuple(map(Phone, kept)), Visibility(visibility))
    return contact, errors


def _phones(typed: Sequence[str], demonstration: bool, errors: Errors) -> list[str]:
    kept: list[str] = []
    for one in typed:
        if one.strip():
            number, problem = check_phone(one, demonstration=demonstration)
            if problem:
                errors["phones"] = problem
            elif number and number not in kept:
                kept.append(number)
    return kept
