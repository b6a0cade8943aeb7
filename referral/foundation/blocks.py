"""Small drawn parts of a printed page: tick boxes, boxes to sign in, QR codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, Paragraph, Spacer, Table
from reportlab.platypus.tableofcontents import TableOfContents

from referral.foundation.codes_drawn import draw_code, qr_matrix
from referral.foundation.lettering import BOLD, REGULAR, markup
from referral.foundation.paper import FRAME_WIDTH
from sop.scene import HATCH_INK, INK, MUTED
from sop.vocabulary import N_


class Marker(Flowable):
    """A place without size that the outline and the table of contents name; it stays with the heading after it."""

    keepWithNext = 1  # noqa: N815 - reportlab’s own name

    def __init__(self, words: str, level: int, key: str) -> None:
        super().__init__()
        self.words = words
        self.level = level
        self.key = key

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """Nothing."""
        return 0, 0

    def draw(self) -> None:
        """A place to jump to, an entry of the outline, and word of it to the table of contents."""
        canvas = self.canv
        canvas.bookmarkHorizontal(self.key, 0, 14)
        canvas.addOutlineEntry(self.words, self.key, level=self.level, closed=self.level == 0)
        entry = (self.level, escape(self.words), canvas.getPageNumber(), self.key)
        canvas._doctemplate.notify("TOCEntry", entry)  # noqa: SLF001 - reportlab has no public name for it


class Contents(TableOfContents):
    """The table of contents: headings of level 2 bold, those of level 3 below them."""

    def __init__(self, cell: ParagraphStyle, strong: ParagraphStyle) -> None:
        padding = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")]
        super().__init__(dotsMinLevel=0, tableStyle=padding)
        first = ParagraphStyle("contents2", strong, fontSize=9.2, leading=12, spaceBefore=4, spaceAfter=0)
        second = ParagraphStyle("contents3", cell, fontSize=8.6, leading=10.6, leftIndent=12)
        self.levelStyles = [first, second]


class Tick(Flowable):
    """A box to tick, or one that is ticked."""

    side = 9.0

    def __init__(self, ticked: bool) -> None:
        super().__init__()
        self.ticked = ticked

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """Its size does not depend on the room."""
        return self.side, self.side + 1.5

    def draw(self) -> None:
        """A square, and the tick reaching a little out of it."""
        self.canv.setStrokeColor(HexColor(INK))
        self.canv.setLineWidth(0.9)
        self.canv.rect(0, 0, self.side, self.side)
        if self.ticked:
            self.canv.setLineWidth(1.7)
            self.canv.lines([(1.8, 4.8, 4, 2), (4, 2, 9.6, 10)])


class Boxes(Flowable):
    """Boxes side by side to sign in, each with its name above and lines (name, date) at the bottom."""

    high = 44 * mm
    gap = 4 * mm

    def __init__(self, names: Sequence[str], lines: Sequence[str], thumb: int | None = None) -> None:
        super().__init__()
        self.names = names
        self.lines = lines
        self.thumb = thumb

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """The whole width of the page."""
        self.width = available_width
        return available_width, self.high

    def draw(self) -> None:
        """Draw each box."""
        side = (self.width - self.gap * (len(self.names) - 1)) / len(self.names)
        for number, name in enumerate(self.names):
            self._box(number * (side + self.gap), side, name, thumb=number == self.thumb)

    def _box(self, x: float, side: float, name: str, *, thumb: bool) -> None:
        canvas = self.canv
        canvas.setStrokeColor(HexColor(INK))
        canvas.setLineWidth(0.8)
        canvas.setDash()
        canvas.rect(x, 0, side, self.high)
        canvas.setFillColor(HexColor(INK))
        canvas.setFont(BOLD, 9)
        canvas.drawString(x + 6, self.high - 13, name[: int(side / 5)])
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(HexColor(MUTED))
        for row, line in enumerate(reversed(self.lines)):
            base = 6 + row * 14
            canvas.drawString(x + 6, base, line)
            canvas.setStrokeColor(HexColor(INK))
            canvas.setLineWidth(0.5)
            canvas.line(x + 10 + canvas.stringWidth(line, REGULAR, 8), base - 1, x + side - 6, base - 1)
        if thumb:
            canvas.setStrokeColor(HexColor(HATCH_INK))
            canvas.setDash(2, 2)
            middle, low, high = x + side / 2, 14 * len(self.lines) + 8, self.high - 20
            canvas.ellipse(middle - 10 * mm, low, middle + 10 * mm, high)
            canvas.setDash()


@dataclass(frozen=True, slots=True)
class Signed:
    """The box of one party: its part and its name; the picture of its signature and what is said of it, once signed."""

    label: str
    party: str
    picture: bytes | None = field(default=None, repr=False)
    words: tuple[str, ...] = ()


PICTURE_WIDTH, PICTURE_HEIGHT = 60 * mm, 24 * mm
"""How large a signature is printed at most."""


def signed_boxes(parties: Sequence[Signed], say: Callable[[str], str], styles: Mapping[str, ParagraphStyle]) -> Table:
    """A frame for each party, side by side: its signature with who signed when, or room for it on paper."""
    grid = Table(
        [[_signed(one, say, styles) for one in parties]], colWidths=[FRAME_WIDTH / len(parties)] * len(parties)
    )
    frame = [("BOX", (at, 0), (at, 0), 0.8, HexColor(INK)) for at in range(len(parties))]
    edges = [(f"{side}PADDING", (0, 0), (-1, -1), 6) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    grid.setStyle([*frame, *edges, ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return grid


def _signed(one: Signed, say: Callable[[str], str], styles: Mapping[str, ParagraphStyle]) -> list[Flowable]:
    found: list[Flowable] = [
        Paragraph(markup(one.label), styles["strong"]),
        Paragraph(markup(one.party), styles["cell"]),
    ]
    if one.picture is not None:
        across, down = ImageReader(BytesIO(one.picture)).getSize()
        scale = min(PICTURE_WIDTH / across, PICTURE_HEIGHT / down)
        found += [Image(BytesIO(one.picture), across * scale, down * scale, hAlign="LEFT")]
    else:
        found += [Spacer(0, 2 * mm if one.words else PICTURE_HEIGHT)]
    lines = one.words or (f"{say(N_('Name'))}  ……………………………………", f"{say(N_('Date'))}  ……………………………………")
    return [*found, *(Paragraph(markup(line), styles["small"]) for line in lines)]


class QrCode(Flowable):
    """A QR code with its quiet zone."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self.matrix = qr_matrix(text)
        self.side = side

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """Its size does not depend on the room."""
        return self.side, self.side

    def draw(self) -> None:
        """The modules as rectangles."""
        draw_code(self.canv, self.matrix, 0, 0, self.side)
