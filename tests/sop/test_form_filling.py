"""A form is compiled with every complaint placed, and filled safely whatever is sent."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.forms import Form, FormState, compile_form, split_by_category
from sop.questions import FormError
from sop.vocabulary import Category

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=1)))

SOURCE = """
# A form for tests

| settings | | |
| | form_title | form_id | version |
| | Test | test | 3 |

| survey | | | | | | | | | | | | |
| | type | name | label::Français (fr) | label::English (en) | required | relevant | constraint | constraint_message::Français (fr) | constraint_message::English (en) | choice_filter | calculation | default | category | fact | appearance |
| | begin group | who | Qui | Who | | | | | | | | | | | |
| | text | name | Nom | Name | yes | | | | | | | | C2 | | |
| | integer | age | Âge | Age | | | . >= 0 and . <= 120 | De 0 à 120. | From 0 to 120. | | | | C3 | age_years | |
| | date | born | Né(e) le | Born on | | ${age} = '' | . <= today() | Pas dans l’avenir. | Not in the future. | | | | C3 | birth_date | |
| | decimal | weight | Poids | Weight | | | | | | | | | C6 | | |
| | time | at | À | At | | | | | | | | | C4 | | |
| | datetime | seen | Vu(e) le | Seen on | | | | | | | | | C4 | | |
| | text | phone | Tél. | Phone | | | regex(., '[+]?[0-9 ]{6,20}') | Des chiffres. | Digits. | | | | C2 | | phone |
| | text | story | Récit | Story | | | | | | | | | C5 | | multiline |
| | select_one region | region | Région | Region | | | | | | | | R2 | C1 | region | minimal |
| | select_one town | town | Ville | Town | | | | | | region = ${region} | | | C1 | | minimal |
| | acknowledge | agreed | D’accord | Agreed | | | | | | | | | C1 | | |
| | end group | | | | | | | | | | | | | | |
| | calculate | doubled | | | | | | | | | ${age} * 2 | | C3 | | |
| | begin group | child | Enfant | Child | | ${age} < 18 | | | | | | | | | |
| | note | hello | Bonjour | Hello | | | | | | | | | | | |
| | select_multiple need or_other | needs | Besoins | Needs | ${age} < 5 | | count-selected(.) <= 2 | Deux au plus. | Two at most. | | | | C13 | needs | |
| | begin group | school | École | School | | selected(${needs}, 'EDU') | | | | | | | | | |
| | text | class | Classe | Class | yes | | | | | | | | C14 | | |
| | end group | | | | | | | | | | | | | | |
| | end group | | | | | | | | | | | | | | |

