"""A picture as data: a few shapes that one writer turns into SVG and another (foundation.pictures) into PDF.

Lengths are CSS pixels, y grows downwards, as in SVG. The SVG uses presentation attributes only, because a strict
content security policy blocks `style=`. Colours come from the palette below; a state is never told by colour alone:
use a `Hatch`, a dash, a shape or a word as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import hypot, isfinite
from typing import TypeAlias

GREEN = "#0b5d4e"
GREEN_DARK = "#084438"
GREEN_PALE = "#e6f3ea"
OCHRE = "#c8871e"
OCHRE_DARK = "#8a5a00"
OCHRE_PALE = "#fdf3dc"
RED = "#a32a1b"
RED_PALE = "#fbeae6"
BLUE = "#1f4f82"
BLUE_PALE = "#e7eef7"
VIOLET = "#5b5570"
VIOLET_PALE = "#eeecf4"
INK = "#1d2a2a"
MUTED = "#566463"
LINE = "#dcdad2"
HATCH_INK = "#b9b5a8"
PAPER = "#f6f5f1"
WHITE = "#ffffff"

FONT_FAMILY = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
LINE_HEIGHT = 1.25

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_LINK = re.compile(r"(?:https?://[^/\s]|/(?![/\\])|[#?])[!-\[\]-~]*\Z")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ARGUMENTS = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


@dataclass(frozen=True, slots=True)
class Hatch:
    """A fill of parallel lines, readable in black and white; `cross` adds the other diagonal."""

    ink: str = HATCH_INK
    paper: str = "#f0eee7"
    spacing: float = 6
    width: float = 1.5
    cross: bool = False

    def __post_init__(self) -> None:
        _check_colours(self.ink, self.paper)


Fill: TypeAlias = str | Hatch | None
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Painted:
    fill: Fill = None
    stroke: str | None = None
    stroke_width: float = 1
    dash: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_colours(self.fill, self.stroke)


@dataclass(frozen=True, slots=True)
class Rect(_Painted):
    """A rectangle from its top left corner, with corners of `radius`."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke between two points."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str = INK
    stroke_width: float = 1
    dash: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_colours(self.stroke)


@dataclass(frozen=True, slots=True)
class Circle(_Painted):
    """A circle by its centre."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Polygon(_Painted):
    """A closed shape through its corners."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Path(_Painted):
    """Commands in absolute coordinates: `("M", x, y)`, `("L", x, y)`, `("Q", …4)`, `("C", …6)` and `("Z",)`."""

    commands: tuple[tuple[str | float, ...], ...]

    def __post_init__(self) -> None:
        _check_colours(self.fill, self.stroke)
        for command in self.commands:
            if _ARGUMENTS.get(str(command[0])) != len(command) - 1:
                raise ValueError(f"not a path command: {command!r}")
        if self.commands and self.commands[0][0] != "M":
            raise ValueError("a path starts with M")


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text; `y` is the baseline of the first one, `anchor` is start, middle or end."""

    x: float
    y: float
    lines: str | tuple[str, ...]
    size: float = 13
    anchor: str = "start"
    bold: bool = False
    fill: str = INK

    def __post_init__(self) -> None:
        _check_colours(self.fill)
        if self.anchor not in ("start", "middle", "end"):
            raise ValueError(f"not an anchor: {self.anchor!r}")

    @property
    def rows(self) -> tuple[str, ...]:
        """The lines, always as a tuple and without characters that XML forbids."""
        lines = (self.lines,) if isinstance(self.lines, str) else self.lines
        return tuple(_NOT_XML.sub("", line) for line in lines)

    @property
    def leading(self) -> float:
        """Distance between two baselines."""
        return self.size * LINE_HEIGHT


@dataclass(frozen=True, slots=True)
class Group:
    """Items that belong together; `link` makes them one link, `label` names them, `name` is an id to jump to."""

    items: tuple[Item, ...]
    link: str | None = None
    label: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.link is not None and not _LINK.match(self.link):
            raise ValueError(f"not a link within the site or to http(s): {self.link!r}")
        if self.name is not None:
            _check_name(self.name)


Item: TypeAlias = Rect | Line | Circle | Polygon | Path | Text | Group


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture with the title and the description that replace it for those who do not see it.

    >>> Scene(20, 10, (Rect(0, 0, 20, 10, fill=GREEN),), "Flag", "A green flag").svg(id_prefix="flag")[-40:]
    '"20" height="10" fill="#0b5d4e"/></svg>\\n'
    """

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    description: str = ""

    def svg(self, *, id_prefix: str = "scene") -> str:
        """The picture as an SVG element; two pictures on one page need two prefixes.

        To assistive software a picture with links is a group, any other one an image (which hides what is inside it).
        """
        _check_name(id_prefix)
        hatches = {hatch: f"{id_prefix}-hatch-{number}" for number, hatch in enumerate(self.hatches(), start=1)}
        size = f"{_number(self.width)} {_number(self.height)}"
        role = "group" if any(isinstance(item, Group) and item.link for item in walk(self.items)) else "img"
        named_by = f"{id_prefix}-title" + (f" {id_prefix}-desc" if self.description else "")
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="scene" role="{role}" aria-labelledby="{named_by}"'
            f' viewBox="0 0 {size}" width="{_number(self.width)}" height="{_number(self.height)}"'
            f' font-family="{escape(FONT_FAMILY)}">'
        )
        parts = [opening, f'<title id="{id_prefix}-title">{_escaped(self.title)}</title>']
        if self.description:
            parts.append(f'<desc id="{id_prefix}-desc">{_escaped(self.description)}</desc>')
        if hatches:
            parts += ["<defs>", *(_pattern(hatch, name) for hatch, name in hatches.items()), "</defs>"]
        parts += [_element(item, id_prefix, hatches) for item in self.items]
        return "".join(parts) + "</svg>\n"

    def hatches(self) -> tuple[Hatch, ...]:
        """The different hatches in the order in which they first appear."""
        fills = (item.fill for item in walk(self.items) if isinstance(item, _Painted))
        return tuple(dict.fromkeys(fill for fill in fills if isinstance(fill, Hatch)))

    def texts(self) -> tuple[str, ...]:
        """Everything written in the picture, line by line."""
        return tuple(row for item in walk(self.items) if isinstance(item, Text) for row in item.rows)


