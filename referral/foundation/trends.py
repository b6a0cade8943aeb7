"""Lines by quarter: each series has its own dash and its own mark, and every value is printed."""

from __future__ import annotations

from collections.abc import Sequence

from referral.foundation.charts import HIDDEN, SIZE, Row, Style, Value, described, nice_ceiling
from sop.scene import (
    GREEN,
    INK,
    LINE,
    MUTED,
    OCHRE_DARK,
    RED,
    WHITE,
    Circle,
    Item,
    Line,
    Point,
    Polygon,
    Rect,
    Scene,
    Text,
    polyline,
    text_width,
    wrap,
)

COLOURS = (GREEN, OCHRE_DARK, RED, INK)
DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3), (10, 3, 2, 3))
_TOP, _AXIS = 24.0, 34.0


def quarter_lines(
    title: str, quarters: Sequence[str], lines: Sequence[Row], style: Style | None = None, description: str = ""
) -> Scene:
    """One line a series (`Row.label`), at most four; a hidden value breaks the line and stands hatched on the axis."""
    style = style or Style()
    if len(lines) > len(COLOURS):
        raise ValueError("at most four lines can be told apart")
    if any(len(line.values) != len(quarters) for line in lines):
        raise ValueError("each line needs a value for each quarter")
    chart = _LineChart(style, quarters, lines)
    return chart.draw(title, description or described(lines, quarters, style))


class _LineChart:
    def __init__(self, style: Style, quarters: Sequence[str], lines: Sequence[Row]) -> None:
        self.style, self.quarters, self.lines = style, quarters, lines
        known = [value for line in lines for value in line.values if value is not None]
        self.top = nice_ceiling(max(known, default=0))
        if not style.percent:
            self.top = max(self.top, 25.0)
        self.ticks = [self.top * share / 5 for share in range(6)]
        self.left = max(text_width(self._tick(tick), 12) for tick in self.ticks) + 8
        self.high = 210.0 if style.narrow else 230.0
        self.step = (style.width - self.left) / max(len(quarters), 1)

    def draw(self, title: str, description: str) -> Scene:
        """Grid, lines, then the values over them."""
        items = [*self._grid(), *self._hidden()]
        for number, line in enumerate(self.lines):
            items += self._line(number, line)
        items += [*self._values(), *self._marks()]
        bottom = _TOP + self.high + _AXIS + 10
        keys, more = self._legend(bottom)
        return Scene(self.style.width, bottom + more, (*items, *keys), title, description)

    def _x(self, at: int) -> float:
        return self.left + self.step * (at + 0.5)

    def _y(self, value: float) -> float:
        return _TOP + self.high * (1 - value / self.top)

    def _tick(self, value: float) -> str:
        return self.style.write(value)

    def _grid(self) -> list[Item]:
        items: list[Item] = []
        for tick in self.ticks:
            y = self._y(tick)
            items.append(Line(self.left, y, self.style.width, y, stroke=LINE if tick else MUTED))
            items.append(Text(self.left - 8, y + 4.3, self._tick(tick), 12, "end", fill=MUTED))
        for at, quarter in enumerate(self.quarters):
            lines = wrap(quarter, max(self.step - 4, 20), 12)
            items.append(Text(self._x(at), _TOP + self.high + 18, lines, 12, "middle"))
        return items

    def _hidden(self) -> list[Item]:
        """One hatched box on the axis for a quarter in which something is hidden, with the words."""
        items: list[Item] = []
        floor = _TOP + self.high
        for at in range(len(self.quarters)):
            if any(line.values[at] is None for line in self.lines):
                wide = text_width(self.style.hidden, 12) + 8
                box = (self._x(at) - wide / 2, floor - 22, wide, 21)
                items.append(Rect(*box, 2, fill=HIDDEN, stroke=MUTED, dash=(3, 2)))
                items.append(Text(self._x(at), floor - 7, self.style.hidden, 12, "middle"))
        return items

    def _line(self, number: int, line: Row) -> list[Item]:
        colour, items = COLOURS[number], list[Item]()
        for run in _runs(line.values):
            points = [(self._x(at), self._y(line.values[at] or 0)) for at in run]
            if len(points) > 1:
                items.append(polyline(points, stroke=colour, stroke_width=2.5, dash=DASHES[number]))
        return items

    def _marks(self) -> list[Item]:
        return [
            _mark(number, (self._x(at), self._y(value)))
            for number, line in enumerate(self.lines)
            for at, value in enumerate(line.values)
            if value is not None
        ]

    def _values(self) -> list[Item]:
        """Each value over its mark; among several, the lowest stands under its mark and the upper ones make room."""
        items: list[Item] = []
        for at in range(len(self.quarters)):
            given = [(line.values[at], number) for number, line in enumerate(self.lines)]
            known = sorted((value, number) for value, number in given if value is not None)
            crowded = len(known) < len(given)
            last = float("inf")
            for rank, (value, number) in enumerate(known):
                under = self._y(value) + 18
                if rank == 0 and len(known) > 1 and under < _TOP + self.high - (24 if crowded else 2):
                    self._write(items, at, under, number, value)
                else:
                    last = min(self._y(value) - 9, last - 14)
                    self._write(items, at, last, number, value)
        return items

    def _write(self, items: list[Item], at: int, y: float, number: int, value: float) -> None:
        words = self.style.write(value)
        half = text_width(words, 12, bold=True) / 2 + 1
        items.append(Rect(self._x(at) - half, y - 10.5, 2 * half, 13, 2, fill=WHITE))
        items.append(Text(self._x(at), y, words, 12, "middle", bold=True, fill=COLOURS[number]))

    def _legend(self, top: float) -> tuple[list[Item], float]:
        if len(self.lines) == 1:
            return [], 0
        items: list[Item] = []
        x, y = 0.0, top
        for number, line in enumerate(self.lines):
            needed = 40 + text_width(line.label, SIZE)
            if x and x + needed > self.style.width:
                x, y = 0.0, y + 22
            items.append(Line(x, y + 7, x + 30, y + 7, COLOURS[number], 2.5, DASHES[number]))
            items.append(_mark(number, (x + 15, y + 7)))
            lines = wrap(line.label, self.style.width - 38, SIZE)
            items.append(Text(x + 38, y + 11.5, lines, SIZE))
            y += (len(lines) - 1) * SIZE * 1.25
            x += needed + 18
        return items, y + 20 - top


def _runs(values: Sequence[Value]) -> list[list[int]]:
    """Positions of values that follow each other without a hidden one between them.

    >>> _runs([1, None, 2, 3])
    [[0], [2, 3]]
    """
    runs: list[list[int]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at)
    return [run for run in runs if run]


def _mark(number: int, point: Point) -> Item:
    x, y = point
    colour = COLOURS[number]
    if number == 0:
        return Circle(x, y, 4.5, fill=colour, stroke=WHITE)
    if number == 1:
        return Rect(x - 4.5, y - 4.5, 9, 9, fill=colour, stroke=WHITE)
    if number == 2:
        return Polygon(((x, y - 6), (x + 5.5, y + 4.5), (x - 5.5, y + 4.5)), fill=colour, stroke=WHITE)
    return Polygon(((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)), fill=colour, stroke=WHITE)
