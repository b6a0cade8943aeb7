"""What may be entered about an emergency and about an order of the law."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates,
    validates_schema,
)

from referral.consent.emergencies import Asked, Conclusion, EmergencyReason
from referral.consent.orders import OrderKind, RequestWay
from referral.periods import Periods
from sop.vocabulary import N_, Category

LEAST_WORDS, MOST_WORDS, NAME = 10, 1000, 200
ASKABLE = tuple(one for one in Category if one not in (Category.C0, Category.C7N))
"""Figures are no answer to an order, and therapy notes are in none."""

CODE = N_("Write the code of the case, as on the slip: CM-LT-2026-00042.")
REASON = N_("Say why a life is in danger.")
WORDS = N_("Say in a sentence what happened: without a reason nothing opens.")
ASKED = N_("Say whether the person could be asked.")
HOURS = N_("choose one of the list")
CONCLUSION = N_("Say whether it was justified.")
REVIEW_WORDS = N_("Say in a sentence why.")
KIND = N_("Say what kind of request it is.")
AUTHORITY = N_("Write which authority asks.")
ANY = N_("Tick what is asked for.")
SCOPE = N_("Tick what the order names: nothing else can cross.")
NUMBER = N_("Write the number of the order.")
DAY = N_("Give the day of the order, not after today.")
ASKED_ON = N_("Give the day on which it was asked, not after today.")
WAY = N_("Say how it was asked.")
QUESTION = N_("Write what was asked, in the words that were used.")
GENUINE = N_("Say whether the order is genuine.")
CHECK = N_("Say how it was verified, for example a call to the registry of the court.")
COUNSEL = N_("Say what legal counsel answered.")
TOO_LONG = N_("Shorten this text.")

ANSWERS: dict[Asked, dict[str, bool]] = {
    Asked.CANNOT: {"cannot_ask": True, "refused": False, "risk_to_others": False},
    Asked.REFUSED_OTHERS: {"cannot_ask": False, "refused": True, "risk_to_others": True},
    Asked.REFUSED: {"cannot_ask": False, "refused": True, "risk_to_others": False},
    Asked.CAN: {"cannot_ask": False, "refused": False, "risk_to_others": False},
}
"""What the decision reads from the answer."""


class _Form(Schema):
    """A posted form: trimmed texts, other fields are not ours."""

    class Meta:
        """CSRF and the form's key come with every post."""

        unknown = EXCLUDE

    lists: tuple[str, ...] = ()

    @pre_load
    def read(self, form: Any, **_: Any) -> dict[str, Any]:
        """Texts without the spaces around them; lists as lists, what was left empty not at all."""
        values: dict[str, Any] = {name: value.strip() for name, value in form.items() if value.strip()}
        return self.shaped(values | {name: form.getlist(name) for name in self.lists})

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """What a form makes of its texts before they are checked."""
        return values


def _text(message: str, least: int = 1, most: int = MOST_WORDS) -> fields.String:
    long, short = validate.Length(max=most, error=TOO_LONG), validate.Length(min=least, error=message)
    return fields.String(required=True, validate=[short, long], error_messages={"required": message})


def _choice(kind: Any, message: str) -> fields.Enum:
    return fields.Enum(kind, by_value=True, required=True, error_messages={"required": message, "unknown": message})