def walk(items: Sequence[Item]) -> Iterator[Item]:
    """Every item, groups before what they hold."""
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from walk(item.items)


def polyline(
    points: Sequence[Point],
    *,
    stroke: str = INK,
    stroke_width: float = 1,
    dash: tuple[float, ...] = (),
    radius: float = 0,
) -> Path:
    """An open path through `points`, its corners rounded by at most `radius`."""
    commands: list[tuple[str | float, ...]] = [("M", *points[0])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        if radius <= 0:
            commands.append(("L", *corner))
            continue
        commands.append(("L", *_towards(corner, before, radius)))
        commands.append(("Q", *corner, *_towards(corner, after, radius)))
    if len(points) > 1:
        commands.append(("L", *points[-1]))
    return Path(tuple(commands), stroke=stroke, stroke_width=stroke_width, dash=dash)


def arrow_head(tip: Point, origin: Point, *, size: float = 8, fill: str = INK) -> Polygon:
    """A triangle at `tip` that points away from `origin`."""
    length = hypot(tip[0] - origin[0], tip[1] - origin[1])
    if length == 0:
        raise ValueError("an arrow needs a direction")
    along = ((tip[0] - origin[0]) / length, (tip[1] - origin[1]) / length)
    base = (tip[0] - along[0] * size, tip[1] - along[1] * size)
    half = size * 0.45
    left = (base[0] - along[1] * half, base[1] + along[0] * half)
    right = (base[0] + along[1] * half, base[1] - along[0] * half)
    return Polygon((tip, left, right), fill=fill)


_WIDTHS: dict[str, float] = {
    character: width
    for width, characters in (
        (0.0, "\u200b\u200c\u200d\u2060\ufe0f"),
        (0.3, "' ,.IJijl’\u00a0\u202f:;·ıîï"),
        (0.37, "-/\\f|rt‘“”"),
        (0.4, '!()[]"'),
        (0.5, "*_`sz°"),
        (0.55, "?Lcç«»–"),
        (0.7, "ABCRVXZÀÂÇ"),
        (0.76, "DGHNUÙÛ"),
        (0.8, "&OQwÔ"),
        (0.85, "#+<=>M^~"),
        (1.0, "@W%mœŒæÆ—…"),
    )
    for character in characters
}


def text_width(text: str, size: float = 13, *, bold: bool = False) -> float:
    """Estimated width of one line; errs on the wide side, because the reader's font is not known.

    >>> text_width("il") < text_width("WM")
    True
    """
    units = sum(_WIDTHS.get(character) or _default_width(character) for character in text)
    return units * size * (1.12 if bold else 1.0)


def wrap(
    text: str, width: float, size: float = 13, *, bold: bool = False, max_lines: int | None = None
) -> tuple[str, ...]:
    """Break `text` at ordinary spaces into lines no wider than `width`; only a word that is wider is cut.

    >>> wrap("Recueillir le consentement", 120)
    ('Recueillir le', 'consentement')
    >>> wrap("un deux trois quatre", 60, max_lines=2)
    ('un deux', 'trois…')
    """
    lines: list[str] = []
    for word in re.split(r"[ \t\r\n]+", text.strip(" \t\r\n")):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, bold=bold) <= width:
            lines[-1] = joined
            continue
        lines += _cut(word, width, size, bold)
        if max_lines is not None and len(lines) > max_lines:
            break
    if max_lines is not None and len(lines) > max_lines:
        last = lines[max_lines - 1]
        while last and text_width(last + "…", size, bold=bold) > width:
            last = last[:-1]
        lines[max_lines - 1 :] = [last.rstrip() + "…"]
    return tuple(lines)


