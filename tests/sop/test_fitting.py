"""Times of steps fitted from logs, and word of how far a simulation has come."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sop import yaml_io
from sop.conformance import Log
from sop.deadlines import PauseReason
from sop.flowchart import Flowchart
from sop.simulation.comparison import compare
from sop.simulation.fitting import fitted
from sop.simulation.plan import Plan, StepTime
from sop.simulation.run import Simulation, run
from sop.state import done, facts_known, paused, resumed
from tests.sop.clinic import PLAN, SMALL

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)
MEETING = {"needs": ["MED"], "priority": "high"}
WAITING = yaml_io.load("""
sop: {id: W, version: 1.0.0, status: draft, languages: [en]}
fields: {response: {enum: [accepted, timeout]}}
lanes: {CM: {en: Case manager}}
nodes:
  - {id: S, kind: start, lane: CM, en: Start}
  - {id: W, kind: wait, lane: CM, en: Wait, deadline: P7D, timer: true, sets: [response]}
  - {id: D, kind: decision, lane: CM, en: "What answer?"}
  - {id: E, kind: end, lane: CM, en: Closed}
edges:
  - {from: S, to: W}
  - {from: W, to: D}
  - {from: D, to: E, guard: response == accepted}
  - {from: D, to: W, guard: response == timeout, loop: {max: 2, then: E}}
""")


def after(hours: float) -> datetime:
    return EIGHT + timedelta(hours=hours)


def case(meet: float, search: float, serve: float) -> Log:
    """A whole case of the small flowchart whose steps took so many hours."""
    return [
        (facts_known({}), EIGHT),
        (done("A", facts=MEETING), after(meet)),
        (done("R", "MED", {"provider_found": True}), after(meet + search)),
        (done("V", "MED", {"service_result": "complete"}), after(meet + search + serve)),
    ]


def test_the_median_is_the_geometric_mean_and_sigma_the_spread_of_the_logarithms() -> None:
    times = fitted(SMALL, [case(1, 2, 3), case(4, 2, 3), case(16, 2, 3)], least=3)
    assert times.keys() == {"A", "R", "V"}
    assert times["A"].median == timedelta(hours=4)
    assert times["A"].sigma == pytest.approx(math.log(4) * math.sqrt(2 / 3))
    assert times["R"] == StepTime(timedelta(hours=2), 0.0)
    assert times["V"].median / timedelta(hours=1) == pytest.approx(3)


def test_a_step_seen_too_rarely_has_no_time_of_its_own() -> None:
    logs = [case(1, 2, 3)] * 9
    assert fitted(SMALL, logs) == {}
    assert fitted(SMALL, [*logs, case(1, 2, 3)[:2]]).keys() == {"A"}


def test_times_of_too_few_cases_are_left_out_however_often_each_passed_the_step() -> None:
    again = [(facts_known({}), EIGHT)]
    again += [
        (done("W", facts={"response": "timeout"}), after(100)),
        (done("W", facts={"response": "accepted"}), after(101)),
    ]
    assert fitted(WAITING, [again] * 5, least=5, cases=5).keys() == {"W"}
    assert fitted(WAITING, [again] * 4, least=1, cases=5) == {}


def test_what_was_typed_in_afterwards_tells_no_time() -> None:
    assert fitted(SMALL, [case(1, 0, 3)], least=1).keys() == {"A", "V"}


def test_time_in_which_the_clock_stood_does_not_count() -> None:
    log = case(1, 2, 30)
    stood = [(paused("V", "MED", PauseReason.ASKED), after(5)), (resumed("V", "MED"), after(25))]
    assert fitted(SMALL, [[*log[:3], *stood, log[3]]], least=1)["V"].median == timedelta(hours=10)


def test_a_wait_without_an_answer_says_nothing_about_waits_with_one() -> None:
    log = [
        (facts_known({}), EIGHT),
        (done("W", facts={"response": "timeout"}), after(168)),
        (done("W", facts={"response": "accepted"}), after(168 + 12)),
    ]
    assert fitted(WAITING, [log], least=1) == {"W": StepTime(timedelta(hours=12), 0.0)}


def test_an_answer_given_later_does_not_make_the_step_longer() -> None:
    log = [*case(1, 2, 3)[:3], (done("V", "MED"), after(6)), (done("V", "MED", {"service_result": "none"}), after(99))]
    assert fitted(SMALL, [log], least=1)["V"].median == timedelta(hours=3)


@pytest.mark.parametrize(
    "log",
    [
        [],
        [(facts_known({"unheard_of": 1}), EIGHT), *case(1, 2, 3)[1:]],
        [(facts_known({}), EIGHT), (done("V", "PSY"), after(1)), (done("NOWHERE"), after(2))],
        [(done("A", facts={"priority": "purple"}), after(1))],
    ],
)
def test_a_log_that_the_flowchart_cannot_follow_is_passed_over(log: Any) -> None:
    assert fitted(SMALL, [log, case(1, 2, 3)], least=1)["A"].median == timedelta(hours=1)


def test_fitting_finds_the_times_that_a_simulation_drew() -> None:
    """Walks drawn with known times give these times back, within what 400 draws can tell (four standard errors)."""
    drawn = {"A": StepTime(timedelta(hours=2), 0.7), "R": StepTime(timedelta(hours=6), 0.3)}
    simulation = Simulation(replace(PLAN, cases=400, step_times={**PLAN.step_times, **drawn}), SMALL, 5)
    simulation.play()
    logs = []
    for one in simulation.cases.values():
        at = {passed.step: passed.at for passed in one.state.trail}
        logs.append(
            [
                (facts_known({}), one.arrived),
                (done("A", facts=MEETING), at["A"]),
                (done("R", "MED", {"provider_found": True}), at["R"]),
            ]
        )
    found = fitted(SMALL, logs)
    for step, time in drawn.items():
        assert math.log(found[step].median / time.median) == pytest.approx(0, abs=4 * time.sigma / math.sqrt(400))
        assert found[step].sigma == pytest.approx(time.sigma, abs=4 * time.sigma / math.sqrt(800))


# --- how far it has come ----------------------------------------------------------------------------------------------


def told(flowchart: Flowchart, plan: Plan) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    run(plan, flowchart, 1, lambda ended, cases: found.append((ended, cases)))
    return found


def test_each_case_that_ends_is_told_once() -> None:
    assert told(SMALL, PLAN) == [(1, 3), (2, 3), (3, 3)]


def test_cases_that_are_stopped_count_as_ended() -> None:
    assert told(SMALL, replace(PLAN, most_steps=1)) == [(1, 3), (2, 3), (3, 3)]


def test_when_some_never_end_it_is_told_that_all_is_over() -> None:
    clinic = replace(PLAN.providers[0], capacity=0)
    assert told(SMALL, replace(PLAN, cases=2, providers=(clinic,))) == [(2, 2)]


def test_two_runs_are_told_as_one_way() -> None:
    found: list[tuple[int, int]] = []
    compare(PLAN, PLAN, SMALL, SMALL, 1, lambda ended, cases: found.append((ended, cases)))
    assert found == [(number, 6) for number in range(1, 7)]


def test_being_told_changes_nothing() -> None:
    assert run(PLAN, SMALL, 1, lambda *_: None) == run(PLAN, SMALL, 1)
