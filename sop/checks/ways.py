"""Ways through a flowchart: the shortest, as counter-examples, and the longest, as time limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

import networkx as nx

from sop.durations import hours
from sop.flowchart import Flowchart
from sop.vocabulary import Priority


def shortest(
    graph: nx.MultiDiGraph, sources: Iterable[str], target: str, avoid: Collection[str] = (), *, drawn: bool = False
) -> list[str]:
    """The shortest way from any of the sources to the target around some steps, empty when there is none.

    `drawn`: only along branches that somebody drew, not along the flowchart's own fallback for used-up loops.
    """
    before: dict[str, str | None] = {one: None for one in sources if one in graph and one not in avoid}
    queue = deque(before)
    while queue and target not in before:
        step = queue.popleft()
        for following, edges in graph.adj[step].items():
            known = following in before or following in avoid
            if not known and not (drawn and all(edge.get("fallback") for edge in edges.values())):
                before[following] = step
                queue.append(following)
    return _unwound(before, target) if target in before and target not in avoid else []


def _unwound(before: Mapping[str, str | None], target: str) -> list[str]:
    way: list[str] = []
    step: str | None = target
    while step is not None:
        way.append(step)
        step = before[step]
    return way[::-1]


def from_start(flowchart: Flowchart, step: str) -> list[str]:
    """How a case gets to this step, from the first contact if it can; the step alone when there is no way."""
    first = [start.id for start in flowchart.starts if start.event is None]
    graph = flowchart.graph()
    return shortest(graph, first, step) or shortest(graph, (start.id for start in flowchart.starts), step) or [step]


def times(flowchart: Flowchart, priority: Priority) -> dict[str, float]:
    """How many hours each step may take."""
    return {step.id: hours(due) if (due := step.due(priority)) else 0.0 for step in flowchart.steps.values()}


class Longest:
    """Longest forward ways; `acyclic` is false when an unmarked cycle makes them endless."""

    def __init__(self, flowchart: Flowchart) -> None:
        forward = flowchart.forward()
        self.successors = {step: list(dict.fromkeys(forward.successors(step))) for step in forward}
        self.acyclic = nx.is_directed_acyclic_graph(forward)
        self.order = list(nx.topological_sort(forward)) if self.acyclic else []
        self.place = {step: index for index, step in enumerate(self.order)}

    def way(
        self, source: str, target: str, weight: Mapping[str, float], avoid: Collection[str] = ()
    ) -> tuple[float, list[str]] | None:
        """Hours and steps of the longest way, both ends counted; None when there is no way."""
        if source not in self.place or target not in self.place or source in avoid or target in avoid:
            return None
        best: dict[str, tuple[float, str | None]] = {source: (weight[source], None)}
        for step in self.order[self.place[source] : self.place[target]]:
            if step not in best:
                continue
            for following in self.successors[step]:
                length = best[step][0] + weight[following]
                if following not in avoid and (following not in best or length > best[following][0]):
                    best[following] = (length, step)
        return self._unwind(best, target) if target in best else None

    def _unwind(self, best: Mapping[str, tuple[float, str | None]], target: str) -> tuple[float, list[str]]:
        steps = [target]
        while (before := best[steps[-1]][1]) is not None:
            steps.append(before)
        return best[target][0], steps[::-1]
