"""Invented cases walk a version, alone or beside another one; the address holds all, so that it can be passed on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from referral.cases.queries.conformance import logs
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.procedures import queries, simulated
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import DRAFTS
from referral.procedures.schemas import CASES, MOST_CASES, MOST_CASES_COMPARED, SIMULATED, Reading, read_simulation
from referral.procedures.simulated import LATEST, LEAST, MOST_MOVES, Trial
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed
from referral.procedures.views.library import download, name_of_file
from sop.findings import Severity
from sop.flowchart import Flowchart
from sop.simulation.fitting import fitted
from sop.simulation.plan import Plan
from sop.simulation.run import TooManyMoves
from sop.vocabulary import N_, Message

ASKED = (*SIMULATED, "with", "times")
BROKEN = Message("broken", N_("The checks find errors in that version: it cannot be simulated."))


@bp.get("/versions/<uuid:version_id>/simulation")
@requires(Permission.STATISTICS_READ)
def simulation(version_id: UUID) -> Any:
    """The form, and with an answered form in the address what came of it."""
    one = find(version_id)
    chart = queries.chart_of(one) or abort(404)
    others = queries.comparable(actor(), one)
    reading = read_simulation(request.args, [str(other.id) for other in others])
    is_sound, trial = sound(one), None
    if is_sound and not reading.errors and any(name in request.args for name in ASKED):
        trial = tried(one, chart, others, reading)
    page = render_template(
        "procedures/simulation.html",
        **framed(one),
        sound=is_sound,
        typed=reading.typed,
        errors=reading.errors if is_sound else {},
        choices=[(str(other.id), f"{other.number} · {other.content_hash[:8]}") for other in others],
        limits={"alone": MOST_CASES, "compared": MOST_CASES_COMPARED, "days": SIMULATED["days"][2], "least": LEAST},
        trial=trial,
        sheets=simulated.sheets(trial) if trial else (),
        differences=simulated.differences(trial) if trial else (),
        assumptions=simulated.assumptions(trial) if trial else (),
        saved=_saved(one, reading) if trial else None,
    )
    return page, 422 if is_sound and reading.errors else 200


@bp.get("/versions/<uuid:version_id>/simulation.csv")
@requires(Permission.STATISTICS_READ)
def simulation_csv(version_id: UUID) -> Any:
    """The figures of the page as a table; 404 where the page would show none."""
    one = find(version_id)
    chart = queries.chart_of(one) or abort(404)
    others = queries.comparable(actor(), one)
    reading = read_simulation(request.args, [str(other.id) for other in others])
    trial = tried(one, chart, others, reading) if sound(one) and not reading.errors else None
    content = simulated.as_csv(trial or abort(404))
    return download(content, "text/csv; charset=utf-8", f"{name_of_file(one)}-simulation.csv")


def _saved(one: ProcedureVersion, reading: Reading) -> str:
    where: dict[str, Any] = {"version_id": one.id, **reading.typed}
    return url_for("procedures.simulation_csv", **where)


def sound(one: ProcedureVersion) -> bool:
    """Whether a case can walk it; what was consulted on or put in force has passed the checks."""
    if one.state not in DRAFTS:
        return True
    return not any(finding.severity is Severity.ERROR for finding in queries.assessment_of(one).findings)


def tried(one: ProcedureVersion, chart: Flowchart, others: list[ProcedureVersion], reading: Reading) -> Trial | None:
    """Let the cases walk; what forbids it is put beside its field."""
    wanted = reading.values
    other = next((other for other in others if str(other.id) == wanted["with"]), None)
    other_chart = queries.chart_of(other) if other else None
    if other is not None and (other_chart is None or not sound(other)):
        reading.errors["with"] = BROKEN
        return None
    times = {}
    if wanted["times"] == CASES:
        times = fitted(chart, logs(one.id, LATEST), least=LEAST, cases=LEAST)
    plan = Plan(cases=wanted["cases"], days=wanted["days"], step_times=times)
    try:
        return simulated.trial(plan, wanted["seed"], (one, chart), (other, other_chart), wanted["times"] == CASES)
    except TooManyMoves:
        text = N_("Here the cases move more than %(limit)d times in all, too often for one page. Enter fewer.")
        reading.errors["cases"] = Message("too_many_moves", text, {"limit": MOST_MOVES})
        return None
