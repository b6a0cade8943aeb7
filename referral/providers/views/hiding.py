"""Hide an entry this minute, and what the coordination decides of it afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.providers import new_form
from referral.providers.actions import hiding
from referral.providers.rules import Origin, TaskReason
from referral.providers.upkeep_models import CallTask
from referral.providers.views import bp
from referral.providers.views.entries import editable
from referral.providers.views.upkeep import COORDINATE


@bp.route("/directory/own/<uuid:place_id>/hide", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def hide(place_id: UUID) -> Any:
    """What hiding does, and the one button."""
    place = editable(place_id)
    if request.method == "GET":
        return render_template("providers/hide.html", place=place, hideable=hiding.hideable(place))
    origin = Origin.COORDINATION if can(COORDINATE) else Origin.PARTNER
    hiding.hide(place, new_form.reason_of(request.form), origin=origin, actor=actor(), now=clock.now())
    flash(_("Hidden. Only the people named for it see the entry now. The coordination was told."), "success")
    return redirect(url_for("providers.own", _anchor=f"e-{place.id}"), code=303)


@bp.post("/directory/calls/<uuid:task_id>/hidden")
@requires(COORDINATE)
@idempotent
def settle_hidden(task_id: UUID) -> Any:
    """The entry is shown again as it was, or it stays hidden."""
    task = db.session.get(CallTask, task_id, with_for_update={"of": CallTask})
    if task is None or task.reason is not TaskReason.HIDDEN:
        abort(404)
    show = request.form.get("do") == "show"
    stay = hiding.settle(task, show=show, actor=actor(), now=clock.now())
    if stay:
        flash(_("A part stays hidden, because it was changed since. The organisation changes it."), "warning")
    else:
        flash(_("Shown again as it was.") if show else _("Noted: it stays hidden."), "success")
    return redirect(url_for("providers.upkeep"), code=303)
