"""Our own procedure: sound, complete in both languages, its known holes mended; and the checks' own doctests."""

from __future__ import annotations

import doctest
import importlib
from itertools import product
from pathlib import Path

import pytest

from sop.checks import Severity, check, report
from sop.checks.timing import measure
from sop.flowchart import StepKind
from sop.vocabulary import Need
from sop.yaml_io import load
from tests.bench.procedure import large

PATH = Path(__file__).parents[2] / "sop" / "library" / "cameroon" / "flowchart.yaml"
TEXT = PATH.read_text(encoding="utf-8")
CHART = load(PATH)


def test_it_has_no_error_and_no_warning_and_tells_that_return_is_conditional() -> None:
    findings, code = report(PATH)
    assert code == 0
    assert {one["severity"] for one in findings} == {"information"}
    assert [one["where"] for one in findings if one["code"] == "NEED_CONDITIONAL"] == ["RET"]


def test_it_is_marked_as_a_draft_to_be_validated_nationally() -> None:
    assert CHART.status == "draft"
    assert "valider au niveau national" in CHART.notice["fr"]
    assert "validated nationally" in CHART.notice["en"]


def test_every_step_stands_in_a_declared_stage_and_stages_are_those_of_the_stepper() -> None:
    assert list(CHART.stages) == [
        "reception", "identification", "best_interests", "consent", "plan", "referrals", "follow_up", "closure",
    ]  # fmt: skip
    assert {step.stage for step in CHART.steps.values()} == set(CHART.stages)
    assert all(set(label) == {"fr", "en"} for label in CHART.stages.values())


def test_every_need_of_the_vocabulary_has_its_pathway() -> None:
    assert {step.need for step in CHART.of_kind(StepKind.PATHWAY)} == {need.value for need in Need}


def test_french_labels_follow_french_typography() -> None:
    labels = [step.label["fr"] for step in CHART.steps.values()] + [b.label.get("fr", "") for b in CHART.branches]
    assert [label for label in labels if "'" in label or any(f" {sign}" in label for sign in ":;?!»")] == []


@pytest.mark.parametrize(("limit", "hours"), [("K01", 10), ("K02", 16), ("K03", 3), ("K04", 649), ("K05", 305)])
def test_end_to_end_times(limit: str, hours: int) -> None:
    assert measure(CHART, limit) == hours


def test_a_used_up_loop_never_comes_back_so_that_every_run_ends() -> None:
    forward = CHART.forward()
    edges = {(source, target) for source, target in forward.edges()}
    edges |= {(branch.source, branch.then) for branch in CHART.branches if branch.is_loop and branch.then}
    order = dict.fromkeys(CHART.steps, 0)
    for _ in CHART.steps:  # longest distances settle within as many rounds as there are steps, unless there is a cycle
        for source, target in edges:
            order[target] = max(order[target], order[source] + 1)
    assert all(order[source] < order[target] for source, target in edges)


def test_each_loop_has_its_own_maximum_and_its_own_way_on() -> None:
    loops = [branch for branch in CHART.branches if branch.is_loop]
    assert len(loops) == 13
    assert all(branch.loop_max and branch.then and not branch.then_is_default for branch in loops)


def test_withdrawal_ends_every_consent_has_no_maximum_and_leads_back_to_consent() -> None:
    assert set(CHART.steps["N11"].invalidates) == {"case", "provider", "justice", "asylum"}
    assert {branch.target for branch in CHART.outgoing("D13")} == {"E05", "N04", "G01", "G02"}
    assert not any(branch.is_loop for branch in CHART.outgoing("D13"))


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("{from: P_TEH, to: G03}", "{from: P_TEH, to: R01}", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
        ("{from: P_ASI, to: G04}", "{from: P_ASI, to: R01}", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
        ("{from: P_ASI, to: G04}", "{from: P_ASI, to: G03}", "FORBIDDEN_PATH", "Z04"),
        ("{from: D02, to: G02", "{from: D02, to: N06", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
        ("{from: D07, to: G05", "{from: D07, to: D09", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
        ("{from: N04, to: G01}", "{from: N04, to: N06}", "FORBIDDEN_PATH", "Z05"),
        ('withdrawal == total and age_band == adult"', 'withdrawal == total"', "FORBIDDEN_PATH", "Z06"),
        ("loop: {max: 3, then: R03}, fr: \"refusé", "loop: {max: 3, then: R02}, fr: \"refusé", "LOOP_BUDGET", "R02"),
        ("loop: {max: 36, then: N10}", "loop: {max: 36, then: X03}", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
        ("new_need and base_consent in [given, partial]", "new_need", "FORBIDDEN_PATH", "Z07"),
    ],
)  # fmt: skip
def test_each_mended_hole_is_found_when_it_is_opened_again(old: str, new: str, code: str, where: str) -> None:
    assert old in TEXT
    found = [one for one in check(load(TEXT.replace(old, new))) if (one.code, one.where) == (code, where)]
    assert found
    assert found[0].counter_example


def test_sharing_for_trafficking_and_asylum_needs_a_basis_more() -> None:
    share = CHART.steps["X03"]
    assert share.bases("MED") == ("case", "provider")
    assert share.bases("TEH") == ("case", "provider", "justice")
    assert share.bases("ASI") == ("case", "provider", "asylum")


def test_every_decision_is_settled_by_exactly_one_branch_for_every_combination_of_its_facts() -> None:
    for step in CHART.steps.values():
        branches = [branch for branch in CHART.outgoing(step.id) if branch.guard]
        if step.kind is StepKind.SPLIT_OR or not branches:
            continue
        names = sorted({name for branch in branches if branch.guard for name in branch.guard.fields})
        domains = [_values(name) for name in names]
        for combination in product(*domains):
            facts = dict(zip(names, combination, strict=True))
            taken = [branch for branch in branches if branch.guard and branch.guard.evaluate(facts)]
            default = any(branch.is_default for branch in CHART.outgoing(step.id))
            assert len(taken) == 1 or (default and not taken), (step.id, facts)


def _values(name: str) -> list[object]:
    field = CHART.fields[name]
    if field.kind == "int":
        return list(range(field.low, field.high + 1))
    return [True, False] if field.kind == "bool" else list(field.values)


@pytest.mark.parametrize("copies", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_the_large_flowchart_of_the_bench_is_sound(copies: int) -> None:
    chart = load(large(copies))
    assert len(chart.steps) == 60 * copies
    assert [one for one in check(chart) if one.severity is not Severity.INFORMATION] == []


def test_a_gap_between_the_first_and_the_last_copy_of_the_large_flowchart_is_found() -> None:
    text = large(2).replace('"from": "D07_1", "to": "G05_1"', '"from": "D07_1", "to": "D09_1"')
    found = {one.where: one.counter_example for one in check(load(text)) if one.code == "FORBIDDEN_PATH"}
    assert {"Y02", "Z02_1"} <= found.keys()
    assert [step for step in found["Y02"] if step in ("D01_0", "E01_0", "S0_1", "X03_1")] == [
        "D01_0", "E01_0", "S0_1", "X03_1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["conditions", "guards", "proofs", "durations", "yaml_io", "yaml_comments", "diff", "triage", "vocabulary"]
)
def test_examples_in_the_documentation_run(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"sop.{name}"))
    assert outcome.failed == 0
    assert outcome.attempted > 0
