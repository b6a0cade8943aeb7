"""A form drawn by the browser: fields by their labels, what applies at once, nothing typed is lost, no markup from data."""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from referral.foundation.assets import LOGIC
from sop.bundle import bundle
from sop.forms import compile_form, load_form

STATIC = Path(__file__).parents[2] / "static"
FORM = """
| survey |
| | type | name | label | relevant | required | repeat_count |
| | begin_group | one | First <b>screen</b> | | | |
| | text | head | Name <img src=x onerror=alert(1)> | | yes | |
| | integer | age | Age | | | |
| | date | born | Born | ${age} < 18 | | |
| | select_one yn | agrees | Agrees | | yes | |
| | select_multiple yn | both | Both | | | |
| | image | photo | Photo | | | |
| | geopoint | place | Place | | | |
| | begin_repeat | members | Member | | | |
| | text | name | Member’s name | | yes | |
| | end_repeat | | | | | |
| | end_group | | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""


@pytest.fixture(scope="module")
def blank(chromium: Any) -> Iterator[Any]:
    """A page with both scripts; a complaint of the browser fails the test."""
    complaints: list[str] = []
    page = chromium.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content('<main id="here"></main>')
    for name in (*LOGIC, "form-view.js"):
        page.add_script_tag(path=str(STATIC / name))
    page.evaluate("tree => { window.form = MNRForm.compile(tree); }", tree(compile_form(FORM, reference=False)))
    yield page
    page.close()
    assert complaints == []


def tree(form: Any) -> Any:
    """The form as it travels."""
    return json.loads(json.dumps(bundle(form, "en")))


def show(page: Any, answers: dict[str, Any]) -> Any:
    """The first screen with these answers."""
    page.evaluate(
        "answers => { window.shown = MNRView.screen(document.getElementById('here'), form, 'one', answers, {}); }",
        answers,
    )
    return page


def test_a_label_with_markup_is_shown_as_it_is_written(blank: Any) -> None:
    page = show(blank, {})
    assert page.locator("#here img").count() == 0
    assert page.locator("label", has_text="Name <img").is_visible()


def test_what_applies_appears_at_once_and_what_was_typed_there_comes_back(blank: Any) -> None:
    page = show(blank, {})
    assert not page.locator("#f-q-born").is_visible()
    page.fill("#f-q-age", "7")
    page.fill("#f-q-born", "3")
    page.fill("#f-q-born-month", "2")
    page.fill("#f-q-born-year", "2019")
    page.fill("#f-q-age", "40")
    assert not page.locator("#f-q-born").is_visible()
    page.fill("#f-q-age", "8")
    assert page.input_value("#f-q-born-year") == "2019"
    assert page.evaluate("form.evaluate(shown.read(), {}).values.born") == "2019-02-03"


def test_what_is_read_back_is_what_was_given(blank: Any) -> None:
    given = {
        "head": "Awa",
        "age": "9",
        "born": "2017-01-05",
        "agrees": "no",
        "both": ["yes", "no"],
        "members": [{"name": "Ali"}],
    }
    show(blank, given)
    read = blank.evaluate("form.evaluate(shown.read(), {}).values")
    assert read == given | {"age": 9}


def test_members_are_added_and_removed_with_what_the_others_said(blank: Any) -> None:
    page = show(blank, {"head": "Awa"})
    for name in ("Ali", "Binta", "Carine"):
        page.click("[value='add:members']")
        page.keyboard.type(name)
    page.click("[value='remove:members/2']")
    assert page.evaluate("shown.read().members") == [{"name": "Ali"}, {"name": "Carine"}]
    assert page.input_value("#f-q-members\\/2\\/name") == "Carine"


def test_errors_stand_at_the_fields_and_in_the_summary_that_has_the_focus(blank: Any) -> None:
    page = show(blank, {"age": "x", "members": [{}]})
    page.evaluate("shown.show(form.evaluate(shown.read(), {}).errors)")
    assert page.inner_text("#f-q-age-error") == "✕ A whole number is expected here, for example 14."
    assert page.get_attribute("#f-q-age", "aria-describedby") == "f-q-age-error"
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert page.inner_text("#error-summary-title") == "4 things to correct"
    page.click(".error-summary a >> text=Member’s name")
    assert page.evaluate("document.activeElement.id") == "f-q-members/1/name"


def test_the_review_says_the_answers_in_words_and_leads_back(blank: Any) -> None:
    blank.evaluate(
        """() => MNRView.review(document.getElementById("here"), form, { head: "Awa", agrees: "yes", members: [{ name: "Ali" }] },
             { onjump: name => { window.jumped = name; } })"""
    )
    assert blank.locator("dd", has_text="Yes").count() == 1
    assert blank.locator("dd", has_text="Ali").first.is_visible()
    blank.click("#here button")
    assert blank.evaluate("window.jumped") == "one"


def test_every_screen_of_the_identification_form_draws_and_reads_back(chromium: Any, blank: Any) -> None:
    counts = blank.evaluate(
        """tree => { const form = MNRForm.compile(tree);
             return form.screens().map(screen => { const shown = MNRView.screen(document.getElementById("here"), form, screen.name, form.initial(), {});
               shown.read(); return document.querySelectorAll("#here .field, #here .flash").length === screen.questions.length; }); }""",
        tree(load_form()),
    )
    assert len(counts) > 5
    assert all(counts)
