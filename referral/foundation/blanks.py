"""Drawn parts of a form to fill by hand: lines to write on, boxes for digits, boxes and circles to tick."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from referral.foundation.lettering import REGULAR
from sop.scene import INK, MUTED

LINE = 7.5 * mm
"""Room for one line of handwriting."""
BOX = 5.4 * mm
BOX_HEIGHT = 7 * mm


class Lines(Flowable):
    """Lines to write on, the whole width or `width` points; `words` stand small before the first."""

    def __init__(self, count: int = 1, width: float = 0, words: str = "") -> None:
        super().__init__()
        self.count, self.wanted, self.words = count, width, words

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """As wide as there is room, or as wanted."""
        self.width = min(self.wanted or available_width, available_width)
        self.height = self.count * LINE
        return self.width, self.height

    def draw(self) -> None:
        """One rule a line."""
        canvas, start = self.canv, 0.0
        if self.words:
            canvas.setFont(REGULAR, 8.5)
            canvas.setFillColor(HexColor(MUTED))
            canvas.drawString(0, self.height - LINE + 2.5, self.words)
            start = stringWidth(self.words, REGULAR, 8.5) + 4
        canvas.setStrokeColor(HexColor(INK))
        canvas.setLineWidth(0.5)
        for number in range(self.count):
            y = self.height - (number + 1) * LINE + 1
            canvas.line(start if number == 0 else 0, y, self.width, y)


class Digits(Flowable):
    """Boxes for single signs in groups, each group with its words under it: day, month, year."""

    gap = 3.2 * mm

    def __init__(self, groups: Sequence[tuple[int, str]], sign: str = "") -> None:
        super().__init__()
        self.groups, self.sign = groups, sign

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """Its size does not depend on the room."""
        boxes = sum(count for count, _words in self.groups)
        self.width = boxes * BOX + (len(self.groups) - 1) * self.gap
        self.foot = 9.0 if any(words for _count, words in self.groups) else 1.0
        return self.width, BOX_HEIGHT + self.foot

    def draw(self) -> None:
        """Boxes side by side; between groups the sign."""
        canvas, x = self.canv, 0.0
        canvas.setStrokeColor(HexColor(INK))
        canvas.setLineWidth(0.6)
        for number, (count, words) in enumerate(self.groups):
            if number and self.sign:
                canvas.setFillColor(HexColor(INK))
                canvas.setFont(REGULAR, 10)
                canvas.drawCentredString(x - self.gap / 2, self.foot + 5.5, self.sign)
            for _box in range(count):
                canvas.rect(x, self.foot, BOX, BOX_HEIGHT)
                x += BOX
            canvas.setFillColor(HexColor(MUTED))
            canvas.setFont(REGULAR, 7.5)
            canvas.drawCentredString(x - count * BOX / 2, 0.5, words)
            x += self.gap


class Mark(Flowable):
    """A box to tick, or a circle where only one may be ticked."""

    side = 9.5

    def __init__(self, *, round_one: bool) -> None:
        super().__init__()
        self.round_one = round_one

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """Its size does not depend on the room."""
        return self.side, self.side + 2

    def draw(self) -> None:
        """The outline."""
        self.canv.setStrokeColor(HexColor(INK))
        self.canv.setLineWidth(0.9)
        if self.round_one:
            self.canv.circle(self.side / 2, self.side / 2, self.side / 2, fill=0)
        else:
            self.canv.rect(0, 0, self.side, self.side)
