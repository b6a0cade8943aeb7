"""Every shipped form of a case: filled in as somebody would, finished, read again and printed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from referral.cases.models import Case
from referral.identification.documents import filled_form
from referral.identification.models import Submission
from referral.identification.queries import case_forms as queries
from referral.identification.views.going import form_title
from sop.vocabulary import Category
from tests import case_forms
from tests.referral.identification.walk import ADULT, CHILD
from tests.sop.form_stories import STORIES

THEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""The day of the stories."""
AT_THEN = {"identified_on": "2026-03-10"}
FILLED: dict[str, tuple[str, dict[str, Any]]] = {
    "an adult identified again": ("identification", ADULT | AT_THEN),
    "a child identified again": ("identification", CHILD | AT_THEN),
    **{story: (name, told) for story, (name, told, _) in STORIES.items() if queries.belongs_to_case(name)},
}


def finished(case: Case, story: str) -> Submission:
    name, told = FILLED[story]
    return case_forms.make_case_form(case, name, told, now=THEN)


def read_again(case: Case, one: Submission) -> queries.Reading:
    found = queries.filled_form(case, one.id)
    assert found is not None
    return queries.reading(case.manager, case, found, today=date(2026, 11, 22))


@pytest.mark.parametrize("story", FILLED)
def test_what_was_answered_and_is_covered_is_read_again_and_the_rest_is_named(case: Case, story: str) -> None:
    one = finished(case, story)
    form = queries.procedures.form(one.form_version_id)
    name, told = FILLED[story]
    shown = {answer.path for section in read_again(case, one).sections for answer in section.answers if answer.words}
    open_to_all = {Category.C1, Category.C5, Category.C6}
    expected = {path for path in told if path in form and form[path].category in open_to_all and told[path]}
    assert expected <= shown | {path for path in told if path not in form}, name
    assert {form[path.rpartition("/")[2]].category for path in shown} <= open_to_all


def test_each_form_of_a_case_is_among_them() -> None:
    shipped = {name for name in queries.BY_NAME if name and queries.belongs_to_case(name)}
    assert {name for name, _told in FILLED.values()} >= shipped - {None}
    assert len(shipped) == 8


@pytest.mark.parametrize("lang", ["fr", pytest.param("en", marks=pytest.mark.slow)])
def test_each_is_printed(case: Case, lang: str) -> None:
    for story in FILLED:
        found = read_again(case, finished(case, story))
        words = {"title": form_title(found.filled.version), "case_code": case.code, "organization": "MINAS"}
        content = filled_form(found, **words, lang=lang, printed_at=THEN, audit_head="1-abc")
        assert content.startswith(b"%PDF-"), story
