"""Words on arrows: how much room they need, and where each lies without hiding a box, a line or other words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from sop.layout import Frame, Layout, Link
from sop.lettering import SMALL, SMALL_LEADING
from sop.scene import Point, text_width, wrap

SIZE = SMALL + 0.5
WIDTHS = (132.0, 100.0, 78.0)
"""Widths at which a label may be broken into lines, the preferred one first."""
ROOM = 1
"""Index of the width for which the page leaves room."""
TRIES = ((3.0, 8.0), (1.0, 4.0))
"""How far words keep from lines that are not theirs, and how finely places are looked for; the second where need be."""
HEAD = 12.0
"""Length of an arrow's head, which stays free."""

Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label lies, and the width at which its words are broken into lines.

    `upon`: it lies upon its line, not beside it; `free`: it hides nothing.
    """

    frame: Frame
    width: float
    upon: bool = True
    free: bool = False


def label_lines(label: str, width: float = WIDTHS[ROOM]) -> tuple[str, ...]:
    """Lines written on an arrow.

    >>> label_lines("besoin urgent : ne pas attendre le plan", 100)
    ('besoin urgent :', 'ne pas attendre', 'le plan')
    """
    return wrap(label, width, SIZE) if label else ()


def label_size(variants: Iterable[str], width: float = WIDTHS[ROOM]) -> tuple[float, float]:
    """Width and height of a label, whichever of these languages is shown; (0, 0) without words."""
    lines = [label_lines(label, width) for label in variants]
    rows = max((len(rows) for rows in lines), default=0)
    if not rows:
        return 0.0, 0.0
    widest = max((text_width(row, SIZE) for rows in lines for row in rows), default=0)
    return widest + 8, rows * SMALL_LEADING + 4


def places(layout: Layout, links: Sequence[Link], labels: Sequence[Sequence[str]], margin: float) -> list[Place | None]:
    """A place for the label of each arrow, in the order of the arrows; nothing for one without words.

    `labels` are the words in every language, so that nothing moves between them; `margin` is the height of the lane
    titles at the top and at the foot. Short arrows choose first, because they have the least choice.
    """
    placer = _Placer(layout, links, margin)
    found: list[Place | None] = [None] * len(links)
    for at in sorted(range(len(links)), key=lambda at: _length(layout.paths[at])):
        if any(labels[at]):
            found[at] = placer.place(at, labels[at])
    return found


class _Placer:
    """Keeps what is already on the page."""

    def __init__(self, layout: Layout, links: Sequence[Link], margin: float) -> None:
        self.layout, self.links = layout, links
        self.page = Frame(2, margin, layout.width - 4, layout.height - 2 * margin)
        self.blocked = [Frame(b.x - 4, b.y - HEAD, b.width + 8, b.height + HEAD + 8) for b in layout.boxes.values()]
        self.segments = [list(_segments(path)) for path in layout.paths]

    def place(self, at: int, variants: Sequence[str]) -> Place:
        """The first free place from the start of the arrow on, narrower where that is what it takes."""
        mine = (self.links[at].source, self.links[at].target)
        others = [
            segment
            for link, segments in zip(self.links, self.segments, strict=True)
            if (link.source, link.target) != mine
            for segment in segments
        ]
        own = self.segments[at]
        best, least = Place(Frame(0, 0, 0, 0), WIDTHS[0]), float("inf")
        for (near, step), width in product(TRIES, WIDTHS):
            size = label_size(variants, width)
            for frame, upon, far in _candidates(self.layout.paths[at], size, others, near, step):
                cost = self._cost(frame, others if upon else [*own, *others], near) + far / 1e5
                if cost < least:
                    best, least = Place(frame, width, upon, cost < 1), cost
                if cost < 1:
                    self.blocked.append(frame)
                    return best
        self.blocked.append(best.frame)
        return best

    def _cost(self, frame: Frame, others: Sequence[Segment], near: float) -> float:
        """What a label here would hide: nothing is 0."""
        if not self.page.holds(frame):
            return 1e6
        hidden = sum(50 for other in self.blocked if frame.touches(other))
        left, top, right, bottom = frame.x, frame.y, frame.x + frame.width + near, frame.y + frame.height + near
        return hidden + sum(  # `_near`, written out: it is asked a million times for a large page
            5 for x1, y1, x2, y2 in others if x1 < right and left < x2 + near and y1 < bottom and top < y2 + near
        )


def _candidates(
    path: Sequence[Point], size: tuple[float, float], others: Sequence[Segment], near: float, step: float
) -> Iterator[tuple[Frame, bool, float]]:
    """Frames upon and beside the parts of an arrow that it shares with no other, and how far along they are."""
    width, height = size
    far = 0.0
    for (x1, y1), (x2, y2) in pairwise(path):
        length = abs(x2 - x1) + abs(y2 - y1)
        upright = x1 == x2
        run = Frame(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
        sharing = [segment for segment in others if _near(segment, run, near)]
        for number in range(1, max(2, int(length / step))):
            share = 0.5 if length < 2 * step else number * step / length
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            if any(_near(segment, Frame(x, y, 0, 0), near) for segment in sharing):
                continue
            yield Frame(x - width / 2, y - height / 2, width, height), True, far + share * length
            for side in (1, -1):
                across, down = (side * (width / 2 + near + 1), 0) if upright else (0, -side * (height / 2 + near + 1))
                yield Frame(x + across - width / 2, y + down - height / 2, width, height), False, far + share * length
        far += length


def _segments(path: Sequence[Point]) -> Iterator[Segment]:
    for (x1, y1), (x2, y2) in pairwise(path):
        yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _near(segment: Segment, frame: Frame, margin: float) -> bool:
    left, top, right, bottom = segment
    return (
        left < frame.x + frame.width + margin
        and frame.x < right + margin
        and top < frame.y + frame.height + margin
        and frame.y < bottom + margin
    )


def _length(path: Sequence[Point]) -> float:
    return sum(abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(path))
