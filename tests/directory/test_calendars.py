"""Calendars of opening hours: what a reader of the standard works out is what the directory says, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from directory import calendars, schedule
from directory.profile import Closure, Hours, Location, Schedule, Service, ServiceAtLocation
from directory.taxonomy import Disclosure

pytestmark = pytest.mark.once
TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)
HOLIDAYS = frozenset({CHRISTMAS, NEW_YEAR, date(2027, 5, 20)})
WEEK = Schedule("MO,TU,WE,TH,FR", time(8), time(15, 30))
NIGHT = Schedule("FR,SA", time(22), time(6))
CASES = {
    "a week": Hours((WEEK, NIGHT)),
    "closed on holidays": Hours((WEEK,), on_holidays="closed"),
    "open on holidays": Hours((WEEK,), on_holidays="open"),
    "hours of their own on holidays": Hours((WEEK, Schedule("FR", time(10), time(12), kind="holiday"))),
    "a closure": Hours((WEEK, NIGHT), (Closure(date(2026, 12, 5), date(2026, 12, 9)),), on_holidays="open"),
    "a closure that has begun": Hours((WEEK,), (Closure(date(2026, 11, 1), date(2026, 12, 1)),)),
    "closed from now on": Hours((WEEK,), (Closure(date(2027, 2, 2)),), on_holidays="open"),
    "every other week": Hours((Schedule("MO,TH", time(9), time(12), interval=2, dtstart=date(2026, 9, 7)),)),
    "months": Hours((Schedule("1MO,-1FR", time(9), time(12), freq="MONTHLY"),)),
    "days of the month": Hours((Schedule("", time(9), time(12), freq="MONTHLY", bymonthday="15,-1"),)),
    "what no rule says": Hours((Schedule("MO", time(9), time(12), bymonthday="1,2,3,4,5,6,7"),)),
    "so many times": Hours((Schedule("TU", time(9), time(12), count=5, dtstart=date(2026, 11, 10)),)),
    "until a day": Hours((Schedule("TU", time(9), time(12), valid_to=date(2026, 12, 15)),), on_holidays="open"),
    "day and night": Hours((Schedule("MO,TU,WE,TH,FR,SA,SU", time(0), time(23, 59)),)),
    "an offset": Hours((WEEK,), timezone="+03:00"),
    "over": Hours((Schedule("MO", time(9), time(12), valid_to=date(2026, 1, 1)),)),
}


def service(hours: Hours, disclosure: Disclosure = Disclosure.EXACT) -> Service:
    place = Location("1", "Maison Lauriers", disclosure=disclosure)
    return Service("3", "Écoute", "o", service_at_locations=(ServiceAtLocation("2", place, hours),))


def read(hours: Hours) -> set[tuple[datetime, datetime]]:
    """What another program makes of the calendar until the end that is looked at: local beginnings and ends."""
    found = set()
    data = calendars.write([service(hours)], calendars.Frame(TODAY, NOW, HOLIDAYS))
    for event in Calendar.from_ical(data).walk("VEVENT"):
        if not isinstance(event["DTSTART"].dt, datetime):
            continue
        begins, length = event["DTSTART"].dt, event["DTEND"].dt - event["DTSTART"].dt
        names = ("DTSTART", "RRULE", "EXDATE")
        lines = [line for line in event.to_ical().decode().replace("\r\n ", "").split("\r\n") if line.startswith(names)]
        days = rrulestr("\n".join(lines), forceset=True)
        if "RRULE" not in event:
            for one in [begins, *(row.dt for row in event["RDATE"].dts)]:
                days.rdate(one)
        end = datetime.combine(TODAY + timedelta(calendars.AHEAD), time(0), begins.tzinfo)
        found |= {
            (one.replace(tzinfo=None), one.replace(tzinfo=None) + length)
            for one in days.between(begins - timedelta(1), end)
        }
    return found


@pytest.mark.parametrize("name", list(CASES))
def test_a_reader_of_the_calendar_finds_the_days_that_the_directory_says(name: str) -> None:
    hours = CASES[name]
    days = [TODAY + timedelta(ahead) for ahead in range(calendars.AHEAD)]
    expected = {slot for day in days for slot in schedule.slots(hours, day, HOLIDAYS) or ()}
    assert read(hours) == expected
    assert bool(expected) == (name != "over")


def told(hours: Hours, disclosure: Disclosure = Disclosure.EXACT) -> list[tuple[str, date, date]]:
    data = calendars.write([service(hours, disclosure)], calendars.Frame(TODAY, NOW, HOLIDAYS))
    events = [one for one in Calendar.from_ical(data).walk("VEVENT") if not isinstance(one["DTSTART"].dt, datetime)]
    return [(str(one["SUMMARY"]), one["DTSTART"].dt, one["DTEND"].dt) for one in events]


def test_a_closure_and_a_holiday_that_nobody_spoke_of_are_told_as_whole_days() -> None:
    assert told(Hours((WEEK,), (Closure(date(2026, 12, 5), date(2026, 12, 9)),))) == [
        ("Écoute: closed", date(2026, 12, 5), date(2026, 12, 10)),
        ("Écoute: public holiday, call first", CHRISTMAS, date(2026, 12, 26)),
        ("Écoute: public holiday, call first", NEW_YEAR, date(2027, 1, 2)),
        ("Écoute: public holiday, call first", date(2027, 5, 20), date(2027, 5, 21)),
    ]
    assert told(Hours((WEEK,), on_holidays="closed")) == []


def test_a_hidden_place_gives_neither_its_name_nor_why_it_is_closed() -> None:
    hours = Hours((WEEK,), (Closure(TODAY, None, "ruelle fermée"),))
    for disclosure in Disclosure:
        text = calendars.write([service(hours, disclosure)], calendars.Frame(TODAY, NOW)).decode()
        seen = {part for part in ("Lauriers", "ruelle") if part in text}
        assert seen == ({"Lauriers", "ruelle"} if disclosure is Disclosure.EXACT else set())


def test_times_name_a_zone_that_the_calendar_describes() -> None:
    calendar = Calendar.from_ical(calendars.write([service(CASES["a week"])], calendars.Frame(TODAY, NOW)))
    named = {one["DTSTART"].params.get("TZID") for one in calendar.walk("VEVENT")}
    assert named == {str(one["TZID"]) for one in calendar.walk("VTIMEZONE")} == {"Africa/Douala"}
