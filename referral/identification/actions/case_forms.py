"""Forms inside a case: begun as a draft of their author, finished on the case, unreadable once the case is erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from referral.cases.actions import progress
from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.identification import actions, queries
from referral.identification.actions import attaching
from referral.identification.models import Submission, SubmissionState
from referral.identification.queries import case_forms
from referral.identification.rules import named_files, procedure_facts
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from sop.facts import facts_told
from sop.form_index import code_of
from sop.forms import split_by_category
from sop.vocabulary import N_, Message

MEANWHILE = Message(
    "finished_meanwhile",
    N_("A colleague finished this form on this case after you had begun yours. Read that one first."),
)
NOT_OPEN = Message("case_not_open", N_("This case is closed or was given to somebody else. Your draft is kept."))


def begin(
    case: Case, version: FormVersion, *, former: Submission | None = None, actor: Any, today: date, now: datetime
) -> Submission:
    """A draft of a form in a case, or the author's draft of it that is open already.

    `former`: a form whose readable answers are proposed again, where the questions are still asked: a finished one, or
    what the case manager before left as a draft.
    """
    if case.closed_at is not None:
        raise RuleViolation(NOT_OPEN)
    found = case_forms.own_draft_of(actor, case, version.name)
    if found is not None:
        return found
    known: Mapping[str, Any] = {}
    if former is not None:
        known, opened = case_forms.answers_for(actor, case, former, today=today)
        audit.record("case.form.read", actor=actor, now=now, case_id=case.id, subject=former, categories=opened)
    draft = actions.begin(version, case=case, known=known, actor=actor, today=today, now=now)
    audit.record("case.form.begin", actor=actor, now=now, case_id=case.id, subject=draft)
    return draft


def finish(filling: queries.Filling, *, seen: UUID | None = None, actor: Any, now: datetime) -> Case:
    """Finish a form on its case: what counts is sealed by category, the coded facts go to the case and its procedure.

    `seen`: the colleague's form that the author has been told of; while it is another one, nothing is finished. The
    priority does not move by itself, and no step is done by it.
    """
    submission, values = filling.submission, filling.state.values
    case = visible_case(actor, submission.case_id, lock=True) if submission.case_id else None
    if case is None or case.closed_at is not None:
        raise RuleViolation(NOT_OPEN)
    if not filling.state.complete:
        raise RuleViolation(actions.INCOMPLETE, status=422)
    other = case_forms.finished_meanwhile(submission)
    if other is not None and other.submission.id != seen:
        raise RuleViolation(MEANWHILE)
    actions.settle(submission, case, split_by_category(filling.form, values), now)
    attaching.keep(submission, named_files(filling.form, values))
    _tell(case, facts_told(filling.form, values, case.facts, filling.today), actor=actor, now=now)
    name = db.session.get_one(FormVersion, submission.form_version_id).name
    audit.record("case.form.submit", actor=actor, now=now, case_id=case.id, subject=submission, code=code_of(name))
    return case


def _tell(case: Case, told: Mapping[str, Any], *, actor: Any, now: datetime) -> None:
    """The case and its procedure learn what a form has told; the procedure only what is new to it."""
    if not told:
        return
    fields = procedures.flowchart(case.procedure_version_id).fields
    before = procedure_facts(case.facts, fields)
    case.facts = {**case.facts, **told}
    new = {name: value for name, value in procedure_facts(case.facts, fields).items() if value != before.get(name)}
    if new:
        progress.learn(case, facts=new, actor=actor, now=now)


@sealing.on_erase
def _erase(owner_id: UUID, now: datetime) -> None:
    """Whoever erases a case or a person erases all that was filled in on it, drafts included."""
    cases = select(Case.id).where(or_(Case.id == owner_id, Case.person_id == owner_id))
    found = select(Submission).where(Submission.case_id.in_(cases), Submission.state != SubmissionState.ERASED)
    for submission in db.session.scalars(found).all():
        sealing.erase(submission.id, now=now)
        submission.state = SubmissionState.ERASED
