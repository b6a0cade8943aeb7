"""Coded facts: what the answers of a form tell triage, routing and statistics. Codes only, never words of the person.

A question says in its `fact` column which of the inputs below it feeds. `derive_facts` turns the answers into the facts
that guards and triage read. Yes/no facts are True, False, "unknown" (asked and not known, or signs seen) or
"not_asked"; what nobody was asked is "not_asked".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sop.vocabulary import Need

if TYPE_CHECKING:
    from sop.forms import Form

UNKNOWN = "unknown"
NOT_ASKED = "not_asked"
NONE = "none"


class Input(StrEnum):
    """How the answers that feed a fact are read."""

    YES_NO = "yes_no"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    NUMBER = "number"


YES_NO_FACTS: tuple[str, ...] = (
    "immediate_danger",
    "medical_emergency",
    "suicidal_risk",
    "sexual_violence_120h",
    "household_violence",
    "no_shelter",
    "child_in_household",
    "fear_of_return",
    "guardian_present",
    "interpreter_needed",
)
CODE_FACTS: tuple[str, ...] = (
    "sex",
    "region",
    "department",
    "source",
    "language",
    "migration_status",
    "return_country",
)

INPUTS: dict[str, Input] = {
    **dict.fromkeys(YES_NO_FACTS, Input.YES_NO),
    **dict.fromkeys(CODE_FACTS, Input.CODE),
    "birth_date": Input.DATE,
    "age_years": Input.NUMBER,
    "age_doubt": Input.YES_NO,
    "nationality": Input.CODE,
    "care_status": Input.CODE,
    "health": Input.CODES,
    "needs": Input.CODES,
    "situations": Input.CODES,
    "trafficking_act": Input.CODES,
    "trafficking_means": Input.CODES,
    "trafficking_purpose": Input.CODES,
}
"""Every name that the `fact` column of a form may hold."""

AGE_GROUPS: tuple[tuple[int, str], ...] = (
    (4, "0-4"),
    (11, "5-11"),
    (14, "12-14"),
    (17, "15-17"),
    (24, "18-24"),
    (59, "25-59"),
)
"""Last age of each group of the statistic `age_group`; above them all: 60+."""

YES_NO: dict[str, bool | str] = {"yes": True, "no": False, UNKNOWN: UNKNOWN}
CARE_STATUS: dict[str, bool | str] = {"unaccompanied": True, "separated": True, "accompanied": False, UNKNOWN: UNKNOWN}
"""Answer -> fact `unaccompanied`."""

CHRONIC = frozenset({"pregnant", "breastfeeding", "chronic_illness"})

SUGGESTIONS: tuple[tuple[str, Any, Need], ...] = (
    ("medical_emergency", True, Need.MED),
    ("suicidal_risk", True, Need.PSY),
    ("sexual_violence_120h", True, Need.VBG),
    ("sexual_violence_120h", True, Need.MED),
    ("household_violence", True, Need.VBG),
    ("no_shelter", True, Need.HEB),
    ("unaccompanied", True, Need.ENF),
    ("unaccompanied", True, Need.FAM),
    ("trafficking", "strong", Need.TEH),
    ("fear_of_return", True, Need.ASI),
)
"""Fact, value that calls for it, need: proposed to the person and the case manager, never opened by itself."""


def derive_facts(form: Form, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The coded facts of one filled form, as JSON can keep them; `values` are those of `FormState`.

    Besides one fact for each input: `age` (completed years or None), `age_band` (minor, doubtful, adult; not known is
    doubtful), `age_group`, `under_12`, `nationality` (cmr, foreign, stateless_unknown), `unaccompanied`, `trafficking`
    (none, weak, strong), `pregnant_or_chronic`, `needs`, `vulnerabilities`.
    """
    answers = {question.fact: values[question.name] for question in form if question.fact and question.name in values}
    facts: dict[str, Any] = {name: _yes_no(answers.get(name)) for name in YES_NO_FACTS}
    facts |= {name: answers.get(name, "" if name == "return_country" else UNKNOWN) for name in CODE_FACTS}
    facts |= _age(answers, today)
    facts["nationality"] = nationality(answers.get("nationality", ""))
    facts["unaccompanied"] = _unaccompanied(answers.get("care_status"), facts["age_band"])
    facts["pregnant_or_chronic"] = _any_of(answers.get("health"), CHRONIC)
    facts["trafficking"] = trafficking(
        *(answers.get(f"trafficking_{part}") for part in ("act", "means", "purpose")),
        child=facts["age_band"] != "adult",
    )
    facts["needs"] = [need.value for need in Need if need.value in (answers.get("needs") or ())]
    facts["vulnerabilities"] = _vulnerabilities(answers, facts)
    return facts


