"""The directory: its list, one entry, and what an organisation keeps up to date itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager

from directory.autonomy import MISS_LABELS
from directory.employment import ECONOMIC
from directory.leaflet import LANGUAGES
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent, once_key
from referral.providers import actions, identity_form, pages, queries
from referral.providers.models import ServiceAtLocation
from referral.providers.queries import gaps
from referral.providers.queries.area_notices import notices_near
from referral.providers.queries.autonomy import history_of
from referral.providers.queries.carrying import unit_of
from referral.providers.queries.doubles import successor
from referral.providers.queries.newcomers import waiting_new
from referral.providers.rules import Origin, publishes
from referral.providers.schemas import filters_from, read_question, sections_from
from referral.providers.views import bp
from sop.places import load_places
from sop.vocabulary import NEED_LABELS


@bp.get("/directory")
@requires(Permission.DIRECTORY_READ)
def index() -> Any:
    """The directory: words, need, region, open now."""
    regions = load_places(current_app.config["SETTINGS"].country).regions
    filters = filters_from(request.args, {one.pcode for one in regions})
    page = queries.listing(filters, actor(), clock.now())
    region_choices = [(one.pcode, dict(one.name)) for one in regions]
    choices: dict[str, Any] = {"need_choices": list(NEED_LABELS.items()), "region_choices": region_choices}
    choices["notices"] = notices_near(queries.snapshot(clock.now()).area_notices, filters.region)
    choices["coordinates"] = can(Permission.DIRECTORY_COORDINATE)
    choices |= {"covers": can(Permission.STATISTICS_READ), "can_edit": can(Permission.DIRECTORY_EDIT)}
    return render_template("providers/index.html", page=page, filters=filters, need_labels=NEED_LABELS, **choices)


@bp.get("/directory/search")
@requires(Permission.DIRECTORY_READ)
def search() -> Any:
    """The form that asks for a person; `case` is the case for which services are to be kept."""
    page: dict[str, Any] = {"typed": {}, "ticked": (), "papers": (), "errors": {}, "found": None}
    return render_template(
        "providers/search.html", **pages.asked(), **pages.cases(request.args.get("case", "")), **page
    )


@bp.post("/directory/search")
@requires(Permission.DIRECTORY_READ)
def search_post() -> Any:
    """The answer, on the page itself: nothing about the person goes into an address."""
    ticked = request.form.getlist("conditions")
    papers, local = request.form.getlist("papers"), clock.now().astimezone(clock.zone())
    reading = read_question(request.form, ticked, queries.known_places(), papers=papers, now=local)
    stamp = {"evidence": once_key(), "actor": actor(), "now": clock.now()}
    found = actions.search_or_signal(**reading.values, **stamp) if reading.values else None
    page: dict[str, Any] = {
        "typed": reading.typed,
        "ticked": ticked,
        "papers": papers,
        "errors": reading.errors,
        "found": found,
    }
    page |= pages.placed(found, reading.values.get("asked"))
    page |= pages.asked() | pages.cases(request.form.get("case", ""))
    return render_template("providers/search.html", **page), 422 if reading.errors else 200


@bp.get("/directory/<uuid:place_id>")
@requires(Permission.DIRECTORY_READ)
def show(place_id: UUID) -> Any:
    """One service at one place, in full."""
    place = db.session.scalar(queries.visible_places(actor()).where(ServiceAtLocation.id == place_id))
    sheet = queries.sheet(place, actor(), clock.now(), page_language()) if place else None
    if sheet is None:
        return _moved(place_id)
    may_edit = can(Permission.DIRECTORY_EDIT)
    return render_template(
        "providers/show.html",
        sheet=sheet,
        leaflets=LANGUAGES,
        unit=unit_of(sheet.offer.pcode, queries.snapshot(clock.now()).places),
        need_labels=NEED_LABELS,
        can_edit=may_edit,
        **pages.work(sheet.place),
        coordinates=can(Permission.DIRECTORY_COORDINATE),
        **pages.cases(),
    )


def _moved(place_id: UUID) -> Any:
    """To the entry that stands for a replaced one; not for good, because a merge can be taken back."""
    kept = successor(place_id, actor()) or abort(404)
    flash(_("The entry that you asked for was a double: the directory keeps this one in its place."), "info")
    return redirect(url_for("providers.show", place_id=kept.id))


@bp.get("/directory/own")
@requires(Permission.DIRECTORY_EDIT)
def own() -> Any:
    """The own organisation's entries, and what to confirm."""
    if can(Permission.DIRECTORY_COORDINATE):
        return redirect(url_for("providers.upkeep"), code=303)
    kept = queries.own_entries(actor(), clock.now())
    due = sum(len(one.due) for one in kept)
    house = db.session.scalar(queries.editable_organizations(actor()))
    about = queries.confirmed(house, clock.now()) if house else None
    promised = gaps.named(gaps.undertakings_of(actor().organization_id), page_language())
    return render_template(
        "providers/own.html", kept=kept, due=due, house=about, need_labels=NEED_LABELS, economic=ECONOMIC,
        asked=waiting_new(actor(), clock.now()),
        promised=promised, today=clock.today(), autonomy=history_of(actor().organization_id)[:1],
        miss_labels=MISS_LABELS,
    )  # fmt: skip


