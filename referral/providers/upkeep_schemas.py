"""The gate for the upkeep's forms: outcomes of calls, decisions, reports and their answers, campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import ValidationError

from referral.providers.rules import ReportKind, Section
from referral.providers.schemas import CHOOSE, NOT_A_DAY, Reading, day_of
from sop.vocabulary import N_, Message, Need

LONGEST = 500
LONGEST_CAMPAIGN = 120
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
