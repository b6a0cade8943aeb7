"""The procedure on paper: the whole document and its drawings, with the version and the hash on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.foundation.documents import Cells, Document
from referral.foundation.formatting import written
from referral.foundation.paper import House, locale
from referral.procedures.pictures import translate
from sop.drawing import draw, page_title
from sop.flowchart import Flowchart
from sop.forms import Form
from sop.manual import Chapter, Kind, Manual, Paragraph, library_texts, manual
from sop.pages import page_of, pages
from sop.placement import title_height
from sop.triage import DecisionTable

SHORT = 12
"""Signs of the hash that stand on every page; the title page has them all."""
Rows = tuple[tuple[str, ...], ...]


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


def manual_in(
    flowchart: Flowchart, triage: DecisionTable | None, forms: Mapping[str, Form], lang: str, country: str = "cameroon"
) -> Manual:
    """The document as chapters and paragraphs in one language, with the texts of the country."""
    with force_locale(lang):
        return manual(flowchart, triage, forms, library_texts(lang, country), lang, translate)


def sop_pdf(
    edition: Edition,
    flowchart: Flowchart,
    triage: DecisionTable | None,
    forms: Mapping[str, Form],
    *,
    lang: str,
    printed_at: datetime,
    house: House | None = None,
) -> bytes:
    """The whole document as PDF: A4, the drawings on A3 sheets between; the same input gives the same bytes."""
    book = manual_in(flowchart, triage, forms, lang)
    with force_locale(lang):
        document = _document(book.title, edition, flowchart, lang, printed_at, house)
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
    printed_at: datetime,
    only: str | None = None,
    house: House | None = None,
) -> bytes:
    """Every page of the drawing, or `only` this one, on A3 sheets with a title block; KeyError: no such page."""
    with force_locale(lang):
        title = page_title(flowchart, pages(flowchart)[0], lang=lang, translate=translate)
        document = _document(title, edition, flowchart, lang, printed_at, house, sheets_only=True)
        for page in [page_of(flowchart, only)] if only else pages(flowchart):
            _drawing(document, page.id, edition, flowchart, lang)
        return document.render()


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
    printed_at: datetime,
    house: House | None,
    *,
    sheets_only: bool = False,
) -> Document:
    return Document(
        title,
        lang=lang,
        printed_at=printed_at,
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
        document.paragraph(number, small=True)
        document.bullets([row[0] for row in paragraph.rows])
    else:
        document.heading(f"{number} {paragraph.text}", 3)
        header, *rows = paragraph.rows
        document.table(header, rows)


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
