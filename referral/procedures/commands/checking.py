"""Check a flowchart and compare two."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from referral.foundation.terminal import say
from referral.procedures.commands.group import on_base, sop


@sop.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@on_base
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
