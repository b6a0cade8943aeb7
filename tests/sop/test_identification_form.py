"""The shipped identification form is complete in both languages and feeds triage, routing and statistics."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from sop.evaluation import Scope, evaluate
from sop.facts import INPUTS, Input, derive_facts, suggested_needs, trafficking
from sop.forms import LIBRARY, Form, compile_form, load_form, split_by_category
from sop.places import load_places
from sop.questions import Kind
from sop.triage import load as load_triage
from sop.vocabulary import SENSITIVE, Category, Need, Priority

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=1)))
SHARED = Path(__file__).parents[2] / "../shared/data/geo/cm_admin_pcodes.csv"

ADULT: dict[str, Any] = {
    "identified_on": "2026-03-09",
    "region": "CM005",
    "department": "CM005004",
    "source": "airport",
    "interview_language": "fra",
    "immediate_danger": "no",
    "medical_emergency": "no",
    "no_shelter": "no",
    "family_name": "Démonstration",
    "given_names": "Awa",
    "sex": "female",
    "birth_date": "1990-06-15",
    "age_doubt": "no",
    "nationality": "CM",
    "phone": "+237 000 11 22 33",
    "phone_safe": "yes",
    "migration_status": "returnee_assisted",
    "return_country": "LY",
    "fear_of_return": "no",
    "child_in_household": "no",
    "situations": ["destitute"],
    "health_situation": ["none"],
    "suicidal_risk": "not_asked",
    "household_violence": "no",
    "sexual_violence_120h": "not_asked",
    "trafficking_act": ["none"],
    "trafficking_means": ["none"],
    "trafficking_purpose": ["none"],
    "needs": ["ECO", "DOC"],
    "wishes": "Ouvrir un petit commerce.",
}
CHILD = ADULT | {"birth_date": "2016-04-01", "care_status": "unaccompanied", "guardian_present": "no"}


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form()


def facts(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    state = form.evaluate(answers, today=TODAY, now=NOW)
    assert {name: str(message) for name, message in state.errors.items()} == {}
    return derive_facts(form, state.values, TODAY)


def test_the_reference_compiler_accepts_it() -> None:
    assert compile_form(LIBRARY / "cameroon" / "forms" / "identification.md").hash == load_form().hash


def test_nothing_stands_in_the_way_of_publishing(form: Form) -> None:
    assert [str(finding) for finding in form.findings()] == []


def test_every_text_is_there_in_french_and_english(form: Form) -> None:
    assert form.languages == ("fr", "en")
    for question in form:
        for texts in (question.label, question.hint, question.constraint_message):
            assert set(texts) in ({"fr", "en"}, set()), question.name
        assert question.label or question.type is Kind.CALCULATE
        assert bool(question.constraint) == bool(question.constraint_message)
    assert all(set(choice.label) == {"fr", "en"} for choices in form.choices.values() for choice in choices)


def test_french_is_set_with_its_own_spaces_and_apostrophes(form: Form) -> None:
    texts = [t["fr"] for q in form for t in (q.label, q.hint, q.constraint_message) if t]
    texts += [choice.label["fr"] for choices in form.choices.values() for choice in choices]
    assert [text for text in texts if "'" in text or re.search(r" [?!:;»]|« ", text)] == []


def test_it_is_short_screens(form: Form) -> None:
    screens = form.screens()
    assert [screen.name for screen in screens] == [
        "interview", "safety", "identity", "child", "journey", "papers", "health", "exploitation", "needs_and_wishes"
    ]  # fmt: skip
    assert max(len(screen.questions) for screen in screens) == 12
    assert sum(question.asks for question in form) == 54


def test_every_fact_that_triage_reads_can_be_told(form: Form) -> None:
    told = facts(form, ADULT)
    assert {fact.field.name for fact in load_triage().facts} <= set(told)
    assert {question.fact for question in form if question.fact} == set(INPUTS)


def test_codes_are_those_of_places_and_needs(form: Form) -> None:
    places = load_places("cameroon")
    assert [c.name for c in form.choices["need"]] == [need.value for need in Need]
    for list_name, level in (("region", places.regions), ("department", places.departments)):
        offered = {
            choice.name: (dict(choice.label), choice.columns.get("region", "")) for choice in form.choices[list_name]
        }
        assert offered == {place.pcode: (dict(place.name), place.parent) for place in level}


def test_places_agree_with_the_published_list() -> None:
    if not SHARED.exists():
        pytest.skip("the published list of P-codes is not on this machine")
    with SHARED.open(encoding="utf-8") as file:
        published = {row["pcode"]: row for row in csv.DictReader(file) if row["level"] in "12"}
    places = load_places("cameroon")
    assert set(places.places) == set(published)
    for pcode, row in published.items():
        place = places[pcode]
        assert place.parent == ("" if row["level"] == "1" else row["parent_pcode"])
        assert (place.latitude, place.longitude) == pytest.approx((float(row["lat"]), float(row["lon"])), abs=0.01)
        assert place.short == (row["iso_3166_2"][3:] if row["level"] == "1" else "")


def test_the_answers_on_health_violence_trafficking_and_children_are_sensitive(form: Form) -> None:
    screens = {screen.name: screen.questions for screen in form.screens()}
    for name in ("child", "health", "exploitation"):
        assert {q.category for q in screens[name] if q.asks} <= SENSITIVE
    assert form["fear_of_return"].category is Category.C10


def test_an_adult_returning_with_assistance(form: Form) -> None:
    told = facts(form, ADULT)
    expected = {
        "age": 35, "age_band": "adult", "age_group": "25-59", "under_12": False, "sex": "female", "nationality": "cmr",
        "region": "CM005", "department": "CM005004", "source": "airport", "language": "fra",
        "migration_status": "returnee_assisted", "return_country": "LY", "needs": ["DOC", "ECO"],
        "unaccompanied": False, "immediate_danger": False, "suicidal_risk": "not_asked",
        "trafficking": "none", "pregnant_or_chronic": False,
        "vulnerabilities": ["destitute"], "guardian_present": "not_asked", "interpreter_needed": "not_asked",
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert load_triage().decide(told).priority is Priority.LOW


@pytest.mark.parametrize(
    ("changes", "priority", "rule"),
    [
        ({"immediate_danger": "unknown"}, "critical", 1),
        ({"medical_emergency": "yes"}, "critical", 2),
        ({"suicidal_risk": "unknown"}, "critical", 3),
        ({"sexual_violence_120h": "yes"}, "critical", 4),
        (CHILD, "critical", 5),
        (CHILD | {"birth_date": "2010-04-01"}, "high", 6),
        ({"birth_date": "", "care_status": "unknown", "guardian_present": "no"}, "critical", 5),
        ({"age_doubt": "yes", "care_status": "separated", "guardian_present": "no"}, "high", 6),
        (
            {"trafficking_act": ["recruited"], "trafficking_means": ["debt"], "trafficking_purpose": ["labour"]},
            "high",
            7,
        ),
        ({"household_violence": "yes"}, "high", 8),
        ({"no_shelter": "yes", "health_situation": ["pregnant"]}, "high", 9),
        ({"no_shelter": "yes", "child_in_household": "unknown"}, "high", 9),
        (CHILD | {"care_status": "accompanied", "trafficking_means": ["debt"]}, "high", 10),
        ({"fear_of_return": "yes"}, "high", 11),
        ({"no_shelter": "yes"}, "medium", 12),
        ({"trafficking_means": ["threat"]}, "medium", 13),
        (CHILD | {"care_status": "accompanied"}, "medium", 13),
        ({"household_violence": "not_asked"}, "low", 14),
    ],
)
def test_each_triage_rule_is_reached_from_the_form(
    form: Form, changes: dict[str, Any], priority: str, rule: int
) -> None:
    verdict = load_triage().decide(facts(form, ADULT | changes))
    assert (verdict.priority.value, verdict.rule) == (priority, rule)


@pytest.mark.parametrize(
    ("birth_date", "age_years", "doubt", "expected"),
    [
        ("2008-03-10", "", "no", (18, "adult", "18-24", False)),
        ("2008-03-11", "", "no", (17, "minor", "15-17", False)),
        ("2014-03-10", "", "no", (12, "minor", "12-14", False)),
        ("2014-03-11", "", "no", (11, "minor", "5-11", True)),
        ("", "0", "no", (0, "minor", "0-4", True)),
        ("", "60", "no", (60, "adult", "60+", False)),
        ("", "19", "yes", (19, "doubtful", "18-24", False)),
        ("", "13", "yes", (13, "doubtful", "12-14", "unknown")),
        ("", "11", "yes", (11, "doubtful", "5-11", True)),
        ("", "", "no", (None, "doubtful", "unknown", "unknown")),
    ],
)
def test_age(form: Form, birth_date: str, age_years: str, doubt: str, expected: tuple[Any, ...]) -> None:
    answers = CHILD | {"birth_date": birth_date, "age_years": age_years, "age_doubt": doubt}
    told = facts(form, answers)
    assert tuple(told[name] for name in ("age", "age_band", "age_group", "under_12")) == expected


@pytest.mark.parametrize(
    "today", [date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2026, 12, 31), date(2027, 1, 1)]
)
@pytest.mark.parametrize("born", ["2000-02-29", "2008-03-01", "2010-12-31", "2023-01-01", "1950-02-28"])
def test_the_form_counts_years_as_the_facts_do(form: Form, born: str, today: date) -> None:
    calculation = form["age"].calculation
    assert calculation is not None
    in_form = evaluate(calculation, Scope({"birth_date": date.fromisoformat(born)}, today=today, now=NOW))
    year, month, day = map(int, born.split("-"))
    assert in_form == today.year - year - (1 if today.month * 100 + today.day < month * 100 + day else 0)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"birth_date": "2026-03-11"}, {"birth_date": "constraint"}),
        ({"birth_date": "1900-01-01"}, {"birth_date": "constraint"}),
        ({"birth_date": "", "age_years": "200"}, {"age_years": "constraint"}),
        ({"identified_on": "2026-03-11"}, {"identified_on": "constraint"}),
        ({"family_name": "x" * 10_000}, {"family_name": "too_long_by"}),
        ({"department": "CM001001"}, {"department": "choice_not_possible"}),
        ({"department": "CM999"}, {"department": "unknown_choice"}),
        ({"phone": "appelez-moi"}, {"phone": "constraint"}),
        ({"return_country": "stateless"}, {"return_country": "choice_not_possible"}),
        ({"trafficking_means": ["none", "debt"]}, {"trafficking_means": "constraint"}),
        ({"health_situation": ["not_asked", "pregnant"]}, {"health_situation": "constraint"}),
        ({"situations": ["none", "isolated"]}, {"situations": "constraint"}),
        ({"immediate_danger": "not_asked"}, {"immediate_danger": "unknown_choice"}),
        ({"sex": ""}, {"sex": "required"}),
    ],
)
def test_bad_answers_are_refused_in_words(form: Form, changes: dict[str, Any], refused: dict[str, str]) -> None:
    state = form.evaluate(CHILD | changes, today=TODAY, now=NOW)
    assert {name: message.code for name, message in state.errors.items()} == refused


def test_an_adult_is_not_asked_the_child_s_questions(form: Form) -> None:
    state = form.evaluate(CHILD | {"birth_date": "1990-01-01", "caregiver": "Tante Rose"}, today=TODAY, now=NOW)
    assert state.complete
    assert not {"caregiver", "care_status", "guardian_present"} & set(state.values)


def test_names_and_formulas_are_kept_as_typed_and_sealed_in_c2(form: Form) -> None:
    hostile = {"family_name": "<script>alert(1)</script>", "given_names": '=HYPERLINK("http://x","y")'}
    state = form.evaluate(ADULT | hostile, today=TODAY, now=NOW)
    parts = split_by_category(form, state.values)
    assert parts[Category.C2] == hostile | {"phone": "+237 000 11 22 33", "phone_safe": "yes"}
    assert set(parts[Category.C8]) == {"household_violence", "sexual_violence_120h"}
    assert sum(map(len, parts.values())) == len(state.values)


def test_facts_hold_codes_only(form: Form) -> None:
    words = {"family_name": "Secretnom", "wishes": "secretvoeu", "route": "secretroute", "place": "secretlieu"}
    told = facts(form, CHILD | words | {"caregiver": "secrettante", "phone": "000111222"})
    assert "secret" not in str(told).lower()
    assert "000111222" not in str(told)
    assert "2016" not in str(told)


def test_what_the_facts_call_for_is_proposed_not_opened(form: Form) -> None:
    told = facts(form, CHILD | {"no_shelter": "yes", "needs": ["HEB"]})
    assert told["needs"] == ["HEB"]
    assert suggested_needs(told) == (Need.ENF, Need.FAM)


def test_trafficking_over_every_combination_of_answers() -> None:
    """Independent reading: unknown signs are tried both ways; strong needs all decisive elements."""
    domain: dict[str, list[str] | None] = {"yes": ["x"], "no": ["none"], "unknown": ["unknown"], "silent": None}
    for child in (True, False):
        for act in domain:
            for means in domain:
                for purpose in domain:
                    elements = (act, purpose) if child else (act, means, purpose)
                    if all(element == "yes" for element in elements):
                        expected = "strong"
                    elif all(element in ("yes", "unknown") for element in elements):
                        expected = "unknown"
                    elif {"yes", "unknown"} & {act, means, purpose}:
                        expected = "weak"
                    else:
                        expected = "not_asked" if {act, means, purpose} == {"silent"} else "none"
                    assert trafficking(domain[act], domain[means], domain[purpose], child=child) == expected


def test_inputs_are_of_the_type_of_their_question(form: Form) -> None:
    types = {
        Input.YES_NO: Kind.SELECT_ONE,
        Input.CODE: Kind.SELECT_ONE,
        Input.CODES: Kind.SELECT_MULTIPLE,
        Input.DATE: Kind.DATE,
        Input.NUMBER: Kind.INTEGER,
    }
    assert {q.fact: q.type for q in form if q.fact} == {fact: types[kind] for fact, kind in INPUTS.items()}
    yes_no = {"yes", "no", "unknown", "not_asked"}
    for question in form:
        if question.fact and INPUTS[question.fact] is Input.YES_NO:
            assert {choice.name for choice in form.options(question)} <= yes_no


def test_filling_a_shipped_form_never_loads_the_reference_compiler() -> None:
    program = "import sys; from sop.forms import load_form; load_form(); sys.exit('pyxform' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=LIBRARY.parents[1]).returncode == 0
