from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.profile import Closure, Hours, Schedule
from directory.schedule import WEEKDAYS, occurs, opening, sentence, weekly, zone

OFFICE = Hours((Schedule("MO,TU,WE,TH,FR", time(8), time(15, 30)),))
NIGHT = Hours((Schedule("FR,SA", time(20), time(6)),))
ALWAYS = Hours((Schedule("MO,TU,WE,TH,FR,SA,SU", time(0), time(23, 59)),))


def at(text):
    """A moment written in Douala time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone("Africa/Douala"))


def said(hours, text, holidays=()):
    now = at(text)
    return str(sentence(opening(hours, now, holidays), now, hours.timezone))


@pytest.mark.parametrize(
    ("hours", "when", "expected"),
    [
        (OFFICE, "2026-03-02T08:00", "open today until 15:30"),
        (OFFICE, "2026-03-02T15:30", "closed now, opens tomorrow at 8:00"),
        (OFFICE, "2026-03-02T07:59", "closed now, opens today at 8:00"),
        (OFFICE, "2026-03-07T10:00", "closed now, opens on Monday at 8:00"),
        (NIGHT, "2026-03-07T01:00", "open today until 6:00"),
        (NIGHT, "2026-03-06T23:00", "open until tomorrow 6:00"),
        (NIGHT, "2026-03-08T07:00", "closed now, opens on Friday at 20:00"),
        (ALWAYS, "2026-03-08T03:00", "open now, day and night"),
        (Hours((Schedule("MO", time(8), time(0)),)), "2026-03-02T12:00", "open today until midnight"),
        (Hours(), "2026-03-02T12:00", "opening hours not stated"),
        (Hours((Schedule(description="on request"),)), "2026-03-02T12:00", "opening hours not stated"),
    ],
)
def test_hours_are_said_in_the_place_s_own_time(hours, when, expected):
    assert said(hours, when) == expected


def test_a_lunch_closure_is_two_slots():
    lunch = Hours((Schedule("MO", time(8), time(12)), Schedule("MO", time(13, 30), time(17))))
    assert said(lunch, "2026-03-02T12:15") == "closed now, opens today at 13:30"
    assert said(lunch, "2026-03-02T11:59") == "open today until 12:00"


def test_slots_that_touch_are_one_opening():
    two = Hours((Schedule("MO", time(8), time(12)), Schedule("MO", time(12), time(17))))
    assert said(two, "2026-03-02T09:00") == "open today until 17:00"


def test_a_closure_wins_over_hours_and_cuts_the_night_before():
    closed = Hours(NIGHT.schedules, (Closure(date(2026, 3, 7), date(2026, 3, 7), "inventory"),))
    assert opening(closed, at("2026-03-06T23:00")).until == datetime.fromisoformat("2026-03-07T00:00")
    assert opening(closed, at("2026-03-07T03:00")).open is False
    assert opening(closed, at("2026-03-07T03:00")).why == "closure"


def test_an_open_ended_closure_has_no_next_opening():
    assert said(Hours(OFFICE.schedules, (Closure(date(2026, 1, 1)),)), "2026-03-02T10:00") == "closed for now"


def test_a_closed_place_with_unknown_hours_is_closed_not_unknown():
    assert opening(Hours(closures=(Closure(date(2026, 3, 2)),)), at("2026-03-02T10:00")).open is False


class TestPublicHolidays:
    DAY = {date(2026, 5, 20)}

    def test_hours_are_unknown_unless_stated(self):
        assert said(OFFICE, "2026-05-20T10:00", self.DAY) == "public holiday: hours not known, call first"

    def test_stated_closed(self):
        hours = Hours(OFFICE.schedules, on_holidays="closed")
        assert said(hours, "2026-05-20T10:00", self.DAY) == "closed now, opens tomorrow at 8:00"

    def test_stated_open(self):
        assert opening(Hours(OFFICE.schedules, on_holidays="open"), at("2026-05-20T10:00"), self.DAY).open is True

    def test_special_hours(self):
        hours = Hours((*OFFICE.schedules, Schedule("WE", time(9), time(11), kind="holiday")))
        assert said(hours, "2026-05-20T10:00", self.DAY) == "open today until 11:00"
        assert said(hours, "2026-05-27T14:00") == "open today until 15:30"

    def test_day_and_night_stays_open(self):
        assert said(ALWAYS, "2026-05-20T10:00", self.DAY) == "open now, day and night"


def test_the_time_zone_of_the_location_counts():
    florida = Hours(OFFICE.schedules, timezone="America/New_York")
    noon_in_douala = datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert opening(OFFICE, noon_in_douala).open is True
    assert opening(florida, noon_in_douala).open is False
    assert opening(Hours(OFFICE.schedules, timezone="-05:00"), noon_in_douala).open is False


def test_an_unknown_time_zone_is_read_as_cameroon_time():
    assert zone("Mars/Olympus").utcoffset(datetime.fromisoformat("2026-01-01")) == timedelta(hours=1)


def test_every_second_week_and_the_last_friday():
    second = Schedule("MO", time(8), time(9), interval=2, dtstart=date(2026, 3, 2))
    assert [occurs(second, date(2026, 3, day)) for day in (2, 9, 16)] == [True, False, True]
    last = Schedule("-1FR", time(8), time(9), freq="MONTHLY")
    assert [occurs(last, date(2026, 3, day)) for day in (20, 27)] == [False, True]


def test_a_rule_that_never_matches_costs_nothing():
    never = Schedule("MO", time(8), time(9), freq="MONTHLY", bymonthday="31", byyearday="1", dtstart=date(1, 1, 1))
    assert not any(occurs(never, date(2026, 1, 1) + timedelta(step)) for step in range(366))
    assert occurs(Schedule("MO", time(8), time(9), count=3, dtstart=date(1, 1, 1)), date(2026, 3, 2)) is False


def dates(rule, start, length):
    first = datetime.combine(start, time())
    return {one.date() for one in rule.between(first, first + timedelta(length), inc=True)}


days = st.dates(date(2025, 12, 1), date(2027, 2, 1))
bydays = st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1).map(",".join)


@settings(max_examples=100, deadline=None)
@given(
    byday=bydays, interval=st.integers(1, 4), wkst=st.sampled_from(WEEKDAYS), start=days,
    until=st.none() | days, count=st.none() | st.integers(1, 12), monthdays=st.sampled_from(["", "1,15,31", "-1,2"]),
)  # fmt: skip
def test_weekly_rules_agree_with_dateutil(byday, interval, wkst, start, until, count, monthdays):
    mine = Schedule(
        byday, time(8), time(9), interval=interval, wkst=wkst, dtstart=start, until=until, count=count,
        bymonthday=monthdays,
    )  # fmt: skip
    theirs = rrule.rrule(
        rrule.WEEKLY, dtstart=datetime.combine(start, time()), interval=interval, count=count,
        wkst=getattr(rrule, wkst), byweekday=[getattr(rrule, day) for day in byday.split(",")],
        bymonthday=[int(day) for day in monthdays.split(",")] if monthdays else None,
    )  # fmt: skip
    expected = dates(theirs, start, 120)
    if until:
        expected = {day for day in expected if day <= until}
    assert {day for step in range(121) if occurs(mine, day := start + timedelta(step))} == expected


numbered = st.lists(
    st.tuples(st.sampled_from(["1", "2", "-1", "5"]), st.sampled_from(WEEKDAYS)), min_size=1, max_size=3
)
plain = st.lists(st.tuples(st.just(""), st.sampled_from(WEEKDAYS)), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(parts=numbered | plain, interval=st.integers(1, 3), start=days)
def test_monthly_rules_agree_with_dateutil(parts, interval, start):
    """Not mixed: dateutil takes numbered and plain days together as *and*, RFC 5545 as *or*."""
    byday = ",".join(number + day for number, day in parts)
    mine = Schedule(byday, time(8), time(9), freq="MONTHLY", interval=interval, dtstart=start)
    theirs = rrule.rrule(
        rrule.MONTHLY, dtstart=datetime.combine(start, time()), interval=interval,
        byweekday=[getattr(rrule, day)(int(n)) if n else getattr(rrule, day) for n, day in parts],
    )  # fmt: skip
    expected = dates(theirs, start, 200)
    assert {day for step in range(201) if occurs(mine, day := start + timedelta(step))} == expected


def test_plain_and_numbered_days_add_up():
    both = Schedule("MO,1TU", time(8), time(9), freq="MONTHLY")
    assert [day for day in range(1, 15) if occurs(both, date(2026, 3, day))] == [2, 3, 9]


slot = st.tuples(bydays, st.times(), st.times()).map(
    lambda one: Schedule(one[0], one[1].replace(second=0, microsecond=0), one[2].replace(second=0, microsecond=0))
)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(slot, min_size=1, max_size=3), minute=st.integers(0, 10079))
def test_the_open_minutes_of_the_week_are_those_of_the_calendar(rows, minute):
    hours = Hours(tuple(rows), timezone="+00:00")
    now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minute)
    found = weekly(hours)
    assert found is not None
    assert any(first <= minute < last for first, last in found) == opening(hours, now).open
