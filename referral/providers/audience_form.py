"""The part of a service's form that says whom it takes: sexes, situations, vulnerabilities, languages, where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from directory.places import Place, Places
from directory.profile import ServiceArea
from directory.taxonomy import EVERYBODY, LANGUAGE_LABELS, TERM_LABELS, AudienceRule, Disclosure, Facet
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import ON_REQUEST, area_of, area_text
from sop.vocabulary import N_, Message

ASKED = (Facet.STATUS, Facet.VULNERABILITY)
"""Facets whose terms are asked one by one; rows of the others stay as they are."""
RULES: tuple[tuple[str, str], ...] = (
    ("", N_("not stated")),
    (AudienceRule.INCLUDED.value, N_("takes")),
    (AudienceRule.PRIORITY.value, N_("takes first")),
    (AudienceRule.EXCLUDED.value, N_("does not take")),
)
STRONGEST = (AudienceRule.EXCLUDED, AudienceRule.PRIORITY, AudienceRule.INCLUDED)
SEXES: tuple[tuple[str, str], ...] = (
    ("", N_("not stated")),
    (EVERYBODY, N_("everybody")),
    ("female", N_("women and girls")),
    ("male", N_("men and boys")),
)
STEPS: tuple[tuple[str, str], ...] = (("", N_("not stated")), ("yes", N_("yes")), ("no", N_("no")))
STEP_VALUES = {"": None, "yes": True, "no": False}
WHERE: dict[str, int] = {"location_name": 200, "address": 300, "city": 120}
"""Where the service is, where that is not kept secret: a safe house's street is in no form, proposal or history."""
AREAS = 40
CODED = re.compile(r"\(([A-Z]{2}[0-9]{0,9})\)\s*\Z")
CHOOSE = Message("choose", N_("choose one of the list"))
Row = dict[str, str]


def rows_of(place: ServiceAtLocation) -> list[Row]:
    """The audiences as plain rows, in a lasting order."""
    rows = [{"facet": one.facet, "term": one.term, "rule": one.rule} for one in place.service.audiences]
    return sorted(rows, key=lambda row: (row["facet"], row["term"], row["rule"]))


def where_of(place: ServiceAtLocation) -> Row:
    """The name and the street of the place; nothing for one that is not disclosed exactly."""
    one = place.location
    if one is None or one.disclosure is not Disclosure.EXACT:
        return {}
    return {"location_name": one.name, "address": one.address, "city": one.city}


def secret_of(place: ServiceAtLocation | None) -> frozenset[str]:
    """The fields that no history and no proposal shows: where a place is that is no longer disclosed exactly."""
    told = place is None or place.location is None or place.location.disclosure is Disclosure.EXACT
    return frozenset() if told else frozenset(WHERE)


def present(place: ServiceAtLocation, places: Places) -> dict[str, str]:
    """What the entry says now, as it is typed."""
    rows = rows_of(place)
    typed = {f"to-{facet}-{term}": _rule(rows, facet, term) for facet in ASKED for term in TERM_LABELS[facet]}
    steps = place.location.step_free if place.location else None
    return typed | {
        "to-sex": _sex(rows),
        "languages": " ".join(place.service.languages),
        "areas": "\n".join(_written(one, places) for one in place.areas if not one.startswith(ON_REQUEST)),
        "areas_on_request": "\n".join(_written(one, places) for one in place.areas if one.startswith(ON_REQUEST)),
        "step_free": next(name for name, value in STEP_VALUES.items() if value is steps),
        **where_of(place),
    }


def _rule(rows: Iterable[Row], facet: str, term: str) -> str:
    found = {row["rule"] for row in rows if row["facet"] == facet and row["term"] == term}
    return next((one.value for one in STRONGEST if one in found), "")


def _sex(rows: Sequence[Row]) -> str:
    taken = {row["term"] for row in rows if row["facet"] == Facet.SEX and row["rule"] == AudienceRule.INCLUDED}
    refused = {row["term"] for row in rows if row["facet"] == Facet.SEX and row["rule"] == AudienceRule.EXCLUDED}
    if not taken and not refused:
        return ""
    left = ({"female", "male"} if EVERYBODY in taken or not taken else taken) - refused
    return next(iter(left)) if len(left) == 1 else EVERYBODY


def _written(kept: str, places: Places) -> str:
    area = area_of(kept)
    known = places.get(area.pcode)
    return f"{known.name} ({area.pcode})" if known else area.pcode or area.name


