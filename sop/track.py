"""The flowchart prepared for the engine: everything that one move needs, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from sop.flowchart import Branch, Flowchart, Step, StepKind
from sop.guards import Field, FieldKind

UNKNOWN = "unknown"
"""A fact that was asked for and is not known; the engine treats it like a missing one."""

ATTEMPTS, REMINDERS = "attempts", "reminders"
"""Counters that the engine keeps itself, where the flowchart declares them."""

PROTECTIVE: Mapping[str, tuple[Any, ...]] = {
    "immediate_danger": (True,),
    "age_band": ("doubtful", "minor"),
    "urgent": (True,),
}
"""What a missing fact counts as where that protects the person (the first value that the field can take)."""

PASSES_ALONE = frozenset(
    {
        StepKind.START,
        StepKind.END,
        StepKind.DECISION,
        StepKind.RULE,
        StepKind.SPLIT_OR,
        StepKind.JOIN_OR,
        StepKind.PATHWAY,
    }
)
"""Kinds that nobody has to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """One step with what a move needs to know of it.

    answers: facts that leaving it uses up; renews: those that coming back to it asks anew, once they were read;
    effective: legal bases that a share further on relies on without asking again; aside: only an any-time event gets
    here; reminds: leads back to waiting; join: where the needs that this split opens come together again; shares: next
    steps that share data; asks: facts to find out here; kind: that of the step; only: the single branch that is always
    open, when there is nothing to decide.
    """

    step: Step
    alone: bool
    branches: tuple[Branch, ...]
    default: Branch | None
    fields: frozenset[str]
    answers: frozenset[str]
    renews: frozenset[str]
    effective: frozenset[str]
    aside: bool
    reminds: bool
    join: str | None
    shares: frozenset[str]
    asks: frozenset[str]
    kind: StepKind
    only: Branch | None


@dataclass(frozen=True, slots=True)
class Track:
    """A flowchart ready to run.

    `zone` are the steps that a single need walks; from those of `to_share` something may be shared without a new start;
    `need_…` is what each need has for itself and never lends to another.
    """

    flowchart: Flowchart
    nodes: Mapping[str, Node]
    start: str
    zone: frozenset[str]
    fields: Mapping[str, Field]
    need_fields: frozenset[str]
    need_bases: frozenset[str]
    need_answers: frozenset[str]
    case_answers: frozenset[str]
    assumed: Mapping[str, Any]
    pathways: Mapping[str, str]
    splits: Mapping[str, str]
    joins: Mapping[str, str | None]
    ahead: Mapping[str, frozenset[str]]
    to_share: frozenset[str]
    reminder_loops: frozenset[str]
    counters: frozenset[str]


def track_of(flowchart: Flowchart) -> Track:
    """The prepared flowchart; worked out once and kept beside the flowchart, as `cached_property` would."""
    kept: Track | None = vars(flowchart).get("_track")
    if kept is None:
        kept = vars(flowchart)["_track"] = _prepare(flowchart)
    return kept


def onward(flowchart: Flowchart) -> nx.MultiDiGraph:
    """The flowchart without the branches that lead back: loop branches stay as long as they close no circle.

    So a reminder, which is entered and left through loop branches, still lies after the wait that it follows.
    """
    graph: nx.MultiDiGraph = flowchart.forward().copy()
    for branch in flowchart.branches:
        if branch.is_loop and branch.source not in {branch.target, *nx.descendants(graph, branch.target)}:
            graph.add_edge(branch.source, branch.target, branch=branch, loop=True)
    return graph


