"""Ways along which all conditions can hold together.

What a branch asks holds on along the way, until a step finds that fact out anew (`sets`): from there on the fact has
another name. When a loop is taken everything but what is given is forgotten, so that a way is never ruled out by an
answer that may have changed. Two things keep the search small without changing its answer: a fact that is not asked
again further on is dropped, and a step is not walked again under conditions that are stricter than those of before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sop import proofs
from sop.conditions import All, AnyOf, Atom, Fields, Guard, Key, Node, Not, Value, atoms_of
from sop.flowchart import Branch, Flowchart

MAX_VISITS: Final = 10_000
MAX_COMPARED: Final = 40
"""Conditions of a step that new ones are compared with; further ones are only told apart from the very same."""

Clause = tuple[Node, bool]
Moves = Mapping[str, list[tuple[str, Branch]]]


class TooMany(Exception):
    """The search was given up: the ways are too many."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is known on a way: the values that each variable may have, and conditions that tie several together."""

    values: frozenset[tuple[Key, frozenset[Value]]] = frozenset()
    clauses: frozenset[Clause] = frozenset()

    def is_weaker(self, other: Held) -> bool:
        """Whether everything that fits `other` fits this."""
        if self.values <= other.values and self.clauses <= other.clauses:
            return True
        allowed = dict(other.values)
        return self.clauses <= other.clauses and all(
            key in allowed and allowed[key] <= values for key, values in self.values
        )


State = tuple[str, Held]


def reading(branch: Branch, flowchart: Flowchart) -> list[tuple[Guard, bool]]:
    """The conditions of a branch: its own; for the default, that no other one holds."""
    if branch.is_default:
        return [(other.guard, False) for other in flowchart.outgoing(branch.source) if other.guard]
    return [(branch.guard, True)] if branch.guard else []


