"""What a keeper does beside the sections of an entry: temporary notices, everything confirmed at once, copies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.providers import actions, pages, queries, upkeep_schemas
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import NoticeKind, Section
from referral.providers.upkeep_models import TempNotice
from referral.providers.views import bp
from referral.providers.views.entries import editable
from referral.providers.views.upkeep import COORDINATE

KINDS = [(one.value, one.label) for one in NoticeKind]


@bp.route("/directory/own/<uuid:place_id>/notice", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def notice(place_id: UUID) -> Any:
    """A notice that ends by itself, and those that run."""
    place, today = editable(place_id), clock.today()
    reading = upkeep_schemas.read_notice(request.form, today=today) if request.method == "POST" else None
    if reading and not reading.errors:
        actions.notify(place, **reading.values, actor=actor(), now=clock.now())
        flash(_("Noted. The referral teams see it at once, and it goes away by itself."), "success")
        return redirect(url_for("providers.notice", place_id=place.id), code=303)
    typed, errors = (reading.typed, reading.errors) if reading else ({}, {})
    running = queries.notices(place.id, today)
    page = {"place": place, "rows": running, "kinds": KINDS, "typed": typed, "errors": errors}
    return render_template("providers/notice.html", **page), 422 if errors else 200


@bp.post("/directory/own/<uuid:place_id>/notice/<uuid:notice_id>")
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def end_notice(place_id: UUID, notice_id: UUID) -> Any:
    """Take a notice away before its day."""
    place = editable(place_id)
    found = db.session.scalar(select(TempNotice).where(TempNotice.id == notice_id, TempNotice.place_id == place.id))
    actions.end_notice(found or abort(404), actor=actor(), now=clock.now())
    flash(_("Taken away."), "success")
    return redirect(url_for("providers.notice", place_id=place.id), code=303)


@bp.route("/directory/own/confirm", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def confirm_all() -> Any:
    """Everything that waits for a confirmation, on one page with one button; what has changed is unticked."""
    if can(COORDINATE):
        abort(404)
    if request.method == "GET":
        waiting = [one for one in queries.own_entries(actor(), clock.now()) if queries.confirmable(one)]
        return render_template("providers/confirm_all.html", rows=waiting)
    ticked = upkeep_schemas.read_ticked(request.form.getlist("entry"))
    places = db.session.scalars(queries.editable_places(actor()).where(ServiceAtLocation.id.in_(ticked))).unique()
    done, stale = actions.confirm_many(list(places), ticked, actor=actor(), now=clock.now())
    flash(ngettext("%(num)d entry confirmed today.", "%(num)d entries confirmed today.", done), "success")
    if stale:
        flash(_changed(stale), "warning")
    return redirect(url_for("providers.own"), code=303)


@bp.route("/directory/own/<uuid:place_id>/copy", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def copy(place_id: UUID) -> Any:
    """The same service at other sites of the organisation, or at a new one."""
    place = editable(place_id)
    direct, sites = pages.may_publish(place, Section.SERVICE), queries.other_sites(place)
    reading = None
    if request.method == "POST":
        reading = upkeep_schemas.read_copy(request.form, {one.id for one in sites}, queries.known_places())
        if not reading.errors:
            made = actions.copy_to(place, **reading.values, direct=direct, actor=actor(), now=clock.now())
            flash(_copied(len(made), direct), "success")
            return redirect(url_for("providers.own"), code=303)
    typed, errors = (reading.typed, reading.errors) if reading else ({"take_hours": "yes"}, {})
    ticked = request.form.getlist("site")
    page = {"place": place, "sites": sites, "direct": direct, "typed": typed, "errors": errors, "ticked": ticked}
    return render_template("providers/copy.html", **page), 422 if errors else 200


def _changed(number: int) -> str:
    return ngettext(
        "%(num)d entry was changed in the meantime: look at it first.",
        "%(num)d entries were changed in the meantime: look at them first.",
        number,
    )


def _copied(number: int, direct: bool) -> str:
    if direct:
        return ngettext(
            "%(num)d site added, not verified yet: confirm its hours and contacts.",
            "%(num)d sites added, not verified yet: confirm their hours and contacts.",
            number,
        )
    return ngettext(
        "%(num)d site noted: the coordination calls before it is published.",
        "%(num)d sites noted: the coordination calls before they are published.",
        number,
    )


@bp.get("/directory/closed")
@requires(COORDINATE)
def closed() -> Any:
    """Entries that are closed or wait to be published, the latest first."""
    rows = queries.closed_entries()
    return render_template("providers/closed.html", rows=rows, tab=request.endpoint, coordinates=True)


@bp.post("/directory/closed/<uuid:place_id>")
@requires(COORDINATE)
@idempotent
def reopen(place_id: UUID) -> Any:
    """Take a closing back."""
    place = db.session.scalar(queries.closed_places().where(ServiceAtLocation.id == place_id)) or abort(404)
    actions.reopen(place, actor=actor(), now=clock.now())
    flash(_("Open again. A call is asked for: the entry counts as not verified until then."), "success")
    return redirect(url_for("providers.closed"), code=303)
