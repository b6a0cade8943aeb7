"""Closed sets of the directory's tables that the directory library does not already name, and how areas are written."""

from __future__ import annotations

from enum import StrEnum

from directory.profile import ServiceArea
from sop.vocabulary import N_


class LocationType(StrEnum):
    """HSDS 3.1 location.location_type."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Section(StrEnum):
    """Parts of an entry that are confirmed apart, each with its shelf life."""

    HOURS = "hours"
    CAPACITY = "capacity"
    CONTACTS = "contacts"
    SERVICE = "service"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SECTION_LABELS[self]


SECTION_LABELS: dict[Section, str] = {
    Section.HOURS: N_("Opening hours"),
    Section.CAPACITY: N_("Free places"),
    Section.CONTACTS: N_("Contacts"),
    Section.SERVICE: N_("Eligibility, area, procedure"),
}


class VerificationMethod(StrEnum):
    """How an entry was confirmed."""

    PARTNER = "partner"
    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    IMPORT = "import"
    REPORT = "report"


ON_REQUEST = "on_request:"
NAME = "name:"


def area_of(written: str) -> ServiceArea:
    """Read an area as it is kept: a P-code, or `name:…` where no code is known, either after `on_request:`.

    >>> area_of("CM005"), area_of("on_request:name:Broward County").name
    (ServiceArea(pcode='CM005', name='', on_request=False), 'Broward County')
    """
    plain = written.removeprefix(ON_REQUEST)
    asked = plain != written
    if plain.startswith(NAME):
        return ServiceArea(name=plain.removeprefix(NAME), on_request=asked)
    return ServiceArea(pcode=plain, on_request=asked)


def area_text(area: ServiceArea) -> str:
    """Write an area as it is kept; a code says more than a name.

    >>> area_text(ServiceArea(name="Broward County", on_request=True)), area_text(ServiceArea("CM005", "Littoral"))
    ('on_request:name:Broward County', 'CM005')
    """
    return (ON_REQUEST if area.on_request else "") + (area.pcode or NAME + area.name)


def dialled(number: str) -> str:
    """A kept number as a telephone dials it.

    >>> dialled("+237 6 99-12 34 56"), dialled("(904) 356-8371")
    ('+237699123456', '9043568371')
    """
    return "".join(one for one in number if one.isascii() and (one.isdigit() or one in "+*#"))


class SignalOutcome(StrEnum):
    """Why a need found no service."""

    NO_RESULT = "no_result"
    REFUSED = "refused"
    FULL = "full"
    OUT_OF_AREA = "out_of_area"
