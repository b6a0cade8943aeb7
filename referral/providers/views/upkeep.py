"""The directory's upkeep: links without a password, reports, and the coordination's calls, proposals, campaigns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, public, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.providers import actions, pages, queries, upkeep_schemas
from referral.providers.audience_form import secret_of
from referral.providers.house import house, shown_as
from referral.providers.models import ServiceAtLocation, ServiceStaff
from referral.providers.queries import gaps
from referral.providers.queries.employment import waiting_vacancies
from referral.providers.queries.newcomers import waiting_new
from referral.providers.queries.upkeep import ANSWER_DAYS
from referral.providers.rules import (
    ANSWERS,
    PLACE_SECTIONS,
    ReportKind,
    ReportState,
    TaskReason,
    TrustLevel,
    VerificationOutcome,
)
from referral.providers.upkeep_models import (
    CallTask,
    ChangeProposal,
    ConfirmationLink,
    DirectoryReport,
    EntityRevision,
    ReviewCampaign,
)
from referral.providers.views import bp
from referral.providers.views.entries import editable
from referral.providers.words import answers, field_label, plain
from sop.places import load_places
from sop.vocabulary import NEED_LABELS

bp.add_app_template_filter(plain, "plain")
bp.add_app_template_filter(house, "house")
bp.add_app_template_filter(shown_as, "shown_as")
bp.add_app_template_filter(answers, "answers")
bp.add_app_template_filter(field_label, "field_label")
bp.add_app_template_filter(secret_of, "secret_of")
COORDINATE = Permission.DIRECTORY_COORDINATE


@bp.get("/confirm/<token>")
@public
def link(token: str) -> Any:
    """One section as it stands, and the button; looking confirms nothing."""
    found = _link(token)
    if not _usable(found):
        return render_template("providers/link_spent.html", link=found)
    section = found.section
    return render_template("providers/link.html", link=found, token=token, shown=pages.said(found.subject, section))


@bp.post("/confirm/<token>")
@public
def link_confirm(token: str) -> Any:
    """Nothing has changed."""
    found = _link(token, lock=True)
    if _usable(found):
        actions.confirm_by_link(found, now=clock.now())
    return redirect(url_for("providers.link", token=token), code=303)


@bp.route("/confirm/<token>/correct", methods=["GET", "POST"])
@public
def link_correct(token: str) -> Any:
    """The section's form; what is sent waits for the coordination, but for free places."""
    found = _link(token, lock=request.method == "POST")
    if not _usable(found):
        return redirect(url_for("providers.link", token=token), code=303)
    direct = actions.at_once(found.section)
    form, extra = pages.FORMS[found.section], {"by_link": url_for("providers.link", token=token), "direct": direct}
    if request.method == "GET":
        return render_template(form.template, **pages.shown(form, found.subject) | extra)
    reading = form.read(found.subject, request.form, clock.now())
    shown = pages.shown(form, found.subject, reading) | extra
    if reading.errors:
        return render_template(form.template, **shown), 422
    wanted = form.wanted(found.subject, **reading.values)
    try:
        actions.correct_by_link(found, wanted, expected_version=reading.version, now=clock.now())
    except actions.StaleEntry:
        return render_template(form.template, **shown | {"stale": True}), 409
    return redirect(url_for("providers.link", token=token), code=303)


def _link(token: str, *, lock: bool = False) -> ConfirmationLink:
    found = queries.link_of(token)
    if found is None:
        abort(404)
    if lock:
        db.session.refresh(found, ["used_at"], with_for_update=True)
    return found


def _usable(found: ConfirmationLink) -> bool:
    return found.used_at is None and clock.now() < found.expires_at


@bp.route("/directory/<uuid:place_id>/report", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_READ)
@idempotent
def report(place_id: UUID) -> Any:
    """Say what is wrong in an entry."""
    place = _visible(place_id)
    choices = [(one.value, one.label) for one in ReportKind]
    if request.method == "GET":
        return render_template("providers/report.html", place=place, choices=choices, typed={}, errors={})
    reading = upkeep_schemas.read_report(request.form)
    if reading.errors:
        shown = {"typed": reading.typed, "errors": reading.errors}
        return render_template("providers/report.html", place=place, choices=choices, **shown), 422
    actions.report(place, reading.values["kind"], reading.values["text"], actor=actor(), now=clock.now())
    if reading.values["kind"] is ReportKind.MISCONDUCT:
        flash(_("Thank you. Only the data officer reads this; the organisation is not told."), "success")
    else:
        flash(_("Thank you. The coordination answers within five working days, under “Reports”."), "success")
    return redirect(url_for("providers.show", place_id=place.id), code=303)


