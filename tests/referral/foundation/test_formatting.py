"""How times, numbers and sizes read in French and English; times are always Douala's (UTC+1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from markupsafe import Markup

from referral.foundation import formatting
from tests.conftest import NOW
from tests.referral.foundation.framed import make_framed_app


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_framed_app(tmp_path_factory.mktemp("framed"))


@contextmanager
def reading(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": language}):
        yield


def plain(text: str) -> str:
    """Without the difference between kinds of space."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("away", "french", "english"),
    [
        (timedelta(seconds=59), "à l’instant", "just now"),
        (timedelta(seconds=-59), "à l’instant", "just now"),
        (timedelta(minutes=-5, seconds=-40), "il y a 5 minutes", "5 minutes ago"),
        (timedelta(minutes=-60), "il y a 1 heure", "1 hour ago"),
        (timedelta(hours=-3, minutes=-40), "il y a 3 heures", "3 hours ago"),
        (timedelta(hours=2, minutes=40), "dans 2 h 40", "in 2 h 40"),
        (timedelta(minutes=1), "dans 1 min", "in 1 min"),
        (timedelta(hours=-25), "hier à 09:00", "yesterday at 09:00"),
        (timedelta(hours=25), "demain à 11:00", "tomorrow at 11:00"),
        (timedelta(hours=-40), "il y a 2 jours", "2 days ago"),
        (timedelta(days=3), "dans 3 jours", "in 3 days"),
        (timedelta(days=7), "30 nov. 2026", "30 Nov 2026"),
        (timedelta(days=-40), "14 oct. 2026", "14 Oct 2026"),
    ],
)
def test_near_moments_are_told_as_seen_from_now(framed: Flask, away: timedelta, french: str, english: str) -> None:
    with reading(framed, "fr"):
        assert plain(formatting.near(NOW + away, NOW)) == french
    with reading(framed, "en"):
        assert plain(formatting.near(NOW + away, NOW)) == english


def test_a_moment_carries_its_exact_time_in_douala(framed: Flask) -> None:
    with reading(framed, "fr"):
        assert plain(formatting.when(NOW + timedelta(hours=5), NOW)) == (
            '<time datetime="2026-11-23T15:00+01:00" title="lundi 23 novembre 2026 à 15:00">dans 5 h</time>'
        )


def test_late_in_the_evening_it_is_already_tomorrow_in_douala(framed: Flask) -> None:
    with reading(framed, "fr"):
        assert formatting.day(NOW.replace(hour=23, minute=30)) == "24 nov. 2026"
        assert formatting.moment(NOW.replace(hour=23, minute=30)) == "24 nov. 2026 à 00:30"


@pytest.mark.parametrize(
    ("name", "value", "french", "english"),
    [
        ("number", 1234567.89, "1 234 567,9", "1,234,567.9"),
        ("number", 12, "12", "12"),
        ("percent", 0.713, "71 %", "71%"),
        ("kilometres", 0.04, "< 100 m", "< 100 m"),
        ("kilometres", 0.84, "800 m", "800 m"),
        ("kilometres", 1.24, "1,2 km", "1.2 km"),
        ("kilometres", 4.4, "4 km", "4 km"),
        ("duration", timedelta(minutes=40), "40 min", "40 min"),
        ("duration", 9600, "2 h 40", "2 h 40"),
        ("duration", timedelta(hours=29), "29 h", "29 h"),
        ("duration", timedelta(days=3, hours=4), "3 jours", "3 days"),
        ("file_size", 84_000, "84 ko", "84 kB"),
        ("file_size", 1_234_567, "1,2 Mo", "1.2 MB"),
        ("file_size", 3, "1 ko", "1 kB"),
        ("language_name", "en", "anglais", "English"),
        ("country_name", "cm", "Cameroun", "Cameroon"),
        ("listing", ["a", "b", "c"], "a, b et c", "a, b and c"),
        ("listing", ["a, b", "c"], "a, b · c", "a, b · c"),
        ("day", date(2026, 8, 1), "1er août 2026", "1 Aug 2026"),
    ],
)
def test_values_read_as_the_reader_writes_them(
    framed: Flask, name: str, value: object, french: str, english: str
) -> None:
    for language, expected in (("fr", french), ("en", english)):
        with reading(framed, language):
            assert plain(getattr(formatting, name)(value)) == expected


@pytest.mark.parametrize("name", ["number", "percent", "kilometres", "duration", "day", "hour", "moment", "when"])
def test_nothing_reads_as_nothing(framed: Flask, name: str) -> None:
    with reading(framed, "fr"):
        assert getattr(formatting, name)(None) == ""


@pytest.mark.parametrize(
    ("left", "tone", "text"),
    [
        (timedelta(hours=-5), "late", "en retard de 5 h"),
        (timedelta(0), "soon", "sous 0 min"),
        (timedelta(hours=23, minutes=59), "soon", "sous 23 h 59"),
        (timedelta(hours=24), "info", "pour le 24 nov. 2026"),
    ],
)
def test_a_deadline_says_how_it_stands_by_sign_word_and_tone(
    framed: Flask, left: timedelta, tone: str, text: str
) -> None:
    with reading(framed, "fr"):
        chip = formatting.deadline(NOW + left, NOW)
    assert chip is not None
    assert (chip.tone, plain(chip.text)) == (tone, text)
    assert chip.sign


def test_signs_of_deadlines_differ_so_that_colour_is_not_needed(framed: Flask) -> None:
    with reading(framed, "fr"):
        chips = [formatting.deadline(NOW + timedelta(hours=hours), NOW) for hours in (-1, 1, 48)]
        assert len({chip.sign for chip in chips if chip}) == 3
        assert formatting.deadline(None) is None


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (date(2012, 3, 7), ("7", "3", "2012")),
        ("2012-03-07", ("07", "03", "2012")),
        ("2012", ("", "", "2012")),
        ({"born-day": "31", "born-month": "13", "born-year": "x<"}, ("31", "13", "x<")),
        (None, ("", "", "")),
    ],
)
def test_a_date_falls_into_the_three_inputs_and_what_was_typed_stays(value: object, parts: tuple[str, ...]) -> None:
    found = formatting.date_parts(value, "born")
    assert (found["day"], found["month"], found["year"]) == parts


def test_a_title_cannot_carry_markup(framed: Flask) -> None:
    with reading(framed, "fr"):
        assert isinstance(formatting.when(NOW, NOW), Markup)
        assert formatting.country_name("<b>") == "<b>"


def test_a_constant_on_a_page_is_written_for_each_reader_and_not_for_the_first_one(framed: Flask) -> None:
    found = []
    for language in ("fr", "en"):
        with reading(framed, language):
            found.append(framed.jinja_env.from_string("{{ 'fr'|language_name }}").render())
    assert found == ["français", "French"]
