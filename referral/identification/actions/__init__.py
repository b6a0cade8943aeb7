"""Fill in, submit, discard; record what was done outside the system; review an emergency access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from referral.cases.actions import opening, progress
from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox, sealing
from referral.foundation.sealing import OwnerKind, SealedRecord
from referral.foundation.tables import new_id
from referral.identification import queries
from referral.identification.actions import attaching
from referral.identification.models import Submission, SubmissionState
from referral.identification.queries.prefiles import refusals
from referral.identification.queries.receiving import receiving_organization
from referral.identification.rules import (
    STEP_BEST_INTERESTS,
    STEP_EMERGENCY_REVIEW,
    Channel,
    Outside,
    named_files,
    proposed_again,
    register_question,
)
from referral.partners import queries as partners
from referral.people.actions import duplicates
from referral.people.duplicates import FoundBy
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from sop.facts import derive_facts
from sop.forms import Form, split_by_category
from sop.vocabulary import N_, Category, Message

NO_FORM = Message("no_form", N_("There is no identification form yet. Please tell the coordination."))
INCOMPLETE = Message("incomplete", N_("Some answers are missing or have to be corrected first."))
NO_RECEIVER = Message(
    "no_receiver", N_("No organisation can receive this file yet. Your draft is kept; please tell the coordination.")
)


def start(
    *, actor: Any, today: date, now: datetime, known: Mapping[str, Any] | None = None, searched: bool = False
) -> Submission:
    """A new draft, with the answers that the form proposes; the responder's own region among them.

    `known`: what was typed when the person was looked for (`schemas.SoughtSchema`), sealed into the draft; the audit
    line remembers whether somebody looked first.
    """
    version = procedures.active_form(queries.FORM)
    if version is None:
        raise RuleViolation(NO_FORM)
    submission = begin(version, actor=actor, today=today, now=now)
    if known:
        form = procedures.form(version.id)
        seal_typed(submission, form, queries.typed_answers(submission) | _carried(form, known, today), now)
    code = "searched" if searched else "not_searched"
    audit.record("draft.start", actor=actor, now=now, subject=submission, code=code)
    return submission


def _carried(form: Form, known: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What was looked for, as answers of the form, where it has such a question."""
    answers = {name: known.get(name) for name in ("family_name", "given_names", "phone", "birth_date")}
    if not known.get("birth_date") and known.get("birth_year"):
        answers["age_years"] = str(max(0, today.year - known["birth_year"]))
    answers["document_number"] = known.get("document")
    if known.get("register"):
        answers[register_question(known["register"])] = known["register"]
    return {name: str(answer) for name, answer in answers.items() if answer and name in form}


def start_from_paper(
    version: FormVersion, number: str, *, actor: Any, today: date, now: datetime, case: Case | None = None
) -> Submission:
    """The draft that a sheet of paper is typed into, of exactly the version that was printed.

    `case`: the case that the sheet belongs to, when it does not open one. The same sheet a second time gives what was
    made of it the first time, whoever made it and whatever it is now.
    """
    if (found := queries.typed_in(number)) is not None:
        return found
    try:
        with db.session.begin_nested():
            submission = begin(version, case=case, actor=actor, today=today, now=now, number=number)
    except IntegrityError:
        if (twin := queries.typed_in(number)) is None:
            raise
        return twin
    case_id = case.id if case else None
    audit.record("draft.paper", actor=actor, now=now, case_id=case_id, subject=submission)
    return submission


def begin(
    version: FormVersion,
    *,
    actor: Any,
    today: date,
    now: datetime,
    number: str | None = None,
    case: Case | None = None,
    known: Mapping[str, Any] = MappingProxyType({}),
) -> Submission:
    """A draft with the answers that the form proposes; inside a case also those `known` from before."""
    if actor.organization_id is None:
        raise RuleViolation(NO_FORM)
    form = procedures.form(version.id)
    submission = Submission(
        id=new_id(),
        form_version_id=version.id,
        author_id=actor.id,
        organization_id=actor.organization_id,
        case_id=case.id if case else None,
        screen=form.screens()[0].name,
        started_at=now,
        saved_at=now,
        channel=Channel.PAPER if number else Channel.WEB,
        paper_number=number,
    )
    db.session.add(submission)
    db.session.flush()
    sealing.create_keys({submission.id: OwnerKind.SUBMISSION}, now=now)
    before = proposed_again(form, known, case.code) if case else _own_region(form, actor)
    proposed = form.initial(today=today, now=now)
    seal_typed(submission, form, proposed | before if case is None else before | proposed, now)
    return submission


def _own_region(form: Form, actor: Any) -> dict[str, str]:
    """The region where the responder works, where the form asks for a region."""
    for question in form:
        if question.fact == "region" and actor.region in {choice.name for choice in form.options(question)}:
            return {question.name: actor.region}
    return {}


def save(
    submission: Submission,
    given: Mapping[str, Any],
    *,
    screen: str,
    actor: Any,
    now: datetime,
    typed: Mapping[str, Any] | None = None,
) -> None:
    """Keep what was typed on a screen, right or wrong, sealed under the draft's own key.

    `typed`: what the draft holds so far, where the caller has read it under the row's lock.
    """
    form = procedures.form(submission.form_version_id)
    before = queries.typed_answers(submission) if typed is None else typed
    seal_typed(submission, form, {**before, **given}, now)
    submission.screen = screen
    _touch(submission, now)
    audit.record("draft.save", actor=actor, now=now, subject=submission)


