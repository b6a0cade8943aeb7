"""The gate for notices over an area: what has happened, where, from when to when, what it means, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from directory.area_notices import CrisisKind, Effect
from directory.places import Places
from directory.question import BadQuestion, the_place
from referral.providers.schemas import CHOOSE, NOT_A_DAY, Reading, day_of
from referral.providers.upkeep_schemas import NOT_PAST, SAY_IT, text_of
from sop.vocabulary import N_, Message

LONGEST, MOST_PLACES, MOST_DAYS = 500, 60, 120
TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST})
WHERE = Message("say_places", N_("name at least one region, département or arrondissement, one a line"))
DAYS = Message("notice_days", N_("at most %(limit)d days; it can be prolonged"), {"limit": MOST_DAYS})
LAST_DAY = Message("say_last_day", N_("say on which day it ends"))
FIELDS = ("kind", "effect", "text_fr", "text_en", "places")


def read_area_notice(posted: Mapping[str, str], places: Places, *, today: date) -> Reading:
    """Kind, effect, both texts, places by name or code (one a line), first day (today where none) and last day."""
    typed = {name: value[:10] for name, value in posted.items() if name.startswith(("starts-", "ends-"))}
    typed |= {name: text_of(posted, name)[:4000] for name in FIELDS}
    errors: dict[str, Message] = {}
    if typed["kind"] not in list(CrisisKind):
        errors["kind"] = CHOOSE
    pcodes = _places(typed["places"], places, errors)
    for name in ("text_fr", "text_en"):
        typed[name] = " ".join(typed[name].split())
        if not 0 < len(typed[name]) <= LONGEST:
            errors[name] = TOO_LONG if typed[name] else SAY_IT
    if typed["effect"] not in list(Effect):
        errors["effect"] = CHOOSE
    days = _days(typed, errors, today)
    if errors:
        return Reading(typed, {}, 0, errors)
    values: dict[str, Any] = {
        "kind": CrisisKind(typed["kind"]), "effect": Effect(typed["effect"]), "pcodes": pcodes,
        "texts": (typed["text_fr"], typed["text_en"]), **days,
    }  # fmt: skip
    return Reading(typed, values, 0, {})


def _places(written: str, places: Places, errors: dict[str, Message]) -> list[str]:
    found: list[str] = []
    for line in [one.strip() for one in written.splitlines() if one.strip()][:MOST_PLACES]:
        try:
            pcode = the_place(places.find(line), line).pcode
        except BadQuestion as bad:
            errors["places"] = Message(bad.message.code, bad.message.text, bad.message.values)
            return []
        if pcode not in found:
            found.append(pcode)
    if not found:
        errors["places"] = WHERE
    return found


def _days(typed: Mapping[str, str], errors: dict[str, Message], today: date) -> dict[str, date]:
    found: dict[str, date | None] = {}
    for name in ("starts", "ends"):
        try:
            found[name] = day_of(typed, name)
        except ValueError:
            errors[name] = NOT_A_DAY
    if errors.keys() & {"starts", "ends"}:
        return {}
    starts, ends = found["starts"] or today, found["ends"]
    if ends is None:
        errors["ends"] = LAST_DAY
    elif ends < starts or ends < today:
        errors["ends"] = NOT_PAST
    elif (ends - starts).days > MOST_DAYS or (starts - today).days > MOST_DAYS:
        errors["ends"] = DAYS
    return {"starts_on": starts, "ends_on": ends} if ends else {}


def read_last_day(posted: Mapping[str, str], *, starts_on: date, today: date) -> Reading:
    """Another last day of a notice."""
    typed = {name: value[:10] for name, value in posted.items() if name.startswith("ends-")}
    errors: dict[str, Message] = {}
    days = _days(typed, errors, max(starts_on, today))
    return Reading(typed, {} if errors else {"ends_on": days["ends_on"]}, 0, errors)
