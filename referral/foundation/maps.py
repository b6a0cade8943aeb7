"""Cameroon's ten regions as tiles that recall the map, each with its name and its figure."""

from __future__ import annotations

from collections.abc import Mapping

from referral.foundation.charts import HIDDEN, SIZE, Style, Value, hidden_box, nice_ceiling
from sop.scene import INK, MUTED, WHITE, Fill, Item, Rect, Scene, Text, text_width

TILES: dict[str, tuple[int, int]] = {
    "CM004": (2, 0),  # Extrême-Nord
    "CM006": (2, 1),  # Nord
    "CM007": (0, 2),  # Nord-Ouest
    "CM008": (1, 2),  # Ouest
    "CM001": (2, 2),  # Adamaoua
    "CM010": (0, 3),  # Sud-Ouest
    "CM005": (1, 3),  # Littoral
    "CM002": (2, 3),  # Centre
    "CM003": (3, 3),  # Est
    "CM009": (2, 4),  # Sud
}
"""Column and row by OCHA P-code; neighbours on the map are neighbours here."""

RAMP = ("#f3ead3", "#e2c58a", "#c8871e", "#7d4a08")
"""From few to many, evenly spaced in grey."""

_GAP = 5


def region_map(
    title: str,
    figures: Mapping[str, Value],
    names: Mapping[str, str],
    style: Style | None = None,
    description: str = "",
) -> Scene:
    """Tiles by P-code, darker for larger values; None is hidden (hatched), a region not in `figures` stays empty."""
    style = style or Style(narrow=True)
    unknown = (figures.keys() | names.keys()) - TILES.keys()
    if unknown:
        raise ValueError(f"not regions: {sorted(unknown)}")
    wide, high = (71.0, 60.0) if style.narrow else (96.0, 62.0)
    limits = _limits(figures, style)
    items: list[Item] = []
    for code, (column, row) in TILES.items():
        x, y = column * (wide + _GAP) + 0.5, row * (high + _GAP) + 0.5
        items += _tile(x, y, wide, high, names.get(code, code), code in figures, figures.get(code), limits, style)
    width = 4 * wide + 3 * _GAP + 1
    keys = _legend(_entries(figures, limits, style))
    shown = [code for code in TILES if code in figures]
    described = " ; ".join(f"{names.get(code, code)} : {style.write(figures[code])}" for code in shown)
    return Scene(width, 5 * (high + _GAP) - _GAP + 1, (*items, *keys), title, description or described)


def _legend(entries: list[tuple[Fill, str]]) -> list[Item]:
    """One line for each shade, in the empty corner west of the two northern regions."""
    items: list[Item] = []
    for number, (fill, words) in enumerate(entries):
        y = number * 20.0
        items += [Rect(0.5, y + 0.5, 14, 14, fill=fill, stroke=MUTED), Text(21, y + 12, words, 12)]
    return items


def _limits(figures: Mapping[str, Value], style: Style) -> list[float]:
    """Upper limits of the four shades, round numbers."""
    top = nice_ceiling(max((value for value in figures.values() if value is not None), default=0))
    if not style.percent:
        top = max(20.0, top)
    steps = [top * share for share in (0.25, 0.5, 0.75, 1)]
    return steps if style.percent else [float(round(step)) for step in steps]


def _shade(value: float, limits: list[float]) -> str:
    if value == 0:
        return WHITE
    return next(shade for shade, limit in zip(RAMP, limits, strict=True) if value <= limit * 1.000001)


def _tile(
    x: float,
    y: float,
    wide: float,
    high: float,
    name: str,
    given: bool,
    value: Value,
    limits: list[float],
    style: Style,
) -> list[Item]:
    middle = x + wide / 2
    if not given:
        box, ink, words = Rect(x, y, wide, high, 5, fill=WHITE, stroke=MUTED, dash=(1, 3)), MUTED, "–"
    elif value is None:
        box, ink, words = hidden_box(x, y, wide, high), INK, style.hidden
    else:
        shade = _shade(value, limits)
        box, ink, words = Rect(x, y, wide, high, 5, fill=shade, stroke=MUTED), _ink(shade), style.write(value)
    lines = _name_lines(name, wide - 4)
    first = y + (16 if len(lines) > 1 else 23)
    items: list[Item] = [box]
    if given and value is None:  # a plate under the words, which the hatch would make hard to read
        plate = max(*(text_width(line, 11.5) for line in lines), text_width(words, SIZE + 1, bold=True)) + 4
        items.append(Rect(middle - plate / 2, y + 4, plate, high - 8, 4, fill=WHITE))
    items.append(Text(middle, first, lines, 11.5, "middle", fill=ink))
    items.append(Text(middle, y + high - 11, words, SIZE + 1, "middle", bold=True, fill=ink))
    return items


def _ink(shade: str) -> str:
    return WHITE if shade == RAMP[3] else INK


def _name_lines(name: str, width: float) -> tuple[str, ...]:
    """One line, or two broken after the hyphen or the space, when one is too long."""
    if text_width(name, 11.5) <= width:
        return (name,)
    for mark in ("-", " "):
        first, found, second = name.partition(mark)
        if found:
            return (first + mark).strip(), second
    return (name,)


def _entries(figures: Mapping[str, Value], limits: list[float], style: Style) -> list[tuple[Fill, str]]:
    entries: list[tuple[Fill, str]] = []
    if 0 in figures.values():
        entries.append((WHITE, style.write(0)))
    low = 0.0
    for shade, limit in zip(RAMP, limits, strict=True):
        start = low if style.percent else low + 1
        if start <= limit:
            words = style.write(limit) if start == limit else f"{style.write(start)} – {style.write(limit)}"
            entries.append((shade, words))
        low = limit
    if None in figures.values():
        entries.append((HIDDEN, style.hidden))
    return entries
