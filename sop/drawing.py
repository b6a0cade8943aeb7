"""The flowchart as a picture, and the same as an ordered list for keyboard and screen readers.

Lanes are columns and time runs downwards, so that a page of the procedure reads like a page. All sizes are those of the
longest language: nothing moves when the reader changes it. Words that are not in the flowchart go through `translate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sop import shapes
from sop.agenda import Standing, text
from sop.durations import hours
from sop.flowchart import Flowchart, Label, Step, StepKind
from sop.labels import SIZE as SIZE_ON_ARROWS
from sop.labels import Place, label_lines, label_size, places
from sop.layout import Frame, Layout, Link, Spot, arrange
from sop.lettering import (
    HEADER,
    LEADING,
    PADDING,
    SIZE,
    SMALL,
    SMALL_LEADING,
    WIDTH,
    Words,
    box_height,
    box_lines,
    diamond_height,
    diamond_lines,
    note_lines,
)
from sop.pages import LOOP, MAIN, NEEDS, Arrow, Box, Page, home_of, page_of, pages
from sop.pages import SMALL as DIAMONDS
from sop.scene import (
    INK,
    LINE,
    LINE_HEIGHT,
    MUTED,
    PAPER,
    WHITE,
    Group,
    Item,
    Point,
    Rect,
    Scene,
    Text,
    arrow_head,
    polyline,
    wrap,
)
from sop.track import track_of
from sop.vocabulary import CATEGORY_LABELS, N_

__all__ = ["Entry", "Page", "draw", "home_of", "outline", "page_title", "pages"]

Translate = Callable[[str], str]
Links = Callable[[str, str | None], str | None]
"""(page, step) -> address, or None."""

DASH = (6.0, 4.0)
TWO_LINES = "_" * 44
WHAT_CONSENT_COVERS = N_("what the consent covers")
LEGEND_ROW = 26.0
LEGEND_KINDS = (
    StepKind.TASK,
    StepKind.RULE,
    StepKind.WAIT,
    StepKind.CONSENT,
    StepKind.SHARE,
    StepKind.DECISION,
    StepKind.SPLIT_OR,
    StepKind.PATHWAY,
    StepKind.START,
    StepKind.END,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list that stands for the drawing. `ways` are (answer, step it leads to, that step's label)."""

    step: str
    label: str
    kind: str
    lane: str
    standing: Standing | None
    deadline: str
    page: str | None
    ways: tuple[tuple[str, str, str], ...]


def page_title(flowchart: Flowchart, page: Page, *, lang: str, translate: Translate = str) -> str:
    """Title of a page."""
    if page.about is not None:
        return text(page.about.label, lang)
    if page.id == LOOP:
        return translate(N_("The way of one need: look for a service, ask, send, answer"))
    return text(flowchart.title, lang) or flowchart.id


def draw(
    flowchart: Flowchart,
    *,
    lang: str,
    position: Mapping[str, Standing] | None = None,
    page: str = MAIN,
    translate: Translate = str,
    link: Links | None = None,
) -> Scene:
    """One page as a scene; with a `position` it shows what is done, now, next and not needed.

    `link(page, step)` may make shapes lead somewhere: with no step to another page, with a step to that step.
    """
    return _Draughtsman(flowchart, page_of(flowchart, page), lang, position or {}, translate, link).scene()


def outline(
    flowchart: Flowchart,
    *,
    lang: str,
    position: Mapping[str, Standing] | None = None,
    page: str = MAIN,
    translate: Translate = str,
) -> list[Entry]:
    """The same page as a list, in reading order."""
    return _Draughtsman(flowchart, page_of(flowchart, page), lang, position or {}, translate, None).entries()


def layout_of(flowchart: Flowchart, page: Page) -> Layout:
    """Where everything goes; the same for every language."""
    languages = flowchart.languages or ("fr",)
    spots = [_spot(flowchart, box, languages) for box in page.boxes]
    return arrange(spots, _links(flowchart, page), tuple(flowchart.lanes), header=_margin(flowchart))


def label_places(flowchart: Flowchart, page: Page, layout: Layout) -> list[Place | None]:
    """Where the words of each arrow lie, in the order of the arrows; the same for every language."""
    languages = flowchart.languages or ("fr",)
    words = [[arrow_words(arrow, lang) for lang in languages] for arrow in page.arrows]
    return places(layout, _links(flowchart, page), words, _margin(flowchart))


