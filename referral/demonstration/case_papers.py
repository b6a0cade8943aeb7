"""Forms that case managers filled in inside an invented case: the assessment (F10) and the follow-up (F18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from referral.cases.models import Case
from referral.demonstration.beginnings import day
from referral.foundation import clock
from referral.identification import actions, gate, queries
from referral.identification.actions import case_forms
from referral.identification.models import Submission
from referral.procedures import queries as procedures
from sop.vocabulary import Need

ASSESSMENT, FOLLOW_UP = "vulnerability_assessment", "follow_up"
STATED: dict[object, str] = {True: "yes", False: "no"}
WORRIES = (["isolated"], ["no_income"], ["debts", "no_income"], ["no_documents"])
LEANS_ON = (["skills", "courage"], ["languages"], ["project", "asks_help"], ["faith"])
SAID = (
    "Va mieux depuis que le service a commencé.",
    "Fatiguée, mais elle vient d’elle-même aux rendez-vous.",
    "Demande qu’on l’appelle plutôt le matin.",
)


def write(
    case: Case, name: str, answers: Mapping[str, Any], now: datetime, *, minutes: int = 30, finish: bool = True
) -> Submission:
    """A form of a case by its case manager, begun at `now` and finished so many minutes later, or left as a draft."""
    version, manager = procedures.active_form(name), case.manager
    if version is None or manager is None:
        raise LookupError(name)
    draft = case_forms.begin(case, version, actor=manager, today=day(now), now=now)
    last = procedures.form(version.id).screens()[-1].name
    then = now + timedelta(minutes=minutes)
    actions.save(draft, answers, screen=last, actor=manager, now=then)
    if finish:
        filling = queries.filling(draft, today=day(then), now=then.astimezone(clock.zone()))
        receipt = gate.hand_in(filling, actor=manager, now=then)
        if receipt.case is None:
            raise ValueError(sorted(receipt.errors))
    return draft


def assessment(case: Case, rng: Random, today: date) -> dict[str, Any]:
    """Answers of an assessment that say of danger and needs what is known of the case already."""
    facts = case.facts
    stated = {name: STATED.get(facts.get(name), "not_asked") for name in ("fear_of_return", "suicidal_risk")}
    return stated | {
        "assessed_on": today.isoformat(),
        "occasion": "first",
        "alone": "yes",
        "immediate_danger": STATED.get(facts.get("immediate_danger"), "unknown"),
        "no_shelter": STATED.get(facts.get("no_shelter"), "unknown"),
        "individual_risks": rng.choice(WORRIES),
        "individual_strengths": rng.choice(LEANS_ON),
        "household_risks": ["separated"] if Need.FAM.value in facts["needs"] else ["none"],
        "community_risks": ["no_network"],
        "community_strengths": ["association"],
        "context_risks": ["cost"],
        "trafficking_signs": "no" if facts.get("trafficking") == "none" else "unknown",
        "needs": sorted(facts["needs"]),
        "risk": case.priority.value,
        "summary": "Situation relue avec la personne ; elle sait qui l’accompagne et qui lit ses réponses.",
    }


def follow_up(case: Case, rng: Random, today: date, *, review: str = "ongoing", served: Iterable[str] = ()) -> Any:
    """Answers of a follow-up at which the person was met."""
    facts = case.facts
    answers: dict[str, Any] = {
        "followed_on": today.isoformat(),
        "channel": rng.choice(("office", "visit")),
        "reached": "yes",
        "private": "yes",
        "immediate_danger": STATED.get(facts.get("immediate_danger"), "unknown"),
        "since": rng.choice(("better", "same", "better")),
        "no_shelter": STATED.get(facts.get("no_shelter"), "unknown"),
        "changes": ["none"],
        "services": [{"service_need": need, "service_result": "complete"} for need in served],
        "needs": sorted(facts["needs"]),
        "new_need": "yes" if review == "new_need" else "no",
        "consent_still": "yes",
        "review": review,
        "risk": case.priority.value,
        "note": rng.choice(SAID),
    }
    return answers | (
        {"next_on": (today + timedelta(days=14)).isoformat()} if review in ("ongoing", "new_need") else {}
    )
