"""What may lie over a drawing: open cases, delays, gaps, the difference between two versions.

One mechanism for all: a badge on a step or on an arrow has a kind (a rim that differs in shape, never in colour alone),
a sign, a number or word to read on the drawing, and a sentence for the list and for those who do not see the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sop.flowchart import Flowchart, StepKind
from sop.layout import Frame
from sop.pages import NEEDS
from sop.pages import SMALL as DIAMONDS
from sop.scene import GREEN, INK, OCHRE_DARK, RED, VIOLET, WHITE, Fill, Hatch, Item, Polygon, Rect, Text, text_width
from sop.track import track_of
from sop.vocabulary import N_, Message

RIM = 6.0
"""How far a rim stands out; less than half of what lies between two boxes."""


class Mark(StrEnum):
    """What a badge says."""

    COUNT = "count"
    OVERDUE = "overdue"
    GAP = "gap"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


MARK_WORDS: Mapping[Mark, str] = {
    Mark.COUNT: N_("cases open at this step"),
    Mark.OVERDUE: N_("overdue, the denser the more"),
    Mark.GAP: N_("no provider"),
    Mark.ADDED: N_("added"),
    Mark.REMOVED: N_("removed"),
    Mark.CHANGED: N_("changed"),
}
SIGNS: Mapping[Mark, str] = {
    Mark.COUNT: "n",
    Mark.OVERDUE: "%",
    Mark.GAP: "!",
    Mark.ADDED: "+",
    Mark.REMOVED: "−",
    Mark.CHANGED: "≠",
}
INKS: Mapping[Mark, str] = {
    Mark.COUNT: INK,
    Mark.OVERDUE: OCHRE_DARK,
    Mark.GAP: RED,
    Mark.ADDED: GREEN,
    Mark.REMOVED: RED,
    Mark.CHANGED: VIOLET,
}
DASHES: Mapping[Mark, tuple[float, ...]] = {Mark.REMOVED: (7.0, 5.0), Mark.CHANGED: (2.0, 3.0)}
SPACINGS = (9.0, 6.0, 3.5)
"""Distance of the hatch's lines where some, a quarter, half of the cases are overdue."""


@dataclass(frozen=True, slots=True)
class Badge:
    """One mark: `short` is its number, `words` say it in full, `heat` from 0 to 2 makes it denser."""

    mark: Mark
    short: str
    words: Message
    heat: int = 0


@dataclass(frozen=True, slots=True)
class Overlay:
    """Badges by step id (or `needs`, for all pathways at once), and by arrow (`A→B`)."""

    badges: Mapping[str, Badge] = field(default_factory=dict)
    arrows: Mapping[str, Badge] = field(default_factory=dict)


def counts(flowchart: Flowchart, numbers: Mapping[str, int]) -> Overlay:
    """How many open cases stand at each step.

    >>> from sop.triage import CAMEROON
    >>> from sop.yaml_io import load
    >>> chart = load(CAMEROON.with_name("flowchart.yaml"))
    >>> {step: str(badge.words) for step, badge in counts(chart, {"N03": 2, "R01": 5}).badges.items()}
    {'N03': 'open cases here: 2', 'R01': 'open cases here: 5', 'needs': 'open cases here: 5'}
    """
    sums = _summed(flowchart, {step: (number,) for step, number in numbers.items()})
    return Overlay(
        {
            step: Badge(Mark.COUNT, str(number), Message("OPEN", N_("open cases here: %(open)d"), {"open": number}))
            for step, (number,) in sums.items()
            if number
        }
    )


def delays(flowchart: Flowchart, cases: Mapping[str, tuple[int, int]]) -> Overlay:
    """How many of the open cases of each step are overdue, as (overdue, open)."""
    text = N_("%(late)d of %(open)d open cases overdue (%(share)d %%)")
    badges = {}
    for step, (late, number) in _summed(flowchart, cases).items():
        if late and number:
            share = round(100 * late / number)
            words = Message("OVERDUE", text, {"late": late, "open": number, "share": share})
            badges[step] = Badge(Mark.OVERDUE, f"{share} % ({late}/{number})", words, (share >= 25) + (share >= 50))
    return Overlay(badges)


