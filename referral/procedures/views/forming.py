"""Forms: the list, one version with its questions and checks, a new version from a file, publish, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.procedures import actions, form_sources, form_versions
from referral.procedures.form_pages import drawn_up
from referral.procedures.models import FormVersion
from referral.procedures.rules import FormStage
from referral.procedures.schemas import revision_of
from referral.procedures.views import bp
from referral.procedures.views.library import download
from sop.questions import FormError, FormFinding
from sop.vocabulary import MINIMUM, SENSITIVE, Category, Message, Need

READ, EDIT = Permission.PROCEDURE_READ, Permission.PROCEDURE_EDIT
XML = "application/xml; charset=utf-8"


@bp.get("/forms")
@requires(READ)
def forms() -> str:
    """Every form with its version in force, and what each data category means."""
    return render_template(
        "procedures/forms.html",
        rows=form_versions.form_list(actor()),
        edits=can(EDIT),
        categories=sorted(Category, key=lambda one: one.order),
        sensitive=SENSITIVE,
        minimum={need: MINIMUM[need] for need in Need},
    )


@bp.route("/forms/new", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def new_form() -> Any:
    """A draft of an uploaded file; of one with errors nothing is kept, and each is told with row and column."""
    if request.method == "GET":
        return _upload()
    try:
        name, content = form_sources.uploaded(request.files.get("file"))
        one, is_new = actions.new_form_draft(name, content, actor=actor(), now=clock.now())
    except form_sources.Refused as refusal:
        return _upload({"file": refusal.message}), 422
    except FormError as error:
        return _upload(findings=error.findings), 422
    if is_new:
        flash(_("The draft is made. Read its checks, try it, then publish it."), "success")
    else:
        flash(_("Exactly this form is here already; nothing was added."), "info")
    return redirect(url_for("procedures.form_version", version_id=one.id), 303)


@bp.get("/forms/<uuid:version_id>")
@requires(READ)
def form_version(version_id: UUID) -> str:
    """One version: where it stands, what to do next, its files, the other versions of the form."""
    one = find_form(version_id)
    findings = form_versions.findings_of(one)
    return render_template(
        "procedures/form.html",
        **form_frame(one),
        former=form_versions.in_force(one.name),
        files=form_versions.files_of(one.id),
        hindering=form_versions.hindering(findings),
        findings=findings or [],
        refusals=form_versions.refusals_of(one) if one.stage is FormStage.DRAFT else [],
        versions=form_versions.siblings(actor(), one),
        edits=can(EDIT),
        xform=bool(one.xform),
    )


@bp.get("/forms/<uuid:version_id>/questions")
@requires(READ)
def form_questions(version_id: UUID) -> str:
    """The questions as a table: type, label, category, fact, and when each is asked."""
    one = find_form(version_id)
    form = form_versions.content_of(one)
    return render_template(
        "procedures/form_questions.html", **form_frame(one), screens=drawn_up(form, page_language()), form=form
    )


@bp.get("/forms/<uuid:version_id>/checks")
@requires(READ)
def form_checks(version_id: UUID) -> str:
    """What the checks say, by row and column of the file; what hinders publishing comes first."""
    one = find_form(version_id)
    findings = form_versions.findings_of(one)
    return render_template(
        "procedures/form_checks.html",
        **form_frame(one),
        unreadable=findings is None,
        blocking=[each for each in findings or [] if each.blocks],
        telling=[each for each in findings or [] if not each.blocks],
    )


@bp.get("/forms/<uuid:version_id>/differences")
@requires(READ)
def form_differences(version_id: UUID) -> str:
    """What differs from the version in force."""
    one = find_form(version_id)
    former, found = form_versions.differences(one) or (None, [])
    return render_template("procedures/form_differences.html", **form_frame(one), former=former, found=found)


@bp.route("/forms/<uuid:version_id>/publish", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def form_publish(version_id: UUID) -> Any:
    """Ask once, then put a draft in force."""
    one = find_form(version_id)
    if request.method == "GET":
        return _asked("procedures/form_publish.html", one)
    actions.publish_form(one, revision=revision_of(request.form), actor=actor(), now=clock.now())
    flash(_("The form is published: new files use it from now on."), "success")
    return redirect(url_for("procedures.form_version", version_id=one.id), 303)


@bp.route("/forms/<uuid:version_id>/withdraw", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def form_withdraw(version_id: UUID) -> Any:
    """Ask once, then take a draft out of the list."""
    one = find_form(version_id)
    if request.method == "GET":
        return _asked("procedures/form_withdraw.html", one)
    actions.withdraw_form(one, revision=revision_of(request.form), actor=actor(), now=clock.now())
    flash(_("The draft is withdrawn."), "success")
    return redirect(url_for("procedures.forms"), 303)


@bp.get("/forms/<uuid:version_id>/source")
@requires(READ)
def form_source(version_id: UUID) -> Any:
    """The file as it was uploaded, byte for byte."""
    one = find_form(version_id)
    kind = form_sources.kind_of(one.source_name)
    if one.source is None or not kind:
        abort(404)
    return download(one.source, form_sources.MEDIA_TYPES[kind], one.source_name)


@bp.get("/forms/<uuid:version_id>/xform.xml")
@requires(READ)
def form_xform(version_id: UUID) -> Any:
    """The form as phones with ODK Collect read it."""
    one = find_form(version_id)
    return download(one.xform.encode(), XML, f"{file_of(one)}.xml") if one.xform else abort(404)


def find_form(version_id: UUID) -> FormVersion:
    """The version, or 404 when it is not one that this user may see; locked where it is written."""
    writes = request.method == "POST" and request.endpoint != "procedures.form_preview_post"
    return form_versions.visible_form(actor(), version_id, lock=writes) or abort(404)


def form_frame(one: FormVersion) -> dict[str, Any]:
    """What the frame of the pages about a version of a form shows."""
    return {"edition": one, "tab": (request.endpoint or "").removesuffix("_post")}


def file_of(one: FormVersion) -> str:
    """The name under which what belongs to a version is saved."""
    return form_sources.file_name(f"{one.form_id}-{one.number or one.content_hash[:8]}")


def _asked(template: str, one: FormVersion) -> str:
    if one.stage is not FormStage.DRAFT:
        abort(404)
    return render_template(
        template,
        **form_frame(one),
        former=form_versions.in_force(one.name),
        refusals=form_versions.refusals_of(one),
    )


def _upload(errors: dict[str, Message] | None = None, findings: list[FormFinding] | None = None) -> str:
    told = sorted(findings or [], key=lambda each: (form_versions.ORDER.index(each.severity), each.row, each.column))
    return render_template("procedures/form_new.html", errors=errors or {}, findings=told)
