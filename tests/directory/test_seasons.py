"""Hours of Ramadan, of the rainy season and of one day: which decide on a day, and how others are told."""

from datetime import UTC, date, datetime, time
from io import BytesIO

import icalendar
import pytest

from directory import calendars, schedule, seasons
from directory.fields import Notes
from directory.hsds_places import read_hours
from directory.hsds_writing import Profile as Form
from directory.hsds_writing import Writer
from directory.profile import Closure, Hours, Location, Schedule, Service, ServiceAtLocation
from directory.seasons import Period

WEEK = "MO,TU,WE,TH,FR"
SPAN = {"valid_from": date(2027, 2, 8), "valid_to": date(2027, 3, 8)}
RAINS = {"valid_from": date(2027, 3, 1), "valid_to": date(2027, 6, 30)}
ONE_DAY = {"valid_from": date(2027, 2, 13), "valid_to": date(2027, 2, 13)}
HOURS = Hours(
    (
        Schedule(WEEK, time(8), time(16)),
        Schedule(WEEK, time(8), time(13), kind="ramadan", **SPAN),
        Schedule(WEEK, time(9), time(15), kind="rainy_season", **RAINS),
        Schedule("SA", time(10), time(12), kind="exception", **ONE_DAY),
    ),
    (Closure(date(2027, 2, 10), date(2027, 2, 10)),),
    on_holidays="open",
)
HOLIDAYS = {date(2027, 2, 11)}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 2, 5), [(8, 16)]), (date(2027, 2, 8), [(8, 13)]), (date(2027, 3, 8), [(8, 13)]),
        (date(2027, 3, 9), [(9, 15)]), (date(2027, 7, 1), [(8, 16)]), (date(2027, 2, 13), [(10, 12)]),
        (date(2027, 2, 20), []), (date(2027, 2, 10), []), (date(2027, 2, 11), [(8, 13)]),
    ],
)  # fmt: skip
def test_the_first_that_speaks_of_a_day_decides(day, said):
    found = schedule.slots(HOURS, day, HOLIDAYS)
    assert [(begins.hour, ends.hour) for begins, ends in found] == said


def test_a_season_whose_days_nobody_knows_never_holds():
    hours = Hours((Schedule(WEEK, time(8), time(13), kind="rainy_season"),))
    assert schedule.slots(hours, date(2027, 7, 1)) == []
    assert seasons.dated(hours.schedules, seasons.EXPECTED, "CM004", date(2027, 1, 1)) == hours.schedules


def test_the_period_of_the_region_goes_before_that_of_the_country():
    row = Schedule(WEEK, time(8), time(13), kind="rainy_season")
    periods = [
        Period("rainy_season", date(2027, 3, 15), date(2027, 11, 15)),
        Period("rainy_season", date(2026, 6, 1), date(2026, 9, 30), "CM004"),
        Period("rainy_season", date(2027, 6, 1), date(2027, 9, 30), "CM004"),
    ]
    north = seasons.dated([row], periods, "CM004001", date(2027, 1, 1))
    south = seasons.dated([row], periods, "CM005", date(2027, 1, 1))
    assert [(one.valid_from, one.valid_to) for one in (*north, *south)] == [
        (date(2027, 6, 1), date(2027, 9, 30)), (date(2027, 3, 15), date(2027, 11, 15))
    ]  # fmt: skip


def test_readers_of_plain_hsds_get_the_same_days_without_knowing_seasons():
    plain = Hours(seasons.plain_rows(HOURS), HOURS.closures, on_holidays="open")
    loose = Hours(tuple(Schedule(one.byday, one.opens_at, one.closes_at, valid_from=one.valid_from,
                                 valid_to=one.valid_to) for one in plain.schedules), HOURS.closures)  # fmt: skip
    for day in (date(2027, 2, 5), date(2027, 2, 9), date(2027, 2, 13), date(2027, 3, 31), date(2027, 7, 1)):
        assert schedule.slots(loose, day) == schedule.slots(HOURS, day), day


def test_seasons_come_back_from_our_own_profile():
    location = Location("l", hours=HOURS)
    written = Writer(Form.CM).location(location)
    found = read_hours(written, Notes(), "Africa/Douala")
    assert {(one.kind, one.valid_from, one.closes_at) for one in found.schedules} == {
        (one.kind, one.valid_from, one.closes_at) for one in HOURS.schedules
    }


def test_a_calendar_holds_the_days_of_the_seasons():
    link = ServiceAtLocation("p", Location("l"), hours=HOURS)
    service = Service("s", "Clinique", "o", service_at_locations=(link,))
    today = date(2027, 2, 1)
    frame = calendars.Frame(today, datetime(2027, 2, 1, 7, tzinfo=UTC))
    read = icalendar.Calendar.from_ical(BytesIO(calendars.write([service], frame)).read())
    firsts = sorted(one["dtstart"].dt.date().isoformat() for one in read.walk("VEVENT") if "rrule" in one)
    assert firsts == ["2027-02-01", "2027-02-08", "2027-03-09"]
    usual = next(one for one in read.walk("VEVENT") if one["dtstart"].dt.date() == today and "rrule" in one)
    left = {one.dt.date() for one in usual["exdate"].dts}
    assert {date(2027, 2, 8), date(2027, 3, 8), date(2027, 6, 30)} <= left
    assert date(2027, 7, 1) not in left
    single = [one for one in read.walk("VEVENT") if "rrule" not in one]
    assert any(str(one["dtstart"].dt).startswith("2027-02-13 10:00") for one in single)