def _cut(word: str, width: float, size: float, bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and text_width(pieces[-1] + character, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _default_width(character: str) -> float:
    if character in _WIDTHS:
        return 0.0
    return 0.65 if character < "\u2e80" else 1.0


def _towards(corner: Point, other: Point, radius: float) -> Point:
    length = hypot(other[0] - corner[0], other[1] - corner[1])
    if length == 0:
        return corner
    share = min(radius, length / 2) / length
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def _check_colours(*fills: Fill) -> None:
    for fill in fills:
        if isinstance(fill, str) and not _COLOUR.match(fill):
            raise ValueError(f"not a colour like #0b5d4e: {fill!r}")


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise ValueError(f"not a name for an id: {name!r}")


def _number(value: str | float) -> str:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"not a length: {value!r}")
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _attributes(**values: str | float | None) -> str:
    given = ((name.replace("_", "-"), value) for name, value in values.items() if value is not None)
    return "".join(f' {name}="{value if isinstance(value, str) else _number(value)}"' for name, value in given)


def _stroke(stroke: str | None, width: float, dash: tuple[float, ...]) -> str:
    if stroke is None:
        return ""
    dashes = " ".join(_number(length) for length in dash) or None
    return _attributes(stroke=stroke, stroke_width=None if width == 1 else width, stroke_dasharray=dashes)


def _pattern(hatch: Hatch, name: str) -> str:
    step = hatch.spacing
    lines = f'<path d="M0 0V{_number(step)}{f"M0 0H{_number(step)}" if hatch.cross else ""}"'
    return (
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
        f"{_attributes(width=step, height=step)}>"
        f"<rect{_attributes(width=step, height=step, fill=hatch.paper)}/>"
        f'{lines}{_attributes(stroke=hatch.ink, stroke_width=hatch.width * 2)} fill="none"/></pattern>'
    )


def _element(item: Item, prefix: str, hatches: dict[Hatch, str]) -> str:
    if isinstance(item, Group):
        return _group(item, prefix, hatches)
    if isinstance(item, Text):
        return _text(item)
    if isinstance(item, Line):
        ends = _attributes(x1=item.x1, y1=item.y1, x2=item.x2, y2=item.y2)
        return f"<line{ends}{_stroke(item.stroke, item.stroke_width, item.dash)}/>"
    fill = f"url(#{hatches[item.fill]})" if isinstance(item.fill, Hatch) else item.fill or "none"
    paint = f' fill="{fill}"{_stroke(item.stroke, item.stroke_width, item.dash)}/>'
    return f"<{_geometry(item)}{paint}"


def _geometry(item: Rect | Circle | Polygon | Path) -> str:
    if isinstance(item, Rect):
        return "rect" + _attributes(x=item.x, y=item.y, width=item.width, height=item.height, rx=item.radius or None)
    if isinstance(item, Circle):
        return "circle" + _attributes(cx=item.x, cy=item.y, r=item.radius)
    if isinstance(item, Polygon):
        return f'polygon points="{" ".join(f"{_number(x)},{_number(y)}" for x, y in item.points)}"'
    commands = "".join(f"{command}{' '.join(map(_number, numbers))}" for command, *numbers in item.commands)
    return f'path d="{commands}"'


def _text(item: Text) -> str:
    start = _attributes(
        x=item.x,
        y=item.y,
        font_size=item.size,
        font_weight="700" if item.bold else None,
        text_anchor=None if item.anchor == "start" else item.anchor,
        fill=item.fill,
    )
    first, *others = (escape(row) for row in item.rows or ("",))
    following = "".join(f'<tspan x="{_number(item.x)}" dy="{_number(item.leading)}">{row}</tspan>' for row in others)
    return f"<text{start}>{first}{following}</text>"


def _group(group: Group, prefix: str, hatches: dict[Hatch, str]) -> str:
    inside = "".join(_element(item, prefix, hatches) for item in group.items)
    title = f"<title>{_escaped(group.label)}</title>" if group.label else ""
    name = f' id="{prefix}-{group.name}"' if group.name else ""
    if group.link is None:
        return f"<g{name}>{title}{inside}</g>"
    label = f' aria-label="{_escaped(group.label)}"' if group.label else ""
    return f'<a{name} href="{escape(group.link)}"{label}>{title}{inside}</a>'
