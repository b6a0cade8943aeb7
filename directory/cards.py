"""A service as an address card (vCard 4.0, RFC 6350) and its hours as a calendar (iCalendar, RFC 5545).

A place that is not disclosed gives neither street nor point; persons are not named.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, vRecur, vText

from directory.profile import Organization, Schedule, Service, ServiceAtLocation
from directory.schedule import WEEKDAYS, usable
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
    card.add("FN", service.name)
    card.add("ORG", organization.name)
    if service.description:
        card.add("NOTE", service.description)
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


def ical(service: Service, *, today: date, now: datetime) -> bytes:
    """Return the hours as repeating events, and closures as whole days."""
    calendar = Calendar()
    calendar.add("prodid", "-//MNR//annuaire//FR")
    calendar.add("version", "2.0")
    for link in service.service_at_locations:
        hours = link.hours if link.hours.schedules else service.hours
        for number, row in enumerate(filter(usable, hours.schedules)):
            if row.kind == "normal":
                calendar.add_component(_event(service, link, number, row, today, now, hours.timezone))
        for number, closed in enumerate(link.hours.closures):
            event = _named(service, link, f"closed-{number}", now)
            event.add("dtstart", closed.starts)
            event.add("dtend", (closed.ends or closed.starts) + timedelta(days=1))
            event.add("status", "CANCELLED")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _named(service: Service, link: ServiceAtLocation, part: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{link.id}-{part}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", service.name)
    event.add("transp", "TRANSPARENT")
    if link.location.disclosure is Disclosure.EXACT and link.location.name:
        event.add("location", link.location.name)
    return event


def _event(
    service: Service, link: ServiceAtLocation, number: int, row: Schedule, today: date, now: datetime, zone: str
) -> Event:
    event = _named(service, link, str(number), now)
    first = _first_day(row, today)
    opens, closes = row.opens_at, row.closes_at
    if opens is None or closes is None:  # `usable` lets no such row through
        raise ValueError(row.id)
    where = ZoneInfo(zone) if "/" in zone else UTC
    begins = datetime.combine(first, opens, where)
    ends = datetime.combine(first + timedelta(days=closes <= opens), closes, where)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    rule: dict[str, Any] = {"freq": row.freq, "interval": row.interval}
    if row.byday:
        rule["byday"] = row.byday.split(",")
    last = row.until or row.valid_to
    if last:
        rule["until"] = datetime.combine(last, opens, where).astimezone(UTC)
    event.add("rrule", vRecur(rule))
    return event


def _first_day(row: Schedule, today: date) -> date:
    """The first day on which the hours hold: a repetition must begin on one of its own days."""
    start = max(filter(None, (row.dtstart, row.valid_from, today)))
    days = {WEEKDAYS.index(one[-2:]) for one in row.byday.split(",") if one[-2:] in WEEKDAYS} or set(range(7))
    return next(
        start + timedelta(days=ahead) for ahead in range(7) if (start + timedelta(days=ahead)).weekday() in days
    )
