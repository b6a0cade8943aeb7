"""A version held against another one, in words and on the drawing, and against the regional model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.procedures import pictures, queries
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import VersionState
from referral.procedures.schemas import uuid_from
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed, linker
from referral.procedures.words import plainly
from sop import overlays
from sop.deviations import Way
from sop.deviations import deviations as deviations_from
from sop.diff import diff as differences
from sop.locks import broken
from sop.union import union

MARKS = {
    "added": overlays.Mark.ADDED,
    "removed": overlays.Mark.REMOVED,
    "changed": overlays.Mark.CHANGED,
    "renamed": overlays.Mark.CHANGED,
}


@bp.get("/versions/<uuid:version_id>/diff")
@requires(Permission.PROCEDURE_READ)
def diff(version_id: UUID) -> Any:
    """What this version changes of another one; by default of the one that it was made from, else the one in force."""
    one = find(version_id)
    new = queries.chart_of(one) or abort(404)
    others = queries.comparable(actor(), one)
    other = _chosen(one, others)
    old = queries.chart_of(other) if other else None
    choices = [(str(each.id), f"{each.number} · {each.content_hash[:8]}") for each in others]
    shown: dict[str, Any] = {
        "other": other,
        "others": others,
        "choices": choices,
        "found": None,
        "picture": None,
        "pages": [],
    }
    if other is not None and old is not None:
        found = differences(old, new)
        shown |= {"found": found}
        if not found.is_empty:
            shown |= _drawn(one, other, old, new)
    return render_template("procedures/diff.html", **framed(one), **shown)


@bp.get("/versions/<uuid:version_id>/deviations")
@requires(Permission.PROCEDURE_READ)
def deviations(version_id: UUID) -> str:
    """Where this version goes another way than the regional model, and whether what is locked there still holds."""
    one = find(version_id)
    model, flowchart = queries.regional_model(), queries.chart_of(one) or abort(404)
    found = [plainly(each) for each in deviations_from(model, flowchart, lang=page_language())]
    return render_template(
        "procedures/deviations.html",
        **framed(one),
        model=model,
        found=found,
        ways=[(way, [each for each in found if each.way is way]) for way in Way],
        locked=[step for step in model.steps.values() if step.locked],
        broken=list(broken(model, flowchart)),
        steps=flowchart.steps,
        link=linker(one, flowchart),
    )


def _chosen(one: ProcedureVersion, others: list[ProcedureVersion]) -> ProcedureVersion | None:
    wanted = request.args.get("with", "")
    if wanted:
        return next((other for other in others if other.id == uuid_from(wanted)), None) or abort(404)
    parent = next((other for other in others if other.id == one.based_on_id), None)
    in_force = next((other for other in others if other.state is VersionState.ACTIVE), None)
    return parent or in_force or next(iter(others), None)


def _drawn(one: ProcedureVersion, other: ProcedureVersion, old: Any, new: Any) -> dict[str, Any]:
    both, lang = union(old, new), page_language()
    marks = overlays.changes(
        {step: (MARKS[mark.value], "") for step, mark in both.steps.items()},
        {f"{source}→{target}": (MARKS[mark.value], "") for (source, target), mark in both.branches.items()},
    )

    def address(page: str) -> str:
        where: dict[str, Any] = {"version_id": one.id, "with": other.id, "page": None if page == "main" else page}
        return url_for("procedures.diff", **where) + "#drawing"

    picture = pictures.picture(
        both.flowchart, request.args.get("page", "main"), lang=lang, address=address, overlay=marks
    )
    return {
        "picture": picture or abort(404),
        "pages": [(tab, address(tab.id)) for tab in pictures.tabs(both.flowchart, lang=lang)],
        "flowchart": both.flowchart,
    }
