"""The national profile HSDS-CM: what it adds to HSDS 3.2, as JSON merge patches, and how its additions are read.

https://docs.openreferral.org/en/latest/hsds/using_profiles.html: a profile is a set of JSON merge patches (RFC 7396)
with the names of the schemas they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from directory import referring
from directory.employment import OfferKind
from directory.fields import CONTROL
from directory.profile import Audience, Capacity, Closure, Service, Term
from directory.seasons import Kind
from directory.taxonomy import NEEDS as KNOWN_NEEDS
from directory.taxonomy import (
    AudienceRule,
    CapacityStatus,
    Disclosure,
    Facet,
    Group,
    Referrals,
    ServiceType,
    Visibility,
)

NAME = TAXONOMY = "HSDS-CM"
VERSION = "1.0"
HSDS_VERSION = "3.1"
EXCLUSIONS = 1000
MOST_COUNTED, LONGEST_NOTE = 100_000, 300
RANK = (Visibility.PUBLIC, Visibility.NETWORK, Visibility.RESTRICTED)


def _text(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": title, **more}


def _closed(title: str, values: Any) -> dict[str, Any]:
    return _text(title, enum=[one.value for one in values])


def _listed(title: str, values: Any) -> dict[str, Any]:
    return {"type": "array", "title": title, "items": {"type": "string", "enum": [one.value for one in values]}}


def _whole(title: str, most: int) -> dict[str, Any]:
    return {"type": "integer", "title": title, "minimum": 0, "maximum": most}


PROCEDURE: dict[str, Any] = {
    "access_modes": _listed("How a person gets to the service", referring.AccessMode),
    "referral_channels": _listed("How a referral is sent", referring.Channel),
    "next_step": _text("What happens after a referral was received"),
    "response_hours": _whole("Hours until a usual referral is answered", referring.LONGEST_HOURS),
    "response_hours_urgent": _whole("Hours until an urgent referral is answered", referring.LONGEST_HOURS),
    "response_hours_emergency": _whole("Hours until an emergency is answered", referring.LONGEST_HOURS),
    "feedback_channels": _listed("How the outcome is told", referring.Channel),
    "feedback_days": _whole("Days until the outcome is told", referring.LONGEST_DAYS),
    "complaint_channel": _text("Where to complain about the service"),
    "residence_required": {"type": "boolean", "title": "Only for people who live in its area"},
    "can_be_mobilised_by": _listed("Who may turn to the service", referring.Mobiliser),
}
VACANCY: dict[str, Any] = {
    "type": "object",
    "required": ["id", "title", "places", "valid_from", "valid_until"],
    "properties": {
        "id": _text("Id", format="uuid"),
        "title": _text("What is to be filled"),
        "kind": _closed("Kind of offer", OfferKind),
        "places": {"type": "integer", "minimum": 1, "title": "Places left"},
        "valid_from": _text("Day on which it was announced", format="date"),
        "valid_until": _text("Last day", format="date"),
        "service_at_location_id": _text("At which place of the service", format="uuid"),
    },
}
PATCHES: dict[str, dict[str, Any]] = {
    "address.json": {"required": ["id", "address_1", "city", "state_province", "country", "address_type"]},
    "contact.json": {
        "properties": {
            "visibility": _closed("Visibility", Visibility),
            "for_referrals": {"type": "boolean", "title": "Takes referrals (network)"},
        }
    },
    "location.json": {"properties": {"disclosure": _closed("Disclosure of the address", Disclosure)}},
    "organization.json": {
        "properties": {
            "type": _text("Kind of organisation"),
            "presence_since": {"type": "integer", "title": "Year since which it works in the country"},
        }
    },
    "phone.json": {
        "properties": {"for_referrals": {"type": "boolean", "title": "Answered by who takes referrals (network)"}}
    },
    "schedule.json": {
        "properties": {
            "timezone_name": _text("IANA time zone of the hours"),
            "kind": _text("Days on which the hours hold", enum=[one.value for one in Kind]),
        }
    },
    "service.json": {
        "required": ["id", "name"],
        "properties": {
            "accepts_referrals": _closed("Whether referrals are accepted", Referrals),
            "all_ages": {"type": "boolean", "title": "Stated to be open to every age"},
            "free": {"type": "boolean", "title": "Free of charge"},
            "remote": {"type": "boolean", "title": "Given by telephone or online"},
            "exclusions": _text("Whom the service does not take"),
            **PROCEDURE,
            "visibility": _closed("Visibility", Visibility),
            "vacancies": {"type": "array", "title": "Vacancies that are open today", "items": VACANCY},
        },
    },
    "service_area.json": {"properties": {"on_request": {"type": "boolean", "title": "Covered on request"}}},
    "service_at_location.json": {
        "properties": {
            "capacities": {"type": "array", "items": {"$ref": "service_capacity.json"}},
            "closures": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["starts"],
                    "properties": {
                        "starts": _text("First day", format="date"),
                        "ends": _text("Last day", format="date"),
                        "reason": _text("Reason"),
                    },
                },
            },
            "on_holidays": _text("Public holidays", enum=["open", "closed"]),
        }
    },
    "service_capacity.json": {
        "required": ["id", "unit", "updated"],
        "properties": {
            "audience": _closed("Whose places are counted; everybody where none is named", Group),
            "status": _closed("Whether there is room", CapacityStatus),
            "waiting_days": {"type": "integer", "title": "Days of waiting"},
            "valid_until": _text("Believed until", format="date-time"),
            "waitlist_count": _whole("People who wait", MOST_COUNTED),
            "funded_maximum": _whole("Places that somebody pays for", MOST_COUNTED),
            "note": _text("Note on the places"),
        },
    },
    "taxonomy_term.json": {
        "properties": {
            "names": {
                "type": "object",
                "title": "Name by language (ISO 639-1)",
                "additionalProperties": {"type": "string"},
            }
        }
    },
}
"""File name of a schema -> its merge patch."""


def merged(schema: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396).

    >>> merged({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}})
    {'b': {'c': 2, 'd': 3}}
    """
    if not isinstance(patch, Mapping):
        return patch
    found = dict(schema) if isinstance(schema, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def with_own(service: Service, row: Mapping[str, Any]) -> Service:
    """Return the service with what the national profile says of it in `row`; unknown values are passed over.

    A document may keep a service to fewer people than the rest of its feed, never publish it.
    """
    own = [term for term in service.terms if term.taxonomy == TAXONOMY]
    asked = one_of(Visibility, row.get("visibility")) or Visibility.NETWORK
    return replace(
        service,
        needs=service.needs | {term.code for term in own if term.link_type == "need" and term.code in KNOWN_NEEDS},
        types=service.types | _types(own),
        audiences=tuple(_audiences(row)) or service.audiences,
        accepts_referrals=one_of(Referrals, row.get("accepts_referrals")),
        procedure=referring.read(row),
        exclusions=_exclusions(row) or service.exclusions,
        all_ages=row.get("all_ages") is True,
        free=row["free"] if isinstance(row.get("free"), bool) else service.free,
        remote=row.get("remote") is True,
        visibility=max(asked, service.visibility, key=RANK.index),
        terms=tuple(term for term in service.terms if term.taxonomy != TAXONOMY),
    )


def _exclusions(row: Mapping[str, Any]) -> str:
    value = row.get("exclusions")
    return CONTROL.sub("", value).strip()[:EXCLUSIONS] if isinstance(value, str) else ""


def _types(own: list[Term]) -> frozenset[ServiceType]:
    found = (one_of(ServiceType, term.code) for term in own if term.link_type == "service_type")
    return frozenset(one for one in found if one is not None)


def _audiences(row: Mapping[str, Any]) -> list[Audience]:
    found = []
    attributes = row.get("attributes")
    for one in attributes if isinstance(attributes, list) else ():
        term = one.get("taxonomy_term") if isinstance(one, dict) and one.get("link_type") == "audience" else None
        if not isinstance(term, dict) or term.get("taxonomy") != TAXONOMY or not isinstance(term.get("code"), str):
            continue
        kind, _, code = term["code"].partition(":")
        facet, rule = one_of(Facet, kind), one_of(AudienceRule, one.get("value"))
        if facet is not None and rule is not None and 0 < len(code) <= 40:
            found.append(Audience(facet, code, rule))
    return found


def own_capacity(capacity: Capacity, row: Mapping[str, Any]) -> Capacity:
    """Return the capacity with the status, the waiting list, what is funded and the note that plain HSDS lacks."""
    status = one_of(CapacityStatus, row.get("status")) or capacity.status
    note = row.get("note")
    return replace(
        capacity, status=status, waiting_days=_counted(row.get("waiting_days"), 3660),
        waitlist_count=_counted(row.get("waitlist_count"), MOST_COUNTED),
        funded_maximum=_counted(row.get("funded_maximum"), MOST_COUNTED),
        note=CONTROL.sub("", note).strip()[:LONGEST_NOTE] if isinstance(note, str) else "",
    )  # fmt: skip


def _counted(value: Any, most: int) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if fits else None


def audience_of(row: Mapping[str, Any]) -> Group | None:
    """Whose places a capacity counts; None for an audience that we do not know, everybody where none is named.

    >>> audience_of({}), audience_of({"audience": "girls"}), audience_of({"audience": "martians"})
    (<Group.EVERYBODY: 'everybody'>, <Group.GIRLS: 'girls'>, None)
    """
    named = row.get("audience")
    return Group.EVERYBODY if named is None else one_of(Group, named)


def closures(row: Mapping[str, Any]) -> tuple[Closure, ...]:
    """Return the closures of a service at a location."""
    found = []
    written = row.get("closures")
    for one in written[:200] if isinstance(written, list) else ():
        try:
            ends = date.fromisoformat(one["ends"]) if one.get("ends") else None
            found.append(Closure(date.fromisoformat(one["starts"]), ends, str(one.get("reason") or "")[:200]))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
    return tuple(found)


def one_of(kind: Any, value: Any) -> Any:
    """The member of a closed set, or None.

    >>> one_of(Referrals, "yes"), one_of(Referrals, ["yes"])
    (<Referrals.YES: 'yes'>, None)
    """
    return kind(value) if isinstance(value, str) and value in list(kind) else None
