"""SELECTs of filled-in forms: own drafts, what was typed into one so far, what is attached to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from referral.cases.models import Case
from referral.cases.queries import visible_prefiles, worked_cases
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.identification.rules import with_files
from referral.procedures import queries as procedures
from sop.forms import Form, FormState
from sop.paths import filled, join_parts
from sop.vocabulary import Category

FORM = "identification"


@dataclass(frozen=True)
class Filling:
    """A form as far as it is filled in: what was typed, and what the form says to it when it is asked."""

    submission: Submission
    form: Form
    typed: dict[str, Any]
    today: date
    now: datetime
    attached: frozenset[str] = frozenset()

    @cached_property
    def state(self) -> FormState:
        """What applies, what is missing, what is wrong; a file that an answer names has to be there (`attached`)."""
        state = self.form.evaluate(self.typed, today=self.today, now=self.now)
        return with_files(self.form, state, self.attached)

    @property
    def files_asked(self) -> bool:
        """Whether the form asks for files at all."""
        return any(one.type.is_attachment for one in self.form)

    def attaching(self, added: Iterable[str], removed: Iterable[str]) -> Filling:
        """The same form with files that were just added or taken away."""
        return replace(self, attached=(self.attached - set(removed)) | set(added))

    def having(self, given: Mapping[str, Any]) -> Filling:
        """The same form with what was just typed, by path."""
        return replace(self, typed=filled(self.typed, given))


def visible_submissions(actor: Actor) -> Select[Submission]:
    """Own drafts, and what the own pre-files were made from until they are handed over.

    A draft that belongs to a case is there as long as its author works on the case.
    """
    waiting = visible_prefiles(actor).with_only_columns(Case.id)
    entered = and_(_ENTERED, Submission.case_id.in_(waiting))
    begun = and_(_DRAFT, or_(Submission.case_id.is_(None), Submission.case_id.in_(worked_cases(actor))))
    return select(Submission).where(Submission.author_id == actor.id, or_(begun, entered))


_DRAFT = Submission.state == SubmissionState.DRAFT
_ENTERED = Submission.state == SubmissionState.SUBMITTED

own_submission = Door(visible_submissions, Submission.id)
own_draft = Door(visible_submissions, Submission.id, where=(_DRAFT,))
"""One of them, whatever its state or while it is a draft."""


def given_away(actor: Actor, submission_id: UUID) -> bool:
    """Whether this is an own draft of a form inside a case on which somebody else works now."""
    query = select(Submission.id).where(
        Submission.id == submission_id,
        Submission.author_id == actor.id,
        Submission.case_id.not_in(worked_cases(actor)),
        _DRAFT,
    )
    return db.session.scalar(query) is not None


def typed_in(number: str) -> Submission | None:
    """What was typed in from the sheet of paper with this number, whoever did; shown to others only as a fact."""
    return db.session.scalar(select(Submission).where(Submission.paper_number == number))


def drafts(actor: Actor) -> Select[Submission]:
    """Own forms that are to open a file and are not submitted yet, the last one touched first."""
    return (
        visible_submissions(actor)
        .where(_DRAFT, Submission.case_id.is_(None))
        .order_by(Submission.saved_at.desc(), Submission.id)
    )


def typed_answers(submission: Submission) -> dict[str, Any]:
    """What was typed so far, wrong or right, by question."""
    return join_parts(sealing.read(submission.id, Category).values())


def filling(submission: Submission, *, today: date, now: datetime) -> Filling:
    """The form of a submission with its answers."""
    form = procedures.form(submission.form_version_id)
    found = Filling(submission, form, typed_answers(submission), today, now)
    return replace(found, attached=frozenset(attached(submission))) if found.files_asked else found


def attachments(submission_id: UUID) -> list[Attachment]:
    """What is attached to a form, without the bytes."""
    query = select(Attachment).where(Attachment.submission_id == submission_id).order_by(Attachment.path)
    return list(db.session.scalars(query))


def attached(submission: Submission) -> dict[str, Attachment]:
    """What is attached to a form, by path."""
    return {one.path: one for one in attachments(submission.id)}
