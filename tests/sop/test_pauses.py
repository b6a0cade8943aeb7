"""A clock that stands: when the step is due then, how far it is late, and who may stop it for which reason."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.deadlines import CAMEROON, Level, Pause, PauseReason, due_at, ladder
from sop.durations import parse
from sop.engine import Event, Refused, State, apply, done, paused, replay, resumed, todo
from sop.flowchart import Step, StepKind
from sop.vocabulary import Priority
from sop.yaml_io import load
from tests.sop.research import LIBRARY
from tests.sop.test_engine import ADULT, NOW, more, opened, play

CHART = load(LIBRARY)
HOUR = timedelta(hours=1)


def step(text: str) -> Step:
    return Step("T", StepKind.TASK, "CM", {}, deadline=dict.fromkeys(Priority, parse(text)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+01:00")


def pause(since: str, until: str | None = None) -> Pause:
    return Pause(PauseReason.ASKED, at(since), at(until) if until else None)


@pytest.mark.parametrize(
    ("duration", "priority", "pauses", "due"),
    [
        ("PT24H", "high", [], "2026-11-19T08:00"),
        ("PT24H", "high", [pause("2026-11-18T10:00", "2026-11-18T12:00")], "2026-11-19T10:00"),
        ("PT24H", "high", [pause("2026-11-18T10:00")], None),  # it still stands
        ("PT24H", "high", [pause("2026-11-19T09:00")], "2026-11-19T08:00"),  # the time was over before
        ("PT24H", "high", [pause("2026-11-19T08:00", "2026-11-20T08:00")], "2026-11-19T08:00"),
        ("PT24H", "high", [pause("2026-11-17T08:00", "2026-11-18T09:00")], "2026-11-19T09:00"),  # began earlier
        ("PT24H", "high", [pause("2026-11-16T08:00", "2026-11-17T08:00")], "2026-11-19T08:00"),  # over earlier
        (
            "PT24H",
            "high",
            [pause("2026-11-18T11:00", "2026-11-18T13:00"), pause("2026-11-18T10:00", "2026-11-18T12:00")],
            "2026-11-19T11:00",  # what overlaps counts once
        ),
        ("P3D", "low", [pause("2026-11-18T08:00", "2026-11-19T08:00")], "2026-11-24T08:00"),  # Wednesday + 1 + 3 days
        ("P3D", "low", [pause("2026-11-21T08:00", "2026-11-22T20:00")], "2026-11-23T08:00"),  # a weekend never counted
        ("P3D", "low", [pause("2026-11-20T08:00", "2026-11-23T08:00")], "2026-11-24T08:00"),
    ],
)
def test_a_pause_moves_the_due_date_by_the_time_that_would_have_counted(
    duration: str, priority: str, pauses: list[Pause], due: str | None
) -> None:
    assert due_at(step(duration), priority, at("2026-11-18T08:00"), CAMEROON, pauses) == (at(due) if due else None)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=5), st.integers(1, 60))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_running_hours_are_those_that_an_hour_by_hour_count_finds(stands: list[tuple[int, int]], allowed: int) -> None:
    pauses = [Pause(PauseReason.ASKED, NOW + since * HOUR, NOW + (since + length) * HOUR) for since, length in stands]
    covered = {hour for since, length in stands for hour in range(since, since + length)}
    left, hour = allowed, 0
    while left:
        left -= hour not in covered
        hour += 1
    assert due_at(step(f"PT{allowed}H"), "high", NOW, CAMEROON, pauses) == NOW + hour * HOUR


def test_the_ladder_does_not_climb_while_the_clock_stands() -> None:
    start, stand = at("2026-11-18T08:00"), pause("2026-11-18T14:00", "2026-11-20T14:00")
    due = due_at(step("PT24H"), "high", start, CAMEROON, [stand])
    assert due == at("2026-11-21T08:00")
    seen = [ladder(start, due, at(f"2026-11-{day}"), None, [stand]) for day in ("19T20:00", "20T20:00", "21T08:00")]
    assert seen == [Level.NONE, Level.OWNER, Level.SUPERVISOR]


def test_a_paused_step_says_why_is_not_due_and_goes_on_afterwards() -> None:
    state = more(CHART, opened(CHART, "MED"), paused("R01", "MED", PauseReason.UNREACHABLE))
    later = NOW + timedelta(hours=10)
    item = next(one for one in todo(CHART, state, later) if one.need == "MED")
    assert (item.due_at, item.level, str(item.why)) == (
        None,
        Level.NONE,
        "the clock stands: the person cannot be reached safely",
    )
    state = apply(CHART, state, resumed("R01", "MED"), later)
    item = next(one for one in todo(CHART, state, later) if one.need == "MED")
    assert (item.due_at, item.why.code) == (later + timedelta(hours=4), "why_need")
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    assert ("G05", "MED") in more(CHART, state, done("R01", "MED", {"provider_found": True})).active


def test_what_was_late_before_the_pause_stays_late() -> None:
    late = NOW + timedelta(hours=6)
    state = apply(CHART, opened(CHART, "MED"), paused("R01", "MED", PauseReason.ASKED), late)
    item = next(one for one in todo(CHART, state, late + timedelta(days=9)) if one.need == "MED")
    assert (item.due_at, item.overdue, item.level) == (NOW + timedelta(hours=4), True, Level.REGIONAL)


def test_a_paused_step_may_be_done_all_the_same() -> None:
    state = more(CHART, opened(CHART, "MED"), paused("R01", "MED", PauseReason.ASKED))
    assert ("G05", "MED") in more(CHART, state, done("R01", "MED", {"provider_found": True})).active


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([paused("N08", None, PauseReason.ASKED)], "NOT_ACTIVE"),
        ([paused("J01", None, PauseReason.ASKED)], "NOT_ACTIVE"),
        ([resumed("R01", "MED")], "NOT_PAUSED"),
        ([paused("R01", "MED", PauseReason.CONFLICT)], "NO_REASON"),
        (
            [Event.from_json({"kind": "paused", "step": "R01", "need": "MED", "facts": {"reason": "bored"}})],
            "NO_REASON",
        ),
        ([Event.from_json({"kind": "paused", "step": "R01", "need": "MED"})], "NO_REASON"),
        ([paused("R01", "MED", PauseReason.ASKED), paused("R01", "MED", PauseReason.AUTHORITY)], "PAUSED"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(events: list[Event], code: str) -> None:
    with pytest.raises(Refused) as refused:
        more(CHART, opened(CHART, "MED"), *events)
    assert refused.value.message.code == code


@pytest.mark.parametrize("priority", ["critical", None])
def test_the_clock_of_a_critical_case_or_of_one_without_a_priority_never_stands(priority: str | None) -> None:
    state = play(CHART, {**ADULT, "priority": priority}, done("N01"))
    with pytest.raises(Refused) as refused:
        more(CHART, state, paused("N03", None, PauseReason.ASKED))
    assert refused.value.message.code == "CRITICAL"


def test_a_state_kept_before_there_were_pauses_is_read() -> None:
    kept = opened(CHART, "MED").to_json()
    for token in kept["tokens"]:
        del token["pauses"]
    assert State.from_json(kept) == opened(CHART, "MED")


def test_pauses_are_part_of_the_fold() -> None:
    events = [(done("N01"), NOW), (paused("N03", None, PauseReason.AUTHORITY), NOW + HOUR)]
    again = [(Event.from_json(json.loads(json.dumps(event.to_json()))), moment) for event, moment in events]
    assert replay(CHART, ADULT, NOW, again) == replay(CHART, ADULT, NOW, events)
    assert replay(CHART, ADULT, NOW, events).tokens[0].pause == Pause(PauseReason.AUTHORITY, NOW + HOUR)