def seal_typed(submission: Submission, form: Form, typed: Mapping[str, Any], now: datetime) -> None:
    """Seal what was typed, by the questions' categories, in the place of what was there."""
    sealing.seal_many(submission.id, split_by_category(form, typed, whole=True), now=now)


def _touch(submission: Submission, now: datetime) -> None:
    """Count the version up even when nothing in the row changes: the answers beside it did."""
    submission.saved_at = now
    submission.version += 1
    db.session.flush()


def discard(submission: Submission, *, actor: Any, now: datetime) -> None:
    """Erase a draft: nothing of it can be read any more."""
    sealing.erase(submission.id, now=now)
    submission.state, submission.paper_number = SubmissionState.ERASED, None
    audit.record("draft.discard", actor=actor, now=now, case_id=submission.case_id, subject=submission)


def submit(
    submission: Submission, *, actor: Any, today: date, now: datetime, filling: queries.Filling | None = None
) -> Case:
    """Make a pre-file: coded facts, priority, sealed data by category, and the organisation that receives it.

    `filling`: the form as the caller has read it under the row's lock.
    """
    filling = filling or queries.filling(submission, today=today, now=now)
    if not filling.state.complete:
        raise RuleViolation(INCOMPLETE, status=422)
    version = procedures.active_version()
    if version is None:
        raise RuleViolation(opening.NO_PROCEDURE)
    facts = derive_facts(filling.form, filling.state.values, today)
    child = facts["age_band"] != "adult"
    organization = receiving_organization(region=str(facts["region"]), child=child)
    if organization is None:
        raise RuleViolation(NO_RECEIVER)
    sealed = split_by_category(filling.form, filling.state.values)
    case = opening.open_prefile(
        submission=submission,
        facts=facts,
        verdict=procedures.triage_table(version.id).decide(facts),
        organization=organization,
        actor=actor,
        now=now,
        sealed=sealed,
        birth_year=_birth_year(filling),
    )
    settle(submission, case, sealed, now)
    attaching.settle(submission, case.person_id, named_files(filling.form, filling.state.values))
    audit.record("draft.submit", actor=actor, now=now, case_id=case.id, subject=submission)
    duplicates.look_for([case.person_id], found_by=FoundBy.SUBMISSION, now=now)
    for manager in partners.case_managers(organization.id):
        outbox.queue("prefile_received", now=now, user=manager, reference=case.code)
    return case


def settle(submission: Submission, case: Case, sealed: Mapping[Category, Mapping[str, Any]], now: datetime) -> None:
    """The form keeps what counts, sealed under its own key; answers that no longer apply do not stay behind."""
    db.session.execute(
        delete(SealedRecord).where(SealedRecord.owner_id == submission.id).execution_options(synchronize_session=False)
    )
    sealing.seal_many(submission.id, sealed, now=now)
    submission.state, submission.case_id, submission.submitted_at = SubmissionState.SUBMITTED, case.id, now
    _touch(submission, now)


def _birth_year(filling: queries.Filling) -> int | None:
    for question in filling.form:
        born = filling.state.values.get(question.name)
        if question.fact == "birth_date" and isinstance(born, date):
            return born.year
    return None


def record_outside(case: Case, kind: Outside, values: Mapping[str, Any], *, actor: Any, now: datetime) -> None:
    """An emergency referral or a notice to MINAS was made outside: its words are sealed, the procedure moves on."""
    for step in kind.steps:
        progress.advance(case, step=step, actor=actor, now=now)
    _keep_words(case, kind.category, f"outside_{kind.value}", values, now)
    audit.record("outside.record", actor=actor, now=now, case_id=case.id, subject=case, code=kind.value)


def record_best_interests(case: Case, values: Mapping[str, Any], *, actor: Any, now: datetime) -> None:
    """A best-interests assessment was made; after a refusal there is one more."""
    progress.advance(case, step=STEP_BEST_INTERESTS, actor=actor, now=now)
    _keep_words(case, Category.C13, f"best_interests_{refusals(case) + 1}", values, now)
    audit.record("best_interests.record", actor=actor, now=now, case_id=case.id, subject=case)


def review_emergency(case: Case, conclusion: str, *, actor: Any, now: datetime) -> None:
    """The supervisor has looked at an emergency access; identification then goes on by itself."""
    progress.advance(case, step=STEP_EMERGENCY_REVIEW, actor=actor, now=now)
    opening.carry_on(case, actor=actor, now=now)
    audit.record("emergency.review", actor=actor, now=now, case_id=case.id, subject=case, code=conclusion)


def _keep_words(case: Case, category: Category, name: str, values: Mapping[str, Any], now: datetime) -> None:
    """Add words to what is sealed under the case's key in this category."""
    kept = sealing.read(case.id, [category]).get(category, {})
    plain = {key: str(value) for key, value in values.items()}
    sealing.seal(case.id, category, kept | {name: plain}, now=now)
