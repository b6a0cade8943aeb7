"""The pages on which the coordination takes a partner's table into the directory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from directory import Message, columns, hsds, render, tabular, term_needs
from directory.tables import Table
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.providers import actions, issues, workbook, workbook_reading
from referral.providers.actions.mapping import keep as keep_terms
from referral.providers.import_models import ImportDraft
from referral.providers.models import ImportBatch
from referral.providers.queries import waiting
from referral.providers.queries.whole import Circle
from referral.providers.views import bp
from sop.vocabulary import N_, NEED_LABELS

COORDINATE = Permission.DIRECTORY_COORDINATE
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TERMS = 30
LISTED = 50
MOST = 500
UNNAMED = {
    "service.name": Message("no_service_name", N_("Say which column is the name of the service.")),
    "organization.name": Message("no_organization_name", N_("Say which column is the name of the organisation.")),
}
TWICE = N_("The column “%(other)s” says this already: choose one of the two.")


@bp.route("/directory/imports", methods=["GET", "POST"])
@requires(COORDINATE, uploads=True)
@idempotent
def imports() -> Any:
    """The imports so far, and a new file."""
    errors: dict[str, Any] = {}
    if request.method == "POST":
        sent = request.files.get("file")
        source, data = waiting.known_as(request.form.get("source", "")), sent.read() if sent else b""
        errors = _errors(source, data, sent.filename or "" if sent else "")
        if not errors:
            made = actions.keep_draft(source, sent.filename or "" if sent else "", data, actor=actor(), now=clock.now())
            step = "providers.import_columns" if _asks(data, made.file_name) else "providers.import_preview"
            return redirect(url_for(step, draft_id=made.id), code=303)
    shown = render_template(
        "providers/imports.html", batches=waiting.batches(), drafts=waiting.drafts(), errors=errors,
        source=request.form.get("source", ""), sources=waiting.sources(), tab="providers.imports",
    )  # fmt: skip
    return shown, 422 if errors else 200


def _errors(source: str, data: bytes, name: str) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if not 0 < len(source) <= 80:
        errors["source"] = Message("source", N_("Name the source, in at most 80 characters."))
    if not data:
        errors["file"] = Message("file", N_("Choose a file."))
    else:
        try:
            workbook_reading.complete(actions.look_at(data, name))
        except hsds.Unreadable as problem:
            errors["file"] = problem.message
    return errors


def _draft(draft_id: UUID) -> ImportDraft:
    found = db.session.get(ImportDraft, draft_id)
    if found is None or found.decided_at is not None:
        abort(404)
    return found


def _asks(contents: bytes, name: str) -> bool:
    """Whether the columns of a file have to be told: those of our workbook and of HSDS are known."""
    tables = actions.look_at(contents, name)
    return bool(tables) and not workbook_reading.is_workbook(tables) and not tabular.is_package(tables)


def _asked(tables: list[Table]) -> list[tuple[str, list[str]]]:
    """Each column with its first values."""
    many = len(tables) > 1
    named = [(table, heading) for table in tables for heading in table.headings if heading]
    return [(columns.column(table, heading, many), table.samples(heading)) for table, heading in named][:200]


@bp.route("/directory/imports/<uuid:draft_id>/columns", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def import_columns(draft_id: UUID) -> Any:
    """What each column means; what is saved for the source is filled in."""
    one = _draft(draft_id)
    further = redirect(url_for("providers.import_preview", draft_id=one.id), code=303)
    if not _asks(one.contents or b"", one.file_name):
        return further
    tables, saved = actions.look_at(one.contents or b"", one.file_name), actions.saved_columns(one.source)
    asked = _asked(tables)
    chosen = _told(asked) if request.method == "POST" else columns.suggested(tables) | saved
    errors = _column_errors(tables, chosen, asked) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        actions.keep_columns(one.source, chosen)
        return further
    page = {"asked": asked, "chosen": chosen, "saved": saved, "errors": errors, "fields": list(columns.FIELDS.items())}
    return render_template("providers/import_columns.html", one=one, **page), 422 if errors else 200


def _told(asked: list[tuple[str, list[str]]]) -> dict[str, str]:
    """What the form says of each column; a field that is none ends the request."""
    found = actions.told_columns(request.form, [heading for heading, _samples in asked])
    if not set(found.values()) <= {*columns.FIELDS, ""}:
        abort(422)
    return found


def _column_errors(tables: list[Table], told: dict[str, str], asked: list[tuple[str, list[str]]]) -> dict[str, Any]:
    """What is missing as a whole, and columns that say what another one says already, by their fields."""
    headings = [heading for heading, _samples in asked]
    missing = [UNNAMED[field] for field in columns.unnamed(tables, told)]
    twice = {
        f"column-{headings.index(one)}": Message("twice", TWICE, {"other": other})
        for one, other in columns.doubled(tables, told).items()
    }
    return {"_schema": missing[0], **twice} if missing else twice


@bp.route("/directory/imports/<uuid:draft_id>", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def import_preview(draft_id: UUID) -> Any:
    """What taking the file in would do, and the decision."""
    one = _draft(draft_id)
    if request.method == "POST":
        return _decided(one)
    try:
        found = actions.preview_import(one, take=workbook_reading.take_any, now=clock.now())
    except hsds.Unreadable as problem:
        flash(render(problem.message, gettext), "error")
        return redirect(url_for("providers.import_columns", draft_id=draft_id), code=303)
    return render_template(
        "providers/import_preview.html", one=one, found=found, listed=LISTED, terms=_terms(found),
        refused=issues.lines(found["quarantined"], LISTED),
        remarks=issues.together(issues.lines(found["warnings"]), LISTED),
        asked=_asks(one.contents or b"", one.file_name),
        needs=list(NEED_LABELS.items()), need_labels=NEED_LABELS, field_label=columns.label_of,
    )  # fmt: skip


@bp.get("/directory/imports/annuaire.xlsx")
@requires(COORDINATE)
def workbook_file() -> Response:
    """The directory as a workbook to edit and send back; what is kept to named people is not in it."""
    data, _number = workbook.told(Circle.NETWORK, actor=actor(), now=clock.now())
    db.session.commit()
    response = Response(data, mimetype=XLSX)
    response.headers["Content-Disposition"] = "attachment; filename=annuaire.xlsx"
    return response


def _terms(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Terms of the file with the needs that they mean: those that mean none yet come first, with a first guess."""
    unmapped = [{**one, "needs": [], "guess": term_needs.suggested(one["term"])} for one in found["unmapped"][:TERMS]]
    return unmapped + [{**one, "guess": ""} for one in found["mapped"][:TERMS]]


