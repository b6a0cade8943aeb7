"""`flask places …`: lists of regions, départements and arrondissements."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from referral.foundation.terminal import now, say

places = AppGroup("places", help="Regions, départements and arrondissements.")


@places.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def places_import(path: Path, as_json: bool) -> None:
    """Import a list of places (CSV or GeoJSON). Bad rows are set aside with their reason. Exit 0, or 2 unreadable."""
    from referral.extensions import db
    from referral.providers.actions import import_places

    result, code = import_places(path, now=now())
    db.session.commit()
    refused = result.get("quarantined", [])
    words = [f"row {one['row']} {one['id']}: {one['field']}: {one['reason']}" for one in refused]
    done = "{new} new, {changed} changed, {same} the same, {aside} set aside"
    words.append(result.get("error") or done.format(**result, aside=len(refused)))
    say(result, as_json, words)
    sys.exit(code)
