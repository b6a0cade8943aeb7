"""The guard language: conditions a committee can read, over declared fields with finitely many values.

    age_band in [minor, doubtful]
    response == declined and attempts < 3
    RET in needs and nationality == foreign and not ASI in needs

Nothing is ever executed: the text is cut into words, read by a small grammar and checked against the declared fields.
Missing facts make an answer unknown (None), never false. Because every field is finite, `sop.proofs.find` can
prove that a set of conditions can or cannot hold together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sop.conditions import All, AnyOf, Atom, Field, FieldKind, Fields, Guard, Node, Not, Value, atoms_of
from sop.vocabulary import N_, Message

__all__ = [
    "Field",
    "FieldKind",
    "Fields",
    "Guard",
    "GuardError",
    "GuardSyntax",
    "UnknownField",
    "UnknownValue",
    "parse",
]

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 40


class GuardError(ValueError):
    """A guard that cannot be read; `message` says why, `place` is the column (from 1)."""

    code = "GUARD_SYNTAX"

    def __init__(self, text: str, place: int = 1, **values: Any) -> None:
        self.message = Message(self.code, text, {"column": place, **values})
        self.place = place
        super().__init__(str(self.message))


class GuardSyntax(GuardError):
    """The text is not in the language."""


class UnknownField(GuardError):
    """The guard names a field that is not declared."""

    code = "GUARD_UNKNOWN_FIELD"


class UnknownValue(GuardError):
    """The guard names a value that the field cannot take."""

    code = "GUARD_UNKNOWN_VALUE"


# --- reading ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>-?\d{1,9}(?![\w.]))|(?P<sign>==|!=|<=|>=|[=<>(),\[\]]))"
)
_RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


_FIELD, _VALUE = "field", "value"
_EXPECTED: Final[dict[str, tuple[str, str]]] = {
    _FIELD: (
        N_("the condition ends too early: the name of a field is expected"),
        N_("“%(found)s” (column %(column)d) cannot stand here: the name of a field is expected"),
    ),
    _VALUE: (
        N_("the condition ends too early: a value is expected"),
        N_("“%(found)s” (column %(column)d) cannot stand here: a value is expected"),
    ),
    "": (
        N_("the condition ends too early: “%(wanted)s” is expected"),
        N_("“%(found)s” (column %(column)d) cannot stand here: “%(wanted)s” is expected"),
    ),
}
"""What a reader expected -> the sentence at the end of the text, and before."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise GuardSyntax(N_("the condition is longer than %(limit)d characters"), 1, limit=MAX_LENGTH)
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise GuardSyntax(
                N_("“%(sign)s” (column %(column)d) is not allowed in a condition"), place + 1, sign=text[place]
            )
        kind = str(match.lastgroup)
        found.append(_Token(kind, match.group(kind), match.start(kind) + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Reader:
    """Recursive descent over the tokens; depth is bounded."""

    def __init__(self, text: str, fields: Fields) -> None:
        self.tokens, self.fields, self.at, self.depth, self.positive = _tokens(text), fields, 0, 0, True

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> bool:
        if self.next.kind != "end" and self.next.text in texts:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.surprise(text)

    def surprise(self, wanted: str) -> GuardSyntax:
        found = self.next
        at_end, inside = _EXPECTED.get(wanted, _EXPECTED[""])
        if found.kind == "end":
            return GuardSyntax(at_end, found.place, wanted=wanted)
        return GuardSyntax(inside, found.place, found=found.text, wanted=wanted)

    def whole(self) -> Node:
        node = self.any_of()
        if self.next.kind != "end":
            raise self.surprise("and")
        return node

    def any_of(self) -> Node:
        parts = [self.all_of()]
        while self.take("or"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Node:
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise GuardSyntax(N_("the condition is nested more than %(limit)d deep"), self.next.place, limit=MAX_DEPTH)
        try:
            if self.take("not"):
                self.positive = False
                return Not(self.one())
            if self.take("("):
                node = self.any_of()
                self.expect(")")
                return node
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Node:
        word = self.word()
        if self.take("in"):
            return self.list_test(word) if self.next.text == "[" else self.member_test(word)
        if self.next.text == "not":
            self.at += 1
            self.expect("in")
            self.positive = False
            return Not(self.list_test(word) if self.next.text == "[" else self.member_test(word))
        known = self.field(word)
        for sign in ("==", "=", "!=", "<=", ">=", "<", ">"):
            if self.take(sign):
                return self.comparison(known, "==" if sign == "=" else sign, word)
        if known.kind is not FieldKind.BOOL:
            raise GuardSyntax(
                N_("“%(field)s” (column %(column)d) is not a yes/no field: compare it with a value"),
                word.place,
                field=known.name,
            )
        return Atom(known.name, known.name, "== True", lambda value: value is True)

    def word(self) -> _Token:
        token = self.next
        if token.kind != "word" or token.text in _RESERVED:
            raise self.surprise(_FIELD)
        self.at += 1
        return token

    def field(self, token: _Token) -> Field:
        if token.text not in self.fields:
            raise UnknownField(
                N_("“%(field)s” (column %(column)d) is not a declared field"), token.place, field=token.text
            )
        return self.fields[token.text]

    def constant(self, known: Field) -> Value:
        token = self.next
        value: Value = token.text
        if token.kind == "number":
            value = int(token.text)
        elif token.kind != "word" or token.text in _RESERVED - {"true", "false"}:
            raise self.surprise(_VALUE)
        elif token.text in ("true", "false"):
            value = token.text == "true"
        self.at += 1
        if not known.accepts(value):
            raise UnknownValue(
                N_("“%(value)s” (column %(column)d) is not a value of the field “%(field)s”"),
                token.place,
                value=token.text,
                field=known.name,
            )
        return value

    def comparison(self, known: Field, sign: str, word: _Token) -> Node:
        if known.kind is FieldKind.SET or (sign not in ("==", "!=") and known.kind is not FieldKind.INT):
            raise GuardSyntax(
                N_("“%(sign)s” cannot be used with the field “%(field)s” (column %(column)d)"),
                word.place,
                sign=sign,
                field=known.name,
            )
        value, compare = self.constant(known), _COMPARE[sign]
        self.positive = self.positive and sign != "!="
        points = (value,) if isinstance(value, int) and not isinstance(value, bool) else ()
        return Atom(known.name, known.name, f"{sign} {value}", lambda fact: compare(fact, value), points)

    def list_test(self, word: _Token) -> Node:
        known = self.field(word)
        if known.kind is FieldKind.SET:
            raise GuardSyntax(
                N_("“%(sign)s” cannot be used with the field “%(field)s” (column %(column)d)"),
                word.place,
                sign="in […]",
                field=known.name,
            )
        self.expect("[")
        values = [self.constant(known)]
        while self.take(","):
            values.append(self.constant(known))
        self.expect("]")
        allowed = frozenset(values)
        points = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
        text = f"in {sorted(map(str, allowed))}"
        return Atom(known.name, known.name, text, lambda fact: fact in allowed, points)

    def member_test(self, member: _Token) -> Node:
        known = self.field(self.word())
        if known.kind is not FieldKind.SET:
            raise GuardSyntax(
                N_("“%(field)s” (column %(column)d) is not a list of several values"), member.place, field=known.name
            )
        if not known.accepts(member.text):
            raise UnknownValue(
                N_("“%(value)s” (column %(column)d) is not a value of the field “%(field)s”"),
                member.place,
                value=member.text,
                field=known.name,
            )
        return Atom(known.name, (known.name, member.text), "held", lambda held: held is True)


def parse(text: str, fields: Fields) -> Guard:
    """Read a condition; raises GuardSyntax, UnknownField or UnknownValue, each with the column.

    >>> fields = {"needs": Field("needs", FieldKind.SET, ("MED", "ASI"))}
    >>> parse("MED in needs and not ASI in needs", fields).evaluate({"needs": ["MED"]})
    True
    >>> parse("__import__('os').system('id')", fields)
    Traceback (most recent call last):
    ...
    sop.guards.GuardSyntax: “'” (column 12) is not allowed in a condition
    """
    reader = _Reader(text, fields)
    node = reader.whole()
    atoms = tuple(atoms_of(node))
    used = frozenset(atom.name for atom in atoms)
    return Guard(text.strip(), used, reader.positive, {name: fields[name] for name in used}, node, atoms)
