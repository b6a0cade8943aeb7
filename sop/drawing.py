"""The flowchart as a picture, and the same as an ordered list for keyboard and screen readers.

Lanes are columns and time runs downwards, so that a page of the procedure reads like a page. All sizes are those of the
longest language: nothing moves when the reader changes it. Words that are not in the flowchart go through `translate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sop import overlays, shapes
from sop.agenda import Standing, text
from sop.durations import written
from sop.flowchart import Flowchart, Step, StepKind
from sop.layout import Frame
from sop.legend import legend
from sop.lettering import HEADER, LEADING, PADDING, SIZE, SMALL, WIDTH, box_lines, diamond_lines, note_lines
from sop.overlays import SIGNS, Badge, Overlay
from sop.pages import LOOP, MAIN, NEEDS, Arrow, Box, Page, home_of, page_of, pages
from sop.pages import SMALL as DIAMONDS
from sop.placement import TITLE, arrow_words, box_words, compose
from sop.scene import INK, LINE, LINE_HEIGHT, MUTED, PAPER, WHITE, Group, Item, Point, Rect, Scene, Text, wrap
from sop.track import track_of
from sop.vocabulary import N_

__all__ = ["Entry", "Page", "anchor", "draw", "home_of", "outline", "page_title", "pages"]

Translate = Callable[[str], str]
Links = Callable[[str, str | None], str | None]
"""(page, step) -> address, or None."""
NOTHING = Overlay()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list that stands for the drawing.

    `ways` are (answer, step it leads to, that step's label); `badge` is what an overlay says of the step.
    """

    step: str
    label: str
    kind: str
    lane: str
    standing: Standing | None
    deadline: str
    page: str | None
    ways: tuple[tuple[str, str, str], ...]
    badge: str = ""


def anchor(name: str) -> str:
    """The id of a step or page as part of an element's id or of a file's name, whatever signs it has.

    >>> anchor("N03"), anchor("étape 1.2"), anchor("../x")
    ('N03', '_e9tape_201_2e2', '_2e_2e_2fx')
    """
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f"_{ord(c):x}" for c in name)


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
    overlay: Overlay = NOTHING,
) -> Scene:
    """One page as a scene; with a `position` it shows what is done, now, next and not needed.

    `link(page, step)` may make shapes lead somewhere: with no step to another page, with a step to that step. An
    `overlay` lays counts, delays, gaps or differences over it; KeyError when there is no such page.
    """
    return _Draughtsman(flowchart, page_of(flowchart, page), lang, position or {}, translate, link, overlay).scene()


def outline(
    flowchart: Flowchart,
    *,
    lang: str,
    position: Mapping[str, Standing] | None = None,
    page: str = MAIN,
    translate: Translate = str,
    overlay: Overlay = NOTHING,
) -> list[Entry]:
    """The same page as a list, in reading order."""
    return _Draughtsman(flowchart, page_of(flowchart, page), lang, position or {}, translate, None, overlay).entries()


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
        overlay: Overlay,
    ) -> None:
        self.flowchart, self.page, self.lang, self.position = flowchart, page, lang, position
        self.translate, self.link, self.overlay = translate, link, overlay
        self.signs = {where: SIGNS[badge.mark] for where, badge in overlay.arrows.items()}
        made = compose(flowchart, page, self.signs)
        self.layout, self.places = made.layout, made.places
        self.boxes = {box.id: box for box in page.boxes}

    def scene(self) -> Scene:
        width = self.layout.width
        marks = [badge.mark for badge in self._shown()]
        rows, height = legend(self.page, marks, top=self.layout.height + 14, width=width, translate=self.translate)
        boxes = [self._box(name) for name in self.layout.order]
        items = (*self._lanes(), *self._rims(), *self._arrows(), *boxes, *rows)
        title = page_title(self.flowchart, self.page, lang=self.lang, translate=self.translate)
        return Scene(self.layout.width, height, items, title, self._description())

    def entries(self) -> list[Entry]:
        return [self._entry(self.boxes[name]) for name in self.layout.order]

    def _shown(self) -> list[Badge]:
        """The badges of this page."""
        arrows = [self._arrow_badge(arrow) for arrow in self.page.arrows]
        return [badge for badge in (*map(self.overlay.badges.get, self.boxes), *arrows) if badge is not None]

    def _arrow_badge(self, arrow: Arrow) -> Badge | None:
        return self.overlay.arrows.get(f"{arrow.source}→{arrow.target}")

    # --- words -------------------------------------------------------------------------------------------------------

    def _label(self, box: Box) -> str:
        if box.step is None:
            return self.translate(N_("One way for each need"))
        return text(box.step.label, self.lang)

    def _deadline(self, step: Step | None) -> str:
        if step is None or not step.deadline:
            return ""
        times = list(dict.fromkeys(sorted(step.deadline.values())))
        return " – ".join(written(time, self.translate) for time in dict.fromkeys((times[0], times[-1])))

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
        badge = self.overlay.badges.get(box.id)
        ways = tuple(
            (self._way(arrow), arrow.target, self._label(self.boxes[arrow.target]))
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
            badge=overlays.say(badge, self.translate) if badge else "",
        )

    def _way(self, arrow: Arrow) -> str:
        badge = self._arrow_badge(arrow)
        parts = (text(arrow.label, self.lang), overlays.say(badge, self.translate) if badge else "")
        return " – ".join(part for part in parts if part)

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
            lines = wrap(
                text(self.flowchart.lanes[lane], self.lang), min(frame.width - 16, 2 * WIDTH), TITLE, bold=True
            )
            foot = frame.height - 12 - (len(lines) - 1) * TITLE * LINE_HEIGHT
            for y in (20, foot):
                items.append(Text(frame.center[0], y, lines, TITLE, "middle", bold=True, fill=MUTED))
        return items

    def _arrows(self) -> list[Item]:
        lines: list[Item] = []
        labels: list[Item] = []
        for arrow, path, place in zip(self.page.arrows, self.layout.paths, self.places, strict=True):
            lines += shapes.arrow(path, shapes.DASH if arrow.branch is not None and arrow.branch.is_loop else ())
            if place is not None and (words := arrow_words(arrow, self.lang, self.signs)):
                labels += shapes.arrow_label(place, words)
        return lines + labels

    def _rims(self) -> list[Item]:
        """Bands around the shapes that an overlay marks; they lie under the arrows."""
        marked = [(self.boxes[name], badge) for name, badge in self.overlay.badges.items() if name in self.boxes]
        return [
            item
            for box, badge in marked
            for item in overlays.rim(badge, self.layout.boxes[box.id], box.step.kind if box.step else None)
        ]

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
        said = ""
        if badge := self.overlay.badges.get(name):
            said = overlays.say(badge, self.translate)
            items += overlays.tag(badge, overlays.short(badge, self.translate), frame, kind)
        label = " · ".join(part for part in (box.id, self._label(box), self._kind(box), words, said) if part)
        return Group(tuple(items), link=self._address(box), label=label, name=f"step-{anchor(box.id)}")

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
        words = box_words(self.flowchart, box, self.lang).note
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