def _decided(one: ImportDraft) -> Any:
    do = request.form.get("do", "")
    if do == "terms":
        pairs = zip(request.form.getlist("term"), request.form.getlist("need"), strict=False)
        keep_terms(one.source, {term[:200]: need for term, need in pairs if term and need in NEED_LABELS})
        return redirect(url_for("providers.import_preview", draft_id=one.id), code=303)
    if do == "approve":
        found = actions.approve_import(one, take=workbook_reading.take_any, actor=actor(), now=clock.now())
        number = sum(found["counts"].values())
        said = ngettext("%(num)d service taken in.", "%(num)d services taken in.", found["services"])
        flash(said if number else _("Nothing has changed: the directory says this already."), "success")
    elif do == "discard":
        actions.discard_import(one, actor=actor(), now=clock.now())
        flash(_("The file was thrown away."), "success")
    else:
        abort(422)
    return redirect(url_for("providers.imports"), code=303)


@bp.get("/directory/imports/batch/<uuid:batch_id>")
@requires(COORDINATE)
def import_batch(batch_id: UUID) -> Any:
    """What one import set aside, and why."""
    found = db.session.get(ImportBatch, batch_id) or abort(404)
    rows = sorted(found.issues, key=lambda one: (one.row, one.field))
    said = [(one.quarantined, issues.Line(one.row, one.source_id, one.field, issues.read(one.reason))) for one in rows]
    return render_template(
        "providers/import_batch.html", batch=found, refused=[line for aside, line in said if aside][:MOST],
        remarks=issues.together((line for aside, line in said if not aside), MOST), field_label=columns.label_of,
    )  # fmt: skip
