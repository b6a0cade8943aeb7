"""The page that previews the move of a case to the version of the procedure in force, and the post that does it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.actions import moving
from referral.cases.models import Case
from referral.cases.queries.moving import Prospect, prospect, version_ahead
from referral.cases.questions import MAX_NOTE
from referral.cases.schemas import MISSING, TOO_LONG, uuid_from, version_of
from referral.cases.views import bp
from referral.cases.views.reading import find_case
from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.procedures import queries as procedures
from sop.vocabulary import N_

EVERY = N_("Tick every step that is to be waived; otherwise the case stays where it is.")


@bp.get("/cases/<uuid:case_id>/version")
@requires(Permission.CASE_SUPERVISE, reads_person=True)
def move_version(case_id: UUID) -> Any:
    """What a move to the version in force would change, and every reason against it."""
    case = find_case(case_id)
    audit.record("case.move_version.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return _page(case, {}, 200)


@bp.post("/cases/<uuid:case_id>/version")
@requires(Permission.CASE_SUPERVISE)
@idempotent
def move_version_post(case_id: UUID) -> Any:
    """Move the case; a stale page, or one without its waivers or their reason, is shown again with what was typed."""
    case, target = find_case(case_id, lock=True), uuid_from(request.form.get("to", ""))
    ahead = version_ahead(case)
    if ahead is None:
        raise RuleViolation(moving.NOT_AHEAD)
    if ahead.id != target or version_of(request.form) != case.version:
        return _page(case, {}, 409)
    waived, reason = frozenset(request.form.getlist("waive")), request.form.get("reason", "")
    errors = _errors(prospect(case, ahead, clock.now()), waived, reason)
    if errors:
        return _page(case, errors, 422)
    moving.move_version(
        case, target, version=case.version, waived=waived, reason=reason, actor=actor(), now=clock.now()
    )
    flash(_("The case is now on version %(number)s of the procedure.", number=ahead.number), "success")
    return redirect(url_for("cases.show", case_id=case.id), code=303)


def _errors(found: Prospect, waived: frozenset[str], reason: str) -> dict[str, Any]:
    """What is missing, for the fields of the page; refusals that nobody may waive are the action's business."""
    if not found.allowed or not found.waivable:
        return {}
    errors: dict[str, Any] = {"waive": EVERY} if found.missing(waived) else {}
    if not reason.strip():
        errors["reason"] = MISSING
    elif len(reason.strip()) > MAX_NOTE:
        errors["reason"] = TOO_LONG
    return errors


def _page(case: Case, errors: dict[str, Any], status: int) -> Any:
    ahead = version_ahead(case)
    page = render_template(
        "cases/move_version.html",
        case=case,
        flowchart=procedures.flowchart(case.procedure_version_id),
        found=prospect(case, ahead, clock.now(), lang=page_language()) if ahead else None,
        typed=request.form,
        errors=errors,
        stale=status == 409,
    )
    return page, status
