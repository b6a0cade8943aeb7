"""Repeats: what is worked out in them, their bounds, and their answers by path and by category."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.forms import Form, FormState, compile_form
from sop.instances import faults, read_instance, write_instance
from sop.paths import added, at, join_parts, leaves, put, removed, split_by_category
from sop.vocabulary import Category
from sop.xml_gate import Unimportable
from tests.sop import form_texts as texts

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9)  # noqa: DTZ001  a local clock, as forms mean it
ID = UUID("6f1b3f0e-3c1c-4f3b-9b0a-1f1f1f1f1f1f")

ROWS = {
    "adult": "integer | adult | From which age is one an adult? | | . < 30 | | C3",
    "name": "text | name | Name | | | | C2",
    "age": "integer | age | Age | | . <= 120 | | C3",
    "minor": "calculate | minor | | | | if(${age} < ${adult}, 1, 0) | C3",
    "school": "text | school | School of ${name} | ${minor} = 1 | | | C14",
    "phone": "text | phone | Phone | ${age} >= ${adult} | | | C2",
    "place": "calculate | place | | | | concat(position(..), '/', count(${people})) | C1",
    "eldest": "calculate | eldest | | | | max(${age}) | C3",
    "minors": "calculate | minors | | | | sum(${minor}) | C3",
    "schools": "calculate | schools | | | | join('+', ${school}) | C14",
    "crowded": "text | crowded | Crowded | ${minors} > 1 and count(${people}) > 2 | | | C4",
    "first": "calculate | first | | | | ${age} | C3",
}
INSIDE = ("name", "age", "minor", "school", "phone", "place")
OUTSIDE = ("adult", "eldest", "minors", "schools", "crowded", "first")


def people_form(inside: tuple[str, ...] = INSIDE, outside: tuple[str, ...] = OUTSIDE, first: int = 3) -> Form:
    """The form with its rows in any order, the repeat after `first` of the questions outside."""
    lines = [
        "type | name | label | relevant | constraint | calculation | category",
        *(ROWS[name] for name in outside[:first]),
        "begin repeat | people | Person | | | |",
        *(ROWS[name] for name in inside),
        "end repeat | | | | | |",
        *(ROWS[name] for name in outside[first:]),
    ]
    return compile_form(texts.form("\n".join(lines)), reference=False)


PEOPLE = people_form()
_ages = st.none() | st.integers(0, 130)
_words = st.none() | st.sampled_from(["A", "B", "École"])
_person = st.fixed_dictionaries({}, optional={"name": _words, "age": _ages, "school": _words, "phone": _words})
_answers = st.fixed_dictionaries(
    {"people": st.lists(_person, max_size=5)}, optional={"adult": st.integers(0, 40), "crowded": _words}
)


def evaluate(form: Form, answers: Any) -> FormState:
    return form.evaluate(answers, today=TODAY, now=NOW)


def by_hand(answers: dict[str, Any]) -> tuple[dict[str, Any], set[str], set[str]]:
    """Values, paths that apply and paths in error, worked out step by step for this one form.

    Conditions see an answer even when its constraint refuses it, as the form's own pages do.
    """
    adult, count = answers.get("adult"), len(answers["people"])
    relevant = {"adult", "people", "eldest", "minors", "schools", "first"}
    wrong = {"adult"} if adult is not None and adult >= 30 else set()
    people, schools = [], []
    for number, said in enumerate(answers["people"], start=1):
        person, more = person_by_hand(said, adult, f"{number}/{count}")
        relevant |= {f"people/{number}"} | {f"people/{number}/{name}" for name in more}
        wrong |= {f"people/{number}/age"} if (said.get("age") or 0) > 120 else set()
        schools += [said.get("school") or ""] if "school" in more else []
        people.append(person)
    ages = [said["age"] for said in answers["people"] if said.get("age") is not None]
    minors = sum(person["minor"] for person in people)
    values: dict[str, Any] = {
        "minors": minors,
        "adult": None if wrong & {"adult"} else adult,
        "eldest": max(ages, default=None),
        "schools": "+".join(schools),
        "first": answers["people"][0].get("age") if people else None,
        "people": people,
    }
    if minors > 1 and count > 2:
        relevant.add("crowded")
        values["crowded"] = answers.get("crowded")
    return {name: value for name, value in values.items() if value not in (None, "", [])}, relevant, wrong


def person_by_hand(said: dict[str, Any], adult: int | None, place: str) -> tuple[dict[str, Any], set[str]]:
    """One instance: its values, and the names that apply in it."""
    age = said.get("age")
    known = age is not None and adult is not None
    minor, grown = known and age < adult, known and age >= adult
    person = {"minor": int(minor), "place": place}
    applies = {"name", "age", "minor", "place"} | ({"school"} if minor else set()) | ({"phone"} if grown else set())
    if age is not None and age <= 120:
        person["age"] = age
    person |= {name: said[name] for name in ("name", "school", "phone") if name in applies and said.get(name)}
    return person, applies


@settings(max_examples=150, deadline=None)
@given(_answers)
def test_what_repeats_is_worked_out_as_by_hand(answers: dict[str, Any]) -> None:
    state = evaluate(PEOPLE, answers)
    values, relevant, wrong = by_hand(answers)
    assert state.plain == values
    assert state.relevant == relevant
    assert set(state.errors) == wrong


@settings(max_examples=60, deadline=None)
@given(_answers, st.permutations(INSIDE), st.permutations(OUTSIDE), st.integers(0, len(OUTSIDE)))
def test_the_order_of_the_rows_changes_nothing(
    answers: dict[str, Any], inside: list[str], outside: list[str], first: int
) -> None:
    one, other = evaluate(PEOPLE, answers), evaluate(people_form(tuple(inside), tuple(outside), first), answers)
    assert (one.plain, one.relevant, one.errors) == (other.plain, other.relevant, other.errors)


@settings(max_examples=100, deadline=None)
@given(_answers)
def test_good_answers_evaluate_to_themselves(answers: dict[str, Any]) -> None:
    state = evaluate(PEOPLE, answers)
    if state.complete:
        again = evaluate(PEOPLE, json.loads(json.dumps(state.plain)))
        assert (again.values, again.relevant, again.errors) == (state.values, state.relevant, {})


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROWS, "people"]), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*ROWS, "people", "x"]), _anything))
def test_whatever_is_sent_for_a_repeat_never_breaks_the_form(answers: dict[str, Any]) -> None:
    state = evaluate(PEOPLE, answers)
    json.dumps(state.plain, allow_nan=False)
    assert {path for path, _ in leaves(state.values)} <= state.relevant


# Bounds


def test_a_repeat_has_at_most_200_instances() -> None:
    full = evaluate(PEOPLE, {"people": [{"age": 1}] * 200})
    assert full.complete
    assert len(full.values["people"]) == 200
    state = evaluate(PEOPLE, {"people": [{"age": 1}] * 201})
    assert str(state.errors["people"]) == "201 entries are more than can be kept here: at most 200 are possible."
    assert len(state.values["people"]) == 200


COUNTED = """
type | name | label | repeat_count
text | n | N |
begin repeat | r | R | ${n}
text | a | A |
end repeat | | |
"""


@pytest.mark.parametrize(("size", "kept"), [("-3", 0), ("0", 0), ("2.9", 2), ("x", 0), ("199", 199)])
def test_a_counted_repeat_has_as_many_instances_as_counted(size: str, kept: int) -> None:
    form = compile_form(texts.form(COUNTED), reference=False)
    state = evaluate(form, {"n": size, "r": [{"a": "1"}, {"a": "2"}, {"a": "3"}]})
    assert len(state.values.get("r", [])) == kept
    assert state.complete
    assert list(evaluate(form, {"n": "1000000"}).errors) == ["r"]


def test_a_form_has_at_most_5000_answers() -> None:
    form = compile_form(texts.NESTED, reference=False)
    household = {"household": "H", "people": [{"person": "P", "years": 3}] * 50}
    state = evaluate(form, {"households": [household] * 60})
    assert {message.code for message in state.errors.values()} == {"too_many_answers"}
    assert len(list(leaves(state.values))) <= 5_000
    crowd = evaluate(form, {"households": [{"people": [{}] * 200}] * 200})
    assert {message.code for message in crowd.errors.values()} == {"too_many_instances"}
    assert sum(len(one["people"]) for one in crowd.values["households"] if "people" in one) <= 5_000


# Paths


def test_answers_by_path() -> None:
    answers = {"n": 1, "h": [{"p": [{"x": 1}, {"x": 2}]}, {"p": []}]}
    assert at(answers, "h/1/p/2/x") == 2
    assert at(answers, "h/2") == {"p": []}
    assert [at(answers, path) for path in ("h/3/p", "h/0", "h/-1", "h/x/p", "h/1/p/9/x", "none", "h/²")] == [None] * 7
    assert put(answers, "h/1/p/2/x", 5)["h"][0] == {"p": [{"x": 1}, {"x": 5}]}
    assert added(answers, "h/2/p", {"x": 9})["h"][1] == {"p": [{"x": 9}]}
    assert added(answers, "k")["k"] == [{}]
    assert removed(answers, "h/1")["h"] == [{"p": []}]
    assert removed(answers, "h/1/p/1")["h"][0] == {"p": [{"x": 2}]}
    for nowhere in ("h/3", "h/0", "h/x", "h", "", "n/1/x"):
        assert at(removed(answers, nowhere), "h/1/p/2/x") == 2
    assert answers == {"n": 1, "h": [{"p": [{"x": 1}, {"x": 2}]}, {"p": []}]}


def test_a_new_instance_begins_with_its_defaults() -> None:
    form = compile_form(
        texts.form(
            "type | name | label | default | calculation\ntext | town | Town | | \nbegin repeat | r | R | |\n"
            "text | where | Where | ${town} |\ncalculate | id | | | once(concat('n', position(..)))\nend repeat | | | |"
        ),
        reference=False,
    )
    begun = form.initial_instance("r", {"town": "Kribi", "r": [{"where": "Edéa"}]}, today=TODAY, now=NOW)
    assert begun == {"where": "Kribi", "id": "n2"}
    assert form.initial_instance("nothing", {}, today=TODAY, now=NOW) == {}


# By category


@settings(max_examples=100, deadline=None)
@given(_answers)
def test_parts_by_category_join_to_the_same_answers(answers: dict[str, Any]) -> None:
    values = evaluate(PEOPLE, answers).plain
    parts = split_by_category(PEOPLE, values)
    for category, part in parts.items():
        assert {PEOPLE[path.rpartition("/")[2]].category for path, _ in leaves(part)} <= {category}
    assert join_parts(parts.values()) == values


def test_an_emptied_part_replaces_what_was_kept_before() -> None:
    before = split_by_category(PEOPLE, {"people": [{"age": 3}, {"school": "A", "age": 4}]}, whole=True)
    after = split_by_category(PEOPLE, {"people": [{"age": 3}]}, whole=True)
    assert join_parts({**before, **after}.values()) == {"people": [{"age": 3}]}
    assert split_by_category(PEOPLE, {"people": [{"age": 3}]}) == {Category.C3: {"people": [{"age": 3}]}}
    assert split_by_category(PEOPLE, {"people": [{}, {}]}) == {Category.C2: {"people": [{}, {}]}}


# As OpenRosa clients send it


@settings(max_examples=100, deadline=None)
@given(_answers)
def test_an_instance_written_and_read_holds_the_same(answers: dict[str, Any]) -> None:
    values = evaluate(PEOPLE, answers).values
    sent = read_instance(write_instance(PEOPLE, values, ID))
    assert (sent.form_id, sent.version, sent.instance_id) == ("f", "1", ID)
    assert evaluate(PEOPLE, sent.answers(PEOPLE)).values == evaluate(PEOPLE, evaluate(PEOPLE, answers).plain).values
    assert sent.unknown(PEOPLE) == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_written_and_read(text: str) -> None:
    sent = read_instance(write_instance(PEOPLE, {"crowded": text}, ID))
    kept = sent.answers(PEOPLE).get("crowded", "")
    assert kept == text or not text.strip() or any(character not in kept for character in text)


INSTANCE = b"""<?xml version="1.0"?>
<data xmlns:jr="http://openrosa.org/javarosa" id="n" version="1">
  <households jr:template=""><household>not sent</household></households>
  <households><household>A</household><living><people><person>P</person><years>400000000000</years></people></living></households>
  <households><household>B</household><person>astray</person></households>
  <surprise/>
  <orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>uuid:6f1b3f0e-3c1c-4f3b-9b0a-1f1f1f1f1f1f</orx:instanceID></orx:meta>
