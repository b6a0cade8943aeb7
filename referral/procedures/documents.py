"""The procedure on paper: the whole document and its drawings, with the version and the hash on every page.

No page says when it was printed: every copy of a version is the same file, so that two can be held against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.foundation.documents import Cells, Document
from referral.foundation.formatting import written
from referral.foundation.office import OfficeDocument
from referral.foundation.paper import House, locale
from referral.procedures.pictures import translate
from sop.drawing import anchor, draw, outline, page_title
from sop.flowchart import Flowchart
from sop.form_index import code_of
from sop.forms import Form, compile_form
from sop.manual import Chapter, Kind, Manual, Paragraph, manual, texts_in
from sop.pages import NEEDS, page_of, pages
from sop.placement import title_height
from sop.triage import DecisionTable
from sop.triage import load as load_table

SHORT = 12
"""Signs of the hash that stand on every page; the title page has them all."""
QUESTIONS = (5.0, 4.0, 2.6)
"""Shares of the columns of a form: question, answers, data category."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which version is printed: when it was decided and by which decision (none: it is a draft)."""

    number: str
    content_hash: str
    day: date | None = None
    decision: str = ""


def edition_of(flowchart: Flowchart, *, day: date | None = None, decision: str = "") -> Edition:
    """The edition of a flowchart that was just read."""
    return Edition(flowchart.version, flowchart.hash, day, decision)


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to a flowchart: triage table, compiled forms by code (`F04`), the folder of its texts."""

    triage: DecisionTable | None = None
    forms: Mapping[str, Form] = field(default_factory=dict)
    texts: Path | None = None


def parts_beside(flowchart: Path) -> Parts:
    """What lies beside the file of a flowchart, as in the library; raises `Unreadable` or `FormError`.

    `triage.csv`, `forms/*.md` (`identification.md` is form F04) and `text/`, each where it is there.
    """
    table, forms = flowchart.with_name("triage.csv"), sorted((flowchart.parent / "forms").glob("*.md"))
    return Parts(
        load_table(table) if table.is_file() else None,
        {code_of(path.stem): compile_form(path, reference=False) for path in forms},
        flowchart.parent / "text",
    )


def manual_in(flowchart: Flowchart, parts: Parts, lang: str) -> Manual:
    """The document as chapters and paragraphs in one language: also what a page shows."""
    texts = texts_in(parts.texts, lang) if parts.texts else {}
    with force_locale(lang):
        return manual(flowchart, parts.triage, parts.forms, texts, lang, translate)


def sop_pdf(
    edition: Edition,
    flowchart: Flowchart,
    parts: Parts,
    *,
    lang: str,
    house: House | None = None,
) -> bytes:
    """The whole document as PDF: A4, the drawings on A3 sheets between; the same input gives the same bytes."""
    book = manual_in(flowchart, parts, lang)
    with force_locale(lang):
        document = _document(book.title, edition, flowchart, lang, house)
        document.fields(head(edition, flowchart, lang))
        if book.notice:
            document.notice(book.notice)
        document.page_break().heading(_("Contents")).contents()
        part = ""
        for chapter in book.chapters:
            if chapter.part and chapter.part != part:
                document.chapter(chapter.part)
            part = chapter.part
            if chapter.id == "drawings":
                _drawings(document, chapter, edition, flowchart, lang)
            else:
                _chapter(document, chapter)
        return document.render()


def drawing_pdf(
    edition: Edition,
    flowchart: Flowchart,
    *,
    lang: str,
    only: str | None = None,
    house: House | None = None,
) -> bytes:
    """Every page of the drawing, or `only` this one, on A3 sheets with a title block; KeyError: no such page."""
    with force_locale(lang):
        title = page_title(flowchart, pages(flowchart)[0], lang=lang, translate=translate)
        document = _document(title, edition, flowchart, lang, house, sheets_only=True)
        for page in [page_of(flowchart, only)] if only else pages(flowchart):
            _drawing(document, page.id, edition, flowchart, lang)
        return document.render()


def drawing_svg(flowchart: Flowchart, page: str, *, lang: str) -> str:
    """A page of the drawing as a file of its own; each box can be reached with the keyboard and says what it is."""
    with force_locale(lang):
        scene = draw(
            flowchart,
            lang=lang,
            page=page,
            translate=translate,
            link=lambda _page, step: f"#scene-step-{anchor(step or NEEDS)}",
        )
    return scene.svg()


def page_ids(flowchart: Flowchart) -> list[str]:
    """The pages of the drawing, the main one first."""
    return [page.id for page in pages(flowchart)]


def reference(edition: Edition, flowchart: Flowchart) -> str:
    """What every page says: which procedure, which version, which content."""
    return f"{flowchart.id} {edition.number} · {edition.content_hash[:SHORT]}"


def head(edition: Edition, flowchart: Flowchart, lang: str) -> list[tuple[str, str]]:
    """Names and values of the title page."""
    return [
        (_("Procedure"), flowchart.id),
        (_("Version"), edition.number),
        (_("Date"), written(edition.day, "d MMMM y", locale(lang)) if edition.day else "–"),
        (_("Decision"), edition.decision or _("draft")),
        (_("Fingerprint of the content"), edition.content_hash),
    ]


def _document(
    title: str,
    edition: Edition,
    flowchart: Flowchart,
    lang: str,
    house: House | None,
    *,
    sheets_only: bool = False,
) -> Document:
    return Document(
        title,
        lang=lang,
        reference=reference(edition, flowchart),
        subtitle=_("Standard operating procedure"),
        house=house,
        sheets_only=sheets_only,
    )


def _chapter(document: Document, chapter: Chapter) -> None:
    document.chapter(f"{chapter.number} {chapter.title}", 3 if chapter.part else 2)
    fields: list[tuple[str, str | None]] = []
    for paragraph in chapter.paragraphs:
        if paragraph.kind is Kind.FIELD:
            values = "\n".join(row[0] for row in paragraph.rows)
            fields.append((f"{paragraph.number} {paragraph.text}", values))
        else:
            _paragraph(document, paragraph)
    if fields:
        document.fields(fields)


def _paragraph(document: Document, paragraph: Paragraph) -> None:
    number = paragraph.number
    if paragraph.kind is Kind.HEADING:
        document.heading(f"{number} {paragraph.text}", 3)
    elif paragraph.kind is Kind.TEXT:
        document.paragraph(f"{number}  {paragraph.text}")
    elif paragraph.kind is Kind.POINTS:
        first, *rest = (row[0] for row in paragraph.rows)
        document.bullets([f"{number}  {first}", *rest])
    else:
        document.heading(f"{number} {paragraph.text}", 3)
        header, *rows = paragraph.rows
        document.table(header, rows, widths=QUESTIONS if len(header) == len(QUESTIONS) else None)


def _drawings(document: Document, chapter: Chapter, edition: Edition, flowchart: Flowchart, lang: str) -> None:
    document.chapter(f"{chapter.number} {chapter.title}")
    rows = [(paragraph.number, paragraph.text) for paragraph in chapter.paragraphs]
    document.table((_("Paragraph"), _("Drawing")), rows, widths=(1, 6))
    for paragraph in chapter.paragraphs:
        _drawing(document, paragraph.page, edition, flowchart, lang, paragraph.number)
    document.upright()


def _drawing(
    document: Document, page: str, edition: Edition, flowchart: Flowchart, lang: str, number: str = ""
) -> None:
    scene = draw(flowchart, lang=lang, page=page, translate=translate)
    day = written(edition.day, "d MMMM y", locale(lang)) if edition.day else "–"
    cells: Cells = [
        (f"{number} {page}".strip(), scene.title),
        (_("Version"), edition.number),
        (_("Date"), day),
        (_("Decision"), edition.decision or _("draft")),
        (_("Fingerprint of the content"), edition.content_hash[:SHORT]),
    ]
    document.drawing(scene, title_height(flowchart), cells)


# --- for word processors ----------------------------------------------------------------------------------------------


def sop_docx(edition: Edition, flowchart: Flowchart, parts: Parts, *, lang: str) -> bytes:
    """The same document as DOCX; in place of each drawing stands its list of steps, which says the same."""
    book = manual_in(flowchart, parts, lang)
    with force_locale(lang):
        document = OfficeDocument(
            book.title,
            lang=lang,
            subtitle=_("Standard operating procedure"),
            reference=reference(edition, flowchart),
            page_words=_("page"),
        )
        document.fields(head(edition, flowchart, lang))
        if book.notice:
            document.notice(book.notice)
        document.page_break()
        part = ""
        for chapter in book.chapters:
            if chapter.part and chapter.part != part:
                document.heading(chapter.part)
            part = chapter.part
            document.heading(f"{chapter.number} {chapter.title}", 2 if part else 1)
            _office_chapter(document, chapter, flowchart, lang)
        return document.render()


def _office_chapter(document: OfficeDocument, chapter: Chapter, flowchart: Flowchart, lang: str) -> None:
    fields = [one for one in chapter.paragraphs if one.kind is Kind.FIELD]
    if fields:
        document.fields([(f"{one.number} {one.text}", "\n".join(row[0] for row in one.rows)) for one in fields])
    if chapter.id == "drawings":
        document.paragraph(
            _("The drawings are in the PDF edition. Each list of steps below says the same as its drawing.")
        )
    for one in chapter.paragraphs:
        if one.kind is Kind.HEADING:
            document.heading(f"{one.number} {one.text}", 3)
        elif one.kind is Kind.TEXT:
            document.paragraph(one.text, number=one.number)
        elif one.kind is Kind.POINTS:
            document.bullets([row[0] for row in one.rows], number=one.number)
        elif one.kind is not Kind.FIELD:
            document.heading(f"{one.number} {one.text}", 3)
            header, *rows = one.rows or _listed(flowchart, one.page, lang)
            document.table(header, rows)


def _listed(flowchart: Flowchart, page: str, lang: str) -> list[tuple[str, ...]]:
    """A page of the drawing as rows: step, kind, lane, deadline, ways on."""
    rows: list[tuple[str, ...]] = [(_("Step"), _("What it is"), _("Who"), _("Deadline"), _("What comes next"))]
    for entry in outline(flowchart, lang=lang, page=page, translate=translate):
        ways = [f"{answer}: {step}" if answer else step for answer, step, _label in entry.ways]
        step = entry.label if entry.step == NEEDS else f"{entry.step} {entry.label}"
        rows.append((step, entry.kind, entry.lane, entry.deadline or "–", "\n".join(ways) or "–"))
    return rows