| choices | | | | |
| | list_name | name | label::Français (fr) | label::English (en) | region |
| | region | R1 | Un | One | |
| | region | R2 | Deux | Two | |
| | town | T1 | Ville 1 | Town 1 | R1 |
| | town | T2 | Ville 2 | Town 2 | R2 |
| | need | MED | Soins | Care | |
| | need | EDU | École | School | |
| | need | HEB | Toit | Roof | |
"""  # noqa: E501


@pytest.fixture(scope="module")
def form() -> Form:
    compiled = compile_form(SOURCE, reference=False)
    return Form.from_json(json.loads(json.dumps(compiled.to_json())))


def fill(form: Form, **answers: Any) -> FormState:
    return form.evaluate({"name": "Awa"} | answers, today=TODAY, now=NOW)


def codes(state: FormState) -> dict[str, str]:
    return {name: message.code for name, message in state.errors.items()}


def test_json_keeps_everything(form: Form) -> None:
    compiled = compile_form(SOURCE, reference=False)
    assert form == compiled
    assert form.hash == compiled.hash
    assert (form.id, form.version, form.languages) == ("test", "3", ("fr", "en"))


def test_the_hash_names_the_content_not_the_layout(form: Form) -> None:
    assert compile_form("\n\nSome words.\n" + SOURCE, reference=False).hash == form.hash
    assert compile_form(SOURCE.replace("From 0 to 120", "0 to 120"), reference=False).hash != form.hash


def test_the_reference_compiler_is_asked() -> None:
    assert compile_form(SOURCE, reference=True).id == "test"
    refused = SOURCE.replace("| | end group | | | | | | | | | | | | | | |\n| | calculate", "| | calculate").replace(
        "| | text | name |", "| | text | child |"
    )
    with pytest.raises(FormError):
        compile_form(refused)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, {}),
        ({"name": ""}, {"name": "required"}),
        ({"name": "  \u00a0 "}, {"name": "required"}),
        ({"name": "x" * 201}, {"name": "too_long_by"}),
        ({"name": "x" * 10_000}, {"name": "too_long_by"}),
        ({"name": "x" * 1_000_000}, {"name": "too_long"}),
        ({"name": "a\x00b"}, {"name": "bad_character"}),
        ({"name": "a\ud800b"}, {"name": "bad_character"}),
        ({"name": "a\u202eb"}, {"name": "bad_character"}),
        ({"name": {"a": 1}}, {"name": "not_text"}),
        ({"name": ["a", "b"]}, {"name": "one_answer"}),
        ({"age": "200"}, {"age": "constraint"}),
        ({"age": "-1"}, {"age": "constraint", "needs": "required"}),
        ({"age": "12.5"}, {"age": "not_whole"}),
        ({"age": "9" * 30}, {"age": "not_whole"}),
        ({"age": 2**63}, {"age": "not_whole"}),
        ({"age": "douze"}, {"age": "not_whole"}),
        ({"age": "١٢"}, {"age": "not_whole"}),
        ({"age": True}, {"age": "not_whole"}),
        ({"born": "2027-01-01"}, {"born": "constraint"}),
        ({"born": "31/02/2000"}, {"born": "not_date"}),
        ({"born": "1800-01-01"}, {"born": "date_out_of_range"}),
        ({"born": "hier"}, {"born": "not_date"}),
        ({"born": 5}, {"born": "not_date"}),
        ({"weight": "nan"}, {"weight": "not_number"}),
        ({"weight": float("inf")}, {"weight": "not_number"}),
        ({"weight": "1e5"}, {"weight": "not_number"}),
        ({"at": "25:00"}, {"at": "not_time"}),
        ({"seen": "2026-03-10"}, {"seen": "not_time"}),
        ({"phone": "=HYPERLINK(1)"}, {"phone": "constraint"}),
        ({"story": "x" * 4001}, {"story": "too_long_by"}),
        ({"region": "R9"}, {"region": "unknown_choice"}),
        ({"region": 7}, {"region": "unknown_choice"}),
        ({"region": "R1", "town": "T2"}, {"town": "choice_not_possible"}),
        ({"agreed": "perhaps"}, {"agreed": "unknown_choice"}),
        ({"age": 4}, {"needs": "required"}),
        ({"age": 9, "needs": ["MED", "nothing"]}, {"needs": "unknown_choice"}),
        ({"age": 9, "needs": 5}, {"needs": "unknown_choice"}),
        ({"age": 9, "needs": [["MED"]]}, {"needs": "unknown_choice"}),
        ({"age": 9, "needs": "MED EDU HEB"}, {"class": "required", "needs": "constraint"}),
        ({"age": 9, "needs": "EDU"}, {"class": "required"}),
        ({"age": 30, "needs": "EDU"}, {}),
        ({"unheard_of": "x", "hello": "x", "doubled": "7"}, {}),
    ],
)
def test_what_is_refused_and_why(form: Form, answers: dict[str, Any], expected: dict[str, str]) -> None:
    state = fill(form, **answers)
    assert codes(state) == expected
    assert not set(state.errors) & set(state.values)
    assert all(str(message) for message in state.errors.values())


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"name": "  Aïssatou   Bello "}, {"name": "Aïssatou Bello"}),
        ({"name": "E\u0301milie"}, {"name": "Émilie"}),
        ({"name": "<script>alert(1)</script>"}, {"name": "<script>alert(1)</script>"}),
        ({"name": '=HYPERLINK("http://x")'}, {"name": '=HYPERLINK("http://x")'}),
        ({"name": ["Awa"]}, {"name": "Awa"}),
        ({"age": " 1 2 "}, {"age": 12, "doubled": 24}),
        ({"born": "3/2/2012"}, {"born": date(2012, 2, 3)}),
        ({"born": "2012-02-03"}, {"born": date(2012, 2, 3)}),
        ({"born": date(2012, 2, 3)}, {"born": date(2012, 2, 3)}),
        ({"weight": "12,5"}, {"weight": 12.5}),
        ({"at": "8h05"}, {"at": time(8, 5)}),
        ({"at": "10:30:00.000+01:00"}, {"at": time(10, 30)}),
        ({"seen": "2026-03-10T08:30"}, {"seen": datetime(2026, 3, 10, 8, 30)}),  # noqa: DTZ001
        ({"story": "a\r\n\r\nb "}, {"story": "a\n\nb"}),
        ({"region": "R1", "town": "T1"}, {"region": "R1", "town": "T1"}),
        ({"age": 9, "needs": ["HEB", "MED", "HEB"]}, {"age": 9, "doubled": 18, "needs": ["MED", "HEB"]}),
        ({"age": 9, "needs": "other", "needs_other": "x"},
         {"age": 9, "doubled": 18, "needs": ["other"], "needs_other": "x"}),
        ({"agreed": "OK"}, {"agreed": True}),
        ({"agreed": ""}, {}),
    ],
)  # fmt: skip
def test_good_answers_come_out_typed(form: Form, answers: dict[str, Any], expected: dict[str, Any]) -> None:
    state = fill(form, **answers)
    assert state.complete
    assert state.values == {"name": "Awa"} | expected
    again = form.evaluate(json.loads(json.dumps(state.plain)), today=TODAY, now=NOW)
    assert again.values == state.values


def test_what_does_not_apply_is_dropped_with_everything_inside(form: Form) -> None:
    child = fill(form, age=9, needs="EDU", **{"class": "CM2"})
    assert {"child", "school", "class"} <= child.relevant
    assert child.values["class"] == "CM2"
    adult = fill(form, age=30, needs="EDU", **{"class": "CM2"})
    assert adult.relevant.isdisjoint({"child", "school", "class", "needs", "hello"})
    assert adult.values == {"name": "Awa", "age": 30, "doubled": 60}


def test_a_refused_answer_counts_as_no_answer_for_the_others(form: Form) -> None:
    state = fill(form, age="neuf", born="2012-01-01")
    assert codes(state) == {"age": "not_whole"}
    assert state.values["born"] == date(2012, 1, 1)


def test_lists_shrink_with_the_answers_above(form: Form) -> None:
    assert [choice.name for choice in form.options(form["town"], fill(form, region="R2"))] == ["T2"]
    assert [choice.name for choice in form.options(form["town"])] == ["T1", "T2"]


def test_screens_follow_the_groups(form: Form) -> None:
    assert [(s.number, s.name, s.label["fr"], len(s.questions)) for s in form.screens()] == [
        (1, "who", "Qui", 11),
        (2, "child", "Enfant", 4),
    ]


def test_screens_without_anything_to_ask_are_passed_over(form: Form) -> None:
    assert [screen.name for screen in form.applicable(fill(form, age=30))] == ["who"]
    assert [screen.name for screen in form.applicable(fill(form, age=9))] == ["who", "child"]


def test_defaults_are_proposed_not_imposed(form: Form) -> None:
    assert form.initial(today=TODAY, now=NOW) == {"region": "R2"}
    assert "region" not in fill(form).values


def test_a_constraint_speaks_in_the_form_s_own_words(form: Form) -> None:
    state = fill(form, age=200, name="")
    assert form.explain("age", state.errors["age"], "fr", str) == "De 0 à 120."
    assert form.explain("age", state.errors["age"], "en", str) == "From 0 to 120."
    assert form.explain("name", state.errors["name"], "fr", str.upper) == "PLEASE ANSWER THIS QUESTION."


def test_answers_are_split_by_category(form: Form) -> None:
    parts = split_by_category(form, fill(form, age=9, born="", needs="MED", weight="30,5").values)
    assert parts == {
        Category.C2: {"name": "Awa"},
        Category.C3: {"age": 9, "doubled": 18},
        Category.C6: {"weight": 30.5},
        Category.C13: {"needs": ["MED"]},
    }


def test_an_answer_without_category_is_never_less_than_personal() -> None:
    bare = compile_form("| survey | | |\n| | type | name |\n| | text | a |", reference=False)
    assert split_by_category(bare, {"a": "x"}) == {Category.C5: {"a": "x"}}


def survey(*lines: str) -> str:
    head = (
        "| survey | | | | | | | | |\n| | type | name | label | relevant | constraint | category | fact | appearance |\n"
    )
    return head + "\n".join(lines)


@pytest.mark.parametrize(
    ("source", "code", "row", "column"),
    [
        ("", "NO_SURVEY", 0, ""),
        (survey("| | txet | a | A | | | | | |"), "TYPE", 3, "type"),
        (survey("| | repeat | a | A | | | | | |"), "TYPE", 3, "type"),
        (survey("| | select_one nowhere | a | A | | | | | |"), "LIST", 3, "type"),
        (survey("| | text | a b | A | | | | | |"), "NAME", 3, "name"),
        (survey("| | text | a | A | | | | | |", "| | text | a | A | | | | | |"), "NAME_TWICE", 4, "name"),
        (survey("| | | a | A | | | | | |"), "NO_TYPE", 3, "type"),
        (survey("| | begin group | g | G | | | | | |"), "GROUP_OPEN", 3, "type"),
        (survey("| | end group | | | | | | | |"), "GROUP_END", 3, "type"),
        (survey("| | text | a | A | ${b} = 1 | | | | |"), "REFERENCE", 3, "relevant"),
    ],
)
def test_a_form_that_cannot_work_is_refused_with_row_and_column(source: str, code: str, row: int, column: str) -> None:
    with pytest.raises(FormError) as refusal:
        compile_form(source, reference=False)
    assert [(f.code, f.row, f.column) for f in refusal.value.findings] == [(code, row, column)]


@pytest.mark.parametrize(
    ("source", "code", "row", "column"),
    [
        (survey("| | text | a | A | . = 1 | | | | |"), "HERE", 3, "relevant"),
        (survey("| | text | a | A | | . = | | | |"), "EXPRESSION", 3, "constraint"),
        (survey("| | text | a | A | | open('/etc/passwd') | | | |"), "EXPRESSION", 3, "constraint"),
        (
            survey("| | text | a | A | ${b} = 1 | | | | |", "| | text | b | B | ${a} = 1 | | | | |"),
            "CIRCLE",
            3,
            "relevant",
        ),
        (survey("| | text | a | A | ${a} = 1 | | | | |"), "CIRCLE", 3, "relevant"),
        (survey("| | text | a | A | | regex(., '(?=x)') | | | |"), "PATTERN", 3, "constraint"),
    ],
)
def test_a_condition_that_cannot_work_is_left_out_and_hinders_publishing(
    source: str, code: str, row: int, column: str
) -> None:
    form = compile_form(source, reference=False)
    assert [(f.code, f.row, f.column, f.blocks) for f in form.warnings] == [(code, row, column, True)]
    assert getattr(form["a"], column) is None


def test_what_stands_in_the_way_of_publishing_is_listed_with_row_and_column() -> None:
    source = survey(
        "| | text | a | A | | | | | |",
        "| | text | b | B | | | C99 | | |",
        "| | text | c | C | | | C2 | fate | signature |",
    )
    found = [(f.code, f.row, f.column) for f in compile_form(source, reference=False).findings()]
    assert found == [
        ("NO_CATEGORY", 3, "category"),
        ("NO_CATEGORY", 4, "category"),
        ("UNKNOWN_CATEGORY", 4, "category"),
        ("APPEARANCE", 5, "appearance"),
        ("UNKNOWN_FACT", 5, "fact"),
    ]


def test_a_missing_translation_is_reported() -> None:
    found = compile_form(SOURCE.replace("| Nom | Name |", "| Nom | |"), reference=False).findings()
    assert [(f.code, f.column, f.message.values) for f in found] == [
        ("MISSING_TRANSLATION", "label", {"languages": "en"})
    ]


_anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.lists(st.text(max_size=5), max_size=3)
)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "age", "born", "weight", "at", "seen", "region", "town", "needs", "agreed"]), _anything
    )
)
def test_whatever_is_sent_is_cleaned_or_refused(form: Form, answers: dict[str, Any]) -> None:
    state = form.evaluate(answers, today=TODAY, now=NOW)
    json.dumps(state.plain, allow_nan=False)
    assert set(state.values) <= state.relevant
