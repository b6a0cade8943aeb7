"""A version moves on: each move has a page that says what will happen, and asks once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import translate
from referral.foundation.idempotency import idempotent
from referral.procedures import actions, queries, rules
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import COORDINATION, VersionAction, VersionState
from referral.procedures.schemas import Reading, read_decision, revision_of
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed


@bp.route("/versions/<uuid:version_id>/<any(open_consultation, close_consultation, reopen_consultation, activate, "
          "set_aside):action>", methods=["GET", "POST"])  # fmt: skip
@requires(Permission.PROCEDURE_EDIT)
@idempotent
def move(version_id: UUID, action: str) -> Any:
    """One of the coordination's moves: what will happen, then the act itself."""
    one, wanted = find(version_id), VersionAction(action)
    if (one.state, wanted) not in rules.TRANSITIONS or wanted not in COORDINATION:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return render_template("procedures/move.html", **_about(one, wanted), former=_former(one))
    stamp = {"revision": revision_of(request.form), "actor": actor(), "now": clock.now(), "today": clock.today()}
    actions.move(one, wanted, **stamp)
    flash(_("Done. This version is now: %(state)s.", state=translate(one.state)), "success")
    return redirect(url_for("procedures.version", version_id=one.id), code=303)


@bp.route("/versions/<uuid:version_id>/approve", methods=["GET", "POST"])
@requires(Permission.PROCEDURE_APPROVE)
@idempotent
def approve(version_id: UUID) -> Any:
    """The committee's decision on a version, with its number and its day."""
    one = find(version_id)
    if one.state is not VersionState.CONSULTATION:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _approve(one, Reading({}, {}, one.revision))
    reading = read_decision(request.form, today=clock.today())
    if reading.errors:
        return _approve(one, reading), 422
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now(), "today": clock.today()}
    try:
        actions.approve(one, **reading.values, revision=reading.revision, **stamp)
    except actions.StaleVersion:
        return _approve(one, reading, stale=True), 409
    flash(_("The decision is recorded: the coordination can now put this version in force."), "success")
    return redirect(url_for("procedures.version", version_id=one.id), code=303)


def _approve(one: ProcedureVersion, reading: Reading, *, stale: bool = False) -> str:
    about = _about(one, VersionAction.APPROVE)
    return render_template("procedures/approve.html", **about, typed=reading.typed, errors=reading.errors, stale=stale)


def _about(one: ProcedureVersion, action: VersionAction) -> dict[str, Any]:
    """The version, the move, how things stand and what is against it."""
    at = queries.standing(one)
    return {**framed(one), "action": action, "standing": at, "refusals": rules.refusals(action, at, clock.today())}


def _former(one: ProcedureVersion) -> tuple[ProcedureVersion, int] | None:
    """The version in force and how many cases run on it."""
    former = queries.active_version()
    return (former, queries.open_cases(former.id)) if former and former.id != one.id else None
