"""Every check of the procedure: on Cameroon's 60 steps and on a sound flowchart of 600; and a hostile condition.

The large one is Cameroon's ten times in a row, each copy with its own names, consents, limits and forbidden ways; where
one case would close as achieved, the next copy begins. Two ways are forbidden from the first copy to the last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import yaml

from sop.checks import Severity, check
from sop.flowchart import Flowchart
from sop.guards import GuardSyntax, parse
from sop.yaml_io import load
from tests.bench.clock import Figure, median_ms
from tests.sop.research import LIBRARY

SMALL_LIMIT_MS: Final = 500.0
LARGE_LIMIT_MS: Final = 10_000.0
COPIES: Final = 10
LONGEST: Final = 10_000
"""Characters of a condition that nobody would write."""


def large(copies: int = COPIES) -> str:
    """A sound flowchart of 60 steps times `copies`, as text; always the same."""
    whole: dict[str, Any] = yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))
    names = {step["id"] for step in whole["nodes"]}
    parts: dict[str, list[Any]] = {name: [] for name in ("nodes", "edges", "constraints", "forbidden")}
    for number in range(copies):
        for section, found in parts.items():
            found += [_renamed(one, names, number) for one in whole[section]]
    steps = {step["id"]: step for step in parts["nodes"]}
    for number in range(copies - 1):
        for step in (steps[f"E01_{number}"], steps[f"S0_{number + 1}"]):
            step.update(kind="task", deadline="PT1H")
        parts["edges"].append({"from": f"E01_{number}", "to": f"S0_{number + 1}"})
    parts["forbidden"] += _across(copies)
    head = {**whole["sop"], "loop_budget": "P90000D"}
    return json.dumps({**whole, **parts, "sop": head}, ensure_ascii=False)


def _across(copies: int) -> list[dict[str, Any]]:
    consents = [f"G05_{number}" for number in range(copies)]
    last = copies - 1
    return [
        {"id": "Y01", "from": "L02_0", "to": f"E02_{last}", "given": "age_band in [minor, doubtful]"},
        {"id": "Y02", "from": "D01_0", "to": f"X03_{last}", "avoid_ok": consents},
    ]


def _renamed(value: Any, names: set[str], number: int) -> Any:
    """Each name of a step, and each id, ends in the number of its copy."""
    if isinstance(value, dict):
        found = {key: _renamed(one, names, number) for key, one in value.items()}
        return {**found, "id": f"{value['id']}_{number}"} if "id" in value else found
    if isinstance(value, list):
        return [_renamed(one, names, number) for one in value]
    return f"{value}_{number}" if isinstance(value, str) and value in names else value


def errors(flowchart: Flowchart) -> int:
    """How many errors the checks find."""
    return sum(finding.severity is Severity.ERROR for finding in check(flowchart))


def refuse() -> None:
    """Read a condition of 10,000 characters, which is refused in words."""
    try:
        parse("urgent or " * (LONGEST // 10) + "urgent", {})
    except GuardSyntax:
        return
    raise AssertionError("a condition of 10,000 characters was read")


def measure() -> Iterator[Figure]:
    """CPU milliseconds of a whole check, the reading of the file included for the small one."""
    text = LIBRARY.read_text(encoding="utf-8")
    yield Figure(
        "all checks, 60 steps, read and checked", median_ms(lambda: check(load(text)), runs=7), "ms", SMALL_LIMIT_MS
    )
    chart = large()
    flowchart = load(chart)
    if (len(flowchart.steps), errors(flowchart)) != (60 * COPIES, 0):
        raise AssertionError("the large flowchart is not sound")
    yield Figure("all checks, 600 steps", median_ms(lambda: check(load(chart)), runs=3), "ms", LARGE_LIMIT_MS)
    yield Figure("a condition of 10,000 characters is refused", median_ms(refuse, runs=7, inner=20), "ms", 10.0)
