"""The procedure as a document: one structure, printed as PDF and DOCX and shown as a page for consultation.

Chapters come from the flowchart, the triage table, the forms and the texts `S…` of the library. Every paragraph has an
id that does not depend on its place: of a step `N03.when`, of a text the mark at its end (`{#mark}`), of a table its
name. Texts that are read aloud (`F…`) are counted: their wording is proof and bears no marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sop.agenda import text
from sop.drawing import page_title
from sop.durations import written
from sop.flowchart import Flowchart
from sop.form_index import form_title, steps_using
from sop.forms import Form
from sop.manual_steps import Chapter, Kind, Paragraph, step_chapter
from sop.pages import pages
from sop.questions import Kind as Asked
from sop.questions import Question
from sop.texts import Text, parse
from sop.triage import DecisionTable, NotAsked
from sop.vocabulary import CATEGORY_LABELS, N_, PRIORITY_LABELS
from sop.yaml_tree import read_text

__all__ = ["Chapter", "Kind", "Manual", "Paragraph", "manual", "texts_in"]

Translate = Callable[[str], str]
_MARK = re.compile(r"\s*\{#([a-z0-9-]{1,40})\}\Z")
FEW = 12
"""Answers of a question that are listed one by one."""
OPEN_ANSWERS = {
    Asked.DATE: N_("a date"),
    Asked.INTEGER: N_("a number"),
    Asked.DECIMAL: N_("a number"),
}
NOT_ASKED = {
    NotAsked.YES: N_("counts as yes"),
    NotAsked.NO: N_("counts as no, to be asked"),
    NotAsked.PRIVATE_INTERVIEW: N_("private interview within 24 hours"),
}


@dataclass(frozen=True, slots=True)
class Manual:
    """The whole document in one language; `number`, `status` and `hash` are those of the flowchart."""

    code: str
    title: str
    lang: str
    number: str
    status: str
    hash: str
    notice: str
    chapters: tuple[Chapter, ...]

    def paragraphs(self) -> Iterator[tuple[Chapter, Paragraph]]:
        """Every paragraph with its chapter, in reading order."""
        for chapter in self.chapters:
            for paragraph in chapter.paragraphs:
                yield chapter, paragraph

    def paragraph(self, paragraph_id: str) -> Paragraph | None:
        """The paragraph of this id."""
        return next((one for _, one in self.paragraphs() if one.id == paragraph_id), None)

    def to_json(self) -> dict[str, Any]:
        """As JSON: what a page shows."""
        return asdict(self)


def texts_in(folder: Path, lang: str) -> dict[str, Text]:
    """Every text of a folder in this language, by name: `S…` are chapters, `F…` what is read aloud with a form.

    Raises `Unreadable` for a file that is no text.
    """
    found = {path.name.removesuffix(f".{lang}.md"): read_text(path) for path in sorted(folder.glob(f"*.{lang}.md"))}
    return {name: parse(words) for name, words in found.items() if words.strip()}


def manual(
    flowchart: Flowchart,
    triage: DecisionTable | None,
    forms: Mapping[str, Form],
    texts: Mapping[str, Text],
    lang: str,
    translate: Translate = str,
) -> Manual:
    """The document. `forms` by code (`F04`), `texts` as `texts_in` gives them; both may be empty."""
    written_down = _Editor(flowchart, triage, forms, texts, lang, translate)
    return Manual(
        code=flowchart.id,
        title=text(flowchart.title, lang) or flowchart.id,
        lang=lang,
        number=flowchart.version,
        status=flowchart.status,
        hash=flowchart.hash,
        notice=text(flowchart.notice, lang) if flowchart.notice else "",
        chapters=tuple(_numbered(chapter for chapter in written_down.chapters() if chapter.paragraphs)),
    )


def _numbered(chapters: Iterable[Chapter]) -> Iterator[Chapter]:
    """Give chapters that are not about a step the numbers 1, 2, …, and their paragraphs 1.1, 1.2, …"""
    number = 0
    for chapter in chapters:
        if chapter.step:
            yield chapter
            continue
        number += 1
        paragraphs = tuple(
            Paragraph(one.id, f"{number}.{at}", one.kind, one.text, one.rows, one.page)
            for at, one in enumerate(chapter.paragraphs, start=1)
        )
        yield Chapter(chapter.id, str(number), chapter.title, paragraphs, chapter.part)


@dataclass(frozen=True, slots=True)
class _Editor:
    """Puts the chapters together."""

    flowchart: Flowchart
    triage: DecisionTable | None
    forms: Mapping[str, Form]
    texts: Mapping[str, Text]
    lang: str
    translate: Translate

    def chapters(self) -> Iterator[Chapter]:
        for name, words in self.texts.items():
            if name.startswith("S"):
                yield self._of_text(name, words)
        yield self._roles()
        yield from self._steps()
        yield self._triage()
        yield self._limits()
        yield self._drawings()
        yield from self._annexes()

    def _say(self, message: str, **values: object) -> str:
        return self.translate(message) % values if values else self.translate(message)

    # --- texts -------------------------------------------------------------------------------------------------------

    def _of_text(self, name: str, words: Text) -> Chapter:
        code, _, topic = name.partition("_")
        topic = topic if code.startswith("S") and topic else code
        kinds = {"points": Kind.POINTS, "heading": Kind.HEADING}
        paragraphs = []
        for at, block in enumerate(words.blocks, start=1):
            *lines, last = block.lines
            mark = _MARK.search(last)
            lines.append(last[: mark.start()] if mark else last)
            own, kind = f"{topic}.{mark[1] if mark else at}", kinds.get(block.kind, Kind.TEXT)
            rows = tuple((line,) for line in lines) if kind is Kind.POINTS else ()
            paragraphs.append(Paragraph(own, "", kind, "" if rows else lines[0], rows))
        return Chapter(topic, "", words.title, tuple(paragraphs))

    # --- the flowchart -----------------------------------------------------------------------------------------------

    def _roles(self) -> Chapter:
        held = {lane: [one.id for one in self.flowchart.steps.values() if one.lane == lane] for lane in self._lanes()}
        rows = tuple((text(self.flowchart.lanes[lane], self.lang), ", ".join(steps)) for lane, steps in held.items())
        head = (self._say(N_("Role and actors")), self._say(N_("Steps")))
        table = Paragraph("roles.lanes", "", Kind.TABLE, self._say(N_("Who does which steps")), (head, *rows))
        return Chapter("roles", "", self._say(N_("Roles")), (table,))

    def _lanes(self) -> list[str]:
        return list(self.flowchart.lanes)

    def _steps(self) -> Iterator[Chapter]:
        reading = (
            N_("Each step has its own chapter. Its paragraphs carry the step’s code, which is also on the drawing."),
            N_("Hours run day and night. Days are working days for medium and low priority, running days otherwise."),
            N_(
                "A deadline begins when the step begins. Whoever is in charge is reminded at half of it, the "
                "supervisor is told when it is over, the regional focal point at one and a half times, "
                "the national unit at twice."
            ),
        )
        paragraphs = tuple(
            Paragraph(f"steps.{name}", "", Kind.TEXT, self._say(words))
            for name, words in zip(("codes", "days", "delays"), reading, strict=True)
        )
        yield Chapter("steps", "", self._say(N_("The steps")), paragraphs)
        stages = [*self.flowchart.stages, None]
        places = {stage: at for at, stage in enumerate(stages)}
        for step in sorted(self.flowchart.steps.values(), key=lambda one: places.get(one.stage, len(places))):
            stage = self.flowchart.stages.get(step.stage) if step.stage else None
            part = text(stage, self.lang) if stage else ""
            yield step_chapter(self.flowchart, step, part, self.lang, self.translate)

    def _limits(self) -> Chapter:
        times = [
            (
                one.id,
                f"{one.source} → {one.target}",
                self._say(PRIORITY_LABELS[one.priority]),
                written(one.limit, self.translate),
                text(one.why, self.lang) if one.why else "",
            )
            for one in self.flowchart.constraints
        ]
        head = tuple(map(self._say, (N_("Code"), N_("From, to"), N_("Priority"), N_("At most"), N_("Why"))))
        found = []
        if times:
            found.append(Paragraph("limits.times", "", Kind.TABLE, self._say(N_("Overall times")), (head, *times)))
        ways = [
            (one.id, f"{one.source} → {one.target}", ", ".join(one.around) or "–", text(one.why, self.lang))
            for one in self.flowchart.forbidden
        ]
        head = tuple(map(self._say, (N_("Code"), N_("From, to"), N_("Unless through"), N_("Why"))))
        if ways:
            caption = self._say(N_("Ways that must not exist"))
            found.append(Paragraph("limits.forbidden", "", Kind.TABLE, caption, (head, *ways)))
        return Chapter("limits", "", self._say(N_("Overall times and safeguards")), tuple(found))

    def _drawings(self) -> Chapter:
        paragraphs = tuple(
            Paragraph(
                f"drawing.{page.id}",
                "",
                Kind.DRAWING,
                page_title(self.flowchart, page, lang=self.lang, translate=self.translate),
                page=page.id,
            )
            for page in pages(self.flowchart)
        )
        return Chapter("drawings", "", self._say(N_("Drawings")), paragraphs)

    # --- triage ------------------------------------------------------------------------------------------------------

    def _triage(self) -> Chapter:
        if self.triage is None:
            return Chapter("triage", "", "", ())
        intro = self._say(N_("The first line that fits decides. An answer that is not known protects the person."))
        head = tuple(map(self._say, (N_("No."), N_("Priority"), N_("Urgent"), N_("Reason"), N_("Condition"))))
        urgent = {True: self._say(N_("yes")), False: self._say(N_("no"))}
        rules = [
            (
                str(rule.number),
                self._say(PRIORITY_LABELS[rule.priority]),
                urgent[rule.urgent],
                rule.reason.get(self.lang, ""),
                rule.guard.text if rule.guard else "–",
            )
            for rule in self.triage.rules
        ]
        facts = [
            (fact.label.get(self.lang, ""), fact.field.name, self._say(NOT_ASKED[fact.not_asked]))
            for fact in self.triage.facts
        ]
        head_of_facts = tuple(map(self._say, (N_("What is asked"), N_("Code"), N_("Where it was not asked"))))
        return Chapter(
            "triage",
            "",
            self._say(N_("Triage table")),
            (
                Paragraph("triage.reading", "", Kind.TEXT, intro),
                Paragraph("triage.rules", "", Kind.TABLE, self._say(N_("Rules")), (head, *rules)),
                Paragraph("triage.facts", "", Kind.TABLE, self._say(N_("What is asked")), (head_of_facts, *facts)),
            ),
        )

    # --- forms -------------------------------------------------------------------------------------------------------

    def _annexes(self) -> Iterator[Chapter]:
        used = steps_using(self.flowchart)
        names = {name.partition("_")[0]: name for one in self.flowchart.steps.values() for name in one.forms}
        if used:
            head = (self._say(N_("Form")), self._say(N_("Steps")))
            rows = tuple(
                (form_title(names.get(code, code), self.translate), ", ".join(steps)) for code, steps in used.items()
            )
            table = Paragraph(
                "forms.list", "", Kind.TABLE, self._say(N_("Forms and where they are used")), (head, *rows)
            )
            yield Chapter("forms", "", self._say(N_("Forms")), (table,))
        for code in sorted({*self.forms, *(name.partition("_")[0] for name in self.texts if name.startswith("F"))}):
            yield self._form(code)

    def _form(self, code: str) -> Chapter:
        paragraphs: list[Paragraph] = []
        for name, words in self.texts.items():
            if name.partition("_")[0] == code:
                paragraphs += self._of_text(name, words).paragraphs
        if code in self.forms:
            paragraphs += self._screens(code, self.forms[code])
        part = self._say(N_("Annexes: forms and what is read aloud"))
        return Chapter(f"form-{code}", "", form_title(code, self.translate), tuple(paragraphs), part)

    def _screens(self, code: str, form: Form) -> Iterator[Paragraph]:
        head = tuple(map(self._say, (N_("Question"), N_("Answers"), N_("Data"))))
        for screen in form.screens():
            asked = [question for question in screen.questions if question.type is not Asked.CALCULATE]
            rows = tuple((self._asked(one), self._answers(form, one), self._category(one)) for one in asked)
            caption = _in(screen.label, self.lang) or screen.name
            yield Paragraph(f"{code}.{screen.name}", "", Kind.TABLE, caption, (head, *rows))

    def _asked(self, question: Question) -> str:
        label, hint = _in(question.label, self.lang), _in(question.hint, self.lang)
        return f"{label}\n{hint}" if hint else label

    def _answers(self, form: Form, question: Question) -> str:
        if question.type is Asked.NOTE:
            return "–"
        choices = [_in(choice.label, self.lang) for choice in form.choices.get(question.list_name, ())]
        if not choices:
            return self._say(OPEN_ANSWERS.get(question.type, N_("free text")))
        if len(choices) > FEW:
            return self._say(N_("%(some)s and %(more)s more"), some="; ".join(choices[:5]), more=len(choices) - 5)
        return "; ".join(choices)

    def _category(self, question: Question) -> str:
        return f"{question.category} {self._say(CATEGORY_LABELS[question.category])}" if question.category else "–"


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or texts.get("") or next(iter(texts.values()), "")
