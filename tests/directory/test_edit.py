from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import edit
from directory.edit import check_capacity, check_closure, check_contact, check_hours, check_phone, schedules
from directory.profile import Hours, Schedule
from directory.schedule import WEEKDAYS, opening
from directory.taxonomy import CapacityStatus

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(errors):
    return {field: message.code for field, message in errors.items()}


def test_a_week_with_lunch_closure_and_night_duty():
    grid, errors = check_hours(
        {"MO": [("08:00", "12:00"), ("13:30", "17:00")], "SA": [("20:00", "06:00")], "SU": [("", "")]}
    )
    assert errors == {}
    assert grid == {"MO": ((time(8), time(12)), (time(13, 30), time(17))), "SA": ((time(20), time(6)),)}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"MO": [("08:00", "")]}, {"MO": "bad_time"}),
        ({"MO": [("25:00", "26:00")]}, {"MO": "bad_time"}),
        ({"MO": [("08:00", "08:00")]}, {"MO": "empty_slot"}),
        ({"MO": [("08:00", "12:00"), ("11:00", "13:00")]}, {"MO": "slots_overlap"}),
        ({"MO": [("20:00", "02:00"), ("22:00", "23:00")]}, {"MO": "slots_overlap"}),
        ({"MO": [("20:00", "06:00")], "TU": [("05:00", "12:00")]}, {"TU": "night_overlaps"}),
        ({"SU": [("20:00", "06:00")], "MO": [("05:00", "12:00")]}, {"MO": "night_overlaps"}),
        ({"MO": [("01:00", "02:00")] * 5}, {"MO": "too_many_slots"}),
        ({"FR": [("<script>", "=1+1")]}, {"FR": "bad_time"}),
    ],
)
def test_hours_that_cannot_be_are_refused_on_their_day(typed, expected):
    grid, errors = check_hours(typed)
    assert (grid, told(errors)) == (None, expected)


def test_day_and_night_is_one_row_and_reads_as_such():
    grid, _ = check_hours({day: [("00:00", "00:00")] for day in WEEKDAYS})
    assert grid is not None
    assert schedules(grid) == (Schedule("MO,TU,WE,TH,FR,SA,SU", time(0), time(23, 59)),)
    assert opening(Hours(schedules(grid)), NOW).why == "always"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(WEEKDAYS),
        st.lists(st.integers(0, 23), min_size=2, max_size=6, unique=True)
        .filter(lambda found: len(found) % 2 == 0)
        .map(sorted),
    )
)
def test_grid_to_schedules_and_back_is_the_same(days):
    grid = {
        day: tuple((time(begin), time(end)) for begin, end in zip(hours[::2], hours[1::2], strict=True))
        for day, hours in sorted(days.items(), key=lambda item: WEEKDAYS.index(item[0]))
    }
    assert edit.grid(schedules(grid)) == grid


def test_what_a_week_cannot_say_gives_no_grid():
    assert edit.grid([Schedule("1MO", time(8), time(9), freq="MONTHLY")]) is None
    assert edit.grid([Schedule("MO", time(8), time(9), valid_to=date(2026, 5, 1))]) is None


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 5), {}),
        (date(2026, 3, 2), None, {}),
        (None, None, {"starts": "missing"}),
        (date(2026, 3, 5), date(2026, 3, 2), {"ends": "ends_before"}),
        (date(2026, 2, 1), date(2026, 2, 2), {"ends": "past"}),
        (date(2026, 3, 2), date(2027, 5, 1), {"ends": "too_long"}),
    ],
)
def test_closures(starts, ends, expected):
    assert told(check_closure(starts, ends, "", today=date(2026, 3, 2))[1]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "available", "available": 2, "maximum": 10}, {}),
        ({"status": "available"}, {}),
        ({"status": "waiting_list", "waiting_days": 14}, {}),
        ({"status": "available", "available": 0}, {"available": "none_free"}),
        ({"status": "full", "available": 2}, {"available": "not_full"}),
        ({"status": "available", "available": 12, "maximum": 10}, {"available": "above_maximum"}),
        ({"status": "available", "available": -1}, {"available": "out_of_range"}),
        ({"status": "available", "available": 2**63}, {"available": "out_of_range"}),
        ({"status": "maybe", "unit": "ship"}, {"status": "unknown_status", "unit": "unknown_unit"}),
    ],
)
def test_places_must_agree_with_themselves(values, expected):
    capacity, errors = check_capacity(**values, now=NOW)
    assert told(errors) == expected
    assert (capacity is None) == bool(expected)


def test_places_carry_the_moment_they_were_declared():
    capacity, _ = check_capacity("waiting_list", waiting_days=14, now=NOW)
    assert capacity is not None
    assert (capacity.status, capacity.updated, capacity.waiting_days) == (CapacityStatus.WAITING_LIST, NOW, 14)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("6 99 12 34 56", "+237699123456"),
        ("00237 699 12 34 56", "+237699123456"),
        ("+237 2 22 23 40 14", "+237222234014"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("15 23", "1523"),
        ("117", "117"),
    ],
)
def test_telephone_numbers_are_kept_in_one_form(typed, kept):
    assert check_phone(typed) == (kept, None)


@pytest.mark.parametrize(
    "typed", ["", "12", "1524", "0699123456", "call us", "+237 000 00 00 00", "6" * 10_000, "<script>"]
)
def test_what_is_no_telephone_number_is_refused(typed):
    number, message = check_phone(typed)
    assert number is None
    assert message is not None
    assert message.code in ("bad_phone", "demonstration_number")


def test_contacts_need_a_function_and_a_way_to_reach_them():
    assert told(check_contact(title="", phones=[""])[1]) == {"title": "missing", "phones": "unreachable"}
    contact, errors = check_contact(title="Accueil", phones=["1523", "15 23", "+237 000 00 00 01"], demonstration=True)
    assert contact is not None
    assert (errors, [phone.number for phone in contact.phones]) == ({}, ["1523", "+237000000001"])
    assert told(check_contact(title="x", email="no", phones=["1523"])[1]) == {"email": "bad_email"}


def test_a_named_person_is_never_a_public_contact():
    errors = check_contact(title="Accueil", name="A. Ngo", phones=["1523"], visibility="public")[1]
    assert told(errors) == {"name": "public_name"}
