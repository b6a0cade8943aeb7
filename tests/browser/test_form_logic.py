"""The form logic of the browser against that of the server: same trees and answers in, same outcome out."""

# ruff: noqa: E501, DTZ001

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from referral.foundation.assets import LOGIC
from sop.bundle import MESSAGES, bundle
from sop.evaluation import EvaluationError, Scope, evaluate
from sop.expressions import COUNTED, FUNCTIONS, OPERATORS
from sop.forms import Form, compile_form, load_form
from sop.functions import Value, to_text
from sop.nodes import from_json

STATIC = Path(__file__).parents[2] / "static"
LOTS = {"random", "uuid"}
OF_PLACES = {"indexed-repeat", "position", "pulldata"}

ASK = """cases => cases.map(([form, answers, clock]) => {
  const compiled = window.forms[form], state = compiled.evaluate(answers, clock);
  const texts = (state) => [...state].sort();
  return [texts(state.relevant), texts(state.required), JSON.parse(JSON.stringify(state.values)),
    Object.fromEntries([...state.errors].map(([path, error]) => [path, [error.code, error.values]])),
    Object.fromEntries([...state.choices].map(([path, found]) => [path, found.map(one => one.name)])),
    compiled.applicable(state).map(screen => screen.name), compiled.initial(clock)];
})"""
WORK_OUT = """cases => cases.map(([tree, known, clock]) => {
  const place = { get: name => known[name] ?? "" };
  let value;
  try { value = MNRForm.evaluate(tree, { place, here: known.here, columns: { name: "c" }, clock: MNRForm.clockOn(clock) }); }
  catch (error) { return error.constructor.name === "Failed" ? "failed" : "thrown " + error; }
  return [typeof value === "object" ? "date" : typeof value, MNRForm.toText(value)];
})"""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """A page that knows only the form logic."""
    page = chromium.new_page()
    for name in LOGIC:
        page.add_script_tag(path=str(STATIC / name))
    yield page
    page.close()


def typed_answer(chance: random.Random, form: Form, name: str) -> Any:
    """An answer to a question: mostly good, sometimes empty, odd or hostile."""
    question = form[name]
    codes = [choice.name for choice in form.options(question)] or ["x"]
    if chance.random() < 0.2:
        return chance.choice(ODD)
    good: dict[str, Any] = {
        "integer": chance.choice(["0", "7", 17, " 18 ", "-3", "1 200", 250, "1" * 10]),
        "decimal": chance.choice(["1,5", 0.1, "2.", ",5", "-0", 1e11, "12\u202f000,25"]),
        "date": chance.choice(["2012-02-29", "3/2/2012", "31.12.1999", "2026-11-28", "2013-02-29", "1899-01-01"]),
        "time": chance.choice(["08:30", "7h05", "23:59:59.9Z", "24:00", "12:5"]),
        "datetime": chance.choice(["2026-11-28T08:30", "2026-11-28 23:59:59+01:00", "2026-11-28", "2026-1-1 T7:30"]),
        "select_one": chance.choice(codes),
        "select_multiple": chance.sample(codes, chance.randint(0, min(4, len(codes)))),
        "acknowledge": chance.choice(["OK", True, False, "no", 1, 0, "maybe"]),
        "geopoint": chance.choice(["3.848 11.5", "3.8, 11.5", "91 0", "1 2 3 4 5", "-3.8 11.5 700"]),
        "image": chance.choice(["a.jpg", "../a", "..", "a:b", "é" * 201]),
    }
    kind = question.type.value
    return good.get(
        kind, chance.choice(["Awa", "  Aïssatou  Bello ", "699123456", "e\u0301cole", "😀" * 150, "7", "yes"])
    )


ODD: list[Any] = [
    None, "", "  ", [], ["a"], ["a", "b"], {}, {"a": 1}, True, False, 0, 1, -1, 3.5, 1e300, "\x00", "\ud800", "\u202eabc", "\u0085", "\ufeff",
    "x" * 50_001, "😀" * 201, "NaN", "Infinity", "1e5", "<b>", "=1+1", "constructor", "__proto__", "\x1c", "ﬁ", "Å", "x y  z", "1" * 400, [[]], [None],
]  # fmt: skip


