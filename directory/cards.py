"""A service as an address card (vCard 4.0, RFC 6350); its hours as a calendar are in `calendars`.

A place that is not disclosed gives neither street nor point; persons are not named.
"""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Component, vText

from directory.profile import Organization, Service, ServiceAtLocation
from directory.taxonomy import Disclosure


class Card(Component):
    """A vCard: the lines of iCalendar's grammar with other names."""

    name = "VCARD"


def vcard(organization: Organization, service: Service) -> str:
    """Return one card for each place of the service, or one without a place."""
    links: Iterable[ServiceAtLocation | None] = service.service_at_locations or (None,)
    return "".join(_card(organization, service, link).to_ical(sorted=False).decode() for link in links)


def _card(organization: Organization, service: Service, link: ServiceAtLocation | None) -> Card:
    card = Card()
    card.add("VERSION", "4.0")
    card.add("KIND", "org")
    card.add("UID", f"urn:uuid:{link.id if link is not None else service.id}")
    # Made as text here: the library takes names that iCalendar has not for values to be left as they are.
    card["FN"], card["ORG"] = vText(service.name), vText(organization.name)
    if service.description:
        card["NOTE"] = vText(service.description)
    phones = (*(link.phones if link is not None else ()), *service.phones)
    for number in dict.fromkeys(one.number for one in phones):
        card.add("TEL", number)
    if service.email:
        card.add("EMAIL", service.email)
    if address := service.url or organization.website:
        card.add("URL", address)
    location = link.location if link is not None else None
    if location is not None and location.disclosure is Disclosure.EXACT:
        if location.addresses:
            one = location.addresses[0]
            parts = ("", "", one.address_1, one.city, one.state_province, one.postal_code, one.country)
            card["ADR"] = _Structured(";".join(_escaped(part) for part in parts))
        if location.latitude is not None and location.longitude is not None:
            card.add("GEO", _Structured(f"geo:{location.latitude},{location.longitude}"))
    return card


class _Structured(vText):
    """A value whose separators are part of it."""

    def to_ical(self) -> bytes:
        return str(self).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
