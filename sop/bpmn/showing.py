"""A drawing as a picture: as it was drawn, or laid out by us where the file has no picture.

Shapes are those that readers of BPMN know: circles for events, diamonds for gateways, rounded boxes for work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from sop.bpmn.drawing import Drawing, Exchange, Flow, Node
from sop.bpmn.geometry import EVENT, GATEWAY, TASK, Shape, across, span
from sop.bpmn.names import EVENTS
from sop.layout import Frame
from sop.scene import (
    BLUE,
    GREEN,
    GREEN_PALE,
    INK,
    LINE,
    MUTED,
    PAPER,
    RED,
    RED_PALE,
    VIOLET,
    VIOLET_PALE,
    WHITE,
    Circle,
    Group,
    Item,
    Point,
    Polygon,
    Rect,
    Scene,
    Text,
    arrow_head,
    polyline,
    text_width,
    wrap,
)
from sop.shapes import YELLOW_DARK, YELLOW_PALE
from sop.vocabulary import N_

Translate = Callable[[str], str]

MARGIN: Final = 24.0
SIZE: Final = 11.0
LANE_TITLE: Final = 130.0
MARKS: Final[Mapping[str, str]] = {
    "exclusiveGateway": "×",
    "parallelGateway": "+",
    "inclusiveGateway": "○",
    "eventBasedGateway": "◇",
    "complexGateway": "∗",
}
SIGNS: Final[Mapping[str, str]] = {"timer": "◷", "message": "✉", "link": "➔", "signal": "△", "terminate": "●"}


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where everything is: frames of nodes, lanes and pools, way points of flows; titles of lanes laid out by us."""

    frames: Mapping[str, Frame]
    paths: Mapping[str, tuple[Point, ...]]
    bands: tuple[tuple[str, Frame], ...]


def scene(drawing: Drawing, *, translate: Translate = str) -> Scene:
    """The picture of a drawing; every node is in it, also those that the file does not place."""
    placed = _as_drawn(drawing) if any(key in drawing.frames for key in drawing.nodes) else _laid_out(drawing)
    placed, width, height = _moved(placed)
    items = [*_bands(placed), *_nodes(drawing, placed, True, translate)]
    items += [*_flows(drawing, placed), *_nodes(drawing, placed, False, translate)]
    template = translate(N_("%(nodes)d steps and %(flows)d arrows, as they were drawn"))
    description = template % {"nodes": len(drawing.nodes), "flows": len(drawing.flows)}
    title = drawing.name or drawing.id or translate(N_("Drawing"))
    return Scene(width, height, tuple(items), title, description)


def _moved(placed: _Placed) -> tuple[_Placed, float, float]:
    """The same from the corner of a sheet on, and the size of the sheet."""
    every = [*placed.frames.values(), *(frame for _, frame in placed.bands)]
    points = [point for path in placed.paths.values() for point in path]
    points += [(one.x, one.y) for one in every] + [(one.x + one.width, one.y + one.height) for one in every]
    xs, ys = [x for x, _ in points] or [0.0, 200.0], [y for _, y in points] or [0.0, 60.0]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    moved = _Placed(
        {key: replace(one, x=one.x - left, y=one.y - top) for key, one in placed.frames.items()},
        {key: tuple((x - left, y - top) for x, y in path) for key, path in placed.paths.items()},
        tuple((name, replace(one, x=one.x - left, y=one.y - top)) for name, one in placed.bands),
    )
    return moved, max(xs) - left + MARGIN, max(ys) - top + 2 * MARGIN


