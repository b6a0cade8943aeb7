"""The identification form: start, review, submit, discard; its screens are in `screens`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from referral.cases.schemas import uuid_from
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.identification import actions, gate, queries
from referral.identification.models import SubmissionState
from referral.identification.queries import Filling
from referral.identification.queries.case_forms import finished_meanwhile, not_covered
from referral.identification.queries.overview import overview
from referral.identification.schemas import SoughtSchema
from referral.identification.screens import review as review_of
from referral.identification.views import bp
from referral.identification.views.doors import errors_of, noted, sent_version, the_draft, the_filling, the_submission
from referral.identification.views.going import home, to_screen
from referral.partners.signing_in import safe_path
from referral.procedures import queries as procedures
from sop.paths import leaves
from sop.vocabulary import Message


@bp.get("/identifications")
@requires(Permission.IDENTIFICATION_FILL)
def index() -> Any:
    """Own drafts and pre-files, what to do next on each, and what was handed over."""
    lists = overview(actor(), clock.now(), lang=page_language())
    return render_template("identification/index.html", lists=lists, blank=procedures.active_form(queries.FORM))


@bp.post("/identifications")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def start() -> Any:
    """A new draft; after a search with what was typed there, otherwise empty."""
    searched = request.form.get("searched") == "yes"
    known = SoughtSchema().load(request.form) if searched else {}
    draft = actions.start(actor=actor(), today=clock.today(), now=clock.now(), known=known, searched=searched)
    return to_screen(draft)


@bp.post("/identifications/interview")
@requires(Permission.IDENTIFICATION_FILL)
def interview() -> Any:
    """Large type and nothing around the questions, or back to the usual page; kept for the session."""
    session["interview"] = request.form.get("on") == "yes"
    return redirect(safe_path(request.form.get("back", "")), 303)


@bp.get("/identifications/<uuid:submission_id>")
@requires(Permission.IDENTIFICATION_FILL, reads_person=True)
def review(submission_id: UUID) -> Any:
    """All answers by screen, what is missing, and the button that submits; read only once it is submitted."""
    filling = the_filling(submission_id)
    noted(filling)
    return _review_page(filling)


@bp.post("/identifications/<uuid:submission_id>")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def submit(submission_id: UUID) -> Any:
    """Make the pre-file."""
    filling = the_draft(submission_id, lock=True)
    if sent_version() != filling.submission.version:
        return _review_page(filling, stale=True), 409
    inside = filling.submission.case_id is not None
    receipt = gate.hand_in(filling, seen=uuid_from(request.form.get("seen", "")), actor=actor(), now=clock.now())
    if receipt.case is None:
        return _review_page(filling, note=receipt.note), 409 if receipt.note else 422
    if inside:
        flash(_("The form is finished and stands on the case."), "success")
        return redirect(url_for(".case_form", case_id=receipt.case.id, submission_id=submission_id), 303)
    flash(_("The identification is submitted. The file has the code %(code)s.", code=receipt.case.code), "success")
    return redirect(url_for(".prefile", case_id=receipt.case.id), 303)


@bp.get("/identifications/<uuid:submission_id>/discard")
@requires(Permission.IDENTIFICATION_FILL)
def discard(submission_id: UUID) -> Any:
    """Ask once before a draft is erased."""
    return render_template("identification/discard.html", submission=the_submission(submission_id))


@bp.post("/identifications/<uuid:submission_id>/discard")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def discard_post(submission_id: UUID) -> Any:
    """Erase the draft."""
    submission = the_submission(submission_id)
    back = home(submission).url
    actions.discard(submission, actor=actor(), now=clock.now())
    flash(_("The draft is erased."), "success")
    return redirect(back, 303)


def _review_page(filling: Filling, *, stale: bool = False, note: Message | None = None) -> str:
    errors, submission = errors_of(filling.form, filling.state), filling.submission
    attached, back = queries.attached(submission) if filling.files_asked else {}, home(submission)
    answered = [path for path, _answer in leaves(filling.state.values)]
    return render_template(
        "identification/review.html",
        submission=submission,
        home=back,
        other=finished_meanwhile(submission) if back.case else None,
        uncovered=not_covered(back.case, filling.form, answered, today=filling.today) if back.case else (),
        sections=review_of(filling.form, filling.state, filling.typed, errors, attached),
        errors=errors,
        draft=submission.state is SubmissionState.DRAFT,
        stale=stale,
        note=note,
        file_url=lambda one: url_for(".attachment", submission_id=submission.id, attachment_id=one.id),
    )
