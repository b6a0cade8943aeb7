"""Evaluates the trees of `sop.expressions`: XPath 1.0 conversions, ODK functions, dates as days since 1 January 1970.

An unanswered question reads as the empty text, so it equals '' and is not a number: `${age} < 18` is false while the
age is unknown.

>>> from sop.expressions import parse
>>> scope = Scope({"born": date(2010, 5, 1)}, today=date(2026, 5, 1), now=datetime(2026, 5, 1, 12))
>>> evaluate(parse("int((today() - ${born}) div 365.25)"), scope)
16.0
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any, Protocol
from uuid import uuid4

from sop.functions import CALLS, MAX_TEXT, EvaluationError, Value, to_boolean, to_number, to_text
from sop.nodes import Answer, Call, Column, Each, Here, Node, Nth


class Answers(Protocol):
    """The answers as seen from one place of the form; a mapping is enough where nothing repeats."""

    def get(self, name: str, otherwise: Value, /) -> Value:
        """The answer to a question: in the same instance, then outward; from outside, in the first instance."""
        ...


class Repeated(Answers, Protocol):
    """The answers as seen from one place of a form with repeats."""

    def each(self, name: str) -> Sequence[Value]:
        """All answers to a question within the innermost repeat in common ("" where it is not answered).

        For a repeat: one value for each of its instances.
        """
        ...

    def nth(self, name: str, indexes: Sequence[float]) -> Value:
        """The answer in the instance at these positions (from 1), or ""."""
        ...

    def position(self, repeat: str) -> int:
        """Number (from 1) of the instance one stands in, of the innermost repeat or of the one named; 0: in none."""
        ...


class Tables(Protocol):
    """The files that pulldata() looks into."""

    def pull(self, file: str, column: str, key: str, value: str) -> str:
        """The column of the first row whose `key` column holds the value, or ""."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may see: answers, the answer in hand, the choice under test, and the clock.

    `place`: the answers of a form with repeats, `present`: what the question of the expression holds so far.
    """

    answers: Answers
    today: date
    now: datetime
    here: Value = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    place: Repeated | None = None
    tables: Tables | None = None
    present: Value = ""


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of `node`: text, number, boolean, date or time."""
    if isinstance(node, Call):
        return _call(node, scope)
    if isinstance(node, Answer):
        return scope.answers.get(node.name, "")
    if isinstance(node, Here):
        return scope.here
    if isinstance(node, Column):
        return scope.columns.get(node.name, "")
    if isinstance(node, Each):
        return next(iter(_each(node, scope)), "")
    if isinstance(node, Nth):
        return _nth(node, scope)
    return node.value


def _each(node: Each, scope: Scope) -> Sequence[Value]:
    if scope.place is not None:
        return scope.place.each(node.name)
    return [scope.answers.get(node.name, "")]


def _nth(node: Nth, scope: Scope) -> Value:
    if scope.place is None:
        return scope.answers.get(node.name, "")
    return scope.place.nth(node.name, [to_number(evaluate(index, scope)) for index in node.indexes])


def is_true(node: Node, scope: Scope) -> bool:
    """The value as a boolean."""
    return to_boolean(evaluate(node, scope))


def _call(node: Call, scope: Scope) -> Value:
    name, arguments = node.name, node.arguments
    if name == "and":
        return is_true(arguments[0], scope) and is_true(arguments[1], scope)
    if name == "or":
        return is_true(arguments[0], scope) or is_true(arguments[1], scope)
    if name == "if":
        return evaluate(arguments[1 if is_true(arguments[0], scope) else 2], scope)
    if name in OF_THE_PLACE:
        return OF_THE_PLACE[name](scope, arguments)
    values = _values(arguments, scope)
    if not values and name in {"string", "number", "string-length", "normalize-space"}:
        values = [scope.here]
    result = CALLS[name](*values)
    if isinstance(result, str) and len(result) > MAX_TEXT:
        raise EvaluationError(f"{name}() makes a text longer than {MAX_TEXT} characters")
    return result


def _values(arguments: Sequence[Node], scope: Scope) -> list[Value]:
    if not any(isinstance(argument, Each) for argument in arguments):
        return [evaluate(argument, scope) for argument in arguments]
    parts = (_each(one, scope) if isinstance(one, Each) else (evaluate(one, scope),) for one in arguments)
    return list(chain.from_iterable(parts))


def _position(scope: Scope, arguments: Sequence[Node]) -> Value:
    if scope.place is None:
        return 1.0
    return float(scope.place.position(to_text(evaluate(arguments[0], scope)) if arguments else ""))


def _pulldata(scope: Scope, arguments: Sequence[Node]) -> Value:
    parts: Any = [to_text(evaluate(argument, scope)) for argument in arguments]
    return scope.tables.pull(*parts) if scope.tables is not None else ""


def _once(scope: Scope, arguments: Sequence[Node]) -> Value:
    return scope.present if scope.present != "" else evaluate(arguments[0], scope)


OF_THE_PLACE: dict[str, Callable[[Scope, Sequence[Node]], Value]] = {
    "once": _once,
    "position": _position,
    "pulldata": _pulldata,
    "random": lambda *_: random.random(),  # noqa: S311  the form's own lot, no secret
    "today": lambda scope, _: scope.today,
    "now": lambda scope, _: scope.now,
    "uuid": lambda *_: str(uuid4()),
}
"""Functions that ask more than ready values."""
