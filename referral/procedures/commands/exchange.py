"""Bring flowcharts and triage tables in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from referral.foundation.terminal import say
from referral.procedures.commands.group import on_base, sop


def _canonical(file: Path, bases: tuple[Path, ...], _lang: str) -> str:
    from sop import overlay, yaml_io
    from sop.yaml_tree import read_text

    chart = overlay.merged([*bases, file])
    return yaml_io.dump(chart, source=None if bases else read_text(file))


def _bpmn(file: Path, bases: tuple[Path, ...], lang: str) -> str:
    from sop import overlay
    from sop.bpmn.writing import dump

    return dump(overlay.merged([*bases, file]), lang).decode()


def _triage_csv(file: Path, bases: tuple[Path, ...], _lang: str) -> str:
    from sop import triage

    _no_bases(bases)
    return triage.dump(triage.load(file))


def _triage_dmn(file: Path, bases: tuple[Path, ...], _lang: str) -> str:
    from sop import dmn, triage

    _no_bases(bases)
    return dmn.dump(triage.load(file))


def _no_bases(bases: tuple[Path, ...]) -> None:
    if bases:
        raise click.UsageError("A triage table has no base.")


EXPORTS: Final[dict[str, Callable[[Path, tuple[Path, ...], str], str]]] = {
    "bpmn": _bpmn,
    "yaml": _canonical,
    "csv": _triage_csv,
    "dmn": _triage_dmn,
}
"""Format -> what writes FILE in it: a flowchart (or an overlay on its bases) as yaml or bpmn, a triage table as csv or
dmn."""


@sop.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "form", required=True, type=click.Choice(sorted(EXPORTS)), help="The format.")
@on_base
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", help="What is written on BPMN's shapes.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen.")
def sop_export(file: Path, form: str, bases: tuple[Path, ...], lang: str, output: Path | None) -> None:
    """Write a flowchart as YAML or BPMN, or a triage table as CSV or DMN. Exit 0; 2: cannot be read."""
    from sop.yaml_io import Unreadable

    try:
        text = EXPORTS[form](file, bases, lang)
    except Unreadable as problem:
        click.echo(f"{file}: {problem}", err=True)
        sys.exit(2)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")


@sop.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--answers", type=click.Path(path_type=Path), help="Answers to the questions, as a JSON object.")
@click.option("--questions", is_flag=True, help="Tell the questions too, with what is proposed.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the flowchart here, as YAML.")
@click.option("--json", "as_json", is_flag=True, help="Print level, sizes and warnings as JSON on the last line.")
def sop_import(
    files: tuple[Path, ...], answers: Path | None, questions: bool, output: Path | None, as_json: bool
) -> None:
    """Import BPMN drawings (several are one set) as far as they go. Exit 0: something is kept; 2: nothing can be."""
    from sop import yaml_io
    from sop.bpmn.ladder import bring_in
    from sop.xml_gate import Unimportable

    try:
        found = bring_in([(file.name, _content(file)) for file in files], _answers(answers))
    except Unimportable as problem:
        say({"error": str(problem.message), "line": problem.line}, as_json, [f"{files[0]}: {problem}"])
        sys.exit(2)
    result = found.to_json()
    words = [f"{result['level']}: {result['nodes']} nodes, {result['flows']} flows"]
    words += [f"{one['severity']}: {one['code']} {one['where']}: {one['message']}" for one in result["warnings"]]
    if questions:
        result["questions"] = [one.to_json() for one in found.questions]
        words += [f"{one['id']}: {one['text']} [{one['proposed'] or ''}]" for one in result["questions"]]
    if output is not None and found.flowchart is not None:
        try:
            output.write_text(yaml_io.dump(found.flowchart), encoding="utf-8", newline="")
        except OSError as problem:
            raise click.ClickException(f"{output}: {problem.strerror}") from None
    say(result, as_json, words)


def _content(file: Path) -> bytes:
    """At most a little more than may be imported."""
    from sop.vocabulary import N_
    from sop.xml_gate import MAX_BYTES, unimportable

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError:
        raise unimportable("UNREADABLE", N_("the file cannot be opened")) from None


def _answers(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found = json.loads(_content(file))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise click.UsageError("--answers wants a JSON object: question -> answer")
    return found
