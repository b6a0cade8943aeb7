"""Conditions in words, expressions written back, and what differs between two versions of a form."""

from __future__ import annotations

import pytest

from sop.diff import Mark
from sop.expression_text import written
from sop.expressions import parse
from sop.form_diff import Part, compare
from sop.form_words import Wording, condition_words, numbered, skip_words
from sop.forms import Form, compile_form

FORM = """
| settings | form_id | version |
| | f | 1 |
| survey | type | name | label::Français (fr) | label::English (en) | relevant | calculation | category |
| | select_one yes_no | danger | En danger ? | In danger? | | | C1 |
| | select_multiple need | needs | Besoins | Needs | ${danger} = 'yes' | | C1 |
| | integer | age | Âge | Age | | | C3 |
| | calculate | child | | | | if(${age} < 18, 1, 0) | C3 |
| | text | other | Autre | Other | selected(${needs}, 'OTH') | | C1 |
| choices | list_name | name | label::Français (fr) | label::English (en) |
| | yes_no | yes | Oui | Yes |
| | yes_no | no | Non | No |
| | need | MED | Soins | Care |
| | need | OTH | Autre | Other |
"""


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(FORM, reference=False)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("${danger} = 'yes'", "yes to question 1"),
        ("'yes' = ${danger}", "yes to question 1"),
        ("${danger} != 'no'", "another answer than no to question 1"),
        ("not(${danger} = 'yes')", "another answer than yes to question 1"),
        ("${danger} = ''", "no answer to question 1"),
        ("${danger} != ''", "an answer to question 1"),
        ("selected(${needs}, 'MED')", "“Care” ticked at question 2"),
        ("not(selected(${needs}, 'MED'))", "“Care” not ticked at question 2"),
        ("selected(${danger}, 'no')", "no to question 1"),
        ("${age} < 18", "less than 18 at question 3"),
        ("18 <= ${age}", "18 or more at question 3"),
        ("not(${age} > 5)", "5 or less at question 3"),
        ("${danger} = 'yes' and ${age} >= 18", "yes to question 1 and 18 or more at question 3"),
        (
            "${danger} = 'yes' and (${age} < 5 or ${age} > 60)",
            "yes to question 1 and (less than 5 at question 3 or more than 60 at question 3)",
        ),
        (
            "not(${danger} = 'yes' or ${age} < 5)",
            "another answer than yes to question 1 and 5 or more at question 3",
        ),
    ],
)
def test_common_conditions_are_said_in_words(form: Form, source: str, words: str) -> None:
    assert condition_words(parse(source), Wording(form, numbered(form), "en", str)) == words


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("${child} = 1", "Only if this applies, by the answer to question 3."),
        ("${child} = 1 and ${danger} = 'yes'", "Only if this applies, by the answers to questions 1 and 3."),
        ("count-selected(${needs}) > 1", "Only if this applies, by the answer to question 2."),
        ("today() > date('2026-01-01')", "Only if this applies, by the answers above."),
        ("${danger} = 'unknown_code'", "Only if this applies, by the answer to question 1."),
        ("${danger} = 'no'", "Only if: no to question 1."),
    ],
)
def test_of_other_conditions_the_questions_are_named(form: Form, source: str, sentence: str) -> None:
    assert skip_words(parse(source), Wording(form, numbered(form), "en", str)) == sentence


@pytest.mark.parametrize(
    "source",
    [
        "${a} - (${b} - ${c})",
        "(${a} or ${b}) and not(${c})",
        "-${a} * 2",
        "if(${a} = \"l'un\", 'x', 1.5)",
        "regex(., '[0-9]{2}') and . != ''",
        "(${a} = ${b}) = ${c}",
    ],
)
def test_an_expression_written_back_is_read_as_the_same_tree(source: str) -> None:
    assert parse(written(parse(source))) == parse(source)


def test_what_was_added_removed_changed_and_moved_is_told(form: Form) -> None:
    text = FORM.replace("| | integer | age | Âge | Age | | | C3 |\n", "").replace("if(${age} < 18, 1, 0)", "1")
    text = text.replace("| En danger ? | In danger? | |", "| En péril ? | In danger? | |")
    text = text.replace(
        "| | need | MED | Soins | Care |", "| | need | MED | Santé | Care |\n| | need | HEB | Toit | Roof |"
    )
    found = {(one.mark, one.part, one.name): one for one in compare(form, compile_form(text, reference=False))}
    assert set(found) == {
        (Mark.CHANGED, Part.QUESTION, "danger"),
        (Mark.CHANGED, Part.QUESTION, "child"),
        (Mark.REMOVED, Part.QUESTION, "age"),
        (Mark.ADDED, Part.CHOICE, "need: HEB"),
        (Mark.CHANGED, Part.CHOICE, "need: MED"),
    }
    detail = found[Mark.CHANGED, Part.QUESTION, "danger"].details[0]
    assert (detail.label, detail.language, detail.before, detail.after) == ("label", "fr", "En danger ?", "En péril ?")


def test_the_same_form_has_no_difference_even_when_its_rows_moved(form: Form) -> None:
    assert compare(form, compile_form("\n\n\n" + FORM, reference=False)) == []
