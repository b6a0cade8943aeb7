"""Legal holds: the data officer sees them all, places one on a case, renews or lifts it with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.foundation.national import periods
from referral.rights.actions import holding
from referral.rights.hold_models import LegalHold
from referral.rights.holding import HoldReason
from referral.rights.queries import holds as queries
from referral.rights.schemas import Reading, printable, read_hold, read_lifting, read_renewal
from referral.rights.views import bp

DECIDES = Permission.RIGHTS_DECIDE


@bp.route("/rights/holds", methods=["GET", "POST"])
@requires(DECIDES)
@idempotent
def holds() -> Any:
    """Every legal hold, and a form to place one on a case."""
    if request.method == "GET":
        return _holds(Reading({"code": printable(request.args.get("code", ""))[:24]}, {}))
    reading = read_hold(request.form, today=clock.today(), months=periods().hold_months)
    if reading.errors:
        return _holds(reading), 422
    try:
        case = queries.case_to_hold(reading.typed["code"].upper())
        one = holding.place(case, **reading.values, actor=actor(), now=clock.now())
    except RuleViolation as against:
        reading.errors["code"] = against.message
        return _holds(reading), 422
    flash(_("The file is kept until the hold ends."), "success")
    return redirect(url_for("rights.hold", hold_id=one.id), code=303)


def _holds(reading: Reading) -> str:
    return render_template(
        "rights/holds.html",
        rows=queries.standing(),
        ended=queries.ended(),
        today=clock.today(),
        typed=reading.typed,
        errors=reading.errors,
        reason_choices=[(one.value, one.label) for one in HoldReason],
    )


@bp.get("/rights/holds/<uuid:hold_id>")
@requires(DECIDES)
def hold(hold_id: UUID) -> str:
    """One hold: why the file is kept, what was decided about it so far."""
    return _hold(queries.hold_by_id(actor(), hold_id) or abort(404), Reading({}, {}))


@bp.post("/rights/holds/<uuid:hold_id>/renew")
@requires(DECIDES)
@idempotent
def renew_hold(hold_id: UUID) -> Any:
    """Look at a hold again: it stays, for a reason."""
    one = queries.hold_by_id(actor(), hold_id, lock=True) or abort(404)
    reading = read_renewal(request.form, today=clock.today(), months=periods().hold_months)
    if reading.errors:
        return _hold(one, reading), 422
    try:
        holding.renew(one, **reading.values, actor=actor(), now=clock.now())
    except RuleViolation as against:
        return _refused(hold_id, Reading(reading.typed, {}, {"words": against.message}))
    flash(_("The hold is renewed."), "success")
    return redirect(url_for("rights.hold", hold_id=one.id), code=303)


@bp.post("/rights/holds/<uuid:hold_id>/lift")
@requires(DECIDES)
@idempotent
def lift_hold(hold_id: UUID) -> Any:
    """End a hold, for a reason."""
    one = queries.hold_by_id(actor(), hold_id, lock=True) or abort(404)
    reading = read_lifting(request.form)
    if reading.errors:
        return _hold(one, reading), 422
    try:
        holding.lift(one, **reading.values, actor=actor(), now=clock.now())
    except RuleViolation as against:
        return _refused(hold_id, Reading(reading.typed, {}, {"why": against.message}))
    flash(_("The hold is ended."), "success")
    return redirect(url_for("rights.hold", hold_id=one.id), code=303)


def _refused(hold_id: UUID, reading: Reading) -> Any:
    """Nothing of a half-made move is kept."""
    db.session.rollback()
    return _hold(queries.hold_by_id(actor(), hold_id) or abort(404), reading), 409


def _hold(one: LegalHold, reading: Reading) -> str:
    words = queries.words_of(one)
    if words:
        audit.record("hold.read", actor=actor(), now=clock.now(), case_id=one.case_id, subject=one)
    given = {"review": one.review_on, "until": one.until} if "review-day" not in reading.typed else {}
    return render_template(
        "rights/hold.html",
        one=one,
        words=words,
        today=clock.today(),
        given=given,
        typed=reading.typed,
        errors=reading.errors,
    )
