"""The procedure in force: its drawing, its steps, the triage table."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for

from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.procedures import pictures, queries
from referral.procedures.views import bp
from sop.flowchart import WORK


def _address(page: str) -> str:
    return url_for("procedures.index", page=None if page == "main" else page) + "#drawing"


@bp.get("")
@requires(Permission.PROCEDURE_READ)
def index() -> Any:
    """The version in force, drawn and as a list, and every step with who, when, form and legal basis."""
    version = queries.active_version()
    if version is None:
        return render_template("procedures/none.html")
    flowchart, lang = queries.flowchart(version.id), page_language()
    picture = pictures.picture(flowchart, request.args.get("page", "main"), lang=lang, address=_address)
    return render_template(
        "procedures/index.html",
        edition=version,
        flowchart=flowchart,
        picture=picture or abort(404),
        tabs=[(tab, _address(tab.id)) for tab in pictures.tabs(flowchart, lang=lang)],
        steps=[step for step in flowchart.steps.values() if step.kind in WORK],
    )


@bp.get("/triage")
@requires(Permission.PROCEDURE_READ)
def triage() -> str:
    """How a priority is decided: the table in words, first rule that fits."""
    version = queries.active_version()
    table = queries.triage_table(version.id) if version else None
    return render_template("procedures/triage.html", table=table)