def _as_drawn(drawing: Drawing) -> _Placed:
    """The file's own picture; what it does not place stands in rows below."""
    names = {*drawing.nodes, *drawing.lanes, *drawing.pools}
    frames = {key: frame for key, frame in drawing.frames.items() if key in names}
    around, lost = span(frames), [node for key, node in drawing.nodes.items() if key not in frames]
    per_row = max(1, int(around.width // (TASK[0] + MARGIN)))
    for number, node in enumerate(lost):
        x = around.x + (number % per_row) * (TASK[0] + MARGIN)
        y = around.y + around.height + 2 * MARGIN + (number // per_row) * (TASK[1] + 2 * MARGIN)
        frames[node.id] = Frame(x, y, *_size(node))
    holders = {key: one.name for key, one in drawing.pools.items()} | {
        key: one.name for key, one in drawing.lanes.items()
    }
    bands = tuple((name, frames.pop(key)) for key, name in holders.items() if key in frames)
    return _Placed(frames, drawing.paths, bands)


def _laid_out(drawing: Drawing) -> _Placed:
    """Lanes across, in the order of the file."""
    lanes = {key: lane.name for key, lane in drawing.lanes.items()}
    pools = {pool.process: pool.name for pool in drawing.pools.values() if pool.process}
    shapes = []
    for node in drawing.nodes.values():
        lane = node.lane if node.lane in lanes else f"process {node.process}"
        lanes.setdefault(lane, pools.get(node.process, ""))
        shapes.append(Shape(node.id, lane, _size(node), node.is_gateway))
    if not shapes:
        return _Placed({}, {}, ())
    flows = [one for one in drawing.flows if one.source in drawing.nodes and one.target in drawing.nodes]
    found = across(shapes, [(one.source, one.target) for one in flows], tuple(lanes), title=LANE_TITLE)
    paths = {flow.id: path for flow, path in zip(flows, found.paths, strict=True)}
    return _Placed(found.boxes, paths, tuple((lanes[key], frame) for key, frame in found.lanes.items()))


def _size(node: Node) -> tuple[float, float]:
    return EVENT if node.type in EVENTS else GATEWAY if node.is_gateway else TASK


# --- shapes ----------------------------------------------------------------------------------------------------------


def _bands(placed: _Placed) -> Iterator[Item]:
    """Pools and lanes; the name of a pool that holds lanes stands above it, where no lane covers it."""
    for name, frame in sorted(placed.bands, key=lambda band: -band[1].width * band[1].height):
        yield Rect(frame.x, frame.y, frame.width, frame.height, fill=PAPER, stroke=LINE)
        if not name:
            continue
        if any(frame is not other and frame.holds(other) for _, other in placed.bands):
            yield Text(frame.x, frame.y - 5, wrap(name, max(60.0, frame.width), SIZE, max_lines=1), SIZE, fill=MUTED)
        else:
            lines = wrap(name, max(60.0, min(frame.width - 12, LANE_TITLE - 10)), SIZE, bold=True, max_lines=4)
            yield Text(frame.x + 6, frame.y + 15, lines, SIZE, bold=True, fill=MUTED)


def _nodes(drawing: Drawing, placed: _Placed, holders: bool, translate: Translate) -> Iterator[Item]:
    """Sub-processes that hold others lie under the arrows (the outer first), everything else above."""
    held = {node.inside for node in drawing.nodes.values() if node.inside}
    for number, (key, node) in enumerate(drawing.nodes.items()):
        if (key in held) is holders and key in placed.frames:
            said = " · ".join(part for part in (node.name, translate(word(node))) if part)
            items = tuple(
                _shape(node, placed.frames[key], open_box=node.is_sub_process and _is_open(drawing, placed, key))
            )
            yield Group(items, label=said, name=f"part-{number}")


def _is_open(drawing: Drawing, placed: _Placed, key: str) -> bool:
    """Whether something else is drawn inside this box."""
    frame = placed.frames[key]
    inside = (one for one in drawing.nodes.values() if one.inside == key and one.id in placed.frames)
    return any(frame.holds(placed.frames[one.id]) for one in inside)


def word(node: Node) -> str:
    """What a node is, a message id."""
    if node.type in EVENTS:
        return {"startEvent": N_("start"), "endEvent": N_("end")}.get(node.type, N_("event"))
    if node.is_gateway:
        return N_("gateway")
    return N_("sub-process") if node.is_sub_process else N_("task")


def _shape(node: Node, frame: Frame, *, open_box: bool) -> Iterator[Item]:
    if node.type in EVENTS:
        yield from _event(node, frame)
    elif node.is_gateway:
        yield from _gateway(node, frame)
    else:
        yield Rect(frame.x, frame.y, frame.width, frame.height, 8, fill=WHITE, stroke=MUTED, stroke_width=1.5)
        yield from _inner_text(node, frame, open_box)


def _inner_text(node: Node, frame: Frame, open_box: bool) -> Iterator[Item]:
    room = 1 if open_box else max(1, int((frame.height - 8) // 14))
    lines = wrap(node.name, max(20.0, frame.width - 5), SIZE, max_lines=room) if node.name else ()
    if not lines:
        return
    middle = frame.y + 10 if open_box else frame.center[1]
    yield Text(frame.center[0], middle - (len(lines) - 1) * 6.9 + 4, lines, SIZE, "middle")


def _event(node: Node, frame: Frame) -> Iterator[Item]:
    x, y = frame.center
    radius = min(frame.width, frame.height) / 2
    paint = {"startEvent": (GREEN_PALE, GREEN, 1.5), "endEvent": (RED_PALE, RED, 3.0)}
    fill, stroke, width = paint.get(node.type, (WHITE, BLUE, 1.5))
    yield Circle(x, y, radius, fill=fill, stroke=stroke, stroke_width=width)
    if node.type not in paint:
        yield Circle(x, y, max(1.0, radius - 3), stroke=stroke)
    sign = next((SIGNS[one] for one in node.events if one in SIGNS), "")
    if sign:
        yield Text(x, y + 4, sign, SIZE, "middle", fill=stroke)
    yield from _below(node.name or node.link or "", frame)


def _gateway(node: Node, frame: Frame) -> Iterator[Item]:
    x, y = frame.center
    points = ((x, frame.y), (frame.x + frame.width, y), (x, frame.y + frame.height), (frame.x, y))
    fill, stroke = (YELLOW_PALE, YELLOW_DARK) if node.type == "exclusiveGateway" else (VIOLET_PALE, VIOLET)
    yield Polygon(points, fill=fill, stroke=stroke, stroke_width=1.5)
    yield Text(x, y + 5, MARKS.get(node.type, ""), 15, "middle", bold=True, fill=stroke)
    yield from _below(node.name, frame)


def _below(name: str, frame: Frame) -> Iterator[Item]:
    """A label under a small shape, on white so that it stays readable over arrows."""
    lines = wrap(name, 126, 10, max_lines=4) if name else ()
    if not lines:
        return
    width = max(text_width(line, 10) for line in lines)
    top = frame.y + frame.height + 3
    yield Rect(frame.center[0] - width / 2 - 2, top, width + 4, len(lines) * 12.5 + 2, 2, fill=WHITE)
    yield Text(frame.center[0], top + 10, lines, 10, "middle")


def _flows(drawing: Drawing, placed: _Placed) -> Iterator[Item]:
    labels: list[Item] = []
    every: list[Flow | Exchange] = [*drawing.flows, *drawing.exchanges]
    for one in every:
        dash = (5.0, 4.0) if isinstance(one, Exchange) else ()
        path = placed.paths.get(one.id) or _straight(placed.frames.get(one.source), placed.frames.get(one.target))
        path = tuple(point for at, point in enumerate(path) if at == 0 or point != path[at - 1])
        if len(path) < 2:
            continue
        yield polyline(path, stroke=MUTED, stroke_width=1.3, dash=dash, radius=5)
        yield arrow_head(path[-1], path[-2], size=8, fill=MUTED)
        if one.name:
            labels += _flow_label(one.name, path)
    yield from labels


def _flow_label(name: str, path: tuple[Point, ...]) -> Iterator[Item]:
    """Beside the longest part of the arrow."""
    parts = list(pairwise(path))
    (x1, y1), (x2, y2) = max(parts, key=lambda part: abs(part[0][0] - part[1][0]) + abs(part[0][1] - part[1][1]))
    lines = wrap(name, 120, 10, max_lines=3)
    width, x, y = max(text_width(line, 10) for line in lines), (x1 + x2) / 2, (y1 + y2) / 2
    yield Rect(x - width / 2 - 2, y - 6.5 * len(lines), width + 4, 12.5 * len(lines) + 1, 2, fill=WHITE)
    yield Text(x, y - 6.5 * len(lines) + 10, lines, 10, "middle", fill=INK)


def _straight(source: Frame | None, target: Frame | None) -> tuple[Point, ...]:
    if source is None or target is None:
        return ()
    if source.center[0] <= target.center[0]:
        return (source.x + source.width, source.center[1]), (target.x, target.center[1])
    return (source.x, source.center[1]), (target.x + target.width, target.center[1])
