"""The situation: where open cases stand, what is overdue, and which needs nobody can answer, over the drawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext

from referral.cases.queries.standing import asked_for, standing
from referral.foundation import clock
from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.procedures import pictures, queries, situation
from referral.procedures.models import ProcedureVersion
from referral.procedures.situation import Over
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed, linker
from referral.providers.queries.network import network
from sop import overlays
from sop.checks.coverage import joined
from sop.flowchart import Flowchart
from sop.places import load_places


@bp.get("/versions/<uuid:version_id>/situation", endpoint="situation")
@requires(Permission.STATISTICS_READ)
def situation_page(version_id: UUID) -> str:
    """The drawing with one of three things over it, and what the directory and the agreements say of the version."""
    one = find(version_id)
    flowchart = pictures.drawable(queries.chart_of(one) or abort(404))
    wanted = request.args.get("over", Over.CASES.value)
    over = Over(wanted) if wanted in set(Over) else Over.CASES
    country = current_app.config["SETTINGS"].country
    places, now = load_places(country), clock.now()
    sheltered, actors = gettext("a sheltered service"), situation.actors_of(flowchart)
    there = network(clock.today(), asked_for(now), actors=actors, sheltered=sheltered, country=country)
    findings = joined(flowchart, there)
    missing = situation.without_service(flowchart, findings, places)
    stands = standing(one.id, now) if one.activated_at and over is not Over.GAPS else {}
    layer = {
        Over.CASES: lambda: overlays.counts(flowchart, situation.counted(stands)),
        Over.DELAYS: lambda: overlays.delays(flowchart, situation.late(stands)),
        Over.GAPS: lambda: overlays.gaps(flowchart, missing),
    }[over]()
    return render_template(
        "procedures/situation.html",
        **framed(one),
        **_drawn(one, flowchart, over, layer),
        over=over,
        choices=[(each.value, each) for each in Over],
        open_cases=queries.open_cases(one.id),
        nothing=not layer.badges,
        missing=[(step, flowchart.steps[step], names) for step, names in missing.items()],
        groups=situation.grouped(findings, places),
        link=linker(one, flowchart),
    )


def _drawn(one: ProcedureVersion, flowchart: Flowchart, over: Over, layer: overlays.Overlay) -> dict[str, Any]:
    def address(page: str) -> str:
        where: dict[str, Any] = {"version_id": one.id, "over": over.value, "page": None if page == "main" else page}
        return url_for("procedures.situation", **where) + "#drawing"

    lang = page_language()
    picture = pictures.picture(flowchart, request.args.get("page", "main"), lang=lang, address=address, overlay=layer)
    return {
        "picture": picture or abort(404),
        "pages": [(tab, address(tab.id)) for tab in pictures.tabs(flowchart, lang=lang)],
        "flowchart": flowchart,
    }