def _links(flowchart: Flowchart, page: Page) -> list[Link]:
    languages = flowchart.languages or ("fr",)
    return [
        Link(arrow.source, arrow.target, arrow.back, label_size(arrow_words(arrow, lang) for lang in languages)[1])
        for arrow in page.arrows
    ]


def arrow_words(arrow: Arrow, lang: str) -> str:
    """What is written on an arrow: the answer, and for a loop how often it may be taken and what follows then."""
    words = text(arrow.label, lang)
    if arrow.branch is None or not arrow.branch.is_loop or arrow.branch.loop_max is None:
        return words
    then = f" → {arrow.branch.then}" if arrow.branch.then else ""
    limit = f"(≤ {arrow.branch.loop_max} ×{then})".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{words} {limit}".strip()


def _margin(flowchart: Flowchart) -> float:
    """Height of the lane titles, at the top and at the foot."""
    languages = flowchart.languages or ("fr",)
    lines = max((_lane_lines(label, lang) for label in flowchart.lanes.values() for lang in languages), default=1)
    return lines * 11.5 * LINE_HEIGHT + 14


def _lane_lines(label: Label, lang: str) -> int:
    return len(wrap(text(label, lang), WIDTH, 11.5, bold=True))


def _spot(flowchart: Flowchart, box: Box, languages: Iterable[str]) -> Spot:
    if box.step is not None and box.step.kind in DIAMONDS:
        titles = [text(box.step.label, lang) for lang in languages]
        return Spot(box.id, box.lane, WIDTH, diamond_height(titles), pointed=True)
    words = [_measured(_words(flowchart, box, lang)) for lang in languages]
    return Spot(box.id, box.lane, WIDTH, box_height(words))


def _measured(words: Words) -> Words:
    """With room for two lines where the words come from the catalogue, whose length is not known here."""
    return Words(words.title, TWO_LINES) if words.note == WHAT_CONSENT_COVERS else words


def _words(flowchart: Flowchart, box: Box, lang: str) -> Words:
    if box.step is None:
        return Words(TWO_LINES, ", ".join(track_of(flowchart).pathways))
    note = text(box.step.actors, lang) if box.step.actors else ", ".join(box.step.shares)
    if not box.step.actors and box.step.shares and not set(box.step.shares) <= set(CATEGORY_LABELS):
        note = WHAT_CONSENT_COVERS
    return Words(text(box.step.label, lang), "" if box.elsewhere else note)


