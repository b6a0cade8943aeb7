"""The second writer of `sop.scene`: the same picture on paper, in the type face of the documents."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from referral.foundation.lettering import BOLD, REGULAR, inline, load_fonts
from sop import scene as shapes
from sop.scene import Scene

POINTS_PER_PIXEL = 0.75


def draw_scene(canvas: Canvas, picture: Scene, x: float, y: float, width: float) -> None:
    """Draw with the lower left corner at (x, y), in points, scaled to `width`."""
    load_fonts()
    scale = width / picture.width
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(scale, scale)
    _clip_to(canvas, picture)
    pen = _Pen(canvas, picture.height)
    for item in shapes.walk(picture.items):
        pen.draw(item)
    canvas.restoreState()


class Picture(Flowable):
    """A scene in the flow of a document: natural size (a pixel is ¾ point) or `width`, never larger than the frame."""

    def __init__(self, picture: Scene, width: float | None = None) -> None:
        super().__init__()
        self.picture = picture
        self.wanted = width if width is not None else picture.width * POINTS_PER_PIXEL
        self.hAlign = "LEFT"

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Shrink to the frame's width, and to a whole page's height."""
        ratio = self.picture.height / self.picture.width
        self.width = min(self.wanted, available_width, _page_height(self, available_height) / ratio)
        self.height = self.width * ratio
        return self.width, self.height

    def draw(self) -> None:
        """Draw where the document has placed it."""
        draw_scene(self.canv, self.picture, 0, 0, self.width)


def _page_height(flowable: Flowable, available_height: float) -> float:
    frame = getattr(flowable, "_frame", None)
    return float(frame._aH - 12 if frame else available_height)  # noqa: SLF001 - reportlab has no public name for it


def _clip_to(canvas: Canvas, picture: Scene) -> None:
    frame = canvas.beginPath()
    frame.rect(0, 0, picture.width, picture.height)
    canvas.clipPath(frame, stroke=0, fill=0)


class _Pen:
    """Turns a scene's items into strokes; y is turned upside down here and nowhere else."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self.canvas = canvas
        self.height = height

    def draw(self, item: shapes.Item) -> None:
        if isinstance(item, shapes.Group):
            return
        if isinstance(item, shapes.Text):
            self._text(item)
        elif isinstance(item, shapes.Line):
            self._stroke(item.stroke, item.stroke_width, item.dash)
            self.canvas.line(item.x1, self._up(item.y1), item.x2, self._up(item.y2))
        else:
            self._shape(item)

    def _up(self, y: float) -> float:
        return self.height - y

    def _stroke(self, colour: str, width: float, dash: tuple[float, ...]) -> None:
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width)
        self.canvas.setDash(list(dash))

    def _text(self, item: shapes.Text) -> None:
        self.canvas.setFillColor(HexColor(item.fill))
        self.canvas.setFont(BOLD if item.bold else REGULAR, item.size)
        write = {
            "start": self.canvas.drawString,
            "middle": self.canvas.drawCentredString,
            "end": self.canvas.drawRightString,
        }[item.anchor]
        for number, row in enumerate(item.rows):
            write(item.x, self._up(item.y + number * item.leading), inline(row))

    def _shape(self, item: shapes.Rect | shapes.Circle | shapes.Polygon | shapes.Path) -> None:
        fill = item.fill
        if isinstance(fill, shapes.Hatch):
            self._hatch(item, fill)
        elif fill is not None:
            self.canvas.setFillColor(HexColor(fill))
        if item.stroke is not None:
            self._stroke(item.stroke, item.stroke_width, item.dash)
        filled, stroked = isinstance(fill, str), item.stroke is not None
        if filled or stroked:
            self.canvas.drawPath(self._outline(item), stroke=int(stroked), fill=int(filled))

    def _hatch(self, item: shapes.Rect | shapes.Circle | shapes.Polygon | shapes.Path, hatch: shapes.Hatch) -> None:
        left, bottom, right, top = self._box(item)
        self.canvas.saveState()
        self.canvas.clipPath(self._outline(item), stroke=0, fill=0)
        self.canvas.setFillColor(HexColor(hatch.paper))
        self.canvas.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
        self._stroke(hatch.ink, hatch.width, ())
        reach, step = top - bottom, hatch.spacing * 2**0.5
        starts = [left - reach + step * number for number in range(int((right - left + reach) / step) + 1)]
        lines = [(start, bottom, start + reach, top) for start in starts]
        if hatch.cross:
            lines += [(start, top, start + reach, bottom) for start in starts]
        self.canvas.lines(lines)
        self.canvas.restoreState()

    def _box(
        self, item: shapes.Rect | shapes.Circle | shapes.Polygon | shapes.Path
    ) -> tuple[float, float, float, float]:
        if isinstance(item, shapes.Rect):
            return item.x, self._up(item.y + item.height), item.x + item.width, self._up(item.y)
        if isinstance(item, shapes.Circle):
            x, y, radius = item.x, self._up(item.y), item.radius
            return x - radius, y - radius, x + radius, y + radius
        numbers = list(item.points) if isinstance(item, shapes.Polygon) else _path_points(item)
        across, down = [x for x, _ in numbers], [y for _, y in numbers]
        return min(across), self._up(max(down)), max(across), self._up(min(down))

    def _outline(self, item: shapes.Rect | shapes.Circle | shapes.Polygon | shapes.Path) -> Any:
        outline = self.canvas.beginPath()
        if isinstance(item, shapes.Rect):
            corner = (item.x, self._up(item.y + item.height), item.width, item.height)
            if item.radius:
                outline.roundRect(*corner, min(item.radius, item.width / 2, item.height / 2))
            else:
                outline.rect(*corner)
        elif isinstance(item, shapes.Circle):
            outline.circle(item.x, self._up(item.y), item.radius)
        elif isinstance(item, shapes.Polygon):
            outline.moveTo(item.points[0][0], self._up(item.points[0][1]))
            for x, y in item.points[1:]:
                outline.lineTo(x, self._up(y))
            outline.close()
        else:
            self._follow(outline, item)
        return outline

    def _follow(self, outline: Any, path: shapes.Path) -> None:
        here = (0.0, 0.0)
        for name, *numbers in path.commands:
            points = _pairs(numbers)
            if name == "Q":
                points = _cubic(here, *points)
            flat = [value for x, y in points for value in (x, self._up(y))]
            {"M": outline.moveTo, "L": outline.lineTo, "Z": outline.close}.get(str(name), outline.curveTo)(*flat)
            here = points[-1] if points else here


def _pairs(numbers: list[Any]) -> list[shapes.Point]:
    return [(float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def _path_points(path: shapes.Path) -> list[shapes.Point]:
    return [point for _, *numbers in path.commands for point in _pairs(numbers)]


def _cubic(start: shapes.Point, control: shapes.Point, end: shapes.Point) -> list[shapes.Point]:
    """A quadratic curve as the cubic one that PDF knows."""
    first = (start[0] + (control[0] - start[0]) * 2 / 3, start[1] + (control[1] - start[1]) * 2 / 3)
    second = (end[0] + (control[0] - end[0]) * 2 / 3, end[1] + (control[1] - end[1]) * 2 / 3)
    return [first, second, end]