def _visible(place_id: UUID) -> ServiceAtLocation:
    place = db.session.scalar(queries.visible_places(actor()).where(ServiceAtLocation.id == place_id))
    if place is None:
        abort(404)
    return place


@bp.get("/directory/reports")
@requires(Permission.DIRECTORY_READ)
def reports() -> Any:
    """The coordination's list of reports; for everybody else their own, with the answers."""
    rows = queries.reports(actor())
    answers = [(one.value, one.label) for one in ANSWERS]
    return render_template(
        "providers/reports.html", rows=rows, answers=answers, now=clock.now(), days=ANSWER_DAYS, **_tabs()
    )


@bp.post("/directory/reports/<uuid:report_id>")
@requires(COORDINATE)
@idempotent
def answer_report(report_id: UUID) -> Any:
    """Answer a report."""
    row = db.session.scalar(queries.visible_reports(actor()).where(DirectoryReport.id == report_id)) or abort(404)
    state = upkeep_schemas.choice(ReportState, request.form.get("state", ""), "state")
    if state not in ANSWERS:
        abort(422)
    text = upkeep_schemas.text_of(request.form)[:500]
    actions.answer(row, state, text, actor=actor(), now=clock.now())
    flash(_("Answered. Whoever reported it sees the answer."), "success")
    return redirect(url_for("providers.reports"), code=303)


@bp.get("/directory/misconduct")
@requires(Permission.MISCONDUCT_READ)
def misconduct() -> Any:
    """Reports on misconduct, without their text."""
    return render_template("providers/misconduct.html", rows=queries.misconduct(actor()))


@bp.get("/directory/misconduct/<uuid:report_id>")
@requires(Permission.MISCONDUCT_READ, reads_person=True)
def misconduct_report(report_id: UUID) -> Any:
    """One report on misconduct; the look is logged."""
    row = next(iter(queries.misconduct(actor(), report_id)), None) or abort(404)
    text = actions.read_misconduct(row, actor=actor(), now=clock.now())
    return render_template("providers/misconduct_report.html", row=row, text=text)


@bp.post("/directory/misconduct/<uuid:report_id>")
@requires(Permission.MISCONDUCT_READ)
@idempotent
def misconduct_taken_up(report_id: UUID) -> Any:
    """The channel against abuse has taken it up."""
    row = next(iter(queries.misconduct(actor(), report_id)), None) or abort(404)
    actions.answer(row, ReportState.TAKEN_UP, "", actor=actor(), now=clock.now())
    return redirect(url_for("providers.misconduct"), code=303)


@bp.get("/directory/upkeep")
@requires(COORDINATE)
def upkeep() -> Any:
    """Calls to make, then entries whose sections are to be confirmed."""
    outcomes = [(one.value, one.label) for one in VerificationOutcome]
    waiting = queries.to_confirm(clock.now())
    today = clock.today()
    late = [one for one in gaps.standing_undertakings() if one.due_on <= today]
    return render_template(
        "providers/upkeep.html", tasks=queries.open_tasks(), outcomes=outcomes, waiting=waiting,
        need_labels=NEED_LABELS, late=gaps.named(late, page_language()), today=today, **_tabs(),
    )  # fmt: skip


@bp.post("/directory/calls/<uuid:task_id>")
@requires(COORDINATE)
@idempotent
def call_outcome(task_id: UUID) -> Any:
    """What a call brought."""
    task = db.session.get(CallTask, task_id, with_for_update={"of": CallTask}) or abort(404)
    if task.reason is TaskReason.HIDDEN:
        abort(404)
    outcome = upkeep_schemas.choice(VerificationOutcome, request.form.get("outcome", ""), "outcome")
    actions.called(task, outcome, actor=actor(), now=clock.now())
    if outcome is VerificationOutcome.CHANGED:
        flash(_("Noted. Now correct what has changed."), "success")
        if task.place_id is None:
            return redirect(url_for("providers.edit_organization", organization_id=task.organization_id), code=303)
        return redirect(url_for("providers.history", place_id=task.place_id), code=303)
    flash(_("Noted."), "success")
    return redirect(url_for("providers.upkeep"), code=303)


@bp.get("/directory/proposals")
@requires(COORDINATE)
def proposals() -> Any:
    """Changes that wait, old beside new, field by field."""
    return render_template(
        "providers/proposals.html", rows=queries.open_proposals(), vacancies=waiting_vacancies(clock.today()),
        asked=waiting_new(actor(), clock.now()), **_tabs(),
    )  # fmt: skip


