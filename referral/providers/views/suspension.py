"""Suspend an organisation from the network, and lift that again: for the coordination."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.idempotency import idempotent
from referral.partners.models import Organization
from referral.providers import queries
from referral.providers.actions import suspending
from referral.providers.queries.suspensions import suspension_of
from referral.providers.upkeep_schemas import text_of
from referral.providers.views import bp
from referral.providers.views.upkeep import COORDINATE
from sop.vocabulary import N_, Message

LONGEST = 500
REASON = Message("reason_missing", N_("Write why, for the coordination and the committee."))
TOO_LONG = Message("reason_long", N_("Too long: 500 characters at most."))
CONFIRM = Message("confirm_missing", N_("Tick it: without that nothing is suspended."))


@bp.route("/directory/organisations/<uuid:organization_id>/suspension", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def suspend_organization(organization_id: UUID) -> Any:
    """What a suspension does, why, and the one button."""
    one = _found(organization_id)
    if request.method == "GET":
        return _page(one, "", {})
    reason = text_of(request.form, "reason")
    errors = _errors(reason, request.form.get("sure") == "yes")
    if errors:
        return _page(one, reason, errors), 422
    if suspending.suspend(one, reason, actor=actor(), now=clock.now()):
        flash(_("Suspended. The organisation is told, not why."), "success")
    else:
        flash(_("Nothing to change: it was suspended already."), "info")
    return redirect(url_for("providers.organization", organization_id=one.id), code=303)


@bp.post("/directory/organisations/<uuid:organization_id>/suspension/lift")
@requires(COORDINATE)
@idempotent
def lift_suspension(organization_id: UUID) -> Any:
    """The organisation is offered again."""
    one = _found(organization_id)
    if suspending.lift(one, actor=actor(), now=clock.now()):
        flash(_("Lifted. The organisation is offered again and was told."), "success")
    else:
        flash(_("Nothing to change: it is not suspended."), "info")
    return redirect(url_for("providers.organization", organization_id=one.id), code=303)


def _errors(reason: str, sure: bool) -> dict[str, Message]:
    found = {}
    if not reason or len(reason) > LONGEST:
        found["reason"] = TOO_LONG if reason else REASON
    if not sure:
        found["sure"] = CONFIRM
    return found


def _page(one: Organization, reason: str, errors: dict[str, Message]) -> str:
    return render_template(
        "providers/suspend.html", one=one, reason=reason, errors=errors, longest=LONGEST,
        suspension=suspension_of(one.id),
    )  # fmt: skip


def _found(organization_id: UUID) -> Organization:
    """The organisation, locked while it is written: of two who suspend it at once one finds it done."""
    query = queries.visible_organizations(actor()).where(Organization.id == organization_id)
    post = request.method == "POST"
    return db.session.scalar(query.with_for_update(of=Organization) if post else query) or abort(404)
