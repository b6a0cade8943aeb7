"""What may be entered about a person's answer; what it must say is in `requirements`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from referral.consent.filters import Filters, Show
from referral.consent.models import ConsentMark
from referral.consent.requirements import Answer, Choice
from referral.consent.rules import Outcome
from referral.foundation.ticks import Tick
from sop.vocabulary import N_, Category, Message

NAME = 200
LONGEST_LINE = 2**53
MOST_HEADS = 20
HEAD = re.compile(r"[1-9][0-9]{0,14}-[0-9a-f]{16,64}")
NOT_A_HEAD = N_("A head is a number, a dash and at least 16 signs (0 to 9, a to f), such as 1204-9f3a77c20b1d44e0.")
TOO_MANY = N_("Enter at most %(most)d heads at once.")
CHOICE = N_("Say what the person answered.")
TOO_LONG = N_("Shorten this text.")
LISTS = ("categories",)


class AnswerSchema(Schema):
    """A posted form as an `Answer`; an impossible date counts as none."""

    class Meta:
        """Other fields (CSRF, version) are not ours."""

        unknown = EXCLUDE

    choice = fields.Enum(Choice, by_value=True, required=True, error_messages={"required": CHOICE, "unknown": CHOICE})
    categories = fields.List(fields.Enum(Category, by_value=True), load_default=list)
    valid_until = fields.Raw(load_default=None)
    language = fields.String(load_default="", validate=validate.Regexp(r"[a-z]{0,3}\Z"))
    interpreter = Tick()
    interpreter_name = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    understood = Tick()
    mark = fields.String(load_default="", validate=validate.OneOf(["", *ConsentMark]))
    witness = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    free = Tick()
    assent = Tick()
    guardian = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    best_interests = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    representative = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))

    @pre_load
    def read(self, form: Any, **_: Any) -> dict[str, Any]:
        """A form's fields as plain values: lists, ticks, a date from three inputs, trimmed texts."""
        values: dict[str, Any] = {name: value.strip() for name, value in form.items()}
        values |= {name: form.getlist(name) for name in LISTS}
        return values | {"valid_until": _day(form)}

    @post_load
    def answer(self, values: dict[str, Any], **_: Any) -> Answer:
        """The answer."""
        return Answer(**values | {"categories": frozenset(values["categories"])})


def _day(form: Any) -> date | None:
    parts = [form.get(f"valid_until-{part}", "").strip() for part in ("year", "month", "day")]
    try:
        return date(*(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 4))
    except (ValueError, TypeError):
        return None


class FilterSchema(Schema):
    """The filters of the register as they stand in the URL: codes only."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    show = fields.Enum(Show, by_value=True)
    outcome = fields.Enum(Outcome, by_value=True)
    code = fields.String(validate=validate.Regexp(r"[A-Z][0-9]{1,2}\Z"))
    case = fields.String(validate=validate.Regexp(r"[A-Z0-9-]{3,24}\Z"))
    decision = fields.UUID()
    line = fields.Integer(validate=validate.Range(1, LONGEST_LINE))


def filters_from(arguments: Mapping[str, str]) -> Filters:
    """The filters of a query string; what is not a code of ours narrows nothing.

    >>> filters_from({"show": "decisions", "case": " cm-lt-2026-00042", "code": "<b>", "line": "0"}).to_query()
    {'show': 'decisions', 'case': 'CM-LT-2026-00042'}
    """
    given = {name: value.strip() for name, value in arguments.items() if value.strip()}
    given |= {name: given[name].upper() for name in ("code", "case") if name in given}
    try:
        return Filters(**FilterSchema().load(given))
    except ValidationError as error:
        known = error.valid_data if isinstance(error.valid_data, dict) else {}
        return Filters(**known)


class HeadsSchema(Schema):
    """Heads read from paper, separated by spaces or lines."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    heads = fields.Function(deserialize=lambda text: _heads(str(text)), load_default=())


def _heads(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.lower().split()))
    if len(words) > MOST_HEADS:
        raise ValidationError(Message("too_many", TOO_MANY, {"most": MOST_HEADS}))  # type: ignore[arg-type]
    if not all(HEAD.fullmatch(word) for word in words):
        raise ValidationError(NOT_A_HEAD)
    return words


def page_from(arguments: Mapping[str, str], name: str = "before") -> int | None:
    """A whole number of the URL that says where a page starts; None for anything that no row can have."""
    text = arguments.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
