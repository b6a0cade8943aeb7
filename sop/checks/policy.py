"""Ways that policy forbids: does one exist along which all conditions can hold together?

Conditions met on the way are tried together with what is given. What a step finds out anew is forgotten when it is
passed, and everything but the given when a loop is taken, so that a way is never ruled out by an answer that changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import networkx as nx

from sop import proofs
from sop.checks.ways import from_start, shortest, without
from sop.findings import Finding, Severity
from sop.flowchart import Branch, Flowchart, Forbidden
from sop.guards import Guard
from sop.vocabulary import N_, Message

MAX_VISITS: Final = 20_000
State = tuple[str, frozenset[Guard]]


def forbidden_paths(flowchart: Flowchart) -> Iterator[Finding]:
    """No forbidden way can be walked."""
    for rule in flowchart.forbidden:
        if rule.source in flowchart.steps and rule.target in flowchart.steps:
            way = _Search(flowchart, rule).way()
            if way:
                lead = from_start(flowchart, rule.source)[:-1]
                text = N_("%(rule)s forbids this way: %(way)s")
                values = {"rule": rule.id, "way": " → ".join(way)}
                message = Message("FORBIDDEN_PATH", text, values)
                yield Finding(Severity.ERROR, message.code, rule.id, message, [*lead, *way])


class _Search:
    """Breadth first over (step, conditions that must hold), only among steps from which the target can be reached."""

    def __init__(self, flowchart: Flowchart, rule: Forbidden) -> None:
        self.flowchart, self.rule = flowchart, rule
        around = set(rule.around) - {rule.source, rule.target}
        graph = without(flowchart.reach(), around)
        near = nx.descendants(graph, rule.source) & nx.ancestors(graph, rule.target)
        self.graph = graph.subgraph(near | {rule.source, rule.target})
        self.given = frozenset([rule.given]) if rule.given else frozenset()
        self.fixed = rule.given.fields if rule.given else frozenset()

    def way(self) -> list[str]:
        start: State = (self.rule.source, self.given)
        before: dict[State, State | None] = {start: None}
        queue = deque([start])
        while queue:
            state = queue.popleft()
            if state[0] == self.rule.target and state != start:
                return self.unwind(before, state)
            for following in self.moves(state):
                if following not in before:
                    before[following] = state
                    queue.append(following)
            if len(before) > MAX_VISITS:  # give up on conditions: rather one warning too many than a way not seen
                return shortest(self.graph, [self.rule.source], self.rule.target)
        return []

    def moves(self, state: State) -> Iterator[State]:
        step, held = state
        for _, target, branch in self.graph.out_edges(step, data="branch"):
            conditions = self.after(branch, target, held)
            if conditions is not None:
                yield target, conditions

    def after(self, branch: Branch, target: str, held: frozenset[Guard]) -> frozenset[Guard] | None:
        """The conditions that hold once `branch` was taken to `target`, or None when they exclude each other."""
        true = held | ({branch.guard} if branch.guard else set())
        others = self.flowchart.outgoing(branch.source) if branch.is_default else ()
        false = [other.guard for other in others if other.guard]
        try:
            possible = proofs.find(true, false) is not None
        except proofs.TooComplex:
            possible = True
        if not possible:
            return None
        if branch.is_loop:
            return self.given
        anew = set(self.flowchart.steps[target].sets) - self.fixed
        return frozenset(guard for guard in true if not guard.fields & anew)

    def unwind(self, before: dict[State, State | None], state: State | None) -> list[str]:
        steps = []
        while state is not None:
            steps.append(state[0])
            state = before[state]
        return steps[::-1]
