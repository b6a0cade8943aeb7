"""What a later form tells of what is known: clear answers only, needs never taken away, the first meeting stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from sop.facts import facts_told
from sop.forms import compile_form

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9)  # noqa: DTZ001  a local clock, as forms mean it
FORM = compile_form(
    """
| survey | type | name | label | category | fact |
| | select_one yn | danger | Danger? | C1 | immediate_danger |
| | select_one yn | roof | No shelter? | C12 | no_shelter |
| | select_multiple need | needs | Needs | C1 | needs |
| | select_multiple situation | situations | Situations | C5 | situations |
| | select_one care | care | With whom? | C13 | care_status |
| | integer | age | Age | C3 | age_years |
| | select_one region | region | Region | C1 | region |
| | select_one sex | sex | Sex | C3 | sex |
| choices | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | yn | unknown | Not clear |
| | yn | not_asked | Not asked |
| | need | HEB | Shelter |
| | need | MED | Care |
| | situation | isolated | Alone |
| | care | unaccompanied | Alone |
| | care | parents | Parents |
| | region | CM002 | Centre |
| | sex | female | Woman |
""",
    reference=False,
)
BEFORE: dict[str, Any] = {
    "immediate_danger": False, "no_shelter": True, "needs": ["MED", "DOC"], "vulnerabilities": ["gbv_survivor"],
    "unaccompanied": False, "age_band": "minor", "age": 15, "region": "CM005", "sex": "unknown",
}  # fmt: skip

pytestmark = pytest.mark.once


def told(before: dict[str, Any] = BEFORE, **answers: Any) -> dict[str, Any]:
    state = FORM.evaluate(answers, today=TODAY, now=NOW)
    return facts_told(FORM, state.values, before, TODAY)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, {}),
        ({"danger": "yes"}, {"immediate_danger": True}),
        ({"danger": "no", "roof": "no"}, {"no_shelter": False}),
        ({"danger": "unknown", "roof": "not_asked"}, {}),
        ({"age": "30"}, {}),
        ({"region": "CM002"}, {}),
        ({"sex": "female"}, {"sex": "female"}),
        ({"needs": ["HEB"]}, {"needs": ["MED", "HEB", "DOC"]}),
        ({"needs": ["MED"]}, {}),
    ],
)
def test_only_a_clear_answer_to_what_is_known_of_counts(answers: dict[str, Any], expected: dict[str, Any]) -> None:
    found = told(**answers)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert sorted(found[name]) == sorted(value) if isinstance(value, list) else found[name] == value


def test_a_child_that_is_alone_now_is_unaccompanied_and_an_adult_never() -> None:
    found = told(care="unaccompanied")
    assert found["unaccompanied"] is True
    assert found["vulnerabilities"] == ["gbv_survivor", "unaccompanied_or_separated"], "added to those before"
    assert told(BEFORE | {"age_band": "adult"}, care="unaccompanied") == {}


def test_a_fact_that_the_case_does_not_know_of_is_not_made_up() -> None:
    assert told({"needs": []}, danger="yes", sex="female") == {}


def test_an_age_that_was_typed_again_makes_nobody_elderly() -> None:
    before = BEFORE | {"age_band": "adult", "age_group": "25-59"}
    assert told(before, age="71", danger="yes") == {"immediate_danger": True}
