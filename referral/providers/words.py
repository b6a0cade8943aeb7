"""Fields and values of an entry in words, for what compares an old with a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from directory.edit import DAY_LABELS, show_phone
from directory.employment import EntryLevel, OfferKind
from directory.referring import ACCESS_LABELS, CHANNEL_LABELS, MOBILISER_LABELS
from directory.seasons import SEASON_LABELS
from directory.taxonomy import (
    LANGUAGE_LABELS,
    SERVICE_TYPE_LABELS,
    TERM_LABELS,
    CapacityStatus,
    Disclosure,
    Facet,
    Group,
    Referrals,
    Status,
    Visibility,
)
from referral.providers.audience_form import RULES
from referral.providers.models import Service
from referral.providers.private_form import OFFER
from referral.providers.queries.catalogue import kept_places
from referral.providers.rules import Section, area_of
from referral.providers.service_form import STATE_LABELS
from sop.vocabulary import N_, NEED_LABELS

FIELDS: dict[str, str] = {
    "hours": N_("Opening hours"),
    "on_holidays": N_("On public holidays"),
    "closures": N_("Announced closures"),
    "contacts": N_("Contacts"),
    "capacity": N_("Free places"),
    "needs": N_("Needs it answers"),
    "types": N_("Kinds of service"),
    "visibility": N_("Who may see this entry"),
    "disclosure": N_("What may be known of the place"),
    "description": N_("What is offered"),
    "status": N_("State of the service"),
    "minimum_age": N_("Youngest age"),
    "maximum_age": N_("Oldest age"),
    "eligibility_description": N_("Conditions"),
    "accepts_referrals": N_("Referrals"),
    "application_process": N_("Procedure"),
    "required_documents": N_("Documents to bring"),
    "free": N_("Free of charge"),
    "fees_description": N_("Cost"),
    "exclusions": N_("Whom it does not take"),
    "residence_required": N_("Only people who live in its area"),
    "can_be_mobilised_by": N_("Who may turn to it"),
    "access_modes": N_("How people get in"),
    "referral_channels": N_("How to send a referral"),
    "next_step": N_("What happens next"),
    "response_hours": N_("Answers within (hours)"),
    "response_hours_urgent": N_("Answers an urgent request within (hours)"),
    "response_hours_emergency": N_("Answers an emergency within (hours)"),
    "feedback_channels": N_("How the outcome is told"),
    "feedback_days": N_("Tells the outcome within (days)"),
    "complaint_channel": N_("Where to complain about the service"),
    "interpretation": N_("Interpreter"),
    "alert": N_("Important notice"),
    "audiences": N_("Whom the service takes"),
    "languages": N_("Languages"),
    "areas": N_("Area served"),
    "step_free": N_("Accessible without steps"),
    "remote": N_("Given by telephone or online"),
    "location_name": N_("Name of the place"),
    "address": N_("Address"),
    "city": N_("Town"),
    "name": N_("Name"),
    "acronym": N_("Acronym"),
    "other_names": N_("Other names"),
    "description_en": N_("Description in English"),
    "website": N_("Website"),
    "email": N_("E-mail"),
    "phones": N_("Telephone"),
    "legal_status": N_("Legal status"),
    "registration": N_("Registration"),
    "year_incorporated": N_("Founded in"),
    "presence_since": N_("In the country since"),
    "memberships": N_("Member of"),
    "funders": N_("Funded by"),
    "psea_function": N_("Who takes complaints"),
    "psea_phone": N_("Telephone for complaints"),
    "psea_email": N_("E-mail for complaints"),
    OFFER: N_("What is offered to work or learn"),
}


CODES: dict[str, Mapping[Any, str]] = {
    "languages": LANGUAGE_LABELS,
    "needs": NEED_LABELS,
    "types": SERVICE_TYPE_LABELS,
    "access_modes": ACCESS_LABELS,
    "referral_channels": CHANNEL_LABELS,
    "feedback_channels": CHANNEL_LABELS,
    "can_be_mobilised_by": MOBILISER_LABELS,
}
NAMED: dict[str, Callable[[str], str]] = {
    "status": lambda one: STATE_LABELS[Status(one)],
    "accepts_referrals": lambda one: Referrals(one).label,
    "visibility": lambda one: Visibility(one).label,
    "disclosure": lambda one: Disclosure(one).label,
}


def field_label(name: str, section: Section | None = None) -> str:
    """The label of a field (a message id), as its section calls it."""
    if section is Section.ORGANIZATION and name == "description":
        return N_("Description in French")
    if section is Section.SERVICE and name == "name":
        return N_("Name of the service")
    return FIELDS.get(name, name)


def plain(value: Any, name: str) -> list[str]:
    """A value as lines of text."""
    if value in (None, "", [], {}):
        return ["–"]
    if name == "capacity":
        return _capacity(value)
    if name in ROWS:
        return [ROWS[name](row) for row in value]
    if name == OFFER:
        return _offer(value)
    if name == "psea_phone":
        return [show_phone(value)]
    if name in ("audiences", "languages", "areas", *CODES):
        return [_reach(one, name) for one in value]
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if name in NAMED:
        return [_(NAMED[name](value))]
    return str(value).splitlines()


def answers(service: Service) -> str:
    """How soon it answers: an emergency, an urgent, a usual request, as far as that is stated."""
    told = [
        (service.response_hours_emergency, _("an emergency")),
        (service.response_hours_urgent, _("urgent")),
        (service.response_hours, _("usual")),
    ]
    said = [(hours, words) for hours, words in told if hours is not None]
    if [hours for hours, _words in said] == [service.response_hours]:
        return str(_("%(hours)d h", hours=service.response_hours))
    return ", ".join(_("%(hours)d h (%(kind)s)", hours=hours, kind=words) for hours, words in said)


def _reach(one: Any, name: str) -> str:
    if name in CODES:
        return _(CODES[name][one]) if one in CODES[name] else str(one)
    if name == "audiences":
        terms = TERM_LABELS[Facet(one["facet"])]
        who = _(terms[one["term"]]) if one["term"] in terms else one["term"]
        return f"{_(dict(RULES)[one['rule']])} : {who}"
    area = area_of(one)
    known = kept_places().get(area.pcode)
    where = known.name if known else area.pcode or area.name
    return _("%(place)s (on request)", place=where) if area.on_request else where


def _offer(value: dict[str, Any]) -> list[str]:
    """The kind and the trade, then the rest as it was typed."""
    rest = [value[name] for name in ("duration", "starts_on", "documents") if value[name]]
    amounts = [f"{value[name]} FCFA" for name in ("pay", "cost") if value[name] is not None]
    level = [_(EntryLevel(value["entry"]).label)] if value["entry"] else []
    first = " · ".join(filter(None, (_(OfferKind(value["kind"]).label), value["trade"])))
    return [first, *map(str, (*rest, *amounts, *level))]


def _hours(row: dict[str, Any]) -> str:
    days = ", ".join(_(DAY_LABELS[day]) if day in DAY_LABELS else day for day in row["byday"].split(","))
    text = f"{days} {row['opens_at'][:5]}–{row['closes_at'][:5]}"
    if row["kind"] in SEASON_LABELS:
        return _("%(who)s: %(places)s", who=_(SEASON_LABELS[row["kind"]]), places=text)
    return text if row["valid_from"] is None else f"{row['valid_from']} – {row['valid_to'] or '…'} {text}"


def _closure(row: dict[str, Any]) -> str:
    return f"{row['starts_on']} – {row['ends_on'] or '…'} {row['reason']}".strip()


def _contact(row: dict[str, Any]) -> str:
    asked = _("takes the referrals") if row.get("takes_referrals") else ""
    return " · ".join(filter(None, (row["function"], show_phone(row["phone"]), row["email"], asked)))


ROWS: dict[str, Callable[[Any], str]] = {
    "hours": _hours,
    "closures": _closure,
    "contacts": _contact,
    "phones": show_phone,
}


def _capacity(value: dict[str, Any]) -> list[str]:
    lines = [_(CapacityStatus(value["status"]).label)]
    if value["available"] is not None:
        lines.append(_number(value))
    groups = [
        _("%(who)s: %(places)s", who=_(Group(one["audience"]).label), places=_number(one))
        for one in value.get("groups", ())
    ]
    return lines + groups + _queue(value)


def _queue(value: dict[str, Any]) -> list[str]:
    """Who waits, what is funded, and the note."""
    said = [value["note"]] if value.get("note") else []
    if value.get("funded_maximum") is not None:
        said.insert(0, ngettext("%(num)d is funded", "%(num)d are funded", value["funded_maximum"]))
    if value.get("waitlist_count") is not None:
        said.insert(0, ngettext("%(num)d person waits", "%(num)d people wait", value["waitlist_count"]))
    return said


def _number(value: dict[str, Any]) -> str:
    """Free places, of how many."""
    free = _(CapacityStatus(value["status"]).label) if value["available"] is None else str(value["available"])
    return free if value["maximum"] is None else f"{free} / {value['maximum']}"
