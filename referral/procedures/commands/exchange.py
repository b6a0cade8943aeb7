"""Bring flowcharts and triage tables in and out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from referral.procedures.commands.group import on_base, sop


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
@on_base
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
