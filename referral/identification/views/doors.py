"""What the pages of the form share: the form one may open, the version a page was made from, errors in words."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor
from referral.foundation.i18n import page_language
from referral.identification import queries
from referral.identification.models import Submission
from referral.identification.queries import Filling
from referral.identification.queries.case_forms import own_finished
from referral.identification.schemas import VersionSchema
from referral.identification.screens import explained
from sop.forms import Form, FormState, Screen
from sop.vocabulary import N_, Message

GIVEN_AWAY = Message(
    "given_away",
    N_("This case was given to somebody else. What you had saved is kept on the case; what you typed since is not."),
)
FINISHED = Message(
    "form_finished", N_("This form was finished in the meantime: what you typed since is not in it. Fill it in again.")
)


def the_submission(submission_id: UUID, *, lock: bool = False, draft: bool = True) -> Submission:
    """One's own form (a draft, or also what was submitted), or 404; of a case that is no longer one's own, why not."""
    door = queries.own_draft if draft else queries.own_submission
    return door(actor(), submission_id, lock=lock) or _no_more(submission_id)


def _no_more(submission_id: UUID) -> NoReturn:
    """Whoever goes back to a form that they finished on a case, or finishes it again, is led to it."""
    if queries.given_away(actor(), submission_id):
        raise RuleViolation(GIVEN_AWAY)
    done = own_finished(actor(), submission_id)
    if done is None:
        abort(404)
    if request.method == "GET" or request.endpoint == "identification.submit":
        place = url_for("identification.case_form", case_id=done.case_id, submission_id=submission_id)
        abort(redirect(place, 303))
    raise RuleViolation(FINISHED)


def the_filling(submission_id: UUID) -> Filling:
    """One's own form as far as it is filled in, whatever its state."""
    return queries.filling(the_submission(submission_id, draft=False), today=clock.today(), now=local_now())


def the_draft(submission_id: UUID, *, lock: bool = False) -> Filling:
    """One's own draft as far as it is filled in."""
    return queries.filling(the_submission(submission_id, lock=lock), today=clock.today(), now=local_now())


def noted(filling: Filling) -> None:
    """The audit trail says who read a form, and of which case."""
    submission = filling.submission
    audit.record("draft.read", actor=actor(), now=clock.now(), case_id=submission.case_id, subject=submission)


def local_now() -> datetime:
    """The present moment where the office is."""
    return clock.now().astimezone(clock.zone())


def sent_version() -> int:
    """The version that the page showed; none is an old page."""
    try:
        return int(VersionSchema().load(request.form)["version"])
    except ValidationError:
        return 0


def errors_of(form: Form, state: FormState, page: Screen | None = None) -> dict[str, str]:
    """What is missing or wrong, in words, on one screen or everywhere, by path."""
    return explained(form, state, page_language(), _, page)
