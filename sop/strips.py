"""A tall drawing cut into strips that fit a sheet: never through a box or a word, the lane titles on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from sop.scene import MUTED, WHITE, Circle, Group, Item, Line, Path, Polygon, Rect, Scene, Text
from sop.shapes import moved

HEAD = 12.0
"""An arrow's head above a box belongs to it."""
BEND = 7.0
"""Corners of lines are round by as much."""
CLEAR = 5.0
"""A cut keeps this far from what it must not touch."""


def strips(scene: Scene, head: float, capacity: float) -> tuple[Scene, ...]:
    """The scene as strips of at most `capacity`, each below the first `head` pixels (the titles of the lanes).

    A stretch without any place to cut is cut at the capacity; a scene that fits stays whole.
    """
    if scene.height <= capacity:
        return (scene,)
    taken = _merged([*_occupied(scene.items, scene.height), (0, head)])
    end = min(scene.height, taken[-1][1] + CLEAR)  # no strip for what is empty
    cuts = [0.0]
    while end - cuts[-1] > capacity - (head if cuts[-1] else 0):
        top = cuts[-1]
        cuts.append(_cut(taken, top, top + capacity - (head if top else 0)))
    return tuple(_strip(scene, head, top, bottom, last=bottom == end) for top, bottom in pairwise([*cuts, end]))


def _cut(taken: list[tuple[float, float]], top: float, limit: float) -> float:
    """The lowest free place above `limit`; `limit` itself where there is none."""
    free = [
        (before[1] + CLEAR, min(after[0] - CLEAR, limit))
        for before, after in pairwise([*taken, (float("inf"), float("inf"))])
    ]
    places = [high for low, high in free if low <= high and high > top + 1]
    return max(places, default=limit)


def _occupied(items: Iterable[Item], height: float) -> Iterator[tuple[float, float]]:
    """Stretches of y that hold a box, a word or a line across; lanes, which run down the page, do not count."""
    for item in items:
        if isinstance(item, Path):
            points = _points(item)
            yield from (
                (a[1] - BEND, a[1] + BEND) for a, b in pairwise(points) if abs(a[1] - b[1]) < 1 < abs(a[0] - b[0])
            )
            continue
        low, high = extent(item)
        if high - low < height / 2:
            yield low - (HEAD if isinstance(item, Group) else 0), high


def extent(item: Item) -> tuple[float, float]:
    """Top and bottom of an item."""
    if isinstance(item, Group):
        parts = [extent(part) for part in item.items] or [(0.0, 0.0)]
        return min(low for low, _ in parts), max(high for _, high in parts)
    if isinstance(item, Text):
        return item.y - item.size, item.y + (len(item.rows) - 1) * item.leading + item.size * 0.3
    if isinstance(item, Rect):
        return item.y, item.y + item.height
    if isinstance(item, Circle):
        return item.y - item.radius, item.y + item.radius
    ys = [item.y1, item.y2] if isinstance(item, Line) else [y for _, y in _points(item)]
    return min(ys, default=0.0), max(ys, default=0.0)


def _points(item: Polygon | Path) -> list[tuple[float, float]]:
    if isinstance(item, Polygon):
        return list(item.points)
    found = []
    for _, *numbers in item.commands:
        flat = [float(number) for number in numbers]
        found += list(zip(flat[::2], flat[1::2], strict=True))
    return found


def _merged(stretches: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same stretches, those that touch made one, in order.

    >>> _merged([(5, 8), (0, 2), (1, 4), (8, 9)])
    [(0, 4), (5, 9)]
    """
    found: list[tuple[float, float]] = []
    for low, high in sorted(stretches):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _strip(scene: Scene, head: float, top: float, bottom: float, *, last: bool) -> Scene:
    above = head if top else 0.0
    inside = [moved(item, 0, above - top) for item in scene.items if _shown(item, top, bottom)]
    height = bottom - top + above
    if top:
        inside.append(Rect(0, 0, scene.width, head, fill=WHITE))
        for item in scene.items:
            if isinstance(item, Rect) and item.height > scene.height / 2:
                inside.append(replace(item, height=head))
            elif isinstance(item, Text) and extent(item)[1] <= head:
                inside.append(item)
        inside.append(Line(0, head, scene.width, head, stroke=MUTED, dash=(3, 3)))
    if not last:
        inside.append(Line(0, height - 0.5, scene.width, height - 0.5, stroke=MUTED, dash=(3, 3)))
    return Scene(scene.width, height, tuple(inside), scene.title, scene.description)


def _shown(item: Item, top: float, bottom: float) -> bool:
    low, high = extent(item)
    return low < bottom and high > top
