"""Base consent: the person (or a child and whoever stands for it) lets the case begin, in full, in part, or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from referral.cases.actions import opening
from referral.cases.models import Case
from referral.consent.actions import marking
from referral.consent.actions.recording import record_consent
from referral.consent.mark_schemas import Mark
from referral.consent.models import ConsentGiver, ConsentMark, ConsentState
from referral.errors import RuleViolation
from referral.identification.queries import prefiles as queries
from referral.identification.rules import BASE_PURPOSE, CONSENT_DAYS, MOST_CHILD_REFUSALS, assent_needed
from referral.people.rules import AgeBand
from sop.texts import Text
from sop.vocabulary import N_, SENSITIVE, Category, Message

FORM_ADULT = "F08_consent_adult"
FORM_CHILD = "F07_consent_child"
DECIDE = Message("decide", N_("The child has refused twice: only a reasoned best-interests decision leads on."))


def form_code(case: Case) -> str:
    """The text that base consent is asked with: doubt about the age counts as a child."""
    return FORM_ADULT if case.person.age_band is AgeBand.ADULT else FORM_CHILD


def record_base_consent(
    case: Case,
    values: Mapping[str, Any],
    *,
    asked: Collection[Category],
    text: Text,
    actor: Any,
    today: date,
    now: datetime,
    mark: Mark | None = None,
) -> str:
    """Record the answer for both organisations and let it act: `given`, `partial` or `refused`."""
    child = form_code(case) == FORM_CHILD
    if values["answer"] == "no":
        if child and queries.refusals(case) >= MOST_CHILD_REFUSALS:
            raise RuleViolation(DECIDE, 422)
        _write(case, values, ConsentState.REFUSED, (), {}, text=text, actor=actor, today=today, now=now)
        end = opening.refuse_as_child if child else opening.refuse
        end(case, actor=actor, now=now)
        return "refused"
    kept = {Category.C1, *values["categories"]}
    marked = marking.keep(case, mark, now=now)
    _write(case, values, ConsentState.GIVEN, kept, marked, text=text, actor=actor, today=today, now=now)
    answer = "given" if kept >= set(asked) else "partial"
    opening.activate(case, consent=answer, actor=actor, now=now)
    return answer


def _write(
    case: Case,
    values: Mapping[str, Any],
    state: ConsentState,
    categories: Collection[Category],
    marked: Mapping[str, Any],
    *,
    text: Text,
    actor: Any,
    today: date,
    now: datetime,
) -> None:
    """One revision for the first responder's organisation and one for the receiving one."""
    given = state is ConsentState.GIVEN
    child = form_code(case) == FORM_CHILD
    age = case.facts.get("age")
    decided = child and given and values["basis"] == "best_interests"
    guardian = child and given and values["basis"] == "guardian"
    names = ("witness", "interpreter_name", "guardian", "reason", "supervisor")
    for recipient in {one.id: one for one in (actor.organization, case.organization)}.values():
        record_consent(
            case,
            recipient=recipient,
            purpose=BASE_PURPOSE,
            categories=categories,
            explicit=set(categories) & SENSITIVE,
            state=state,
            giver=_giver(decided=decided, guardian=guardian, age=age),
            mark=values["mark"],
            witnessed=given and values["mark"] is not ConsentMark.SIGNATURE,
            language=values["language"],
            form_code=form_code(case),
            text_hash=text.hash,
            valid_until=today + timedelta(days=CONSENT_DAYS),
            names={name: values[name] for name in names if given and values[name]},
            understood=values["understood"],
            interpreter=values["interpreter"],
            assent=child and given and values["answer"] == "yes" and assent_needed(age),
            guardian=guardian,
            best_interests=decided,
            conditional=given and not values["free"],
            given_age=age,
            **marked,
            actor=actor,
            now=now,
        )


def _giver(*, decided: bool, guardian: bool, age: int | None) -> ConsentGiver:
    """Who gave it: a child too young to assent is spoken for by the guardian."""
    if decided:
        return ConsentGiver.BEST_INTERESTS
    return ConsentGiver.GUARDIAN if guardian and not assent_needed(age) else ConsentGiver.PERSON
