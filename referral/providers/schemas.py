"""The gate for what is typed: filters of the list, weekly hours and closures, free places, contacts.

Each form is read into what was typed (shown again when something is wrong), the values, and the errors by field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from directory import edit, edit_room
from directory.fields import clock
from directory.papers import PAPER_LABELS
from directory.places import Places
from directory.profile import Capacity, Contact
from directory.question import CONDITIONS, BadQuestion, question, the_place
from directory.taxonomy import KEPT_GROUPS
from referral.providers.filters import Filters
from referral.providers.rules import PLACE_SECTIONS, Section
from sop.vocabulary import N_, Message, Need

LONGEST = 300
LISTED = ("status", "vulnerabilities", "languages")
MOST_CONTACTS = 8
PARTS = ("day", "month", "year")
HOLIDAYS = ("", "open", "closed")
NOT_A_NUMBER = Message("not_a_number", N_("a whole number, for example 12"))
NOT_A_DAY = Message("not_a_day", N_("Enter a day that exists, such as 31 12 2031."))
NO_CONTACT = Message("no_contact", N_("keep at least one contact, or nobody can reach the service"))
NOT_A_TIME = Message("not_a_time", N_("Enter a time such as 08:30."))
FARTHEST_DAY = 366
CHOOSE = Message("choose", N_("choose one of the list"))


class FilterSchema(Schema):
    """Codes of the URL; whatever is not a code of ours is left out."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    q = fields.String()
    need = fields.Enum(Need, by_value=True)
    region = fields.String()
    open = fields.Boolean()
    after = fields.UUID()


def filters_from(arguments: Mapping[str, str], regions: Collection[str]) -> Filters:
    """The filters of a query string; a wrong code filters nothing.

    >>> filters_from({"q": "  santé ", "need": "XXX", "region": "CM999", "open": "1"}, {"CM001"}).to_query()
    {'q': 'santé', 'open': '1'}
    """
    given = {name: value for name, value in arguments.items() if value}
    try:
        found = FilterSchema().load(given)
    except ValidationError as error:
        found = error.valid_data if isinstance(error.valid_data, dict) else {}
    words = "".join(one for one in found.get("q", "") if one.isprintable()).strip()[:100]
    region = found.get("region", "")
    return Filters(**{**found, "q": words, "region": region if region in regions else ""})


