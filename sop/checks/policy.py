"""Ways that policy forbids must not exist, and ways that were drawn must be walkable: do their conditions fit?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import networkx as nx

from sop import proofs
from sop.checks.feasible import MAX_VISITS, TooMany, Walk, moves_of
from sop.checks.ways import from_start, shortest
from sop.findings import Finding, Severity
from sop.flowchart import Branch, Flowchart, Forbidden
from sop.vocabulary import N_, Message

MAX_TOGETHER: Final = 3 * MAX_VISITS
"""What all forbidden ways together may cost; a sound flowchart of 600 steps takes less than a tenth of it."""

LEAST: Final = 200
"""What is left to each of the others when that is used up."""


def forbidden_paths(flowchart: Flowchart) -> Iterator[Finding]:
    """No forbidden way can be walked."""
    left = MAX_TOGETHER
    for rule in flowchart.forbidden:
        if rule.source in flowchart.steps and rule.target in flowchart.steps:
            way, visits = _forbidden_way(flowchart, rule, min(left, MAX_VISITS))
            left = max(left - visits, LEAST)
            if way:
                lead = from_start(flowchart, rule.source)[:-1]
                text = N_("%(rule)s forbids this way: %(way)s")
                values = {"rule": rule.id, "way": " → ".join(way)}
                message = Message("FORBIDDEN_PATH", text, values)
                yield Finding(Severity.ERROR, message.code, rule.id, message, [*lead, *way])


def _forbidden_way(flowchart: Flowchart, rule: Forbidden, most: int) -> tuple[list[str], int]:
    """Only steps count from which the target can be reached; among too many ways rather one too many is told."""
    around = set(rule.around) - {rule.source, rule.target}
    graph = flowchart.reach().copy()
    graph.remove_nodes_from(around)
    near = nx.descendants(graph, rule.source) & nx.ancestors(graph, rule.target) | {rule.source, rule.target}
    walk = Walk(flowchart, moves_of(flowchart, near), rule.given, most=most)
    try:
        return walk.run([rule.source], rule.target), len(walk.before)
    except TooMany:
        return shortest(graph, [rule.source], rule.target), len(walk.before)


def infeasible_paths(flowchart: Flowchart) -> Iterator[Finding]:
    """Every branch can be taken on some way: it does not contradict what all ways to it have settled before.

    Only the first branch of a way that cannot be walked is told, not everything behind it.
    """
    walk = Walk(flowchart, moves_of(flowchart, flowchart.steps.keys()))
    try:
        walk.run(start.id for start in flowchart.starts)
    except TooMany:
        text = N_("the ways through the flowchart are too many to try all their conditions together")
        message = Message("PATHS_NOT_TRIED", text)
        yield Finding(Severity.INFORMATION, message.code, flowchart.id, message)
        return
    for branch in flowchart.branches:
        known = branch.source in walk.seen and branch.target in flowchart.steps
        if known and id(branch) not in walk.taken and _could_open(branch) and not _is_spare(branch, walk):
            way = [*from_start(flowchart, branch.source), branch.target]
            text = N_(
                "%(step)s is never taken: its condition contradicts what every way to it has settled, as in %(way)s"
            )
            message = Message("PATH_UNSAT", text, {"step": branch.where, "way": " → ".join(way)})
            yield Finding(Severity.ERROR, message.code, branch.where, message, way)


def _could_open(branch: Branch) -> bool:
    """A condition that can never be true is told by another check."""
    try:
        return branch.guard is None or proofs.find([branch.guard]) is not None
    except proofs.TooComplex:
        return True


def _is_spare(branch: Branch, walk: Walk) -> bool:
    """An "else" that nothing is left for does no harm as long as its step is reached otherwise."""
    return branch.is_default and branch.target in walk.seen
