"""Draw a flowchart and print the procedure as a document."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from referral.foundation.terminal import say
from referral.procedures.commands.group import read, sop, write


@sop.command("draw")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", help="Id of the page (default: main).")
@click.option("--all", "every", is_flag=True, help="Every page: into a folder as SVG, or into one PDF.")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--out", default="-", show_default=True, help="FILE.svg, FILE.pdf (A3), a folder with --all, or - .")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON on the last line.")
def sop_draw(file: Path, page: str | None, every: bool, lang: str, out: str, as_json: bool) -> None:
    """Draw a flowchart. Exit 0: drawn; 2: cannot be read, or no such page."""
    from referral.procedures import documents
    from sop.drawing import anchor

    flowchart = read(file)
    known = documents.page_ids(flowchart)
    if page is not None and (every or page not in known):
        raise click.UsageError("--page or --all" if every else f"no such page: {page} (there are: {', '.join(known)})")
    wanted = known if every else [page or known[0]]
    if out.endswith(".pdf"):
        edition = documents.edition_of(flowchart)
        only = None if every else wanted[0]
        write(Path(out), documents.drawing_pdf(edition, flowchart, lang=lang, only=only))
        written = [out]
    elif out == "-":
        for one in wanted:
            click.echo(documents.drawing_svg(flowchart, one, lang=lang), nl=False)
        written = []
    elif every:
        written = [str(Path(out) / f"{anchor(one)}.svg") for one in wanted]
        for one, path in zip(wanted, written, strict=True):
            write(Path(path), documents.drawing_svg(flowchart, one, lang=lang).encode())
    elif out.endswith(".svg"):
        write(Path(out), documents.drawing_svg(flowchart, wanted[0], lang=lang).encode())
        written = [out]
    else:
        raise click.UsageError("--out takes FILE.svg, FILE.pdf or -; a folder only with --all")
    say({"pages": wanted, "files": written}, as_json, written)


@sop.command("document")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="FILE.pdf or FILE.docx.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON on the last line.")
def sop_document(file: Path, lang: str, out: Path, as_json: bool) -> None:
    """Write the procedure as a document, with triage and forms beside FILE. Exit 0: written; 2: cannot be read."""
    from referral.procedures import documents
    from sop.questions import FormError
    from sop.yaml_io import Unreadable

    if out.suffix not in (".pdf", ".docx"):
        raise click.UsageError("--out takes FILE.pdf or FILE.docx")
    flowchart = read(file)
    edition = documents.edition_of(flowchart)
    try:
        parts = documents.parts_beside(file)
        if out.suffix == ".pdf":
            made = documents.sop_pdf(edition, flowchart, parts, lang=lang)
        else:
            made = documents.sop_docx(edition, flowchart, parts, lang=lang)
    except (Unreadable, FormError) as problem:
        click.echo(f"{file.parent}: {problem}", err=True)
        sys.exit(2)
    write(out, made)
    say({"file": str(out), "bytes": len(made), "hash": flowchart.hash}, as_json, [str(out)])