class _Draughtsman:
    """Draws one page in one language."""

    def __init__(
        self,
        flowchart: Flowchart,
        page: Page,
        lang: str,
        position: Mapping[str, Standing],
        translate: Translate,
        link: Links | None,
    ) -> None:
        self.flowchart, self.page, self.lang, self.position = flowchart, page, lang, position
        self.translate, self.link = translate, link
        self.layout = layout_of(flowchart, page)
        self.boxes = {box.id: box for box in page.boxes}

    def scene(self) -> Scene:
        legend, height = self._legend(self.layout.height + 14)
        items = (*self._lanes(), *self._arrows(), *(self._box(name) for name in self.layout.order), *legend)
        title = page_title(self.flowchart, self.page, lang=self.lang, translate=self.translate)
        return Scene(self.layout.width, height, items, title, self._description())

    def entries(self) -> list[Entry]:
        return [self._entry(self.boxes[name]) for name in self.layout.order]

    # --- words -------------------------------------------------------------------------------------------------------

    def _label(self, box: Box) -> str:
        if box.step is None:
            return self.translate(N_("One way for each need"))
        return text(box.step.label, self.lang)

    def _deadline(self, step: Step | None) -> str:
        if step is None or not step.deadline:
            return ""
        times = list(dict.fromkeys(sorted(step.deadline.values())))
        return " – ".join(self._duration(time) for time in dict.fromkeys((times[0], times[-1])))

    def _duration(self, time: timedelta) -> str:
        if time >= timedelta(days=4) and not time % timedelta(days=1):
            return self.translate(N_("%(days)d d")) % {"days": time.days}
        return f"{hours(time):g} h"

    def _kind(self, box: Box) -> str:
        if box.step is None:
            return self.translate(shapes.KIND_WORDS[StepKind.PATHWAY])
        return self.translate(shapes.KIND_WORDS[box.step.kind])

    def _description(self) -> str:
        template = self.translate(
            N_("%(boxes)d steps in %(lanes)d lanes, from top to bottom; the same follows as a list.")
        )
        return template % {"boxes": len(self.page.boxes), "lanes": len(self.layout.lanes)}

    def _entry(self, box: Box) -> Entry:
        ways = tuple(
            (text(arrow.label, self.lang), arrow.target, self._label(self.boxes[arrow.target]))
            for arrow in self.page.arrows
            if arrow.source == box.id
        )
        return Entry(
            step=box.id,
            label=self._label(box),
            kind=self._kind(box),
            lane=text(self.flowchart.lanes[box.lane], self.lang),
            standing=self._standing(box),
            deadline="" if box.elsewhere else self._deadline(box.step),
            page=box.elsewhere or (LOOP if box.id == NEEDS else None),
            ways=ways,
        )

    def _standing(self, box: Box) -> Standing | None:
        if box.step is not None:
            return self.position.get(box.id)
        pathways = track_of(self.flowchart).pathways.values()
        held = {self.position.get(step) for step in pathways}
        return next((one for one in (Standing.NOW, Standing.DONE, Standing.NEXT) if one in held), None)

    # --- shapes ------------------------------------------------------------------------------------------------------

    def _lanes(self) -> list[Item]:
        items: list[Item] = [Rect(0, 0, self.layout.width, self.layout.height, fill=WHITE, stroke=LINE)]
        for at, (lane, frame) in enumerate(self.layout.lanes.items()):
            fill = PAPER if at % 2 == 0 else WHITE
            items.append(Rect(frame.x, frame.y, frame.width, frame.height, fill=fill, stroke=LINE))
            lines = wrap(text(self.flowchart.lanes[lane], self.lang), min(frame.width - 16, 2 * WIDTH), 11.5, bold=True)
            foot = frame.height - 12 - (len(lines) - 1) * 11.5 * LINE_HEIGHT
            for y in (20, foot):
                items.append(Text(frame.center[0], y, lines, 11.5, "middle", bold=True, fill=MUTED))
        return items

    def _arrows(self) -> list[Item]:
        found = label_places(self.flowchart, self.page, self.layout)
        lines: list[Item] = []
        labels: list[Item] = []
        for arrow, path, place in zip(self.page.arrows, self.layout.paths, found, strict=True):
            dash = DASH if arrow.branch is not None and arrow.branch.is_loop else ()
            lines += _line(path, dash)
            if place is not None and (words := arrow_words(arrow, self.lang)):
                labels += _arrow_label(place, words)
        return lines + labels

    def _box(self, name: str) -> Group:
        box, frame = self.boxes[name], self.layout.boxes[name]
        standing = self._standing(box)
        kind = box.step.kind if box.step else None
        paint = shapes.paint_of(kind, standing, elsewhere=box.elsewhere is not None and box.step is not None)
        items = shapes.outline(kind, frame, paint)
        items += self._diamond_text(box, frame, standing) if kind in DIAMONDS else self._box_text(box, frame, standing)
        words = self.translate(shapes.STANDING_WORDS[standing]) if standing else ""
        if standing:
            items += shapes.tag(standing, words, *self._tag_place(frame, kind, standing, words))
        label = " · ".join(part for part in (box.id, self._label(box), self._kind(box), words) if part)
        return Group(tuple(items), link=self._address(box), label=label, name=f"step-{box.id}")

    def _tag_place(self, frame: Frame, kind: StepKind | None, standing: Standing, words: str) -> Point:
        """On the upper left rim, clear of the arrow that comes in at the middle."""
        if kind in DIAMONDS:
            return (frame.center[0] - shapes.tag_width(standing, words) - 14, frame.y + 12)
        return (frame.x - 5, frame.y - 1)

    def _address(self, box: Box) -> str | None:
        if self.link is None:
            return None
        if box.elsewhere:
            return self.link(box.elsewhere, box.id if box.step else None)
        return self.link(self.page.id, box.id)

    def _ink(self, standing: Standing | None) -> str:
        return MUTED if standing is Standing.SKIPPED else INK

    def _box_text(self, box: Box, frame: Frame, standing: Standing | None) -> list[Item]:
        ink = self._ink(standing)
        left = frame.x + PADDING + 2
        lines = box_lines(self._label(box))
        words = _words(self.flowchart, box, self.lang).note
        note = note_lines(self.translate(words) if words else "")
        name = box.id if box.step else f"{len(track_of(self.flowchart).pathways)} ×"
        pill = box.step is not None and box.step.kind in (StepKind.START, StepKind.END)
        at, anchor = (frame.center[0], "middle") if pill else (left, "start")
        items: list[Item] = [Text(at, frame.y + 21, name, 11, anchor, bold=True, fill=MUTED)]
        items.append(Text(left, frame.y + HEADER + 11, lines, SIZE, fill=ink))
        if note:
            items.append(Text(left, frame.y + HEADER + 9 + len(lines) * LEADING, note, SMALL, fill=MUTED))
        deadline = "" if box.elsewhere else self._deadline(box.step)
        if deadline:
            room = 18 if box.step and box.step.kind is StepKind.SHARE else 8
            items += shapes.chip(deadline, frame.x + frame.width - room, frame.y + 17)
        return items

    def _diamond_text(self, box: Box, frame: Frame, standing: Standing | None) -> list[Item]:
        x, y = frame.center
        lines = diamond_lines(self._label(box), frame.height) or box_lines(self._label(box))
        first = y - len(lines) / 2 * LEADING
        ink = self._ink(standing)
        return [
            Text(x, first + 2, box.id, 10.5, "middle", bold=True, fill=MUTED),
            Text(x, first + LEADING + 1, lines, SIZE, "middle", fill=ink),
        ]

    def _legend(self, top: float) -> tuple[list[Item], float]:
        """What the shapes mean, in rows under the page; and where the picture ends."""
        kinds = {box.step.kind for box in self.page.boxes if box.step and not box.elsewhere}
        if StepKind.LEGAL_BASIS in kinds:
            kinds.add(StepKind.CONSENT)
        if StepKind.JOIN_OR in kinds:
            kinds.add(StepKind.SPLIT_OR)
        words = {StepKind.CONSENT: N_("consent or legal basis"), StepKind.SPLIT_OR: N_("ways part or come together")}
        shown = [kind for kind in LEGEND_KINDS if kind in kinds]
        per_row = max(1, int(self.layout.width // 236))
        items: list[Item] = []
        for at, kind in enumerate(shown):
            x, y = 10 + (at % per_row) * 236.0, top + (at // per_row) * LEGEND_ROW
            items += shapes.outline(kind, Frame(x, y, 34, 18), shapes.PAINTS[kind])
            items.append(
                Text(x + 42, y + 13, self.translate(words.get(kind, shapes.KIND_WORDS[kind])), 11.5, fill=MUTED)
            )
        x, y = 10 + (len(shown) % per_row) * 236.0, top + (len(shown) // per_row) * LEGEND_ROW
        if any(arrow.branch and arrow.branch.is_loop for arrow in self.page.arrows):
            items += _line(((x, y + 9), (x + 34, y + 9)), DASH)
            words_back = self.translate(N_("back, a limited number of times"))
            items.append(Text(x + 42, y + 13, words_back, 11.5, fill=MUTED))
        return items, y + LEGEND_ROW + 6


def _line(path: tuple[Point, ...], dash: tuple[float, ...]) -> list[Item]:
    (before_x, before_y), (x, y) = path[-2], path[-1]
    length = abs(x - before_x) + abs(y - before_y) or 1
    short = (x - (x - before_x) / length * 6, y - (y - before_y) / length * 6)
    return [
        polyline((*path[:-1], short), stroke=MUTED, stroke_width=1.5, dash=dash, radius=7),
        arrow_head((x, y), (before_x, before_y), size=9, fill=MUTED),
    ]


def _arrow_label(place: Place, words: str) -> list[Item]:
    lines = label_lines(words, place.width)
    x, y = place.frame.center
    width, height = label_size([words], place.width)
    first = y - len(lines) * SMALL_LEADING / 2 + 10
    paper = [Rect(x - width / 2, y - height / 2, width, height, 4, fill=WHITE)] if place.upon else []
    return [
        *paper,
        *(
            Text(x, first + at * SMALL_LEADING, line, SIZE_ON_ARROWS, "middle", fill=INK)
            for at, line in enumerate(lines)
        ),
    ]
