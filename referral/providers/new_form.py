"""The form of a new entry: as much as it is found and reached by; the ordinary forms complete it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from directory import edit
from directory.places import Places
from directory.taxonomy import LANGUAGE_LABELS, SERVICE_TYPE_LABELS, Disclosure, Visibility
from referral.partners.rules.organizations import TYPE_LABELS, OrganizationType
from referral.providers import identity_form
from referral.providers.audience_form import pcode_of
from referral.providers.models import Location
from referral.providers.schemas import CHOOSE, Reading
from referral.providers.upkeep_schemas import NAME_IT, SAY_WHERE, text_of
from sop.vocabulary import N_, NEED_LABELS, Message

NEW, REMOTE, MOBILE = "new", "remote", "mobile"
ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    (NEW, N_("a new place"), N_("its name, district and street, below")),
    (REMOTE, N_("by telephone or online"), N_("nobody goes there; say below which area it serves")),
    (MOBILE, N_("a team that travels"), N_("no place of its own; say below which area it serves")),
)
SAFEST = {"visibility": Visibility.NETWORK.value, "disclosure": Disclosure.ARRONDISSEMENT.value}
"""What a form offers first: the referral teams, and of the place no more than its arrondissement."""
NEEDS_COUNTRY = Message("not_a_country", N_("a place is in a region, a département or an arrondissement"))
LIMITS = {"location_name": 200, "address": 300, "city": 120, "org_name": 200}
SITES = "site"


@dataclass(frozen=True, slots=True)
class Sites:
    """Where the organisation works already: choices of the form, and which arrondissement each is in."""

    known: Mapping[str, Location]

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """Each place by name and street; then the other ways."""
        there = [(key, *_named(one)) for key, one in self.known.items()]
        return [*there, *ELSEWHERE]


def _named(one: Location) -> tuple[str, str]:
    """A place by its name, else by its street; then the rest of where it is."""
    said = [text for text in (one.name, one.address, one.city, one.pcode) if text]
    return (said[0], ", ".join(dict.fromkeys(said[1:-1]))) if said else ("–", "")


def sites_of(locations: Collection[Location]) -> Sites:
    """The places of an organisation by their ids."""
    return Sites({str(one.id): one for one in locations})


def present(sites: Sites) -> dict[str, str]:
    """An empty form."""
    return SAFEST | {SITES: next(iter(sites.known), NEW)}


def choices(sites: Sites) -> dict[str, Any]:
    """What may be chosen."""
    return identity_form.choices() | {
        "site_choices": sites.choices,
        "language_choices": list(LANGUAGE_LABELS.items()),
        "org_types": [(one.value, label) for one, label in TYPE_LABELS.items()],
    }


TEXTS = (
    "name", SITES, "unit", "location_name", "address", "city", "visibility", "disclosure", "function", "phone",
    "email", "org_name", "org_type",
)  # fmt: skip


def read(
    posted: Mapping[str, str], sites: Sites, places: Places, *, new_organization: bool, demonstration: bool
) -> Reading:
    """What was typed, the values of the entry as plain JSON, and the errors."""
    typed = {name: identity_form.text(posted, name) for name in TEXTS}
    typed |= {name: " ".join(identity_form.ticked(posted, name)) for name in ("needs", "types", "languages")}
    errors = identity_form.check({name: typed[name] for name in ("name", "visibility", "disclosure")})
    values: dict[str, Any] = {
        "name": typed["name"],
        "visibility": typed["visibility"],
        "needs": identity_form.codes(typed["needs"], NEED_LABELS, []),
        "types": identity_form.codes(typed["types"], SERVICE_TYPE_LABELS, []),
        "languages": identity_form.codes(typed["languages"], LANGUAGE_LABELS, []),
    }
    if not values["needs"]:
        errors["needs"] = identity_form.A_NEED
    values |= _where(typed, sites, places, errors)
    values["contact"] = _contact(typed, demonstration, errors)
    if new_organization:
        values["organization"] = _organization(typed, errors)
    errors |= {name: one for name, one in _lengths(typed).items() if new_organization or name != "org_name"}
    return Reading(typed, {} if errors else values, 0, errors)


def _lengths(typed: Mapping[str, str]) -> dict[str, Message]:
    text = N_("at most %(limit)d characters")
    return {
        name: Message("too_long", text, {"limit": most}) for name, most in LIMITS.items() if len(typed[name]) > most
    }


def _where(typed: Mapping[str, str], sites: Sites, places: Places, errors: dict[str, Message]) -> dict[str, Any]:
    """The place: one that exists, a new one, or none; and the area, which is the unit of the place."""
    chosen = typed[SITES]
    if chosen in sites.known:
        pcode = sites.known[chosen].pcode
        return {SITES: chosen, "place": None, "remote": False, "areas": [pcode] if pcode else []}
    if chosen not in (NEW, REMOTE, MOBILE):
        errors[SITES] = CHOOSE
        return {}
    unit = pcode_of(typed["unit"], places) if typed["unit"] else SAY_WHERE
    if isinstance(unit, Message):
        errors["unit"] = unit
        return {}
    if chosen != NEW:
        return {SITES: "", "place": None, "remote": chosen == REMOTE, "areas": [unit]}
    if len(unit) == len("CM"):
        errors["unit"] = NEEDS_COUNTRY
    place = {name: typed[name] for name in ("location_name", "address", "city", "disclosure")}
    return {SITES: "", "place": place | {"pcode": unit}, "remote": False, "areas": [unit]}


def _contact(typed: Mapping[str, str], demonstration: bool, errors: dict[str, Message]) -> dict[str, str]:
    contact, wrong = edit.check_contact(
        title=typed["function"], email=typed["email"], phones=[typed["phone"]], demonstration=demonstration
    )
    names = {"title": "function", "phones": "phone"}
    errors.update({names.get(name, name): Message(one.code, one.text, dict(one.values)) for name, one in wrong.items()})
    if contact is None:
        return {}
    phone = contact.phones[0].number if contact.phones else ""
    return {"function": contact.title, "phone": phone, "email": contact.email}


def _organization(typed: Mapping[str, str], errors: dict[str, Message]) -> dict[str, str]:
    if not typed["org_name"]:
        errors["org_name"] = NAME_IT
    if typed["org_type"] not in list(OrganizationType):
        errors["org_type"] = CHOOSE
    return {"name": typed["org_name"], "type": typed["org_type"]}


def reason_of(posted: Mapping[str, str]) -> str:
    """Why an entry is not taken, in a line."""
    return text_of(posted, "reason").replace("\n", " ")[:300]


def seen_of(posted: Mapping[str, str]) -> set[UUID]:
    """The services that were on the page as possible doubles when somebody said that it is another one."""
    found = set()
    for one in posted.get("apart", "").split()[:100]:
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return found
