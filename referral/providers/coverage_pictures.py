"""How a need stands at each place, drawn: real outlines where they were imported, tiles where not; readable in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians

from directory.coverage import State
from directory.gazetteer import Ring
from referral.foundation.charts import legend
from referral.foundation.maps import TILES
from sop.scene import (
    GREEN,
    GREEN_DARK,
    INK,
    MUTED,
    OCHRE_DARK,
    OCHRE_PALE,
    RED,
    WHITE,
    Fill,
    Hatch,
    Item,
    Polygon,
    Rect,
    Scene,
    Text,
    text_width,
)

MARKS: dict[State, str] = {
    State.COVERED: "●",
    State.BELOW_TARGET: "◕",
    State.DOUBTFUL: "◐",
    State.UNKNOWN: "?",
    State.NONE: "×",
}
"""A sign for each state, so that nothing is told by colour alone."""

FILLS: dict[State, Fill] = {
    State.COVERED: GREEN,
    State.BELOW_TARGET: Hatch(ink=GREEN_DARK, paper=WHITE, spacing=5, width=2),
    State.DOUBTFUL: Hatch(ink=OCHRE_DARK, paper=OCHRE_PALE, spacing=8, width=1.2),
    State.UNKNOWN: WHITE,
    State.NONE: Hatch(ink=RED, paper=WHITE, spacing=5, width=1.5, cross=True),
}
WIDTH = 340.0
COLUMNS = 4
_TILE, _HIGH, _GAP = 81.0, 56.0, 5.0
_WEST, _EAST = 0, 1


def state_map(
    title: str,
    states: Mapping[str, State],
    names: Mapping[str, str],
    words: Mapping[State, str],
    outlines: Mapping[str, Sequence[Ring]] | None = None,
) -> Scene:
    """A map by P-code. Outlines are drawn only when every place has one: half a map would be read as a whole one."""
    shapes = outlines or {}
    complete = bool(states) and all(shapes.get(code) for code in states)
    items, bottom = _outlined(states, names, shapes) if complete else _tiled(states, names)
    used = [state for state in State if state in states.values()]
    keys, high = legend([(FILLS[state], f"{MARKS[state]} {words[state]}") for state in used], bottom + 12, WIDTH)
    description = " ; ".join(f"{names.get(code, code)} : {words[state]}" for code, state in states.items())
    return Scene(WIDTH, bottom + 12 + high, (*items, *keys), title, description)


def _tiled(states: Mapping[str, State], names: Mapping[str, str]) -> tuple[list[Item], float]:
    """Regions stand as on the map; other places in the order of their names."""
    if states.keys() <= TILES.keys():
        spots = {code: TILES[code] for code in states}
    else:
        order = sorted(states, key=lambda code: names.get(code, code))
        spots = {code: (at % COLUMNS, at // COLUMNS) for at, code in enumerate(order)}
    items: list[Item] = []
    for code, (column, row) in spots.items():
        x, y = column * (_TILE + _GAP) + 0.5, row * (_HIGH + _GAP) + 0.5
        items += _tile(x, y, names.get(code, code), states[code])
    rows = max((row for _column, row in spots.values()), default=-1) + 1
    return items, rows * (_HIGH + _GAP)


def _tile(x: float, y: float, name: str, state: State) -> list[Item]:
    dash = (3.0, 3.0) if state is State.UNKNOWN else ()
    middle, lines = x + _TILE / 2, _lines(name)
    plate = min(max(*(text_width(line, 11) for line in lines), 20.0) + 8, _TILE - 4)
    return [
        Rect(x, y, _TILE, _HIGH, 4, fill=FILLS[state], stroke=INK if state is State.NONE else MUTED, dash=dash),
        Rect(middle - plate / 2, y + 4, plate, _HIGH - 8, 3, fill=WHITE),
        Text(middle, y + 16, lines, 11, "middle", fill=INK),
        Text(middle, y + _HIGH - 9, MARKS[state], 13, "middle", bold=True, fill=INK),
    ]


def _lines(name: str) -> tuple[str, ...]:
    if text_width(name, 11) <= _TILE - 8:
        return (name, "")
    for mark in ("-", " "):
        at = name.find(mark, len(name) // 3)
        if at > 0:
            return (name[: at + 1].strip(), _cut(name[at + 1 :]))
    return (_cut(name), "")


def _cut(name: str) -> str:
    while name and text_width(name, 11) > _TILE - 8:
        name = name[:-1]
    return name


def _outlined(
    states: Mapping[str, State], names: Mapping[str, str], outlines: Mapping[str, Sequence[Ring]]
) -> tuple[list[Item], float]:
    points = [point for code in states for ring in outlines[code] for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, 0.01)

    def spot(point: Sequence[float]) -> tuple[float, float]:
        return (round((point[0] - west) * squeeze * scale, 1), round((north - point[1]) * scale, 1))

    shapes: list[Item] = []
    words: list[Item] = []
    for code, state in states.items():
        for ring in outlines[code]:
            shapes.append(Polygon(tuple(spot(point) for point in ring), fill=FILLS[state], stroke=INK))
        largest = max(outlines[code], key=len)
        x, y = spot([sum(p[at] for p in largest) / len(largest) for at in (_WEST, _EAST)])
        label = f"{MARKS[state]} {names.get(code, code)}"
        plate = text_width(label, 10.5) + 6
        x = min(max(x, plate / 2), WIDTH - plate / 2)
        words.append(Rect(x - plate / 2, y - 10, plate, 14, 3, fill=WHITE))
        words.append(Text(x, y + 1, label, 10.5, "middle", fill=INK))
    return [*shapes, *words], (north - south) * scale