@bp.route("/directory/own/<uuid:place_id>/hours", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def edit_hours(place_id: UUID) -> Any:
    """Weekly hours and closures."""
    return edited(place_id, pages.HOURS)


@bp.route("/directory/own/<uuid:place_id>/capacity", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def edit_capacity(place_id: UUID) -> Any:
    """The room there is now."""
    return edited(place_id, pages.CAPACITY)


@bp.route("/directory/own/<uuid:place_id>/contacts", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def edit_contacts(place_id: UUID) -> Any:
    """Who answers."""
    return edited(place_id, pages.CONTACTS)


@bp.route("/directory/own/<uuid:place_id>/service", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def edit_service(place_id: UUID) -> Any:
    """Whom it takes and how to refer."""
    return edited(place_id, pages.SERVICE)


@bp.post("/directory/own/<uuid:place_id>/confirm")
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def confirm(place_id: UUID) -> Any:
    """Nothing changed: one section, or all."""
    place = editable(place_id)
    sections, version = sections_from(request.form)
    actions.confirm(place, sections=sections, expected_version=version, actor=actor(), now=clock.now())
    flash(_("Thank you: confirmed today. The referral teams see it at once."), "success")
    return redirect(url_for("providers.own", _anchor=f"e-{place.id}"), code=303)


def editable(place_id: UUID) -> ServiceAtLocation:
    """An entry of the own organisation, locked while it is written."""
    query = queries.editable_places(actor()).options(contains_eager(ServiceAtLocation.service))
    query = query.where(ServiceAtLocation.id == place_id)
    if request.method == "POST":
        query = query.with_for_update(of=ServiceAtLocation)
    place = db.session.scalar(query)
    if place is None:
        abort(404)
    return place


def edited(place_id: UUID, form: pages.Form) -> Any:
    """Show the form of a part of an entry, or take what was typed: at once, or as a proposal."""
    place = editable(place_id)
    direct = publishes(queries.trust_of(actor(), place), form.section)
    if request.method == "GET":
        return render_template(form.template, **pages.shown(form, place) | {"direct": direct})
    reading = form.read(place, request.form, clock.now())
    shown = pages.shown(form, place, reading) | {"direct": direct}
    if reading.errors:
        return render_template(form.template, **shown), 422
    wanted = form.wanted(place, **reading.values)
    origin = Origin.COORDINATION if can(Permission.DIRECTORY_COORDINATE) else Origin.PARTNER
    stamp = {"expected_version": reading.version, "actor": actor(), "now": clock.now(), "confirms": form.confirms}
    before = identity_form.openness(place)
    try:
        waits = actions.submit(place, form.section, wanted, origin=origin, direct=direct, **stamp)
    except actions.StaleEntry:
        return render_template(form.template, **shown | {"stale": True}), 409
    if identity_form.openness(place) != before and waits:
        flash(_("Done at once: who may see the entry, or what is told of its place."), "success")
    if waits:
        flash(_("Thank you. The coordination reads the change before it is published."), "success")
    elif form.confirms:
        flash(_("Saved and confirmed today. The referral teams see it at once."), "success")
    else:
        flash(_("Saved. The referral teams see it at once."), "success")
    return redirect(url_for("providers.own", _anchor=f"e-{place.id}"), code=303)
