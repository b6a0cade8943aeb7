"""How closed cases kept to a version: counts by step, without identity, small figures hidden."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template

from referral.cases.conformity import table
from referral.cases.queries.conformance import conformance as summary_of
from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.procedures import queries
from referral.procedures.views import bp
from referral.procedures.views.frame import address, find, framed, linker


@bp.get("/versions/<uuid:version_id>/conformance")
@requires(Permission.STATISTICS_READ)
def conformance(version_id: UUID) -> str:
    """The real ways of closed cases held against the version: late, skipped, repeated, out of order."""
    one = find(version_id)
    flowchart = queries.chart_of(one) or abort(404)
    return render_template(
        "procedures/conformance.html",
        **framed(one),
        found=table(summary_of(one.id)),
        steps=flowchart.steps,
        link=linker(one, flowchart),
        drawing=address(one, "main"),
    )
