"""The form of a service's own words: whom it takes, how to refer to it, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from directory import referring
from directory.places import Places
from directory.taxonomy import Disclosure, Referrals, Status
from referral.providers import audience_form, identity_form
from referral.providers.models import ServiceAtLocation
from referral.providers.schemas import CHOOSE, NOT_A_NUMBER, Reading, version_of
from sop.vocabulary import N_, Message

TEXTS: dict[str, int] = {
    "description": 2000, "eligibility_description": 2000, "application_process": 2000, "fees_description": 500,
    "interpretation": 500, "alert": 500, "exclusions": 1000, "next_step": 500, "complaint_channel": 500,
}  # fmt: skip
NUMBERS: dict[str, int] = {"minimum_age": 120, "maximum_age": 120, **referring.NUMBERS}
LISTS: dict[str, Mapping[Any, str]] = {
    "can_be_mobilised_by": referring.MOBILISER_LABELS,
    "access_modes": referring.ACCESS_LABELS,
    "referral_channels": referring.CHANNEL_LABELS,
    "feedback_channels": {
        one: label for one, label in referring.CHANNEL_LABELS.items() if one is not referring.Channel.ACCOMPANIED
    },
}
"""Several of a list; codes in one line where no boxes are."""
STATE_LABELS: dict[Status, str] = {
    Status.ACTIVE: N_("active"),
    Status.INACTIVE: N_("inactive"),
    Status.DEFUNCT: N_("closed for good"),
    Status.TEMPORARILY_CLOSED: N_("closed for a time"),
}
STATES = [(one.value, label) for one, label in STATE_LABELS.items()]
REFERRALS = [("", N_("not stated")), *((one.value, one.label) for one in Referrals)]
FREE = {"": None, "yes": True, "no": False}
AGES = Message("ages_reversed", N_("the youngest age is above the oldest"))
NOWHERE = Message("nowhere", N_("the service has no place: say which area it serves, or that it is given from afar"))
DOCUMENTS, A_DOCUMENT = 20, 120


def present(place: ServiceAtLocation, places: Places) -> dict[str, str]:
    """The service as it stands."""
    service = place.service
    typed = {name: getattr(service, name) for name in TEXTS}
    typed |= {name: "" if getattr(service, name) is None else str(getattr(service, name)) for name in NUMBERS}
    typed |= {name: " ".join(getattr(service, name)) for name in LISTS}
    said = {None: "", True: "yes", False: "no"}
    return {
        **typed,
        **audience_form.present(place, places),
        **identity_form.present(place),
        "free": said[service.free],
        "remote": "yes" if service.remote else "",
        "residence_required": said[service.residence_required],
        "status": service.status.value if service.status else "",
        "accepts_referrals": service.accepts_referrals.value if service.accepts_referrals else "",
        "required_documents": "\n".join(service.required_documents),
    }


def read(posted: Mapping[str, str], place: ServiceAtLocation, places: Places) -> Reading:
    """The fields as values; texts keep their lines."""
    typed = {name: _clean(posted.get(name, "")) for name in (*TEXTS, *NUMBERS, *OTHERS)}
    errors: dict[str, Message] = {}
    values: dict[str, Any] = {name: typed[name].strip() for name in TEXTS}
    for name, limit in TEXTS.items():
        if len(values[name]) > limit:
            errors[name] = Message("too_long", N_("at most %(limit)d characters"), {"limit": limit})
    for name, most in NUMBERS.items():
        values[name] = _number(typed[name].strip(), most, name, errors)
    if None not in (low := values["minimum_age"], high := values["maximum_age"]) and low > high:
        errors["minimum_age"] = AGES
    _choices(typed, values, errors)
    for name, known in LISTS.items():
        typed[name] = " ".join(identity_form.ticked(posted, name))
        values[name] = identity_form.codes(typed[name], known, getattr(place.service, name))
    lines = [line.strip()[:A_DOCUMENT] for line in typed["required_documents"].splitlines() if line.strip()]
    values["required_documents"] = lines[:DOCUMENTS]
    more, audiences, wrong = audience_form.read(posted, place, places)
    named, identity, amiss = identity_form.read(posted, place)
    values |= audiences | identity
    values["remote"] = typed["remote"] == "yes"
    if _nowhere(place, values):
        errors["remote"] = NOWHERE
    if values.get("disclosure", Disclosure.EXACT.value) != Disclosure.EXACT:
        values = {name: value for name, value in values.items() if name not in audience_form.WHERE}
    return Reading({**typed, **more, **named}, values, version_of(posted), {**amiss, **errors, **wrong})


OTHERS = ("remote", "free", "residence_required", "status", "accepts_referrals", "required_documents")


def _nowhere(place: ServiceAtLocation, values: Mapping[str, Any]) -> bool:
    """Whether a service without a place loses what says where it acts; one that an import left without stays so."""
    said = place.service.remote or place.areas
    return bool(place.location is None and said and not values["remote"] and not values.get("areas"))


def _choices(typed: Mapping[str, str], values: dict[str, Any], errors: dict[str, Message]) -> None:
    for name, known in (
        ("status", list(Status)), ("accepts_referrals", ["", *Referrals]), ("free", list(FREE)),
        ("residence_required", list(FREE)),
    ):  # fmt: skip
        if typed[name] not in known:
            errors[name] = CHOOSE
    values["status"] = typed["status"]
    values["accepts_referrals"] = typed["accepts_referrals"] or None
    values |= {name: FREE.get(typed[name]) for name in ("free", "residence_required")}


def _number(written: str, most: int, name: str, errors: dict[str, Message]) -> int | None:
    if not written:
        return None
    if written.isascii() and written.isdecimal() and len(written) <= 6 and int(written) <= most:
        return int(written)
    errors[name] = NOT_A_NUMBER
    return None


def _clean(text: str) -> str:
    return "".join(one for one in text.replace("\r\n", "\n") if one.isprintable() or one == "\n")[:5000]
