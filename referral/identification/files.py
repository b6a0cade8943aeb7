"""What is attached to forms: for the author, and for the team of the case as far as consent and the name's cover go.

Kind: queries.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case
from referral.consent.models import Consent, ConsentState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.identification.queries import visible_submissions
from referral.identification.rules import BASE_PURPOSE
from referral.people.queries import revealable_cases
from sop.vocabulary import Category


def own_attachment(actor: Actor, submission_id: UUID, attachment_id: UUID) -> Attachment | None:
    """One file of an own form, as long as the form itself may be read."""
    readable = visible_submissions(actor).with_only_columns(Submission.id)
    query = select(Attachment).where(
        Attachment.id == attachment_id,
        Attachment.submission_id == submission_id,
        Attachment.submission_id.in_(readable),
    )
    return db.session.scalar(query)


def files_of_case(actor: Actor, case: Case, *, today: date) -> list[Attachment]:
    """Files of a visible case whose category this actor may see; those that name or show somebody (C2, C11) only who
    may uncover the name. Those of its forms lie under the form's own key, those of its identification under the
    person's.
    """
    allowed = consented(case, today) - {Category.C7N}
    if allowed & {Category.C2, Category.C11} and not may_uncover(actor, case):
        allowed -= {Category.C2, Category.C11}
    query = (
        select(Attachment)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            Submission.case_id == case.id,
            Submission.state == SubmissionState.SUBMITTED,
            Attachment.owner_id.in_((case.person_id, Submission.id)),
            Attachment.category.in_(allowed),
        )
        .order_by(Attachment.path, Attachment.id)
    )
    return list(db.session.scalars(query)) if allowed else []


def file_of_case(actor: Actor, case: Case, attachment_id: UUID, *, today: date) -> Attachment | None:
    """One of them."""
    return next((one for one in files_of_case(actor, case, today=today) if one.id == attachment_id), None)


def consented(case: Case, today: date) -> set[Category]:
    """Categories of the base consent that is in force for the organisation of the case."""
    query = select(Consent.categories).where(
        Consent.case_id == case.id,
        Consent.purpose == BASE_PURPOSE,
        Consent.recipient_id == case.organization_id,
        Consent.state == ConsentState.GIVEN,
        Consent.valid_until >= today,
    )
    return {Category(code) for codes in db.session.scalars(query) for code in codes}


def may_uncover(actor: Actor, case: Case) -> bool:
    """Whether the actor may uncover who a visible case is about."""
    return db.session.scalar(revealable_cases(actor).where(Case.id == case.id)) is not None
