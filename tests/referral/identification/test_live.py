"""What a screen tells its script of the other screens: what decides about it, and nothing else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from referral.identification import live
from sop.forms import compile_form, load_form

FORM = compile_form(
    """
| survey |
| | type | name | label | relevant | constraint | required | calculation | choice_filter | repeat_count |
| | begin group | one | One | | | | | | |
| | text | name | Name | | | | | | |
| | text | nickname | Nickname | | | | | | |
| | integer | age | Age | | | | | | |
| | text | secret | Secret | | | | | | |
| | integer | many | Many | | | | | | |
| | end group | | | | | | | | |
| | begin group | two | Two | | | | | | |
| | text | school | School of ${nickname} | ${minor} = 'true' | | | | | |
| | integer | class | Class | | . < ${age} | | | | |
| | select one places | place | Place | | | ${name} != '' | | | |
| | end group | | | | | | | | |
| | begin group | three | Three | | | | | | |
| | begin repeat | member | Member | | | | | | ${many} |
| | text | called | Called | | | | | | |
| | text | unread | Unread | | | | | | |
| | end repeat | | | | | | | | |
| | end group | | | | | | | | |
| | begin group | four | Four | | | | | | |
| | note | names | Names | join(' ', ${called}) != '' | | | | | |
| | end group | | | | | | | | |
| | calculate | minor | | | | | ${age} < 18 | | |
| choices |
| | list_name | name | label |
| | places | a | A |
""",
    reference=False,
)
TYPED: dict[str, Any] = {
    "name": "Awa", "nickname": "A.", "age": "7", "secret": "s", "many": "2", "school": "Kribi", "class": "3",
    "member": [{"called": "Ali", "unread": "x"}, {"called": "Binta", "unread": "y"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("screen", "expected"),
    [
        ("one", {"name": "Awa", "nickname": "A.", "age": "7", "secret": "s", "many": "2"}),
        ("two", {"name": "Awa", "nickname": "A.", "age": "7", "school": "Kribi", "class": "3"}),
        ("three", {"many": "2", "member": TYPED["member"]}),
        ("four", {"many": "2", "member": [{"called": "Ali"}, {"called": "Binta"}]}),
    ],
)
def test_a_screen_gets_its_own_answers_and_those_that_decide_about_it(screen: str, expected: dict[str, Any]) -> None:
    page = next(one for one in FORM.screens() if one.name == screen)
    assert live.known_beside(FORM, page, TYPED) == expected


def test_the_screens_of_the_shipped_form_decide_the_same_with_what_they_get() -> None:
    form, now = load_form(), datetime(2026, 11, 23, 10)  # noqa: DTZ001 - the office's own time
    typed = {"age_known": "yes", "age": "15", "sex": "female", "family_name": "Bello", "needs": ["MED"]}
    whole = form.evaluate(typed, today=now.date(), now=now)
    for page in form.screens():
        part = form.evaluate(live.known_beside(form, page, typed), today=now.date(), now=now)
        names = {one.name for one in page.questions}
        assert part.relevant & names == whole.relevant & names, page.name
        assert {n: e for n, e in part.errors.items() if n in names} == {
            n: e for n, e in whole.errors.items() if n in names
        }


def test_the_page_is_told_the_time_of_the_office_and_json() -> None:
    told = live.data(FORM, FORM.screens()[0], {"name": 'é"<'}, datetime(2026, 11, 23, 10, 5, 9))  # noqa: DTZ001
    assert told["now"] == "2026-11-23T10:05:09"
    assert json.loads(told["known"]) == {"name": 'é"<'}
