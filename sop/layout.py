"""Where the boxes and arrows of one page go: lanes are columns, the longest way down gives the row.

Sizes come in from outside and are the same for every language, so that nothing moves when the reader changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx

from sop.scene import Point

Cell = tuple[int, int]
"""Column and row."""

TRACK = 11.0
MIN_GAP = 30.0
MIN_CHANNEL = 46.0
LANE_CAPACITY = 2


@dataclass(frozen=True, slots=True)
class Spot:
    """One box: the lane it belongs to, its size, and whether arrows may leave it at its sides (a diamond)."""

    id: str
    lane: str
    width: float
    height: float
    pointed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow; `back` arrows do not count for the rows.

    `label` is the height that its words need in a channel; `aside` the width that they need beside their box.
    """

    source: str
    target: str
    back: bool = False
    label: float = 0
    aside: float = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> Point:
        """Its middle."""
        return (self.x + self.width / 2, self.y + self.height / 2)

    def touches(self, other: Frame, margin: float = 0) -> bool:
        """Whether the two overlap, or come nearer than `margin`."""
        return (
            self.x < other.x + other.width + margin
            and other.x < self.x + self.width + margin
            and self.y < other.y + other.height + margin
            and other.y < self.y + self.height + margin
        )

    def holds(self, other: Frame) -> bool:
        """Whether `other` lies inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The finished page: frames by id, lanes by id, one list of corners for each link, in the order they came."""

    width: float
    height: float
    boxes: Mapping[str, Frame]
    lanes: Mapping[str, Frame]
    paths: tuple[tuple[Point, ...], ...]
    order: tuple[str, ...]
    """Box ids as one reads the page: row by row, from left to right."""


@dataclass(slots=True)
class _Route:
    """An arrow before coordinates are known: the channels it runs through, from port to port."""

    link: Link
    exit: str = "bottom"
    entry: str = "top"
    legs: list[tuple[str, int]] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)


def arrange(spots: Sequence[Spot], links: Sequence[Link], lanes: Sequence[str], *, header: float) -> Layout:
    """Place the boxes of one page and route its arrows."""
    used = [lane for lane in lanes if any(spot.lane == lane for spot in spots)]
    grid = _Grid(spots, links, used)
    routes = [grid.route(link) for link in links]
    return _Ruler(grid, routes, header).layout()


