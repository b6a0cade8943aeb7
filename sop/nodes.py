"""The tree of form logic: seven leaves and one kind of call, kept as JSON; any evaluator, in any language, walks it.

>>> to_json(Call("sum", (Each("age"),)))
['sum', ['each', 'age']]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the expression."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to another question: `${name}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Here:
    """The answer to the question itself: `.`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the choice under test in a choice filter: a bare name."""

    name: str


@dataclass(frozen=True, slots=True)
class Each:
    """All answers to a question inside a repeat, or all instances of a repeat; only as an argument of a call.

    All of them within the innermost repeat that holds both the expression and the name.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Nth:
    """`indexed-repeat()`: the answer in the instance at these positions (from 1), outermost repeat first.

    Fewer positions than repeats around the question: the outer instances are those one stands in. `repeats` are the
    repeats as the source names them; a compiled form has put the positions in their order and holds none.
    """

    name: str
    indexes: tuple[Node, ...]
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with its arguments; unary minus is `negate`."""

    name: str
    arguments: tuple[Node, ...]


Node = Number | Text | Answer | Here | Column | Each | Nth | Call
CLOCK = frozenset({"today", "now", "random", "uuid"})
"""Functions whose value changes while the answers do not."""
ELSEWHERE = frozenset({"once", "position"})
"""Functions whose value depends on where they stand."""


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it."""
    yield node
    for argument in below(node):
        yield from walk(argument)


def below(node: Node) -> tuple[Node, ...]:
    """What stands directly under a node."""
    if isinstance(node, Call):
        return node.arguments
    return node.indexes if isinstance(node, Nth) else ()


def answers_used(node: Node) -> frozenset[str]:
    """Names of the questions that the expression reads.

    >>> sorted(answers_used(Call("+", (Answer("b"), Answer("a")))))
    ['a', 'b']
    """
    return frozenset(part.name for part in walk(node) if isinstance(part, Answer | Each | Nth))


def calls(node: Node, names: frozenset[str]) -> bool:
    """Whether one of the functions is called anywhere in it."""
    return any(isinstance(part, Call) and part.name in names for part in walk(node))


def reads_clock(node: Node) -> bool:
    """Whether the value may change while the answers do not.

    >>> reads_clock(Call("today", ())), reads_clock(Answer("a"))
    (True, False)
    """
    return calls(node, CLOCK)


def depends_on_more(node: Node) -> bool:
    """Whether the value depends on more than the answers that it reads and the choice in hand."""
    return any(isinstance(part, Each | Nth | Here) for part in walk(node)) or calls(node, CLOCK | ELSEWHERE)


def to_json(node: Node) -> list[Any]:
    """The tree as nested lists: `[operator or function, argument…]`, or a leaf; only number() keeps its brackets."""
    if isinstance(node, Number):
        return ["number", node.value]
    if isinstance(node, Text):
        return ["text", node.value]
    if isinstance(node, Answer):
        return ["answer", node.name]
    if isinstance(node, Here):
        return ["here"]
    if isinstance(node, Column):
        return ["column", node.name]
    if isinstance(node, Each):
        return ["each", node.name]
    if isinstance(node, Nth):
        return ["nth", node.name, *map(to_json, node.indexes)]
    name = node.name + "()" if node.name in {"number"} else node.name
    return [name, *(to_json(argument) for argument in node.arguments)]


def from_json(tree: list[Any]) -> Node:
    """The inverse of `to_json`.

    >>> from_json(["+", ["number", 1.0], ["number()", ["here"]]])
    Call(name='+', arguments=(Number(value=1.0), Call(name='number', arguments=(Here(),))))
    """
    kind, *rest = tree
    if kind == "number":
        return Number(float(rest[0]))
    if kind == "text":
        return Text(str(rest[0]))
    if kind == "answer":
        return Answer(str(rest[0]))
    if kind == "here":
        return Here()
    if kind == "column":
        return Column(str(rest[0]))
    if kind == "each":
        return Each(str(rest[0]))
    if kind == "nth":
        return Nth(str(rest[0]), tuple(map(from_json, rest[1:])))
    return Call(str(kind).removesuffix("()"), tuple(from_json(argument) for argument in rest))
