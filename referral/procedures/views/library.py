"""The versions of the procedure: the list, one version as a drawing and as a list, its checks, its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for

from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.procedures import pictures, queries
from referral.procedures.schemas import uuid_from
from referral.procedures.views import bp
from referral.procedures.views.frame import address, find, framed, linker, moves
from sop.findings import Severity
from sop.flowchart import WORK

READ = Permission.PROCEDURE_READ


@bp.get("/versions")
@requires(READ)
def versions() -> str:
    """Every version that this user may see, and what one may do."""
    after = uuid_from(request.args.get("after", ""))
    page = queries.listing(actor(), after)
    return render_template("procedures/versions.html", page=page, after=after, edits=can(Permission.PROCEDURE_EDIT))


@bp.get("/versions/<uuid:version_id>")
@requires(READ)
def version(version_id: UUID) -> Any:
    """One version: where it stands, what to do next, its drawing, its list, its steps."""
    one = find(version_id)
    flowchart, lang = queries.chart_of(one), page_language()
    picture = None
    if flowchart:
        wanted = request.args.get("page", "main")
        drawn = pictures.picture(flowchart, wanted, lang=lang, address=lambda page: address(one, page))
        picture = drawn or abort(404)
    return render_template(
        "procedures/version.html",
        **framed(one),
        flowchart=flowchart,
        picture=picture,
        pages=[(tab, address(one, tab.id)) for tab in pictures.tabs(flowchart, lang=lang)] if flowchart else [],
        steps=[step for step in flowchart.steps.values() if step.kind in WORK] if flowchart else [],
        standing=queries.standing(one),
        moves=moves(one),
        open_cases=queries.open_cases(one.id),
        parent=queries.visible_version(actor(), one.based_on_id) if one.based_on_id else None,
        edits=can(Permission.PROCEDURE_EDIT),
    )


@bp.get("/versions/<uuid:version_id>/checks")
@requires(READ)
def checks(version_id: UUID) -> str:
    """What the checks say of the flowchart and of its triage table, errors first, each with the way that shows it."""
    one = find(version_id)
    found = queries.assessment_of(one)
    link = linker(one, found.flowchart)
    table = url_for("procedures.version_triage", version_id=one.id)
    said = [(finding, link(finding.where)) for finding in found.findings]
    said += [(finding, f"{table}#rule-{finding.message.values.get('rule') or ''}") for finding in found.table_findings]
    return render_template(
        "procedures/checks.html",
        **framed(one),
        found=found,
        groups=[(severity, [pair for pair in said if pair[0].severity is severity]) for severity in Severity],
        link=link,
        steps=found.flowchart.steps if found.flowchart else {},
        table=table,
    )


@bp.get("/versions/<uuid:version_id>/flowchart.yaml")
@requires(READ)
def flowchart_yaml(version_id: UUID) -> Any:
    """The canonical text of the version, to keep or to change elsewhere."""
    one = find(version_id)
    return download(
        queries.canonical_flowchart(one).encode(), "application/yaml; charset=utf-8", f"{name_of_file(one)}.yaml"
    )


@bp.get("/versions/<uuid:version_id>/triage.csv")
@requires(READ)
def triage_csv(version_id: UUID) -> Any:
    """The triage table of the version."""
    one = find(version_id)
    return download(
        queries.canonical_triage(one).encode(), "text/csv; charset=utf-8", f"{name_of_file(one)}-triage.csv"
    )


@bp.get("/versions/<uuid:version_id>/drawing")
@requires(READ)
def drawing(version_id: UUID) -> Any:
    """The file that a committee drew, byte for byte; whatever it is, a browser only saves it."""
    one = find(version_id)
    if one.drawing is None:
        abort(404)
    return download(one.drawing, "application/octet-stream", one.drawing_name or "drawing")


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file to save."""
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def name_of_file(one: Any) -> str:
    """The name under which what belongs to a version is saved."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in one.code)
    number = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in one.number)
    return f"{plain}-{number}-{one.content_hash[:8]}"
