"""Static checks of a flowchart: one function a check, each finding with its place, its reason and a counter-example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sop.checks import bases, content, decisions, policy, structure, timing
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart
from sop.vocabulary import N_, Message
from sop.yaml_io import Unreadable

__all__ = ["CHECKS", "Finding", "Severity", "check", "report"]

CHECKS: Final[tuple[Callable[[Flowchart], Iterator[Finding]], ...]] = (
    structure.unknown_nodes,
    structure.unreachable,
    structure.finishing,
    structure.trapped_cycles,
    structure.loops,
    structure.unmarked_cycles,
    decisions.readable,
    decisions.branching,
    bases.undeclared,
    bases.ungranted,
    policy.forbidden_paths,
    policy.infeasible_paths,
    timing.constraints,
    content.needs,
    content.splits,
    content.conflicts,
    timing.loop_budget,
    content.labels,
    timing.missing_deadlines,
    content.hubs,
    content.handovers,
)
NO_ERROR, ERRORS, UNREADABLE = 0, 1, 2
_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}


def check(flowchart: Flowchart) -> list[Finding]:
    """Everything the checks have to say, errors first."""
    return sort([finding for one in CHECKS for finding in one(flowchart)])


def sort(findings: list[Finding]) -> list[Finding]:
    """The same, errors first."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])


def report(
    source: str | Path, render: Callable[[Message], str] = str, bases: Sequence[str | Path] = ()
) -> tuple[list[dict[str, Any]], int]:
    """Findings on a YAML text or file as JSON data, and the exit code: 0 no error, 1 errors, 2 unreadable.

    With `bases` (a flowchart, then overlays), `source` is an overlay on them and the merged flowchart is checked.
    """
    from sop import overlay  # late: overlays ask the checks' own graphs

    try:
        found = check(overlay.merged([*bases, source]))
    except overlay.LockBroken as problem:
        return [problem.finding.to_json(render)], ERRORS
    except Unreadable as problem:
        place = Message("PLACE", N_("line %(line)d %(where)s"), {"line": problem.line, "where": problem.where})
        where = render(place).strip() if problem.line else ""
        return [Finding(Severity.ERROR, problem.message.code, where, problem.message).to_json(render)], UNREADABLE
    failed = any(finding.severity is Severity.ERROR for finding in found)
    return [finding.to_json(render) for finding in found], ERRORS if failed else NO_ERROR
