"""The gate for the upkeep's forms: outcomes of calls, decisions, reports and their answers, campaigns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import ValidationError

from directory.places import Places
from directory.question import BadQuestion, the_place
from referral.foundation.ticks import ticked
from referral.providers.rules import NoticeKind, ReportKind, Section, Whose
from referral.providers.schemas import CHOOSE, NOT_A_DAY, Reading, day_of, typed_of
from sop.vocabulary import N_, Message, Need

LONGEST = 500
LONGEST_CAMPAIGN = 120
LONGEST_NOTICE, LONGEST_NOTICE_DAYS = 300, 60
MOST_TICKED = 200
TAKE, KEPT = "take-", "kept"
SAY_WHERE = Message("say_where", N_("say where: choose a site, or give the new one’s name and place"))
SAY_IT = Message("say_it", N_("write the message"))
Kind = TypeVar("Kind", bound=StrEnum)
SAY_WHAT = Message("say_what", N_("say in a sentence what is wrong"))
NAME_IT = Message("name_it", N_("give it a name"))
SAY_FROM = Message("say_from", N_("say from which day to which"))
NOT_PAST = Message("not_past", N_("the last day is before the first, or past"))
TOO_LONG = Message("too_long", N_("longer than four months"))


def choice(kind: type[Kind], written: str, name: str) -> Kind:
    """A member of a closed set; raises ValidationError for anything else."""
    try:
        return kind(written)
    except ValueError as error:
        raise ValidationError("unknown", name) from error


def text_of(posted: Mapping[str, str], name: str = "text") -> str:
    """A short text without control characters."""
    return "".join(c for c in posted.get(name, "").replace("\r\n", "\n") if c.isprintable() or c == "\n").strip()


def read_report(posted: Mapping[str, str]) -> Reading:
    """What is wrong, and a sentence about it where the kind does not say enough."""
    typed = {"kind": posted.get("kind", "")[:40], "text": text_of(posted)[:2000]}
    errors: dict[str, Message] = {}
    if typed["kind"] not in list(ReportKind):
        errors["kind"] = CHOOSE
    elif typed["kind"] in (ReportKind.OTHER, ReportKind.MISCONDUCT) and not typed["text"]:
        errors["text"] = SAY_WHAT
    if len(typed["text"]) > LONGEST:
        errors["text"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST})
    values = {} if errors else {"kind": ReportKind(typed["kind"]), "text": typed["text"]}
    return Reading(typed, values, 0, errors)


def read_notice(posted: Mapping[str, str], *, today: date) -> Reading:
    """A notice: its kind, its words, and its last day (today where none is said)."""
    typed = {name: value[:LONGEST] for name, value in posted.items()}
    typed["text"] = text_of(posted).replace("\n", " ")
    errors: dict[str, Message] = {}
    kind = typed.get("kind", "")
    if kind not in list(NoticeKind):
        errors["kind"] = CHOOSE
    elif kind == NoticeKind.MESSAGE and not typed["text"]:
        errors["text"] = SAY_IT
    if len(typed["text"]) > LONGEST_NOTICE:
        errors["text"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST_NOTICE})
    ends = today
    try:
        ends = day_of(typed, "ends") or today
    except ValueError:
        errors["ends"] = NOT_A_DAY
    if not 0 <= (ends - today).days <= LONGEST_NOTICE_DAYS:
        errors["ends"] = Message(
            "notice_days", N_("from today on, at most %(limit)d days"), {"limit": LONGEST_NOTICE_DAYS}
        )
    values = {} if errors else {"kind": NoticeKind(kind), "text": typed["text"], "starts_on": today, "ends_on": ends}
    return Reading(typed, values, 0, errors)


def read_ticked(written: Iterable[str]) -> dict[UUID, int]:
    """Entries that were ticked, each with the version that the page showed; anything else is left out."""
    found = {}
    for one in list(written)[:MOST_TICKED]:
        key, _, version = one.partition(":")
        try:
            found[UUID(key)] = int(version) if len(version) < 10 else -1
        except ValueError:
            continue
    return found


def read_copy(posted: Any, known: Collection[UUID], places: Places) -> Reading:
    """Where a service is copied to: sites of the organisation, or the name and the unit of a new one."""
    typed = {name: text_of(posted, name).replace("\n", " ")[:200] for name in ("name", "unit", "address", "take_hours")}
    errors: dict[str, Message] = {}
    sites = {str(one) for one in known}
    chosen = posted.getlist("site")[:MOST_TICKED]
    if not set(chosen) <= sites:
        errors["site"] = CHOOSE
    new = None
    if typed["name"] or typed["unit"] or typed["address"]:
        new = _site(typed, errors, places)
    elif not chosen:
        errors["site"] = SAY_WHERE
    values = (
        {"sites": [UUID(one) for one in chosen], "new": new, "hours": ticked(typed["take_hours"])} if not errors else {}
    )
    return Reading(typed, values, 0, errors)


def _site(typed: Mapping[str, str], errors: dict[str, Message], places: Places) -> dict[str, str] | None:
    if not typed["name"]:
        errors["name"] = NAME_IT
    units = places.find(typed["unit"])
    try:
        unit = the_place(units, typed["unit"]) if typed["unit"] else None
    except BadQuestion as bad:
        errors["unit"] = Message(bad.message.code, bad.message.text, bad.message.values)
        return None
    if unit is None:
        errors["unit"] = SAY_WHERE
        return None
    return {"name": typed["name"], "pcode": unit.pcode, "address": typed["address"]}


def read_campaign(posted: Any, *, regions: frozenset[str], today: date) -> Reading:
    """Name, regions, needs, sections and days; nothing chosen of regions or needs is all of them."""
    typed = {name: value[:200] for name, value in posted.items()}
    lists = {name: posted.getlist(name)[:60] for name in ("regions", "needs", "sections")}
    errors: dict[str, Message] = {}
    for name, known in (("regions", regions), ("needs", frozenset(Need)), ("sections", frozenset(ASKED))):
        if not set(lists[name]) <= known:
            errors[name] = CHOOSE
    if not lists["sections"]:
        errors["sections"] = CHOOSE
    title = text_of(posted, "name").replace("\n", " ")[:LONGEST_CAMPAIGN]
    if not title:
        errors["name"] = NAME_IT
    days = _days(typed, errors, today)
    return Reading(typed, {"name": title, **lists, **days}, 0, errors)


ASKED = (Section.CONTACTS, Section.HOURS, Section.SERVICE)


def _days(typed: Mapping[str, str], errors: dict[str, Message], today: date) -> dict[str, Any]:
    found: dict[str, date | None] = {}
    for name in ("starts", "ends"):
        try:
            found[name] = day_of(typed, name)
        except ValueError:
            errors[name] = NOT_A_DAY
    starts, ends = found.get("starts"), found.get("ends")
    if errors.keys() & {"starts", "ends"}:
        return {}
    if starts is None or ends is None:
        errors["starts" if starts is None else "ends"] = SAY_FROM
    elif ends < starts or ends < today:
        errors["ends"] = NOT_PAST
    elif (ends - starts).days > LONGEST_CAMPAIGN:
        errors["ends"] = TOO_LONG
    return {"starts_on": starts, "ends_on": ends}


def read_double(posted: Mapping[str, str]) -> Reading:
    """What is said of two entries: keep the `first` or the `second`, or that they are `different`.

    `take-…` says of a field whose value the kept entry carries; left alone (`kept`) it is not among the `chosen`.
    """
    typed, version = typed_of(posted)
    answer = typed.get("answer", "")
    errors = {} if answer in ("first", "second", "different") else {"answer": CHOOSE}
    taken = {name.removeprefix(TAKE): value for name, value in typed.items() if name.startswith(TAKE)}
    errors |= {TAKE + name: CHOOSE for name, value in taken.items() if value not in (*Whose, KEPT)}
    chosen = {name: Whose(value) for name, value in taken.items() if value in tuple(Whose)}
    return Reading(typed, {"answer": answer, "chosen": chosen, "seen": typed.get("seen", "")}, version, errors)


def uuid_or_none(written: str) -> UUID | None:
    """An id in an address; what is none is as if it were not there."""
    try:
        return UUID(written)
    except ValueError:
        return None
