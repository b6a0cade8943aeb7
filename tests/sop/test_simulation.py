"""Simulated cases walk the flowchart with the real engine: the same seed, the same cases, whatever else is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import yaml_io
from sop.flowchart import Flowchart, StepKind
from sop.simulation.chance import stream, weighted
from sop.simulation.comparison import compare
from sop.simulation.coverage import coverage
from sop.simulation.figures import AgreementStop, DemandFigures, Spread, StepFigures, spread
from sop.simulation.plan import Plan, Provider, StepTime
from sop.simulation.queues import Desks
from sop.simulation.run import Simulation, run
from sop.simulation.scenario import read_change, read_plan
from sop.vocabulary import Priority
from sop.yaml_tree import Unreadable

CAMEROON = Path(yaml_io.__file__).parent / "library/cameroon/flowchart.yaml"
SMALL = yaml_io.load("""
sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
fields:
  priority: {enum: [critical, high, medium, low]}
  needs: {set: [MED, PSY]}
  provider_found: bool
  service_result: {enum: [complete, none]}
lanes: {CM: {en: Case manager}}
nodes:
  - {id: S, kind: start, lane: CM, en: Start}
  - {id: A, kind: task, lane: CM, en: Meet, sets: [needs, priority]}
  - {id: O, kind: split_or, lane: CM, en: Needs}
  - {id: P_MED, kind: pathway, need: MED, lane: CM, en: Health}
  - {id: P_PSY, kind: pathway, need: PSY, lane: CM, en: Support}
  - {id: R, kind: task, lane: CM, en: Search, sets: [provider_found]}
  - {id: D, kind: decision, lane: CM, en: "Found?"}
  - {id: V, kind: task, lane: CM, en: Serve, deadline: PT4H, sets: [service_result]}
  - {id: J, kind: join_or, lane: CM, en: Together}
  - {id: E, kind: end, lane: CM, en: Closed}
edges:
  - {from: S, to: A}
  - {from: A, to: O}
  - {from: O, to: P_MED, guard: "MED in needs"}
  - {from: O, to: P_PSY, guard: "PSY in needs"}
  - {from: O, to: J, guard: else}
  - {from: P_MED, to: R}
  - {from: P_PSY, to: R}
  - {from: R, to: D}
  - {from: D, to: V, guard: provider_found}
  - {from: D, to: J, guard: not provider_found}
  - {from: V, to: J}
  - {from: J, to: E}
