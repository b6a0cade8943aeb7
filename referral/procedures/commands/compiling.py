"""Compile a form and check a filled-in one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from referral.foundation import clock
from referral.foundation.terminal import now, say
from referral.procedures.commands.group import write
from sop.vocabulary import Message

if TYPE_CHECKING:
    from sop.forms import Form

forms = AppGroup("forms", help="Forms (XLSForm): compile them, check what was filled in.")
UNREADABLE = frozenset({"NO_FILE", "NOT_A_FORM", "NOT_CSV", "OLD_EXCEL", "TOO_LARGE", "TOO_MANY_ROWS"})


def compiled(file: Path) -> Form:
    """The form of a file with the CSV files beside it; raises `FormError`."""
    from sop.forms import compile_form, files_beside
    from sop.questions import FormError, FormFinding

    try:
        return compile_form(file, reference=False, files=files_beside(file))
    except OSError as problem:
        message = Message("NO_FILE", str(problem.strerror))
        raise FormError([FormFinding("error", "NO_FILE", 0, "", message)]) from None


@forms.command("compile")
@click.argument("form", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Where to write the XForm (XML).")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on the last line.")
def forms_compile(form: Path, out: Path | None, as_json: bool) -> None:
    """Compile a form (Markdown, CSV, XLSX), say what hinders publishing. Exit 0: compiled; 1: refused; 2: no form."""
    from sop.questions import FormError
    from sop.workbooks import read_workbook
    from sop.xform import xform

    code, written = 0, b""
    try:
        findings = compiled(form).findings()
        written = xform(read_workbook(form)).encode()
    except FormError as refusal:
        findings = refusal.findings
        code = 2 if UNREADABLE & {finding.code for finding in findings} else 1
    if written and out is not None:
        write(out, written)
    words = [f"{form}: {finding}" for finding in findings] or ["no findings"]
    blocked = any(finding.blocks for finding in findings)
    say(
        {"compiled": not code, "publishable": not blocked, "findings": [finding.to_json() for finding in findings]},
        as_json,
        words,
    )
    sys.exit(code)


@forms.command("check")
@click.argument("form", type=click.Path(path_type=Path))
@click.argument("instance", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
def forms_check(form: Path, instance: Path, as_json: bool) -> None:
    """Check a filled-in form (OpenRosa XML). Exit 0: valid; 1: errors in the answers; 2: one cannot be read."""
    from sop.instances import faults, read_instance
    from sop.questions import FormError
    from sop.xml_gate import MAX_BYTES, Unimportable

    moment = now().astimezone(clock.zone())
    code, errors = 2, []
    try:
        asked = compiled(form)
        with instance.open("rb") as file:
            sent = read_instance(file.read(MAX_BYTES + 1))
        found = faults(asked, sent, today=moment.date(), now=moment)
        errors = [(path, fault.code, asked.explain(path, fault, "en", str)) for path, fault in found]
        code = 1 if errors else 0
    except FormError as refusal:
        errors = [("", finding.code, f"{form}: {finding}") for finding in refusal.findings]
    except Unimportable as refusal:
        errors = [("", refusal.message.code, str(refusal))]
    except OSError as problem:
        errors = [("", "NO_FILE", f"{instance}: {problem.strerror}")]
    words = [f"{path or instance}: {kind}: {message}" for path, kind, message in errors] or ["valid"]
    named = [{"path": path, "code": kind, "message": message} for path, kind, message in errors]
    say({"valid": not code, "errors": named}, as_json, words)
    sys.exit(code)