def instance(chance: random.Random, form: Form, home: tuple[str, ...] = ()) -> dict[str, Any]:
    """Answers to the questions of one place, and of what repeats in it."""
    share = chance.choice([0.2, 0.6, 0.95])
    found = {
        one.name: typed_answer(chance, form, one.name) for one in form.questions_of(home) if chance.random() < share
    }
    for name in form.repeats_in(home):
        many = [instance(chance, form, (*home, name)) for _ in range(chance.choice([0, 0, 1, 2, 3]))]
        found[name] = chance.choice(ODD) if chance.random() < 0.1 else many
    return found


def clock(chance: random.Random) -> datetime:
    """A moment, often an odd one: the end of a year, 29 February, one second before midnight."""
    odd = [
        datetime(2023, 12, 31, 23, 59, 59),
        datetime(2024, 2, 29),
        datetime(2026, 3, 29, 2, 30),
        datetime(1970, 1, 1),
    ]
    return chance.choice([*odd, datetime(2026, 1, 1) + timedelta(seconds=chance.randrange(10**8))])


def server_side(form: Form, answers: Any, now: datetime) -> list[Any]:
    """What the server says, as JSON."""
    state = form.evaluate(answers, today=now.date(), now=now)
    found = [
        sorted(state.relevant),
        sorted(state.required),
        state.plain,
        {path: [error.code, dict(error.values)] for path, error in state.errors.items()},
        {path: [one.name for one in choices] for path, choices in state.choices.items()},
        [screen.name for screen in form.applicable(state)],
        form.initial(today=now.date(), now=now),
    ]
    return json.loads(json.dumps(found))


EVERYTHING = """
| survey |
|  | type | name | label | relevant | constraint | required | calculation | default | choice_filter | repeat_count | appearance |
|  | start | started | | | | | | | | | |
|  | today | day | | | | | | | | | |
|  | begin_group | one | One | | | | | | | | |
|  | text | head | Head | | regex(., '[A-Za-zÀ-ÿ ]{2,20}') | yes | | concat('A', 'b') | | | |
|  | integer | age | Age | | . >= 0 and . < 120 | ${head} != '' | | 5 | | | |
|  | integer | next | Next | | | | | ${age} + 1 | | | |
|  | date | born | Born | ${age} < 18 | . <= today() | | | today() - 3 | | | |
|  | time | hour | Hour | | | | | | | | |
|  | datetime | met | Met | | . <= now() | | | | | | |
|  | decimal | weight | Weight | | . > 0 | ${age} < 5 | | | | | |
|  | select_one yn | agrees | Agrees | | | yes | | | | | |
|  | select_multiple needs | needs | Needs | ${agrees} = 'yes' | count-selected(.) < 4 | | | | | | |
|  | select_one towns | town | Town | | | | | | region = ${head} or selected(${needs}, name) or ${age} > 20 | | minimal |
|  | acknowledge | read | Read | | | | | | | | |
|  | geopoint | place | Place | | | | | | | | |
|  | image | photo | Photo | | | | | | | | |
|  | phone number | phone | Phone | | string-length(.) >= 9 | | | | | | |
|  | text | story | Story | | | | | | | | multiline |
|  | calculate | minor | | | | | ${age} < 18 | | | | |
|  | calculate | ratio | | | | | ${weight} div ${age} | | | | |
|  | calculate | kept | | | | | once(concat(${head}, today())) | | | | |
|  | calculate | moment | | | | | date-time(${met}) | | | | |
|  | end_group | | | | | | | | | | |
|  | begin_repeat | members | Members | ${age} != 7 | | | | | | | |
|  | text | name | Name | | | ${agrees} = 'yes' | | concat('N', ${head}) | | | |
|  | integer | years | Years | | . <= ${age} | | | | | | |
|  | calculate | number | | | | | position(..) | | | | |
|  | note | hello | Hello | ${years} > 5 | | | | | | | |
|  | begin_repeat | phones | Phones | ${years} > 3 | | | | | | | |
|  | text | line | Line | | . != ${name} | | | | | | |
|  | calculate | mark | | | | | concat(${number}, '-', position(..), '-', ${line}) | | | | |
|  | end_repeat | | | | | | | | | | |
|  | calculate | lines | | | | | join(' ', ${mark}) | | | | |
|  | end_repeat | | | | | | | | | | |
|  | calculate | total | | | | | sum(${years}) | | | | |
|  | calculate | oldest | | | | | max(${years}) | | | | |
|  | calculate | how_many | | | | | count(${members}) | | | | |
|  | calculate | named | | | | | count-non-empty(${name}) | | | | |
|  | calculate | second | | | | | indexed-repeat(${name}, ${members}, 2) | | | | |
|  | calculate | deep | | | | | indexed-repeat(${line}, ${members}, ${age}, ${phones}, 1) | | | | |
|  | calculate | first | | | | | concat(string(${name}), ${line}) | | | | |
|  | begin_repeat | counted | Counted | | | | | | | ${age} div ${weight} | |
|  | text | word | Word | | | yes | | | | | |
|  | end_repeat | | | | | | | | | | |
| choices |
|  | list_name | name | label | region |
|  | yn | yes | Yes | |
|  | yn | no | No | |
|  | needs | a | A | |
|  | needs | b | B | |
|  | needs | c | C | |
|  | needs | d | D | |
|  | towns | a | A | Awa |
|  | towns | b | B | yes |
|  | towns | x | X | Awa |
"""


