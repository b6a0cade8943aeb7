"""A pre-file: what must happen now and why, what was done outside, best interests, the supervisor's review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.cases.queries import waiting_prefiles
from referral.cases.queries.progress import state_of
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.identification import actions
from referral.identification.documents import information_sheet as sheet_pdf
from referral.identification.queries import prefiles as queries
from referral.identification.queries.sheet import sheet_entries
from referral.identification.rules import STEP_EMERGENCY_REVIEW, Outside
from referral.identification.schemas import AssessmentSchema, OutsideSchema, ReviewSchema
from referral.identification.views import bp


@bp.get("/prefiles/<uuid:case_id>")
@requires(Permission.PREFILE_READ, reads_person=True)
def prefile(case_id: UUID) -> Any:
    """Code, priority and by which rule, needs, and what must happen now, in the procedure's order."""
    case = own_prefile(case_id)
    audit.record("prefile.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return render_template("identification/prefile.html", file=queries.prefile_view(case, clock.now(), page_language()))


@bp.get("/prefiles/<uuid:case_id>/outside/<kind>")
@requires(Permission.PREFILE_READ)
def record_outside(case_id: UUID, kind: str) -> Any:
    """Ask what was done outside the system, with whom and when."""
    return _outside_page(own_prefile(case_id), _kind(kind))


@bp.post("/prefiles/<uuid:case_id>/outside/<kind>")
@requires(Permission.PREFILE_READ)
@idempotent
def record_outside_post(case_id: UUID, kind: str) -> Any:
    """Record it: nothing crosses."""
    case, outside = own_prefile(case_id, lock=True), _kind(kind)
    try:
        values = OutsideSchema(now=clock.now(), zone=clock.zone()).load(request.form)
    except ValidationError as error:
        return _outside_page(case, outside, errors=error.messages_dict), 422
    actions.record_outside(case, outside, values, actor=actor(), now=clock.now())
    flash(_("This is recorded. Nothing was sent from here."), "success")
    return redirect(url_for(".prefile", case_id=case.id), 303)


@bp.get("/prefiles/<uuid:case_id>/best-interests")
@requires(Permission.PREFILE_READ)
def best_interests(case_id: UUID) -> Any:
    """Ask what the best-interests assessment concludes."""
    return _best_interests_page(own_prefile(case_id))


@bp.post("/prefiles/<uuid:case_id>/best-interests")
@requires(Permission.PREFILE_READ)
@idempotent
def best_interests_post(case_id: UUID) -> Any:
    """Record the assessment."""
    case = own_prefile(case_id, lock=True)
    try:
        values = AssessmentSchema(now=clock.now(), zone=clock.zone()).load(request.form)
    except ValidationError as error:
        return _best_interests_page(case, errors=error.messages_dict), 422
    actions.record_best_interests(case, values, actor=actor(), now=clock.now())
    flash(_("The assessment is recorded."), "success")
    return redirect(url_for(".prefile", case_id=case.id), 303)


@bp.get("/prefiles/<uuid:case_id>/information-sheet")
@requires(Permission.PREFILE_READ)
def information_sheet(case_id: UUID) -> Any:
    """The sheet to hand out, without any personal data (PDF)."""
    case = db.session.scalar(queries.sheet_cases(actor()).where(Case.id == case_id)) or abort(404)
    language = page_language()
    region, entries = case.region, sheet_entries(case.region)
    commit_now()
    response = make_response(sheet_pdf(region, entries, lang=language, now=clock.now()))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="information.pdf"'
    return response


@bp.get("/prefiles/<uuid:case_id>/review")
@requires(Permission.CASE_SUPERVISE, reads_person=True)
def review_emergency(case_id: UUID) -> Any:
    """What a supervisor sees before base consent: code, priority, reason."""
    return _review_page(_announced(case_id))


@bp.post("/prefiles/<uuid:case_id>/review")
@requires(Permission.CASE_SUPERVISE)
@idempotent
def review_emergency_post(case_id: UUID) -> Any:
    """Record the supervisor's word on the emergency access."""
    case = _announced(case_id)
    try:
        values = ReviewSchema().load(request.form)
    except ValidationError as error:
        return _review_page(case, errors=error.messages_dict), 422
    actions.review_emergency(case, values["conclusion"], actor=actor(), now=clock.now())
    flash(_("Your review is recorded."), "success")
    return redirect(url_for(".review_emergency", case_id=case.id), 303)


def own_prefile(case_id: UUID, *, lock: bool = False) -> Case:
    """A pre-file that the signed-in user entered and that is not handed over; anything else is 404."""
    return queries.own_prefile(actor(), case_id, lock=lock) or abort(404)


def _review_page(case: Case, *, errors: Any = None) -> Any:
    waits = (STEP_EMERGENCY_REVIEW, None) in state_of(case).active
    verdict = queries.verdict_of(case)
    audit.record("prefile.announced", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return render_template(
        "identification/review_emergency.html", case=case, waits=waits, verdict=verdict, errors=errors or {}
    )


def _announced(case_id: UUID) -> Case:
    return db.session.scalar(waiting_prefiles(actor()).where(Case.id == case_id)) or abort(404)


def _kind(kind: str) -> Outside:
    return Outside(kind) if kind in set(Outside) else abort(404)


def _outside_page(case: Case, kind: Outside, *, errors: Any = None) -> Any:
    values = request.form if errors else _now_parts()
    return render_template("identification/outside.html", case=case, kind=kind, errors=errors or {}, typed=values)


def _best_interests_page(case: Case, *, errors: Any = None) -> Any:
    values = request.form if errors else _now_parts()
    return render_template("identification/best_interests.html", case=case, errors=errors or {}, typed=values)


def _now_parts() -> dict[str, str]:
    """Today and this hour, to be corrected: most records are made right after the act."""
    here = clock.now().astimezone(clock.zone())
    parts = {"done_on-day": here.day, "done_on-month": here.month, "done_on-year": here.year}
    return {name: str(part) for name, part in parts.items()} | {"done_at": here.strftime("%H:%M")}
