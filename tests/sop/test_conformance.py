"""Logs of cases held against a procedure: what was left out, late, repeated, out of order, without a basis."""

import random
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from sop import yaml_io
from sop.conformance import CaseReport, Log, Nonconformity, StepCounts, conform, summary
from sop.engine import Event, Refused, any_time, apply, done, facts_known, need_opened, replay, start
from sop.flowchart import WORK, Flowchart
from sop.state import EventKind
from tests.sop.walks import START, walk

LIBRARY = Path(__file__).parents[2] / "sop/library"
SMALL = yaml_io.load("""
sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
fields: {ok: bool}
lanes: {CM: {en: Case manager}}
nodes:
  - {id: S, kind: start, lane: CM, en: Start}
  - {id: A, kind: task, lane: CM, en: Talk}
  - {id: B, kind: consent, lane: CM, en: Consent, grants: [case], deadline: {critical: PT2H, high: PT2H, medium: PT2H, low: PT2H}}
  - {id: C, kind: share, lane: CM, en: Send, requires: [case]}
  - {id: W, kind: wait, lane: CM, en: Wait}
  - {id: D, kind: decision, lane: CM, en: Well?}
  - {id: F, kind: task, lane: CM, en: Follow up}
  - {id: E, kind: end, lane: CM, en: Closed}
edges:
  - {from: S, to: A}
  - {from: A, to: B}
  - {from: B, to: C}
  - {from: C, to: W}
  - {from: W, to: D}
  - {from: D, to: F, guard: ok}
  - {from: D, to: W, guard: not ok, loop: {max: 1, then: F}}
  - {from: F, to: E}
""")  # noqa: E501
OK, NOT_OK = {"ok": True}, {"ok": False}


@cache
def cameroon() -> Flowchart:
    return yaml_io.load(LIBRARY / "cameroon/flowchart.yaml")


def log_of(*steps: str | Event, hours: int = 1) -> Log:
    """The opening, then one event every so many hours; a step followed by + or - says how the wait ended."""
    events: list[Event] = [facts_known({})]
    for step in steps:
        if isinstance(step, Event):
            events.append(step)
        else:
            facts = OK if step.endswith("+") else NOT_OK if step.endswith("-") else {}
            events.append(done(step.rstrip("+-"), facts=facts))
    return [(event, START + timedelta(hours=hours * place)) for place, event in enumerate(events)]


def told(report: CaseReport) -> list[tuple[str, str]]:
    return [(one.what.value, one.step) for one in report.observations]


@pytest.mark.parametrize(
    ("steps", "found", "outcome"),
    [
        ("A B C W+ F", [], "E"),
        ("A B C W- W+ F", [], "E"),
        ("A B C W- W- F", [], "E"),
        ("B C W+ F", [("skipped", "A")], "E"),
        ("A B C F", [("skipped", "W")], "E"),
        ("A C W+ F", [("without_basis", "C"), ("skipped", "B")], "E"),
        ("A B C W- W- W+ F", [("repeated", "W")], "E"),
        ("A A B C W+ F", [("repeated", "A")], "E"),
        ("A B C W+ F F", [("repeated", "F")], "E"),
        ("A B C W+ F A", [("repeated", "A")], "E"),
        ("B A C W+ F", [("out_of_order", "B")], "E"),
        ("A B C F W+", [("out_of_order", "F")], "E"),
        ("A B C", [("unfinished", "W")], None),
        ("", [("unfinished", "A")], None),
        ("A B X C W+ F", [("unreadable", "X")], "E"),
        ("F", [("skipped", "A"), ("skipped", "B"), ("skipped", "C"), ("skipped", "W")], "E"),
    ],
)
def test_each_way_to_leave_the_procedure_has_its_name(
    steps: str, found: list[tuple[str, str]], outcome: str | None
) -> None:
    report = conform(SMALL, log_of(*steps.split()))
    assert (sorted(told(report)), report.outcome) == (sorted(found), outcome)


def test_a_late_step_says_how_many_hours() -> None:
    report = conform(SMALL, log_of("A", "B", "C", "W+", "F", hours=5))
    assert [(one.what, one.step, one.hours) for one in report.observations] == [(Nonconformity.LATE, "B", 3.0)]
    assert (report.fits, report.conforms, report.timed) == (True, False, {"B": 1})


def test_a_step_finished_on_the_minute_is_not_late() -> None:
    assert conform(SMALL, log_of("A", "B", "C", "W+", "F", hours=2)).conforms


def test_facts_that_the_version_does_not_know_are_noted_and_the_others_count() -> None:
    odd = done("W", facts={"ok": True, "colour": "red"})
    assert told(conform(SMALL, log_of("A", "B", "C", odd, "F"))) == [("unreadable", "W")]
    wrong = done("W", facts={"ok": "perhaps"})
    assert told(conform(SMALL, log_of("A", "B", "C", wrong, facts_known(OK), "F"))) == [("unreadable", "W")]


def test_nothing_in_a_log_makes_it_fail() -> None:
    odd = [need_opened("MED"), any_time("A"), facts_known(OK, "MED"), done("S"), done("E"), Event(EventKind.DONE)]
    report = conform(SMALL, log_of(*odd))
    assert told(report) == [
        ("unreadable", ""),
        ("unreadable", "A"),
        ("out_of_order", "S"),
        ("out_of_order", "E"),
        ("unreadable", ""),
        ("unfinished", "A"),
    ]
    assert conform(SMALL, []).outcome is None
    assert told(conform(SMALL, [(done("A"), START)])) == [("unfinished", "B")]


