"""Ways whose conditions hold together: the search against trying every single combination of facts, step by step."""

from __future__ import annotations

from collections import deque
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.checks import check
from sop.checks.feasible import TooMany, Walk, moves_of
from sop.flowchart import Flowchart
from sop.guards import parse
from sop.yaml_io import load

CONDITIONS = [
    "a",
    "not a",
    "k == x",
    "k in [y, z]",
    "n >= 2",
    "n < 1",
    "M in s",
    "a or k == z",
    "not (a and n < 2)",
    "M in s or not a",
    "a and k == y",
]
HEAD = """
sop: {id: T, version: 1.0.0, languages: [en]}
fields: {a: bool, k: {enum: [x, y, z]}, n: {int: [0, 2]}, s: {set: [M]}}
lanes: {L: {en: Lane}}
"""
FACTS = [
    {"a": a, "k": k, "n": n, "s": s}
    for a, k, n, s in product((True, False), ("x", "y", "z"), (0, 1, 2), (frozenset(), frozenset({"M"})))
]
STEPS = ["S", "T1", "T2", "T3", "E"]
BRANCHES = st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(["", "else", *CONDITIONS]))


@st.composite
def flowcharts(draw: st.DrawFn) -> str:
    """Five steps, up to nine branches forward or as loops, steps that find facts out anew."""
    lines = [HEAD, "nodes:"]
    for step in STEPS:
        kind = {"S": "start", "E": "end"}.get(step, "task")
        anew = draw(st.lists(st.sampled_from("akns"), max_size=2, unique=True)) if kind == "task" else []
        lines.append(f"- {{id: {step}, kind: {kind}, lane: L, en: x, sets: [{', '.join(anew)}]}}")
    lines.append("edges:")
    for source, target, guard in draw(st.lists(BRANCHES, min_size=3, max_size=9)):
        loop = ", loop: {max: 2}" if target <= source else ""
        lines.append(f'- {{from: {STEPS[source]}, to: {STEPS[target]}, guard: "{guard}"{loop}}}')
    return "\n".join(lines) + "\n"


def slowly(chart: Flowchart, allowed: Any) -> tuple[set[str], set[int]]:
    """Steps reached and branches taken, by walking with every complete combination of facts."""
    fixed = allowed.fields if allowed else frozenset()
    fits = [facts for facts in FACTS if allowed is None or allowed.evaluate(facts)]
    queue = deque(("S", facts) for facts in fits)
    seen, taken = {("S", tuple(facts.values())) for facts in fits}, set()
    while queue:
        step, facts = queue.popleft()
        for branch in chart.outgoing(step):
            others = [one.guard for one in chart.outgoing(step) if one.guard] if branch.is_default else []
            closed = branch.guard is not None and not branch.guard.evaluate(facts)
            if closed or any(other.evaluate(facts) for other in others):
                continue
            taken.add(id(branch))
            anew = set(chart.steps[branch.target].sets) - fixed
            for after in fits if branch.is_loop else FACTS:
                kept = branch.is_loop or all(after[name] == facts[name] for name in facts.keys() - anew)
                if kept and (branch.target, tuple(after.values())) not in seen:
                    seen.add((branch.target, tuple(after.values())))
                    queue.append((branch.target, after))
    return {step for step, _ in seen}, taken


