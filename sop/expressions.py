"""The language of form logic: XPath 1.0 operators and the ODK functions that forms really use.

An expression is parsed once into the small typed tree of `sop.nodes`. The tree is kept as JSON (`to_json`,
`from_json`), so that any evaluator, in any language, walks the same thing; `sop.evaluation` is the Python one.

>>> to_json(parse("${age} < 18 and not(selected(., 'none'))"))
['and', ['<', ['answer', 'age'], ['number', 18.0]], ['not', ['selected', ['here'], ['text', 'none']]]]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sop.nodes import (
    Answer,
    Call,
    Column,
    Each,
    Here,
    Node,
    Nth,
    Number,
    Text,
    answers_used,
    below,
    from_json,
    reads_clock,
    to_json,
    walk,
)
from sop.vocabulary import N_, Message

__all__ = [
    "FUNCTIONS",
    "Answer",
    "Call",
    "Column",
    "Each",
    "ExpressionError",
    "Here",
    "Node",
    "Nth",
    "Number",
    "Text",
    "answers_used",
    "from_json",
    "parse",
    "reads_clock",
    "to_json",
    "walk",
]

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_HEIGHT = 150
"""Bounds on brackets within brackets, and on the height of the tree (a chain of 150 `or` is that high)."""

FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "boolean": (1, 1),
    "boolean-from-string": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, 40),
    "contains": (2, 2),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "date-time": (1, 1),
    "decimal-date-time": (1, 1),
    "decimal-time": (1, 1),
    "ends-with": (2, 2),
    "exp": (1, 1),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "format-date-time": (2, 2),
    "if": (3, 3),
    "indexed-repeat": (3, 9),
    "int": (1, 1),
    "join": (2, 40),
    "log": (1, 1),
    "log10": (1, 1),
    "max": (1, 40),
    "min": (1, 40),
    "normalize-space": (0, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (0, 1),
    "once": (1, 1),
    "pi": (0, 0),
    "position": (1, 1),
    "pow": (2, 2),
    "pulldata": (4, 4),
    "random": (0, 0),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "sqrt": (1, 1),
    "starts-with": (2, 2),
    "string": (0, 1),
    "string-length": (0, 1),
    "substr": (2, 3),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
    "uuid": (0, 0),
}
"""Function -> least and most arguments."""
COUNTED = {"count": 0, "count-non-empty": 0, "sum": 0, "join": 1}
"""Functions of all answers of a repeat -> the first argument that means all of them."""

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


TOKEN = re.compile(
    r"""\s*(?:
      (?P<answer>\$\{\s*[^\W\d][\w.-]*\s*\})
    | (?P<number>\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<operator><=|>=|!=|[-+*=<>(),])
    | (?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)
    | (?P<parent>\.\.(?:/\.\.){0,20}(?=\s*\)))
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
        level = [argument for part in level for argument in below(part)]
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
        if token.text == "position":
            return self.position()
        arguments = self.arguments()
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            text = N_("Character %(position)d: %(name)s() takes %(least)d to %(most)d values, not %(count)d.")
            raise ExpressionError(text, token.position, name=token.text, least=least, most=most, count=len(arguments))
        return _call(token, arguments)

    def arguments(self) -> list[Node]:
        found: list[Node] = []
        while not self.at(")"):
            if found:
                self.expect(",")
            found.append(self.binary(0))
        self.take()
        return found

    def position(self) -> Node:
        """`position(..)`: how many levels up is said only when it is more than one."""
        token = self.take()
        if token.kind != "parent":
            raise ExpressionError(N_("Character %(position)d: only position(..) is supported."), token.position)
        self.expect(")")
        levels = token.text.count("..")
        return Call("position", (Number(float(levels)),) if levels > 1 else ())


def _call(token: Token, arguments: list[Node]) -> Node:
    """The call, with what stands for all answers of a repeat, or for one of them, in its own leaf."""
    if token.text == "indexed-repeat":
        return _nth(token, arguments)
    first = COUNTED.get(token.text, len(arguments))
    meant = [Each(part.name) if isinstance(part, Answer) else part for part in arguments[first:]]
    if token.text in COUNTED and token.text != "join" and not isinstance(meant[0], Each):
        text = N_("Character %(position)d: %(name)s() takes one question or repeat, written ${name}.")
        raise ExpressionError(text, token.position, name=token.text)
    return Call(token.text, (*arguments[:first], *meant))


def _nth(token: Token, arguments: list[Node]) -> Node:
    asked, rest = arguments[0], arguments[1:]
    repeats = [part.name for part in rest[::2] if isinstance(part, Answer)]
    if not isinstance(asked, Answer) or len(rest) % 2 or len(repeats) * 2 != len(rest):
        text = N_("Character %(position)d: indexed-repeat(${question}, ${repeat}, number) is expected.")
        raise ExpressionError(text, token.position)
    return Nth(asked.name, tuple(rest[1::2]), tuple(repeats))