@pytest.mark.parametrize("seed", range(12))
def test_a_shuffled_log_gives_a_report_that_counts_each_step_at_most_as_often_as_it_is_there(seed: int) -> None:
    events = [event for event, _ in prompt(seed)[1:]]
    random.Random(seed).shuffle(events)  # noqa: S311 - a game, not a secret
    log = [(event, START + timedelta(milliseconds=place)) for place, event in enumerate(events)]
    report = conform(cameroon(), [(facts_known({}), START), *log])
    there = Counter(str(event.step) for event in events if event.kind is EventKind.DONE)
    assert not report.fits
    assert all(times <= there[step] for step, times in report.done.items())


def test_facts_after_the_end_are_out_of_order() -> None:
    assert told(conform(SMALL, log_of("A", "B", "C", "W+", "F", facts_known(OK)))) == [("out_of_order", "")]


def test_the_summary_counts_steps_with_what_they_are_out_of() -> None:
    logs = [
        log_of("A", "B", "C", "W+", "F"),
        log_of("A", "B", "C", "W+", "F", hours=5),
        log_of("A", "C", "W-", "W-", "W-", "F"),
        log_of("A", "B"),
    ]
    found = summary(SMALL, (conform(SMALL, log) for log in logs))
    assert (found.cases, found.fitting, found.conforming, found.unfinished) == (4, 2, 1, 1)
    assert (found.fitness, found.conformance) == (0.5, 0.25)
    assert found.steps == {
        "A": StepCounts(done=4),
        "B": StepCounts(done=3, timed=3, late=1, skipped=1),
        "C": StepCounts(done=3, without_basis=1),
        "W": StepCounts(done=5, repeated=1),
        "F": StepCounts(done=3),
    }
    assert [found.steps[step].expected for step in "ABW"] == [4, 4, 4]


def test_no_case_has_no_fitness() -> None:
    assert summary(SMALL, []).fitness is None


# --- logs that the engine made itself ---------------------------------------------------------------------------------


def prompt(seed: int) -> list[tuple[Event, datetime]]:
    """A random whole case on Cameroon's flowchart in which everything happens within seconds."""
    _, events, _ = walk(cameroon(), seed)
    inside = [(event, START + timedelta(milliseconds=place + 1)) for place, (event, _) in enumerate(events)]
    return [(facts_known({}), START), *inside]


def engine_accepts(log: Log) -> bool:
    try:
        return replay(cameroon(), {}, START, log[1:]).is_closed
    except Refused:
        return False


def work_done(log: Log) -> list[int]:
    return [place for place, (event, _) in enumerate(log) if event.kind is EventKind.DONE]


def freshly_done(log: Log) -> list[int]:
    """Where a step was done, not told a second time because its answer was missing."""
    state, found = start(cameroon(), {}, START), []
    for place, (event, now) in enumerate(log[1:], 1):
        waiting = {token.key for token in state.tokens if token.finished is None}
        if event.kind is EventKind.DONE and (event.step, event.need) in waiting:
            found.append(place)
        state = apply(cameroon(), state, event, now)
    return found


def check_prompt(seed: int) -> None:
    log = prompt(seed)
    report = conform(cameroon(), log)
    assert (report.observations, report.conforms) == ((), True), seed
    assert report.done == Counter(str(log[place][0].step) for place in freshly_done(log)), seed


def check_left_out(seed: int) -> None:
    log = prompt(seed)
    for place in work_done(log):
        cut = [*log[:place], *log[place + 1 :]]
        report = conform(cameroon(), cut)
        assert report.fits == engine_accepts(cut), (seed, place)


def check_twice(seed: int) -> None:
    log = prompt(seed)
    for place in work_done(log):
        event, now = log[place]
        twice = [*log[: place + 1], (event, now), *log[place + 1 :]]
        found = told(conform(cameroon(), twice))
        assert (not found) == engine_accepts(twice), (seed, place, found)
        if found and sum(one.step == event.step and one.need == event.need for one, _ in log) == 1:
            assert ("repeated", event.step) in found, (seed, place, found)


def check_late(seed: int) -> None:
    log = prompt(seed)
    for place in freshly_done(log):
        done = log[place][0]
        step = cameroon().steps[str(done.step)]
        clocks = [one.kind for one, _ in log[:place] if (one.step, one.need) == (done.step, done.need)]
        if step.deadline and (not clocks or clocks[-1] is not EventKind.PAUSED):  # a clock that stands is never late
            slow = [(event, now + timedelta(days=90) if at >= place else now) for at, (event, now) in enumerate(log)]
            assert ("late", step.id) in told(conform(cameroon(), slow)), (seed, place)


def test_what_the_engine_itself_accepts_in_time_conforms() -> None:
    for seed in range(40):
        check_prompt(seed)


@pytest.mark.parametrize("check", [check_left_out, check_twice, check_late])
def test_each_change_of_such_a_log_is_reported(check: object) -> None:
    for seed in range(2):
        check(seed)  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.parametrize("check", [check_prompt, check_left_out, check_twice, check_late])
def test_each_change_of_many_such_logs_is_reported(check: object) -> None:
    for seed in range(100, 115):
        check(seed)  # type: ignore[operator]


def test_a_share_that_lost_its_consent_step_is_told() -> None:
    """Cameroon: take the consent talk for each need out of a walk, and no share is without a word."""
    seen = 0
    for seed in range(12):
        log = prompt(seed)
        cut = [one for one in log if one[0].step != "G05"]
        shares = {one.step for one in conform(cameroon(), cut).observations if one.what is Nonconformity.WITHOUT_BASIS}
        seen += len(shares)
        assert shares <= {step.id for step in cameroon().steps.values() if step.kind in WORK and step.requires}
    assert seen > 0
