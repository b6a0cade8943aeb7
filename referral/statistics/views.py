"""The dashboard of a quarter and its tables as files; both read published releases and nothing else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.transactions import begin_writing, commit_now
from referral.statistics import actions, catalogue, documents, figures, queries, releases
from referral.statistics.quarters import Quarter, choose, complete_quarters
from referral.statistics.releases import Release

bp = Blueprint("statistics", __name__)


@bp.get("/statistics")
@requires(Permission.STATISTICS_READ)
def dashboard() -> Any:
    """Fixed quarters, no free filter: what a quarter published, in words, pictures and tables."""
    offered = complete_quarters(clock.today())
    quarter = choose(request.args.get("quarter"), offered)
    found = published(offered)
    history = [found[one] for one in reversed(offered)]
    return render_template(
        "statistics/dashboard.html",
        release=found[quarter],
        key_figures=figures.key_figures(found[quarter], found.get(quarter.before)),
        offered=[(one.code, figures.quarter_name(one)) for one in offered],
        figure=lambda name: figures.figure(name, found[quarter]),
        trend=figures.trend(history),
        lines=figures.trend_lines(history),
    )


@bp.get("/statistics/<quarter>/<name>.csv")
@requires(Permission.STATISTICS_READ)
def table_csv(quarter: str, name: str) -> Any:
    """One published table; no other quarter and no other table than those of the page."""
    offered = {one.code: one for one in complete_quarters(clock.today())}
    if quarter not in offered or name not in catalogue.TITLES:
        abort(404)
    found = published(tuple(offered.values()))
    release = found[offered[quarter]]
    history = [found[one] for one in reversed(tuple(offered.values()))]
    shown = figures.trend(history) if name == catalogue.TREND else figures.figure(name, release)
    answer = Response(documents.table_csv(shown, release), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{documents.file_name(shown, release)}"'
    return answer


def published(offered: tuple[Quarter, ...]) -> dict[Quarter, Release]:
    """The releases that this reader may see; a quarter that is over is published when it is first asked for."""
    organization = actor().organization
    signatory = bool(organization and organization.signatory)
    kept = queries.releases(offered, signatory=signatory)
    missing = [quarter for quarter in offered if quarter.code not in kept]
    if missing:
        counts = {quarter: queries.count(quarter, clock.zone()) for quarter in missing}
        commit_now()
        prepared = actions.prepare(counts)
        begin_writing()
        actions.freeze(prepared, actor=actor(), now=clock.now())
        kept = queries.releases(offered, signatory=signatory)
    return {quarter: releases.read(kept[quarter.code], quarter) for quarter in offered}
