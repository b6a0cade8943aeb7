"""Proofs about guards: can these conditions hold together? Decided by enumerating their finite fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sop.conditions import Atom, FieldKind, Fields, Guard, Key, Known, Node, Value

MAX_STEPS: Final = 50_000


class TooComplex(Exception):
    """The search was given up: the conditions combine too many values."""


def values_of(key: Key, fields: Fields) -> tuple[Value, ...]:
    """Every value that a variable may take."""
    if isinstance(key, tuple):
        return (False, True)
    known = fields[key]
    if known.kind is FieldKind.BOOL:
        return (False, True)
    return known.values if known.kind is FieldKind.ENUM else tuple(range(known.low, known.high + 1))


def _domain(key: Key, atoms: Sequence[Atom], fields: Fields) -> tuple[Value, ...]:
    """Every value worth trying; of an integer only those around the numbers the guards compare it with."""
    if isinstance(key, tuple) or fields[key].kind is not FieldKind.INT:
        return values_of(key, fields)
    known = fields[key]
    points = {known.low, known.high}
    for atom in atoms:
        if atom.key == key:
            points.update(near for point in atom.points for near in (point - 1, point, point + 1))
    return tuple(sorted(point for point in points if known.low <= point <= known.high))


def find(true: Iterable[Guard], false: Iterable[Guard] = ()) -> dict[str, Any] | None:
    """Facts under which all of `true` hold and none of `false` do, or None when there are none (a proof).

    Tries every combination of the finite domains, leaving a branch as soon as one condition is settled the wrong way.

    >>> from sop.guards import Field, parse
    >>> fields = {"age": Field("age", FieldKind.ENUM, ("minor", "doubtful", "adult"))}
    >>> find([], [parse("age == minor", fields), parse("age == adult", fields)])
    {'age': 'doubtful'}
    >>> find([parse("age == minor", fields), parse("age == adult", fields)]) is None
    True
    """
    true, false = list(true), list(false)
    wanted = [(guard.node, True) for guard in true] + [(guard.node, False) for guard in false]
    atoms = [atom for guard in (*true, *false) for atom in guard.atoms]
    fields = {name: known for guard in (*true, *false) for name, known in guard.declared.items()}
    keys = list(dict.fromkeys(atom.key for atom in atoms))
    domains = [_domain(key, atoms, fields) for key in keys]
    search = _Search(keys, domains, wanted)
    return _facts(search.known, fields) if search.run(0) else None


def possible(wanted: Sequence[tuple[Node, bool]], domains: Mapping[Key, Sequence[Value]]) -> bool:
    """Whether every condition can have the answer that is wanted of it, over these values; raises `TooComplex`."""
    keys = list(domains)
    return _Search(keys, [tuple(domains[key]) for key in keys], list(wanted)).run(0)


class _Search:
    """Depth-first enumeration with pruning, limited to MAX_STEPS."""

    def __init__(self, keys: list[Key], domains: list[tuple[Value, ...]], wanted: list[tuple[Node, bool]]) -> None:
        self.keys, self.domains, self.wanted = keys, domains, wanted
        self.known: dict[Key, Value] = {}
        self.steps = 0

    def run(self, level: int) -> bool:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooComplex
        settled = True
        for node, wanted in self.wanted:
            answer = node.value(self.known, None)
            if answer is None:
                settled = False
            elif answer is not wanted:
                return False
        if settled:
            return True
        for value in self.domains[level]:
            self.known[self.keys[level]] = value
            if self.run(level + 1):
                return True
        self.known.pop(self.keys[level], None)
        return False


def _facts(known: Known, fields: Fields) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for key, value in known.items():
        if isinstance(key, tuple):
            held = facts.setdefault(key[0], [])
            if value is True:
                held.append(key[1])
        else:
            facts[key] = value
    return {name: facts[name] for name in fields if name in facts}


def describe(facts: Mapping[str, Any]) -> str:
    """Facts as people read them in a message.

    >>> describe({"age": "doubtful", "urgent": True, "needs": ["MED"]})
    'age = doubtful, urgent = true, needs = [MED]'
    """
    return ", ".join(f"{name} = {_written(value)}" for name, value in facts.items())


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
