"""The flowchart of a standard operating procedure: steps, branches, lanes; frozen, and compiled to networkx graphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

import networkx as nx

from sop.guards import Field, Guard, GuardError
from sop.vocabulary import Priority

Label = Mapping[str, str]


class StepKind(StrEnum):
    """What a step is; the shape on the drawing and the behaviour of the engine follow from it."""

    START = "start"
    END = "end"
    TASK = "task"
    DECISION = "decision"
    RULE = "rule"
    CONSENT = "consent"
    LEGAL_BASIS = "legal_basis"
    SHARE = "share"
    WAIT = "wait"
    SPLIT_OR = "split_or"
    JOIN_OR = "join_or"
    PATHWAY = "pathway"


class Clock(StrEnum):
    """How the days of a deadline are counted: running, or working days of the country."""

    CALENDAR = "calendar"
    BUSINESS = "business"


WORK = frozenset({StepKind.TASK, StepKind.CONSENT, StepKind.LEGAL_BASIS, StepKind.SHARE, StepKind.WAIT})
"""Kinds that take time: somebody must do something before a deadline."""


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the flowchart.

    `grants`, `requires` and `invalidates` name legal bases; `requires` lists every basis that must hold, and
    `requires_for` adds more for single needs. `sets` names the facts that this step finds out anew. A `locked` step is
    one that an overlay may neither remove, weaken nor lead around.
    """

    id: str
    kind: StepKind
    lane: str
    label: Label
    deadline: Mapping[Priority, timedelta] | None = None
    clock: Clock | None = None
    grants: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    requires_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invalidates: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    need: str | None = None
    forms: tuple[str, ...] = ()
    actors: Label = field(default_factory=dict)
    event: str | None = None
    stage: str | None = None
    sets: tuple[str, ...] = ()
    timer: bool = False
    max_visits: int | None = None
    note: Label = field(default_factory=dict)
    locked: bool = False
    line: int = field(default=0, compare=False)

    def due(self, priority: Priority) -> timedelta | None:
        """The time this step may take for a case of this priority."""
        return self.deadline.get(priority) if self.deadline else None

    def bases(self, need: str | None = None) -> tuple[str, ...]:
        """Every legal basis that must hold before this step runs, for this need."""
        extra = self.requires_for.get(need, ()) if need else ()
        return (*self.requires, *(basis for basis in extra if basis not in self.requires))


@dataclass(frozen=True, slots=True)
class Branch:
    """One arrow. Without a guard it is always open; `is_default` means "when no other is".

    A loop branch may be taken at most `loop_max` times; after that the case continues at `then` (`then_is_default`: the
    flowchart's own fallback, not said by this branch). `problem` holds why the guard could not be read, `unread` its
    words.
    """

    source: str
    target: str
    guard: Guard | None = None
    is_default: bool = False
    label: Label = field(default_factory=dict)
    is_loop: bool = False
    loop_max: int | None = None
    then: str | None = None
    then_is_default: bool = False
    problem: GuardError | None = None
    unread: str = ""
    line: int = field(default=0, compare=False)

    @property
    def where(self) -> str:
        """The arrow as messages name it."""
        return f"{self.source}→{self.target}"

    @property
    def condition(self) -> str:
        """The condition as it is written: `else`, a guard, or nothing."""
        return "else" if self.is_default else written(self.guard, self.unread)


