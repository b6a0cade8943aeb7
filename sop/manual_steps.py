"""One step of the flowchart as a chapter: who, when, form, data, legal basis, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sop.agenda import text
from sop.durations import written
from sop.flowchart import Branch, Clock, Flowchart, Step, StepKind
from sop.form_index import form_title
from sop.shapes import KIND_WORDS
from sop.vocabulary import BASIS_LABELS, CATEGORY_LABELS, N_, NEED_LABELS, PRIORITY_LABELS

Translate = Callable[[str], str]


class Kind(StrEnum):
    """How a paragraph is laid out."""

    TEXT = "text"
    HEADING = "heading"
    POINTS = "points"
    FIELD = "field"
    TABLE = "table"
    DRAWING = "drawing"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What one may comment on. `id` stays the same from version to version, `number` is what is printed.

    `text` is the paragraph itself, the name of a field, the caption of a table or of a drawing; `rows` are points (one
    cell each), values of a field, or lines of a table (the first is its header); `page` is a page of the drawing.
    """

    id: str
    number: str
    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    page: str = ""

    @property
    def words(self) -> str:
        """The paragraph in one line: a field with its values, points one after the other, a table by its caption.

        >>> Paragraph("N03.who", "N03.2", Kind.FIELD, "Who", (("First contact",), ("police",))).words
        'Who: First contact; police'
        """
        if self.kind not in (Kind.FIELD, Kind.POINTS):
            return self.text
        values = "; ".join(row[0] for row in self.rows)
        return f"{self.text}: {values}" if self.text else values


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; `part` groups chapters, `step` is the step that it is about."""

    id: str
    number: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    part: str = ""
    step: str = ""


def step_chapter(flowchart: Flowchart, step: Step, part: str, lang: str, translate: Translate) -> Chapter:
    """The chapter of a step; paragraphs are numbered after its id, so that they need no other number."""
    writer = _Writer(flowchart, step, lang, translate)
    fields = [(name, label, values) for name, label, values in writer.fields() if values]
    paragraphs = tuple(
        Paragraph(f"{step.id}.{name}", f"{step.id}.{at}", Kind.FIELD, translate(label), tuple((v,) for v in values))
        for at, (name, label, values) in enumerate(fields, start=1)
    )
    return Chapter(f"step-{step.id}", step.id, text(step.label, lang), paragraphs, part, step.id)


@dataclass(frozen=True, slots=True)
class _Writer:
    flowchart: Flowchart
    step: Step
    lang: str
    translate: Translate

    def fields(self) -> Iterator[tuple[str, str, list[str]]]:
        """Id, name and values of each paragraph, in the order of every chapter."""
        yield "kind", N_("What it is"), [self._kind()]
        yield "who", N_("Who"), self._who()
        yield "when", N_("When"), self._when()
        yield "form", N_("Form"), [form_title(name, self.translate) for name in self.step.forms]
        yield "data", N_("Data passed on"), self._data()
        yield "basis", N_("Legal basis"), self._bases()
        yield "note", N_("Note"), [text(self.step.note, self.lang)] if self.step.note else []
        yield "next", N_("What comes next"), self._next()

    def _say(self, message: str, **values: object) -> str:
        return self.translate(message) % values

    def _kind(self) -> str:
        words = self.translate(KIND_WORDS[self.step.kind])
        return f"{words} ({self._label(NEED_LABELS, self.step.need)})" if self.step.need else words

    def _label(self, labels: Mapping[Any, str], key: str) -> str:
        return self.translate(labels[key]) if key in labels else key

    def _who(self) -> list[str]:
        lane = text(self.flowchart.lanes.get(self.step.lane, {}), self.lang)
        actors = text(self.step.actors, self.lang) if self.step.actors else ""
        return [lane, *([self._say(N_("with: %(actors)s"), actors=actors)] if actors else [])]

    def _when(self) -> list[str]:
        times = {one: written(time, self.translate) for one, time in (self.step.deadline or {}).items()}
        if not times:
            return []
        if len(set(times.values())) == 1:
            found = [self._say(N_("within %(time)s, whatever the priority"), time=next(iter(times.values())))]
        else:
            pairs = ((self.translate(PRIORITY_LABELS[one]), time) for one, time in times.items())
            found = [self._say(N_("%(priority)s: %(time)s"), priority=name, time=time) for name, time in pairs]
        if self.step.clock is Clock.BUSINESS:
            found.append(self.translate(N_("working days")))
        if self.step.clock is Clock.CALENDAR:
            found.append(self.translate(N_("running days")))
        return found

    def _data(self) -> list[str]:
        if not self.step.shares:
            return []
        known = [one for one in self.step.shares if one in CATEGORY_LABELS]
        named = [f"{one} {self._label(CATEGORY_LABELS, one)}" for one in known]
        return named or [self.translate(N_("what the consent covers"))]

    def _bases(self) -> list[str]:
        step, found = self.step, []
        if step.grants:
            found.append(self._say(N_("this step records: %(bases)s"), bases=self._named(step.grants)))
        if step.requires:
            found.append(self._say(N_("required: %(bases)s"), bases=self._named(step.requires)))
        for need, bases in step.requires_for.items():
            values = {"need": self._label(NEED_LABELS, need), "bases": self._named(bases)}
            found.append(self._say(N_("required as well for “%(need)s”: %(bases)s"), **values))
        if step.invalidates:
            found.append(self._say(N_("this step ends: %(bases)s"), bases=self._named(step.invalidates)))
        return found

    def _named(self, bases: Iterable[str]) -> str:
        return ", ".join(self._label(BASIS_LABELS, one) for one in bases)

    def _next(self) -> list[str]:
        branches = self.flowchart.outgoing(self.step.id)
        if self.step.kind is StepKind.END or not branches:
            return [self.translate(N_("the case is closed"))] if self.step.kind is StepKind.END else []
        return [self._way(branch) for branch in branches]

    def _way(self, branch: Branch) -> str:
        target = self._step(branch.target)
        label = text(branch.label, self.lang)
        if label:
            way = self._say(N_("“%(answer)s”: go on to %(step)s"), answer=label, step=target)
        elif branch.is_default:
            way = self._say(N_("otherwise: go on to %(step)s"), step=target)
        elif branch.guard is not None:
            way = self._say(N_("where %(condition)s: go on to %(step)s"), condition=branch.guard.text, step=target)
        else:
            way = self._say(N_("go on to %(step)s"), step=target)
        if not branch.is_loop or branch.loop_max is None:
            return way
        if branch.then is None:
            return self._say(N_("%(way)s (at most %(times)d times)"), way=way, times=branch.loop_max)
        values = {"way": way, "times": branch.loop_max, "step": self._step(branch.then)}
        return self._say(N_("%(way)s (at most %(times)d times, then %(step)s)"), **values)

    def _step(self, name: str) -> str:
        step = self.flowchart.steps.get(name)
        return f"{name} {text(step.label, self.lang)}" if step else name
