"""What is asked of the directory for one need of a case: coded facts only, never who the person is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from directory import Criteria, age_range
from referral.cases.models import Case
from referral.consent.queries.requests import age_of
from sop.places import load_places
from sop.vocabulary import Need

STATUS_OF: dict[str, str] = {
    "returnee_assisted": "returnee",
    "returnee_spontaneous": "returnee",
    "returnee_forced": "returnee",
    "stranded": "transit_migrant",
    "transit": "transit_migrant",
    "asylum_seeker": "asylum_seeker",
    "refugee": "refugee",
    "stateless": "stateless_risk",
    "idp": "idp",
    "resident": "host_community",
}
"""Answer of the identification form → status that a service may ask for."""

VULNERABILITY_OF: dict[str, str] = {
    "single_parent": "single_parent",
    "pregnant": "pregnant",
    "breastfeeding": "pregnant",
    "chronic_illness": "serious_illness",
    "disability": "disability",
    "presumed_trafficking": "trafficking_victim",
    "gender_based_violence": "gbv_survivor",
    "elderly": "older_person",
    "unaccompanied_or_separated": "unaccompanied_child",
}
"""Coded vulnerability → term that a service may ask for."""

LANGUAGE_OF: dict[str, str] = {"wes": "pcm", "fub": "ful", "arb": "ara", "knc": "kan"}
"""Languages of the form whose family the directory lists."""
SPOKEN_BY_ALL = frozenset({"", "unknown", "mis"})


def criteria_for(case: Case, need: Need, today: date) -> Criteria:
    """The question to the directory; an age in doubt may be any, so that no service for children is missed."""
    facts = case.facts
    band = facts.get("age_band", "doubtful")
    age = age_of(case, today) if band != "doubtful" else None
    place = _place(case)
    return Criteria(
        need=need.value,
        ages=age_range(age, band if band in ("minor", "adult") else None),
        sex=_sex(case.person.sex.value),
        statuses=_statuses(facts),
        vulnerabilities=frozenset(_mapped(VULNERABILITY_OF, facts.get("vulnerabilities", ()))),
        nationality=case.person.nationality.value,
        place=place,
        point=_point(place),
        languages=_languages(facts.get("language") or case.person.language),
    )


def _sex(sex: str) -> str:
    return sex if sex in ("female", "male") else "other"


def _statuses(facts: Mapping[str, Any]) -> frozenset[str]:
    found = set(_mapped(STATUS_OF, [facts.get("migration_status", "")]))
    if "no_documents" in facts.get("vulnerabilities", ()):
        found.add("undocumented")
    if facts.get("trafficking") in ("weak", "strong"):
        found.add("trafficking_victim")
    return frozenset(found)


def _mapped(table: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    return [table[code] for code in codes if code in table]


def _languages(code: str) -> frozenset[str]:
    return frozenset() if code in SPOKEN_BY_ALL else frozenset({LANGUAGE_OF.get(code, code)})


def _place(case: Case) -> str | None:
    return case.department or case.region or None


def _point(pcode: str | None) -> tuple[float, float] | None:
    """The centre of the département; a whole region is too large to measure from."""
    places = load_places()
    if pcode is None or pcode not in places or places[pcode].level < 2:
        return None
    return places[pcode].latitude, places[pcode].longitude