def _prepare(flowchart: Flowchart) -> Track:
    zone = _need_zone(flowchart)
    way = onward(flowchart)
    need_fields, case_fields = _read_in(flowchart, zone), _read_in(flowchart, set(flowchart.steps) - zone)
    answers, renewed = _answers(flowchart), _renewed(flowchart)
    pathways = {str(step.need): step.id for step in flowchart.of_kind(StepKind.PATHWAY) if step.need}
    joins = {need: _nearest_join(flowchart, step) for need, step in pathways.items()}
    aside = set(flowchart.steps) - _downstream(flowchart.reach(), (s.id for s in flowchart.starts if not s.event))
    effective = _effective(flowchart)
    nodes = {
        step.id: _node(flowchart, step, answers, renewed, effective.get(step.id, frozenset()), step.id in aside)
        for step in flowchart.steps.values()
    }
    only_needs = need_fields - case_fields
    return Track(
        flowchart=flowchart,
        nodes=nodes,
        start=next((s.id for s in flowchart.starts if not s.event), next(iter(flowchart.steps), "")),
        zone=frozenset(zone),
        fields=flowchart.fields,
        need_fields=only_needs,
        need_bases=frozenset(basis for step in zone for basis in flowchart.steps[step].grants),
        need_answers=(answers | renewed) & only_needs,
        case_answers=(answers | renewed) - only_needs,
        assumed=_assumed(flowchart),
        pathways=pathways,
        splits={
            need: branch.source
            for need, step in pathways.items()
            for branch in flowchart.incoming(step)
            if nodes[branch.source].kind is StepKind.SPLIT_OR
        },
        joins=joins,
        ahead={step: frozenset(nx.descendants(way, step)) for step in flowchart.steps},
        to_share=frozenset(_downstream(way.reverse(copy=False), (s.id for s in flowchart.of_kind(StepKind.SHARE)))),
        reminder_loops=_reminder_loops(flowchart, nodes),
        counters=frozenset({ATTEMPTS, REMINDERS} & set(flowchart.fields)),
    )


def _node(
    flowchart: Flowchart,
    step: Step,
    answers: frozenset[str],
    renewed: frozenset[str],
    effective: frozenset[str],
    aside: bool,
) -> Node:
    leaving = flowchart.outgoing(step.id)
    branches = tuple(branch for branch in leaving if not branch.is_default)
    fields = frozenset(name for branch in branches if branch.guard for name in branch.guard.fields)
    joins = (_nearest_join(flowchart, b.target) for b in branches if flowchart.steps[b.target].kind is StepKind.PATHWAY)
    default = next((branch for branch in leaving if branch.is_default), None)
    return Node(
        step=step,
        alone=step.kind in PASSES_ALONE,
        branches=branches,
        default=default,
        fields=fields,
        answers=fields & answers if step.kind is not StepKind.SPLIT_OR else frozenset(),
        renews=renewed & set(step.sets),
        effective=effective,
        aside=aside,
        reminds=step.kind is not StepKind.SHARE
        and any(flowchart.steps[branch.target].kind is StepKind.WAIT for branch in leaving),
        join=next(joins, None) if step.kind is StepKind.SPLIT_OR else None,
        shares=frozenset(b.target for b in leaving if flowchart.steps[b.target].kind is StepKind.SHARE),
        asks=_asks(flowchart, step, fields & answers, answers),
        kind=step.kind,
        only=_only(branches, default),
    )


def _only(branches: tuple[Branch, ...], default: Branch | None) -> Branch | None:
    """The single branch that is always open."""
    if len(branches) == 1 and branches[0].guard is None and branches[0].problem is None:
        return branches[0] if default is None else None
    return default if not branches else None


def _asks(flowchart: Flowchart, step: Step, own: frozenset[str], answers: frozenset[str]) -> frozenset[str]:
    """What the step says it finds out; else what its own way on, or the decision right after it, asks for."""
    if step.sets or own:
        return (frozenset(step.sets) | own) - {ATTEMPTS, REMINDERS}
    after = (branch.target for branch in flowchart.outgoing(step.id))
    decisions = {target for target in after if flowchart.steps[target].kind is StepKind.DECISION}
    return _read_in(flowchart, decisions) & answers


