"""A document for a word processor (DOCX): the same blocks as on paper, to be commented on and edited.

The same blocks give the same bytes: no clock, no random id; the parts are packed anew with one fixed date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from referral.foundation.lettering import clean

LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - what a ZIP archive calls the beginning, in no zone
FACE = "Calibri"
GREY = RGBColor(0x56, 0x64, 0x63)


class OfficeDocument:
    """A builder like `documents.Document`: each method adds one block; `render()` gives the file."""

    def __init__(self, title: str, *, lang: str, subtitle: str, reference: str, page_words: str) -> None:
        self._word = docx.Document()
        self._title = clean(title)
        self._properties(lang, reference)
        self._page()
        self._styles(lang)
        self._margins(reference, page_words)
        self._word.add_heading(self._title, 0)
        self._run(self._word.add_paragraph(), subtitle, colour=GREY)

    def heading(self, text: str, level: int = 1) -> OfficeDocument:
        """A heading of level 1 to 3; word processors list it in their outline."""
        self._word.add_heading(clean(text), level)
        return self

    def paragraph(self, text: str, *, number: str = "") -> OfficeDocument:
        """Running text, its number bold."""
        self._numbered(self._word.add_paragraph(), number, text)
        return self

    def bullets(self, items: Sequence[str], *, number: str = "") -> OfficeDocument:
        """Points; the number stands before the first."""
        for at, item in enumerate(items):
            self._numbered(self._word.add_paragraph(style="List Bullet"), number if at == 0 else "", item)
        return self

    def fields(self, pairs: Sequence[tuple[str, str]]) -> OfficeDocument:
        """Names and values side by side."""
        grid = self._word.add_table(rows=0, cols=2)
        grid.style = "Table Grid"
        for name, value in pairs:
            row = grid.add_row()
            self._fill(row.cells[0], name, bold=True)
            self._fill(row.cells[1], value)
            row.cells[0].width, row.cells[1].width = Cm(4.4), Cm(12.6)
            _whole(row)
        self._word.add_paragraph()
        return self

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> OfficeDocument:
        """Rows under a header that is repeated on each page."""
        grid = self._word.add_table(rows=1, cols=len(header))
        grid.style = "Table Grid"
        for cell, words in zip(grid.rows[0].cells, header, strict=True):
            self._fill(cell, words, bold=True)
        _property(grid.rows[0], "w:tblHeader")
        for row in rows:
            line = grid.add_row()
            for cell, words in zip(line.cells, row, strict=True):
                self._fill(cell, words)
            _whole(line)
        self._word.add_paragraph()
        return self

    def notice(self, text: str) -> OfficeDocument:
        """A text that must not be missed."""
        self._word.add_paragraph(clean(text), style="Intense Quote")
        return self

    def page_break(self) -> OfficeDocument:
        """Go on with a new page."""
        self._word.add_page_break()
        return self

    def render(self) -> bytes:
        """The file."""
        made = BytesIO()
        self._word.save(made)
        return _repacked(made.getvalue())

    # --- parts -------------------------------------------------------------------------------------------------------

    def _properties(self, lang: str, reference: str) -> None:
        core = self._word.core_properties
        core.title, core.subject, core.language = self._title, clean(reference), LANGUAGES.get(lang, lang)
        core.author = core.last_modified_by = core.comments = core.keywords = ""
        core.created = core.modified = EPOCH
        core.revision = 1

    def _page(self) -> None:
        section = self._word.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2.2)

    def _styles(self, lang: str) -> None:
        normal = self._word.styles["Normal"]
        normal.font.name, normal.font.size = FACE, Pt(10.5)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), LANGUAGES.get(lang, lang))
        normal.element.get_or_add_rPr().append(language)

    def _margins(self, reference: str, page_words: str) -> None:
        section = self._word.sections[0]
        self._run(section.header.paragraphs[0], reference, colour=GREY)
        foot = section.footer.paragraphs[0]
        self._run(foot, f"{reference} · {page_words} ", colour=GREY)
        _page_number(foot)

    def _numbered(self, paragraph: Paragraph, number: str, text: str) -> None:
        if number:
            self._run(paragraph, f"{number}  ", bold=True)
        self._run(paragraph, text)

    def _fill(self, cell: _Cell, text: str, *, bold: bool = False) -> None:
        self._run(cell.paragraphs[0], text, bold=bold, size=9.5)

    def _run(
        self, paragraph: Paragraph, text: str, *, bold: bool = False, colour: RGBColor | None = None, size: float = 0
    ) -> None:
        run = paragraph.add_run(clean(text))
        run.bold = bold or None
        if colour is not None:
            run.font.color.rgb = colour
        if size:
            run.font.size = Pt(size)


def _whole(row: object) -> None:
    """Never part a row between two pages."""
    _property(row, "w:cantSplit")


def _property(row: object, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]  # noqa: SLF001 - no public name


def _page_number(paragraph: Paragraph) -> None:
    """A field that the word processor fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - the library has no public name for fields


def _repacked(archive: bytes) -> bytes:
    """The same parts with one fixed date, so that the bytes do not depend on the hour."""
    made = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = ZipInfo(name, EPOCH.timetuple()[:6])
            part.compress_type = ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return made.getvalue()
