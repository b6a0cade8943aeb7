"""OpenStreetMap's opening hours come in and go out the same, and what says more is refused as a whole."""

from __future__ import annotations

from datetime import date, time

import pytest

from directory.opening_hours import NotUnderstood, read, write
from directory.profile import Hours, Schedule


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 08:00-15:30; PH off",
        "Mo-Su 00:00-24:00",
        "Mo-Fr 08:00-12:00,13:00-17:00; Sa 09:00-12:00",
        "Mo 08:00-12:00; We 08:00-12:00; PH 10:00-12:00",
        "Fr 22:00-06:00",
    ],
)
def test_a_week_comes_in_and_goes_out_the_same(text: str) -> None:
    assert write(read(text)) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("24/7", "Mo-Su 00:00-24:00"),
        ("08:00-18:00", "Mo-Su 08:00-18:00"),
        ("Mo-Su 08:00-18:00; Su off", "Mo-Sa 08:00-18:00"),
        ("Sa-Mo 09:00-12:00", "Mo 09:00-12:00; Sa-Su 09:00-12:00"),
        ("Mo,We,Fr 8:00-12:00", "Mo 08:00-12:00; We 08:00-12:00; Fr 08:00-12:00"),
        ("Fr 22:00-30:00", "Fr 22:00-06:00"),
    ],
)
def test_other_ways_of_writing_say_the_same(text: str, same: str) -> None:
    assert write(read(text)) == same


@pytest.mark.parametrize(
    "text",
    ["", "Apr-Sep Mo 08:00-12:00", "sunrise-sunset", "Mo 25:00-99:00", "Mo 08:00-12:61", 'Mo "sur rendez-vous"',
     "PH-Mo off", "Mo 08:00+", "x" * 2000, "Mo[1] 08:00-12:00"],
)  # fmt: skip
def test_what_says_more_than_a_week_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read(text)


def test_unknown_hours_are_empty_and_hours_that_change_are_not_written() -> None:
    assert write(Hours()) == ""
    assert write(Hours((Schedule("MO", time(8), time(12), valid_to=date(2026, 12, 1)),))) is None
    assert write(Hours((Schedule("1MO", time(8), time(12), freq="MONTHLY"),))) is None
