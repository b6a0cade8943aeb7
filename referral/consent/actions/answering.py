"""Take the person's answer to a service, or to the consent that some needs ask beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from referral.cases.actions.progress import NOT_NOW, advance, learn
from referral.cases.models import Case
from referral.consent import wording
from referral.consent.actions import marking
from referral.consent.actions.recording import record_consent
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent, ConsentGiver, ConsentMark, ConsentState
from referral.consent.queries import request_for, translations
from referral.consent.queries.requests import age_of
from referral.consent.requirements import Answer, Asked, Choice, complaints, offered
from referral.consent.rules import decide, share_gate
from referral.errors import RuleViolation
from referral.foundation import clock
from referral.partners.models import Organization
from referral.referrals.actions.moves import Stale, transition
from referral.referrals.models import Referral
from referral.referrals.queries.sending import step_of
from referral.referrals.rules import ReferralAction, ReferralState
from sop.vocabulary import Category, Message, Need

CLINICAL_KINDS = frozenset({"health", "gbv", "clinical"})
SPECIFIC_STEPS = {Need.TEH: "G03", Need.ASI: "G04"}
SEALED_NAMES = ("witness", "interpreter_name", "guardian", "best_interests", "representative")


class Incomplete(Exception):
    """The answer cannot be recorded yet; `errors` says what is missing, by field."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


def asked_of(case: Case, now: datetime, *, categories: frozenset[Category] = frozenset(), form_code: str = "") -> Asked:
    """Whom the form asks: a child when under age or in doubt, and whether the child's own word is needed.

    With a text (`form_code`) also in which languages that are not the house's it may be explained.
    """
    today = now.astimezone(clock.zone()).date()
    age = age_of(case, today)
    return Asked(
        today=today,
        child=age is None or age < 18,
        old_enough=age is None or age >= 6,
        capable=case.capacity,
        offered=categories,
        languages=translations.house(),
        reviewed=translations.reviewed(form_code) if form_code else frozenset(),
    )


def offered_for(referral: Referral) -> tuple[Category, ...]:
    """The categories that the form for this service may offer, the need's minimum first."""
    return offered(referral.need, clinical=referral.organization.kind.value in CLINICAL_KINDS)


def answer_service(
    referral: Referral, answer: Answer, *, actor: Any, now: datetime, language: str = "fr",
    expected_version: int | None = None, mark: Mark | None = None,
) -> Consent:  # fmt: skip
    """Record the answer to one service and lead the procedure on; raises `Incomplete` when something is missing."""
    if expected_version is not None and expected_version != referral.version:
        raise Stale
    if referral.state is not ReferralState.DRAFT:
        raise RuleViolation(NOT_NOW)
    form_code = wording.form_of(wording.purpose_of(referral.need))
    asked = asked_of(referral.case, now, categories=frozenset(offered_for(referral)), form_code=form_code)
    if errors := complaints(answer, asked):
        raise Incomplete(errors)
    agrees = answer.choice is Choice.CONSENT
    if agrees:
        _ask_again(referral, actor=actor, now=now)
    consent = _record(
        referral.case, referral.organization, wording.purpose_of(referral.need), answer, asked, language,
        actor=actor, now=now, proof=mark,
    )  # fmt: skip
    if not agrees:
        _ask_again(referral, actor=actor, now=now)
    _lead_on(referral, answer.choice, actor=actor, now=now)
    referral.consent_id = consent.id if agrees else None
    if answer.choice is Choice.STOP:
        transition(referral, ReferralAction.CLIENT_DECLINE, actor=actor, now=now, reason="person_declined")
    return consent


def _lead_on(referral: Referral, choice: Choice, *, actor: Any, now: datetime) -> None:
    """Tell the procedure the answer; one that was asked too often ends in help without passing anything on."""
    step = step_of(referral.case, referral.need)
    if step == "G05":
        facts = {"choice": choice.value}
        advance(referral.case, step="G05", need=referral.need.value, facts=facts, actor=actor, now=now)
    elif step not in (("D09", "X03") if choice is Choice.CONSENT else ("R03",)):
        raise RuleViolation(NOT_NOW)


def _ask_again(referral: Referral, *, actor: Any, now: datetime) -> None:
    """A decision that fails for want of consent leads the procedure back to asking.

    It does so only a few times, so that nobody is pressed until they give in.
    """
    case, need = referral.case, referral.need
    if step_of(case, need) != "D09":
        return
    gate = share_gate(decide(request_for(referral, now=now)), need)
    if gate == "deny_consent":
        learn(case, facts={"share_gate": gate}, need=need.value, actor=actor, now=now)


def answer_specific(
    case: Case, need: Need, answer: Answer, *, actor: Any, now: datetime, language: str = "fr",
    mark: Mark | None = None,
) -> Consent:  # fmt: skip
    """Record the consent that trafficking and asylum ask before any service is looked for (steps G03 and G04)."""
    step = SPECIFIC_STEPS.get(need)
    if step is None or step_of(case, need) != step:
        raise RuleViolation(NOT_NOW)
    purpose, form_code = wording.SPECIFIC[need]
    asked = asked_of(case, now, form_code=form_code)
    if errors := complaints(answer, asked):
        raise Incomplete(errors)
    consent = _record(case, case.organization, purpose, answer, asked, language, actor=actor, now=now, proof=mark)
    if answer.choice is Choice.CONSENT:
        advance(case, step=step, need=need.value, actor=actor, now=now)
    return consent


def _record(
    case: Case, recipient: Organization, purpose: str, answer: Answer, asked: Asked, language: str, *, actor: Any,
    now: datetime, proof: Mark | None,
) -> Consent:  # fmt: skip
    given = answer.choice is Choice.CONSENT
    names = {name: text for name, text in asdict(answer).items() if name in SEALED_NAMES and text} if given else {}
    categories = answer.categories & asked.offered if given else frozenset()
    return record_consent(
        case,
        recipient=recipient,
        purpose=purpose,
        categories=categories,
        explicit=categories & answer.explicit,
        state=ConsentState.GIVEN if given else ConsentState.REFUSED,
        giver=_giver(answer, asked),
        mark=ConsentMark(answer.mark or "oral"),
        witnessed=bool(answer.witness),
        language=answer.language,
        form_code=wording.form_of(purpose),
        text_hash=wording.text_of(purpose, language).hash,
        valid_until=answer.valid_until or asked.today,
        names=names,
        understood=answer.understood,
        interpreter=answer.interpreter or bool(answer.interpreter_name),
        assent=answer.assent,
        guardian=bool(answer.guardian),
        best_interests=bool(answer.best_interests),
        representative=bool(answer.representative),
        conditional=given and not answer.free,
        given_age=age_of(case, asked.today),
        **marking.keep(case, proof if given else None, now=now),
        actor=actor,
        now=now,
    )


def _giver(answer: Answer, asked: Asked) -> ConsentGiver:
    if asked.child:
        return ConsentGiver.GUARDIAN if answer.guardian else ConsentGiver.BEST_INTERESTS
    return ConsentGiver.PERSON if asked.capable else ConsentGiver.REPRESENTATIVE