def _downstream(graph: nx.MultiDiGraph, sources: Iterable[str], stop: Callable[[str], bool] | None = None) -> set[str]:
    """`sources` and everything that can follow; steps where `stop` says so are neither kept nor passed."""
    found: set[str] = set()
    waiting = list(sources)
    while waiting:
        step = waiting.pop()
        if step in found or (stop and stop(step)):
            continue
        found.add(step)
        waiting += graph.successors(step)
    return found


def _need_zone(flowchart: Flowchart) -> set[str]:
    """Steps that a single need walks: from its pathway to the join."""
    pathways = (step.id for step in flowchart.of_kind(StepKind.PATHWAY))
    return _downstream(flowchart.reach(), pathways, lambda step: flowchart.steps[step].kind is StepKind.JOIN_OR)


def _read_in(flowchart: Flowchart, steps: set[str]) -> frozenset[str]:
    guards = (branch.guard for step in steps for branch in flowchart.outgoing(step) if branch.guard)
    return frozenset(name for guard in guards for name in guard.fields)


def _answers(flowchart: Flowchart) -> frozenset[str]:
    """Facts that one decision alone asks for: each answer is used once, so that a loop asks again and never guesses."""
    readers: dict[str, set[str]] = {}
    for branch in flowchart.branches:
        for name in branch.guard.fields if branch.guard else ():
            readers.setdefault(name, set()).add(branch.source)
    return frozenset(
        name
        for name, steps in readers.items()
        if len(steps) == 1
        and name not in PROTECTIVE
        and flowchart.fields[name].kind in (FieldKind.BOOL, FieldKind.ENUM)
        and all(flowchart.steps[step].kind is not StepKind.SPLIT_OR for step in steps)
    )


def _renewed(flowchart: Flowchart) -> frozenset[str]:
    """Facts that a step says it finds out anew: coming back to it, what was answered and read before is forgotten.

    Lists of several values only grow, and what protects the person is kept.
    """
    told = {name for step in flowchart.steps.values() if step.kind is not StepKind.RULE for name in step.sets}
    return frozenset(
        name
        for name in told & flowchart.fields.keys()
        if name not in PROTECTIVE and flowchart.fields[name].kind in (FieldKind.BOOL, FieldKind.ENUM)
    )


def _assumed(flowchart: Flowchart) -> dict[str, Any]:
    found = {}
    for name, values in PROTECTIVE.items():
        fits = [value for value in values if name in flowchart.fields and flowchart.fields[name].accepts(value)]
        if fits:
            found[name] = fits[0]
    return found


def _nearest_join(flowchart: Flowchart, step: str) -> str | None:
    found = nx.single_source_shortest_path_length(flowchart.graph(), step)
    joins = [other for other in found if flowchart.steps[other].kind is StepKind.JOIN_OR]
    return min(joins, key=lambda other: found[other], default=None)


def _effective(flowchart: Flowchart) -> dict[str, frozenset[str]]:
    """For each step the bases that a share from here on relies on before anybody is asked again."""
    backwards = flowchart.reach().reverse(copy=False)
    needed: dict[str, list[str]] = {}
    for share in flowchart.of_kind(StepKind.SHARE):
        extra = (basis for bases in share.requires_for.values() for basis in bases)
        for basis in {*share.requires, *extra}:
            needed.setdefault(basis, []).append(share.id)
    found: dict[str, set[str]] = {}
    for basis, shares in needed.items():

        def renews(step: str, basis: str = basis) -> bool:
            return basis in flowchart.steps[step].grants or basis in flowchart.steps[step].invalidates

        for step in _downstream(backwards, shares, renews):
            found.setdefault(step, set()).add(basis)
    return {step: frozenset(bases) for step, bases in found.items()}


def _reminder_loops(flowchart: Flowchart, nodes: Mapping[str, Node]) -> frozenset[str]:
    """Loops that belong to one attempt: they start anew when the next provider is asked."""
    return frozenset(
        branch.where
        for branch in flowchart.branches
        if branch.is_loop and (nodes[branch.source].reminds or nodes[branch.target].reminds)
    )
