"""Drafts of the procedure: a new one, its text, its triage table; what was typed is kept when something is wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.procedures import actions, pages, queries
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import DRAFTS
from referral.procedures.schemas import Reading, file_name, read_text
from referral.procedures.views import bp
from referral.procedures.views.frame import find, find_draft, framed

EDIT = Permission.PROCEDURE_EDIT


@bp.route("/versions/new", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def new_version() -> Any:
    """A draft from a text, or from a drawing that is kept until somebody writes it down."""
    if request.method == "GET":
        return render_template("procedures/new.html", **pages.shown(Reading({"flowchart": ""}, {}, 0)))
    drawing = request.files.get("drawing")
    content = drawing.read() if drawing and drawing.filename else b""
    reading = pages.checked(read_text(request.form, request.files.get("file"), "flowchart"), but=bool(content))
    if reading.errors:
        return render_template("procedures/new.html", **pages.shown(reading)), 422
    return _saved(_made(reading.values["flowchart"], drawing, content), _("The draft is made."))


def _made(text: str, drawing: FileStorage | None, content: bytes) -> ProcedureVersion:
    """A draft of what came; its triage table is that of the version in force until somebody replaces it."""
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    former = queries.active_version()
    triage = former.triage if former else ""
    if drawing is None or not content:
        return actions.new_draft(text, triage, **stamp)
    named: dict[str, Any] = {"name": file_name(drawing.filename), "media_type": drawing.mimetype[:100]}
    if not text:
        return actions.new_drawing(content, triage, **named, **stamp)
    one = actions.new_draft(text, triage, **stamp)
    actions.keep_drawing(one, content, **named, **stamp)
    return one


@bp.post("/versions/<uuid:version_id>/copy")
@requires(EDIT)
@idempotent
def copy_version(version_id: UUID) -> Any:
    """A new draft with the text of a version."""
    one = actions.copy_version(find(version_id), actor=actor(), now=clock.now())
    flash(_("This is a draft with the same text. Give it a new number, change it and save."), "success")
    return redirect(url_for("procedures.edit", version_id=one.id), code=303)


@bp.route("/versions/<uuid:version_id>/edit", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def edit(version_id: UUID) -> Any:
    """The text of a draft."""
    one = find_draft(version_id)
    if request.method == "GET":
        return _edit(one, Reading({"flowchart": one.flowchart}, {}, one.revision))
    reading = pages.checked(read_text(request.form, request.files.get("file"), "flowchart"))
    if reading.errors:
        return _edit(one, reading), 422
    stamp = {"revision": reading.revision, "actor": actor(), "now": clock.now()}
    try:
        actions.save_flowchart(one, reading.values["flowchart"], **stamp)
    except actions.StaleVersion:
        return _edit(one, reading, stale=True), 409
    return _saved(one, _("Saved."))


@bp.get("/versions/<uuid:version_id>/triage")
@requires(Permission.PROCEDURE_READ)
def version_triage(version_id: UUID) -> Any:
    """The triage table of a version, each rule with what the checks say of it; a draft's may be replaced."""
    one = find(version_id)
    return _triage(one, Reading({"triage": one.triage}, {}, one.revision))


@bp.post("/versions/<uuid:version_id>/triage")
@requires(EDIT)
@idempotent
def version_triage_post(version_id: UUID) -> Any:
    """Replace the triage table of a draft."""
    one = find_draft(version_id)
    reading = pages.checked_table(read_text(request.form, request.files.get("file"), "triage"))
    if reading.errors:
        return _triage(one, reading), 422
    stamp = {"revision": reading.revision, "actor": actor(), "now": clock.now()}
    try:
        actions.save_triage(one, reading.values["triage"], **stamp)
    except actions.StaleVersion:
        return _triage(one, reading, stale=True), 409
    flash(_("Saved."), "success")
    return redirect(url_for("procedures.version_triage", version_id=one.id), code=303)


def _edit(one: ProcedureVersion, reading: Reading, *, stale: bool = False) -> str:
    return render_template("procedures/edit.html", **framed(one), **pages.shown(reading), stale=stale)


def _triage(one: ProcedureVersion, reading: Reading, *, stale: bool = False) -> str:
    found = queries.assessment_of(one)
    editable = can(EDIT) and one.state in DRAFTS
    words = {"found": found, "table": found.table, "editable": editable, "stale": stale}
    return render_template("procedures/version_triage.html", **framed(one), **pages.shown(reading), **words)


def _saved(one: ProcedureVersion, words: str) -> Any:
    """Say what the checks find, and lead to them."""
    errors = queries.assessment_of(one).errors
    said = ngettext("The checks name one error.", "The checks name %(num)d errors.", errors)
    none = _("The checks name no error.")
    flash(f"{words} {said if errors else none}", "warning" if errors else "success")
    endpoint = "procedures.checks" if one.number else "procedures.version"
    return redirect(url_for(endpoint, version_id=one.id), code=303)
