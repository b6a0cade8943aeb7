"""The private sector's pages: what a service offers, its vacancies, the employers of a federation."""

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
from referral.partners.models import Organization
from referral.partners.rules import OrganizationKind
from referral.providers import coverage_schemas, pages, private_form, queries
from referral.providers.actions import employing, offering
from referral.providers.models import ServiceAtLocation
from referral.providers.private_form import VacancyAct
from referral.providers.private_models import FederationMembership, Vacancy
from referral.providers.queries import employment
from referral.providers.rules import Section, publishes
from referral.providers.views import bp
from referral.providers.views.entries import editable, edited

EDIT, COORDINATE = Permission.DIRECTORY_EDIT, Permission.DIRECTORY_COORDINATE


@bp.route("/directory/own/<uuid:place_id>/offer", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def edit_offer(place_id: UUID) -> Any:
    """What is offered: an apprenticeship, a job, support for an own business."""
    _employing(place_id)
    return edited(place_id, pages.OFFER)


@bp.route("/directory/own/<uuid:place_id>/vacancies", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def vacancies(place_id: UUID) -> Any:
    """The vacancies of an entry, and a new one."""
    place, today = _employing(place_id), clock.today()
    direct = publishes(queries.trust_of(actor(), place), Section.SERVICE)
    contacts = sorted({one.function for one in place.contacts if one.function})
    typed, errors = {}, {}
    if request.method == "POST":
        reading = private_form.read_vacancy(request.form, contacts=contacts, today=today)
        if not reading.errors:
            employing.announce(place, **reading.values, direct=direct, actor=actor(), now=clock.now())
            flash(_("The vacancy is published.") if direct else _("The coordination reads it first."), "success")
            return redirect(url_for("providers.vacancies", place_id=place.id), code=303)
        typed, errors = reading.typed, reading.errors
    page = render_template(
        "providers/vacancies.html", place=place, rows=employment.vacancies_of(place.id), today=today, typed=typed,
        errors=errors, contacts=[("", _("not stated")), *((one, one) for one in contacts)], direct=direct,
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.post("/directory/own/<uuid:place_id>/vacancies/<uuid:vacancy_id>")
@requires(EDIT)
@idempotent
def move_vacancy(place_id: UUID, vacancy_id: UUID) -> Any:
    """A place is filled, or the vacancy is withdrawn, prolonged or, by the coordination, published."""
    place, act = _employing(place_id), private_form.act_of(request.form)
    row = db.session.get(Vacancy, vacancy_id, with_for_update=True)
    if row is None or row.place_id != place.id or act is None or (act is VacancyAct.PUBLISH and not can(COORDINATE)):
        abort(404)
    employing.move(row, act, actor=actor(), now=clock.now(), today=clock.today())
    flash(_("Recorded."), "success")
    if act is VacancyAct.PUBLISH:
        return redirect(url_for("providers.proposals"), code=303)
    return redirect(url_for("providers.vacancies", place_id=place.id), code=303)


def _employing(place_id: UUID) -> ServiceAtLocation:
    place = editable(place_id)
    if not offering.carries(place.service):
        abort(404)
    return place


@bp.route("/directory/organisations/<uuid:organization_id>/members", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def federation_members(organization_id: UUID) -> Any:
    """The employers of a federation, and one more."""
    federation, today = _federation(organization_id), clock.today()
    employers = [one for one in employment.possible_members() if one[0] != federation.id]
    typed, errors = {}, {}
    if request.method == "POST":
        ids = [one for one, _name in employers]
        reading = private_form.read_member(request.form, employers=ids, today=today)
        if not reading.errors:
            employing.join(federation, **reading.values, actor=actor(), now=clock.now())
            flash(_("Noted."), "success")
            return redirect(url_for("providers.federation_members", organization_id=federation.id), code=303)
        typed, errors = reading.typed, reading.errors
    find = coverage_schemas.line_of(request.args, "find")[:80]
    page = render_template(
        "providers/members.html", federation=federation, rows=employment.members(federation, today), typed=typed,
        errors=errors, find=find, agreement=employment.agreement_of(federation.id, today),
        employers=coverage_schemas.narrowed(employers, find, chosen=typed.get("employer", "")),
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.post("/directory/organisations/<uuid:organization_id>/members/<uuid:membership_id>")
@requires(COORDINATE)
@idempotent
def end_membership(organization_id: UUID, membership_id: UUID) -> Any:
    """An employer leaves the federation."""
    federation = _federation(organization_id)
    row = db.session.get(FederationMembership, membership_id)
    if row is None or row.federation_id != federation.id:
        abort(404)
    employing.leave(row, actor=actor(), now=clock.now(), today=clock.today())
    flash(_("Removed."), "success")
    return redirect(url_for("providers.federation_members", organization_id=federation.id), code=303)


def _federation(organization_id: UUID) -> Organization:
    found = db.session.get(Organization, organization_id)
    if found is None or found.kind is not OrganizationKind.FEDERATION:
        abort(404)
    return found
