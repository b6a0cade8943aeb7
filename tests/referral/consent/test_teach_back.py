"""Before a consent the person says it back in their own words; what is missing or wrong is explained again."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from lxml import html
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from referral.config import ROOT
from referral.consent.requirements import Answer, Asked, Choice, complaints
from referral.identification.schemas import BaseConsentSchema
from sop.forms import load_form
from sop.nodes import answers_used
from sop.vocabulary import Category

TEMPLATES = ROOT / "templates"
AGAIN = "Explain it again, with an interpreter if needed: without having understood, nobody can agree."
QUESTIONS = {
    "fr": [
        "Qui recevra ce que vous nous dites, et qui ne le recevra pas ?",
        "Que recevront-ils ? Que préférez-vous garder pour vous ?",
        "Que devient l’aide que vous recevez si vous dites non ?",
        "Que pouvez-vous faire si vous changez d’avis plus tard ?",
    ],
    "en": [
        "Who will receive what you tell us, and who will not?",
        "What will they receive? What would you rather keep to yourself?",
        "What happens to the help you get if you say no?",
        "What can you do if you change your mind later?",
    ],
}
WRONG = {
    "fr": "Une réponse manque ou n’est pas juste ? Expliquez encore ce point, puis demandez de nouveau.",
    "en": "Is an answer missing or wrong? Explain that point again, then ask once more.",
}


@pytest.mark.once
def test_every_page_that_records_a_consent_asks_the_questions_before_the_tick() -> None:
    sources = {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in TEMPLATES.rglob("*.html")}
    asking = {name: text for name, text in sources.items() if 'field("understood"' in text}
    assert asking.keys() == {"identification/base_consent.html", "referrals/consent.html"}
    for name, text in asking.items():
        assert re.search(r'\{\{ teach_back\(\) \}\}\s*\{\{ field\("understood"', text), name


@pytest.mark.once
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_questions_are_asked_and_a_wrong_answer_is_explained_again_in_both_languages(
    _application: Flask, language: str
) -> None:
    page = '{% from "components/teach_back.html" import teach_back with context %}{{ teach_back() }}'
    with _application.test_request_context(), force_locale(language):
        tree = html.fromstring(render_template_string(page))
    assert [one.text_content().replace("\xa0", " ") for one in tree.iter("li")] == QUESTIONS[language]
    said = " ".join(one.text_content() for one in tree.iter("p")).replace("\xa0", " ")
    assert WRONG[language] in said


@pytest.mark.once
@pytest.mark.parametrize("child", [False, True])
def test_who_could_not_say_it_back_is_explained_it_again_and_nothing_is_recorded(child: bool) -> None:
    categories = frozenset({Category.C1})
    asked = Asked(date(2026, 11, 23), child=child, old_enough=True, capable=True, offered=categories)
    given = Answer(
        Choice.CONSENT,
        categories,
        date(2027, 5, 1),
        "fra",
        mark="signature",
        free=True,
        assent=True,
        guardian="Sa mère",
    )
    assert {name: one.text for name, one in complaints(given, asked).items()} == {"understood": AGAIN}
    typed = MultiDict(
        {"answer": "yes", "language": "fra", "categories": "C1", "mark": "signature", "free": "yes"}
        | {"basis": "guardian", "guardian": "Sa mère"}
    )
    base = BaseConsentSchema(asked=categories, languages=["fra"], child=child, answers=["yes", "no"])
    with pytest.raises(ValidationError) as refused:
        base.load(typed)
    assert refused.value.messages == {"understood": [AGAIN]}


@pytest.mark.once
@pytest.mark.parametrize(
    ("form", "heard", "answer"),
    [
        ("consent_adult", "understood", "base_consent"),
        ("consent_child", "child_understood", "assent"),
        ("consent_child", "guardian_understood", "adult_answer"),
        ("consent_referral", "understood", "choice"),
    ],
)
def test_a_form_on_a_phone_asks_whether_it_was_said_back_and_refuses_the_answer_until_then(
    form: str, heard: str, answer: str
) -> None:
    questions = load_form(form)
    assert set(questions[heard].label) == {"fr", "en"}
    assert questions[answer].constraint is not None
    assert heard in answers_used(questions[answer].constraint)
    told = questions[answer].constraint_message
    assert told["fr"].startswith(("Expliquez de nouveau", "Expliquez d’abord chaque point"))
    assert told["en"].startswith(("Explain again", "First explain each point"))
