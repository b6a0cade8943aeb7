"""Every form of the library is complete, bilingual, short and named by the index; its codes are the closed ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from sop import yaml_io
from sop.facts import INPUTS, Input
from sop.form_index import BY_NAME, ENTRIES, INDEX, Holder, code_of, steps_using
from sop.forms import LIBRARY, Form, compile_form, load_form
from sop.questions import Kind, Question
from sop.vocabulary import SENSITIVE, Category, Need, Priority

FOLDER = LIBRARY / "cameroon" / "forms"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
FLOWCHART = yaml_io.load(LIBRARY / "cameroon" / "flowchart.yaml")
NEVER_TOGETHER = {"none", "unknown", "declined", "not_asked"}
ROOT = Path(__file__).parents[2]


@cache
def french() -> dict[str, str]:
    with (ROOT / "translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: str(message.string) for message in read_po(file) if isinstance(message.id, str)}


def texts(form: Form, language: str) -> Iterator[str]:
    """Everything that somebody reads."""
    items = [*form.groups.values(), *form]
    for item in items:
        for column in ("label", "hint", "constraint_message"):
            found = getattr(item, column, None)
            if found:
                yield found[language]
    yield from (choice.label[language] for choices in form.choices.values() for choice in choices)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_compiler_and_ours_accept_it_and_nothing_hinders_publishing(name: str) -> None:
    form = compile_form(FOLDER / f"{name}.md")
    assert form.hash == load_form(name).hash
    assert [str(finding) for finding in form.findings()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_a_category_that_may_be_asked(name: str) -> None:
    for question in load_form(name):
        if question.type is not Kind.NOTE:
            assert question.category not in (None, Category.C0, Category.C7N), question.name


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_french_and_english(name: str) -> None:
    form = load_form(name)
    assert form.languages == ("fr", "en")
    for question in form:
        assert question.label or question.type is Kind.CALCULATE
        assert bool(question.constraint) == bool(question.constraint_message), question.name
        for found in (question.label, question.hint, question.constraint_message):
            assert set(found) in ({"fr", "en"}, set()), question.name
    for group in form.groups.values():
        assert set(group.label) == {"fr", "en"}
    for choices in form.choices.values():
        assert all(set(choice.label) == {"fr", "en"} for choice in choices)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_typeset_as_each_language_does(name: str) -> None:
    form = load_form(name)
    assert [
        text for text in texts(form, "fr") if re.search(r"['\"]| [?!:;»]|« |[^\s\N{NO-BREAK SPACE}0-9][?!;»]", text)
    ] == []
    assert [text for text in texts(form, "en") if re.search(r"['\"]| [?!:;]|[«»]", text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short_enough_for_a_telephone_at_night(name: str) -> None:
    form = load_form(name)
    for question in form:
        longest = 220 if question.type is Kind.NOTE else 160
        assert all(len(text) <= longest for text in question.label.values()), question.name
        assert all(len(text) <= 220 for text in (*question.hint.values(), *question.constraint_message.values()))
    most = max(sum(question.asks for question in screen.questions) for screen in form.screens())
    assert most <= (12 if name == "identification" else 8)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_named_as_in_the_index_and_says_what_is_to_be_validated(name: str) -> None:
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    label = BY_NAME[name].label
    assert source.startswith("# ")
    assert f"({BY_NAME[name].code})" in source.splitlines()[0]
    assert "validated nationally" in source.partition("| settings")[0]
    assert load_form(name).id == f"cmr_{name}"
    assert dict(load_form(name).titles) == {"en": label, "fr": french()[label]}


def exclusive(question: Question, form: Form) -> list[str]:
    codes = {choice.name: choice.label["fr"].split(",")[0] for choice in form.choices[question.list_name]}
    return [codes[code] for code in codes if code in NEVER_TOGETHER]


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_that_says_nothing_goes_with_no_other(name: str) -> None:
    form = load_form(name)
    for question in form:
        if question.type is Kind.SELECT_MULTIPLE and (alone := exclusive(question, form)):
            assert question.constraint, question.name
            assert [word for word in alone if word not in question.constraint_message["fr"]] == [], question.name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "identification"])
def test_what_feeds_a_fact_is_asked_as_on_the_identification_form(name: str) -> None:
    """Same category, and codes that the fact knows; whoever asks again may also not have asked."""
    known = {question.fact: question for question in load_form() if question.fact}
    form = load_form(name)
    for question in form:
        if question.fact:
            model = known[question.fact]
            assert question.category is model.category, question.name
            assert question.type is model.type, question.name
            offered = {choice.name for choice in form.choices.get(question.list_name, ())}
            allowed = {choice.name for choice in load_form().choices.get(model.list_name, ())}
            if INPUTS[question.fact] is Input.YES_NO:
                allowed.add("not_asked")
            assert offered <= allowed, question.name


@pytest.mark.parametrize("name", NAMES)
def test_needs_and_priorities_are_the_closed_ones(name: str) -> None:
    choices = load_form(name).choices
    for list_name, closed in (("need", list(Need)), ("priority", list(Priority))):
        if list_name in choices:
            assert [choice.name for choice in choices[list_name]] == [one.value for one in closed]


def codes(name: str, list_name: str) -> set[str]:
    return {choice.name for choice in load_form(name).choices[list_name]}


def test_answers_that_the_flowchart_reads_have_its_codes() -> None:
    fields = {name: set(field.values) for name, field in FLOWCHART.fields.items() if field.values}
    assert codes("consent_adult", "base_consent") == fields["base_consent"]
    assert codes("consent_referral", "choice") == fields["choice"]
    assert codes("follow_up", "review") == fields["review"]
    assert codes("feedback", "service_result") == codes("follow_up", "service_result") == fields["service_result"]


@pytest.mark.parametrize("name", ["consent_adult", "consent_child", "consent_referral"])
def test_consent_ticks_what_is_sensitive_apart(name: str) -> None:
    sensitive, plain = codes(name, "category_sensitive"), codes(name, "category_plain")
    never = {"C0", "C7N"} | ({"C11", "C15"} if name == "consent_referral" else set())
    assert plain | sensitive == {category.value for category in Category} - never
    assert sensitive == {category.value for category in SENSITIVE} - never


def test_every_form_of_the_flowchart_is_shipped_or_a_text_or_recorded_at_its_step() -> None:
    named = {form.partition("_")[0] for step in FLOWCHART.steps.values() for form in step.forms}
    assert named == {f"F{number:02d}" for number in range(1, 22)}
    assert named <= set(INDEX)
    recorded = {code for code in named if not INDEX[code].name and not INDEX[code].is_text}
    assert recorded == {"F02", "F03", "F05", "F09", "F11", "F14", "F21"}
    told = {path.name.partition("_")[0] for path in (LIBRARY / "cameroon" / "text").glob("F*.fr.md")}
    assert told == {entry.code for entry in ENTRIES if entry.is_text}


def test_every_file_is_in_the_index_and_every_code_of_the_index_has_its_file() -> None:
    assert {entry.name for entry in ENTRIES if entry.name} == set(NAMES)
    assert [entry.code for entry in ENTRIES] == sorted(INDEX)


def test_the_index_says_where_a_form_is_used_also_beside_another() -> None:
    used = steps_using(FLOWCHART)
    assert (used["F04"], used["F16"], used["F18"]) == (("N03",), ("X03",), ("N09",))
    assert used["F04T"] == used["F04W"] == ("N03", "N07")
    assert used["F04A"] == ("N03",)
    assert used["F01"] == ("N01", "E02")
    assert set(used) == set(INDEX)


def test_only_the_identification_form_opens_something() -> None:
    assert [entry.code for entry in ENTRIES if entry.holder is Holder.OPENS] == ["F04"]
    assert code_of("F10_assessment") == code_of("vulnerability_assessment") == "F10"


def test_the_six_questions_on_functioning_have_the_same_four_answers() -> None:
    form = load_form("washington_group")
    asked = [question.name for question in form if question.list_name == "difficulty"]
    assert asked == ["seeing", "hearing", "walking", "remembering", "self_care", "communicating"]
    assert [choice.name for choice in form.choices["difficulty"]] == ["none", "some", "a_lot", "cannot"]


@pytest.mark.parametrize("name", NAMES)
def test_a_form_survives_being_kept_as_json(name: str) -> None:
    form = load_form(name)
    assert Form.from_json(json.loads(json.dumps(form.to_json()))).hash == form.hash
