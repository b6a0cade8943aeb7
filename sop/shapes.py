"""The shapes of the drawing: what a step is can be read from its outline alone, where the case stands from a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sop.agenda import Standing
from sop.flowchart import StepKind
from sop.labels import SIZE as LABEL_SIZE
from sop.labels import Place, label_lines, label_size
from sop.layout import Frame
from sop.lettering import SMALL_LEADING
from sop.scene import (
    BLUE,
    BLUE_PALE,
    GREEN,
    GREEN_PALE,
    INK,
    MUTED,
    OCHRE,
    OCHRE_DARK,
    RED,
    RED_PALE,
    VIOLET,
    VIOLET_PALE,
    WHITE,
    Circle,
    Item,
    Line,
    Path,
    Point,
    Polygon,
    Rect,
    Text,
    arrow_head,
    polyline,
    text_width,
)
from sop.vocabulary import N_

ORANGE, ORANGE_PALE = "#b4541a", "#fbe6d6"
YELLOW_DARK, YELLOW_PALE = "#7a6200", "#fff6cc"
GREY, GREY_PALE = "#8a8f8e", "#f4f3ef"
CORNER = 14.0
POINT = 14.0
DASH = (6.0, 4.0)
"""Of arrows that lead back."""

STANDING_WORDS: dict[Standing, str] = {
    Standing.DONE: N_("done"),
    Standing.NOW: N_("now"),
    Standing.NEXT: N_("next"),
    Standing.SKIPPED: N_("not taken"),
}
STANDING_SIGNS: dict[Standing, str] = {
    Standing.DONE: "✓",
    Standing.NOW: "●",
    Standing.NEXT: "◌",
    Standing.SKIPPED: "–",
}
KIND_WORDS: dict[StepKind, str] = {
    StepKind.START: N_("start"),
    StepKind.END: N_("end"),
    StepKind.TASK: N_("task"),
    StepKind.DECISION: N_("decision"),
    StepKind.RULE: N_("decision table"),
    StepKind.CONSENT: N_("consent"),
    StepKind.LEGAL_BASIS: N_("legal basis"),
    StepKind.SHARE: N_("data are passed on"),
    StepKind.WAIT: N_("wait for an answer"),
    StepKind.SPLIT_OR: N_("several ways at once"),
    StepKind.JOIN_OR: N_("ways come together"),
    StepKind.PATHWAY: N_("pathway of one need"),
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Fill and outline of one shape."""

    fill: str
    stroke: str
    width: float = 1.5
    dash: tuple[float, ...] = ()


PAINTS: dict[StepKind, Paint] = {
    StepKind.START: Paint(GREEN_PALE, GREEN, 2),
    StepKind.END: Paint(RED_PALE, RED, 2),
    StepKind.TASK: Paint(WHITE, MUTED),
    StepKind.DECISION: Paint(YELLOW_PALE, YELLOW_DARK),
    StepKind.RULE: Paint(YELLOW_PALE, YELLOW_DARK),
    StepKind.CONSENT: Paint(BLUE_PALE, BLUE),
    StepKind.LEGAL_BASIS: Paint(BLUE_PALE, BLUE),
    StepKind.SHARE: Paint(ORANGE_PALE, ORANGE),
    StepKind.WAIT: Paint(WHITE, MUTED),
    StepKind.SPLIT_OR: Paint(VIOLET_PALE, VIOLET),
    StepKind.JOIN_OR: Paint(VIOLET_PALE, VIOLET),
    StepKind.PATHWAY: Paint(GREEN_PALE, GREEN),
}
REFERENCE = Paint(GREY_PALE, GREY, 1.5, (2, 3))


def paint_of(kind: StepKind | None, standing: Standing | None, *, elsewhere: bool) -> Paint:
    """Colours of a step; the standing changes only the outline, so that the kind stays readable."""
    base = REFERENCE if elsewhere or kind is None else PAINTS[kind]
    if standing is Standing.NOW:
        return Paint(base.fill, OCHRE, 4)
    if standing is Standing.NEXT:
        return Paint(base.fill, base.stroke, 2, (6, 4))
    if standing is Standing.SKIPPED:
        return Paint(GREY_PALE, GREY, 1)
    return base


