"""Drawings from outside: brought in as versions, given a meaning by questions, taken over as text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import translate
from referral.foundation.idempotency import idempotent
from referral.procedures import actions, drawings, pictures, queries
from referral.procedures.drawings import Said
from referral.procedures.models import ProcedureVersion
from referral.procedures.schemas import revision_of
from referral.procedures.views import bp
from referral.procedures.views.frame import find_draft, framed
from sop.bpmn.ladder import Imported
from sop.bpmn.showing import scene
from sop.findings import Finding, Severity
from sop.vocabulary import Message

EDIT = Permission.PROCEDURE_EDIT


@bp.route("/versions/import", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def import_drawing() -> Any:
    """A version of one or several BPMN files, whatever they lack; of a file that cannot be read nothing is kept."""
    if request.method == "GET":
        return _upload({})
    try:
        files = drawings.uploaded(request.files.getlist("drawing"))
    except drawings.Refused as problem:
        return _upload({"drawing": problem.message}), 422
    former = queries.active_version()
    one = actions.import_drawing(files, former.triage if former else "", actor=actor(), now=clock.now())
    flash(_("The drawing is kept."), "success")
    return redirect(url_for("procedures.wizard", version_id=one.id), code=303)


@bp.route("/versions/<uuid:version_id>/wizard", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def wizard(version_id: UUID) -> Any:
    """The imported drawing, what is to be told of it, and the questions that give it a meaning."""
    one = find_draft(version_id)
    if one.answers is None:
        abort(404)
    found = drawings.imported(one)
    if request.method == "GET":
        return _wizard(one, found, Said({}, {}))
    said = drawings.said(found, request.form)
    if revision_of(request.form) != one.revision:
        return _wizard(one, found, said, stale=True), 409
    if not said.errors:
        said, found = drawings.again(one, said)
    takes = request.form.get("do") == "take"
    if takes and not said.errors and found.flowchart is None:
        said.errors[""] = drawings.NO_CHART
    if said.errors:
        return _wizard(one, drawings.imported(one), said), 422
    return _kept(one, found, said, takes=takes)


def _kept(one: ProcedureVersion, found: Imported, said: Said, *, takes: bool) -> Any:
    """Keep the answers, and the flowchart too when it is taken over; tell how far the drawing is now."""
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    actions.save_answers(one, found, said.answers, revision=one.revision, **stamp)
    if takes and found.flowchart is not None:
        actions.take_over(one, found.flowchart, revision=one.revision, **stamp)
        flash(_("The drawing is taken over as text. From here on it is a draft like any other."), "success")
        return redirect(url_for("procedures.checks", version_id=one.id), code=303)
    flash(f"{_('Saved.')} {translate(drawings.LEVELS[found.level])}", "success")
    return redirect(url_for("procedures.wizard", version_id=one.id), code=303)


def _upload(errors: dict[str, Message]) -> str:
    return render_template("procedures/import.html", errors=errors, most=drawings.MAX_FILES)


def _wizard(one: ProcedureVersion, found: Imported, said: Said, *, stale: bool = False) -> str:
    svg = scene(found.drawing, translate=pictures.translate).svg(id_prefix="drawn")
    return render_template(
        "procedures/wizard.html",
        **framed(one),
        found=found,
        level=drawings.LEVELS[found.level],
        told=_told(found),
        topics=drawings.groups(found, one.answers or {}, said.typed),
        svg=Markup(svg),  # noqa: S704 - the writer escapes every text
        parts=drawings.parts(found.drawing),
        errors=said.errors,
        stale=stale,
    )


def _told(found: Imported) -> list[Finding]:
    """What the page says of the drawing, errors first; what is not answered yet stands at the questions themselves."""
    order = list(Severity)
    return sorted((one for one in found.findings if one.code != "OPEN"), key=lambda one: order.index(one.severity))
