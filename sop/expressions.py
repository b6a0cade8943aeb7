"""The language of form logic: XPath 1.0 operators and the ODK functions that forms really use.

An expression is parsed once into a small typed tree made of the six node classes below. The tree is kept as JSON
(`to_json`, `from_json`), so that any evaluator, in any language, walks the same thing;
`sop.evaluation` is the Python one.

>>> to_json(parse("${age} < 18 and not(selected(., 'none'))"))
['and', ['<', ['answer', 'age'], ['number', 18.0]], ['not', ['selected', ['here'], ['text', 'none']]]]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sop.vocabulary import N_, Message

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_HEIGHT = 150
"""Bounds on brackets within brackets, and on the height of the tree (a chain of 150 `or` is that high)."""

FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, 40),
    "contains": (2, 2),
    "count-selected": (1, 1),
    "date": (1, 1),
    "date-time": (1, 1),
    "decimal-date-time": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "if": (3, 3),
    "int": (1, 1),
    "max": (1, 40),
    "min": (1, 40),
    "normalize-space": (0, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (0, 1),
    "pow": (2, 2),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (0, 1),
    "string-length": (0, 1),
    "substr": (2, 3),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
}
"""Function -> least and most arguments."""

LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
"""Binary operators, from the loosest to the tightest; all group to the left."""
OPERATORS = frozenset(name for level in LEVELS for name in level)


class ExpressionError(ValueError):
    """The expression cannot be read; `message` says why, `position` counts characters from 1."""

    def __init__(self, text: str, position: int, **values: Any) -> None:
        self.message = Message("EXPRESSION", text, {"position": position, **values})
        self.position = position
        super().__init__(str(self.message))


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
class Call:
    """An operator or a function with its arguments; unary minus is `negate`."""

    name: str
    arguments: tuple[Node, ...]


Node = Number | Text | Answer | Here | Column | Call
CLOCK = frozenset({"today", "now", "random", "uuid"})

TOKEN = re.compile(
    r"""\s*(?:
      (?P<answer>\$\{\s*[A-Za-z_][\w.-]*\s*\})
    | (?P<number>\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<operator><=|>=|!=|[-+*=<>(),])
    | (?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)
    | (?P<here>\.(?!\.))
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the expression and where it starts (from 1)."""

    kind: str
    text: str
    position: int


def parse(source: str, *, columns: bool = False) -> Node:
    """Parse `source`; bare names are allowed only in choice filters (`columns=True`). Raises `ExpressionError`."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(N_("The expression is longer than %(most)d characters."), MAX_LENGTH, most=MAX_LENGTH)
    parser = _Parser(_tokens(source.replace("\u00a0", " ")), len(source) + 1, columns)
    node = parser.binary(0)
    parser.end()
    if _height(node) > MAX_HEIGHT:
        raise ExpressionError(
            N_("The expression has more than %(most)d operations in a row."), len(source), most=MAX_HEIGHT
        )
    return node


def _height(node: Node) -> int:
    height, level = 0, [node]
    while level:
        height += 1
        level = [argument for part in level if isinstance(part, Call) for argument in part.arguments]
    return height


def _tokens(source: str) -> list[Token]:
    """Cut the source; `div`, `mod`, `and`, `or` are operators only after an operand (XPath 1.0, §3.7)."""
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        found = TOKEN.match(source, position)
        if found is None:
            if not source[position:].strip():
                break
            gap = len(source[position:]) - len(source[position:].lstrip())
            text = N_("Character %(position)d: “%(piece)s” is not understood here.")
            raise ExpressionError(text, position + gap + 1, piece=source[position + gap])
        kind = found.lastgroup or ""
        text = found.group(kind)
        if kind == "name" and text in {"div", "mod", "and", "or"} and _ends_operand(tokens):
            kind = "operator"
        tokens.append(Token(kind, text, found.start(kind) + 1))
        position = found.end()
    return tokens


def _ends_operand(tokens: list[Token]) -> bool:
    return bool(tokens) and (tokens[-1].kind != "operator" or tokens[-1].text == ")")


class _Parser:
    """Precedence climbing over the tokens."""

    def __init__(self, tokens: list[Token], length: int, columns: bool) -> None:
        self.tokens = tokens
        self.next = 0
        self.length = length
        self.columns = columns
        self.depth = 0

    def peek(self) -> Token:
        return self.tokens[self.next] if self.next < len(self.tokens) else Token("end", "", self.length)

    def take(self) -> Token:
        token = self.peek()
        self.next += 1
        return token

    def at(self, *texts: str) -> bool:
        token = self.peek()
        return token.kind == "operator" and token.text in texts

    def expect(self, text: str) -> None:
        if not self.at(text):
            wanted = N_("Character %(position)d: “%(piece)s” is expected.")
            raise ExpressionError(wanted, self.peek().position, piece=text)
        self.take()

    def end(self) -> None:
        token = self.peek()
        if token.kind != "end":
            text = N_("Character %(position)d: “%(piece)s” is not expected here.")
            raise ExpressionError(text, token.position, piece=token.text)

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.at(*LEVELS[level]):
            operator = self.take().text
            left = Call(operator, (left, self.binary(level + 1)))
        return left

    def unary(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(N_("Character %(position)d: too many levels."), self.peek().position)
        if self.at("-"):
            self.take()
            node: Node = Call("negate", (self.unary(),))
        else:
            node = self.primary()
        self.depth -= 1
        return node

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "text":
            return Text(token.text[1:-1])
        if token.kind == "answer":
            return Answer(token.text[2:-1].strip())
        if token.kind == "here":
            return Here()
        if token.kind == "name":
            return self.name(token)
        if token.text == "(":
            node = self.binary(0)
            self.expect(")")
            return node
        if not token.text:
            raise ExpressionError(N_("Character %(position)d: the expression stops too early."), token.position)
        text = N_("Character %(position)d: a value is expected, not “%(piece)s”.")
        raise ExpressionError(text, token.position, piece=token.text)

    def name(self, token: Token) -> Node:
        if not self.at("("):
            if self.columns:
                return Column(token.text)
            text = N_("Character %(position)d: “%(name)s” is not known; a question is written ${%(name)s}.")
            raise ExpressionError(text, token.position, name=token.text)
        if token.text not in FUNCTIONS:
            text = N_("Character %(position)d: the function %(name)s() is not supported.")
            raise ExpressionError(text, token.position, name=token.text)
        self.take()
        arguments: list[Node] = []
        while not self.at(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.binary(0))
        self.take()
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            text = N_("Character %(position)d: %(name)s() takes %(least)d to %(most)d values, not %(count)d.")
            raise ExpressionError(text, token.position, name=token.text, least=least, most=most, count=len(arguments))
        return Call(token.text, tuple(arguments))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it."""
    yield node
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from walk(argument)


def answers_used(node: Node) -> frozenset[str]:
    """Names of the questions that the expression reads.

    >>> sorted(answers_used(parse("${a} + ${b} > ${a}")))
    ['a', 'b']
    """
    return frozenset(part.name for part in walk(node) if isinstance(part, Answer))


def reads_clock(node: Node) -> bool:
    """Whether the value may change while the answers do not.

    >>> reads_clock(parse("${born} > today()")), reads_clock(parse("${a} = 'x'"))
    (True, False)
    """
    return any(isinstance(part, Call) and part.name in CLOCK for part in walk(node))


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
    return Call(str(kind).removesuffix("()"), tuple(from_json(argument) for argument in rest))