""")
CLINIC = Provider("clinic", frozenset({"MED"}))
TIMES = {"A": StepTime(timedelta(hours=2)), "R": StepTime(timedelta(hours=1)), "V": StepTime(timedelta(hours=5))}
PLAN = Plan(
    cases=3,
    days=1,
    start=datetime(2026, 1, 5, tzinfo=UTC),
    mix={"needs": {"MED": 1}, "needs_per_case": {1: 1}, "priority": {"high": 1}},
    answers={"service_result": {"complete": 1}},
    step_times=TIMES,
    providers=(CLINIC,),
)


@cache
def cameroon() -> Flowchart:
    return yaml_io.load(CAMEROON)


def arrival_hours(seed: int, plan: Plan) -> list[float]:
    """When the cases arrive, in hours from the start, by case number."""
    return [stream(seed, case, "arrival").random() * 24 * plan.days for case in range(1, plan.cases + 1)]


# --- a small flowchart with constant times ----------------------------------------------------------------------------


def test_constant_times_give_the_sum_of_the_steps_before_the_service() -> None:
    result = run(PLAN, SMALL, 1)
    assert (result.closed, result.outcomes) == (3, {"E": 3})
    assert result.hours == pytest.approx({1: 3, 2: 3, 3: 3})  # 2 h to meet, 1 h to search
    assert result.steps == (StepFigures("V", 3, 3),)  # 5 h of work on a deadline of 4 h; no other step has a deadline
    assert result.demand == (DemandFigures("MED", "", 3, 3),)


def test_who_finds_no_place_waits_for_the_next_thirty_days() -> None:
    result = run(replace(PLAN, providers=(replace(CLINIC, capacity=1),)), SMALL, 1)
    first, second, third = sorted(arrival_hours(1, PLAN))
    assert sorted(result.hours.values()) == pytest.approx([3, 720 - second, 1440 - third])
    (clinic,) = result.providers
    assert (clinic.referred, clinic.served, clinic.still_waiting) == (3, 3, 0)
    waits = [0, 720 - second - 3, 1440 - third - 3]
    assert (clinic.mean_wait, clinic.max_wait) == pytest.approx((sum(waits) / 3, waits[2]))
    assert first < second < third


def test_without_its_only_provider_a_need_stays_unmet_and_the_case_still_ends() -> None:
    found = compare(PLAN, replace(PLAN, providers=(replace(CLINIC, needs=frozenset({"PSY"})),)), SMALL, SMALL, 1)
    assert found.after.demand == (DemandFigures("MED", "", 3, 0),)
    assert (found.after.closed, found.lost, found.unmet_changes) == (3, 3, {("MED", ""): 3})
    assert (found.p50_change, found.after.first_service) == (None, Spread(0, None, None))


def test_a_provider_without_places_keeps_its_queue_and_the_run_ends() -> None:
    result = run(replace(PLAN, providers=(replace(CLINIC, capacity=0),)), SMALL, 1)
    assert (result.closed, result.unfinished, result.providers[0].still_waiting) == (0, 3, 3)


def test_an_agreement_that_ended_stops_referrals_in_these_months() -> None:
    plan = replace(PLAN, cases=30, days=90, providers=(replace(CLINIC, agreement_until=30),))
    searched = [hours + 3 for hours in arrival_hours(1, plan)]
    late = [hours for hours in searched if hours >= 720]
    months = {int(hours // 720) + 1 for hours in late}
    result = run(plan, SMALL, 1)
    assert result.agreements == tuple(
        AgreementStop(month, "clinic", sum(hours // 720 == month - 1 for hours in late)) for month in sorted(months)
    )
    assert months >= {2, 3}
    assert result.demand[0].unmet == len(late)


def test_a_provider_serves_only_the_regions_it_names() -> None:
    mix = {**PLAN.mix, "region": {"north": 1, "south": 1}}
    plan = replace(PLAN, cases=20, mix=mix, providers=(replace(CLINIC, regions=frozenset({"north"})),))
    figures = {one.region: one for one in run(plan, SMALL, 1).demand}
    assert figures["north"].met == figures["north"].asked > 0
    assert figures["south"].met == 0 < figures["south"].asked


def test_the_more_urgent_is_served_first_and_then_who_came_first() -> None:
    desks = Desks(PLAN)
    for number, priority in enumerate(("low", "critical", "low", "critical"), 1):
        desks.queue("clinic", (number, "V", "MED"), priority, PLAN.start)
    taken = [desks.take("clinic", PLAN.start) for _ in range(4)]
    assert [one[0][0] for one in taken if one] == [2, 4, 1, 3]


def test_a_case_that_passes_too_many_steps_is_stopped_and_counted() -> None:
    result = run(replace(PLAN, most_steps=1), SMALL, 1)
    assert (result.closed, result.stopped, result.unfinished) == (0, 3, 0)


def test_half_and_nine_in_ten_are_nearest_ranks() -> None:
    assert spread(range(10, 0, -1)) == Spread(10, 5, 9)
    assert spread([7.5]) == Spread(1, 7.5, 7.5)


def test_what_a_plan_leaves_open_is_named_as_an_assumption() -> None:
    codes = {message.code for message in run(replace(PLAN, answers={}, providers=()), SMALL, 1).assumptions}
    assert codes == {"ASSUMED_ANSWER", "ASSUMED_ARRIVALS", "ASSUMED_NO_QUEUE"}
    assert {message.code for message in run(PLAN, SMALL, 1).assumptions} == {"ASSUMED_ARRIVALS", "ASSUMED_PROVIDERS"}
    bare = run(replace(PLAN, step_times={}), SMALL, 1)
    assert {m.code: m.values for m in bare.assumptions}["ASSUMED_NO_TIME"] == {"steps": "A, R"}


# --- one seed, one run; one change, one difference --------------------------------------------------------------------


def trails(plan: Plan, flowchart: Flowchart, seed: int) -> dict[int, list[tuple[str, str | None, float]]]:
    """By case, each step that somebody did: its need and the hours it took."""
    simulation = Simulation(plan, flowchart, seed)
    simulation.play()
    return {
        number: [(one.step, one.need, (one.at - one.entered) / timedelta(hours=1)) for one in case.state.trail]
        for number, case in simulation.cases.items()
    }


def test_the_seed_decides_everything() -> None:
    plan = Plan(cases=15, providers=(Provider("A", frozenset({"MED", "PSY"}), capacity=2),))
    once, again, other = (json.dumps(run(plan, cameroon(), seed).to_json()) for seed in (7, 7, 8))
    assert once == again
    assert once != other


def test_a_step_that_takes_longer_moves_no_other_draw() -> None:
    before = trails(Plan(cases=15), cameroon(), 3)
    after = trails(Plan(cases=15, step_times={"N08": StepTime(timedelta(days=90))}), cameroon(), 3)
    ways = [
        {case: sorted((step, need or "") for step, need, _ in trail) for case, trail in walked.items()}
        for walked in (before, after)
    ]
    assert ways[0] == ways[1]
    running = {"N01", "X01"}  # deadlines in running hours for every priority: the same draw is the same time
    for case, trail in before.items():
        assert [one for one in trail if one[0] in running] == [one for one in after[case] if one[0] in running]
    assert sum(len(trail) for trail in before.values()) > 200


def test_another_guard_changes_only_the_cases_it_decides() -> None:
    changed = read_change('guards: [{from: D01, to: L01, guard: "not immediate_danger"}]', Plan(), cameroon())[1]
    endangered, others = (
        {number for number, trail in trails(Plan(cases=15), chart, 3).items() if any(one[0] == "L01" for one in trail)}
        for chart in (cameroon(), changed)
    )
    assert endangered | others == set(range(1, 16))
    assert not endangered & others


def test_a_change_after_the_first_service_moves_no_first_service() -> None:
    plan = Plan(cases=15)
    found = compare(plan, replace(plan, step_times={"N10": StepTime(timedelta(days=60))}), cameroon(), cameroon(), 3)
    assert found.before.hours == found.after.hours
    assert (found.sooner, found.later, found.gained, found.lost, found.p50_change) == (0, 0, 0, 0, 0)
    assert found.overdue_changes.keys() == {"N10"}


def test_a_shorter_deadline_brings_the_first_service_sooner_and_never_later() -> None:
    steps = dict(cameroon().steps)
    steps["R01"] = replace(steps["R01"], deadline=dict.fromkeys(Priority, timedelta(minutes=1)))
    fast = replace(cameroon(), steps=steps)
    times = {kind: StepTime(timedelta(hours=5)) for kind in StepKind if kind is not StepKind.TASK}
    plan = Plan(cases=15, kind_times=times, mix={"priority": {"high": 1}})  # running hours: no day off in between
    found = compare(plan, plan, cameroon(), fast, 3)
    assert found.later == found.gained == found.lost == 0
    assert found.sooner > 5
    assert found.p50_change is not None
    assert found.p50_change < 0


def test_a_need_that_becomes_frequent_leaves_the_rest_of_the_mix_alone() -> None:
    rare = Simulation(replace(PLAN, cases=40, mix={"needs": {"MED": 9, "PSY": 1}}), SMALL, 5)
    often = Simulation(replace(PLAN, cases=40, mix={"needs": {"MED": 1, "PSY": 9}}), SMALL, 5)
    pairs = [(rare.answers.profile(case), often.answers.profile(case)) for case in range(1, 41)]
    assert [one["priority"] for one, _ in pairs] == [other["priority"] for _, other in pairs]
    assert [one["needs"] for one, _ in pairs] != [other["needs"] for _, other in pairs]


def test_weights_are_proportions() -> None:
    counted = [weighted(stream(1, number), {"a": 3, "b": 1, "never": 0}) for number in range(2_000)]
    assert counted.count("never") == 0
    assert 1_420 <= counted.count("a") <= 1_580


def test_cases_of_the_national_procedure_all_end() -> None:
    needs = frozenset(cameroon().fields["needs"].values)
    plan = Plan(cases=40, providers=(Provider("A", needs, capacity=4), Provider("B", needs, agreement_until=90)))
    result = run(plan, cameroon(), 11)
    assert (result.closed, result.stopped, result.unfinished) == (40, 0, 0)
    assert sum(one.served for one in result.providers) > 20
    assert {one.provider for one in result.agreements} == {"B"}


# --- coverage ---------------------------------------------------------------------------------------------------------

PLACES = [("MED", "north"), ("MED", "south"), ("PSY", "north")]


def best(wanted: dict[tuple[str, str], int], providers: list[Provider]) -> int:
    """As many as can be placed, by trying every way, one person after the other."""
    persons = [place for place, count in wanted.items() for _ in range(count)]

    @cache
    def most(index: int, left: tuple[int, ...]) -> int:
        if index == len(persons):
            return 0
        found = most(index + 1, left)
        for number, provider in enumerate(providers):
            if left[number] and provider.serves(*persons[index]):
                fewer = (*left[:number], left[number] - 1, *left[number + 1 :])
                found = max(found, 1 + most(index + 1, fewer))
        return found

    return most(0, tuple(provider.capacity or 0 for provider in providers))


@st.composite
def markets(draw: st.DrawFn) -> tuple[dict[tuple[str, str], int], list[Provider]]:
    wanted = {place: draw(st.integers(0, 3)) for place in PLACES}
    providers = [
        Provider(
            name,
            draw(st.frozensets(st.sampled_from(["MED", "PSY"]))),
            draw(st.frozensets(st.sampled_from(["north", "south"]))),
            draw(st.integers(0, 3)),
        )
        for name in ("A", "B", "C")[: draw(st.integers(0, 3))]
    ]
    return wanted, providers


@settings(derandomize=True, max_examples=60, deadline=None)
@given(markets())
def test_coverage_is_the_best_that_trying_everything_finds(
    market: tuple[dict[tuple[str, str], int], list[Provider]],
) -> None:
    wanted, providers = market
    found = coverage(wanted, providers, 30)
    assert (found.wanted, found.covered) == (sum(wanted.values()), best(wanted, providers))
    for place, count in wanted.items():  # short: one person fewer leaves as many served as before
        if count:
            fewer = best({**wanted, place: count - 1}, providers)
            assert (place in found.short) == (fewer == found.covered)
    for number, provider in enumerate(providers):  # places anywhere but at a bottleneck help nobody
        more = [*providers[:number], replace(provider, capacity=(provider.capacity or 0) + 1), *providers[number + 1 :]]
        if provider.id not in found.bottlenecks:
            assert best(wanted, more) == found.covered


def test_places_count_only_while_the_agreement_holds() -> None:
    wanted = {("MED", "north"): 100}
    assert coverage(wanted, [replace(CLINIC, capacity=10)], 90).covered == 30
    assert coverage(wanted, [replace(CLINIC, capacity=10, agreement_until=45)], 90).covered == 15
    assert coverage(wanted, [CLINIC], 90).covered == 100
    assert coverage(wanted, [], 90).short == (("MED", "north"),)


# --- the command ------------------------------------------------------------------------------------------------------


def simulate(app: Flask, *arguments: str | Path) -> Any:
    return app.test_cli_runner().invoke(args=["sop", "simulate", *(str(one) for one in arguments)])


def test_the_command_prints_the_figures_as_json_on_the_last_line(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(yaml_io.dump(SMALL))
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    known = simulate(app, tmp_path / "small.yaml", "--scenario", tmp_path / "scenario.yaml", "--seed", "4", "--json")
    assert known.exit_code == 0
    assert json.loads(known.stdout.splitlines()[-1]) == run(read_plan(SCENARIO, SMALL), SMALL, 4).to_json()
    fewer = simulate(app, tmp_path / "small.yaml", "--cases", "2")
    assert fewer.exit_code == 0
    assert "cases: 2 (2 closed, 0 stopped, 0 unfinished)" in fewer.stdout


def test_the_command_sets_a_change_beside_the_scenario(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(yaml_io.dump(SMALL))
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "change.yaml").write_text("providers: [{id: clinic, remove: true}, {id: ward, needs: [PSY]}]")
    asked = (tmp_path / "small.yaml", "--scenario", tmp_path / "scenario.yaml", "--what-if", tmp_path / "change.yaml")
    result = simulate(app, *asked, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout.splitlines()[-1])
    health = [one for one in found["after"]["demand"] if one["need"] == "MED"]
    assert sum(one["asked"] for one in health) > 0 == sum(one["met"] for one in health)
    assert found["lost"] > 0 == found["gained"]
    assert found["before"]["seed"] == found["after"]["seed"] == 0


@pytest.mark.parametrize("option", ["--scenario", "--what-if"])
def test_the_command_ends_with_2_where_a_file_cannot_be_read(app: Flask, tmp_path: Path, option: str) -> None:
    (tmp_path / "bad.yaml").write_text("mix: {}\nmood: good\n")
    result = simulate(app, CAMEROON, option, tmp_path / "bad.yaml", "--json")
    assert result.exit_code == 2
    found = json.loads(result.stdout.splitlines()[-1])
    assert (found["file"], found["line"]) == ("bad.yaml", 2)
    assert "“mood” is not one of" in found["error"]
    assert simulate(app, CAMEROON, option, tmp_path / "none.yaml").exit_code == 2
    assert simulate(app, tmp_path / "none.yaml").exit_code == 2


# --- files ------------------------------------------------------------------------------------------------------------

SCENARIO = """
cases: 12
days: 60
start: 2026-02-02
most_steps: 90
mix:
  region: {north: 2, south: 1}
  priority: {critical: 1, low: 3}
  needs: {MED: 3, PSY: 1}
  needs_per_case: {1: 2, 2: 1}
