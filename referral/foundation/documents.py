"""The house style of everything printed: a document is a list of blocks, and the same blocks give the same bytes.

Whatever text comes in is printed, never interpreted: it passes `lettering.markup` before reportlab sees it.
Give no personal data as `title`: it becomes metadata, which readers show outside the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from referral.foundation import paper, sheets
from referral.foundation.blocks import Boxes, Contents, Marker, QrCode, Signed, Tick, signed_boxes
from referral.foundation.lettering import clean, inline, markup, right_to_left
from referral.foundation.paper import BOTTOM, FRAME_WIDTH, MARGIN, PAGE_HEIGHT, STAMPED_TOP, TOP, House, Imprint, Stamp
from referral.foundation.pictures import Picture
from sop.scene import HATCH_INK, INK, Scene
from sop.vocabulary import N_

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:/?=&._-]{0,199}\Z")
_THIN, _DARK = HexColor(HATCH_INK), HexColor(INK)
_TIGHT = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]
_PICTOGRAM = 38
"""Points: the side of a pictogram beside its sentence."""
_BESIDE = 900
"""Characters that fit beside a pictogram on one page in large type, however wide."""

Cells = sheets.Cells
Block = Callable[[], list[Flowable]]


class Document:
    """A builder: each method adds one block and returns the document; `render()` gives the PDF.

    Without `printed_at` no page says when it was printed, and every copy is the same file.
    """

    def __init__(
        self,
        title: str,
        *,
        lang: str,
        printed_at: datetime | None = None,
        reference: str = "",
        subtitle: str = "",
        audit_head: str = "",
        house: House | None = None,
        qr: str = "",
        sheets_only: bool = False,
        stamp: Stamp | None = None,
        large: bool = False,
        right_to_left: bool = False,
    ) -> None:
        if printed_at and printed_at.tzinfo is None:
            raise ValueError("printed_at needs a time zone")
        self.imprint = Imprint(title, lang, printed_at, reference, audit_head, house or House(), stamp)
        self._styles = paper.styles(paper.LARGE if large else 1.0, right_to_left=right_to_left)
        self._right_to_left = right_to_left
        self._starts_wide = sheets_only
        self.pages = 0
        """How many pages the last `render` made."""
        self._blocks: list[Block] = [] if sheets_only else [lambda: self._title(subtitle, qr)]
        for code in (qr, stamp.address if stamp else ""):
            if code:
                check_reference(code)

    def heading(self, text: str, level: int = 2) -> Document:
        """A heading of level 2 or 3, kept with what follows."""
        return self._add(lambda: [self._paragraph(text, f"heading{level}")])

    def chapter(self, text: str, level: int = 2) -> Document:
        """A heading that `contents` and the outline of the PDF list; a level 3 stands under a level 2."""
        mark = f"h{len(self._blocks)}"
        return self._add(lambda: [Marker(inline(text), level - 2, mark), self._paragraph(text, f"heading{level}")])

    def contents(self) -> Document:
        """The chapters that follow, with their pages."""
        return self._add(lambda: [Contents(self._styles["cell"], self._styles["strong"]), PageBreak()])

    def paragraph(self, text: str, *, strong: bool = False, small: bool = False) -> Document:
        """Running text; line breaks are kept."""
        return self._add(lambda: [self._paragraph(text, "strong" if strong else "small" if small else "body")])

    def bullets(self, items: Sequence[str], *, numbered: bool = False) -> Document:
        """A list, with points or numbers."""

        def build() -> list[Flowable]:
            marks = [f"{number}." if numbered else "•" for number in range(1, len(items) + 1)]
            style = self._styles["bullet"]
            return [
                Paragraph(markup(item), style, bulletText=mark) for mark, item in zip(marks, items, strict=True)
            ] + [Spacer(0, 3)]

        return self._add(build)

    def fields(self, pairs: Sequence[tuple[str, str | None]], *, columns: int = 1) -> Document:
        """Names and values side by side; None leaves a rule to write on, an empty text shows a dash."""
        return self._add(lambda: [self._fields(pairs, columns), Spacer(0, 5)])

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float] | None = None,
        numeric: Collection[int] = (),
    ) -> Document:
        """Rows under a header that is repeated on each page; `widths` are shares, `numeric` columns align right."""
        return self._add(lambda: [self._table(header, rows, widths, numeric), Spacer(0, 7)])

    def ticks(self, choices: Sequence[tuple[str, bool]], *, columns: int = 1) -> Document:
        """Boxes, ticked or empty, each with its words."""
        return self._add(lambda: [self._ticks(choices, columns), Spacer(0, 4)])

    def signatures(self, labels: Sequence[str] | None = None) -> Document:
        """Boxes to sign in: by default signature, thumbprint and witness, never parted by a page break."""

        def build() -> list[Flowable]:
            say = self.imprint.say
            names = labels or (say(N_("Signature")), say(N_("Thumbprint")), say(N_("Witness")))
            thumb = None if labels else 1
            lines = (say(N_("Name")), say(N_("Date")))
            return [KeepTogether([Spacer(0, 6), Boxes([inline(name) for name in names], lines, thumb)])]

        return self._add(build)

    def signed(self, parties: Sequence[Signed]) -> Document:
        """Boxes side by side with what each party has signed, or room to sign in.

        One row is never parted, and stays with a heading before it.
        """
        return self._add(lambda: [signed_boxes(parties, self.imprint.say, self._styles), Spacer(0, 7)])

    def notice(self, text: str, *, title: str = "") -> Document:
        """A framed text that must not be missed."""

        def build() -> list[Flowable]:
            bold = f"<b>{markup(title)}</b><br/>" if title else ""
            return [Paragraph(bold + markup(text), self._styles["notice"])]

        return self._add(build)

    def qr(self, reference: str, caption: str = "") -> Document:
        """A code that holds a reference only, with the same reference in letters beside it."""
        check_reference(reference)

        def build() -> list[Flowable]:
            words = [self._paragraph(reference, "strong"), self._paragraph(caption, "small")]
            side = 26 * mm
            grid = Table([[QrCode(reference, side), words]], colWidths=[side + 8, FRAME_WIDTH - side - 8], splitInRow=1)
            grid.setStyle([*_TIGHT, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
            return [KeepTogether([grid, Spacer(0, 5)])]

        return self._add(build)

    def pictured(self, scene: Scene, title: str, text: str) -> Document:
        """A sentence beside its pictogram, on one page; what is too long for that stands below it."""

        def build() -> list[Flowable]:
            shown = Picture(scene, _PICTOGRAM)
            words: list[Flowable] = [self._paragraph(title, "heading3"), self._paragraph(text, "body")]
            if len(title) + len(text) > _BESIDE:
                return [shown, *words]
            grid = Table([[shown, words]], colWidths=[_PICTOGRAM + 12, FRAME_WIDTH - _PICTOGRAM - 12])
            grid.setStyle([*_TIGHT, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
            return [KeepTogether([grid, Spacer(0, 9)])]

        return self._add(build)

    def photo(self, data: bytes, *, width: float, height: float, words: str = "") -> Document:
        """A picture of pixels that we painted ourselves (PNG or JPEG), framed, within `width` × `height` points.

        `words` stand above it, on the same page.
        """

        def build() -> list[Flowable]:
            across, down = ImageReader(BytesIO(data)).getSize()
            scale = min(width / across, height / down)
            grid = Table([[Image(BytesIO(data), across * scale, down * scale)]], colWidths=[across * scale + 8])
            grid.setStyle([*_TIGHT, ("BOX", (0, 0), (-1, -1), 0.5, _THIN)])
            grid.hAlign = "LEFT"
            above = [self._paragraph(words, "strong")] if words else []
            return [KeepTogether([*above, grid, Spacer(0, 5)])]

        return self._add(build)

    def drawing(self, scene: Scene, head: float, cells: Cells) -> Document:
        """A large drawing on A3 sheets of its own, its first `head` pixels on each strip; `cells` name it."""
        if not self._blocks:
            return self._add(lambda: self._sheets(scene, head, cells)[2:])
        return self._add(lambda: self._sheets(scene, head, cells))

    def upright(self) -> Document:
        """Go on with upright A4 pages after drawings."""
        return self._add(lambda: [NextPageTemplate("sheet"), PageBreak()])

    def put(self, block: Block) -> Document:
        """Parts of one's own, made anew for each setting of the document."""
        return self._add(block)

    def space(self, height: float = 8) -> Document:
        """Some air, in points."""
        return self._add(lambda: [Spacer(0, height)])

    def page_break(self) -> Document:
        """Go on with a new page."""
        return self._add(lambda: [PageBreak()])

    def render(self) -> bytes:
        """The PDF; the same blocks give the same bytes."""
        imprint, target = self.imprint, BytesIO()
        template = BaseDocTemplate(
            target,
            pagesize=A4,
            invariant=1,
            lang=paper.locale(imprint.lang).language,
            title=inline(imprint.title),
            author=inline(imprint.house.name),
            subject=inline(imprint.reference),
            creator=inline(imprint.house.name),
            displayDocTitle=1,
        )
        top = STAMPED_TOP if imprint.stamp else TOP
        frame = Frame(MARGIN, BOTTOM, FRAME_WIDTH, PAGE_HEIGHT - top - BOTTOM, 0, 0, 0, 0)
        large = Frame(MARGIN, BOTTOM, sheets.WIDTH, sheets.HEIGHT, 0, 0, 0, 0)
        upright, wide = PageTemplate("sheet", [frame]), PageTemplate("wide", [large], pagesize=sheets.SIZE)
        template.addPageTemplates([wide, upright] if self._starts_wide else [upright, wide])
        story = [flowable for block in self._blocks for flowable in block()]
        template.multiBuild(story, canvasmaker=paper.sheet_maker(imprint))
        self.pages = template.page
        return target.getvalue()

    def _sheets(self, scene: Scene, head: float, cells: Cells) -> list[Flowable]:
        found: list[Flowable] = []
        for sheet in sheets.sheets(scene, head, cells, self.imprint.say(N_("Sheet"))):
            found += [NextPageTemplate("wide"), PageBreak(), sheet]
        return found

    def _add(self, block: Block) -> Document:
        self._blocks.append(block)
        return self

    def _paragraph(self, text: str, style: str) -> Paragraph:
        look = self._styles[style]
        if self._right_to_left:
            return Paragraph(right_to_left(text, look.fontName, look.fontSize, FRAME_WIDTH), look)
        return Paragraph(markup(text), look)

    def _title(self, subtitle: str, qr: str) -> list[Flowable]:
        words: list[Flowable] = [self._paragraph(self.imprint.title, "title")]
        if subtitle:
            words.append(self._paragraph(subtitle, "lead"))
        if not qr:
            return [*words, Spacer(0, 8)]
        side, quiet = 26 * mm, 3 * mm
        grid = Table([[words, QrCode(qr, side)]], colWidths=[FRAME_WIDTH - side + quiet, side], splitInRow=1)
        edge = [("RIGHTPADDING", (-1, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]
        grid.setStyle([*_TIGHT, *edge, ("TOPPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (-1, 0), (-1, -1), -quiet)])
        grid.hAlign = "LEFT"
        return [grid, Spacer(0, 4)]

    def _fields(self, pairs: Sequence[tuple[str, str | None]], columns: int) -> Flowable:
        cells = [self._pair(name, value) for name, value in pairs]
        rows = _rows(cells, columns)
        name_width = (42 if columns == 1 else 32) * mm
        value_width = FRAME_WIDTH / columns - name_width
        grid = Table(rows, colWidths=[name_width, value_width] * columns, splitInRow=1)
        rules = [("LINEBELOW", (0, 0), (-1, -1), 0.4, _THIN), ("TOPPADDING", (0, 0), (-1, -1), 2.6)]
        grid.setStyle([*_TIGHT, *rules, ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2)])
        return grid

    def _pair(self, name: str, value: str | None) -> list[Any]:
        written = (
            Spacer(0, 6 * mm) if value is None else self._paragraph(value if clean(value).strip() else "—", "value")
        )
        return [self._paragraph(name, "label"), written]

    def _table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float] | None,
        numeric: Collection[int],
    ) -> Flowable:
        def line(cells: Sequence[str], plain: str, number: str) -> list[Paragraph]:
            return [self._paragraph(cell, number if at in numeric else plain) for at, cell in enumerate(cells)]

        content = [line(header, "head", "head_number"), *(line(row, "cell", "number") for row in rows)]
        shares = widths or _shares([header, *rows])
        total = sum(shares)
        repeated = int(max(map(len, header)) <= 200)  # a header taller than the page could not be repeated
        parted = int(max((len(cell) for row in rows for cell in row), default=0) > 400)  # else a row stays whole
        grid = Table(
            content, colWidths=[FRAME_WIDTH * share / total for share in shares], repeatRows=repeated, splitInRow=parted
        )
        grid.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 0.9, _DARK),
                ("LINEBELOW", (0, 0), (-1, 0), 0.9, _DARK),
                ("BACKGROUND", (0, 0), (-1, 0), HexColor("#f1f0ec")),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, _THIN),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
        return grid

    def _ticks(self, choices: Sequence[tuple[str, bool]], columns: int) -> Flowable:
        cells: list[list[Any]] = [[Tick(ticked), self._paragraph(words, "cell")] for words, ticked in choices]
        rows = _rows(cells, columns)
        box = 16
        grid = Table(rows, colWidths=[box, FRAME_WIDTH / columns - box] * columns, splitInRow=1)
        grid.setStyle([*_TIGHT, ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])
        return grid


def _rows(pairs: Sequence[Sequence[Any]], columns: int) -> list[list[Any]]:
    """Two cells a pair, `columns` pairs a row, the last row filled up."""
    cells = [cell for pair in pairs for cell in pair]
    width = 2 * columns
    cells += [""] * (-len(cells) % width or (0 if cells else width))
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def check_reference(text: str) -> None:
    """Refuse a code that could hold more than a reference or an address: letters, digits and a few signs, no space."""
    if not _REFERENCE.match(text):
        raise ValueError("a QR code holds a reference only")


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Column widths from what the cells hold: longer text gets more, within bounds."""
    columns = zip(*([clean(cell)[:200] for cell in row] for row in rows), strict=True)
    return [float(min(max(max(map(len, column)), 6), 42)) for column in columns]
