"""Where things go in a drawing without a picture: the layout of `sop.layout`, turned so that lanes lie across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sop.layout import Frame, Layout, Link, Spot, arrange

TASK = (170.0, 84.0)
EVENT = (36.0, 36.0)
GATEWAY = (50.0, 50.0)
TITLE = 30.0
"""Width of the strip with the title of a lane or pool."""

EMPTY_LANE = 60.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape to be placed."""

    id: str
    lane: str
    size: tuple[float, float]
    pointed: bool = False


def across(
    shapes: Sequence[Shape], ends: Sequence[tuple[str, str]], lanes: Sequence[str], *, title: float = TITLE
) -> Layout:
    """Lanes as rows, time from left to right; `ends` are (from, to). Every lane has a frame with room for a title."""
    spots = [Spot(one.id, one.lane, one.size[1], one.size[0], one.pointed) for one in shapes]
    back = backward([one.id for one in shapes], ends)
    links = [Link(source, target, way in back) for way, (source, target) in enumerate(ends)]
    found = arrange(spots, links, lanes, header=title)
    boxes = {key: _turned(frame) for key, frame in found.boxes.items()}
    rows = {key: _turned(frame) for key, frame in found.lanes.items()}
    width, height = found.height, found.width
    for lane in lanes:
        if lane not in rows:
            rows[lane] = Frame(0, height, width, EMPTY_LANE)
            height += EMPTY_LANE
    paths = tuple(tuple((y, x) for x, y in path) for path in found.paths)
    return Layout(width, height, boxes, rows, paths, found.order)


def _turned(frame: Frame) -> Frame:
    return Frame(frame.y, frame.x, frame.height, frame.width)


def backward(names: Sequence[str], ends: Sequence[tuple[str, str]]) -> frozenset[int]:
    """Places of the arrows that close a circle, as one meets them walking from the first names on.

    >>> sorted(backward(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a"), ("c", "c")]))
    [2, 3]
    """
    out: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
    for way, (source, target) in enumerate(ends):
        out[source].append((way, target))
    entered = {target for _, target in ends}
    state: dict[str, int] = {}
    found: set[int] = set()
    for name in sorted(names, key=lambda one: one in entered):
        if name in state:
            continue
        state[name] = 1
        waiting = [(name, iter(out[name]))]
        while waiting:
            here, ways = waiting[-1]
            step = next(ways, None)
            if step is None:
                state[here] = 2
                waiting.pop()
            elif state.get(step[1]) == 1:
                found.add(step[0])
            elif step[1] not in state:
                state[step[1]] = 1
                waiting.append((step[1], iter(out[step[1]])))
    return frozenset(found)


def span(frames: Mapping[str, Frame]) -> Frame:
    """The rectangle around all of these."""
    left, top = min(one.x for one in frames.values()), min(one.y for one in frames.values())
    right = max(one.x + one.width for one in frames.values())
    return Frame(left, top, right - left, max(one.y + one.height for one in frames.values()) - top)
