"""`flask sop …`: the procedure on the command line; nothing here needs a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from referral.foundation.terminal import say

sop = AppGroup("sop", help="The standard operating procedure: check a flowchart.")


@sop.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on the last line.")
def sop_check(file: Path, as_json: bool) -> None:
    """Check a flowchart. Exit 0: no error; 1: errors; 2: cannot be read."""
    from sop.checks import report

    findings, code = report(file)
    words = [f"{f['severity']}: {f['code']} {f['where']}: {f['message']}" for f in findings]
    say({"findings": findings}, as_json, words or ["no findings"])
    sys.exit(code)
