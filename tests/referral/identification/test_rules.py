"""Who receives a pre-file, who takes the case, what the procedure is told, what base consent may answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from referral.identification.rules import (
    Receiver,
    Worker,
    assent_needed,
    base_categories,
    choose_manager,
    choose_receiver,
    consent_answers,
    in_danger,
    procedure_facts,
)
from referral.identification.schemas import iso_date
from referral.identification.screens import newly_asked, questions_in, shown_items
from sop import yaml_io
from sop.forms import LIBRARY, load_form
from sop.vocabulary import Category

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 10, tzinfo=UTC)
FIELDS = yaml_io.load(LIBRARY / "cameroon" / "flowchart.yaml").fields


def receiver(
    number: int, name: str, *, regions: str = "", enf: bool = False, managers: int = 1, live: int = 0
) -> Receiver:
    mandates = frozenset({"ENF"} if enf else ())
    return Receiver(UUID(int=number), name, frozenset(regions.split()), mandates, managers, live)


NEAR = receiver(1, "near", regions="CM005")
NATIONAL = receiver(2, "national", enf=True)
BUSY = receiver(5, "busy", regions="CM005", managers=2, live=9)
CALM = receiver(6, "calm", regions="CM005", live=4)
FAR = receiver(3, "far", regions="CM001", enf=True)


@pytest.mark.parametrize(
    ("candidates", "child", "expected"),
    [
        ([FAR, NATIONAL, NEAR], False, "near"),
        ([FAR, NATIONAL, NEAR], True, "national"),
        ([FAR, NEAR], True, "far"),
        ([NEAR], True, None),
        ([receiver(4, "empty", regions="CM005", managers=0)], False, None),
        (
            [receiver(5, "busy", regions="CM005", managers=2, live=9), receiver(6, "calm", regions="CM005", live=4)],
            False,
            "calm",
        ),
        ([receiver(8, "b", regions="CM005"), receiver(7, "a", regions="CM005")], False, "a"),
        ([], False, None),
    ],
)
def test_mandate_comes_first_then_region_then_load(
    candidates: list[Receiver], child: bool, expected: str | None
) -> None:
    chosen = choose_receiver(candidates, region="CM005", child=child)
    assert (chosen.name if chosen else None) == expected


def worker(number: int, *, regions: str = "CM005", specialities: str = "", live: int = 0) -> Worker:
    return Worker(UUID(int=number), f"w{number}", frozenset(regions.split()), frozenset(specialities.split()), live)


@pytest.mark.parametrize(
    ("workers", "child", "known_to", "expected"),
    [
        ([worker(1, live=3), worker(2, live=1)], False, 9, 2),
        ([worker(1, live=3), worker(2, live=1)], False, 1, 1),
        ([worker(1, live=3, specialities="ENF"), worker(2)], True, 9, 1),
        ([worker(1, live=3, specialities="ENF"), worker(2)], False, 9, 2),
        ([worker(1, regions="CM001"), worker(2, live=5)], False, 9, 2),
        ([worker(1, regions=""), worker(2, live=5)], False, 9, 1),
    ],
)
def test_the_case_falls_to_who_knows_the_person_then_to_who_has_least(
    workers: list[Worker], child: bool, known_to: int, expected: int
) -> None:
    chosen = choose_manager(workers, region="CM005", child=child, known_to=UUID(int=known_to))
    assert chosen is not None
    assert chosen.id == UUID(int=expected)


@pytest.mark.parametrize(
    ("danger", "medical", "expected"),
    [
        (True, False, True),
        (False, True, True),
        (False, False, False),
        (False, "unknown", "unknown"),
        ("unknown", True, True),
    ],
)
def test_danger_is_danger_or_care_needed_at_once(danger: object, medical: object, expected: object) -> None:
    assert in_danger({"immediate_danger": danger, "medical_emergency": medical}) == expected


def test_the_procedure_is_told_its_own_facts_only() -> None:
    facts = {
        "immediate_danger": False, "medical_emergency": False, "age_band": "minor", "nationality": "cmr",
        "sex": "female",
        "needs": ["MED", "XXX"], "priority": "high", "urgent": True, "suicidal_risk": "not_asked",
    }  # fmt: skip
    assert procedure_facts(facts, FIELDS) == {
        "immediate_danger": False, "age_band": "minor", "nationality": "cmr", "priority": "high", "urgent": True,
    }  # fmt: skip
    assert "immediate_danger" not in procedure_facts(facts | {"medical_emergency": "unknown"}, FIELDS)


def test_base_consent_asks_for_what_is_held_and_for_what_each_file_needs() -> None:
    plain, sensitive = base_categories([Category.C10, Category.C6, Category.C12])
    assert [one.value for one in plain] == ["C1", "C2", "C3", "C5", "C12"]
    assert [one.value for one in sensitive] == ["C6", "C10"]


@pytest.mark.parametrize(
    ("child", "refusals", "expected"),
    [
        (False, 0, ("yes", "no")),
        (False, 3, ("yes", "no")),
        (True, 0, ("yes", "no")),
        (True, 1, ("yes", "no", "decided")),
        (True, 2, ("yes", "decided")),
    ],
)
def test_a_decision_against_a_child_is_the_last_resort(child: bool, refusals: int, expected: tuple[str, ...]) -> None:
    assert consent_answers(child=child, refusals=refusals) == expected


@pytest.mark.parametrize(("age", "needed"), [(0, False), (5, False), (6, True), (17, True), (None, True)])
def test_assent_is_asked_from_six_years_on(age: int | None, needed: bool) -> None:
    assert assent_needed(age) is needed


def test_departements_stand_under_their_regions_until_one_is_chosen() -> None:
    form = load_form()
    screen = form.screens()[0]
    for region, expected in (("", 10), ("CM005", 0)):
        state = form.evaluate({"region": region}, today=TODAY, now=NOW)
        shown = {one.question.name: one for one in questions_in(shown_items(form, screen, state, {}, {}))}
        assert len(shown["department"].groups) == expected
        assert len(shown["department"].options) == (58 if not region else 4)


def test_questions_that_were_not_on_the_page_are_named() -> None:
    form = load_form()
    screen = next(one for one in form.screens() if one.name == "identity")
    state = form.evaluate({"nationality": "other"}, today=TODAY, now=NOW)
    asked = {one.name for one in screen.questions if one.name != "nationality_other"}
    assert newly_asked(form, screen, state, asked) == ["nationality_other"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2026-2-3", "2026-02-03"), ("2026-2-31", "2026-2-31"), ("26-2-3", "26-2-3"), ("-2-3", "-2-3"), ("", "")],
)
def test_three_inputs_make_a_date_or_stay_as_typed(typed: str, expected: str) -> None:
    assert iso_date(typed) == expected