class Walk:
    """Breadth first over (step, what is held) along `moves`, under what is given; given up after `most` of them."""

    def __init__(
        self, flowchart: Flowchart, moves: Moves, given: Guard | None = None, *, most: int = MAX_VISITS
    ) -> None:
        self.flowchart, self.moves, self.most = flowchart, moves, most
        self.fields: Fields = flowchart.fields
        self.fixed = given.fields if given else frozenset()
        self.live = self._live()
        self.domains: dict[Key, frozenset[Value]] = {}
        self.fitting: dict[tuple[Atom, bool], frozenset[Value]] = {}
        self.given = self._with(Held(), [(given, True)]) if given else Held()
        self.taken: set[int] = set()
        self.before: dict[State, State | None] = {}
        self.seen: dict[str, list[Held]] = {}

    def run(self, sources: Iterable[str], target: str | None = None) -> list[str]:
        """Walk until the target is reached, and return the way; without a target, walk everything.

        `taken` are the branches (by identity) that can be taken, `seen` the steps that are reached. Raises `TooMany`.
        """
        queue: deque[State] = deque()
        if self.given is not None:
            for source in sources:
                self._note((source, self._needed(source, self.given)), None, queue)
        while queue:
            state = queue.popleft()
            if state[0] == target and self.before[state] is not None:
                return self._unwind(state)
            for following, branch in self.moves.get(state[0], ()):
                held = self._after(branch, following, state[1])
                if held is not None:
                    self.taken.add(id(branch))
                    self._note((following, held), state, queue, again=following == target)
            if len(self.before) > self.most:
                raise TooMany
        return []

    def _note(self, state: State, before: State | None, queue: deque[State], *, again: bool = False) -> None:
        step, held = state
        known = self.seen.setdefault(step, [])
        if state in self.before or (not again and any(other.is_weaker(held) for other in known)):
            return
        if len(known) < MAX_COMPARED:
            self.seen[step] = [*(other for other in known if not held.is_weaker(other)), held]
        self.before[state] = before
        queue.append(state)

    def _unwind(self, state: State | None) -> list[str]:
        steps = []
        while state is not None:
            steps.append(state[0])
            state = self.before[state]
        return steps[::-1]

    # --- what is held -------------------------------------------------------------------------------------------------

    def _after(self, branch: Branch, target: str, held: Held) -> Held | None:
        """What is held once `branch` was taken to `target`, or None when it cannot be taken."""
        more = self._with(held, reading(branch, self.flowchart))
        if more is None:
            return None
        if branch.is_loop:
            return self._needed(target, self.given or Held())
        return self._needed(target, self._renamed(more, self._anew(target)))

    def _anew(self, step: str) -> frozenset[str]:
        return frozenset(self.flowchart.steps[step].sets) - self.fixed

    def _with(self, held: Held, conditions: Iterable[tuple[Guard, bool]]) -> Held | None:
        """The same with more conditions, or None when they exclude each other."""
        values, clauses = dict(held.values), set(held.clauses)
        for guard, wanted in conditions:
            for node, answer in _parts(guard.node, wanted):
                if isinstance(node, Atom):
                    fitting = self._fitting(node, answer)
                    values[node.key] = values.get(node.key, fitting) & fitting
                else:
                    clauses.add((node, answer))
        if not all(values.values()):
            return None
        found = Held(frozenset(values.items()), frozenset(clauses))
        return found if not clauses or self._is_possible(values, clauses) else None

    def _is_possible(self, values: Mapping[Key, frozenset[Value]], clauses: Collection[Clause]) -> bool:
        atoms = {atom.key: atom for node, _ in clauses for atom in atoms_of(node)}
        domains = {
            key: sorted(values.get(key) or self._domain(_original(key)), key=str) for key in sorted(atoms, key=str)
        }
        try:
            return proofs.possible(list(clauses), domains)
        except proofs.TooComplex:
            return True

    def _domain(self, key: Key) -> frozenset[Value]:
        if key not in self.domains:
            self.domains[key] = frozenset(proofs.values_of(key, self.fields))
        return self.domains[key]

    def _fitting(self, atom: Atom, wanted: bool) -> frozenset[Value]:
        if (atom, wanted) not in self.fitting:
            domain = self._domain(atom.key)
            self.fitting[(atom, wanted)] = frozenset(value for value in domain if atom.test(value) is wanted)
        return self.fitting[(atom, wanted)]

    # --- what is forgotten --------------------------------------------------------------------------------------------

    def _live(self) -> dict[str, frozenset[str]]:
        """For each step the facts that its branches, or those further on before they are found out anew, ask."""
        live = {
            step: frozenset(
                name for _, one in ways for guard, _ in reading(one, self.flowchart) for name in guard.fields
            )
            for step, ways in self.moves.items()
        }
        sources: dict[str, set[str]] = {}
        for step, ways in self.moves.items():
            for following, branch in ways:
                if not branch.is_loop:
                    sources.setdefault(following, set()).add(step)
        waiting = deque(reversed(list(live)))
        while waiting:
            step = waiting.popleft()
            passed_on = live.get(step, frozenset()) - self._anew(step)
            for source in sources.get(step, ()):
                if not passed_on <= live[source]:
                    live[source] |= passed_on
                    waiting.append(source)
        return live

    def _needed(self, step: str, held: Held) -> Held:
        """Only what can still matter: facts that are asked again, and those tied to them."""
        names = set(self.live.get(step, ()))
        tied = [(clause, {_name(atom.key) for atom in atoms_of(clause[0])}) for clause in held.clauses]
        kept: set[Clause] = set()
        growing = True
        while growing:
            growing = False
            for clause, own in tied:
                if clause not in kept and own & names:
                    kept.add(clause)
                    names |= own
                    growing = True
        return Held(frozenset(one for one in held.values if _name(one[0]) in names), frozenset(kept))

    def _renamed(self, held: Held, anew: frozenset[str]) -> Held:
        """The same with other names for facts that are found out anew."""
        if not anew or (not held.clauses and not any(_name(key) in anew for key, _ in held.values)):
            return held
        used = {_name(key) for key, _ in held.values}
        used |= {_name(atom.key) for node, _ in held.clauses for atom in atoms_of(node)}
        names = {name: _free(name, used) for name in anew & used}
        values = frozenset((_key(key, names), allowed) for key, allowed in held.values)
        return Held(values, frozenset((_node(node, names), wanted) for node, wanted in held.clauses))


def _parts(node: Node, wanted: bool) -> Iterator[Clause]:
    """What must hold one by one for a condition to have this answer."""
    if isinstance(node, Not):
        yield from _parts(node.part, not wanted)
    elif isinstance(node, All if wanted else AnyOf):
        for part in node.parts:
            yield from _parts(part, wanted)
    else:
        yield node, wanted


def _name(key: Key) -> str:
    return key[0] if isinstance(key, tuple) else key


def _original(key: Key) -> Key:
    name = _name(key).partition("#")[0]
    return (name, key[1]) if isinstance(key, tuple) else name


def _free(name: str, used: Collection[str]) -> str:
    number = 1
    while f"{name}#{number}" in used:
        number += 1
    return f"{name}#{number}"


def _key(key: Key, names: Mapping[str, str]) -> Key:
    name = names.get(_name(key), _name(key))
    return (name, key[1]) if isinstance(key, tuple) else name


def _node(node: Node, names: Mapping[str, str]) -> Node:
    if isinstance(node, Atom):
        return replace(node, key=_key(node.key, names))
    if isinstance(node, Not):
        return Not(_node(node.part, names))
    return type(node)(tuple(_node(part, names) for part in node.parts))


def moves_of(flowchart: Flowchart, steps: Collection[str]) -> dict[str, list[tuple[str, Branch]]]:
    """Every move among some steps, used-up loops included."""
    graph = flowchart.reach()
    return {
        step: [(target, branch) for _, target, branch in graph.out_edges(step, data="branch") if target in steps]
        for step in flowchart.steps
        if step in steps
    }
