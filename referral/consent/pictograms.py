"""Five small pictures for people who read little: who may see, what, until when, you may take it back, help stays."""

from __future__ import annotations

from sop.scene import GREEN, GREEN_PALE, INK, OCHRE, RED, WHITE, Circle, Item, Line, Path, Polygon, Rect, Scene

SIDE = 64


def _scene(title: str, *items: Item) -> Scene:
    return Scene(
        SIDE, SIDE, (Rect(1, 1, 62, 62, radius=10, fill=GREEN_PALE, stroke=GREEN, stroke_width=2), *items), title
    )


def who(title: str) -> Scene:
    """A house with its door: the organisation that may see."""
    return _scene(
        title,
        Polygon(((12, 32), (32, 14), (52, 32)), fill=GREEN),
        Rect(17, 32, 30, 19, fill=WHITE, stroke=INK, stroke_width=2),
        Rect(28, 38, 8, 13, fill=GREEN),
    )


def what(title: str) -> Scene:
    """A sheet with lines: what is passed on."""
    lines = [Line(22, y, 42, y, stroke=INK, stroke_width=2) for y in (26, 33, 40)]
    return _scene(title, Rect(17, 12, 30, 40, fill=WHITE, stroke=INK, stroke_width=2), *lines)


def until(title: str) -> Scene:
    """A clock: until when."""
    return _scene(
        title,
        Circle(32, 32, 19, fill=WHITE, stroke=INK, stroke_width=2),
        Line(32, 32, 32, 20, stroke=INK, stroke_width=3),
        Line(32, 32, 41, 37, stroke=OCHRE, stroke_width=3),
    )


def back(title: str) -> Scene:
    """An arrow that turns back: you may say stop."""
    return _scene(
        title,
        Path((("M", 20, 26), ("C", 34, 14, 52, 24, 48, 40), ("C", 46, 50, 32, 54, 22, 46)), stroke=RED, stroke_width=4),
        Polygon(((12, 30), (27, 18), (27, 34)), fill=RED),
    )


def helped(title: str) -> Scene:
    """Two hands under a heart, drawn plainly: help stays the same."""
    return _scene(
        title,
        Path((("M", 32, 44), ("C", 8, 28, 20, 12, 32, 24), ("C", 44, 12, 56, 28, 32, 44), ("Z",)), fill=RED),
        Path((("M", 12, 46), ("C", 22, 56, 42, 56, 52, 46)), stroke=INK, stroke_width=4),
    )
