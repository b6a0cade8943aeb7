"""Scenarios and changes as files, and the command that runs them: read strictly, refused with the line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sop import yaml_io
from sop.flowchart import StepKind
from sop.simulation.figures import StepFigures
from sop.simulation.plan import Plan, Provider, StepTime
from sop.simulation.run import run
from sop.simulation.scenario import read_change, read_plan
from sop.vocabulary import Priority
from sop.yaml_tree import Unreadable
from tests.sop.clinic import PLAN, SCENARIO, SMALL


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
