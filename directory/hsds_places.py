"""The parts of an HSDS feed that say where and when: locations, addresses, schedules, telephones."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from directory import fields, hsds_service
from directory.fields import Notes
from directory.hsds_profile import closures, one_of
from directory.places import fold
from directory.profile import Address, Hours, Location, Phone, Schedule, ServiceAtLocation
from directory.schedule import WEEKDAYS
from directory.seasons import Kind
from directory.taxonomy import Disclosure
from directory.vocabulary import N_

Key = Callable[[str, Any], str]
DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
NUMBERS = re.compile(r"[+-]?\d{1,3}(,[+-]?\d{1,3})*")
NAMES = {name[:3]: code for name, code in zip(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), WEEKDAYS, strict=True
)}  # fmt: skip
LOCATION_TYPES = ("physical", "postal", "virtual")


def read_phones(row: Mapping[str, Any], notes: Notes) -> tuple[Phone, ...]:
    """Return the telephones; a number without digits is left out."""
    found = []
    for one in fields.rows(row, "phones", notes):
        written = fields.text(one, "number", notes, 60).strip("\"' ")
        if not re.search(r"\d{3}", re.sub(r"[\s.()-]", "", written)):
            notes.warn("phones", "bad_phone", N_("telephone number left out: it has no digits"))
            continue
        kind = fields.text(one, "type", notes, 30) or "voice"
        asked = one.get("for_referrals") in (True, "true")
        found.append(Phone(written, fields.text(one, "extension", notes, 20), kind, for_referrals=asked))
    return tuple(found)


def read_links(
    row: Mapping[str, Any],
    notes: Notes,
    key: Key,
    service_id: str,
    timezone: str,
    known: Mapping[str, Location],
    pcodes: Container[str] | None = None,
) -> tuple[ServiceAtLocation, ...]:
    """Return the places of a service; a link to a location that is nowhere described is left out."""
    found: dict[str, ServiceAtLocation] = {}
    for one in fields.rows(row, "service_at_locations", notes):
        place = one.get("location")
        if isinstance(place, dict):
            location = read_location(place, notes, key, f"{service_id}|{len(found)}", timezone)
        else:
            shared = known.get(key("location", one.get("location_id")))
            if shared is None:
                notes.warn("service_at_locations", "no_location", N_("a place without description, left out"))
                continue
            location = shared
        written = one.get("id")
        usable = isinstance(written, str | int) and not isinstance(written, bool) and str(written)
        link = key("service_at_location", written if usable else f"{service_id}|{location.id}")
        hours = replace(read_hours(one, notes, timezone), closures=closures(one), on_holidays=_on_holidays(one))
        areas = hsds_service.areas(one, notes, pcodes)
        found[link] = ServiceAtLocation(
            link, location, hours, read_phones(one, notes), areas, hsds_service.capacity(one, notes)
        )
    return tuple(found.values())


def _on_holidays(row: Mapping[str, Any]) -> str:
    return "open" if row.get("on_holidays") == "open" else "closed" if row.get("on_holidays") == "closed" else ""


def read_location(place: Mapping[str, Any], notes: Notes, key: Key, fallback: str, timezone: str) -> Location:
    """Return the location of a document; `fallback` makes its id where it has none."""
    written = place.get("id")
    source = str(written) if isinstance(written, str | int) and not isinstance(written, bool) else ""
    latitude, longitude = fields.coordinates(place, notes)
    kind = place.get("location_type")
    coded = place.get("external_identifier_type")
    pcode = fields.text(place, "external_identifier", Notes(), 40)
    is_pcode = isinstance(coded, str) and fold(coded) in ("p-code", "pcode")
    return Location(
        id=key("location", source[: fields.NAME_LIMIT] or fallback),
        name=fields.text(place, "name", notes, fields.NAME_LIMIT),
        location_type=kind if isinstance(kind, str) and kind in LOCATION_TYPES else "physical",
        description=fields.text(place, "description", notes),
        latitude=latitude,
        longitude=longitude,
        pcode=pcode if is_pcode else "",
        addresses=_addresses(place, notes),
        phones=read_phones(place, notes),
        hours=read_hours(place, notes, timezone),
        accessibility=_accessibility(place),
        step_free=_step_free(place),
        disclosure=one_of(Disclosure, place.get("disclosure")) or Disclosure.EXACT,
        source_id=source[: fields.NAME_LIMIT],
    )


def _accessibility(place: Mapping[str, Any]) -> str:
    quiet = Notes()
    rows = fields.rows(place, "accessibility", quiet)
    return "; ".join(filter(None, (fields.text(one, "description", quiet, 500) for one in rows)))


STEP_FREE = {"step_free=yes": True, "step_free=no": False}
"""How our own exports say it, in the `details` of a row."""


def _step_free(place: Mapping[str, Any]) -> bool | None:
    rows = fields.rows(place, "accessibility", Notes())
    found = (STEP_FREE.get(details) for one in rows if isinstance(details := one.get("details"), str))
    return next((one for one in found if one is not None), None)


def _addresses(place: Mapping[str, Any], notes: Notes) -> tuple[Address, ...]:
    names = ("address_1", "city", "state_province", "postal_code", "country")
    return tuple(
        Address(*(fields.text(one, name, notes, 120 if name == "city" else 300) for name in names))
        for one in fields.rows(place, "addresses", notes)
    )


def read_hours(row: Mapping[str, Any], notes: Notes, timezone: str) -> Hours:
    """Return the schedules of a row in one time zone; a row that cannot be understood is left out with a warning."""
    schedules, zones = [], []
    for one in fields.rows(row, "schedules", notes, limit=200):
        found = _schedule(one, notes)
        if found is None:
            notes.warn("schedules", "bad_schedule", N_("opening hours that cannot be understood, left out"))
            continue
        schedules.append(found[0])
        zones.append(found[1])
    zone = next((one for one in zones if one), timezone)
    return Hours(tuple(schedules), timezone=zone)


def _schedule(row: Mapping[str, Any], notes: Notes) -> tuple[Schedule, str] | None:
    opens, closes = fields.clock(row.get("opens_at")), fields.clock(row.get("closes_at"))
    byday, numbers = _days(row.get("byday")), _numbers(row)
    freq = row.get("freq") or "WEEKLY"
    if opens is None or closes is None or byday is None or numbers is None or freq not in ("WEEKLY", "MONTHLY"):
        return None
    interval, count = fields.number(row, "interval"), fields.number(row, "count")
    if (interval is not None and not 1 <= interval <= 366) or (count is not None and not 1 <= count <= 10_000):
        return None
    wkst = row.get("wkst")
    schedule = Schedule(
        byday=byday,
        opens_at=opens[0],
        closes_at=closes[0],
        freq=freq,
        interval=int(interval or 1),
        valid_from=fields.day(row, "valid_from", notes),
        valid_to=fields.day(row, "valid_to", notes),
        dtstart=fields.day(row, "dtstart", notes),
        until=fields.day(row, "until", notes),
        count=int(count) if count is not None else None,
        wkst=wkst if isinstance(wkst, str) and wkst in WEEKDAYS else "MO",
        bymonthday=numbers[0],
        byweekno=numbers[1],
        byyearday=numbers[2],
        kind=(one_of(Kind, row.get("kind")) or Kind.NORMAL).value,
        description=fields.text(row, "description", notes),
    )
    if (named := row.get("timezone_name")) and isinstance(named, str) and named in available():
        return schedule, named
    return schedule, opens[1] or _offset(fields.number(row, "timezone"))


@cache
def available() -> frozenset[str]:
    """The time zones that have a name."""
    return frozenset(available_timezones())


def _offset(hours: float | None) -> str:
    """`+03:00` for 3; empty when none is given."""
    if hours is None or abs(hours) > 14:
        return ""
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _days(value: Any) -> str | None:
    """The days as RRULE codes, also from their English names; None when one is not understood."""
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or len(value) > 200:
        return None
    days = []
    for part in re.split(r"[,;\s]+", value.strip()):
        code = part.upper() if DAY.fullmatch(part.upper()) else NAMES.get(part.lower()[:3])
        if code is None:
            return None
        days.append(code)
    return ",".join(days)


def _numbers(row: Mapping[str, Any]) -> tuple[str, str, str] | None:
    found = []
    for name in ("bymonthday", "byweekno", "byyearday"):
        value = row.get(name)
        written = "" if value is None else str(value).replace(" ", "") if isinstance(value, str | int) else "?"
        if len(written) > 400 or (written and not NUMBERS.fullmatch(written)):
            return None
        found.append(written)
    return found[0], found[1], found[2]
