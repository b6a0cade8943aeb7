"""Steps, papers, referrals, and hours of another day: what a search may ask beyond need, place and person."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from directory import Answer, Criterion, Offer, judge
from directory.criteria import Moment
from directory.papers import recognised
from directory.profile import Closure, Hours, Schedule
from directory.question import question
from directory.referring import AccessMode
from directory.taxonomy import Referrals

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEEK = Hours((Schedule("MO,TU,WE,TH,FR", time(8), time(15, 30)),))
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def verdict(
    criterion: Criterion, person: dict | None = None, conditions: tuple = (), when: dict | None = None, **offer
):
    """Answer, message code and whether it decides; None when it is not asked."""
    asked = question(person or {}, conditions=conditions, **(when or {}))
    found = judge(Offer("1", "s", "o", "n", **offer), asked, Moment(MONDAY)).verdict(criterion)
    return found and (found.answer, found.message.code, found.hard)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Carte nationale d’identité", {"identity_card"}),
        ("CNI ou passeport", {"identity_card", "passport"}),
        ("Pièce d'identité", {"identity_card", "passport"}),
        ("Extrait de naissance de l’enfant", {"birth_certificate"}),
        ("2 photos d'identité", {"photo"}),
        ("Passport photo", {"photo"}),
        ("Carnet de santé", {"health_record"}),
        ("Certificat de réfugié (HCR)", {"refugee_card", "asylum_certificate"}),
        ("Deux témoins", set()),
        ("Cnidaire", set()),
    ],
)
def test_papers_are_met_by_their_words(written: str, codes: set[str]) -> None:
    assert recognised(written) == codes


DOCUMENTS = Criterion.DOCUMENTS


def test_a_missing_paper_is_a_question_and_excludes_only_on_demand() -> None:
    asks = {"required_documents": ("CNI",)}
    assert verdict(DOCUMENTS, **asks) is None
    assert verdict(DOCUMENTS, {"documents": []}, **asks) == (UNKNOWN, "papers_missing", True)
    assert verdict(DOCUMENTS, {"documents": ["passport"]}, ("papers",), **asks) == (NO, "papers_missing", True)
    assert verdict(DOCUMENTS, {"documents": ["identity_card"]}, ("papers",), **asks) == (YES, "papers_held", True)


def test_papers_that_are_not_understood_or_not_stated_are_unknown() -> None:
    nobody = {"documents": []}
    assert verdict(DOCUMENTS, nobody, required_documents=("Deux témoins",)) == (UNKNOWN, "papers_to_check", False)
    assert verdict(DOCUMENTS, nobody, required_documents=("Aucun",)) == (YES, "no_papers", False)
    assert verdict(DOCUMENTS, nobody) is None
    assert verdict(DOCUMENTS, nobody, ("papers",)) == (UNKNOWN, "papers_not_stated", True)


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ({"step_free": True}, (YES, "step_free", True)),
        ({"step_free": False}, (NO, "steps", True)),
        ({"accessibility": "Rampe à l’arrière"}, (UNKNOWN, "access_words", True)),
        ({}, (UNKNOWN, "access_not_stated", True)),
        ({"remote": True, "step_free": False}, (YES, "remote", True)),
    ],
)
def test_steps_decide_where_asked(offer: dict, expected: tuple) -> None:
    assert verdict(Criterion.ACCESS, conditions=("accessible",), **offer) == expected


def test_steps_inform_where_stated_and_are_silent_where_not() -> None:
    assert verdict(Criterion.ACCESS, step_free=False) == (NO, "steps", False)
    assert verdict(Criterion.ACCESS) is None


def test_a_service_that_one_simply_goes_to_is_asked_whether_it_takes_referrals() -> None:
    open_door = {"accepts_referrals": Referrals.NOT_NEEDED}
    assert verdict(Criterion.REFERRALS, **open_door) == (YES, "no_referral_needed", True)
    assert verdict(Criterion.REFERRALS, conditions=("referrals",), **open_door) == (UNKNOWN, "referral_to_ask", True)


TUESDAY, SUNDAY = date(2026, 3, 3), date(2026, 3, 8)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"at": datetime(2026, 3, 3, 14, 29, tzinfo=UTC)}, (YES, "open_then_until", True)),
        ({"at": datetime(2026, 3, 3, 14, 30, tzinfo=UTC)}, (NO, "closed_then", True)),  # Douala is an hour ahead
        ({"on": TUESDAY}, (YES, "open_that_day", True)),
        ({"on": SUNDAY}, (NO, "closed_that_day", True)),
    ],
)
def test_a_day_or_a_moment_makes_the_hours_a_condition(when: dict, expected: tuple) -> None:
    assert verdict(Criterion.HOURS, when=when, hours=WEEK) == expected


def test_a_closure_closes_that_day_and_unknown_hours_stay_unknown() -> None:
    shut = Hours(WEEK.schedules, (Closure(TUESDAY, TUESDAY),))
    assert verdict(Criterion.HOURS, when={"on": TUESDAY}, hours=shut) == (NO, "closed_that_day", True)
    assert verdict(Criterion.HOURS, when={"on": TUESDAY}) == (UNKNOWN, "hours_unknown", True)


WORK = frozenset({"ECO"})


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ({"needs": WORK, "vacancies": 2}, (YES, "vacancies", True)),
        ({"needs": WORK, "vacancies": 0}, (NO, "no_vacancy", True)),
        ({"needs": WORK}, (UNKNOWN, "no_vacancy_told", True)),
        ({"needs": frozenset({"MED"})}, (NO, "no_vacancy", True)),
        ({"needs": frozenset({"MED"}), "vacancies": 1}, (YES, "vacancies", True)),
    ],
)
def test_vacancies_decide_where_asked_and_an_employer_who_never_announced_one_is_asked(
    offer: dict, expected: tuple
) -> None:
    assert verdict(Criterion.VACANCIES, conditions=("vacancies",), **offer) == expected
    assert verdict(Criterion.VACANCIES, **offer) is None


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ({AccessMode.WALK_IN, AccessMode.PHONE}, (YES, "walk_in", True)),
        ({AccessMode.APPOINTMENT}, (NO, "no_walk_in", True)),
        (set(), (UNKNOWN, "access_modes_not_stated", True)),
    ],
)
def test_coming_without_appointment_decides_where_asked_and_silence_is_to_be_asked(modes: set, expected: tuple) -> None:
    assert verdict(Criterion.WALK_IN, conditions=("walk_in",), access_modes=frozenset(modes)) == expected
    assert verdict(Criterion.WALK_IN, access_modes=frozenset(modes)) is None


def test_residents_only_is_a_reason_that_decides_nothing() -> None:
    assert verdict(Criterion.RESIDENCE, residence_required=True) == (UNKNOWN, "residents_only", False)
    assert verdict(Criterion.RESIDENCE, residence_required=False) is None
    assert verdict(Criterion.RESIDENCE) is None
