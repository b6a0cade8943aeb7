"""`flask directory search`: services for a person, without pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from directory import N_
from directory.question import CONDITIONS, BadQuestion, question, the_place
from referral.foundation.terminal import now, say
from referral.providers.commands.group import directory

if TYPE_CHECKING:
    from datetime import datetime

    from directory import Candidate
    from directory.places import Place
    from referral.providers.queries.searching import Found

MOST_BYTES = 64 * 1024
Answered = tuple[dict[str, Any], int]


@directory.command("search")
@click.option("--need", default=None, help="Code of the need, such as MED.")
@click.option("--words", default="", help="Words of the service, its organisation or its place.")
@click.option("--place", default="", help="P-code or name of a region, département or arrondissement.")
@click.option("--km", default=50.0, help="How far at most, where a service states no area.")
@click.option("--person", type=click.Path(path_type=Path), help="JSON file of coded facts (age, sex, status …).")
@click.option("--condition", "conditions", multiple=True, type=click.Choice(list(CONDITIONS)), help="Must be so.")
@click.option("--at", default="", help="Open at this moment (2026-11-30T09:00) or on this day (2026-11-30).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def directory_search(as_json: bool, **asked: Any) -> None:
    """Search services for a person. Exit 0: somebody; 1: nobody, which is kept as a signal; 2: not understood."""
    from referral.extensions import db

    result, code = searched(now=now(), **asked)
    db.session.commit()
    say(result, as_json, search_words(result))
    sys.exit(code)


def searched(
    *,
    need: str | None,
    words: str,
    place: str,
    km: float,
    person: Path | None,
    conditions: tuple[str, ...],
    at: str = "",
    now: datetime,
) -> Answered:
    """Search the directory; the result and the exit code: 0 somebody, 1 nobody (a signal is kept), 2 not understood."""
    from referral.providers import actions, queries

    try:
        facts = _facts(person)
        unit = the_place(queries.find_place(place, now), place) if place else None
        known = queries.snapshot(now).places
        asked = question(facts, need=need, place=unit, places=known, conditions=conditions, max_km=km, **_moment(at))
    except BadQuestion as bad:
        return {"error": f"{bad.field}: {bad.message}", "field": bad.field, "code": bad.message.code}, 2
    found = queries.search(asked, words, now)
    if found.outcome:
        actions.signal_need(asked, found.outcome, now)
    return printed(found, unit), 1 if found.outcome else 0


def printed(found: Found, unit: Place | None) -> dict[str, Any]:
    """The result for programs; reasons in English."""
    fits, to_verify, excluded = found.counts
    return {
        "place": unit.pcode if unit else None,
        "counts": {"fits": fits, "to_verify": to_verify, "excluded": excluded},
        "fits": [_line(one) for one in found.fits],
        "to_verify": [_line(one) for one in found.to_verify],
        "outcome": found.outcome.value if found.outcome else None,
        "wider": [{"words": str(one.message), "code": one.message.code, "count": one.count} for one in found.wider],
    }


def search_words(result: dict[str, Any]) -> list[str]:
    """The same for people."""
    if "error" in result:
        return [result["error"]]
    lines = []
    for title in ("fits", "to_verify"):
        lines.append(f"{title.replace('_', ' ')}: {result['counts'][title]}")
        for one in result[title]:
            reasons = "; ".join(reason["words"] for reason in one["reasons"])
            lines.append(f"  {one['name']} – {one['organization']}: {reasons}")
    return lines + [f"more when searched {one['words']}: {one['count']}" for one in result["wider"]]


def _line(one: Candidate) -> dict[str, Any]:
    reasons = [{"criterion": v.criterion.value, "answer": v.answer.value, "words": str(v.message)} for v in one.reasons]
    km = None if one.distance_km is None else round(one.distance_km)
    offer = one.offer
    return {
        "id": offer.id, "name": offer.name, "organization": offer.organization_name, "km": km, "reasons": reasons,
    }  # fmt: skip


def _moment(at: str) -> dict[str, Any]:
    """The day or the moment (of the office's clock where no zone is said) for which hours are asked."""
    from datetime import date, datetime

    from referral.foundation import clock

    try:
        if not at:
            return {}
        if len(at) == len("2026-11-30"):
            return {"on": date.fromisoformat(at)}
        found = datetime.fromisoformat(at)
    except ValueError as error:
        raise BadQuestion(
            "at", "bad_moment", N_("a day such as 2026-11-30 or a moment such as 2026-11-30T09:00")
        ) from error
    return {"at": found if found.tzinfo else found.replace(tzinfo=clock.zone())}


def _facts(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        facts = json.loads(path.read_bytes()[:MOST_BYTES])
    except OSError as error:
        text = N_("the file cannot be read: %(why)s")
        raise BadQuestion("person", "no_file", text, why=error.strerror or "") from error
    except (ValueError, RecursionError) as error:
        raise BadQuestion("person", "bad_json", N_("the file is not valid JSON")) from error
    if not isinstance(facts, dict):
        raise BadQuestion("person", "not_facts", N_("the file does not hold facts by name"))
    return facts
