"""Adults who ask to read a child's file: a best-interests review is asked for, and decided by somebody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.rights.actions import showing
from referral.rights.queries import readers
from referral.rights.schemas import Reading, read_judgement
from referral.rights.views import bp
from referral.rights.views.requests import case_of, rights_page


@bp.post("/cases/<uuid:case_id>/readers/<uuid:adult_id>/review")
@requires(Permission.RIGHTS_RECORD)
@idempotent
def ask_review(case_id: UUID, adult_id: UUID) -> Any:
    """Ask for a best-interests review of an adult; until it is decided they read nothing."""
    case = case_of(case_id)
    adult = readers.adult_by(readers.adults_of(case), adult_id) or abort(404)
    showing.open_review(case, adult, actor=actor(), now=clock.now())
    flash(_("The review is asked for. Until it is decided this adult reads nothing of the file."), "success")
    return redirect(url_for("rights.case_rights", case_id=case.id, _anchor="readers"), code=303)


@bp.post("/cases/<uuid:case_id>/reader-reviews/<uuid:review_id>")
@requires(Permission.CASE_SUPERVISE)
@idempotent
def judge(case_id: UUID, review_id: UUID) -> Any:
    """Decide a review: the adult may read, or is set aside."""
    case = case_of(case_id)
    review = readers.review_of(case, review_id, lock=True) or abort(404)
    reading = read_judgement(request.form)
    if not reading.errors:
        try:
            showing.decide_review(review, **reading.values, actor=actor(), now=clock.now())
        except RuleViolation as against:
            db.session.rollback()
            case, reading.errors["outcome"] = case_of(case_id), against.message
    if reading.errors:
        return rights_page(case, Reading({}, {}), judging=reading), 422
    flash(_("The decision is recorded."), "success")
    return redirect(url_for("rights.case_rights", case_id=case.id, _anchor="readers"), code=303)
