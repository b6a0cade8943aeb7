"""Safe contact: how a person may be reached, and how not; unknown means as little as possible.

A note left with the wrong neighbour can betray somebody. What the person said is kept with the identity (category C2)
and read wherever somebody could call, write or visit. Source: inter-agency referral form, "contact restrictions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from sop.vocabulary import N_, Message

SEALED_AS = "safe_contact"
"""Where it lies in what is sealed of a person under C2."""


class Way(StrEnum):
    """How the person wants to be reached."""

    CALL = "call"
    THROUGH = "through"
    NEVER = "never"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return WAYS[self]


WAYS: dict[Way, str] = {
    Way.CALL: N_("by telephone"),
    Way.THROUGH: N_("only through somebody whom the person trusts"),
    Way.NEVER: N_("not at all: the person comes or calls"),
}


class Channel(StrEnum):
    """What somebody is about to do."""

    CALL = "call"
    SMS = "sms"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What the person said. `begins` and `ends` bound the hours for calls; without them any hour is good."""

    way: Way
    sms: bool = False
    visits: bool = False
    begins: time | None = None
    ends: time | None = None
    through: str = ""
    through_phone: str = ""
    say: str = ""

    def to_plain(self) -> dict[str, Any]:
        """As JSON can keep it.

        >>> SafeContact.from_plain(SafeContact(Way.CALL, begins=time(8)).to_plain()).begins
        datetime.time(8, 0)
        """
        hours = {
            name: one.strftime("%H:%M") if one else "" for name, one in (("begins", self.begins), ("ends", self.ends))
        }
        return asdict(self) | {"way": self.way.value} | hours

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> SafeContact:
        """The inverse of `to_plain`."""
        hours = {name: time.fromisoformat(data[name]) if data.get(name) else None for name in ("begins", "ends")}
        return cls(**{**data, "way": Way(data["way"]), **hours})


def contact_in(identity: Mapping[str, Any]) -> SafeContact | None:
    """What is known of safe contact in an opened category C2."""
    found = identity.get(SEALED_AS)
    return SafeContact.from_plain(found) if isinstance(found, Mapping) else None


NOT_ASKED = Message(
    "not_asked", N_("Do not call the person: it is not known to be safe. Ask the sender how to reach them.")
)
CAUTIOUS = Message("cautious", N_("Call only the number given here; leave no message that says why you call."))
NEVER = Message("never", N_("Do not contact the person: they come or call themselves."))
THROUGH = Message("through", N_("Never contact the person directly, only through %(name)s (%(phone)s)."))
THROUGH_NAMED = Message("through_named", N_("Never contact the person directly, only through %(name)s."))
NO_SMS = Message("no_sms", N_("Send no SMS and leave no message."))
NO_VISIT = Message("no_visit", N_("Do not go to the person’s home."))
HOURS = Message("hours", N_("Call only between %(begins)s and %(ends)s."))
SAY = Message("say", N_("If somebody else answers, say: %(words)s"))


def refusal(contact: SafeContact | None, channel: Channel, at: time) -> Message | None:
    """Why this must not be done at that hour (Douala time), or nothing when it may; unknown refuses.

    >>> refusal(None, Channel.SMS, time(9)).code, refusal(SafeContact(Way.CALL, sms=True), Channel.SMS, time(9))
    ('not_asked', None)
    >>> refusal(SafeContact(Way.CALL, begins=time(18), ends=time(7)), Channel.CALL, time(12)).code
    'hours'
    """
    if contact is None:
        return NOT_ASKED
    if contact.way is not Way.CALL:
        return NEVER if contact.way is Way.NEVER else _through(contact)
    if channel is Channel.SMS and not contact.sms:
        return NO_SMS
    if channel is Channel.VISIT:
        return None if contact.visits else NO_VISIT
    return None if _within(contact, at) else _hours(contact)


def guidance(identity: Mapping[str, Any]) -> tuple[Message, ...]:
    """What whoever sees the identity must know before reaching the person, the most binding first.

    Without a record the identification form decides: a number said to be safe may be called, nothing else.

    >>> [one.code for one in guidance({"phone_safe": "yes"})], [one.code for one in guidance({})]
    (['cautious'], ['not_asked'])
    """
    contact = contact_in(identity)
    if contact is None:
        return (CAUTIOUS,) if identity.get("phone_safe") == "yes" else (NOT_ASKED,)
    if contact.way is Way.NEVER:
        return (NEVER,)
    if contact.way is Way.THROUGH:
        return (_through(contact),)
    found = [CAUTIOUS]
    if contact.begins and contact.ends:
        found.append(_hours(contact))
    if not contact.sms:
        found.append(NO_SMS)
    if not contact.visits:
        found.append(NO_VISIT)
    if contact.say:
        found.append(Message(SAY.code, SAY.text, {"words": contact.say}))
    return tuple(found)


def may_show_phone(identity: Mapping[str, Any]) -> bool:
    """Whether the person's own number helps whoever sees the identity, or only endangers."""
    contact = contact_in(identity)
    return identity.get("phone_safe") == "yes" if contact is None else contact.way is Way.CALL


def _within(contact: SafeContact, at: time) -> bool:
    if contact.begins is None or contact.ends is None:
        return True
    if contact.begins <= contact.ends:
        return contact.begins <= at <= contact.ends
    return at >= contact.begins or at <= contact.ends


def _hours(contact: SafeContact) -> Message:
    return Message(HOURS.code, HOURS.text, {"begins": _clock(contact.begins), "ends": _clock(contact.ends)})


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _through(contact: SafeContact) -> Message:
    known = THROUGH if contact.through_phone else THROUGH_NAMED
    return Message(known.code, known.text, {"name": contact.through, "phone": contact.through_phone})
