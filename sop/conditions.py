"""Conditions once they are read: finite fields, single tests, and their three-valued "and", "or" and "not".

`sop.guards` reads them from text; here is what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Key = str | tuple[str, str]
Value = bool | int | str
Known = Mapping[Key, Value]
Unknown = Callable[[str], bool | None]


class FieldKind(StrEnum):
    """What a field may hold."""

    BOOL = "bool"
    ENUM = "enum"
    SET = "set"
    INT = "int"


_BOOL, _INT = FieldKind.BOOL, FieldKind.INT


@dataclass(frozen=True, slots=True)
class Field:
    """A declared fact: its type and every value it may take (for an integer: lowest and highest)."""

    name: str
    kind: FieldKind
    values: tuple[str, ...] = ()
    low: int = 0
    high: int = 0

    def accepts(self, value: Any) -> bool:
        """Whether `value` (for a set: one member) belongs to the domain."""
        if self.kind is _BOOL:
            return isinstance(value, bool)
        if self.kind is _INT:
            return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high
        return isinstance(value, str) and value in self.values


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Atom:
    """One test of one variable (for a set: of a field and a member); tests with the same `text` are the same."""

    name: str
    key: Key
    text: str
    test: Callable[[Any], bool] = field(compare=False)
    points: tuple[int, ...] = field(default=(), compare=False)

    def value(self, known: Known, unknown: Unknown | None) -> bool | None:
        """The answer under `known`; None, or what `unknown` says of the field, when it is not there."""
        if self.key in known:
            return self.test(known[self.key])
        return unknown(self.name) if unknown else None


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of one part; unknown stays unknown."""

    part: Node

    def value(self, known: Known, unknown: Unknown | None) -> bool | None:
        """The opposite answer."""
        answer = self.part.value(known, unknown)
        return None if answer is None else not answer


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds: false as soon as one is false, unknown while one is unknown."""

    parts: tuple[Node, ...]

    def value(self, known: Known, unknown: Unknown | None) -> bool | None:
        """The three-valued “and” of the parts."""
        answer: bool | None = True
        for part in self.parts:
            one = part.value(known, unknown)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds: true as soon as one is true, unknown while one is unknown."""

    parts: tuple[Node, ...]

    def value(self, known: Known, unknown: Unknown | None) -> bool | None:
        """The three-valued “or” of the parts."""
        answer: bool | None = False
        for part in self.parts:
            one = part.value(known, unknown)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer


Node = Atom | Not | All | AnyOf


def atoms_of(node: Node) -> Iterable[Atom]:
    """Every single test of a condition, from left to right."""
    if isinstance(node, Atom):
        yield node
    elif isinstance(node, Not):
        yield from atoms_of(node.part)
    else:
        for part in node.parts:
            yield from atoms_of(part)


def alternatives(node: Node, most: int) -> list[tuple[Atom, ...]]:
    """The condition as alternatives, each of tests that hold together ("and" inside, "or" between).

    Raises ValueError when it says "not", or when there are more than `most` alternatives.
    """
    if isinstance(node, Atom):
        return [(node,)]
    if isinstance(node, Not):
        raise ValueError("a condition that says “not” has no alternatives")
    found: list[tuple[Atom, ...]] = [] if isinstance(node, AnyOf) else [()]
    for part in node.parts:
        inner = alternatives(part, most)
        found = [*found, *inner] if isinstance(node, AnyOf) else [(*one, *two) for one in found for two in inner[:most]]
        if len(found) > most:
            raise ValueError("too many alternatives")
    return found


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that was read and checked.

    >>> from sop.guards import parse
    >>> fields = {"age": Field("age", FieldKind.ENUM, ("minor", "adult")), "urgent": Field("urgent", FieldKind.BOOL)}
    >>> guard = parse("age == minor or urgent", fields)
    >>> guard.evaluate({"age": "adult", "urgent": False}), guard.evaluate({"age": "adult"})
    (False, None)
    """

    text: str
    fields: frozenset[str]
    positive: bool = field(compare=False)
    """No `not`, `!=` or `not in`: more facts answered "yes" can only make it true."""
    declared: Fields = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)
    atoms: tuple[Atom, ...] = field(repr=False, compare=False)

    def evaluate(self, facts: Mapping[str, Any], unknown: Unknown | None = None) -> bool | None:
        """True, False, or None when a fact that would settle it is missing or outside its domain.

        `unknown`, when given, answers each single test whose field is unknown (triage counts them as yes or no).
        """
        return self.node.value(self._known(facts), unknown)

    def missing(self, facts: Mapping[str, Any]) -> frozenset[str]:
        """Fields of this guard that `facts` does not settle."""
        known = self._known(facts)
        return frozenset(atom.name for atom in self.atoms if atom.key not in known)

    def _known(self, facts: Mapping[str, Any]) -> dict[Key, Value]:
        known: dict[Key, Value] = {}
        for atom in self.atoms:
            value = facts.get(atom.name)
            if isinstance(atom.key, tuple):
                if isinstance(value, (list, tuple, set, frozenset)):
                    known[atom.key] = atom.key[1] in value
            elif value is not None and self.declared[atom.name].accepts(value):
                known[atom.key] = value
        return known

    def __str__(self) -> str:
        return self.text