class _Grid:
    """Boxes in cells, and which cells arrows already run through."""

    def __init__(self, spots: Sequence[Spot], links: Sequence[Link], lanes: Sequence[str]) -> None:
        self.spots = {spot.id: spot for spot in spots}
        self.lanes = list(lanes)
        graph = nx.DiGraph()
        graph.add_nodes_from(self.spots)
        graph.add_edges_from((link.source, link.target) for link in links if not link.back)
        depth = {name: at for at, names in enumerate(nx.topological_generations(graph)) for name in names}
        remaining = _remaining(graph)
        self.capacity = self._capacity(depth)
        self.first = {lane: sum(self.capacity[one] for one in lanes[:at]) for at, lane in enumerate(lanes)}
        self.columns = sum(self.capacity.values())
        self.cells: dict[str, Cell] = {}
        self.taken: dict[Cell, str] = {}
        place = {name: at for at, name in enumerate(self.spots)}
        order = nx.lexicographical_topological_sort(graph, key=lambda name: (-remaining[name], place[name]))
        for name in order:
            self._place(name, max((self.cells[before][1] + 1 for before in graph.predecessors(name)), default=0))
        self.rows = max((row for _, row in self.cells.values()), default=0) + 1
        self.runs: dict[Cell, str] = {}
        self.backs: dict[str, str] = {}

    def _capacity(self, depth: Mapping[str, int]) -> dict[str, int]:
        """How many boxes a lane holds side by side."""
        counts: dict[tuple[str, int], int] = {}
        for name, at in depth.items():
            counts[self.spots[name].lane, at] = counts.get((self.spots[name].lane, at), 0) + 1
        return {
            lane: min(LANE_CAPACITY, max((n for (one, _), n in counts.items() if one == lane), default=1))
            for lane in self.lanes
        }

    def _place(self, name: str, row: int) -> None:
        lane = self.spots[name].lane
        while True:
            for slot in range(self.capacity[lane]):
                cell = (self.first[lane] + slot, row)
                if cell not in self.taken:
                    self.taken[cell], self.cells[name] = name, cell
                    return
            row += 1

    def route(self, link: Link) -> _Route:
        """The calmest way for this arrow: straight down, across at a tip, beside its column, through a channel."""
        (from_column, from_row), (to_column, to_row) = self.cells[link.source], self.cells[link.target]
        if to_row <= from_row:
            return self._back(link)
        between = range(from_row + 1, to_row)
        below_target = [(to_column, row) for row in between]
        if self.spots[link.source].pointed and from_column != to_column:
            step = 1 if to_column > from_column else -1
            across = [(column, from_row) for column in range(from_column + step, to_column + step, step)]
            if self._claim([*across, *below_target], f"{link.source} {step} {link.target}"):
                return _Route(link, exit="right" if step > 0 else "left")
        if self._claim(below_target, f"to {link.target}"):
            return _Route(link, legs=[("row", from_row)] if from_column != to_column else [])
        if self._claim([(from_column, row) for row in between], f"from {link.source}"):
            return _Route(link, legs=[("row", to_row - 1)])
        if self.spots[link.source].pointed and from_column == to_column:
            return _Route(link, "right", "top", [("gap", to_column + 1), ("row", to_row - 1)])
        gap = self._gap(from_column, to_column)
        return _Route(link, legs=[("row", from_row), ("gap", gap), ("row", to_row - 1)])

    def _gap(self, from_column: int, to_column: int) -> int:
        return to_column if from_column < to_column else to_column + 1

    def _back(self, link: Link) -> _Route:
        (from_column, from_row), (to_column, _) = self.cells[link.source], self.cells[link.target]
        if link.source == link.target:
            return _Route(link, "right", "top", [("gap", to_column + 1), ("row", from_row - 1)])
        if from_column == to_column:
            side = "left" if self.backs.get(link.source, link.target) != link.target else "right"
            self.backs.setdefault(link.source, link.target)
            return _Route(link, side, side, [("gap", to_column + (side == "right"))])
        side, entry, gap = ("right", "left", to_column) if from_column < to_column else ("left", "right", to_column + 1)
        if self.spots[link.source].pointed:
            return _Route(link, "bottom", entry, [("row", from_row), ("gap", gap)])
        own = from_column + 1 if side == "right" else from_column
        legs = [("gap", gap)] if own == gap else [("gap", own), ("row", from_row - 1), ("gap", gap)]
        return _Route(link, side, entry, legs)

    def _claim(self, cells: Iterable[Cell], by: str) -> bool:
        """Take empty cells for one bundle of arrows."""
        cells = list(cells)
        if any(cell in self.taken or self.runs.get(cell, by) != by for cell in cells):
            return False
        self.runs.update(dict.fromkeys(cells, by))
        return True


def _remaining(graph: nx.DiGraph) -> dict[str, int]:
    """Steps on the longest way to an end."""
    found: dict[str, int] = {}
    for name in reversed(list(nx.topological_sort(graph))):
        found[name] = max((found[after] + 1 for after in graph.successors(name)), default=0)
    return found


