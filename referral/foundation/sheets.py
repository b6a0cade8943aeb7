"""Large drawings on A3: cut into strips, side by side where they stay readable, above a block that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A3, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from referral.foundation.lettering import BOLD, REGULAR
from referral.foundation.paper import BOTTOM, MARGIN, TOP, write
from referral.foundation.pictures import POINTS_PER_PIXEL, draw_scene
from sop.scene import HATCH_INK, INK, MUTED, Scene
from sop.strips import strips

SIZE = landscape(A3)
WIDTH, HEIGHT = SIZE[0] - 2 * MARGIN, SIZE[1] - TOP - BOTTOM
BLOCK = 34.0
GAP = 16.0
SMALLEST = 0.6
"""Points for a pixel under which the letters of a drawing (12.5 pixels) are too small to read."""

Cells = Sequence[tuple[str, str]]
"""Name and value of each cell of the title block; the first one is wide."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a drawing is cut: points for a pixel, strips on a sheet, the strips."""

    scale: float
    abreast: int
    parts: tuple[Scene, ...]

    @property
    def sheets(self) -> int:
        """How many sheets it takes."""
        return ceil(len(self.parts) / self.abreast)


def plan(scene: Scene, head: float) -> Plan:
    """The fewest sheets on which the letters stay readable; of those the largest letters."""
    room = HEIGHT - BLOCK - 8
    found = []
    for abreast in range(1, 5):
        fit = (WIDTH - GAP * (abreast - 1)) / (abreast * scene.width)
        largest = min(fit, POINTS_PER_PIXEL)
        if abreast > 1 and largest < SMALLEST:
            break
        steps = [largest - step * 0.02 for step in range(9)]
        for scale in [one for one in steps if one >= SMALLEST] or [largest]:
            found.append(Plan(scale, abreast, strips(scene, head, room / scale)))
    return min(found, key=lambda one: (one.sheets, -one.scale, one.abreast))


def sheets(scene: Scene, head: float, cells: Cells, sheet_word: str) -> list[Flowable]:
    """One flowable for each sheet; `sheet_word` names the cell that counts them."""
    cut = plan(scene, head)
    total = cut.sheets
    return [
        Sheet(
            cut.parts[at * cut.abreast : (at + 1) * cut.abreast],
            cut.scale,
            [*cells, (sheet_word, f"{at + 1} / {total}")],
        )
        for at in range(total)
    ]


class Sheet(Flowable):
    """Strips side by side above the title block; fills the whole page."""

    def __init__(self, parts: Sequence[Scene], scale: float, cells: Cells) -> None:
        super().__init__()
        self.parts = parts
        self.scale = scale
        self.cells = cells

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002
        """The whole width; as high as the page, but for a hair, lest rounding throws it on the next one."""
        return available_width, HEIGHT - 1

    def draw(self) -> None:
        """The strips from the top, the block at the foot."""
        canvas, x = self.canv, 0.0
        for part in self.parts:
            width = part.width * self.scale
            draw_scene(canvas, part, x, HEIGHT - 1 - part.height * self.scale, width)
            x += width + GAP
        _block(canvas, self.cells)


def _block(canvas: Canvas, cells: Cells) -> None:
    shares = [3.0, *([1.0] * (len(cells) - 1))]
    unit = WIDTH / sum(shares)
    canvas.setStrokeColor(HexColor(INK))
    canvas.setLineWidth(0.9)
    canvas.setDash()
    canvas.rect(0, 0, WIDTH, BLOCK - 4)
    canvas.setStrokeColor(HexColor(HATCH_INK))
    x = 0.0
    for share, (name, value) in zip(shares, cells, strict=True):
        if x:
            canvas.line(x, 0, x, BLOCK - 4)
        write(canvas, x + 6, BLOCK - 14, name, REGULAR, 7.5, MUTED, share * unit - 12)
        write(canvas, x + 6, 7, value, BOLD, 10, INK, share * unit - 12)
        x += share * unit