def facts_told(form: Form, values: Mapping[str, Any], before: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The coded facts that a later form on the same person changes; `before` are those known so far.

    Only facts that are known of (names in `before`) and that this form answers clearly: what was not asked or not
    understood takes nothing back. Needs and vulnerabilities are added to, never taken away. Age stays: it decides who
    protects the person, and is changed by people. How and where the person was first met stays what it was.
    """
    answers = {question.fact: values[question.name] for question in form if question.fact and question.name in values}
    fed = frozenset(answers)
    found = derive_facts(form, values, today) | {"age_group": before.get("age_group", UNKNOWN)}
    adult = before.get("age_band") == "adult"
    found["unaccompanied"] = _unaccompanied(answers.get("care_status"), "adult" if adult else "minor")
    signs = (answers.get(f"trafficking_{part}") for part in ("act", "means", "purpose"))
    found["trafficking"] = trafficking(*signs, child=not adult)
    found["vulnerabilities"] = _vulnerabilities(answers, found)
    told = {name: found[name] for name in (*YES_NO_FACTS, *CODE_FACTS, "nationality") if name in fed - FIRST_MET}
    told |= {name: found[name] for name, inputs in DERIVED.items() if fed & inputs}
    told = {name: value for name, value in told.items() if name in before and value not in SILENT}
    for name in ("needs", "vulnerabilities"):
        if name in before and fed:
            told[name] = _joined(name, before[name] or (), found[name])
    return {name: value for name, value in told.items() if value != before[name]}


FIRST_MET = frozenset({"source", "region", "department"})
SILENT = (UNKNOWN, NOT_ASKED, "", None)
DERIVED: dict[str, frozenset[str]] = {
    "unaccompanied": frozenset({"care_status"}),
    "pregnant_or_chronic": frozenset({"health"}),
    "trafficking": frozenset({"trafficking_act", "trafficking_means", "trafficking_purpose"}),
}
"""Fact -> the inputs of a form that it is worked out from."""


def _joined(name: str, before: Iterable[str], found: Iterable[str]) -> list[str]:
    codes = {*before, *found}
    return [need.value for need in Need if need.value in codes] if name == "needs" else sorted(codes)


def completed_years(born: date, today: date) -> int:
    """Age in completed years.

    >>> completed_years(date(2008, 2, 29), date(2026, 2, 28)), completed_years(date(2008, 2, 29), date(2026, 3, 1))
    (17, 18)
    """
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age_group(age: int | None) -> str:
    """The statistic for an age.

    >>> age_group(4), age_group(17), age_group(18), age_group(60), age_group(None)
    ('0-4', '15-17', '18-24', '60+', 'unknown')
    """
    if age is None:
        return UNKNOWN
    return next((name for last, name in AGE_GROUPS if age <= last), "60+")


def _age(answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Doubt makes anybody `doubtful`, who is protected as a minor; so does an age that nobody knows."""
    born, estimate = answers.get("birth_date"), answers.get("age_years")
    if isinstance(born, str):
        born = date.fromisoformat(born)
    age = completed_years(born, today) if born else estimate
    doubt = age is None or _yes_no(answers.get("age_doubt")) in (True, UNKNOWN)
    band = "doubtful" if doubt else "minor" if age is not None and age < 18 else "adult"
    under_12: bool | str = UNKNOWN if age is None or (doubt and 12 <= age < 15) else age < 12
    return {"age": age, "age_band": band, "age_group": age_group(age), "under_12": under_12}


def nationality(country: str) -> str:
    """The guard field: cmr, foreign or stateless_unknown.

    >>> nationality("CM"), nationality("TD"), nationality("stateless"), nationality("")
    ('cmr', 'foreign', 'stateless_unknown', 'stateless_unknown')
    """
    if country == "CM":
        return "cmr"
    return "stateless_unknown" if country in {"", "stateless", UNKNOWN, NOT_ASKED} else "foreign"


def trafficking(
    act: Iterable[str] | None, means: Iterable[str] | None, purpose: Iterable[str] | None, *, child: bool
) -> str:
    """Strong when act, means and purpose (Palermo protocol, art. 3) were all seen; for a child the means do not matter.

    Any other sign is weak. "unknown" when what is not known would decide between weak and strong.

    >>> trafficking(["recruited"], ["debt"], ["sexual"], child=False)
    'strong'
    >>> trafficking(["recruited"], None, ["begging"], child=True)
    'strong'
    >>> trafficking(["recruited"], ["none"], ["labour"], child=False)
    'weak'
    >>> trafficking(["recruited"], ["unknown"], ["labour"], child=False), trafficking(None, None, None, child=True)
    ('unknown', 'not_asked')
    """
    signs = [_any_of(part, None) for part in (act, means, purpose)]
    decisive = [signs[0], signs[2]] if child else signs
    if all(sign is True for sign in decisive):
        return "strong"
    if all(sign in (True, UNKNOWN) for sign in decisive):
        return UNKNOWN
    if any(sign in (True, UNKNOWN) for sign in signs):
        return "weak"
    return NONE if any(sign is False for sign in signs) else NOT_ASKED


def suggested_needs(facts: Mapping[str, Any]) -> tuple[Need, ...]:
    """Needs that the facts call for and that nobody ticked: to be talked over with the person.

    >>> suggested_needs({"no_shelter": True, "trafficking": "strong", "needs": ["HEB"]})
    (<Need.TEH: 'TEH'>,)
    """
    wanted = {need for fact, value, need in SUGGESTIONS if facts.get(fact) == value}
    return tuple(need for need in Need if need in wanted and need.value not in facts.get("needs", ()))


def _yes_no(answer: Any) -> bool | str:
    if isinstance(answer, bool):
        return answer
    return YES_NO.get(answer, NOT_ASKED) if isinstance(answer, str) else NOT_ASKED


def _any_of(codes: Iterable[str] | None, wanted: frozenset[str] | None) -> bool | str:
    """Whether one of the codes is wanted (None: any real sign): True, False, "unknown" or "not_asked"."""
    given = set(codes or ())
    if (given - {NONE, UNKNOWN, NOT_ASKED}) if wanted is None else given & wanted:
        return True
    if UNKNOWN in given:
        return UNKNOWN
    return NOT_ASKED if not given or NOT_ASKED in given else False


def _unaccompanied(status: str | None, age_band: str) -> bool | str:
    if age_band == "adult":
        return False
    return CARE_STATUS.get(status or "", NOT_ASKED)


def _vulnerabilities(answers: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """The statistical list: situations as ticked, and what the sensitive questions showed."""
    found: set[str] = {code for key in ("situations", "health") for code in answers.get(key) or ()}
    found -= {NONE, UNKNOWN, NOT_ASKED}
    signs = {
        "presumed_trafficking": facts["trafficking"] in ("weak", "strong"),
        "unaccompanied_or_separated": facts["unaccompanied"] is True,
        "gender_based_violence": True in (facts["household_violence"], facts["sexual_violence_120h"]),
        "mental_health": facts["suicidal_risk"] is True,
        "international_protection": facts["fear_of_return"] is True,
        "elderly": facts["age_group"] == "60+",
    }
    return sorted(found | {name for name, seen in signs.items() if seen})
