"""What a search found as a map: numbered points, the person's place, towns around, a scale; no tiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from directory.candidates import Candidate
from directory.places import Place, Places
from directory.taxonomy import Disclosure
from sop.scene import (
    GREEN,
    INK,
    LINE,
    MUTED,
    OCHRE_DARK,
    OCHRE_PALE,
    PAPER,
    RED,
    WHITE,
    Circle,
    Group,
    Item,
    Path,
    Rect,
    Scene,
    Text,
    text_width,
)
from sop.scene import Line as Stroke

SIDE, HIGH, EDGE = 336.0, 300.0, 26.0
DEGREE_KM = 111.2
LEAST_KM = 8.0
TOWNS, CORNERS = 9, 300
RADIUS = 11.0
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
Spot = tuple[float, float]
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A result on the map: its number in the list, latitude and longitude, sure or to be verified, exact or not."""

    number: int
    point: Spot
    name: str
    sure: bool
    rough: bool


def marks(fits: Iterable[Candidate], to_verify: Iterable[Candidate]) -> list[Mark]:
    """The results that have a point, numbered as the lists are; a safe house stands on the seat of its unit."""
    numbered = [(one, True) for one in fits]
    numbered += [(one, False) for one in to_verify]
    return [
        Mark(number, one.offer.point, one.offer.name, sure, one.offer.disclosure is not Disclosure.EXACT)
        for number, (one, sure) in enumerate(numbered, start=1)
        if one.offer.point is not None
    ]


class _Frame:
    """Degrees onto the picture: the box around all points, no smaller than a town."""

    def __init__(self, points: Sequence[Spot]) -> None:
        lats, lons = [one[0] for one in points], [one[1] for one in points]
        self.lat, self.lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        self.squeeze = max(cos(radians(self.lat)), 0.1)
        wide = max((max(lons) - min(lons)) * self.squeeze * DEGREE_KM, LEAST_KM)
        high = max((max(lats) - min(lats)) * DEGREE_KM, LEAST_KM)
        self.pixels_a_km = min((SIDE - 2 * EDGE) / wide, (HIGH - 2 * EDGE) / high)

    def at(self, point: Spot) -> Spot:
        """Where a point stands in the picture."""
        east = (point[1] - self.lon) * self.squeeze * DEGREE_KM
        north = (point[0] - self.lat) * DEGREE_KM
        return SIDE / 2 + east * self.pixels_a_km, HIGH / 2 - north * self.pixels_a_km

    def shows(self, point: Spot, edge: float = 8) -> bool:
        """Whether a point is within the picture."""
        x, y = self.at(point)
        return edge <= x <= SIDE - edge and edge + 8 <= y <= HIGH - edge


def draw(
    found: Sequence[Mark],
    places: Places,
    *,
    asked: Place | None,
    outlines: Iterable[Ring] = (),
    title: str,
    description: str,
    here: str,
) -> Scene | None:
    """The map, or None where nothing has a point; each number leads to its place in the list (`#r-1`).

    `outlines` are rings of (longitude, latitude); `here` is the word for the person's place.
    """
    if not found:
        return None
    origin = asked.point if asked and asked.level > 1 else None
    frame = _Frame([*(one.point for one in found), *([origin] if origin else [])])
    taken = [frame.at(one.point) for one in found]
    items: list[Item] = [Rect(0.5, 0.5, SIDE - 1, HIGH - 1, 6, fill=PAPER, stroke=LINE)]
    items += [path for ring in outlines if (path := _border(ring, frame))]
    items += _towns(places, frame, taken if origin is None else [*taken, frame.at(origin)])
    if origin:
        items += _origin(frame.at(origin), here)
    items += _numbers(found, frame)
    return Scene(SIDE, HIGH, (*items, *_scale(frame)), title, description)


def _border(ring: Ring, frame: _Frame) -> Path | None:
    """An outline thinned to few corners, only where it crosses the picture."""
    step = max(1, len(ring) // CORNERS)
    spots = [frame.at((corner[1], corner[0])) for corner in ring[::step]]
    if len(spots) < 3 or not any(0 <= x <= SIDE and 0 <= y <= HIGH for x, y in spots):
        return None
    inside = [(min(max(x, 1), SIDE - 1), min(max(y, 1), HIGH - 1)) for x, y in spots]
    commands: list[tuple[str | float, ...]] = [("M", *_rounded(inside[0]))]
    previous = inside[0]
    for spot in inside[1:]:
        if abs(spot[0] - previous[0]) + abs(spot[1] - previous[1]) > 2:
            commands.append(("L", *_rounded(spot)))
            previous = spot
    return Path((*commands, ("Z",)), stroke=LINE, stroke_width=1.5)


def _rounded(spot: Spot) -> Spot:
    return round(spot[0], 1), round(spot[1], 1)


def _towns(places: Places, frame: _Frame, taken: Sequence[Spot]) -> list[Item]:
    """Seats of départements for orientation, with a name where there is room."""
    items: list[Item] = []
    boxes = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in taken]
    shown = [one for one in places if one.level == 2 and not one.same_as and one.point and frame.shows(one.point)]
    for one in shown:
        if len(items) >= 2 * TOWNS or one.point is None:
            break
        x, y = frame.at(one.point)
        wide = text_width(one.name, 10)
        box = (x - wide / 2 - 2, y - 16, x + wide / 2 + 2, y + 4)
        if box[0] < 2 or box[2] > SIDE - 2 or any(_meets(box, other) for other in boxes):
            continue
        boxes.append(box)
        items += [Circle(round(x, 1), round(y, 1), 2, fill=MUTED), Text(x, y - 6, one.name, 10, "middle", fill=MUTED)]
    return items


def _meets(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _origin(spot: Spot, here: str) -> list[Item]:
    x, y = _rounded(spot)
    half = text_width(here, 11, bold=True) / 2 + 4
    middle = min(max(x, half), SIDE - half)
    return [
        Stroke(x - 9, y, x + 9, y, RED, 2.5),
        Stroke(x, y - 9, x, y + 9, RED, 2.5),
        Text(middle, y + 22, here, 11, "middle", bold=True, fill=RED),
    ]


def _numbers(found: Sequence[Mark], frame: _Frame) -> list[Item]:
    """The results; those on one spot stand beside each other."""
    placed: list[Spot] = []
    items: list[Item] = []
    for one in found:
        x, y = frame.at(one.point)
        while any(abs(x - a) < 2 * RADIUS and abs(y - b) < 2 * RADIUS for a, b in placed):
            x += 2 * RADIUS
            if x > SIDE - RADIUS:
                x, y = RADIUS + 2, y + 2 * RADIUS
        placed.append((x, y))
        fill, stroke, ink = (GREEN, GREEN, WHITE) if one.sure else (OCHRE_PALE, OCHRE_DARK, INK)
        dash = (3.0, 2.0) if one.rough else ()
        inside = WHITE if one.rough else fill
        circle = Circle(round(x, 1), round(y, 1), RADIUS, fill=inside, stroke=stroke, stroke_width=2, dash=dash)
        number = Text(x, y + 4, str(one.number), 12, "middle", bold=True, fill=INK if one.rough else ink)
        items.append(Group((circle, number), f"#r-{one.number}", f"{one.number}. {one.name}"))
    return items


def _scale(frame: _Frame) -> list[Item]:
    km = max(step for step in STEPS if step == 1 or step * frame.pixels_a_km <= SIDE / 3)
    x, y = 10.0, HIGH - 12
    end = round(x + km * frame.pixels_a_km, 1)
    return [Stroke(x, y, end, y, INK, 2), Text(x, y - 6, f"{km} km", 10)]
