"""What may be entered about a person's answer; what it must say is in `requirements`."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from referral.consent.models import ConsentMark
from referral.consent.requirements import Answer, Choice
from sop.vocabulary import N_, Category

NAME = 200
CHOICE = N_("Say what the person answered.")
TOO_LONG = N_("Shorten this text.")
TICKS = ("interpreter", "understood", "free", "assent")
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
    interpreter = fields.Boolean(load_default=False)
    understood = fields.Boolean(load_default=False)
    mark = fields.String(load_default="", validate=validate.OneOf(["", *ConsentMark]))
    witness = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    free = fields.Boolean(load_default=False)
    assent = fields.Boolean(load_default=False)
    guardian = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    best_interests = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    representative = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))

    @pre_load
    def read(self, form: Any, **_: Any) -> dict[str, Any]:
        """A form's fields as plain values: lists, ticks, a date from three inputs, trimmed texts."""
        values: dict[str, Any] = {name: value.strip() for name, value in form.items()}
        values |= {name: form.getlist(name) for name in LISTS}
        values |= {name: name in form for name in TICKS}
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
