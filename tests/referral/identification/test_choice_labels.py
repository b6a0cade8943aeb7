"""The label of a choice may quote answers, as any other text of a form may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from referral.identification.queries.case_forms import sections
from referral.identification.screens import Shown, questions_in, shown_items
from sop.forms import compile_form
from sop.questions import FormError
from sop.wording import in_full

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9)  # noqa: DTZ001  a local clock, as forms mean it
FORM = """
| settings | form_id | form_title | default_language |
| | whom | Whom to call | English (en) |
| survey | type | name | label::English (en) | label::Français (fr) | category |
| | begin repeat | people | People | Personnes | |
| | text | first | Name | Nom | C2 |
| | select_one whom | whom | Whom to call? | Qui appeler ? | C2 |
| | end repeat | | | | |
| | select_one again | again | Again? | Encore ? | C2 |
| choices | list_name | name | label::English (en) | label::Français (fr) |
| | whom | self | ${first} | ${first} |
| | whom | other | Somebody else than ${first} | Quelqu’un d’autre que ${first} |
| | again | same | ${whom}, and ${again} | ${whom}, et ${again} |
| | again | none | Nobody | Personne |
"""
ANSWERS: dict[str, Any] = {
    "people": [{"first": "Awa", "whom": "self"}, {"first": "Binta", "whom": "other"}],
    "again": "same",
}

pytestmark = pytest.mark.once


def shown() -> dict[str, Shown]:
    form = compile_form(FORM, reference=False)
    state = form.evaluate(ANSWERS, today=TODAY, now=NOW)
    return {
        one.path: one
        for screen in form.screens()
        for one in questions_in(shown_items(form, screen, state, ANSWERS, {}))
    }


def test_each_instance_offers_its_own_answers_as_choices() -> None:
    found = shown()
    labels = {path: [dict(one.label) for one in found[path].options] for path in ("people/1/whom", "people/2/whom")}
    assert labels == {
        "people/1/whom": [
            {"en": "Awa", "fr": "Awa"},
            {"en": "Somebody else than Awa", "fr": "Quelqu’un d’autre que Awa"},
        ],
        "people/2/whom": [
            {"en": "Binta", "fr": "Binta"},
            {"en": "Somebody else than Binta", "fr": "Quelqu’un d’autre que Binta"},
        ],
    }
    assert found["people/2/whom"].words == ({"en": "Somebody else than Binta", "fr": "Quelqu’un d’autre que Binta"},)


def test_choices_that_quote_themselves_or_each_other_come_to_an_end() -> None:
    label = shown()["again"].options[0].label["en"]
    assert label == "Awa, and Awa, and , and , and "
    form = compile_form(FORM, reference=False)
    state = form.evaluate(ANSWERS, today=TODAY, now=NOW)
    assert in_full("Call: ${whom}", form, state, "people/2", "en") == "Call: Somebody else than Binta"


def test_a_finished_form_is_read_back_with_the_answers_in_its_choices() -> None:
    form = compile_form(FORM, reference=False)
    said = {one.path: one.words for section in sections(form, ANSWERS, {}) for one in section.answers}
    assert said["people/1/whom"] == ({"en": "Awa", "fr": "Awa"},)


def test_a_choice_that_quotes_no_question_is_refused_at_its_row() -> None:
    with pytest.raises(FormError) as refused:
        compile_form(FORM.replace("else than ${first}", "else than ${frist}"), reference=False)
    found = [(one.code, one.sheet, one.row, one.column) for one in refused.value.findings]
    assert found == [("REFERENCE", "choices", 12, "label::English (en)")]
