"""What a service may type with an answer: one schema an act, so that nothing reaches an act that it does not ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from directory.taxonomy import Group
from referral.foundation.ticks import Tick
from referral.referrals.rules import (
    DeclineReason,
    InfoReason,
    NonDeliveryReason,
    Pile,
    ReferralAction,
    ServiceResult,
    Speed,
)
from sop.vocabulary import N_, Need

LONGEST_NOTE = 2_000
NEVER = "-1"
LONGEST_WAIT = 365
FURTHEST = timedelta(days=366)
A = ReferralAction

CHOOSE = N_("Choose one.")
TOO_LONG = N_("Write at most 2,000 characters.")
SAY_WHICH = N_("Say which reason, in a few words.")
SAY_WHAT = N_("Say what you need to know.")
DAYS = N_("Enter a number of days from 1 to 365.")
WHOLE_DATE = N_("Enter the day, the month and the year of the appointment.")
WHOLE_TIME = N_("Enter the time of the appointment, for example 08:30.")
PAST = N_("The appointment must be in the future.")
TOO_FAR = N_("The appointment must be within a year.")
CLOCK = re.compile(r"([01]?\d|2[0-3])\s*[:hH]\s*([0-5]\d)", re.ASCII)


def one_of(codes: type[StrEnum], **options: Any) -> fields.Enum:
    """One code of a closed set; anything else is "choose one"."""
    messages: dict[str, Any] = {"required": CHOOSE, "unknown": CHOOSE}
    return fields.Enum(codes, by_value=True, required=True, error_messages=messages, **options)


class NoteSchema(Schema):
    """A note and the version that the page showed."""

    class Meta:
        """Other fields (CSRF, idempotency) are not ours."""

        unknown = EXCLUDE

    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE, error=TOO_LONG))
    version = fields.Integer(load_default=None)

    @pre_load
    def prepare(self, posted: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Nothing typed is nothing said."""
        typed = {name: value.strip() for name, value in posted.items() if isinstance(value, str) and value.strip()}
        version = typed.get("version", "1")
        if not (version.isdecimal() and len(version) < 9):
            typed["version"] = NEVER  # no page of ours: stale, whatever the present version is
        return self.composed(typed)

    def composed(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Fields that are made of several inputs."""
        return typed


class AcceptSchema(NoteSchema):
    """An appointment, if there is one already; whose place the person takes, and whether beyond the places."""

    beyond_capacity = Tick()
    kept_for = fields.Enum(Group, by_value=True, load_default=Group.EVERYBODY, error_messages={"unknown": CHOOSE})
    appointment_at = fields.Raw(load_default=None)

    def composed(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Day, month, year and time as one moment on the wall of the office."""
        parts = [typed.get(f"appointment-{part}", "") for part in ("day", "month", "year")]
        clock = typed.get("appointment_time", "")
        values = {name: value for name, value in typed.items() if name != "appointment_at"}
        if any(parts) or clock:
            values["appointment_at"] = self._moment(parts, clock)
        return values

    def _moment(self, parts: list[str], clock: str) -> datetime:
        now: datetime = self.context_now
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            _refuse("appointment", WHOLE_DATE)
        try:
            day = date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            _refuse("appointment", WHOLE_DATE)
        found = CLOCK.fullmatch(clock)
        if found is None:
            _refuse("appointment_time", WHOLE_TIME)
        if abs(day - now.date()) > FURTHEST:
            _refuse("appointment", TOO_FAR if day > now.date() else PAST)
        moment = datetime.combine(day, time(int(found[1]), int(found[2])), self.context_zone).astimezone(UTC)
        if moment <= now:
            _refuse("appointment", PAST)
        return moment

    def __init__(self, *, now: datetime, zone: ZoneInfo) -> None:
        super().__init__()
        self.context_now = now
        self.context_zone = zone


class WaitlistSchema(NoteSchema):
    """In how many days a place should be free."""

    days = fields.Integer(
        required=True,
        error_messages={"required": DAYS, "invalid": DAYS},
        validate=validate.Range(1, LONGEST_WAIT, error=DAYS),
    )


class InfoSchema(NoteSchema):
    """What the service asks, coded and in words."""

    reason = fields.Enum(
        InfoReason, by_value=True, required=True, error_messages={"required": CHOOSE, "unknown": CHOOSE}
    )
    note = fields.String(
        required=True, error_messages={"required": SAY_WHAT}, validate=validate.Length(1, LONGEST_NOTE, error=TOO_LONG)
    )


class DeclineSchema(NoteSchema):
    """Why not; another reason needs words."""

    reason = one_of(DeclineReason)

    @post_load
    def explained(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """ "Another reason" alone tells the case manager nothing."""
        if values["reason"] is DeclineReason.OTHER and not values["note"]:
            _refuse("note", SAY_WHICH)
        return values


class DeliverSchema(NoteSchema):
    """What came of it, as the service sees it."""

    reason = one_of(
        ServiceResult, validate=validate.OneOf((ServiceResult.COMPLETE, ServiceResult.PARTIAL), error=CHOOSE)
    )


class NotDeliverSchema(NoteSchema):
    """Why the service was not given."""

    reason = one_of(NonDeliveryReason)


SCHEMAS: Mapping[ReferralAction, type[NoteSchema]] = {
    A.WAITLIST: WaitlistSchema,
    A.REQUEST_INFO: InfoSchema,
    A.DECLINE: DeclineSchema,
    A.DELIVER: DeliverSchema,
    A.NOT_DELIVER: NotDeliverSchema,
}


class InboxSchema(Schema):
    """What the URL narrows the inbox to; what is not a known code narrows nothing."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    pile = fields.Enum(Pile, by_value=True, load_default=None)
    need = fields.Enum(Need, by_value=True, load_default=None)
    speed = fields.Enum(Speed, by_value=True, load_default=None)
    service = fields.UUID(load_default=None)
    after = fields.String(load_default="", validate=validate.Length(max=64))

    def read(self, query: Mapping[str, str]) -> dict[str, Any]:
        """The parameters that make sense."""
        given = dict(query.items())
        wrong = self.validate(given)
        known: dict[str, Any] = self.load({name: value for name, value in given.items() if name not in wrong})
        return known


def answer_schema(action: ReferralAction, *, now: datetime, zone: ZoneInfo) -> NoteSchema:
    """The schema of an act; `now` and `zone` are what an appointment is read against."""
    if action is A.ACCEPT:
        return AcceptSchema(now=now, zone=zone)
    return SCHEMAS.get(action, NoteSchema)()


def _refuse(field: str, text: str) -> NoReturn:
    raise ValidationError(text, field)