@given(flowcharts(), st.sampled_from([None, "a", "k in [x, y]", "a or n >= 2"]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_search_reaches_and_takes_exactly_what_trying_everything_does(text: str, condition: str | None) -> None:
    chart = load(text)
    allowed = parse(condition, chart.fields) if condition else None
    steps, taken = slowly(chart, allowed)
    walk = Walk(chart, moves_of(chart, chart.steps.keys()), allowed)
    walk.run(["S"])
    assert walk.seen.keys() == steps
    assert walk.taken == taken
    for step in chart.steps.keys() - {"S"}:
        way = Walk(chart, moves_of(chart, chart.steps.keys()), allowed).run(["S"], step)
        assert bool(way) is (step in steps)
        assert not way or (way[0], way[-1]) == ("S", step)


CHAIN = (
    HEAD
    + """
nodes:
- {id: S, kind: start, lane: L, en: x}
- {id: D1, kind: decision, lane: L, en: x}
- {id: T1, kind: task, lane: L, en: x, sets: [SETS]}
- {id: D2, kind: decision, lane: L, en: x}
- {id: E, kind: end, lane: L, en: x}
edges:
- {from: S, to: D1}
- {from: D1, to: T1, guard: "k == x"}
- {from: D1, to: E, guard: "k in [y, z]"}
- {from: T1, to: D2}
- {from: D2, to: D2, guard: "k == z", loop: {max: 1, then: E}}
- {from: D2, to: E, guard: "k in [x, y]"}
"""
)


def test_a_branch_that_contradicts_every_way_to_it_is_told_with_such_a_way() -> None:
    (found,) = [one for one in check(load(CHAIN.replace("SETS", "a"))) if one.code == "PATH_UNSAT"]
    assert (found.where, found.counter_example) == ("D2→D2", ["S", "D1", "T1", "D2", "D2"])


def test_a_fact_that_is_found_out_anew_contradicts_nothing() -> None:
    assert [one for one in check(load(CHAIN.replace("SETS", "k"))) if one.code == "PATH_UNSAT"] == []


@pytest.mark.parametrize(
    ("first", "second", "anew", "third", "contradicts"),
    [
        ("a or k == z", "n < 1", "", "not a and k == x", True),
        ("a or k == z", "n < 1", "a", "not a and k == x", False),
        ("a or k == z", "not a", "a", "a and k == x", True),  # the first answer to “a” still counts under its old name
        ("a or k == z", "not a", "k", "a", True),
        ("not (a and n < 2)", "n < 1", "s", "a", True),
        ("not (a and n < 2)", "n < 1", "n", "a", True),
        ("not (a and n < 2)", "M in s", "n", "a", False),
        ("M in s or not a", "a", "a", "M not in s", True),
    ],
)
def test_answers_that_are_tied_together_stay_tied(
    first: str, second: str, anew: str, third: str, contradicts: bool
) -> None:
    text = (
        HEAD
        + f"""
nodes:
- {{id: S, kind: start, lane: L, en: x}}
- {{id: D1, kind: decision, lane: L, en: x}}
- {{id: D2, kind: decision, lane: L, en: x}}
- {{id: T1, kind: task, lane: L, en: x, sets: [{anew}]}}
- {{id: D3, kind: decision, lane: L, en: x}}
- {{id: E, kind: end, lane: L, en: x}}
- {{id: E2, kind: end, lane: L, en: x}}
edges:
- {{from: S, to: D1}}
- {{from: D1, to: D2, guard: "{first}"}}
- {{from: D1, to: E, guard: else}}
- {{from: D2, to: T1, guard: "{second}"}}
- {{from: D2, to: E, guard: else}}
- {{from: T1, to: D3}}
- {{from: D3, to: E2, guard: "{third}"}}
- {{from: D3, to: E, guard: else}}
"""
    )
    found = [one.where for one in check(load(text)) if one.code == "PATH_UNSAT"]
    assert found == (["D3→E2"] if contradicts else [])


def doubling(count: int) -> str:
    """Decisions in a row that are all asked again at the end: each one doubles what may be held."""
    names = [f"a{number}" for number in range(count)]
    lines = [
        "sop: {id: T, version: 1.0.0, languages: [en]}",
        f"fields: {{{', '.join(f'{one}: bool' for one in names)}}}",
    ]
    lines += ["lanes: {L: {en: Lane}}", "nodes:", "- {id: S, kind: start, lane: L, en: x}"]
    lines += ["- {id: F, kind: decision, lane: L, en: x}", "- {id: E, kind: end, lane: L, en: x}"]
    lines += ["- {id: E2, kind: end, lane: L, en: x}"]
    edges = ["- {from: S, to: D0}"]
    for number, name in enumerate(names):
        after = f"D{number + 1}" if number + 1 < count else "F"
        lines.append(f"- {{id: D{number}, kind: decision, lane: L, en: x}}")
        for kind, guard in (("Y", name), ("N", f"not {name}")):
            lines.append(f"- {{id: {kind}{number}, kind: rule, lane: L, en: x}}")
            edges.append(f'- {{from: D{number}, to: {kind}{number}, guard: "{guard}", en: x}}')
            edges.append(f"- {{from: {kind}{number}, to: {after}}}")
    edges += [f'- {{from: F, to: E, guard: "{" and ".join(names)}", en: x}}', "- {from: F, to: E2, guard: else, en: x}"]
    rules = ["forbidden:", "- {id: Z1, from: D0, to: E, avoid_ok: [Y0]}"]
    return "\n".join([*lines, *rules, "edges:", *edges]) + "\n"


def test_ways_that_can_be_tried_are_and_too_many_are_given_up() -> None:
    chart = load(doubling(6))
    assert [one.code for one in check(chart) if one.severity == "error"] == [], "around Y0 the end cannot be reached"
    with pytest.raises(TooMany):
        Walk(chart, moves_of(chart, chart.steps.keys()), most=50).run(["S"])


@pytest.mark.slow
def test_too_many_ways_are_told_and_a_forbidden_one_among_them_is_rather_feared_than_missed() -> None:
    found = {(one.code, one.severity.value) for one in check(load(doubling(14)))}
    assert {("PATHS_NOT_TRIED", "information"), ("FORBIDDEN_PATH", "error")} <= found
