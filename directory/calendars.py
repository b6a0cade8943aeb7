"""The hours of services as a calendar (iCalendar, RFC 5545): repeating events, closures and public holidays.

The days that a reader works out are those of `schedule.slots`, for `AHEAD` days from today. A place that is not
disclosed gives no name, and nothing of what its closures are for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event, vRecur

from directory import schedule
from directory.profile import Hours, Schedule, Service, ServiceAtLocation
from directory.seasons import Kind, spans
from directory.taxonomy import Disclosure
from directory.vocabulary import N_, Message, render

AHEAD = 366
"""So many days are looked at: exceptions, and hours that no rule of the standard says, end there."""


@dataclass(frozen=True)
class Frame:
    """What every event is written with: today, the moment of writing, the public holidays, and the language."""

    today: date
    now: datetime
    holidays: Collection[date] = ()
    translate: Callable[[str], str] = str

    @cached_property
    def days(self) -> list[date]:
        """The days that are looked at."""
        return [self.today + timedelta(ahead) for ahead in range(AHEAD)]


def write(services: Iterable[Service], frame: Frame) -> bytes:
    """Return one calendar with the hours of all places of these services."""
    calendar = Calendar()
    calendar.add("prodid", "-//MNR//annuaire//FR")
    calendar.add("version", "2.0")
    for service in services:
        for link in service.service_at_locations:
            for event in _events(service, link, frame):
                calendar.add_component(event)
    calendar.add_missing_timezones(first_date=frame.today, last_date=frame.today + timedelta(AHEAD))
    return bytes(calendar.to_ical())


def hours_of(service: Service, link: ServiceAtLocation) -> Hours:
    """The hours that hold at a place: its own, or those of the service with the closures of the place."""
    if link.hours.schedules:
        return link.hours
    return replace(service.hours, closures=link.hours.closures, on_holidays=link.hours.on_holidays)


def _events(service: Service, link: ServiceAtLocation, frame: Frame) -> Iterator[Event]:
    hours = hours_of(service, link)
    for number, row in enumerate(filter(schedule.usable, hours.schedules)):
        event = _repeating(_named(service, link, str(number), frame), hours, row, frame)
        if event is not None:
            yield event
    for number, closed in enumerate(hours.closures):
        if closed.ends is not None and closed.ends < frame.today:
            continue
        said = Message("closed", N_("%(service)s: closed"), {"service": service.name})
        event = _whole_days(service, link, f"closed-{number}", said, frame)
        event.add("dtstart", closed.starts)
        event.add("dtend", _next_day(closed.ends or max(closed.starts, frame.today)))
        if closed.reason and link.location.disclosure is Disclosure.EXACT:
            event.add("description", closed.reason)
        yield event
    if hours.schedules:
        yield from _uncertain(service, link, hours, frame)


def _uncertain(service: Service, link: ServiceAtLocation, hours: Hours, frame: Frame) -> Iterator[Event]:
    """Public holidays on which nobody said whether the hours hold."""
    for day in sorted(one for one in frame.days if one in frame.holidays):
        if schedule.slots(hours, day, frame.holidays) is None:
            said = Message("call", N_("%(service)s: public holiday, call first"), {"service": service.name})
            event = _whole_days(service, link, f"holiday-{day:%Y%m%d}", said, frame)
            event.add("dtstart", day)
            event.add("dtend", _next_day(day))
            event.add("status", "TENTATIVE")
            yield event


def _next_day(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _whole_days(service: Service, link: ServiceAtLocation, part: str, said: Message, frame: Frame) -> Event:
    return _named(service, link, part, frame, render(said, frame.translate))


def _named(service: Service, link: ServiceAtLocation, part: str, frame: Frame, summary: str = "") -> Event:
    event = Event()
    event.add("uid", f"{link.id}-{part}")
    event.add("dtstamp", frame.now.astimezone(UTC))
    event.add("summary", summary or service.name)
    event.add("transp", "TRANSPARENT")
    if link.location.disclosure is Disclosure.EXACT and link.location.name:
        event.add("location", link.location.name)
    return event


def _repeating(event: Event, hours: Hours, row: Schedule, frame: Frame) -> Event | None:
    """The event of one row of hours; None where it never occurs in the days that are looked at."""
    where = _zone(hours.timezone)
    special = _special_days(hours, frame)
    aside = frozenset(special)

    def holds(day: date) -> bool:
        if not schedule.occurs(row, day):
            return False
        if day not in aside:
            return row.kind == Kind.NORMAL
        return schedule.slot(row, day) in (schedule.slots(hours, day, frame.holidays) or ())

    def at(day: date) -> datetime:
        return schedule.slot(row, day)[0].replace(tzinfo=where)

    first = next((day for day in frame.days if holds(day)), None)
    if first is None:
        return None
    begins, ends = schedule.slot(row, first)
    event.add("dtstart", begins.replace(tzinfo=where))
    event.add("dtend", ends.replace(tzinfo=where))
    if _standard(row):
        event.add("rrule", vRecur(_rule(hours, row, at)))
        if left := [at(day) for day in special if day > first and schedule.occurs(row, day) and not holds(day)]:
            event.add("exdate", left)
    elif later := [at(day) for day in frame.days if day > first and holds(day)]:
        event.add("rdate", later)
    return event


def _special_days(hours: Hours, frame: Frame) -> list[date]:
    """The days that are looked at on which the usual hours may not hold: closures, seasons and public holidays."""
    last = frame.today + timedelta(AHEAD - 1)
    found = {day for day in frame.holidays if frame.today <= day <= last}
    for first, end_day in spans(hours):
        day, end = max(first, frame.today), min(end_day, last)
        found |= {day + timedelta(ahead) for ahead in range((end - day).days + 1)}
    return sorted(found)


def _standard(row: Schedule) -> bool:
    """Whether a rule of the standard says these days: it knows no days of the month or year in a week."""
    odd = row.kind in (Kind.HOLIDAY, Kind.EXCEPTION) or row.count or row.byweekno or row.byyearday
    return not odd and (row.freq == "MONTHLY" or not row.bymonthday)


def _rule(hours: Hours, row: Schedule, at: Callable[[date], datetime]) -> dict[str, Any]:
    rule: dict[str, Any] = {"freq": row.freq, "interval": row.interval}
    if row.byday:
        names = [one.strip() for one in row.byday.split(",")]
        rule["byday"] = [one if row.freq == "MONTHLY" else one[-2:] for one in names if one[-2:] in schedule.WEEKDAYS]
    if row.bymonthday:
        rule["bymonthday"] = [int(one) for one in row.bymonthday.split(",") if one.strip().lstrip("+-").isdigit()]
    if row.wkst in schedule.WEEKDAYS[1:]:
        rule["wkst"] = row.wkst
    endless = [one.starts - timedelta(days=1) for one in hours.closures if one.ends is None and one.starts > date.min]
    if last := min((one for one in (row.until, row.valid_to, *endless) if one), default=None):
        until = at(last)
        rule["until"] = until.astimezone(UTC) if until.tzinfo else until
    return rule


def _zone(name: str) -> ZoneInfo | None:
    """The time zone by its name; a mere offset gives none: the times are then those of the place, wherever read."""
    try:
        return ZoneInfo(name) if "/" in name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
