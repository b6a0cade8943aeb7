"""The gate for the private sector's forms: the offer of a service, a vacancy and what becomes of it, memberships."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from directory.employment import LONGEST, EntryLevel, OfferKind, reaches_somebody
from referral.providers.schemas import CHOOSE, NOT_A_DAY, NOT_A_NUMBER, PARTS, Reading, day_of, version_of
from sop.vocabulary import N_, Message

TEXTS: dict[str, int] = {"trade": 120, "duration": 120, "documents": 300}
NUMBERS: dict[str, int] = {"places": 999, "pay": 5_000_000, "cost": 5_000_000}
PAPERS: dict[str, bool | None] = {"": None, "yes": True, "no": False}
OFFER = "employment"
MOST_PLACES = 500
REACHES = Message("reaches", N_("no telephone number and no e-mail address here: choose the contact by its function"))
NAME_WORK = Message("name_work", N_("name the work, without the name of a person"))
PLACES = Message("places", N_("a whole number from 1 to %(limit)d"), {"limit": MOST_PLACES})
UNTIL = Message("until", N_("a day from today on, at most %(limit)d days away"), {"limit": LONGEST.days})
ENDS_FIRST = Message("ends_first", N_("it cannot end before it begins"))


class VacancyAct(StrEnum):
    """What may be done with a vacancy."""

    FILL = "fill"
    WITHDRAW = "withdraw"
    PROLONG = "prolong"
    PUBLISH = "publish"


def line(posted: Mapping[str, str], name: str, most: int = 400) -> str:
    """A line of text without control characters."""
    return "".join(one for one in posted.get(name, "") if one.isprintable()).strip()[:most]


def read_offer(posted: Mapping[str, str]) -> Reading:
    """The offer as plain values; no kind chosen: there is none."""
    names = ("kind", "entry", "without_papers", *TEXTS, *NUMBERS)
    days = {f"starts-{part}": line(posted, f"starts-{part}", 8) for part in PARTS}
    typed = {name: line(posted, name) for name in names} | days
    errors: dict[str, Message] = {}
    for name, known in (("kind", OfferKind), ("entry", EntryLevel), ("without_papers", PAPERS)):
        if typed[name] and typed[name] not in list(known):
            errors[name] = CHOOSE
    for name, limit in TEXTS.items():
        if len(typed[name]) > limit:
            errors[name] = Message("too_long", N_("at most %(limit)d characters"), {"limit": limit})
        elif reaches_somebody(typed[name]):
            errors[name] = REACHES
    numbers = {name: _number(typed[name], most, name, errors) for name, most in NUMBERS.items()}
    starts = _day(typed, "starts", errors)
    if not typed["kind"]:
        if any(value for value in typed.values()):
            errors.setdefault("kind", CHOOSE)
        return Reading(typed, {OFFER: {}}, version_of(posted), errors)
    offer: dict[str, Any] = {name: typed[name] for name in ("kind", *TEXTS)} | numbers
    offer |= {"entry": typed["entry"] or None, "starts_on": starts.isoformat() if starts else None}
    offer["without_papers"] = PAPERS.get(typed["without_papers"])
    return Reading(typed, {OFFER: offer}, version_of(posted), errors)


def present_offer(offer: Mapping[str, Any]) -> dict[str, str]:
    """The offer as typed."""
    typed = {name: "" if value is None else str(value) for name, value in offer.items() if name != "starts_on"}
    typed["without_papers"] = {True: "yes", False: "no"}.get(offer.get("without_papers"), "")  # type: ignore[arg-type]
    if offer.get("starts_on"):
        day = date.fromisoformat(offer["starts_on"])
        typed |= dict(zip((f"starts-{part}" for part in PARTS), map(str, (day.day, day.month, day.year)), strict=True))
    return typed


def read_vacancy(posted: Mapping[str, str], *, contacts: Collection[str], today: date) -> Reading:
    """A new vacancy: the work, how many, until when, and which function answers."""
    days = {f"until-{part}": line(posted, f"until-{part}", 8) for part in PARTS}
    typed = {name: line(posted, name) for name in ("title", "places", "contact")} | days
    errors: dict[str, Message] = {}
    if not typed["title"]:
        errors["title"] = NAME_WORK
    elif len(typed["title"]) > TEXTS["trade"]:
        errors["title"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": TEXTS["trade"]})
    elif reaches_somebody(typed["title"]):
        errors["title"] = REACHES
    places = _number(typed["places"], MOST_PLACES, "places", errors)
    if not places:
        errors["places"] = PLACES
    if typed["contact"] and typed["contact"] not in contacts:
        errors["contact"] = CHOOSE
    until = _day(typed, "until", errors)
    if "until" not in errors and (until is None or not today <= until <= today + LONGEST):
        errors["until"] = UNTIL
    values = {"title": typed["title"], "places": places, "valid_until": until, "contact": typed["contact"]}
    return Reading(typed, {} if errors else values, 0, errors)


def act_of(posted: Mapping[str, str]) -> VacancyAct | None:
    """What is to be done with a vacancy; None for anything else."""
    written = posted.get("do", "")
    return VacancyAct(written) if written in list(VacancyAct) else None


def read_member(posted: Mapping[str, str], *, employers: Collection[UUID], today: date) -> Reading:
    """An employer that joins a federation, since a day (today where none is said), until a day or without an end."""
    days = {f"{name}-{part}": line(posted, f"{name}-{part}", 8) for name in ("starts", "ends") for part in PARTS}
    typed = {"employer": line(posted, "employer")} | days
    errors: dict[str, Message] = {}
    employer = {str(one): one for one in employers}.get(typed["employer"])
    if employer is None:
        errors["employer"] = CHOOSE
    starts = _day(typed, "starts", errors) or today
    ends = _day(typed, "ends", errors)
    if ends is not None and ends < starts:
        errors["ends"] = ENDS_FIRST
    values = {"employer_id": employer, "starts_on": starts, "ends_on": ends}
    return Reading(typed, {} if errors else values, 0, errors)


def _number(written: str, most: int, name: str, errors: dict[str, Message]) -> int | None:
    plain = written.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if not plain:
        return None
    if plain.isascii() and plain.isdecimal() and len(plain) <= 9 and int(plain) <= most:
        return int(plain)
    errors[name] = NOT_A_NUMBER
    return None


def _day(typed: Mapping[str, str], name: str, errors: dict[str, Message]) -> date | None:
    try:
        return day_of(typed, name)
    except ValueError:
        errors[name] = NOT_A_DAY
        return None


CHOICES: dict[str, list[tuple[str, str]]] = {
    "kind_choices": [("", N_("not stated")), *((one.value, one.label) for one in OfferKind)],
    "level_choices": [("", N_("not stated")), *((one.value, one.label) for one in EntryLevel)],
    "paper_choices": [("", N_("not stated")), ("yes", N_("yes")), ("no", N_("no"))],
}
"""What the form of an offer lets choose."""
