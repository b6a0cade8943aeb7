"""The own file is shown by the sharing decision, kept in the register; what it asks to be done is done.

An adult whom the child does not want (P4) reads nothing: a best-interests review opens, and the supervisor decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from referral.cases.models import Case, CaseTask
from referral.cases.rules import TaskKind
from referral.consent.actions.emergencies import register
from referral.consent.request import Request
from referral.consent.rules import Decision, decide
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.tables import new_id
from referral.rights.models import ReaderReview
from referral.rights.queries.readers import Adult, adult_by, adults_of, reading_request
from referral.rights.readers import REVIEW_DAYS, Reader, ReviewOutcome
from sop.vocabulary import N_, Message

DECIDED = Message("review_decided", N_("This review was decided already."))
SAME_PERSON = Message("review_same", N_("Whoever asked for the review does not decide on it."))


def decide_reading(case: Case, reader: Reader, *, action: str, actor: Any, now: datetime) -> tuple[Request, Decision]:
    """Take the decision for one look (view), one paper (print) or one link (send); denials are kept too."""
    request = reading_request(case, reader, action=action, now=now)
    decision = decide(request)
    register(request, decision, case=case, recipient_id=None, actor=actor, now=now)
    if not decision.allowed:
        audit.record(
            "own_file.refused", actor=actor, now=now, case_id=case.id, subject=case, code=decision.code,
            reader=reader.kind.value,
        )  # fmt: skip
    if "bip_review" in decision.obligations and reader.adult_id is not None:
        adult = adult_by(adults_of(case), reader.adult_id)
        if adult is not None and adult.outcome is not ReviewOutcome.READS:
            open_review(case, adult, actor=actor, now=now)
    return request, decision


def open_review(case: Case, adult: Adult, *, actor: Any, now: datetime) -> ReaderReview:
    """Have a supervisor decide whether an adult may read the file; one review at a time."""
    if adult.waits is not None:
        return adult.waits
    task = CaseTask(
        id=new_id(), case_id=case.id, kind=TaskKind.READER_REVIEW, opened_at=now,
        due_at=now + timedelta(days=REVIEW_DAYS),
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    audit.record("case.task_opened", actor=None, now=now, case_id=case.id, subject=task, code=task.kind.value)
    review = ReaderReview(
        id=new_id(), case_id=case.id, adult_id=adult.id, opened_at=now, opened_by_id=getattr(actor, "id", None),
        task_id=task.id,
    )  # fmt: skip
    db.session.add(review)
    audit.record("best_interests.ask", actor=actor, now=now, case_id=case.id, subject=review)
    return review


def decide_review(review: ReaderReview, outcome: ReviewOutcome, reasons: str, *, actor: Any, now: datetime) -> None:
    """Say whether the adult may read or is set aside; the reasons are sealed. Raises `RuleViolation`."""
    if review.outcome is not None:
        raise RuleViolation(DECIDED)
    if review.opened_by_id == actor.id:
        raise RuleViolation(SAME_PERSON)
    review.outcome, review.decided_at, review.decided_by_id = outcome, now, actor.id
    review.sealed = sealing.seal_text(review.case_id, place_of(review.id), reasons)
    task = db.session.get(CaseTask, review.task_id) if review.task_id else None
    if task is not None and task.done_at is None:
        task.done_at, task.done_by_id = now, actor.id
    audit.record(
        "best_interests.decide", actor=actor, now=now, case_id=review.case_id, subject=review, code=outcome.value
    )


def place_of(review_id: UUID) -> str:
    """Where the sealed reasons of a review belong."""
    return f"reader_review:{review_id}"
