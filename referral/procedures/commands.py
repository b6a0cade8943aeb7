"""`flask sop …`: the procedure on the command line; nothing here needs a database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup

from referral.foundation.terminal import say

sop = AppGroup("sop", help="The standard operating procedure: check, compare and export flowcharts.")
_BASE = click.option(
    "--base",
    "bases",
    multiple=True,
    type=click.Path(path_type=Path),
    help="FILE is an overlay on this flowchart; repeat it for overlays in between, the lowest first.",
)


@sop.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@_BASE
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on the last line.")
def sop_check(file: Path, bases: tuple[Path, ...], as_json: bool) -> None:
    """Check a flowchart, or an overlay on its base. Exit 0: no error; 1: errors; 2: cannot be read."""
    from sop.checks import report

    findings, code = report(file, bases=bases)
    words = [f"{f['severity']}: {f['code']} {f['where']}: {f['message']}" for f in findings]
    say({"findings": findings}, as_json, words or ["no findings"])
    sys.exit(code)


@sop.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON on the last line.")
def sop_diff(old: Path, new: Path, as_json: bool) -> None:
    """Compare two versions of a flowchart. Exit 0: the same content; 1: they differ; 2: one cannot be read."""
    from sop import yaml_io
    from sop.diff import diff

    charts = []
    for file in (old, new):
        try:
            charts.append(yaml_io.load(file))
        except yaml_io.Unreadable as problem:
            say(
                {"error": str(problem.message), "file": file.name, "line": problem.line},
                as_json,
                [f"{file}: {problem}"],
            )
            sys.exit(2)
    found = diff(*charts)
    words = [str(message) for change in found.changes for message in change.messages]
    say(found.to_json(), as_json, words or ["no difference"])
    sys.exit(0 if found.is_empty else 1)


def _canonical(file: Path, bases: tuple[Path, ...]) -> str:
    from sop import overlay, yaml_io
    from sop.yaml_tree import read_text

    chart = overlay.merged([*bases, file])
    return yaml_io.dump(chart, source=None if bases else read_text(file))


def _triage_csv(file: Path, bases: tuple[Path, ...]) -> str:
    from sop import triage

    _no_bases(bases)
    return triage.dump(triage.load(file))


def _triage_dmn(file: Path, bases: tuple[Path, ...]) -> str:
    from sop import dmn, triage

    _no_bases(bases)
    return dmn.dump(triage.load(file))


def _no_bases(bases: tuple[Path, ...]) -> None:
    if bases:
        raise click.UsageError("A triage table has no base.")


EXPORTS: Final[dict[str, Callable[[Path, tuple[Path, ...]], str]]] = {
    "yaml": _canonical,
    "csv": _triage_csv,
    "dmn": _triage_dmn,
}
"""Format -> what writes FILE in it: a flowchart (or an overlay on its bases) as yaml, a triage table as csv or dmn."""


@sop.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "form", required=True, type=click.Choice(sorted(EXPORTS)), help="The format.")
@_BASE
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen.")
def sop_export(file: Path, form: str, bases: tuple[Path, ...], output: Path | None) -> None:
    """Write a flowchart in its canonical text, or a triage table as CSV or DMN. Exit 0; 2: cannot be read."""
    from sop.yaml_io import Unreadable

    try:
        text = EXPORTS[form](file, bases)
    except Unreadable as problem:
        click.echo(f"{file}: {problem}", err=True)
        sys.exit(2)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
