"""Bars from plain numbers, as scenes for screen and paper; lines by quarter are in `trends`, the region map in `maps`.

A value of None is hidden: it is drawn hatched with the words of `Style.hidden`, always the same size, so that the
picture tells nothing that the table does not. A total over hidden values is printed only if the caller gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import TypeAlias

from babel.numbers import format_decimal, format_percent

from sop.scene import (
    BLUE_PALE,
    GREEN,
    GREEN_DARK,
    INK,
    MUTED,
    OCHRE,
    RED,
    RED_PALE,
    VIOLET,
    WHITE,
    Fill,
    Hatch,
    Item,
    Line,
    Rect,
    Scene,
    Text,
    text_width,
    wrap,
)

Value: TypeAlias = float | None

HIDDEN = Hatch()
SERIES: tuple[Fill, ...] = (
    GREEN,
    OCHRE,
    Hatch(ink=RED, paper=RED_PALE, spacing=5, width=2),
    BLUE_PALE,
    VIOLET,
    Hatch(ink=GREEN_DARK, paper=WHITE, spacing=6, width=1.2, cross=True),
)
"""Fills that stay apart in grey: dark, middle, striped, pale, and two more for rare cases."""

SIZE = 13
WIDE, NARROW = 640, 300
BAR = 24
HIDDEN_WIDTH = 34


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers are written and for which width; a narrow chart is read on a phone at its natural size."""

    lang: str = "fr"
    narrow: bool = False
    percent: bool = False
    hidden: str = "< 5"

    @property
    def width(self) -> float:
        """Natural width in pixels."""
        return NARROW if self.narrow else WIDE

    def write(self, value: Value) -> str:
        """The number as the reader writes it; shares are given as 0.34."""
        if value is None:
            return self.hidden
        if self.percent:
            return str(format_percent(value, locale=self.lang))
        return str(format_decimal(value, locale=self.lang))


@dataclass(frozen=True, slots=True)
class Row:
    """A bar or a group of bars; `total` is printed after a stack (without it the sum, if nothing is hidden)."""

    label: str
    values: tuple[Value, ...]
    total: Value = None

    @property
    def known_total(self) -> Value:
        """The total given, or the sum of values of which none is hidden."""
        if self.total is not None or None in self.values:
            return self.total
        return sum(value for value in self.values if value is not None)


def bars(title: str, figures: Sequence[tuple[str, Value]], style: Style | None = None, description: str = "") -> Scene:
    """One horizontal bar for each label, its value after it."""
    style = style or Style()
    rows = [Row(label, (value,)) for label, value in figures]
    return _BarChart(style, rows).draw(title, description or described(rows, (), style), ())


def grouped_bars(
    title: str, series: Sequence[str], rows: Sequence[Row], style: Style | None = None, description: str = ""
) -> Scene:
    """For each row one bar a series, side by side."""
    style = style or Style()
    return _BarChart(style, rows).draw(title, description or described(rows, series, style), series)


def stacked_bars(
    title: str, series: Sequence[str], rows: Sequence[Row], style: Style | None = None, description: str = ""
) -> Scene:
    """For each row one bar made of the series, with its total."""
    style = style or Style()
    return _StackChart(style, rows).draw(title, description or described(rows, series, style), series)


def legend(entries: Sequence[tuple[Fill, str]], top: float, width: float) -> tuple[list[Item], float]:
    """Swatches with words, flowing over as many lines as needed; the items and the height they take."""
    items: list[Item] = []
    x, y = 0.0, top
    for fill, words in entries:
        lines = wrap(words, width - 22, SIZE)
        needed = 20 + max(text_width(line, SIZE) for line in lines)
        if x and x + needed > width:
            x, y = 0.0, y + 22
        items.append(Rect(x + 0.5, y + 0.5, 13, 13, fill=fill, stroke=MUTED))
        items.append(Text(x + 20, y + 11.5, lines, SIZE))
        x += needed + 18
        y += (len(lines) - 1) * SIZE * 1.25
    return items, y + 20 - top if entries else 0


