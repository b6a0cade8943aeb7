"""The page of an organisation, and how its own staff keep what it says of itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.partners.models import Organization
from referral.providers import actions, pages, queries
from referral.providers.queries.bodies import successors
from referral.providers.queries.suspensions import suspension_shown
from referral.providers.rules import ORGANIZATION_FIELDS, Origin, Section, published_fields
from referral.providers.schemas import version_of
from referral.providers.upkeep_models import EntityRevision
from referral.providers.views import bp
from referral.providers.views.upkeep import COORDINATE
from sop.vocabulary import NEED_LABELS

FORM = pages.ORGANIZATION


@bp.get("/directory/organisations/<uuid:organization_id>")
@requires(Permission.DIRECTORY_READ)
def organization(organization_id: UUID) -> Any:
    """What an organisation is, where its services are, how fresh that is."""
    shown = successors().get(organization_id, organization_id)
    one = _found(queries.visible_organizations(actor()), shown)
    if shown != organization_id:
        _found(queries.visible_organizations(actor()), organization_id)
        flash(_("The organisation that you asked for was a double: the directory keeps this one in its place."), "info")
        return redirect(url_for("providers.organization", organization_id=shown))
    language = page_language()
    sheet = queries.organization_sheet(one, actor(), clock.now(), language)
    return render_template(
        "providers/organization.html", sheet=sheet, one=one, language=language, need_labels=NEED_LABELS,
        **pages.federated(one), **suspension_shown(one.id), coordinates=can(COORDINATE),
    )  # fmt: skip


@bp.route("/directory/organisations/<uuid:organization_id>/edit", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def edit_organization(organization_id: UUID) -> Any:
    """The form; what its keeper may not publish waits for the coordination."""
    one = _editable(organization_id)
    trust = queries.trust_in(actor(), one)
    reach = {"free": published_fields(trust), "direct": published_fields(trust) == set(ORGANIZATION_FIELDS)}
    if request.method == "GET":
        return render_template(FORM.template, **pages.shown(FORM, one) | reach)
    reading = FORM.read(one, request.form, clock.now())
    shown = pages.shown(FORM, one, reading) | reach
    if reading.errors:
        return render_template(FORM.template, **shown), 422
    origin = Origin.COORDINATION if can(COORDINATE) else Origin.PARTNER
    stamp = {"expected_version": reading.version, "actor": actor(), "now": clock.now()}
    try:
        waits = actions.submit_organization(
            one, FORM.wanted(one, **reading.values), origin=origin, trust=trust, **stamp
        )  # fmt: skip
    except actions.StaleEntry:
        return render_template(FORM.template, **shown | {"stale": True}), 409
    flash(_said(waits is not None), "success")
    return redirect(url_for("providers.organization", organization_id=one.id), code=303)


def _said(waits: bool) -> str:
    if waits:
        return _("Thank you. The coordination reads the change before it is published.")
    return _("Saved and confirmed today. The referral teams see it at once.")


@bp.post("/directory/organisations/<uuid:organization_id>/confirm")
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def confirm_organization(organization_id: UUID) -> Any:
    """Nothing has changed."""
    one = _editable(organization_id)
    stamp = {"expected_version": version_of(request.form), "actor": actor(), "now": clock.now()}
    actions.confirm(one, sections=[Section.ORGANIZATION], **stamp)
    flash(_("Thank you: confirmed today. The referral teams see it at once."), "success")
    return redirect(url_for("providers.organization", organization_id=one.id), code=303)


@bp.get("/directory/organisations/<uuid:organization_id>/history")
@requires(Permission.DIRECTORY_EDIT)
def organization_history(organization_id: UUID) -> Any:
    """What was changed in what an organisation says of itself."""
    one = _editable(organization_id)
    free = published_fields(queries.trust_in(actor(), one))
    rows = queries.organization_revisions(one)
    return render_template("providers/organization_history.html", one=one, rows=rows, free=free)


@bp.post("/directory/organisations/<uuid:organization_id>/history/<uuid:revision_id>")
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def undo_organization(organization_id: UUID, revision_id: UUID) -> Any:
    """Take a change back."""
    one = _editable(organization_id)
    theirs = EntityRevision.organization_id == one.id
    revision = db.session.scalar(select(EntityRevision).where(EntityRevision.id == revision_id, theirs))
    if revision is None or not set(revision.diff) <= published_fields(queries.trust_in(actor(), one)):
        abort(404)
    actions.undo(one, revision, actor=actor(), now=clock.now())
    flash(_("Taken back."), "success")
    return redirect(url_for("providers.organization_history", organization_id=one.id), code=303)


def _editable(organization_id: UUID) -> Organization:
    return _found(queries.editable_organizations(actor()), organization_id, lock=request.method == "POST")


def _found(query: Select[Organization], organization_id: UUID, *, lock: bool = False) -> Organization:
    """The organisation, locked while it is written."""
    query = query.where(Organization.id == organization_id)
    found = db.session.scalar(query.with_for_update(of=Organization) if lock else query)
    return found or abort(404)