class _Ruler:
    """Turns cells and channels into coordinates: first across, then down."""

    def __init__(self, grid: _Grid, routes: list[_Route], header: float) -> None:
        self.grid, self.routes, self.header = grid, routes, header
        self.gap_tracks = self._share("gap", lambda route, at: self._rows_of(route, at))
        self.column_x, self.gap_x, self.width = self._across()
        self.row_tracks = self._share("row", lambda route, at: self._span_of(route, at))
        self.rooms, self.tops, self.feet = self._rooms()
        self.row_y, self.channel_y, self.height = self._down()

    def _share(self, kind: str, span: Callable[[_Route, int], tuple[float, float]]) -> dict[int, int]:
        """Give each leg a track of its channel, so that only arrows to the same box lie upon each other."""
        held: dict[int, list[list[tuple[float, float, str]]]] = {}
        for route in self.routes:
            for at, (leg, channel) in enumerate(route.legs):
                if leg != kind:
                    continue
                low, high = span(route, at)
                tracks = held.setdefault(channel, [])
                number = _free_track(tracks, low, high, route.link.target)
                tracks[number].append((low, high, route.link.target))
                route.tracks += [0] * (at + 1 - len(route.tracks))
                route.tracks[at] = number
        return {channel: len(tracks) for channel, tracks in held.items()}

    def _rows_of(self, route: _Route, at: int) -> tuple[float, float]:
        """Rows that a leg between two columns passes; channels lie half a row below."""
        source, target = self.grid.cells[route.link.source][1], self.grid.cells[route.link.target][1]
        before = route.legs[at - 1][1] + 0.5 if at else source
        after = route.legs[at + 1][1] + 0.5 if at + 1 < len(route.legs) else target
        return min(before, after), max(before, after)

    def _across(self) -> tuple[list[float], list[float], float]:
        columns: list[float] = []
        gaps: list[float] = []
        x = 0.0
        width = max((spot.width for spot in self.grid.spots.values()), default=0)
        for column in range(self.grid.columns + 1):
            before, after = self._aside(column - 1), self._aside(column)
            gaps.append(x + MIN_GAP / 2 + before)
            x += MIN_GAP + TRACK * max(0, self.gap_tracks.get(column, 0) - 1) + before + after
            if column < self.grid.columns:
                columns.append(x + width / 2)
                x += width
        return columns, gaps, x

    def _aside(self, column: int) -> float:
        """Width beside a column for words of the arrows that leave its boxes."""
        cells = self.grid.cells
        return max((r.link.aside for r in self.routes if cells[r.link.source][0] == column), default=0)

    def _x_of(self, route: _Route, at: int, *, end: bool) -> float:
        """Where a leg along a row begins or ends."""
        neighbour = at + 1 if end else at - 1
        if 0 <= neighbour < len(route.legs):
            return self.gap_x[route.legs[neighbour][1]] + TRACK * route.tracks[neighbour]
        box = route.link.target if end else route.link.source
        side = route.entry if end else route.exit
        half = self.grid.spots[box].width / 2
        return self.column_x[self.grid.cells[box][0]] + {"left": -half, "right": half}.get(side, 0)

    def _span_of(self, route: _Route, at: int) -> tuple[float, float]:
        route.tracks += [0] * (len(route.legs) - len(route.tracks))
        first, last = self._x_of(route, at, end=False), self._x_of(route, at, end=True)
        return min(first, last), max(first, last)

    def _rooms(self) -> tuple[dict[Cell, float], dict[int, float], dict[int, float]]:
        """Heights for words: of each track (row and track), and above or below all tracks of a row's channel.

        Words on an arrow that goes straight down stand below the arrows that leave it, or above those that join it.
        """
        rooms: dict[Cell, float] = {}
        tops: dict[int, float] = {}
        feet: dict[int, float] = {}
        joined = {
            (route.link.target, channel) for route in self.routes for kind, channel in route.legs[-1:] if kind == "row"
        }
        for route in self.routes:
            height = route.link.label
            leg = next((at for at, (kind, _) in enumerate(route.legs) if kind == "row"), None)
            if not height or (leg is None and route.exit != "bottom"):
                continue
            if leg is None:
                row = self.grid.cells[route.link.source][1]
                side = tops if (route.link.target, row) in joined else feet
                side[row] = max(side.get(row, 0), height + 4)
            else:
                track = (route.legs[leg][1], route.tracks[leg])
                rooms[track] = max(rooms.get(track, 0), height + 4)
        return rooms, tops, feet

    def _down(self) -> tuple[list[float], dict[Cell, float], float]:
        rows: list[float] = []
        channels: dict[Cell, float] = {}
        y = self._channel(-1, self.header, channels)
        for row in range(self.grid.rows):
            height = max(self.grid.spots[n].height for n, cell in self.grid.cells.items() if cell[1] == row)
            rows.append(y + height / 2)
            y = self._channel(row, y + height, channels)
        return rows, channels, y + self.header

    def _channel(self, row: int, top: float, channels: dict[Cell, float]) -> float:
        """Lay the tracks of the channel under a row; says where it ends."""
        y = top + MIN_CHANNEL / 2 - 4 + self.tops.get(row, 0)
        below = 0.0
        for track in range(max(1, self.row_tracks.get(row, 0))):
            above = max(TRACK, self.rooms.get((row, track), 0)) / 2
            y += max(0, above - TRACK / 2) if track == 0 else above + below
            channels[row, track] = y
            below = above
        return y + max(below - TRACK / 2, self.feet.get(row, 0)) + MIN_CHANNEL / 2 + 4

    def layout(self) -> Layout:
        """Everything in coordinates."""
        boxes = {name: self._frame(name) for name in self.grid.spots}
        lanes = {}
        for lane in self.grid.lanes:
            first = self.grid.first[lane]
            left = self._edge(first)
            right = self._edge(first + self.grid.capacity[lane])
            lanes[lane] = Frame(left, 0, right - left, self.height)
        order = sorted(boxes, key=lambda name: (self.grid.cells[name][1], self.grid.cells[name][0]))
        paths = tuple(self._path(route, boxes) for route in self.routes)
        return Layout(self.width, self.height, boxes, lanes, paths, tuple(order))

    def _edge(self, column: int) -> float:
        """Border between two lanes: the middle of the gap, or the rim of the page."""
        if column == 0:
            return 0
        if column == self.grid.columns:
            return self.width
        spread = TRACK * max(0, self.gap_tracks.get(column, 0) - 1)
        return self.gap_x[column] + spread / 2

    def _frame(self, name: str) -> Frame:
        spot, (column, row) = self.grid.spots[name], self.grid.cells[name]
        return Frame(self.column_x[column] - spot.width / 2, self.row_y[row] - spot.height / 2, spot.width, spot.height)

    def _path(self, route: _Route, boxes: Mapping[str, Frame]) -> tuple[Point, ...]:
        points = [_port(boxes[route.link.source], route.exit)]
        for (leg, channel), track in zip(route.legs, route.tracks, strict=False):
            x, y = points[-1]
            if leg == "row":
                points.append((x, self.channel_y[channel, track]))
            else:
                points.append((self.gap_x[channel] + TRACK * track, y))
        end = _port(boxes[route.link.target], route.entry)
        if route.entry == "top":
            points.append((end[0], points[-1][1]))
        else:
            points.append((points[-1][0], end[1]))
        points.append(end)
        return _straightened(points)


def _free_track(tracks: list[list[tuple[float, float, str]]], low: float, high: float, target: str) -> int:
    for number, held in enumerate(tracks):
        if all(high < other_low or low > other_high or target == other for other_low, other_high, other in held):
            return number
    tracks.append([])
    return len(tracks) - 1


def _port(box: Frame, side: str) -> Point:
    x, y = box.center
    if side == "top":
        return (x, box.y)
    if side == "bottom":
        return (x, box.y + box.height)
    return (box.x if side == "left" else box.x + box.width, y)


def _straightened(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without corners that are none."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) < 0.01 and abs(found[-1][1] - point[1]) < 0.01:
            continue
        if len(found) > 1 and (found[-2][0] == found[-1][0] == point[0] or found[-2][1] == found[-1][1] == point[1]):
            found[-1] = point
            continue
        found.append(point)
    return tuple(found)