def outline(kind: StepKind | None, frame: Frame, paint: Paint) -> list[Item]:
    """The shape of a kind inside its frame."""
    if kind in (StepKind.DECISION, StepKind.SPLIT_OR, StepKind.JOIN_OR):
        return _diamond(frame, paint)
    if kind in (StepKind.START, StepKind.END):
        return _pill(frame, paint, double=kind is StepKind.END)
    if kind in (StepKind.CONSENT, StepKind.LEGAL_BASIS):
        return _document(frame, paint)
    if kind is StepKind.SHARE:
        return _arrow(frame, paint)
    items: list[Item] = [_rect(frame, paint, 8)]
    marks: dict[StepKind | None, Callable[[Frame, Paint], list[Item]]] = {
        StepKind.PATHWAY: _bars,
        None: _bars,
        StepKind.RULE: _table,
        StepKind.WAIT: _clock,
    }
    return items + (marks[kind](frame, paint) if kind in marks else [])


def _rect(frame: Frame, paint: Paint, radius: float) -> Rect:
    return Rect(
        frame.x,
        frame.y,
        frame.width,
        frame.height,
        radius,
        fill=paint.fill,
        stroke=paint.stroke,
        stroke_width=paint.width,
        dash=paint.dash,
    )


def _polygon(points: tuple[tuple[float, float], ...], paint: Paint) -> Polygon:
    return Polygon(points, fill=paint.fill, stroke=paint.stroke, stroke_width=paint.width, dash=paint.dash)


def _diamond(frame: Frame, paint: Paint) -> list[Item]:
    x, y = frame.center
    right, bottom = frame.x + frame.width, frame.y + frame.height
    return [_polygon(((x, frame.y), (right, y), (x, bottom), (frame.x, y)), paint)]


def _pill(frame: Frame, paint: Paint, *, double: bool) -> list[Item]:
    radius = min(frame.height / 2, 30)
    items: list[Item] = [_rect(frame, paint, radius)]
    if double:
        inner = Frame(frame.x + 4, frame.y + 4, frame.width - 8, frame.height - 8)
        items.append(_rect(inner, Paint(paint.fill, paint.stroke, 1), radius - 4))
    return items


def _document(frame: Frame, paint: Paint) -> list[Item]:
    right, bottom, x, y = frame.x + frame.width, frame.y + frame.height, frame.x, frame.y
    fold = (right - CORNER, bottom - CORNER)
    body = _polygon(((x, y), (right, y), (right, bottom - CORNER), (right - CORNER, bottom), (x, bottom)), paint)
    corner = Polygon(
        ((right - CORNER, bottom), fold, (right, bottom - CORNER)), fill=WHITE, stroke=paint.stroke, stroke_width=1.2
    )
    return [body, corner]


def _arrow(frame: Frame, paint: Paint) -> list[Item]:
    right, bottom, x, y = frame.x + frame.width, frame.y + frame.height, frame.x, frame.y
    middle = frame.center[1]
    return [_polygon(((x, y), (right - POINT, y), (right, middle), (right - POINT, bottom), (x, bottom)), paint)]


def _bars(frame: Frame, paint: Paint) -> list[Item]:
    top, bottom = frame.y, frame.y + frame.height
    return [
        Line(x, top, x, bottom, stroke=paint.stroke, stroke_width=1.2) for x in (frame.x + 7, frame.x + frame.width - 7)
    ]


def _table(frame: Frame, paint: Paint) -> list[Item]:
    x, y = frame.x + frame.width - 26, frame.y + frame.height - 18
    grid = Path(
        (
            ("M", x, y + 4),
            ("L", x + 18, y + 4),
            ("M", x, y + 8),
            ("L", x + 18, y + 8),
            ("M", x + 6, y),
            ("L", x + 6, y + 12),
        ),
        stroke=paint.stroke,
    )
    return [Rect(x, y, 18, 12, fill=WHITE, stroke=paint.stroke), grid]


