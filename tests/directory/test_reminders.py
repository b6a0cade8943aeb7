"""The ladder through a simulated year: each step once, quiet hours kept, nobody written to twice in a week."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from directory.reminders import CALLS_A_DAY, Campaign, Kept, Step, plan

START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
LIFE = {"contacts": 90, "hours": 90, "service": 180}
OFFSETS = [("notice", -15), ("due", 0), ("deputy", 15), ("call", 30), ("unverified", 45), ("archive", 120)]


class World:
    """What the application keeps, in lists; ticks every three hours."""

    def __init__(self, entries: dict[str, dict[str, date]], keepers: dict[str, tuple[str | None, str | None]]) -> None:
        self.verified, self.keepers = entries, keepers
        self.mails: list[tuple[datetime, str, tuple[tuple[str, str], ...]]] = []
        self.taken: list[tuple[datetime, tuple[str, str, str, Step]]] = []
        self.calls: list[tuple[datetime, str]] = []
        self.campaigns: tuple[Campaign, ...] = ()

    def tick(self, now: datetime) -> None:
        kept = [Kept(key, days, *self.keepers[key], self.campaigns) for key, days in self.verified.items()]
        last = {person: at for at, person, _ in self.mails}
        today = [one for at, one in self.calls if at.date() == now.date()]
        found = plan(kept, {one for _, one in self.taken}, last, now, calls_today=len(today))
        self.mails.extend((now, person, tuple(asked)) for person, asked in found.mails.items())
        self.calls.extend((now, one) for one in (*found.calls, *found.archives))
        self.taken.extend((now, one) for one in found.taken)

    def run(self, days: int, confirms: dict[int, tuple[str, str]] | None = None) -> None:
        for number in range(days * 8):
            now = START + timedelta(hours=3 * number)
            if number % 8 == 4 and confirms and number // 8 in confirms:
                entry, section = confirms[number // 8]
                self.verified[entry] = {**self.verified[entry], section: now.date()}
            self.tick(now)


def expected(verified: date, section: str, until: date) -> dict[str, date]:
    """Slow reference: walks day by day and asks of each day which steps it is the day of."""
    found = {}
    day = verified
    while day <= until:
        age = (day - verified).days
        for step, offset in OFFSETS:
            if age == LIFE[section] + 1 + offset:
                found[step] = day
        day += timedelta(1)
    return found


@pytest.fixture(scope="module")
def year() -> World:
    days = {"contacts": date(2025, 12, 1), "hours": date(2025, 12, 4), "service": date(2025, 10, 1)}
    world = World(
        {"a": dict(days), "b": {**days, "hours": date(2025, 11, 20)}, "c": dict(days)},
        {"a": ("ann", "dan"), "b": ("ann", None), "c": (None, None)},
    )
    world.run(365, confirms={64: ("a", "hours"), 200: ("b", "contacts")})
    return world


def test_every_step_is_taken_exactly_once(year: World) -> None:
    assert set(Counter(one for _, one in year.taken).values()) == {1}


def test_steps_come_on_their_day_or_wait_at_most_a_week(year: World) -> None:
    by_cycle: dict[tuple[str, str, str], dict[str, date]] = {}
    for at, (entry, section, cycle, step) in year.taken:
        by_cycle.setdefault((entry, section, cycle), {})[step.value] = at.date()
    last = (START + timedelta(364)).date()
    for (entry, section, cycle), steps in by_cycle.items():
        reference = expected(date.fromisoformat(cycle), section, last)
        confirmed_again = year.verified[entry][section] != date.fromisoformat(cycle)
        if not confirmed_again:
            assert steps.keys() == reference.keys(), (entry, section)
        for name, day in steps.items():
            waited = (day - reference[name]).days
            assert 0 <= waited <= 7, (entry, section, name)
            if name in ("call", "unverified", "archive"):
                assert waited == 0


def test_nobody_is_written_to_at_night_or_twice_a_week(year: World) -> None:
    assert all(7 <= at.hour < 21 for at, _, _ in year.mails)
    for person in ("ann", "dan"):
        moments = [at for at, name, _ in year.mails if name == person]
        assert len(moments) >= 2
        assert all(later - earlier >= timedelta(7) for earlier, later in pairwise(moments))


def test_one_mail_holds_all_sections_of_its_person(year: World) -> None:
    at, person, asked = year.mails[0]
    assert (at.date(), person) == (date(2026, 2, 4), "ann")
    assert asked == (("b", "hours"),)
    assert any({entry for entry, _ in asked} == {"a", "b"} for _, _, asked in year.mails)


def test_the_deputy_is_asked_in_the_third_notice(year: World) -> None:
    assert {asked for _, person, found in year.mails if person == "dan" for asked in found} == {
        ("a", "contacts"), ("a", "hours"), ("a", "service"),
    }  # fmt: skip


def test_a_confirmation_ends_the_ladder_and_begins_another(year: World) -> None:
    steps = [
        (step.value, cycle) for _, (entry, section, cycle, step) in year.taken if (entry, section) == ("a", "hours")
    ]
    assert [step for step, cycle in steps if cycle == "2025-12-04"] == ["notice"]
    assert [step for step, cycle in steps if cycle == "2026-03-06"] == [name for name, _ in OFFSETS]


def test_an_entry_that_nobody_keeps_is_called_not_written_to(year: World) -> None:
    assert {day.date() for day, one in year.calls if one == "c"} >= {date(2026, 4, 1)}
    assert not [asked for _, _, found in year.mails for asked in found if asked[0] == "c"]


def test_a_thousand_entries_that_run_out_together_make_no_storm() -> None:
    day = date(2025, 1, 1)
    entries = {str(n): {"contacts": day, "hours": day, "service": day} for n in range(1000)}
    world = World(entries, dict.fromkeys(entries, ("ann", None)))
    world.run(3)
    assert max(Counter(at.date() for at, _ in world.calls).values()) == CALLS_A_DAY
    assert len(world.mails) == 0  # a call has taken the notices' place


def test_a_first_run_long_after_sends_one_notice_not_three() -> None:
    world = World({"a": {"contacts": date(2025, 9, 15)}}, {"a": ("ann", None)})
    world.run(2)
    assert [(person, asked) for _, person, asked in world.mails] == [("ann", (("a", "contacts"),))]


def test_a_campaign_asks_at_its_start_and_in_its_last_week() -> None:
    fresh = date(2025, 12, 31)
    world = World({"a": {"contacts": fresh, "hours": fresh, "service": fresh}}, {"a": ("ann", None)})
    world.campaigns = (Campaign("x", frozenset({"contacts"}), date(2026, 1, 5), date(2026, 1, 25)),)
    world.run(30)
    assert [at.date() for at, _, _ in world.mails] == [date(2026, 1, 5), date(2026, 1, 19)]
    confirmed = World({"a": {"contacts": date(2026, 1, 5)}}, {"a": ("ann", None)})
    confirmed.campaigns = world.campaigns
    confirmed.run(30)
    assert confirmed.mails == []
