"""`flask directory import|export`: the directory in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from referral.foundation.terminal import now, say
from referral.providers.commands.group import directory

EXPORTED = ["hsds", "hsds-csv", "xlsx", "4w", "vcard", "ical", "geojson"]


@directory.command("import")
@click.argument("standard", type=click.Choice(["hsds", "table", "xlsx"]))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--map", "mapping", multiple=True, metavar="TERM=NEED", help="Which need a term means; saved per source.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column means; saved.")
@click.option("--source", default="", help="Name of the source; by default the file's folder and name.")
@click.option("--preview", is_flag=True, help="Only show what would be new, changed, gone or set aside.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def directory_import(
    standard: str,
    path: Path,
    mapping: tuple[str, ...],
    columns: tuple[str, ...],
    source: str,
    preview: bool,
    as_json: bool,
) -> None:
    """Import services; `xlsx` reads our own workbook back. Exit 0, or 2 when unreadable.

    Bad rows are set aside with their reason, good rows go in.
    """
    from referral.extensions import db
    from referral.providers import workbook_reading
    from referral.providers.actions import import_file

    if standard == "xlsx":
        result, code = workbook_reading.take_file(path, preview=preview, now=now())
    else:
        result, code = import_file(
            standard, path, mapping=mapping, columns=columns, source=source, preview=preview, now=now()
        )
    db.session.commit()
    refused = result.get("quarantined", [])
    rows = [("warning: ", one) for one in result.get("warnings", [])] + [("", one) for one in refused]
    words = [f"{kind}row {one['row']} {one['id']}: {why}" for kind, one in rows for why in _reasons(one)]
    words += [
        f"{kind}: {one['id']} {one['name']}" for kind in ("new", "changed", "gone") for one in result.get(kind, [])
    ]
    words.append(result.get("error") or f"{result['services']} services, {len(refused)} set aside")
    say(result, as_json, words)
    sys.exit(code)


def _reasons(told: dict[str, Any]) -> list[str]:
    """Every reason why a row was set aside, each with its field."""
    found: list[str] = told.get("reasons") or [f"{told['field']}: {told['reason']}"]
    return found


@directory.command("export")
@click.argument("standard", metavar="FORMAT", type=click.Choice(EXPORTED))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--profile", type=click.Choice(["hsds-cm", "hsds"]), default="hsds-cm", help="hsds: plain HSDS readers.")
@click.option("--visibility", type=click.Choice(["public", "network", "all"]), default="all", help="Who will read it.")
@click.option("--of", type=click.Choice(["services", "organizations", "locations"]), default="services", help="HSDS.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def directory_export(standard: str, out: Path, profile: str, visibility: str, of: str, as_json: bool) -> None:
    """Write the directory to a file; told in the audit trail. Exit 0, or 2 when the file cannot be written."""
    from directory.hsds_writing import Profile
    from referral.extensions import db
    from referral.providers import workbook
    from referral.providers.actions import export
    from referral.providers.queries.whole import Circle

    if of != "services" and standard != "hsds":
        raise click.BadOptionUsage("of", f"--of {of} is for hsds alone, not for {standard}.")
    circle = Circle(visibility)
    if standard == "xlsx":
        data, number = workbook.told(circle, actor=None, now=now())
    else:
        data, number = export(standard, circle, form=Profile(profile), of=of, now=now())
    try:
        out.write_bytes(data)
    except OSError as problem:
        say({"error": problem.strerror}, as_json, [f"{out}: {problem.strerror}"])
        sys.exit(2)
    db.session.commit()
    say({"format": standard, "entries": number, "bytes": len(data)}, as_json, [f"{number} entries, {len(data)} bytes"])
