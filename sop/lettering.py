"""Text inside shapes: how high a box must be so that its words fit in every language, and where each line goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from sop.scene import text_width, wrap

SIZE = 12.5
LEADING = 15.5
SMALL = 10.5
SMALL_LEADING = 13.0
WIDTH = 172.0
PADDING = 11.0
HEADER = 26.0
CORNER = 20.0
MIN_HEIGHT = 58.0
SPARE = 1.3
"""A flowchart in one language keeps room for a translation that is longer."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one box says in one language."""

    title: str
    note: str = ""


def box_height(variants: Sequence[Words]) -> float:
    """Height of a box that holds each of these, whichever is shown."""
    lines = max(len(box_lines(words.title)) for words in variants)
    notes = max(len(note_lines(words.note)) for words in variants)
    if len(variants) == 1:
        lines = ceil(lines * SPARE)
    return max(MIN_HEIGHT, HEADER + lines * LEADING + notes * SMALL_LEADING + PADDING)


def box_lines(title: str) -> tuple[str, ...]:
    """Lines of a box's label."""
    return wrap(title, WIDTH - 2 * PADDING - 4, SIZE)


def note_lines(note: str) -> tuple[str, ...]:
    """Lines of the small print under it, clear of the sign in the lower right corner."""
    return wrap(note, WIDTH - 2 * PADDING - 4 - CORNER, SMALL, max_lines=3) if note else ()


def diamond_height(titles: Iterable[str]) -> float:
    """Height of a diamond in which each of these fits."""
    titles = list(titles)
    spare = SPARE if len(titles) == 1 else 1.0
    height = 84.0
    while height < 260 and not all(diamond_lines(title, height / spare) for title in titles):
        height += 6
    return height


def diamond_lines(title: str, height: float) -> tuple[str, ...]:
    """Lines of a label in a diamond of this height under its id, or nothing when it is too low."""
    if not title:
        return ("",)
    for count in range(1, 9):
        rooms = [_room(height, (at - count / 2) * LEADING) for at in range(1, count + 1)]
        lines = _pour(title, rooms) if _room(height, -count / 2 * LEADING) > 24 else ()
        if lines:
            return lines
    return ()


def _room(height: float, offset: float) -> float:
    """Width of a diamond `offset` from its middle, for a line of text."""
    far = abs(offset) + LEADING / 2
    return WIDTH * (1 - 2 * far / height) - 16


def _pour(title: str, rooms: Sequence[float]) -> tuple[str, ...]:
    lines: list[str] = []
    words = title.split(" ")
    for room in rooms:
        line = ""
        while words and text_width(f"{line} {words[0]}".strip(), SIZE) <= room:
            line = f"{line} {words.pop(0)}".strip()
        if not line:
            return ()
        lines.append(line)
        if not words:
            break
    return () if words else tuple(lines)
