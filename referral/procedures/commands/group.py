"""The group of the commands, and what several of them take."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from sop.flowchart import Flowchart

sop = AppGroup("sop", help="The standard operating procedure: check, compare, exchange, draw, try out.")
on_base = click.option(
    "--base",
    "bases",
    multiple=True,
    type=click.Path(path_type=Path),
    help="FILE is an overlay on this flowchart; repeat it for overlays in between, the lowest first.",
)


def read(file: Path) -> Flowchart:
    """The flowchart of a file whose arrows all lead somewhere; else says why on stderr and ends with 2."""
    from sop.checks.structure import unknown_nodes
    from sop.yaml_io import Unreadable, load

    try:
        flowchart = load(file)
    except Unreadable as problem:
        click.echo(f"{file}: {problem}", err=True)
        sys.exit(2)
    astray = list(unknown_nodes(flowchart))
    for finding in astray:
        click.echo(f"{file}: {finding.where}: {finding.message}", err=True)
    if astray:
        sys.exit(2)
    return flowchart


def write(path: Path, content: bytes) -> None:
    """Write a file, its folder too; a disk that refuses is said in a sentence."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as problem:
        raise click.ClickException(f"{path}: {problem.strerror}") from None
