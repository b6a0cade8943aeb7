"""How a service is reached and how a referral to it goes: ways in, channels, what happens next, when it answers.

After the questions 10 to 14 of the inter-agency Services Advisor, which are answered by what people do: an answer "case
by case" is none, so times are numbers of hours. The field names are those of our columns and of the national profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from directory.fields import CONTROL
from directory.vocabulary import N_

LONGEST_HOURS, LONGEST_DAYS = 2000, 366
TEXT_LIMIT = 500


class AccessMode(StrEnum):
    """How a person gets to the service."""

    WALK_IN = "walk_in"
    APPOINTMENT = "appointment"
    ON_REFERRAL = "on_referral"
    MOBILE_TEAM = "mobile_team"
    AT_HOME = "at_home"
    PHONE = "phone"
    ONLINE = "online"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ACCESS_LABELS[self]


ACCESS_LABELS: dict[AccessMode, str] = {
    AccessMode.WALK_IN: N_("without appointment"),
    AccessMode.APPOINTMENT: N_("by appointment"),
    AccessMode.ON_REFERRAL: N_("only when referred"),
    AccessMode.MOBILE_TEAM: N_("a mobile team comes"),
    AccessMode.AT_HOME: N_("at the person’s home"),
    AccessMode.PHONE: N_("by telephone"),
    AccessMode.ONLINE: N_("online"),
}


class Channel(StrEnum):
    """By which way a referral, or the answer to it, travels."""

    PLATFORM = "platform"
    FORM = "form"
    PHONE = "phone"
    EMAIL = "email"
    ACCOMPANIED = "accompanied"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CHANNEL_LABELS[self]


CHANNEL_LABELS: dict[Channel, str] = {
    Channel.PLATFORM: N_("this platform"),
    Channel.FORM: N_("inter-agency referral form"),
    Channel.PHONE: N_("telephone call"),
    Channel.EMAIL: N_("mail"),
    Channel.ACCOMPANIED: N_("somebody goes with the person"),
}


class Mobiliser(StrEnum):
    """Who may turn to the service."""

    USERS = "users"
    PROFESSIONALS = "professionals"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return MOBILISER_LABELS[self]


MOBILISER_LABELS: dict[Mobiliser, str] = {
    Mobiliser.USERS: N_("the person"),
    Mobiliser.PROFESSIONALS: N_("a professional for the person"),
}


@dataclass(frozen=True, slots=True)
class Procedure:
    """The referral procedure of a service. None and empty: not stated.

    Answers are in hours: to a usual, an urgent and an emergency referral; `feedback_days` is when the outcome is told.
    """

    access_modes: tuple[AccessMode, ...] = ()
    referral_channels: tuple[Channel, ...] = ()
    next_step: str = ""
    response_hours: int | None = None
    response_hours_urgent: int | None = None
    response_hours_emergency: int | None = None
    feedback_channels: tuple[Channel, ...] = ()
    feedback_days: int | None = None
    complaint_channel: str = ""
    residence_required: bool | None = None
    can_be_mobilised_by: tuple[Mobiliser, ...] = ()

    def said(self) -> dict[str, Any]:
        """What is stated, as plain values by field.

        >>> Procedure((AccessMode.WALK_IN,), residence_required=False).said()
        {'access_modes': ['walk_in'], 'residence_required': False}
        """
        stated = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: [one.value for one in value] if isinstance(value, tuple) else value
            for name, value in stated.items()
            if value not in (None, "", ())
        }


NOT_STATED = Procedure()
SETS: dict[str, type[AccessMode] | type[Channel] | type[Mobiliser]] = {
    "access_modes": AccessMode,
    "referral_channels": Channel,
    "feedback_channels": Channel,
    "can_be_mobilised_by": Mobiliser,
}
TEXTS = ("next_step", "complaint_channel")
NUMBERS: dict[str, int] = {
    "response_hours": LONGEST_HOURS,
    "response_hours_urgent": LONGEST_HOURS,
    "response_hours_emergency": LONGEST_HOURS,
    "feedback_days": LONGEST_DAYS,
}


def read(row: Mapping[str, Any]) -> Procedure:
    """Return the procedure that a document or a row of a table states; values of no known kind are passed over.

    >>> read({"access_modes": ["walk_in", "swim"], "response_hours": 24, "feedback_days": -7}).said()
    {'access_modes': ['walk_in'], 'response_hours': 24}
    >>> read({"access_modes": "phone;walk_in", "feedback_days": "7", "residence_required": "false"}).said()
    {'access_modes': ['phone', 'walk_in'], 'feedback_days': 7, 'residence_required': False}
    """
    found: dict[str, Any] = {name: _codes(kind, row.get(name)) for name, kind in SETS.items()}
    for name in TEXTS:
        value = row.get(name)
        found[name] = CONTROL.sub("", value).strip()[:TEXT_LIMIT] if isinstance(value, str) else ""
    found |= {name: _whole(row.get(name), most) for name, most in NUMBERS.items()}
    lives = {"true": True, "false": False}.get(str(row.get("residence_required")).lower())
    return Procedure(**found, residence_required=lives)


def _codes(kind: Any, value: Any) -> tuple[Any, ...]:
    written = value.split(";") if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return tuple(one for one in sorted(kind) if one.value in [some for some in written if isinstance(some, str)])


def _whole(value: Any, most: int) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6:
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if fits else None


def of_columns(row: Any) -> Procedure:
    """Return the procedure that a row with these columns states."""
    return read({one.name: getattr(row, one.name) for one in fields(Procedure)})
