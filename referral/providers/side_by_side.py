"""Two entries of the directory field by field, in words, with what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from directory.taxonomy import Disclosure, Visibility
from referral.foundation.formatting import day
from referral.providers.actions import fields, offering
from referral.providers.house import house
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.private_form import OFFER
from referral.providers.queries.catalogue import kept_places
from referral.providers.rules import Section
from referral.providers.words import field_label, plain
from sop.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two entries as lines of text; `agrees` is None where one says nothing, or it does not matter.

    `name` is what the field is chosen by, where the kept entry may take it over.
    """

    label: str
    name: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    agrees: bool | None


CHANGED = N_("Last changed")
ORGANIZATION = N_("Organisation")
UNJUDGED = (CHANGED,)
Reader = Callable[[Service], list[str]]


def side_by_side(first: Service, second: Service) -> list[Compared]:
    """Every field of which at least one of the two says something."""
    lines = []
    for label, name, read in READERS:
        one, other = tuple(read(first)), tuple(read(second))
        if one or other:
            judged = one and other and label not in UNJUDGED
            agrees = sorted(one) == sorted(other) if judged else None
            lines.append(Compared(label, name, one, other, agrees))
    return lines


def _places(service: Service) -> list[ServiceAtLocation]:
    return sorted((one for one in service.places if not one.archived), key=lambda one: str(one.id))


def _where(service: Service) -> list[str]:
    return list(dict.fromkeys(filter(None, map(_place, _places(service)))))


def _place(place: ServiceAtLocation) -> str:
    """Where it is; of a place that is kept to the arrondissement no name and no street."""
    at = place.location
    if at is None:
        return ""
    known = kept_places().get(at.pcode)
    unit = known.name if known else at.pcode
    said = (at.name, at.address, at.city) if at.disclosure is Disclosure.EXACT else ()
    return ", ".join(dict.fromkeys(filter(None, (*said, unit))))


def _contacts(service: Service) -> list[str]:
    rows = [
        fields.contact_of(one)
        for place in _places(service)
        for one in place.contacts
        if one.visibility is not Visibility.RESTRICTED
    ]
    return list(dict.fromkeys(filter(None, plain(rows, "contacts")))) if rows else []


def _of_places(name: str, read: Callable[[ServiceAtLocation], Any]) -> Reader:
    def said(service: Service) -> list[str]:
        told = [value for place in _places(service) if (value := read(place)) not in (None, "", [])]
        lines = [line for value in told for line in plain(value, name)]
        return list(dict.fromkeys(lines))

    return said


def _step_free(place: ServiceAtLocation) -> bool | None:
    return place.location.step_free if place.location else None


def _column(name: str) -> Reader:
    def said(service: Service) -> list[str]:
        value = fields.plain(getattr(service, name))
        return [] if value in (None, "", []) else plain(value, name)

    return said


def _audiences(service: Service) -> list[str]:
    rows = [{"facet": one.facet, "term": one.term, "rule": one.rule} for one in service.audiences]
    return sorted(plain(rows, "audiences")) if rows else []


def _offer(service: Service) -> list[str]:
    value = offering.present(service).get(OFFER)
    return plain(value, OFFER) if value else []


def _field(name: str, read: Reader) -> tuple[str, str, Reader]:
    return field_label(name, Section.SERVICE), name, read


NOT_CHOSEN = ""
READERS: tuple[tuple[str, str, Reader], ...] = (
    _field("name", lambda one: [one.name]),
    (ORGANIZATION, NOT_CHOSEN, lambda one: [house(one.organization)]),
    _field("needs", _column("needs")),
    (N_("Where"), "where", _where),
    _field("step_free", _of_places("step_free", _step_free)),
    _field("contacts", _contacts),
    _field("hours", _of_places("hours", fields.hours_of)),
    _field("closures", _of_places("closures", fields.closures_of)),
    _field("areas", _of_places("areas", lambda place: list(place.areas))),
    *(_field(name, _column(name)) for name in fields.SERVICE),
    _field("audiences", _audiences),
    _field(OFFER, _offer),
    (N_("Source"), NOT_CHOSEN, lambda one: [one.source] if one.source else []),
    (CHANGED, NOT_CHOSEN, lambda one: [day(one.last_modified)]),
)
"""Every field: its label, what it is chosen by, and how it is read."""
