"""Is the drawing sound? Every step is reached, every way ends, every loop is declared and bounded."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from sop.checks.ways import from_start, shortest
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart, StepKind
from sop.vocabulary import N_, Message


def _error(code: str, where: str, text: str, example: list[str], **values: object) -> Finding:
    return Finding(Severity.ERROR, code, where, Message(code, text, {"step": where, **values}), example)


def unknown_nodes(flowchart: Flowchart) -> Iterator[Finding]:
    """Branches, limits and forbidden ways name only steps that exist."""
    text = N_("%(step)s names the step “%(unknown)s”, which does not exist")
    for branch in flowchart.branches:
        for name in dict.fromkeys((branch.source, branch.target, branch.then)):
            if name is not None and name not in flowchart.steps:
                yield _error("UNKNOWN_NODE", branch.where, text, [branch.source, branch.target], unknown=name)
    for limit in flowchart.constraints:
        for name in dict.fromkeys((limit.source, limit.target, *limit.avoid)):
            if name not in flowchart.steps:
                yield _error("UNKNOWN_NODE", limit.id, text, [limit.source, limit.target], unknown=name)
    for rule in flowchart.forbidden:
        for name in dict.fromkeys((rule.source, rule.target, *rule.around)):
            if name not in flowchart.steps:
                yield _error("UNKNOWN_NODE", rule.id, text, [rule.source, rule.target], unknown=name)


def unreachable(flowchart: Flowchart) -> Iterator[Finding]:
    """Every step is reached from a start."""
    graph = flowchart.reach()
    reached = {start.id for start in flowchart.starts}
    for start in list(reached):
        reached |= nx.descendants(graph, start)
    for step in flowchart.steps:
        if step not in reached:
            example = [*sorted(graph.predecessors(step))[:1], step]
            yield _error("UNREACHABLE", step, N_("no way leads from a start to %(step)s"), example)


def finishing(flowchart: Flowchart) -> Iterator[Finding]:
    """Every step can still reach an end."""
    graph = flowchart.reach()
    finishing = {end.id for end in flowchart.ends}
    for end in list(finishing):
        finishing |= nx.ancestors(graph, end)
    for step in flowchart.steps.values():
        if graph.out_degree(step.id) == 0 and step.kind is not StepKind.END:
            text = N_("%(step)s leads nowhere and is not an end")
            yield _error("DEAD_END", step.id, text, from_start(flowchart, step.id))
        elif step.id not in finishing:
            text = N_("from %(step)s no end can be reached")
            yield _error("CANNOT_FINISH", step.id, text, from_start(flowchart, step.id))


def trapped_cycles(flowchart: Flowchart) -> Iterator[Finding]:
    """A case that enters a cycle can leave it."""
    graph = flowchart.reach()
    for group in nx.strongly_connected_components(graph):
        member = min(group)
        cyclic = len(group) > 1 or graph.has_edge(member, member)
        if cyclic and not any(after not in group for step in group for after in graph.successors(step)):
            cycle = [edge[0] for edge in nx.find_cycle(graph.subgraph(group))]
            text = N_("a case that comes to %(step)s goes round for ever: %(cycle)s")
            yield _error("CYCLE_NO_EXIT", cycle[0], text, [*cycle, cycle[0]], cycle=" → ".join([*cycle, cycle[0]]))


def loops(flowchart: Flowchart) -> Iterator[Finding]:
    """Each loop branch has its own maximum."""
    for branch in flowchart.branches:
        if branch.is_loop and branch.loop_max is None:
            back = shortest(flowchart.forward(), [branch.target], branch.source)
            text = N_("the loop %(step)s has no maximum")
            yield _error("UNBOUNDED_LOOP", branch.where, text, [branch.source, *(back or [branch.target])])


def unmarked_cycles(flowchart: Flowchart) -> Iterator[Finding]:
    """A way back is declared as a loop."""
    forward = flowchart.forward()
    for group in nx.strongly_connected_components(forward):
        member = min(group)
        if len(group) > 1 or forward.has_edge(member, member):
            cycle = [edge[0] for edge in nx.find_cycle(forward.subgraph(group))]
            text = N_("the cycle %(cycle)s is not declared as a loop with a maximum")
            yield _error("UNMARKED_CYCLE", cycle[0], text, [*cycle, cycle[0]], cycle=" → ".join([*cycle, cycle[0]]))
