"""The data officer answers: requests, and what was kept long enough. Codes only, no content of any file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.rights import documents, queries
from referral.rights.actions import asking, erasing, retaining
from referral.rights.models import RetentionReview, RightsRequest
from referral.rights.queries import handed, withdrawals
from referral.rights.rules import RefusalReason, RequestKind
from referral.rights.schemas import Reading, read_answer, read_review
from referral.rights.views import bp
from referral.rights.views.own_file import paper

DECIDES = Permission.RIGHTS_DECIDE


@bp.get("/rights")
@requires(DECIDES)
def officer() -> str:
    """What waits for the data officer, and the registers."""
    waiting, reviews = queries.waiting_requests(actor()), queries.open_reviews(actor())
    overdue = withdrawals.overdue_stops(actor(), clock.today())
    return render_template(
        "rights/officer.html", requests=waiting, reviews=reviews, overdue=overdue, today=clock.today()
    )


@bp.route("/rights/requests/<uuid:request_id>", methods=["GET", "POST"])
@requires(DECIDES)
@idempotent
def answer(request_id: UUID) -> Any:
    """Grant or refuse what a person asked; an erasure erases at once."""
    one = queries.request_by_id(actor(), request_id, lock=request.method == "POST") or abort(404)
    if request.method == "GET":
        return _answer(one, Reading({}, {}))
    reading = read_answer(request.form)
    if reading.errors:
        return _answer(one, reading), 422
    try:
        if reading.values["granted"] and one.kind is RequestKind.ERASURE:
            asking.decide(one, granted=True, refusal=None, actor=actor(), now=clock.now())
            erasing.erase_file(one.case, actor=actor(), now=clock.now(), cause="REQUEST")
        else:
            asking.decide(one, **reading.values, actor=actor(), now=clock.now())
    except RuleViolation as against:
        reading.errors["do"] = against.message
        return _refused(one.id, reading)
    flash(_("The answer is recorded. Tell the person, and where they may complain."), "success")
    return redirect(url_for("rights.answer", request_id=one.id), code=303)


def _refused(request_id: UUID, reading: Reading) -> Any:
    """Nothing of a half-made answer is kept."""
    db.session.rollback()
    return _answer(queries.request_by_id(actor(), request_id) or abort(404), reading), 422


def _answer(one: RightsRequest, reading: Reading) -> str:
    return render_template(
        "rights/answer.html",
        one=one,
        obstacle=erasing.obstacle(one.case) if one.kind is RequestKind.ERASURE else None,
        recipients=handed.holders(one.case_id),
        documents=handed.documents_of(one.case) if one.kind is RequestKind.ERASURE else [],
        words=documents,
        typed=reading.typed,
        errors=reading.errors,
        refusal_choices=[(reason.value, reason.label) for reason in RefusalReason],
    )


@bp.get("/rights/requests/<uuid:request_id>/proof.pdf")
@requires(DECIDES)
def proof(request_id: UUID) -> Response:
    """The proof of an erasure for the person."""
    one = queries.request_by_id(actor(), request_id)
    if one is None or one.case.erased_at is None or one.kind is not RequestKind.ERASURE:
        abort(404)
    return _proof(one.case, one)


def _proof(case: Case, asked: RightsRequest | None) -> Response:
    lang = request.args.get("lang", "")
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    told, left, now = handed.holders(case.id), handed.documents_of(case), clock.now()
    audit.record("erasure.print", actor=actor(), now=now, case_id=case.id, subject=asked or case)
    content = documents.erasure_pdf(case, told, left, asked=asked, lang=lang, printed_at=now)
    commit_now()
    return paper(content, case)


@bp.get("/rights/erased/<uuid:case_id>")
@requires(DECIDES)
def erased(case_id: UUID) -> str:
    """That a file was erased, who was told, and every document that had left."""
    case = _erased(case_id)
    told, left = handed.holders(case.id), handed.documents_of(case)
    return render_template("rights/erased.html", case=case, recipients=told, documents=left, words=documents)


@bp.get("/rights/erased/<uuid:case_id>.pdf")
@requires(DECIDES, reads_person=True)
def erased_proof(case_id: UUID) -> Response:
    """The same on paper."""
    return _proof(_erased(case_id), None)


def _erased(case_id: UUID) -> Case:
    case = db.session.get(Case, case_id)
    return case if case is not None and case.erased_at is not None else abort(404)


@bp.route("/rights/retention/<uuid:review_id>", methods=["GET", "POST"])
@requires(DECIDES)
@idempotent
def review(review_id: UUID) -> Any:
    """Look at a file that was kept long enough: erase it, or keep it until a day with a reason."""
    one = queries.review_by_id(actor(), review_id) or abort(404)
    if request.method == "GET":
        return _review(one, Reading({}, {}))
    reading = read_review(request.form, today=clock.today())
    if reading.errors:
        return _review(one, reading), 422
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    try:
        if reading.values["erase"]:
            retaining.erase_reviewed(one, **stamp)
            flash(_("Erased."), "success")
        else:
            retaining.keep_on(one, until=reading.values["until"], reason=reading.values["reason"], **stamp)
            flash(_("Kept; it is proposed again after that day."), "success")
    except RuleViolation as against:
        reading.errors["do"] = against.message
        db.session.rollback()
        return _review(queries.review_by_id(actor(), review_id) or abort(404), reading), 422
    if reading.values["erase"] and one.case is not None and one.case.erased_at is not None:
        return redirect(url_for("rights.erased", case_id=one.case.id), code=303)
    return redirect(url_for("rights.officer"), code=303)


def _review(one: RetentionReview, reading: Reading) -> str:
    return render_template(
        "rights/review.html",
        one=one,
        obstacle=retaining.standing_against(one, actor()),
        recipients=handed.holders(one.case_id) if one.case_id is not None else [],
        documents=handed.documents_of(one.case) if one.case is not None else [],
        words=documents,
        typed=reading.typed,
        errors=reading.errors,
    )