class VersionSchema(Schema):
    """The version of the entry that the form was made from."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    version = fields.Integer(load_default=0)


class ConfirmSchema(VersionSchema):
    """Which section has not changed; `all` for all of them."""

    section = fields.String(required=True)


def sections_from(posted: Mapping[str, str]) -> tuple[tuple[Section, ...], int]:
    """The sections to confirm and the version they were read in; raises ValidationError for any other section."""
    values = ConfirmSchema().load(posted)
    if values["section"] == "all":
        return PLACE_SECTIONS, values["version"]
    if values["section"] not in PLACE_SECTIONS:
        raise ValidationError("unknown section", "section")
    return (Section(values["section"]),), values["version"]


@dataclass(frozen=True)
class Reading:
    """A form as it came: what was typed, its values where nothing is wrong, and the errors by field."""

    typed: dict[str, str]
    values: dict[str, Any]
    version: int
    errors: dict[str, Message] = field(default_factory=dict)


def typed_of(posted: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """What was typed, without control characters, and the version of the entry that the form was made for."""
    typed = {name: "".join(c for c in value if c.isprintable())[:LONGEST] for name, value in posted.items()}
    return typed, version_of(posted)


def version_of(posted: Mapping[str, str]) -> int:
    """The version that a form was made from; 0, which never is one, where it says none."""
    try:
        version: int = VersionSchema().load(posted)["version"]
    except ValidationError:
        return 0
    return version if abs(version) < 2**31 else 0


def slots_of(typed: Mapping[str, str], day: str) -> list[tuple[str, str]]:
    """The slots typed for a day of the week."""
    numbers = range(1, edit.SLOTS_A_DAY + 1)
    return [(typed.get(f"{day}-{number}-opens", ""), typed.get(f"{day}-{number}-closes", "")) for number in numbers]


def day_of(typed: Mapping[str, str], name: str) -> date | None:
    """A day typed in three fields; None when all are empty, ValueError when there is no such day."""
    parts = [typed.get(f"{name}-{part}", "").strip() for part in PARTS]
    if not any(parts):
        return None
    if not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise ValueError(name)
    day, month, year = map(int, parts)
    return date(year, month, day)


NUMBERS = ("available", "maximum", "waiting_days", "waitlist_count", "funded_maximum")


def read_capacity(posted: Mapping[str, str], *, now: datetime) -> Reading:
    """Room as declared now."""
    typed, version = typed_of(posted)
    errors: dict[str, Message] = {}
    numbers = {name: _count(typed, name, errors) for name in NUMBERS}
    groups = {
        group: (_count(typed, f"{group}-available", errors), _count(typed, f"{group}-maximum", errors))
        for group in KEPT_GROUPS
    }
    capacity: Capacity | None
    capacity, wrong = edit.check_capacity(
        typed.get("status", ""), **numbers, unit=typed.get("unit", "place"), note=typed.get("note", ""), now=now,
    )  # fmt: skip
    if capacity is not None:
        try:
            capacity = replace(capacity, valid_until=edit_room.until(typed.get("believed", ""), now))
            capacity, wrong = edit_room.with_groups(capacity, groups)
        except ValueError:
            errors["believed"] = CHOOSE
    return Reading(typed, {"capacity": capacity}, version, {**own(wrong), **errors})


def _count(typed: Mapping[str, str], name: str, errors: dict[str, Message]) -> int | None:
    """A number of places; an error at its field where it is none."""
    written = typed.get(name, "").strip()
    if written and not (written.isascii() and written.isdecimal() and len(written) <= 9):
        at = name.replace("-maximum", "-available")
        errors[at] = NOT_A_NUMBER
        return None
    return int(written) if written else None


def read_contacts(posted: Mapping[str, str], *, demonstration: bool) -> Reading:
    """Contacts by number; one whose three fields are empty is taken away."""
    typed, version = typed_of(posted)
    contacts: list[tuple[str, Contact]] = []
    errors: dict[str, Message] = {}
    for number in range(1, MOST_CONTACTS + 1):
        title, phone, email = (typed.get(f"c{number}-{name}", "") for name in ("title", "phones", "email"))
        if not (title.strip() or phone.strip() or email.strip()):
            continue
        contact, wrong = edit.check_contact(title=title, email=email, phones=[phone], demonstration=demonstration)
        errors.update({f"c{number}-{name}": message for name, message in own(wrong).items()})
        if contact is not None:
            asked = typed.get(f"c{number}-referrals") == "yes"
            contacts.append((typed.get(f"c{number}-id", ""), replace(contact, for_referrals=asked)))
    if not contacts and not errors:
        errors["c1-title"] = NO_CONTACT
    return Reading(typed, {"contacts": contacts}, version, errors)


def own(errors: Mapping[str, Any]) -> dict[str, Message]:
    """The library's messages as those of the application."""
    return {name: Message(one.code, one.text, dict(one.values)) for name, one in errors.items()}


def read_question(
    posted: Mapping[str, str], conditions: Collection[str], places: Places, *, papers: Collection[str], now: datetime
) -> Reading:
    """A search for a person. Nothing of it is kept.

    `conditions` and `papers` are the boxes that were ticked; `now` is the office's time, by which a time without a day
    is one of today.
    """
    typed, version = typed_of(posted)
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    person: dict[str, Any] = {name: [typed[name]] for name in LISTED if typed.get(name)}
    if sex := typed.get("sex"):
        person["sex"] = sex
    if age := typed.get("age", "").strip():
        person["age"] = int(age) if age.isascii() and age.isdecimal() and len(age) < 4 else -1
    if papers:
        person["documents"] = [one for one in papers if one in PAPER_LABELS]
    when: dict[str, Any] = {}
    try:
        when = _when(typed, now)
    except ValueError:
        errors["time"] = NOT_A_TIME
    name, unit = typed.get("place", "").strip(), None
    try:
        unit = the_place(places.find(name), name) if name else None
    except BadQuestion as bad:
        errors[bad.field] = _said(bad)
    try:
        asked = question(
            person, need=typed.get("need") or None, place=unit, places=places,
            conditions=[one for one in conditions if one in CONDITIONS], **when,
        )  # fmt: skip
        begins = typed.get("from", "")
        start = int(begins) if begins.isascii() and begins.isdecimal() and len(begins) < 6 else 0
        values = {"asked": asked, "words": typed.get("q", "").strip()[:100], "start": start}
    except BadQuestion as bad:
        errors[bad.field] = _said(bad)
    return Reading(typed, {} if errors else values, version, errors)


def _when(typed: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """A day of its choices, a time of day, or both; ValueError for what is neither."""
    day, at = typed.get("day", "").strip(), typed.get("time", "").strip()
    on = date.fromisoformat(day) if day else now.date()
    if not abs((on - now.date()).days) < FARTHEST_DAY:
        raise ValueError(day)
    if at:
        found = clock(at)
        if found is None or found[1]:
            raise ValueError(at)
        return {"at": datetime.combine(on, found[0], tzinfo=now.tzinfo)}
    return {"on": on} if day else {}


def _said(bad: BadQuestion) -> Message:
    return Message(bad.message.code, bad.message.text, bad.message.values)
