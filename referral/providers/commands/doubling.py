"""`flask directory doubles`: entries that may be one service; decided only on the pages, by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from referral.foundation.terminal import now, say
from referral.providers.commands.group import directory


@directory.command("doubles")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def directory_doubles(as_json: bool) -> None:
    """Compare what was changed, as the worker does every hour, and list the pairs that wait. Merges nothing. Exit 0."""
    result = doubled(now())
    say(result, as_json, double_words(result))


def doubled(at: datetime) -> dict[str, Any]:
    """How many pairs are new, and all that wait, the surest first."""
    from referral.providers.actions import look_for_double_organizations, look_for_doubles
    from referral.providers.queries import bodies
    from referral.providers.queries.doubles import every_waiting

    found = {"new": look_for_doubles(at, most=None), "pairs": every_waiting()}
    new = look_for_double_organizations(at)
    return found | {"organizations": {"new": new, "pairs": bodies.every_waiting()}}


def double_words(result: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [f"{result['new']} new, {len(result['pairs'])} waiting"]
    for pair in result["pairs"]:
        one, other = pair["services"]
        said = ", ".join(pair["shared"]) or "name"
        lines.append(f"{pair['score']:.2f} {pair['likeness']} {one['id']} {other['id']}: {one['name']} ({said})")
    houses = result["organizations"]
    lines.append(f"organisations: {houses['new']} new, {len(houses['pairs'])} waiting")
    for pair in houses["pairs"]:
        one, other = pair["organizations"]
        said = ", ".join(pair["shared"]) or "name"
        lines.append(f"{pair['score']:.2f} {pair['likeness']} {one['id']} {other['id']}: {one['name']} ({said})")
    return lines
