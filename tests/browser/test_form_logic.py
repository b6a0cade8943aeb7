"""The form logic of the browser against that of the server: same trees and answers in, same outcome out."""

# ruff: noqa: E501, DTZ001

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sop.bundle import MESSAGES, bundle, in_language
from sop.forms import LIBRARY, Form, compile_form, load_form
from sop.wording import in_full
from tests.browser.form_writing import FILES, Writer
from tests.sop import form_texts

STATIC = Path(__file__).parents[2] / "static"

ASK = """cases => cases.map(([form, answers, clock]) => {
  const compiled = window.forms[form], state = compiled.evaluate(answers, clock);
  const texts = (state) => [...state].sort();
  return [texts(state.relevant), texts(state.required), JSON.parse(JSON.stringify(state.values)),
    Object.fromEntries([...state.errors].map(([path, error]) => [path, [error.code, error.values]])),
    Object.fromEntries([...state.choices].map(([path, found]) => [path, found.map(one => one.name)])),
    compiled.applicable(state).map(screen => screen.name), compiled.initial(clock)];
})"""
ASK_MORE = """cases => cases.map(([form, answers, clock, places]) => {
  const compiled = window.forms[form], state = compiled.evaluate(answers, clock);
  const fresh = places.map(path => compiled.initialInstance(path, answers, clock));
  const named = [...state.relevant].filter(path => compiled.items.has(path.split("/").at(-1)));
  const said = named.map(path => [path, ["label", "hint"].map(text => compiled.inFull(compiled.items.get(path.split("/").at(-1))[text], state, path))]);
  const wrong = [...state.errors].map(([path, error]) => [path, compiled.inFull(compiled.explain(path, error), state, path)]);
  return [fresh, Object.fromEntries(said), Object.fromEntries(wrong)];
})"""


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
        "barcode": chance.choice(["A 1", "A 2", "b", "DLA"]),
    }
    kind = question.type.value
    return good.get(
        kind,
        chance.choice(["Awa", "  Aïssatou  Bello ", "699123456", "e\u0301cole", "😀" * 150, "7", "yes", "A 1", "DLA"]),
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


def places(form: Form, state: Any) -> list[str]:
    """Where one instance more can be made: every repeat of every place, and of one that is not there."""
    inside = {"": ()} | {
        path: tuple(path.split("/")[::2]) for path in state.relevant if path.rpartition("/")[2].isdigit()
    }
    known = [f"{path}/{name}".lstrip("/") for path, home in inside.items() for name in form.repeats_in(home)]
    return [*known, *(f"{name}/9/{inner}" for name in form.repeats_in(()) for inner in form.repeats_in((name,)))]


def more_of_the_server(form: Form, answers: Any, now: datetime, where: list[str]) -> list[Any]:
    """New instances, texts that quote answers, and what is wrong in words."""
    state = form.evaluate(answers, today=now.date(), now=now)
    items = {one.name: one for one in (*form.groups.values(), *form)}
    named = {path: items[name] for path in state.relevant if (name := path.rpartition("/")[2]) in items}

    def in_words(texts: Any, path: str) -> str:
        return in_full(in_language(texts, "fr"), form, state, path, "fr")

    found = [
        [form.initial_instance(path, answers, today=now.date(), now=now) for path in where],
        {path: [in_words(one.label, path), in_words(getattr(one, "hint", {}), path)] for path, one in named.items()},
        {
            path: in_full(form.explain(path, error, "fr", str), form, state, path, "fr")
            for path, error in state.errors.items()
        },
    ]
    return json.loads(json.dumps(found))


PARTS = ("relevant", "required", "values", "errors", "choices", "screens", "initial", "instances", "texts", "explained")


def compare_forms(page: Any, forms: list[Form], count: int, seed: int) -> None:
    """The same instances on both sides, in turn of each form."""
    page.evaluate(
        "bundles => { window.forms = bundles.map(MNRForm.compile); }",
        [json.loads(json.dumps(bundle(form, "fr"))) for form in forms],
    )
    chance = random.Random(seed)  # noqa: S311
    cases, wanted = [], []
    for number in range(count):
        form, now = forms[number % len(forms)], clock(chance)
        given = instance(chance, form)
        answers = json.loads(json.dumps(given))
        where = places(form, form.evaluate(answers, today=now.date(), now=now))
        cases.append([number % len(forms), given, {"today": now.date().isoformat(), "now": now.isoformat()}, where])
        wanted.append(server_side(form, answers, now) + more_of_the_server(form, answers, now, where))
    both = "text => { const cases = JSON.parse(text), more = (" + ASK_MORE + ")(cases); "
    got = page.evaluate(
        both + "return (" + ASK + ")(cases).map((one, at) => [...one, ...more[at]]); }", json.dumps(cases)
    )
    wrong = [
        (name, case, theirs, ours)
        for case, one, other in zip(cases, got, wanted, strict=True)
        for name, theirs, ours in zip(PARTS, one, other, strict=True)
        if theirs != ours
    ]
    assert not wrong, (len(wrong), str(wrong[0])[:3000])


def written(count: int, seed: int) -> list[Form]:
    """Forms made by chance; all of them together use everything that this is about."""
    forms = [compile_form(Writer(random.Random(seed + n)).form(), reference=False, files=FILES) for n in range(count)]  # noqa: S311
    made = json.dumps([one.to_json() for one in forms])
    for word in ("pulldata", "nth", "each", "position", "once", "column", "count-selected", '"repeat": true'):
        assert word in made, word
    return forms


def shipped() -> list[Form]:
    """Every form of the library, the real ones of tests/sop, and the one that has everything."""
    names = sorted(path.stem for path in (LIBRARY / "cameroon" / "forms").glob("*.md"))
    real = [value for name, value in vars(form_texts).items() if name.isupper() and isinstance(value, str)]
    same = [text.replace("uuid()", "'of its own'") for text in real]
    forms = [compile_form(text, reference=False, files=form_texts.REGISTRY_FILES) for text in same]
    return [*map(load_form, names), *forms, compile_form(EVERYTHING, reference=False)]


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_both_sides_agree_on_every_part_of_filled_in_forms_that_exist(page: Any, count: int) -> None:
    compare_forms(page, shipped(), count, count)


@pytest.mark.parametrize(("forms", "count"), [(20, 60), pytest.param(200, 2000, marks=pytest.mark.slow)])
def test_both_sides_agree_on_every_part_of_forms_written_by_chance(page: Any, forms: int, count: int) -> None:
    compare_forms(page, written(forms, count), count, count)


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
