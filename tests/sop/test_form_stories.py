"""The shipped forms as people fill them in: which screens appear, what is complete, and what is not accepted."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest

from sop.facts import derive_facts, trafficking
from sop.filling import FormState
from sop.forms import load_form
from sop.vocabulary import MINIMUM, Category, Need
from tests.sop.form_stories import STORIES

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 22, tzinfo=timezone(timedelta(hours=1)))


def fill(name: str, answers: dict[str, Any]) -> FormState:
    return load_form(name).evaluate(answers, today=TODAY, now=NOW)


def changed(story: str, **answers: Any) -> dict[str, str]:
    """The errors after some answers of a story were changed, by question."""
    name, told, _ = STORIES[story]
    return {path: str(message.code) for path, message in fill(name, told | answers).errors.items()}


@pytest.mark.parametrize("story", STORIES)
def test_the_screens_of_a_story_appear_and_it_is_complete(story: str) -> None:
    name, answers, screens = STORIES[story]
    state = fill(name, answers)
    assert {path: str(message) for path, message in state.errors.items()} == {}
    assert [screen.name for screen in load_form(name).applicable(state)] == screens
    assert {key for key in answers if key not in state.values} == set()


def test_each_form_has_two_stories_at_least() -> None:
    told = [name for name, _, _ in STORIES.values()]
    assert min(told.count(name) for name in set(told)) == 2
    assert len(set(told)) == 13


@pytest.mark.parametrize(
    ("story", "answers", "errors"),
    [
        ("an adult who agrees in part", {"understood": "no"}, {"base_consent": "constraint"}),
        ("an adult who agrees in part", {"explained": ["who", "what"]}, {"base_consent": "constraint"}),
        ("an adult who agrees in part", {"free": "no"}, {"free": "constraint"}),
        ("an adult who agrees in part", {"witness": ""}, {"witness": "required"}),
        ("an adult who agrees in part", {"valid_until": "2027-03-12"}, {"valid_until": "constraint"}),
        ("an adult who agrees in part", {"capacity": "no"}, {"representative": "required"}),
        ("a woman agrees to one service", {"under_18": "unknown", "assent": "no", "authority": "guardian",
                                           "authority_name": "Sa mère"}, {"assent": "constraint"}),
        ("a woman agrees to one service", {"valid_until": "2026-03-10"}, {"valid_until": "constraint"}),
        ("an urgent referral for a child", {"via": "phone"}, {"via": "constraint"}),
        ("an urgent referral for a child", {"basis": "vital"}, {"basis": "constraint"}),
        ("a follow-up at the office", {"review": "lost"}, {"review": "constraint"}),
        ("nobody answers for the third time", {"attempts": "2"}, {"review": "constraint"}),
        ("nobody answers for the third time", {"first_attempt_on": "2026-01-10"}, {"review": "constraint"}),
        ("nobody answers for the third time", {"review": "closable"}, {"review": "constraint"}),
        ("a plan completed", {"risk": "high"}, {"risk": "constraint"}),
        ("a plan completed", {"informed": "disagrees"}, {"informed": "constraint"}),
        ("contact lost", {"attempts": "2"}, {"attempts": "constraint"}),
        ("contact lost", {"first_attempt_on": "2026-02-01"}, {"first_attempt_on": "constraint"}),
        ("contact lost", {"detail": "plan_done"}, {"detail": "choice_not_possible"}),
        ("a service given in part", {"delivered_on": "2026-03-03"}, {"delivered_on": "constraint"}),
        ("a returned mother is assessed", {"case_code": "Awa"}, {"case_code": "constraint"}),
        ("a returned mother is assessed", {"needs_met": ["ECO"]}, {"needs_met": "choice_not_possible"}),
        ("a young woman made to work off a debt", {"view": "no"}, {"view_reasons": "required"}),
    ],
)  # fmt: skip
def test_what_a_form_does_not_accept(story: str, answers: dict[str, Any], errors: dict[str, str]) -> None:
    assert changed(story, **answers) == errors


def test_an_error_in_a_repeat_names_its_instance() -> None:
    goals = [{"goal_need": "ECO", "goal_result": "met"}, {"goal_need": "DOC", "goal_result": "waived"}]
    assert changed("a plan completed", goals=goals) == {"goals/2/goal_reason": "required"}


PARTS = {
    "act": (["none"], ["recruited"], ["unknown"], ["not_asked"]),
    "means": (["none"], ["debt"], ["unknown"], ["not_asked"]),
    "purpose": (["none"], ["labour"], ["unknown"], ["not_asked"]),
}


@pytest.mark.parametrize("under_18", ["yes", "no", "unknown"])
def test_the_form_presumes_trafficking_exactly_as_the_coded_facts_do(under_18: str) -> None:
    _, told, _ = STORIES["a young woman made to work off a debt"]
    for act, means, purpose in product(*PARTS.values()):
        answers = told | {
            "under_18": under_18, "trafficking_act": act, "trafficking_means": means, "trafficking_purpose": purpose
        }  # fmt: skip
        found = fill("trafficking_indicators", answers).values["presumption"]
        assert found == trafficking(act, means, purpose, child=under_18 != "no"), (act, means, purpose)


@pytest.mark.parametrize(
    ("answers", "counted"),
    [
        ({}, "yes"),
        ({"walking": "some"}, "no"),
        ({"walking": "some", "seeing": ""}, "unknown"),
        ({"walking": "cannot", "seeing": ""}, "yes"),
    ],
)
def test_who_has_a_great_difficulty_is_counted(answers: dict[str, str], counted: str) -> None:
    name, told, _ = STORIES["a man who hardly walks"]
    assert fill(name, told | answers).values["counted"] == counted


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({}, "refer"),
        ({"removal_risk": "no", "fear_of_return": "no"}, None),
        ({"removal_risk": "no", "fear_of_return": "not_asked"}, "again"),
        ({"removal_risk": "no", "fear_of_return": "no", "nationality_status": "none"}, "refer"),
        ({"removal_risk": "no", "fear_of_return": "unknown"}, "refer"),
    ],
)
def test_signs_of_a_need_for_protection_lead_to_those_who_decide(answers: dict[str, str], shown: str | None) -> None:
    name, told, _ = STORIES["a man about to be sent back"]
    relevant = fill(name, told | answers).relevant
    assert [note for note in ("refer", "again") if note in relevant] == ([shown] if shown else [])


@pytest.mark.parametrize("need", list(Need))
def test_a_referral_asks_about_the_person_only_what_the_need_lets_through(need: Need) -> None:
    """Contact and whether it is a child are always asked; the rest is the minimum of the need."""
    name, told, _ = STORIES["an urgent referral for a child"]
    form, state = load_form(name), fill(name, told | {"need": need.value})
    always = {"under_18", "caregiver_informed", "not_informed_why"}
    asked = {one.category for one in form if one.asks and one.name in state.relevant and one.name not in always}
    assert asked <= {Category.C1, *MINIMUM[need]}
    assert asked >= {*MINIMUM[need]} - {Category.C3, Category.C1}


def test_facts_told_at_a_follow_up_are_those_of_the_answers() -> None:
    name, told, _ = STORIES["a follow-up at the office"]
    facts = derive_facts(load_form(name), fill(name, told | {"suicidal_risk": "unknown"}).values, TODAY)
    assert (facts["needs"], facts["suicidal_risk"], facts["medical_emergency"]) == (["MED"], "unknown", False)
