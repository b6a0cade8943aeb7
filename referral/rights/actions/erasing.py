"""Erasing a file: its keys are destroyed, its tokens go, coded facts stay so that figures stay (rules T1, A3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, or_, select

from referral.cases.models import Case, CaseNote
from referral.cases.queries import other_files
from referral.consent.models import Consent
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, outbox, sealing
from referral.foundation.access import Actor
from referral.foundation.sealing import SealedRecord
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.partners.models import User
from referral.people.actions import erase_person
from referral.rights import queries
from referral.rights.hold_models import HoldStep, LegalHold
from referral.rights.models import HandedOut, OwnFileLink, ReaderReview, RightsRequest
from referral.rights.queries import handed
from referral.rights.rules import erasure_refusal
from sop.vocabulary import Category, Message

EXACT = frozenset({"age"})
"""Facts that are narrower than a figure needs; they go, their groups stay."""


def obstacle(case: Case) -> Message | None:
    """Why a file cannot be erased now."""
    return erasure_refusal(erased=case.erased_at is not None, closed=case.closed_at is not None, hold=case.legal_hold)


def erase_file(case: Case, *, actor: Actor | None, now: datetime, cause: str) -> None:
    """Erase the file of a case and tell who received a part of it; raises `RuleViolation` when it may not be.

    `cause` is a code for the audit trail: REQUEST or RETENTION. What names the person goes with their last file, and
    what was proposed to erase of it is settled.
    """
    against = obstacle(case)
    if against is not None:
        raise RuleViolation(against)
    recipients = _recipients(case)
    keep_list(case)
    submissions = list(db.session.scalars(queries.forms_of(case.id)))
    forget_rows(case, now=now)
    for owner_id in (case.id, *submissions):
        sealing.erase(owner_id, now=now)
    if not other_files(case.person_id, case.id):
        erase_person(case.person, now=now)
    for user in recipients:
        outbox.queue("file_erased", now=now, user=user, case_code=case.code)
    for review in queries.reviews_of([case.id]).get(case.id, []):
        if review.decided_at is None:
            review.decided_at, review.decided_by_id, review.erased = now, actor.id if actor else None, True
    audit.record("case.erase", actor=actor, now=now, case_id=case.id, subject=case, code=cause, told=len(recipients))


def keep_list(case: Case) -> None:
    """Write into the erasure ledger which documents had left, unless it says so already."""
    if handed.ledger_of(case.id):
        return
    db.session.add_all(
        HandedOut(
            owner_id=case.id, on=one.on, kind=one.kind, holder=one.holder, organization=one.organization,
            times=one.times,
        )
        for one in handed.left(case.id)
    )  # fmt: skip
    db.session.flush()


def forget_rows(case: Case, *, now: datetime) -> None:
    """What the rows of a file give up when it is erased: sealed words and files, exact facts, links to it.

    The keys are the caller's matter; figures stay as they are.
    """
    _forget_words(case)
    forms = queries.forms_of(case.id)
    files = delete(Attachment).where(Attachment.submission_id.in_(forms))
    db.session.execute(files.execution_options(synchronize_session=False))
    for submission in db.session.scalars(select(Submission).where(Submission.case_id == case.id)):
        submission.state = SubmissionState.ERASED
    for link in db.session.scalars(select(OwnFileLink).where(OwnFileLink.case_id == case.id)):
        link.closed_at = link.closed_at or now
    case.facts = {name: value for name, value in case.facts.items() if name not in EXACT}
    case.erased_at = now


def _forget_words(case: Case) -> None:
    """Words sealed in columns: without their key nobody reads them, and no row keeps them."""
    db.session.execute(delete(CaseNote).where(CaseNote.case_id == case.id))
    for row in db.session.scalars(select(RightsRequest).where(RightsRequest.case_id == case.id)):
        row.sealed = None
    mine = HoldStep.hold_id.in_(select(LegalHold.id).where(LegalHold.case_id == case.id))
    for step in db.session.scalars(select(HoldStep).where(mine)):
        step.sealed = None
    for review in db.session.scalars(select(ReaderReview).where(ReaderReview.case_id == case.id)):
        review.sealed = None
    for consent in db.session.scalars(select(Consent).where(Consent.case_id == case.id)):
        consent.sealed_names, consent.given_age = None, None


def _recipients(case: Case) -> list[User]:
    """The focal account of every organisation that received something."""
    mine = User.organization_id.in_(handed.receivers(case.id))
    query = select(User).where(mine, User.active).order_by(User.organization_id, User.username)
    first: dict[object, User] = {}
    for user in db.session.scalars(query):
        first.setdefault(user.organization_id, user)
    return list(first.values())


def erase_categories(case: Case, categories: Collection[Category], *, actor: Actor | None, now: datetime) -> None:
    """Delete some categories of a file that lives on; the key stays, so backups lose them only as they age.

    What is held about the person goes only where no other file of theirs still needs it.
    """
    against = obstacle(case)
    if against is not None:
        raise RuleViolation(against)
    today = now.astimezone(clock.zone()).date()
    free = set(categories) - queries.needed_elsewhere(case, categories, today)
    forms = queries.forms_of(case.id)
    mine = or_(SealedRecord.owner_id == case.id, SealedRecord.owner_id.in_(forms))
    for owned, going in ((mine, categories), (SealedRecord.owner_id == case.person_id, free)):
        db.session.execute(delete(SealedRecord).where(owned, SealedRecord.category.in_(going)))
    mine = and_(Attachment.submission_id.in_(forms), Attachment.owner_id != case.person_id)
    for owned, going in ((mine, categories), (Attachment.owner_id == case.person_id, free)):
        db.session.execute(delete(Attachment).where(owned, Attachment.category.in_(going)))
    codes = sorted(one.value for one in categories)
    stayed = sorted(one.value for one in set(categories) - free)
    audit.record(
        "case.erase_part", actor=actor, now=now, case_id=case.id, subject=case, code="RETENTION", held=codes,
        stayed=stayed,
    )  # fmt: skip