def gaps(flowchart: Flowchart, regions: Mapping[str, Iterable[str]]) -> Overlay:
    """Pathways without a provider and where: step id -> names of regions (none: nowhere is there one)."""
    badges = {}
    for step, names in regions.items():
        listed = list(names)
        words = Message("GAP_EVERYWHERE", N_("no provider anywhere"))
        if listed:
            words = Message("GAP", N_("no provider in: %(regions)s"), {"regions": ", ".join(listed)})
        badges[step] = Badge(Mark.GAP, str(len(listed)) if listed else "", words)
    needs = [need for need, step in track_of(flowchart).pathways.items() if step in badges]
    if needs:
        words = Message("GAP_NEEDS", N_("no provider for: %(needs)s"), {"needs": ", ".join(needs)})
        badges[NEEDS] = Badge(Mark.GAP, str(len(needs)), words)
    return Overlay(badges)


def changes(steps: Mapping[str, tuple[Mark, str]], arrows: Mapping[str, tuple[Mark, str]] | None = None) -> Overlay:
    """The difference of two versions: what happened to a step or an arrow, and in which detail (may be empty)."""

    def badge(mark: Mark, detail: str) -> Badge:
        if not detail:
            return Badge(mark, "", Message("CHANGE", MARK_WORDS[mark]))
        return Badge(mark, "", Message("CHANGE_OF", CHANGE_OF[mark], {"detail": detail}))

    return Overlay(
        {step: badge(*one) for step, one in steps.items()},
        {where: badge(*one) for where, one in (arrows or {}).items()},
    )


CHANGE_OF: Mapping[Mark, str] = {
    Mark.ADDED: N_("added: %(detail)s"),
    Mark.REMOVED: N_("removed: %(detail)s"),
    Mark.CHANGED: N_("changed: %(detail)s"),
}


def _summed(flowchart: Flowchart, values: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """With the sum over the steps that single needs walk, for the box that stands for all of them."""
    zone = track_of(flowchart).zone
    inside = [numbers for step, numbers in values.items() if step in zone]
    return {**values, NEEDS: tuple(map(sum, zip(*inside, strict=True)))} if inside else dict(values)


def say(badge: Badge, translate: Callable[[str], str]) -> str:
    """The sentence of a badge."""
    words = translate(badge.words.text)
    return words % badge.words.values if badge.words.values else words


def short(badge: Badge, translate: Callable[[str], str]) -> str:
    """What is written on the drawing, short enough to leave the arrow out of the box free: a number, or a word."""
    if badge.mark is Mark.OVERDUE:
        return badge.short
    if badge.mark is Mark.COUNT:
        return f"{SIGNS[badge.mark]} = {badge.short}"
    if badge.mark is Mark.GAP:
        return f"{SIGNS[badge.mark]} {badge.short}".strip()
    return f"{SIGNS[badge.mark]} {translate(MARK_WORDS[badge.mark])}"


def rim(badge: Badge, frame: Frame, kind: StepKind | None) -> list[Item]:
    """A band around the shape of a step, drawn under it; a count has none."""
    if badge.mark is Mark.COUNT:
        return []
    fill: Fill = WHITE
    if badge.mark in (Mark.OVERDUE, Mark.GAP):
        fill = Hatch(INKS[badge.mark], WHITE, SPACINGS[badge.heat], 1.2, cross=badge.mark is Mark.GAP)
    ink, dash = INKS[badge.mark], DASHES.get(badge.mark, ())
    width = 1.0 if isinstance(fill, Hatch) else 2.0
    if kind in DIAMONDS:
        x, y = frame.center
        across, down = frame.width / 2 + RIM * 1.6, frame.height / 2 + RIM
        points = ((x, y - down), (x + across, y), (x, y + down), (x - across, y))
        return [Polygon(points, fill=fill, stroke=ink, stroke_width=width, dash=dash)]
    wide, high = frame.width + 2 * RIM, frame.height + 2 * RIM
    return [Rect(frame.x - RIM, frame.y - RIM, wide, high, 10, fill=fill, stroke=ink, stroke_width=width, dash=dash)]


def tag(badge: Badge, words: str, frame: Frame, kind: StepKind | None) -> list[Item]:
    """Sign and number on the lower left rim, clear of the arrow that goes out at the middle."""
    width = text_width(words, 11, bold=True) + 12
    x, y = frame.x - RIM, frame.y + frame.height - 2
    if kind in DIAMONDS:
        x, y = frame.center[0] - width - 14, frame.y + frame.height - 10
    ink, dash = INKS[badge.mark], DASHES.get(badge.mark, ())
    return [
        Rect(x, y - 9, width, 18, 3, fill=WHITE, stroke=ink, stroke_width=1.5, dash=dash),
        Text(x + width / 2, y + 4, words, 11, "middle", bold=True, fill=ink),
    ]