@bp.post("/directory/proposals/<uuid:proposal_id>")
@requires(COORDINATE)
@idempotent
def decide(proposal_id: UUID) -> Any:
    """Publish the ticked fields."""
    proposal = db.session.get(ChangeProposal, proposal_id, with_for_update={"of": ChangeProposal}) or abort(404)
    accepted = set(request.form.getlist("accept"))
    if request.form.get("do") == "refuse":
        accepted = set()
    actions.decide(proposal, accepted=accepted, actor=actor(), now=clock.now())
    flash(_("Published.") if accepted else _("Refused: the entry stays as it was."), "success")
    return redirect(url_for("providers.proposals"), code=303)


@bp.get("/directory/own/<uuid:place_id>/history")
@requires(Permission.DIRECTORY_EDIT)
def history(place_id: UUID) -> Any:
    """What was changed in an entry, and who keeps it."""
    place = editable(place_id)
    levels = [(one.value, one.label) for one in TrustLevel]
    rows = queries.revisions(place)
    return render_template(
        "providers/history.html", place=place, rows=rows, staff=queries.staff_of(place), levels=levels,
        sections=PLACE_SECTIONS, undoable=pages.undoable(place, rows), coordinates=can(COORDINATE),
    )  # fmt: skip


@bp.post("/directory/own/<uuid:place_id>/history/<uuid:revision_id>")
@requires(Permission.DIRECTORY_EDIT)
@idempotent
def undo(place_id: UUID, revision_id: UUID) -> Any:
    """Take a change back."""
    place = editable(place_id)
    revision = db.session.scalar(
        select(EntityRevision).where(EntityRevision.id == revision_id, EntityRevision.place_id == place.id)
    )
    if revision is None or not pages.may_undo(place, revision):
        abort(404)
    actions.undo(place, revision, actor=actor(), now=clock.now())
    flash(_("Taken back."), "success")
    return redirect(url_for("providers.history", place_id=place.id), code=303)


@bp.post("/directory/own/<uuid:place_id>/trust/<uuid:staff_id>")
@requires(COORDINATE)
@idempotent
def set_trust(place_id: UUID, staff_id: UUID) -> Any:
    """What somebody may publish without being read first."""
    place = editable(place_id)
    staff = db.session.get(ServiceStaff, staff_id)
    if staff is None or staff.service_id != place.service_id:
        abort(404)
    level = upkeep_schemas.choice(TrustLevel, request.form.get("level", ""), "level")
    actions.trust(staff, level, actor=actor(), now=clock.now())
    flash(_("Noted."), "success")
    return redirect(url_for("providers.history", place_id=place.id), code=303)


@bp.route("/directory/campaigns", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def campaigns() -> Any:
    """The campaigns, and a new one."""
    regions = [(one.pcode, dict(one.name)) for one in load_places(current_app.config["SETTINGS"].country).regions]
    reading = None
    if request.method == "POST":
        known = frozenset(code for code, _name in regions)
        reading = upkeep_schemas.read_campaign(request.form, regions=known, today=clock.today())
        if not reading.errors:
            return _open(reading.values)
    typed, errors = (reading.typed, reading.errors) if reading else ({}, {})
    chosen = {name: request.form.getlist(name) for name in ("regions", "needs", "sections")}
    page = render_template(
        "providers/campaigns.html", rows=queries.campaigns(), typed=typed, errors=errors, chosen=chosen,
        region_names=[(code, names[page_language()]) for code, names in regions],
        need_choices=list(NEED_LABELS.items()),
        section_choices=[(one.value, one.label) for one in upkeep_schemas.ASKED], **_tabs(),
    )  # fmt: skip
    return page, 422 if errors else 200


def _open(values: dict[str, Any]) -> Any:
    places = queries.in_scope(values["regions"], values["needs"], clock.now())
    made = actions.open_campaign(**values, places=places, actor=actor(), now=clock.now())
    return redirect(url_for("providers.campaign", campaign_id=made.id), code=303)


@bp.get("/directory/campaigns/<uuid:campaign_id>")
@requires(COORDINATE)
def campaign(campaign_id: UUID) -> Any:
    """How far a campaign is, by organisation."""
    found = db.session.get(ReviewCampaign, campaign_id) or abort(404)
    return render_template("providers/campaign.html", campaign=found, rows=queries.progress(found, clock.now()))


def _tabs() -> dict[str, Any]:
    return {"tab": request.endpoint, "coordinates": can(COORDINATE)}
