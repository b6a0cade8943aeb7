"""Are the deadlines kept from end to end, and does every case end in time even when all loops are used up?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import networkx as nx

from sop.checks.ways import Longest, from_start, shortest, times
from sop.durations import hours
from sop.findings import Finding, Severity
from sop.flowchart import WORK, Constraint, Flowchart
from sop.vocabulary import N_, Message, Priority

DEFAULT_BUDGET: Final = timedelta(days=3650)


def constraints(flowchart: Flowchart) -> Iterator[Finding]:
    """The longest way of each end-to-end limit stays within it."""
    longest = Longest(flowchart)
    weights = {priority: times(flowchart, priority) for priority in Priority}
    for limit in flowchart.constraints:
        known = {limit.source, limit.target, *limit.avoid} <= flowchart.steps.keys()
        if not longest.acyclic or not known:
            continue
        found = longest.way(limit.source, limit.target, weights[limit.priority], limit.avoid)
        if found is None:
            yield _no_path(flowchart, limit)
        elif found[0] > hours(limit.limit):
            text = N_("%(rule)s: this way may take %(hours)g hours at %(priority)s priority; %(limit)g are allowed")
            values = {
                "rule": limit.id,
                "hours": found[0],
                "limit": hours(limit.limit),
                "priority": limit.priority.value,
            }
            message = Message("DEADLINE_EXCEEDED", text, values)
            yield Finding(Severity.ERROR, message.code, limit.id, message, found[1])


def _no_path(flowchart: Flowchart, limit: Constraint) -> Finding:
    """The counter-example is the way that is left, through the steps to be avoided."""
    text = N_("%(rule)s: no way from %(source)s to %(target)s is left that avoids the steps named")
    values = {"rule": limit.id, "source": limit.source, "target": limit.target}
    example = shortest(flowchart.forward(), [limit.source], limit.target) or [limit.source, limit.target]
    return Finding(Severity.WARNING, code := "CONSTRAINT_NO_PATH", limit.id, Message(code, text, values), example)


def measure(flowchart: Flowchart, constraint_id: str) -> float | None:
    """Hours of the longest way of one end-to-end limit, None when there is no such way."""
    limit = next(one for one in flowchart.constraints if one.id == constraint_id)
    found = Longest(flowchart).way(limit.source, limit.target, times(flowchart, limit.priority), limit.avoid)
    return found[0] if found else None


def missing_deadlines(flowchart: Flowchart) -> Iterator[Finding]:
    """Work has a deadline for every priority."""
    for step in flowchart.steps.values():
        if step.kind in WORK and any(step.due(priority) is None for priority in Priority):
            text = N_("%(step)s has no deadline, or not for every priority")
            message = Message("NO_DEADLINE", text, {"step": step.id})
            yield Finding(Severity.WARNING, message.code, step.id, message, from_start(flowchart, step.id))


def loop_budget(flowchart: Flowchart) -> Iterator[Finding]:
    """The longest way plus every loop used up stays within the flowchart's `loop_budget` (10 years by default)."""
    yield from _endless(flowchart)
    longest = Longest(flowchart)
    if not longest.acyclic or not flowchart.starts or not flowchart.ends:
        return
    weight = times(flowchart, Priority.LOW)
    straight = [longest.way(start.id, end.id, weight) for start in flowchart.starts for end in flowchart.ends]
    total = max((way[0] for way in straight if way), default=0.0)
    worst: tuple[float, list[str]] = (0.0, [])
    for branch in flowchart.branches:
        back = longest.way(branch.target, branch.source, weight) if branch.is_loop else None
        if back and branch.loop_max:
            total += back[0] * branch.loop_max
            worst = max(worst, (back[0] * branch.loop_max, [*back[1], branch.target]))
    allowed = flowchart.loop_budget or DEFAULT_BUDGET
    if total > hours(allowed):
        text = N_(
            "with every loop used up a case may last %(days)d days; %(limit)d are allowed. The longest loop: %(way)s"
        )
        values = {"days": round(total / 24), "limit": allowed.days, "way": " → ".join(worst[1])}
        yield Finding(Severity.WARNING, "LOOP_BUDGET", flowchart.id, Message("LOOP_BUDGET", text, values), worst[1])


def _endless(flowchart: Flowchart) -> Iterator[Finding]:
    """After its maximum a loop goes on to a step from which it is not reached again, so that every run ends."""
    for branch in flowchart.branches:
        if branch.is_loop and branch.then is None:
            text = N_("the loop %(step)s does not say where a case goes on after its maximum")
            message = Message("LOOP_BUDGET", text, {"step": branch.where})
            yield Finding(Severity.WARNING, "LOOP_BUDGET", branch.where, message, [branch.source, branch.target])
    if not nx.is_directed_acyclic_graph(flowchart.forward()):
        return
    back: dict[str, list[list[str]]] = {}
    for branch in flowchart.branches:
        if branch.is_loop and branch.then is not None and branch.then in flowchart.steps:
            way = shortest(flowchart.forward(), [branch.then], branch.source)
            back.setdefault(branch.then, []).extend([[branch.source, *way]] if way else [])
    for then, ways in back.items():
        if ways:
            text = N_("loops that go on at %(then)s after their maximum come back again and again: %(steps)s")
            values = {"then": then, "steps": ", ".join(dict.fromkeys(way[0] for way in ways))}
            yield Finding(
                Severity.WARNING, "LOOP_BUDGET", then, Message("LOOP_BUDGET", text, values), min(ways, key=len)
            )