def nice_ceiling(largest: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten.

    >>> [nice_ceiling(value) for value in (0, 3, 7, 41, 0.34, 230)]
    [1.0, 5.0, 10.0, 50.0, 0.5, 250.0]
    """
    if largest <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(largest))
    return float(next(unit * step for step in (1, 2, 2.5, 5, 10) if unit * step >= largest * 0.999999))


def described(rows: Sequence[Row], series: Sequence[str], style: Style) -> str:
    """Every value in words, for those who do not see the picture."""

    def values(row: Row) -> str:
        if not series:
            return style.write(row.values[0])
        return ", ".join(f"{name} {style.write(value)}" for name, value in zip(series, row.values, strict=True))

    return " ; ".join(f"{row.label} : {values(row)}" for row in rows)


class _BarChart:
    """Lays out rows of bars: labels at the left when it is wide, above the bars when it is narrow."""

    def __init__(self, style: Style, rows: Sequence[Row]) -> None:
        self.style, self.rows = style, rows
        widest = max((text_width(row.label, SIZE) for row in rows), default=0)
        self.left = 0.0 if style.narrow else min(widest + 14, WIDE * 0.36)
        figures = max((text_width(words, SIZE) for row in rows for words in self.figures(row)), default=0)
        self.room = style.width - self.left - max(figures, text_width(style.hidden, SIZE)) - 12
        self.largest = max([self.length(row) for row in rows] or [0]) or 1

    def figures(self, row: Row) -> list[str]:
        """What is printed after bars."""
        return [self.style.write(value) for value in row.values]

    def length(self, row: Row) -> float:
        """The longest bar of a row, in the unit of the values."""
        return max((value for value in row.values if value is not None), default=0)

    def bar(self, row: Row, top: float) -> tuple[list[Item], float]:
        """The bars of a row and the height they take."""
        high = BAR if len(row.values) == 1 else 17
        items: list[Item] = []
        for number, value in enumerate(row.values):
            y = top + number * (high + 2)
            if value is None:
                items.append(hidden_box(self.left, y, HIDDEN_WIDTH, high))
                end: float = HIDDEN_WIDTH
            else:
                end = value / self.largest * self.room
                items += [_bar(self.left, y, end, high, SERIES[number % len(SERIES)])] if value else []
            middle = y + high / 2 + SIZE * 0.36
            items.append(Text(self.left + end + 8, middle, self.style.write(value), SIZE, fill=INK))
        return items, len(row.values) * (high + 2) - 2

    def draw(self, title: str, description: str, series: Sequence[str]) -> Scene:
        """All rows, a base line and the legend."""
        items: list[Item] = []
        y = 2.0
        for row in self.rows:
            words, above = self._label(row, y)
            drawn, high = self.bar(row, y + above)
            items += [*words, *drawn]
            y += above + max(high, 0 if self.style.narrow else len(_lines(words)) * SIZE * 1.25) + 14
        if not self.style.narrow:
            items.append(Line(self.left - 0.5, 0, self.left - 0.5, max(y - 12, 1), stroke=MUTED))
        entries: list[tuple[Fill, str]] = [(SERIES[at % len(SERIES)], name) for at, name in enumerate(series)]
        if any(None in row.values and row.total is not None for row in self.rows):
            entries.append((HIDDEN, self.style.hidden))
        swatches, more = legend(entries, y, self.style.width)
        return Scene(self.style.width, max(y + more, 20), (*items, *swatches), title, description)

    def _label(self, row: Row, y: float) -> tuple[list[Item], float]:
        if self.style.narrow:
            lines = wrap(row.label, NARROW, SIZE)
            return [Text(0, y + SIZE, lines, SIZE)], len(lines) * SIZE * 1.25 + 4
        lines = wrap(row.label, self.left - 14, SIZE)
        return [Text(0, y + BAR / 2 + SIZE * 0.36, lines, SIZE)], 0


class _StackChart(_BarChart):
    """One bar a row, its parts after each other.

    Hidden parts of a row whose total is given are one box, as long as what the total leaves for them; without a total
    each has the same width everywhere.
    """

    def __init__(self, style: Style, rows: Sequence[Row]) -> None:
        super().__init__(style, rows)
        shares = [(self._boxes(row), self.length(row) / self.largest) for row in rows]
        full = self.room
        self.room = min([full, *((full - hidden * HIDDEN_WIDTH) / share for hidden, share in shares if share)])

    def figures(self, row: Row) -> list[str]:
        return [] if row.known_total is None else [self.style.write(row.known_total)]

    def length(self, row: Row) -> float:
        known = sum(value for value in row.values if value is not None)
        return known if row.total is None else max(row.total, known)

    def _boxes(self, row: Row) -> int:
        return row.values.count(None) if row.total is None else 0

    def bar(self, row: Row, top: float) -> tuple[list[Item], float]:
        items: list[Item] = []
        x = self.left
        for number, value in enumerate(row.values):
            if value is None and row.total is not None:
                continue
            if value is None:
                items += [
                    hidden_box(x, top, HIDDEN_WIDTH - 2, BAR),
                    _inside(x, HIDDEN_WIDTH - 2, top, self.style.hidden),
                ]
                x += HIDDEN_WIDTH
            elif value:
                fill, wide = SERIES[number % len(SERIES)], value / self.largest * self.room
                items.append(_bar(x, top, max(wide - 1.5, 0.8), BAR, fill))
                items += self._printed(x, wide, top, value, fill)
                x += wide
        if row.total is not None and None in row.values:
            wide = (self.length(row) - self.length(replace(row, total=None))) / self.largest * self.room
            items += [hidden_box(x, top, max(wide - 1.5, 0.8), BAR), *self._covered(x, wide, top)]
            x += wide
        for words in self.figures(row):
            items.append(Text(x + 8, top + BAR / 2 + SIZE * 0.36, words, SIZE, bold=True))
        return items, BAR

    def _covered(self, x: float, wide: float, top: float) -> list[Item]:
        """The word for hidden parts, where there is room; the legend has it too."""
        plate = text_width(self.style.hidden, 12) + 4
        if plate + 6 > wide:
            return []
        plain = Rect(x + (wide - plate) / 2 - 0.75, top + 4, plate, BAR - 8, 3, fill=WHITE)
        return [plain, _inside(x, wide, top, self.style.hidden)]

    def _printed(self, x: float, wide: float, top: float, value: float, fill: Fill) -> list[Item]:
        """The value inside its part, where there is room; the table beside the chart has all of them."""
        words = self.style.write(value)
        if text_width(words, 12) + 8 > wide:
            return []
        if not isinstance(fill, Hatch):
            return [_inside(x, wide, top, words, WHITE if fill in (GREEN, VIOLET) else INK)]
        plate = text_width(words, 12) + 4
        return [
            Rect(x + (wide - plate) / 2 - 0.75, top + 4, plate, BAR - 8, 3, fill=WHITE),
            _inside(x, wide, top, words),
        ]


def hidden_box(x: float, y: float, width: float, height: float) -> Rect:
    """A hatched, dashed box: a number that is not published."""
    return Rect(x, y, width, height, 2, fill=HIDDEN, stroke=MUTED, dash=(3, 2))


def _bar(x: float, y: float, width: float, height: float, fill: Fill) -> Rect:
    edge = None if isinstance(fill, str) and fill != BLUE_PALE else MUTED
    return Rect(x, y, max(width, 0.8), height, fill=fill, stroke=edge)


def _inside(x: float, wide: float, top: float, words: str, fill: str = INK) -> Text:
    return Text(x + wide / 2 - 0.75, top + BAR / 2 + 4.3, words, 12, "middle", fill=fill)


def _lines(items: Sequence[Item]) -> tuple[str, ...]:
    return tuple(row for item in items if isinstance(item, Text) for row in item.rows)
