"""The identification form: start, one screen after the other, review, submit, discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.formatting import moment
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.idempotency import idempotent
from referral.identification import actions, gate, queries
from referral.identification.actions import attaching
from referral.identification.models import Submission, SubmissionState
from referral.identification.queries import Filling
from referral.identification.rules import newly_asked, shown_questions
from referral.identification.rules import review as review_of
from referral.identification.schemas import PREFIX, SoughtSchema, VersionSchema, read_answers, read_files, read_removed
from referral.identification.views import bp
from referral.partners.signing_in import safe_path
from referral.procedures import queries as procedures
from sop.forms import Screen
from sop.vocabulary import Message


@bp.get("/identifications")
@requires(Permission.IDENTIFICATION_FILL)
def index() -> Any:
    """Own drafts and pre-files, what to do next on each, and what was handed over."""
    lists = queries.overview(actor(), clock.now(), lang=page_language())
    return render_template("identification/index.html", lists=lists, blank=procedures.active_form(queries.FORM))


@bp.post("/identifications")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def start() -> Any:
    """A new draft; after a search with what was typed there, otherwise empty."""
    searched = request.form.get("searched") == "yes"
    known = SoughtSchema().load(request.form) if searched else {}
    draft = actions.start(actor=actor(), today=clock.today(), now=clock.now(), known=known, searched=searched)
    return redirect(url_for(".screen", submission_id=draft.id, name=draft.screen), 303)


@bp.get("/identifications/<uuid:submission_id>/screens/<name>")
@requires(Permission.IDENTIFICATION_FILL, reads_person=True)
def screen(submission_id: UUID, name: str) -> Any:
    """One group of questions; `?check=1` also says what is missing or wrong."""
    filling = _draft(submission_id)
    page = next((one for one in filling.form.applicable(filling.state) if one.name == name), None)
    if page is None:
        return redirect(url_for(".review", submission_id=submission_id), 303)
    audit.record("draft.read", actor=actor(), now=clock.now(), subject=filling.submission)
    return _screen_page(filling, page, check="check" in request.args)


@bp.post("/identifications/<uuid:submission_id>/screens/<name>")
@requires(Permission.IDENTIFICATION_FILL, uploads=True)
def save_screen(submission_id: UUID, name: str) -> Any:
    """Keep what was typed, then go where the button says; a draft that changed elsewhere is not overwritten.

    A screen sent twice is saved once: the second sending has an old version and nothing new to say.
    """
    filling = _draft(submission_id, lock=True)
    page = next((one for one in filling.form.screens() if one.name == name), None) or abort(404)
    shown = set(request.form.getlist("shown"))
    asked = [one for one in page.questions if one.name in shown]
    given = read_answers(request.form, asked)
    files, removed = read_files(request.files, asked), read_removed(request.form, asked)
    kept, refused = attaching.examine(filling.form, files, filling.submission)
    if refused:
        return _screen_page(filling.having(given), page, refused=refused), 422
    if _version() == filling.submission.version:
        given |= attaching.change(filling.submission, filling.form, kept, files, removed, now=clock.now())
        filling = filling.attaching(kept, removed)
        actions.save(filling.submission, given, screen=name, actor=actor(), now=clock.now(), typed=filling.typed)
        if request.form.get("do") == "autosave":
            return _kept(filling.submission)
    elif request.form.get("do") == "autosave":
        return jsonify(stale=True), 409
    elif kept or any((filling.typed.get(one) or "") != (answer or "") for one, answer in given.items()):
        return _screen_page(filling.having(given), page, stale=True), 409
    return redirect(_next_place(filling.having(given), page, shown), 303)


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
    filling = _filling(submission_id)
    audit.record("draft.read", actor=actor(), now=clock.now(), subject=filling.submission)
    return _review_page(filling)


@bp.post("/identifications/<uuid:submission_id>")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def submit(submission_id: UUID) -> Any:
    """Make the pre-file."""
    filling = _draft(submission_id, lock=True)
    if _version() != filling.submission.version:
        return _review_page(filling, stale=True), 409
    receipt = gate.hand_in(filling, actor=actor(), now=clock.now())
    if receipt.case is None:
        return _review_page(filling, note=receipt.note), 409 if receipt.note else 422
    flash(_("The identification is submitted. The file has the code %(code)s.", code=receipt.case.code), "success")
    return redirect(url_for(".prefile", case_id=receipt.case.id), 303)


@bp.get("/identifications/<uuid:submission_id>/discard")
@requires(Permission.IDENTIFICATION_FILL)
def discard(submission_id: UUID) -> Any:
    """Ask once before a draft is erased."""
    return render_template("identification/discard.html", submission=_submission(submission_id))


@bp.post("/identifications/<uuid:submission_id>/discard")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def discard_post(submission_id: UUID) -> Any:
    """Erase the draft."""
    actions.discard(_submission(submission_id), actor=actor(), now=clock.now())
    flash(_("The draft is erased."), "success")
    return redirect(url_for(".index"), 303)


def _submission(submission_id: UUID, *, lock: bool = False, draft: bool = True) -> Submission:
    door = queries.own_draft if draft else queries.own_submission
    return door(actor(), submission_id, lock=lock) or abort(404)


def _filling(submission_id: UUID) -> Filling:
    return queries.filling(_submission(submission_id, draft=False), today=clock.today(), now=_local_now())


def _draft(submission_id: UUID, *, lock: bool = False) -> Filling:
    return queries.filling(_submission(submission_id, lock=lock), today=clock.today(), now=_local_now())


def _local_now() -> Any:
    return clock.now().astimezone(clock.zone())


def _version() -> int:
    """The version that the page showed; none is an old page."""
    try:
        return int(VersionSchema().load(request.form)["version"])
    except ValidationError:
        return 0


def _kept(submission: Submission) -> Any:
    """What a page needs to know after it has saved itself: the new version, and when."""
    return jsonify(version=submission.version, saved=moment(submission.saved_at))


def _errors(filling: Filling, page: Screen | None = None) -> dict[str, str]:
    """What is missing or wrong, in words, on one screen or everywhere."""
    names = {one.name for one in page.questions} if page else filling.state.errors.keys()
    return {
        name: filling.form.explain(name, message, page_language(), _)
        for name, message in filling.state.errors.items()
        if name in names
    }


def _next_place(filling: Filling, page: Screen, shown: set[str]) -> str:
    """Where a saved screen leads: out, back, to questions that have just come up, to what is wrong, or on."""
    wanted, draft_id = request.form.get("do", "next"), filling.submission.id
    if wanted == "save":
        flash(_("The draft is saved."), "success")
        return url_for(".index")
    order = [one.name for one in filling.form.applicable(filling.state)]
    at = order.index(page.name) if page.name in order else -1
    if wanted == "back" and at > 0:
        return url_for(".screen", submission_id=draft_id, name=order[at - 1])
    fresh = newly_asked(page, filling.state, shown)
    wrong = _errors(filling, page).keys() & shown
    if fresh:
        flash(_("Because of these answers, a few more questions have appeared on this screen."), "warning")
        return url_for(
            ".screen",
            submission_id=draft_id,
            name=page.name,
            check=1 if wrong else None,
            _anchor=f"f-{PREFIX}{fresh[0]}",
        )
    if wrong:
        return url_for(".screen", submission_id=draft_id, name=page.name, check=1)
    if 0 <= at < len(order) - 1:
        return url_for(".screen", submission_id=draft_id, name=order[at + 1])
    return url_for(".review", submission_id=draft_id)


def _screen_page(
    filling: Filling,
    page: Screen,
    *,
    check: bool = False,
    stale: bool = False,
    refused: Mapping[str, Message] | None = None,
) -> str:
    errors = _errors(filling, page) if check or stale else {}
    errors |= {path: translate(message) for path, message in (refused or {}).items()}
    attached = queries.attached(filling.submission) if filling.files_asked else {}
    applicable = filling.form.applicable(filling.state)
    return render_template(
        "identification/screen.html",
        submission=filling.submission,
        screen=page,
        screens=applicable,
        number=next((n for n, one in enumerate(applicable, 1) if one.name == page.name), 1),
        questions=shown_questions(filling.form, page, filling.state, filling.typed, errors, attached),
        errors={PREFIX + name: text for name, text in errors.items()},
        stale=stale,
        interview=bool(session.get("interview")),
    )


def _review_page(filling: Filling, *, stale: bool = False, note: Message | None = None) -> str:
    errors = _errors(filling)
    return render_template(
        "identification/review.html",
        submission=filling.submission,
        sections=review_of(filling.form, filling.state, filling.typed, errors),
        errors=errors,
        draft=filling.submission.state is SubmissionState.DRAFT,
        stale=stale,
        note=note,
        attached=queries.attached(filling.submission) if filling.files_asked else {},
    )
