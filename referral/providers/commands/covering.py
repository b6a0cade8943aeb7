"""`flask directory coverage`: gaps, single points of failure, overlaps, mandates and access, without pages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from referral.foundation.terminal import now, say
from referral.providers.commands.group import directory

if TYPE_CHECKING:
    from datetime import datetime


@directory.command("coverage")
@click.option("--region", default="", help="P-code of a region: its départements instead of the regions.")
@click.option("--km", default=50.0, type=click.FloatRange(1, 2000), help="How far a service may be at most.")
@click.option("--without-organization", "organization", default="", metavar="ID", help="What if it closed?")
@click.option("--without-service", "service", default="", metavar="ID", help="What if it closed?")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def directory_coverage(region: str, km: float, organization: str, service: str, as_json: bool) -> None:
    """Coverage of needs by place: no name of a person, no raw count of demand. Exit 0; 2: no such region or id."""
    result, code = covered(
        region.strip().upper(), km, now(), organization=organization.strip(), service=service.strip()
    )
    say(result, as_json, coverage_words(result))
    sys.exit(code)


def covered(
    region: str, km: float, now: datetime, *, organization: str = "", service: str = ""
) -> tuple[dict[str, Any], int]:
    """Everything that the page of coverage knows, as plain values; 2 when the region, or who closes, does not exist."""
    from directory.coverage import State
    from directory.mandates import findings
    from directory.overlap import overlaps
    from referral.foundation import clock
    from referral.providers.queries import coverage as queries
    from referral.statistics.quarters import complete_quarters

    if region and region not in queries.scene(now).units:
        return {"error": f"region: {region} is not the P-code of a region", "field": "region"}, 2
    found = queries.scene(now, region)
    for field, asked, known in (
        ("organization", organization, found.names),
        ("service", service, {one.service_id for one in found.offers}),
    ):
        if asked and asked not in known:
            return {"error": f"{field}: {asked} has no service that the network sees", "field": field}, 2
    table = queries.matrix(found)
    quarter = complete_quarters(now.astimezone(clock.zone()).date(), 1)[0].code
    demand = queries.demand_of(quarter, signatory=False)
    mandates = [queries.as_mandate(one) for one in queries.mandates()]
    return {
        "level": table.level,
        "units": list(table.units),
        "cells": [_cell(one) for one in table.cells.values()],
        "counts": {state.value: table.count(state) for state in State},
        "gaps": [
            {"need": one.cell.need, "pcode": one.cell.pcode, "state": one.cell.state.value,
             "demand": one.demand.unmet if one.demand else None,
             "confirmed": one.confirmation.confirmed_at.date().isoformat() if one.confirmation else None,
             "undertaking": _undertaking(one.undertaking)}
            for one in queries.gaps(found, table, demand)
        ],
        "demand_quarter": quarter if queries.has_demand(quarter) else None,
        "single_points": [
            {"need": one.need, "pcode": one.pcode, "organizations": list(one.organizations),
             "ends": one.ends.isoformat() if one.ends else None}
            for one in queries.fragile(found, table)
        ],
        "access": [
            {"need": one.need, "km": km, "units": one.units, "far": list(one.far), "estimated": one.estimated,
             "share": None if one.share is None else round(float(one.share), 4)}
            for one in queries.access(found, limit_km=km)
        ],
        "overlaps": [
            {"need": one.need, "organizations": list(one.organizations), "units": list(one.units),
             "score": round(one.score, 4), "kind": one.kind.value}
            for one in overlaps(found.offers, found.units, now)
        ],
        "months": [
            {"month": one.month, "counts": {state.value: one.counts[state] for state in State}}
            for one in queries.history()
        ],
        "freshness": _freshness(now, region),
        "changes": _changes(found, organization, service),
        "mandates": [
            {"problem": one.problem.value, "need": one.need, "pcode": one.pcode,
             "organizations": list(one.organizations)}
            for one in findings(mandates, found.offers, queries.NEEDS, found.units, now)
        ],
    }, 0  # fmt: skip


def _cell(one: Any) -> dict[str, Any]:
    share = None if one.concentration is None else round(float(one.concentration), 4)
    return {
        "need": one.need, "pcode": one.pcode, "state": one.state.value, "organizations": len(one.organizations),
        "services": len(one.services), "usable": len(one.usable), "fresh": one.fresh, "places": one.places,
        "concentration": share,
    }  # fmt: skip


def _freshness(now: datetime, region: str) -> list[dict[str, Any]]:
    """The table of organisations by their id, the furthest behind first."""
    from referral.providers.queries.punctuality import league

    return [
        {
            "organization": key, "entries": one.entries, "up_to_date": one.fresh, "overdue": one.overdue,
            "in_time": one.in_time, "due": one.due, "average_age": one.average_age, "reports": one.reports,
            "corrected": one.corrected, "waiting": one.waiting,
        }
        for key, one in league(now, region).organizations
    ]  # fmt: skip


def _changes(found: Any, organization: str, service: str) -> list[dict[str, Any]]:
    """What would change if an organisation or a service closed; nothing where nobody is asked about."""
    from referral.providers.queries import coverage as queries

    if not organization and not service:
        return []
    return [
        {"need": one.need, "pcode": one.pcode, "before": one.before.value, "after": one.after.value}
        for one in queries.supposing(found, organization=organization, service=service)
    ]


def _undertaking(one: Any) -> dict[str, Any] | None:
    """Who closes a gap: an organisation by its id; a person of the coordination stays unnamed."""
    if one is None:
        return None
    owner = str(one.organization_id) if one.organization_id else None
    return {"organization": owner, "due_on": one.due_on.isoformat(), "state": one.state.value}


def coverage_words(result: dict[str, Any]) -> list[str]:
    """The same for people, short."""
    if "error" in result:
        return [str(result["error"])]
    lines = [", ".join(f"{state}: {number}" for state, number in result["counts"].items())]
    for one in result["gaps"]:
        asked = "" if one["demand"] is None else f" (demand {one['demand']})"
        lines.append(f"gap {one['need']} {one['pcode']}: {one['state']}{asked}")
    for name in ("single_points", "overlaps", "mandates", "changes"):
        lines.append(f"{name.replace('_', ' ')}: {len(result[name])}")
    return lines