def _day_of(values: dict[str, Any]) -> date | None:
    """The day of the three inputs of `dated_on`, which are taken out; None where it is none."""
    parts = [values.pop(f"dated_on-{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*(int(part) for part in parts if part.isascii() and part.isdigit()))
    except (ValueError, TypeError, OverflowError):
        return None


class _Lasting(_Form):
    """Something that lasts some hours: the usual number unless another is chosen, never more than the most."""

    hours = fields.Integer(load_default=None, error_messages={"invalid": HOURS})

    def __init__(self, periods: Periods) -> None:
        super().__init__()
        self.periods = periods

    @validates("hours")
    def check_hours(self, hours: int | None, **_: Any) -> None:
        """As many hours as the country allows."""
        if hours is not None and not 1 <= hours <= self.periods.emergency_most_hours:
            raise ValidationError(HOURS)

    @post_load
    def usual(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The usual number where none was chosen."""
        return values | {"hours": values["hours"] or self.periods.emergency_usual_hours}


class EmergencySchema(_Lasting):
    """The declaration of an emergency."""

    code = fields.String(
        required=True, validate=validate.Regexp(r"[A-Za-z0-9-]{3,24}\Z", error=CODE), error_messages={"required": CODE}
    )
    reason = _choice(EmergencyReason, REASON)
    words = _text(WORDS, LEAST_WORDS)
    asked = _choice(Asked, ASKED)


class RenewalSchema(_Lasting):
    """Some hours more, for a reason."""

    words = _text(WORDS, LEAST_WORDS)


class ReviewSchema(_Form):
    """The review of an access."""

    conclusion = _choice(Conclusion, CONCLUSION)
    words = _text(REVIEW_WORDS, LEAST_WORDS)


class OrderSchema(_Form):
    """What an authority asks. A court order needs its number, its day and its scope."""

    lists = ("asked", "scope")

    kind = _choice(OrderKind, KIND)
    authority = _text(AUTHORITY, most=NAME)
    signatory = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    number = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    note = fields.String(load_default="", validate=validate.Length(max=MOST_WORDS, error=TOO_LONG))
    dated_on = fields.Raw(load_default=None)
    asked = fields.List(fields.Enum(Category, by_value=True), load_default=list)
    scope = fields.List(fields.Enum(Category, by_value=True), load_default=list)

    def __init__(self, *, today: date) -> None:
        super().__init__()
        self.today = today

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The day from its three inputs; an impossible one counts as none."""
        values["dated_on"] = _day_of(values)
        return values

    @validates_schema(skip_on_field_errors=False)
    def whole(self, values: dict[str, Any], **_: Any) -> None:
        """What a kind of request cannot do without."""
        judicial = values.get("kind") is OrderKind.JUDICIAL
        askable = set(values.get("asked", ())) & set(ASKABLE)
        dated = values.get("dated_on")
        wrong = {
            "asked": ANY if not askable else "",
            "scope": SCOPE if judicial and not set(values.get("scope", ())) & set(ASKABLE) else "",
            "number": NUMBER if judicial and not values.get("number") else "",
            "dated_on": DAY if (judicial and dated is None) or (dated is not None and dated > self.today) else "",
        }
        found = {name: [message] for name, message in wrong.items() if message}
        if found:
            raise ValidationError(found)

    @post_load
    def codes(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Categories as codes, only those that an order can reach."""
        for name in self.lists:
            values[name] = [one.value for one in ASKABLE if one in values[name]]
        return values


class InformalSchema(_Form):
    """What somebody without an order asks; nothing here names a case, and nothing is looked up."""

    authority = _text(AUTHORITY, most=NAME)
    signatory = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    number = fields.String(load_default="", validate=validate.Length(max=NAME, error=TOO_LONG))
    way = _choice(RequestWay, WAY)
    note = _text(QUESTION, least=3)
    dated_on = fields.Raw(load_default=None)

    def __init__(self, *, today: date) -> None:
        super().__init__()
        self.today = today

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The day from its three inputs."""
        values["dated_on"] = _day_of(values)
        return values

    @validates_schema(skip_on_field_errors=False)
    def dated(self, values: dict[str, Any], **_: Any) -> None:
        """The day on which it was asked: letters bear it whether a person is known or not."""
        day = values.get("dated_on")
        if day is None or day > self.today:
            raise ValidationError({"dated_on": [ASKED_ON]})


class CheckSchema(_Form):
    """Whether an order is genuine, and how that was found out."""

    genuine = fields.Boolean(
        required=True, truthy={"yes"}, falsy={"no"}, error_messages={"required": GENUINE, "invalid": GENUINE}
    )
    words = _text(CHECK, LEAST_WORDS)


class CounselSchema(_Form):
    """What legal counsel answered."""

    waived = fields.Boolean(
        required=True, truthy={"yes"}, falsy={"no"},
        error_messages={"required": COUNSEL, "invalid": COUNSEL},
    )  # fmt: skip
