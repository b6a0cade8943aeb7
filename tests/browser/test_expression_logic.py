"""Expressions in the browser against those of the server: same tree and answers in, same value out."""

# ruff: noqa: E501, DTZ001

from __future__ import annotations

import json
import math
import random
from datetime import date, datetime, time
from typing import Any

import pytest

from sop.evaluation import EvaluationError, Scope, evaluate
from sop.expressions import COUNTED, FUNCTIONS, OPERATORS
from sop.functions import Value, to_text
from sop.nodes import from_json

LOTS = {"random", "uuid"}
OF_PLACES = {"indexed-repeat", "position", "pulldata"}
WORK_OUT = """cases => cases.map(([tree, known, clock]) => {
  const place = { get: name => known[name] ?? "" };
  let value;
  try { value = MNRTrees.evaluate(tree, { place, present: "", alone: true, here: known.here, columns: { name: "c" }, clock: MNRForm.clockOn(clock) }); }
  catch (error) { return error.constructor.name === "Failed" ? "failed" : "thrown " + error; }
  return [typeof value === "object" ? "date" : typeof value, MNRValues.toText(value)];
})"""


TEXTS = [
    "", " ", "0", "-0", "5", " 7 ", "-3.5", ".5", "5.", "1e3", "abc", "é", "😀a😀", "a b  c", "true", "2026-01-31", "2024-02-29", "2023-02-29",
    "2026-01-31T23:59:59", "2026-01-31 08:30", "08:30", "08:30:15.25+01:00", "20260131", "0000-01-01", "[a-z]+", "(a+)+b", "(){9}", "\\p{L}*", "a{2,", "%Y-%m-%d %H:%M:%S %n %e %q",
    "\u0085x", "\ufeffx", "9" * 320, "constructor", "x" * 3000, ".*", "[^\\d]{1,100}", "((((){99}){99}){99}){99}",
]  # fmt: skip
NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.5,
    -2.5,
    0.1,
    1e-7,
    2.0**-21,
    5e-324,
    1e15,
    1e16,
    1e21,
    1e300,
    1.7e308,
    20000.75,
    -719163.0,
    2932897.0,
    3.0,
    1 / 3,
]
VALUES: dict[str, Value] = {
    "text": "Awa 7", "number": 12.5, "day": date(2024, 2, 29), "moment": datetime(2026, 11, 28, 23, 59, 59), "hour": time(6, 30, 1), "here": "a b", "none": "",
}  # fmt: skip
KNOWN = {
    "text": "Awa 7", "number": 12.5, "day": {"day": 19782}, "moment": {"day": 20785, "sec": 86399}, "hour": {"sec": 23401}, "here": "a b", "none": "",
}  # fmt: skip
CALLABLE = sorted((FUNCTIONS.keys() | OPERATORS) - LOTS - OF_PLACES)
LOOSE = {"exp", "log", "log10", "pow"}
"""Where the last binary digit depends on the library of the machine."""


def tree(chance: random.Random, depth: int) -> list[Any]:
    """A random tree that the parser could have made."""
    if depth == 0 or chance.random() < 0.2:
        leaves = [
            ["text", chance.choice(TEXTS)],
            ["number", chance.choice(NUMBERS)],
            ["answer", chance.choice(list(VALUES))],
            chance.choice(
                [["here"], ["column", "name"], ["column", "constructor"], ["each", "number"], ["today"], ["now"]]
            ),
        ]
        return chance.choice(leaves)
    name = chance.choice(CALLABLE)
    least, most = (2, 2) if name in OPERATORS else FUNCTIONS[name]
    parts = [tree(chance, depth - 1) for _ in range(chance.randint(least, min(most, 4)))]
    if name in COUNTED and name != "join":
        parts = [["each", chance.choice(list(VALUES))]]
    return ["number()" if name == "number" else name, *parts]


def worked_out(source: list[Any], now: datetime) -> Any:
    """What the server makes of a tree."""
    scope = Scope(VALUES, today=now.date(), now=now, here=VALUES["here"], columns={"name": "c"})
    try:
        value = evaluate(from_json(source), scope)
    except EvaluationError:
        return "failed"
    kind = (
        "boolean"
        if isinstance(value, bool)
        else "number"
        if isinstance(value, float)
        else "string"
        if isinstance(value, str)
        else "date"
    )
    return [kind, to_text(value)]


def close(one: Any, other: Any) -> bool:
    """The same value; numbers as near as two libraries of mathematics are."""
    if one == other:
        return True
    if "failed" in (one, other) or one[0] != other[0] or one[0] != "number":
        return False
    return math.isclose(float(one[1]), float(other[1]), rel_tol=1e-12)


def names(source: Any) -> set[str]:
    """Every function in a tree."""
    return {source[0]}.union(*(names(part) for part in source[1:])) if isinstance(source, list) else set()


@pytest.mark.parametrize("count", [3000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_both_sides_work_out_the_same_from_random_expressions(page: Any, count: int) -> None:
    chance = random.Random(count)  # noqa: S311
    trees = [tree(chance, chance.randint(1, 4)) for _ in range(count)]
    trees = [one for one in trees if not (names(one) & LOOSE and len(names(one)) > 3)]
    now = datetime(2026, 3, 10, 18, 0, 7)
    cases = [[one, KNOWN, {"now": now.isoformat()}] for one in trees]
    got = page.evaluate("text => (" + WORK_OUT + ")(JSON.parse(text))", json.dumps(cases))
    wrong = [
        (one, theirs, ours)
        for one, theirs in zip(trees, got, strict=True)
        if not close(theirs, ours := worked_out(one, now))
    ]
    assert not wrong, (len(wrong), [str(one)[:600] for one in wrong[:8]])