@dataclass(frozen=True, slots=True)
class Constraint:
    """An end-to-end limit on the sum of deadlines along the longest way that avoids some steps."""

    id: str
    source: str
    target: str
    priority: Priority
    limit: timedelta
    avoid: tuple[str, ...] = ()
    why: Label = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A way that must not exist: from `source` to `target` around every step of `around`, when `given` holds."""

    id: str
    source: str
    target: str
    around: tuple[str, ...] = ()
    given: Guard | None = None
    problem: GuardError | None = None
    unread: str = ""
    why: Label = field(default_factory=dict)
    line: int = field(default=0, compare=False)

    @property
    def condition(self) -> str:
        """The condition as it is written, or nothing."""
        return written(self.given, self.unread)


class ConflictKind(StrEnum):
    """How needs stand in each other's way."""

    WAITS_FOR = "waits_for"
    FIRST = "first"
    SUPERVISES = "supervises"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule between needs: `needs` wait while one of `others` is open, go first, or supervise `others` (none: all)."""

    id: str
    kind: ConflictKind
    needs: tuple[str, ...]
    others: tuple[str, ...] = ()
    why: Label = field(default_factory=dict)
    line: int = field(default=0, compare=False)


def written(guard: Guard | None, unread: str = "") -> str:
    """A condition in its one form: single blanks between its words."""
    return " ".join((guard.text if guard else unread).split())


@dataclass(frozen=True)
class Flowchart:
    """A whole procedure; two flowcharts with the same content have the same `hash`."""

    id: str
    version: str
    status: str
    languages: tuple[str, ...]
    fields: Mapping[str, Field]
    lanes: Mapping[str, Label]
    steps: Mapping[str, Step]
    branches: tuple[Branch, ...]
    constraints: tuple[Constraint, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    stages: Mapping[str, Label] = field(default_factory=dict)
    title: Label = field(default_factory=dict)
    notice: Label = field(default_factory=dict)
    loop_budget: timedelta | None = None
    valid_from: str | None = None
    supersedes: str | None = None
    hash: str = ""

    def graph(self) -> nx.MultiDiGraph:
        """Every branch between two existing steps; edge attributes `branch` and `loop` (cached, do not change it)."""
        return self._graph

    def forward(self) -> nx.MultiDiGraph:
        """The same without loop branches: sound flowcharts have no cycle here."""
        return self._forward

    def reach(self) -> nx.MultiDiGraph:
        """Every move a case can make: all branches, and the ways on after a loop has reached its maximum."""
        return self._reach

    def outgoing(self, step_id: str) -> tuple[Branch, ...]:
        """Branches leaving a step, in the order they were written."""
        return self._outgoing.get(step_id, ())

    def incoming(self, step_id: str) -> tuple[Branch, ...]:
        """Branches entering a step."""
        return self._incoming.get(step_id, ())

    def of_kind(self, *kinds: StepKind) -> tuple[Step, ...]:
        """Steps of these kinds, in the order they were written."""
        return tuple(step for step in self.steps.values() if step.kind in kinds)

    @property
    def starts(self) -> tuple[Step, ...]:
        """Where a case enters: the first contact, and what may happen at any time."""
        return self.of_kind(StepKind.START)

    @property
    def ends(self) -> tuple[Step, ...]:
        """Where a case closes."""
        return self.of_kind(StepKind.END)

    @cached_property
    def compositions(self) -> dict[tuple[str, ...], object]:
        """Where the parts of its pages go, kept by `sop.placement`: a flowchart never changes, and that takes long."""
        return {}

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Branch, ...]]:
        found: dict[str, list[Branch]] = {}
        for branch in self.branches:
            found.setdefault(branch.source, []).append(branch)
        return {step: tuple(branches) for step, branches in found.items()}

    @cached_property
    def _incoming(self) -> dict[str, tuple[Branch, ...]]:
        found: dict[str, list[Branch]] = {}
        for branch in self.branches:
            found.setdefault(branch.target, []).append(branch)
        return {step: tuple(branches) for step, branches in found.items()}

    @cached_property
    def _graph(self) -> nx.MultiDiGraph:
        graph = nx.MultiDiGraph()
        graph.add_nodes_from((step.id, {"step": step}) for step in self.steps.values())
        for branch in self.branches:
            if branch.source in self.steps and branch.target in self.steps:
                graph.add_edge(branch.source, branch.target, branch=branch, loop=branch.is_loop)
        return graph

    @cached_property
    def _forward(self) -> nx.MultiDiGraph:
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(self._graph.nodes(data=True))
        graph.add_edges_from(edge for edge in self._graph.edges(data=True) if not edge[2]["loop"])
        return graph

    @cached_property
    def _reach(self) -> nx.MultiDiGraph:
        graph = self._graph.copy()
        for branch in self.branches:
            if branch.is_loop and branch.then in self.steps and branch.source in self.steps:
                graph.add_edge(branch.source, branch.then, branch=branch, loop=True, fallback=branch.then_is_default)
        return graph