</data>"""


def test_what_is_wrong_with_an_instance_is_said_by_path() -> None:
    form = compile_form(texts.NESTED, reference=False)
    sent = read_instance(INSTANCE)
    assert sent.answers(form) == {
        "households": [{"household": "A", "people": [{"person": "P", "years": "400000000000"}]}, {"household": "B"}]
    }
    found = [(path, fault.code) for path, fault in faults(form, sent, today=TODAY, now=NOW)]
    assert found == [
        ("", "other_form"),
        ("person", "unknown_question"),
        ("surprise", "unknown_question"),
        ("households/1/people/1/years", "not_whole"),
    ]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "EMPTY"),
        (b"text", "NOT_XML"),
        (b"<data/>", "NO_FORM_ID"),
        (b"<data id='f'><a></data>", "NOT_XML"),
        (b"<!DOCTYPE data [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><data id='f'><a>&x;</a></data>", "DTD"),
        (b"<data id='f'>" + b"<a>" * 200, "TOO_DEEP"),
        (b"<data id='f'>" + b"<a/>" * 20_001 + b"</data>", "TOO_MANY"),
        (b"<data id='f'>" + b" " * 2_000_000 + b"</data>", "TOO_LARGE"),
    ],
)
def test_what_is_no_instance_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(Unimportable) as refusal:
        read_instance(xml)
    assert refusal.value.message.code == code