answers:
  service_result: {complete: 9, none: 1}
times:
  steps: {V: {median: P2D, sigma: 0.5}}
  kinds: {task: {median: PT3H}}
providers:
  - {id: clinic, needs: [MED], regions: [north], capacity: 4, agreement_until: 2026-03-03}
  - {id: ward, needs: [MED, PSY]}
"""


def test_a_scenario_says_all_that_a_plan_holds() -> None:
    assert read_plan(SCENARIO, SMALL) == Plan(
        cases=12,
        days=60,
        start=datetime(2026, 2, 1, 23, tzinfo=UTC),  # midnight in Douala
        most_steps=90,
        mix={
            "region": {"north": 2, "south": 1},
            "priority": {"critical": 1, "low": 3},
            "needs": {"MED": 3, "PSY": 1},
            "needs_per_case": {1: 2, 2: 1},
        },
        answers={"service_result": {"complete": 9, "none": 1}},
        step_times={"V": StepTime(timedelta(days=2), 0.5)},
        kind_times={StepKind.TASK: StepTime(timedelta(hours=3))},
        providers=(
            Provider("clinic", frozenset({"MED"}), frozenset({"north"}), 4, 30),  # 3 March is the last of 30 days
            Provider("ward", frozenset({"MED", "PSY"})),
        ),
    )


def test_a_change_goes_over_the_scenario_entry_by_entry() -> None:
    plan = read_plan(SCENARIO, SMALL)
    text = """
