"""Reading single values from somebody else's data: each reader returns the value, and notes what is wrong with it.

A value that could mislead about who is served, or how to reach a service, refuses the row. An ornament that cannot
be used is left out with a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from directory.vocabulary import N_, Message

NAME_LIMIT = 200
TEXT_LIMIT = 4000
ABSURD = 20_000
"""A text this long is no description: the row is refused. Shorter ones above their limit are cut, and it is said."""
OLDEST = 120
OLDEST_YEAR, LATEST_YEAR = 1000, 2100
NO_LIMIT = 999
"""Written by some feeds for *no upper age*."""

EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@(?:[^@\s<>\"',;:()\[\]\\.]{1,63}\.)+[^@\s<>\"',;:()\[\]\\.]{2,63}")
HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z]{2,63}(?::\d{1,5})?", re.IGNORECASE)
CLOCK = re.compile(
    r"\s*(\d{1,2})(?::(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?m?\.?\s*(Z|[+-]\d{2}:?\d{2})?\s*", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MARKER = re.compile(r"[ \t]?###([A-Za-z]{2,12})###[ \t]?")


@dataclass(slots=True)
class Notes:
    """What was found wrong with one row: errors refuse it, warnings go beside it."""

    errors: list[tuple[str, Message]] = field(default_factory=list)
    warnings: list[tuple[str, Message]] = field(default_factory=list)

    def error(self, name: str, code: str, text: str, **values: Any) -> None:
        """Refuse the row."""
        self.errors.append((name, Message(code, text, values)))

    def warn(self, name: str, code: str, text: str, **values: Any) -> None:
        """Leave the value out, keep the row."""
        self.warnings.append((name, Message(code, text, values)))


def text(row: Mapping[str, Any], name: str, notes: Notes, limit: int = TEXT_LIMIT, required: bool = False) -> str:
    """Return a text without control characters; literal `\\n` becomes a line break, `###MON###` the line `MON: …`."""
    value = row.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and not required:
        value = str(value)
    if value is None or value == "":
        if required:
            notes.error(name, "missing", N_("required, but missing"))
        return ""
    if not isinstance(value, str):
        notes.error(name, "not_text", N_("must be text"))
        return ""
    if len(value) > (limit if required else ABSURD):
        message = N_("too long: %(length)d characters, at most %(limit)d")
        notes.error(name, "too_long", message, length=len(value), limit=limit)
        return ""
    cleaned = CONTROL.sub("", MARKER.sub(r"\n\1: ", value.replace("\\n", "\n"))).strip()
    if required and not cleaned:
        notes.error(name, "missing", N_("required, but missing"))
    if len(cleaned) > limit:
        notes.warn(name, "shortened", N_("shortened to %(limit)d characters"), limit=limit)
        cleaned = cleaned[: limit - 1] + "…"
    return cleaned


def number(row: Mapping[str, Any], name: str) -> float | None:
    """Return a finite number, also from its digits as text; None for anything else."""
    value = row.get(name)
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,9}(\.\d{1,20})?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def age(row: Mapping[str, Any], name: str, notes: Notes) -> int | None:
    """Return an age in years; an impossible one refuses the row, 999 as upper bound means none."""
    if row.get(name) in (None, ""):
        return None
    value = number(row, name)
    if value is None:
        notes.error(name, "not_a_number", N_("must be a number"))
    elif value == NO_LIMIT and name == "maximum_age":
        notes.warn(name, "no_upper_age", N_("999 read as: no upper age"))
    elif not 0 <= value <= OLDEST:
        notes.error(name, "impossible_age", N_("impossible age: %(age)s"), age=f"{value:g}")
    else:
        return math.ceil(value) if name == "minimum_age" else math.floor(value)
    return None


def email(row: Mapping[str, Any], name: str, notes: Notes) -> str:
    """Return an e-mail address; a wrong one refuses the row, because messages would be lost or go astray."""
    value = row.get(name)
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        notes.error(name, "not_text", N_("must be text"))
        return ""
    if len(value) > 254 or not EMAIL.fullmatch(value.strip()):
        notes.error(name, "bad_email", N_("not an e-mail address: %(value)s"), value=_shown(value))
        return ""
    return value.strip()


def url(row: Mapping[str, Any], name: str, notes: Notes) -> str:
    """Return a web address with its scheme; a dangerous scheme refuses the row, an unusable address is left out."""
    value = row.get(name)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or len(value) > 2000:
        notes.warn(name, "bad_url", N_("not a web address, left out: %(value)s"), value=_shown(value))
        return ""
    address = value.strip()
    scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*)\s*:", address, re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https") and not HOST.match(address):
        notes.error(name, "unsafe_url", N_("web address of a kind that is not allowed: %(value)s"), value=_shown(value))
        return ""
    if not re.match(r"https?://", address, re.IGNORECASE):
        address = f"https://{address}"
    try:
        host = urlsplit(address).netloc
    except ValueError:
        host = ""
    if not HOST.fullmatch(host) or re.search(r"[\s<>\"\x00-\x1f]", address):
        notes.warn(name, "bad_url", N_("not a web address, left out: %(value)s"), value=_shown(value))
        return ""
    return address


def _shown(value: Any) -> str:
    shown = CONTROL.sub("", str(value) if isinstance(value, str | int | float | bool) else type(value).__name__)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def day(row: Mapping[str, Any], name: str, notes: Notes) -> date | None:
    """Return an ISO date (the date part of a moment also serves)."""
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError):
        notes.warn(name, "bad_date", N_("not a date, left out: %(value)s"), value=_shown(value))
        return None


def year(row: Mapping[str, Any], name: str, notes: Notes) -> int | None:
    """Return a year of four digits; anything else is left out."""
    if row.get(name) in (None, ""):
        return None
    value = number(row, name)
    if value is None or not value.is_integer() or not OLDEST_YEAR <= value <= LATEST_YEAR:
        notes.warn(name, "bad_year", N_("not a year, left out: %(value)s"), value=_shown(row.get(name)))
        return None
    return int(value)


def moment(row: Mapping[str, Any], name: str, notes: Notes) -> datetime | None:
    """Return an ISO moment, aware; without an offset it is read as UTC."""
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        notes.warn(name, "bad_date", N_("not a date, left out: %(value)s"), value=_shown(value))
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def clock(value: Any) -> tuple[time, str] | None:
    """Return a time of day and its offset (`Z`, `+01:00` or empty); understands `9:00am`.

    >>> clock("9:30 pm"), clock("08:00Z"), clock("soon")
    ((datetime.time(21, 30), ''), (datetime.time(8, 0), '+00:00'), None)
    """
    match = CLOCK.fullmatch(value) if isinstance(value, str) and len(value) < 40 else None
    if not match or (match[2] is None and match[3] is None):
        return None
    hour, minute, half, offset = int(match[1]), int(match[2] or 0), (match[3] or "").lower(), match[4] or ""
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        return None
    if offset.upper() == "Z":
        offset = "+00:00"
    return time(hour, minute), offset if len(offset) in (0, 6) else f"{offset[:3]}:{offset[3:]}"


def coordinates(row: Mapping[str, Any], notes: Notes) -> tuple[float, float] | tuple[None, None]:
    """Return latitude and longitude; impossible ones, and 0, 0, are left out."""
    if row.get("latitude") in (None, "") and row.get("longitude") in (None, ""):
        return None, None
    lat, lon = number(row, "latitude"), number(row, "longitude")
    possible = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    if lat is None or lon is None or not possible:
        values = f"{_shown(row.get('latitude'))}, {_shown(row.get('longitude'))}"
        notes.warn("latitude", "bad_coordinates", N_("impossible coordinates, left out: %(value)s"), value=values)
        return None, None
    return lat, lon


def rows(row: Mapping[str, Any], name: str, notes: Notes, limit: int = 5000) -> list[Mapping[str, Any]]:
    """Return a list of objects; anything else in it is left out."""
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        notes.warn(name, "not_a_list", N_("must be a list, left out"))
        return []
    found: list[Mapping[str, Any]] = [one for one in value[:limit] if isinstance(one, dict)]
    if len(found) < len(value):
        notes.warn(name, "not_objects", N_("%(number)d entries left out"), number=len(value) - len(found))
    return found


def sources(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who pays, by name, from HSDS `funding`; what is no text is passed over.

    >>> sources({"funding": [{"source": " Union africaine "}, {"source": 3}, "x", {"source": "Union africaine"}]})
    ('Union africaine',)
    """
    found = row.get("funding")
    names = (one.get("source") for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    texts = (" ".join(CONTROL.sub("", one).split()) for one in names if isinstance(one, str))
    return tuple(dict.fromkeys(filter(None, texts)))
