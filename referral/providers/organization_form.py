"""The form of what an organisation says of itself: its names, what it is, how it is reached, what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from directory import fields
from directory.edit import check_phone, show_phone
from directory.fields import EMAIL, OLDEST_YEAR
from referral.partners.models import Organization
from referral.providers.schemas import Reading, version_of
from sop.vocabulary import N_, Message

TEXTS: dict[str, int] = {
    "name": 200, "acronym": 40, "description": 2000, "description_en": 2000, "legal_status": 200, "registration": 120,
    "psea_function": 120,
}  # fmt: skip
LISTS: dict[str, tuple[int, int]] = {"other_names": (10, 120), "memberships": (20, 200), "funders": (20, 200)}
"""Most lines, and characters in each."""
MAILS: dict[str, int] = {"email": 200, "psea_email": 254}
YEARS = ("year_incorporated", "presence_since")
MOST_PHONES, WEBSITE, LONGEST = 6, 300, 5000
MISSING = Message("missing", N_("give the name by which the organisation is known"))
BAD_MAIL = Message("bad_email", N_("not an e-mail address"))
BAD_SITE = Message("bad_url", N_("not a web address; for example https://example.cm"))
BAD_YEAR = Message("bad_year", N_("a year of four digits that is not in the future"))
NO_WAY = Message("psea_no_way", N_("give a telephone number or an e-mail address, or say who takes complaints"))


def present(one: Organization) -> dict[str, str]:
    """The organisation as it stands, as it is typed."""
    return {
        **{name: getattr(one, name) for name in (*TEXTS, *MAILS, "website")},
        **{name: "\n".join(getattr(one, name)) for name in LISTS},
        "phones": "\n".join(map(show_phone, one.phones)),
        "psea_phone": show_phone(one.psea_phone) if one.psea_phone else "",
        **{name: "" if getattr(one, name) is None else str(getattr(one, name)) for name in YEARS},
    }


def read(posted: Mapping[str, str], one: Organization, today: date) -> Reading:
    """The fields as values; a number or an address that was there already stays, whatever we think of it."""
    typed = {name: _clean(posted.get(name, "")) for name in present(one)}
    errors: dict[str, Message] = {}
    values: dict[str, Any] = {}
    for name, limit in TEXTS.items():
        values[name] = _fitting(typed[name].strip(), limit, name, errors)
    if not values["name"] and "name" not in errors:
        errors["name"] = MISSING
    for name, (most, longest) in LISTS.items():
        values[name] = _lines(typed[name], most, longest, name, errors)
    for name, limit in MAILS.items():
        values[name] = _mail(typed[name].strip(), limit, name, getattr(one, name), errors)
    values["website"] = _site(typed["website"].strip(), one.website, errors)
    values["phones"] = _phones(typed["phones"], "phones", one.phones, one.demonstration, errors)
    values["psea_phone"] = "".join(
        _phones(typed["psea_phone"], "psea_phone", [one.psea_phone], one.demonstration, errors)[:1]
    )
    values |= {name: _year(typed[name].strip(), today, name, errors) for name in YEARS}
    _complaints(typed, errors)
    return Reading(typed, {} if errors else values, version_of(posted), errors)


def _complaints(typed: Mapping[str, str], errors: dict[str, Message]) -> None:
    """Who takes complaints, and a way to reach them: both or neither."""
    reached = typed["psea_phone"].strip() or typed["psea_email"].strip()
    if bool(typed["psea_function"].strip()) != bool(reached):
        errors.setdefault("psea_function" if reached else "psea_phone", NO_WAY)


def _fitting(text: str, limit: int, name: str, errors: dict[str, Message]) -> str:
    if len(text) > limit:
        errors[name] = Message("too_long", N_("at most %(limit)d characters"), {"limit": limit})
    return text if "description" in name else text.replace("\n", " ")


def _lines(text: str, most: int, longest: int, name: str, errors: dict[str, Message]) -> list[str]:
    lines = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    if len(lines) > most:
        errors[name] = Message("too_many", N_("at most %(limit)d lines"), {"limit": most})
    if any(len(one) > longest for one in lines):
        errors[name] = Message("too_long_line", N_("at most %(limit)d characters in each line"), {"limit": longest})
    return lines


def _mail(text: str, limit: int, name: str, known: str, errors: dict[str, Message]) -> str:
    if text and text != known and (len(text) > limit or not EMAIL.fullmatch(text)):
        errors[name] = BAD_MAIL
    return text


def _site(text: str, known: str, errors: dict[str, Message]) -> str:
    if text == known:
        return text
    notes = fields.Notes()
    found = fields.url({"website": text}, "website", notes)
    if notes.errors or notes.warnings or len(found) > WEBSITE:
        errors["website"] = BAD_SITE
    return found


def _phones(text: str, name: str, known: list[str], demonstration: bool, errors: dict[str, Message]) -> list[str]:
    kept = {show_phone(one): one for one in known if one}
    found: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        number, problem = (kept[line], None) if line in kept else check_phone(line, demonstration=demonstration)
        if problem is not None:
            errors[name] = Message(problem.code, problem.text, dict(problem.values))
        elif number and number not in found:
            found.append(number)
    if len(found) > MOST_PHONES:
        errors[name] = Message("too_many", N_("at most %(limit)d lines"), {"limit": MOST_PHONES})
    return found


def _year(text: str, today: date, name: str, errors: dict[str, Message]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) == 4 and OLDEST_YEAR <= int(text) <= today.year:
        return int(text)
    errors[name] = BAD_YEAR
    return None


def _clean(text: str) -> str:
    return "".join(one for one in text.replace("\r\n", "\n") if one.isprintable() or one == "\n")[:LONGEST]