deadlines: {V: {low: P9D}}
guards: [{from: O, to: P_PSY, guard: "PSY in needs and priority == low"}]
mix: {region: {north: 1, south: 5}}
times: {steps: {A: {median: PT1H}}}
providers:
  - {id: clinic, capacity: 1}
  - {id: ward, remove: true}
  - {id: new, needs: [PSY], agreement_until: 2026-01-01}
"""
    changed, flowchart = read_change(text, plan, SMALL)
    clinic = replace(plan.providers[0], capacity=1)
    assert changed.providers == (clinic, Provider("new", frozenset({"PSY"}), agreement_until=0))
    assert changed.mix == {**plan.mix, "region": {"north": 1, "south": 5}}
    assert changed.step_times.keys() == {"V", "A"}
    assert flowchart.steps["V"].due(Priority.LOW) == timedelta(days=9)
    assert flowchart.steps["V"].due(Priority.HIGH) == timedelta(hours=4)
    assert [str(branch.guard) for branch in flowchart.outgoing("O")][1] == "PSY in needs and priority == low"
    assert flowchart.hash != SMALL.hash
    assert read_change("answers: {service_result: {none: 1}}", plan, SMALL)[1] is SMALL


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("cases: 0", 1, "a whole number from 1 to 20000 is expected here"),
        ("cases: 1\nspeed: 2", 2, "“speed” is not one of: cases, days"),
        ("start: 2026-02-30", 1, "“2026-02-30” is not a day such as 2026-06-30"),
        ("mix:\n  colour: {red: 1}", 2, "“colour” is not one of: region, needs_per_case, priority"),
        ("mix:\n  priority: {soon: 1}", 2, "“soon” is not one of: critical, high, medium, low"),
        ("mix:\n  priority: {low: 0}", 2, "at least one weight must be more than 0"),
        ("mix:\n  priority: {low: -1}", 2, "a whole number from 0 to 1000000 is expected here"),
        ("mix:\n  needs_per_case: {many: 1}", 2, "a whole number from 0 to 20 is expected here"),
        ("answers:\n  needs: {MED: 1}", 2, "“needs” comes with the case"),
        ("mix: {priority: {low: 1}}\nanswers:\n  priority: {low: 1}", 3, "“priority” comes with the case"),
        ("answers:\n  weather: {good: 1}", 2, "“weather” is not one of: priority, needs, provider_found"),
        ("answers:\n  provider_found: {maybe: 1}", 2, "“maybe” is not one of: true, false"),
        ("times:\n  steps:\n    Z: {median: PT1H}", 3, "“Z” is not one of: S, A, O"),
        ("times:\n  kinds:\n    nap: {median: PT1H}", 3, "“nap” is not one of: start, end, task"),
        ("times:\n  steps:\n    A: {sigma: 1}", 3, "“median” is missing"),
        ("times:\n  steps:\n    A: {median: soon}", 3, "“soon” is not a duration"),
        ("times:\n  steps:\n    A: {median: P9999D}", 3, "a step takes at most 3650 days"),
        ("times:\n  steps:\n    A: {median: PT1H, sigma: 9.5}", 3, "“9.5” is not a number from 0 to 3"),
        ("times:\n  steps:\n    A: {median: PT1H, sigma: nan}", 3, "“nan” is not a number from 0 to 3"),
        ("providers:\n  - {id: A}", 2, "“needs” is missing"),
        ("providers:\n  - {id: A, needs: [TEH]}", 2, "“TEH” is not one of: MED, PSY"),
        ("providers:\n  - {id: A, needs: [MED], regions: [moon]}", 2, "“moon” is not one of: —"),
        ("providers:\n  - {id: A, needs: [MED]}\n  - {id: A, needs: [MED]}", 3, "“A” is there twice"),
        ("providers:\n  - {id: A, remove: true}", 2, "“A” is not one of: —"),
        ("providers:\n  - {id: A, needs: [MED], capacity: lots}", 2, "a whole number from 0"),
        (
            "providers: [{id: A, needs: [MED]}]\nanswers:\n  provider_found: {true: 1}",
            3,
            "“provider_found” follows from the providers",
        ),
        ("cases: [", 2, "this is not YAML"),
        ("cases: !!python/object:x {}", 1, "tags (tag:yaml.org,2002:python/object:x) are not allowed"),
    ],
)
def test_a_bad_scenario_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_plan(text + "\n", SMALL)
    assert words in str(refused.value)
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("deadlines: {Z: PT1H}", "“Z” is not one of"),
        ("deadlines: {V: {soon: PT1H}}", "“soon” is not one of: critical"),
        ("guards: [{from: A, to: O, guard: provider_found}]", "not exactly one arrow with a condition from A to O"),
        ("guards: [{from: D, to: V, guard: open(1)}]", "the condition cannot be read"),
        ("guards: [{from: D, to: V}]", "“guard” is missing"),
        ("flowchart: nowhere.yaml", "the flowchart nowhere.yaml cannot be used: the file cannot be opened"),
        ("cases: 9", "“cases” is not one of: mix"),
    ],
)
def test_a_bad_change_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_change("mix: {}\n" + text, PLAN, SMALL)
    assert words in str(refused.value)
    assert refused.value.line == 2


def test_a_value_that_another_flowchart_does_not_know_is_not_drawn() -> None:
    plan = replace(PLAN, answers={"service_result": {"perfect": 1}}, mix={**PLAN.mix, "priority": {"soon": 1}})
    result = run(plan, SMALL, 1)
    assert (result.closed, result.stopped) == (3, 0)
    assert {m.values["fact"] for m in result.assumptions if "fact" in m.values} == {"priority", "service_result"}


def test_another_flowchart_stands_beside_the_file_of_the_change(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(yaml_io.dump(SMALL).replace("PT4H", "PT6H"))
    (tmp_path / "change.yaml").write_text("flowchart: other.yaml\n")
    plan, flowchart = read_change(tmp_path / "change.yaml", PLAN, SMALL)
    assert plan == PLAN
    assert run(plan, flowchart, 1).steps == (StepFigures("V", 3, 0),)  # 5 h of work, 6 h allowed