def read(
    posted: Mapping[str, str], place: ServiceAtLocation, places: Places
) -> tuple[dict[str, str], dict[str, Any], dict[str, Message]]:
    """What was typed, the values by field, and the errors."""
    typed = {name: posted.get(name, "") for name in present(place, places)}
    typed["languages"] = " ".join(_many(posted, "languages"))
    errors: dict[str, Message] = {}
    areas = [one for name in ("areas", "areas_on_request") for one in _areas(typed, name, place, places, errors)]
    values: dict[str, Any] = {
        "audiences": _audiences(typed, rows_of(place), errors),
        "languages": _languages(typed["languages"].split(), place.service.languages),
        "areas": place.areas if set(areas) == set(place.areas) else areas,
    }
    if typed["step_free"] not in STEP_VALUES:
        errors["step_free"] = CHOOSE
    if place.location is not None:
        values["step_free"] = STEP_VALUES.get(typed["step_free"])
    for name in where_of(place).keys() & set(posted):
        values[name] = " ".join(typed[name].split())
        if len(values[name]) > WHERE[name]:
            errors[name] = Message("too_long", N_("at most %(limit)d characters"), {"limit": WHERE[name]})
    return typed, values, errors


def _many(posted: Mapping[str, str], name: str) -> list[str]:
    if isinstance(posted, MultiDict):
        return [str(one) for one in posted.getlist(name)]
    return [posted[name]] if name in posted else []


def _audiences(typed: Mapping[str, str], before: list[Row], errors: dict[str, Message]) -> list[Row]:
    """The rows of what was chosen; what says the same as before keeps the rows that it had."""
    asked = {(facet.value, term): typed[f"to-{facet}-{term}"] for facet in ASKED for term in TERM_LABELS[facet]}
    rows = [row for row in before if (row["facet"], row["term"]) not in asked and row["facet"] != Facet.SEX]
    for (facet, term), rule in asked.items():
        if rule not in dict(RULES):
            errors[f"to-{facet}-{term}"] = CHOOSE
        elif rule == _rule(before, facet, term):
            rows += [row for row in before if (row["facet"], row["term"]) == (facet, term)]
        elif rule:
            rows.append({"facet": facet, "term": term, "rule": rule})
    sex = typed["to-sex"]
    if sex not in dict(SEXES):
        errors["to-sex"] = CHOOSE
    elif sex == _sex(before):
        rows += [row for row in before if row["facet"] == Facet.SEX]
    elif sex:
        rows.append({"facet": Facet.SEX.value, "term": sex, "rule": AudienceRule.INCLUDED.value})
    return sorted(rows, key=lambda row: (row["facet"], row["term"], row["rule"]))


def _languages(chosen: Iterable[str], before: list[str]) -> list[str]:
    """Those ticked, and those of before that the list does not offer; in the order of before where nothing changed."""
    found = {one for one in chosen if one in LANGUAGE_LABELS} | {one for one in before if one not in LANGUAGE_LABELS}
    return before if found == set(before) else sorted(found)


def _areas(
    typed: Mapping[str, str], name: str, place: ServiceAtLocation, places: Places, errors: dict[str, Message]
) -> list[str]:
    asked = name == "areas_on_request"
    before = {_written(one, places): one for one in place.areas if one.startswith(ON_REQUEST) is asked}
    found: list[str] = []
    for line in [one.strip() for one in typed[name].splitlines() if one.strip()][:AREAS]:
        kept = before.get(line)
        if kept is None:
            pcode = pcode_of(line, places)
            if isinstance(pcode, Message):
                errors[name] = pcode
                continue
            kept = area_text(ServiceArea(pcode, on_request=asked))
        if kept not in found:
            found.append(kept)
    return found


def pcode_of(line: str, places: Places) -> str | Message:
    """The code of a place that was written by name, by code, or as “name (code)”; two letters are a country."""
    coded = CODED.search(line)
    units: list[Place] = places.find(coded[1] if coded else line)
    if len(line) == 2 and line.isalpha() and any(one.pcode.startswith(line.upper()) for one in places):
        return line.upper()
    if not units:
        return Message("unknown_place", N_("no place is called “%(name)s”"), {"name": line[:60]})
    if len(units) > 1:
        names = tuple(f"{one.name} ({one.pcode})" for one in units[:8])
        return Message("several_places", N_("several places, give the code: %(names)s"), {"names": names})
    return units[0].pcode