def compare_forms(page: Any, count: int, seed: int) -> None:
    """The same instances on both sides."""
    forms = [load_form(), compile_form(EVERYTHING, reference=False)]
    assert len(forms[1].warnings) == 0 or all(not one.blocks for one in forms[1].warnings), forms[1].warnings
    page.evaluate(
        "bundles => { window.forms = bundles.map(MNRForm.compile); }",
        [json.loads(json.dumps(bundle(form, "fr"))) for form in forms],
    )
    chance = random.Random(seed)  # noqa: S311
    cases, wanted = [], []
    for number in range(count):
        form, now = forms[number % 2], clock(chance)
        answers = instance(chance, form)
        cases.append([number % 2, answers, {"today": now.date().isoformat(), "now": now.isoformat()}])
        wanted.append(server_side(form, json.loads(json.dumps(answers)), now))
    got = page.evaluate("text => (" + ASK + ")(JSON.parse(text))", json.dumps(cases))
    parts = ("relevant", "required", "values", "errors", "choices", "screens", "initial")
    wrong = [
        (name, case[1], theirs, ours)
        for case, one, other in zip(cases, got, wanted, strict=True)
        for name, theirs, ours in zip(parts, one, other, strict=True)
        if theirs != ours
    ]
    assert not wrong, (len(wrong), str(wrong[0])[:3000])


def test_both_sides_agree_on_every_part_of_150_filled_in_forms(page: Any) -> None:
    compare_forms(page, 150, 1)


@pytest.mark.slow
def test_both_sides_agree_on_every_part_of_2000_filled_in_forms(page: Any) -> None:
    compare_forms(page, 2000, 2)


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


def test_no_tree_however_made_throws_or_hangs(page: Any) -> None:
    deep = '["not",' * 3000 + '["here"]' + "]" * 3000  # as text: Python's own JSON stops at such a depth
    doubled: Any = ["text", "x" * 100]
    for _ in range(100):
        doubled = ["concat", doubled, ["text", "x" * 200]]
    hostile = [doubled, None, 5, "x", [], ["nothing"], ["constructor"], ["+"], ["if"], ["answer"], ["each"], ["nth"], ["regex", ["text", "a" * 5000], ["text", "(a*)*b"]]]  # fmt: skip
    form = bundle(compile_form(EVERYTHING, reference=False), "en")
    page.evaluate("bundle => { window.bundle = bundle; }", json.loads(json.dumps(form)))
    page.evaluate(
        """text => { for (const tree of JSON.parse(text)) {
             const copy = structuredClone(window.bundle);
             for (const item of copy.questions) for (const key of ["relevant", "required", "constraint", "calculation", "choice_filter", "default"]) if (item[key]) item[key] = tree;
             const form = MNRForm.compile(copy); form.evaluate({ head: "A", age: 3, members: [{}] }, {}); form.initial({});
        } }""",
        json.dumps(hostile)[:-1] + f",{deep}]",
    )


def test_every_error_code_of_the_server_has_its_words() -> None:
    source = "".join((STATIC.parent / "sop" / name).read_text() for name in ("answers.py", "filling.py"))
    assert all(f'"{code}"' in source for code in MESSAGES)
    assert all(f'"{text}"' in source for text in MESSAGES.values())