def _clock(frame: Frame, paint: Paint) -> list[Item]:
    x, y = frame.x + frame.width - 15, frame.y + frame.height - 14
    hands = Path((("M", x, y - 4), ("L", x, y), ("L", x + 3, y + 2)), stroke=paint.stroke, stroke_width=1.2)
    return [Circle(x, y, 7, fill=WHITE, stroke=paint.stroke, stroke_width=1.2), hands]


def tag_width(standing: Standing, word: str) -> float:
    """How wide a tag is."""
    return text_width(f"{STANDING_SIGNS[standing]} {word}", 11, bold=True) + 12


def tag(standing: Standing, word: str, x: float, y: float) -> list[Item]:
    """A small label with sign and word that lies on the upper rim of a box, its left end at `x`."""
    text = f"{STANDING_SIGNS[standing]} {word}"
    width = tag_width(standing, word)
    fill, ink, stroke = {
        Standing.DONE: (GREEN_PALE, "#175c33", GREEN),
        Standing.NOW: (OCHRE_DARK, WHITE, OCHRE_DARK),
        Standing.NEXT: (WHITE, INK, MUTED),
        Standing.SKIPPED: (GREY_PALE, MUTED, GREY),
    }[standing]
    dash = (4.0, 3.0) if standing is Standing.NEXT else ()
    return [
        Rect(x, y - 9, width, 18, 9, fill=fill, stroke=stroke, dash=dash),
        Text(x + width / 2, y + 4, text, 11, "middle", bold=True, fill=ink),
    ]


def chip(text: str, right: float, y: float) -> list[Item]:
    """A deadline, its right end at `right`."""
    width = text_width(text, 10.5, bold=True) + 12
    return [
        Rect(right - width, y - 8, width, 16, 4, fill=WHITE, stroke=GREY),
        Text(right - width / 2, y + 3.8, text, 10.5, "middle", bold=True),
    ]


def arrow(path: Sequence[Point], dash: tuple[float, ...] = ()) -> list[Item]:
    """A line with a head at its end; dashed where it leads back."""
    (before_x, before_y), (x, y) = path[-2], path[-1]
    length = abs(x - before_x) + abs(y - before_y) or 1
    short = (x - (x - before_x) / length * 6, y - (y - before_y) / length * 6)
    return [
        polyline((*path[:-1], short), stroke=MUTED, stroke_width=1.5, dash=dash, radius=7),
        arrow_head((x, y), (before_x, before_y), size=9, fill=MUTED),
    ]


def arrow_label(place: Place, words: str) -> list[Item]:
    """The words of an arrow; upon its line they lie on paper."""
    lines = label_lines(words, place.width)
    x, y = place.frame.center
    width, height = label_size([words], place.width)
    first = y - len(lines) * SMALL_LEADING / 2 + 10
    paper: list[Item] = [Rect(x - width / 2, y - height / 2, width, height, 4, fill=WHITE)] if place.upon else []
    rows = [(first + at * SMALL_LEADING, line) for at, line in enumerate(lines)]
    return paper + [Text(x, at, line, LABEL_SIZE, "middle", fill=INK) for at, line in rows]


def moved(item: Item, x: float, y: float) -> Item:
    """The same shape, further right by `x` and down by `y`."""
    if isinstance(item, Rect | Text | Circle):
        return replace(item, x=item.x + x, y=item.y + y)
    if isinstance(item, Line):
        return replace(item, x1=item.x1 + x, x2=item.x2 + x, y1=item.y1 + y, y2=item.y2 + y)
    if isinstance(item, Polygon):
        return replace(item, points=tuple((a + x, b + y) for a, b in item.points))
    if isinstance(item, Path):
        return replace(item, commands=tuple(_moved(command, x, y) for command in item.commands))
    return replace(item, items=tuple(moved(one, x, y) for one in item.items))


def _moved(command: tuple[str | float, ...], x: float, y: float) -> tuple[str | float, ...]:
    name, *numbers = command
    return (name, *(float(number) + (y if at % 2 else x) for at, number in enumerate(numbers)))
