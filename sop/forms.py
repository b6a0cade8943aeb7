"""A compiled form: what to ask, when, what is a good answer, and what it tells statistics and routing.

>>> form = compile_form('''
... | survey |          |      |            |            |          |      |
... |        | type     | name | label      | constraint | category | fact |
... |        | integer  | age  | Age        | . < 120    | C3       |      |
... ''')
>>> state = form.evaluate({"age": "200"}, today=date(2026, 1, 1), now=datetime(2026, 1, 1))
>>> state.errors["age"].code, state.values
('constraint', {})
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from sop.answers import Answer, plain
from sop.evaluation import Scope
from sop.expressions import answers_used, reads_clock
from sop.facts import INPUTS
from sop.filling import Filling, FormState, clean_answer, plain_value, try_value
from sop.questions import (
    APPEARANCES,
    Choice,
    FormError,
    FormFinding,
    Group,
    Kind,
    Question,
    Texts,
    group_from_json,
    question_from_json,
    question_to_json,
)
from sop.vocabulary import N_, Category, Message
from sop.xlsform import accept, read

__all__ = ["Form", "FormState", "Screen", "compile_form", "load_form", "split_by_category"]

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of the form: a group of the first level and what it asks or says, in order."""

    name: str
    label: Texts
    number: int
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Form:
    """A compiled form; `hash` identifies its content, whatever its version is called."""

    id: str
    title: str
    version: str
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    groups: Mapping[str, Group]
    choices: Mapping[str, tuple[Choice, ...]]
    warnings: tuple[FormFinding, ...] = field(default=(), compare=False)

    def __getitem__(self, name: str) -> Question:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        return {question.name: question for question in self.questions}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content; moving a line in the source does not change it."""
        tree = self.to_json()
        for item in (*tree["questions"], *tree["groups"]):
            del item["row"]
        return hashlib.sha256(json.dumps(tree, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def homes(self) -> dict[str, tuple[str, ...]]:
        """By name of a question or group: the repeats around it, outermost first."""
        items: list[Question | Group] = [*self.groups.values(), *self.questions]
        return {item.name: tuple(name for name in item.groups if self.groups[name].repeat) for item in items}

    @cached_property
    def outline(self) -> dict[str, list[str]]:
        """By name of a group ("": the form itself): the names directly in it, in order."""
        found: dict[str, list[str]] = {"": []}
        for item in sorted((*self.groups.values(), *self.questions), key=lambda item: item.row):
            found.setdefault(item.groups[-1] if item.groups else "", []).append(item.name)
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names of groups and questions so that everything comes after what it depends on; raises on a circle."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        items: list[Question | Group] = [*self.groups.values(), *self.questions]
        for item in items:
            calculation = item.calculation if isinstance(item, Question) else None
            used = {name for node in (item.relevant, calculation) if node for name in answers_used(node)}
            sorter.add(item.name, *item.groups, *sorted(used))
        return tuple(sorter.static_order())

    @cached_property
    def filtered_choices(self) -> dict[tuple[Any, ...], tuple[Choice, ...]]:
        """What choice filters left, by question and the answers that the filter read."""
        return {}

    @cached_property
    def filter_reads(self) -> dict[str, tuple[str, ...] | None]:
        """By question with a choice filter: the answers that it reads; None when it also reads the clock."""
        filters = {question.name: question.choice_filter for question in self.questions if question.choice_filter}
        return {
            name: None if reads_clock(condition) else tuple(sorted(answers_used(condition)))
            for name, condition in filters.items()
        }

    def options(self, question: Question, state: FormState | None = None) -> tuple[Choice, ...]:
        """What may be chosen, as far as the answers given leave it."""
        if state is not None and question.name in state.choices:
            return state.choices[question.name]
        return self.choices.get(question.list_name, ())

    def screens(self) -> tuple[Screen, ...]:
        """Groups of the first level in order, one page each; questions outside groups share a page."""
        pages: list[tuple[str, list[Question]]] = []
        for question in self.questions:
            if question.type is Kind.CALCULATE:
                continue
            name = question.groups[0] if question.groups else ""
            if not pages or pages[-1][0] != name:
                pages.append((name, []))
            pages[-1][1].append(question)
        return tuple(
            Screen(name or f"page{number}", self.groups[name].label if name else {}, number, tuple(questions))
            for number, (name, questions) in enumerate(pages, start=1)
        )

    def applicable(self, state: FormState) -> tuple[Screen, ...]:
        """The screens on which something is left to ask or say, in order."""
        return tuple(s for s in self.screens() if any(question.name in state.relevant for question in s.questions))

    def initial(self, *, today: date, now: datetime) -> dict[str, Any]:
        """Answers to propose before anybody has answered (column `default`), as JSON can keep them."""
        found: dict[str, Any] = {}
        for question in self.questions:
            if question.default is not None:
                value = plain_value(try_value(question.default, Scope(found, today=today, now=now), ""))
                answer = clean_answer(question, value, self.options(question))
                if not isinstance(answer, Message) and answer is not None:
                    found[question.name] = plain(answer)
        return found

    def evaluate(self, answers: Mapping[str, Any], *, today: date, now: datetime) -> FormState:
        """Clean the answers and say what applies, what is missing and what is wrong.

        Answers to questions that do not apply, or that the form does not have, are dropped.
        """
        return Filling(self, answers, today, now).state()

    def explain(self, name: str, message: Message, language: str, gettext: Callable[[str], str]) -> str:
        """The message in words: the form's own constraint message, or ours through `gettext`."""
        own = self[name].constraint_message if message.code == "constraint" else {}
        if text := own.get(language) or own.get(""):
            return text
        return gettext(message.text) % message.values if message.values else gettext(message.text)

    def findings(self, facts: Mapping[str, Any] | None = None) -> list[FormFinding]:
        """What stands in the way of publishing: category or translation missing, unknown fact or appearance.

        `facts`: the facts that exist (default: those of `sop.facts`).
        """
        known = INPUTS if facts is None else facts
        found = list(self.warnings)

        def note(question: Question, code: str, column: str, text: str, **values: Any) -> None:
            found.append(FormFinding("warning", code, question.row, column, Message(code, text, values)))

        for question in self.questions:
            if question.category is None and question.type is not Kind.NOTE:
                note(question, "NO_CATEGORY", "category", N_("The question has no data category."))
            if question.fact and question.fact not in known:
                note(question, "UNKNOWN_FACT", "fact", N_("The fact %(fact)s is not known."), fact=question.fact)
            for word in set(question.appearance) - APPEARANCES:
                note(question, "APPEARANCE", "appearance", N_("The appearance %(word)s is not supported."), word=word)
        return sorted(found, key=lambda finding: (finding.row, finding.column, finding.code))

    def to_json(self) -> dict[str, Any]:
        """As JSON: everything that filling the form needs."""
        return {
            "id": self.id,
            "title": self.title,
            "version": self.version,
            "languages": list(self.languages),
            "groups": [question_to_json(group) for group in self.groups.values()],
            "questions": [question_to_json(question) for question in self.questions],
            "choices": {name: [choice.to_json() for choice in choices] for name, choices in self.choices.items()},
        }

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Form:
        """The inverse of `to_json`."""
        return cls(
            id=tree["id"],
            title=tree["title"],
            version=tree["version"],
            languages=tuple(tree["languages"]),
            questions=tuple(question_from_json(item) for item in tree["questions"]),
            groups={item["name"]: group_from_json(item) for item in tree["groups"]},
            choices={name: tuple(Choice(**choice) for choice in choices) for name, choices in tree["choices"].items()},
        )


def compile_form(source: str | Path, *, reference: bool = True) -> Form:
    """Compile a form from Markdown (text or path); raises `FormError` with every complaint, by row and column.

    `reference=False` does not ask pyxform for its opinion (half a second the first time): for published forms.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    reading = read(text)
    settings = reading.settings
    form = Form(
        id=settings.get("form_id", "form"),
        title=settings.get("form_title", settings.get("form_id", "form")),
        version=settings.get("version", ""),
        languages=tuple(reading.languages.values()),
        questions=tuple(reading.questions),
        groups={group.name: group for group in reading.groups},
        choices=reading.choices,
        warnings=tuple(reading.findings),
    )
    try:
        form.order  # noqa: B018  computed now, so that a circle is refused here
    except CycleError as error:
        names = " → ".join(error.args[1])
        row = form[error.args[1][0]].row if error.args[1][0] in form else 0
        text = N_("These questions depend on each other in a circle: %(names)s.")
        raise FormError(
            [FormFinding("error", "CIRCLE", row, "relevant", Message("CIRCLE", text, {"names": names}))]
        ) from error
    if reference:
        accept(text)
    return form


@cache
def load_form(name: str = "identification", country: str = "cameroon") -> Form:
    """A form of the library, compiled without pyxform (the tests ask its opinion).

    >>> load_form()["needs"].category
    <Category.C1: 'C1'>
    """
    return compile_form(LIBRARY / country / "forms" / f"{name}.md", reference=False)


def split_by_category(form: Form, values: Mapping[str, Answer]) -> dict[Category, dict[str, Any]]:
    """The values as JSON can keep them, one part for each data category, so that each part is sealed on its own.

    A question without a category counts as C5, the case team's own assessment: never as less than personal.
    """
    parts: dict[Category, dict[str, Any]] = {}
    for question in form.questions:
        if question.name in values:
            parts.setdefault(question.category or Category.C5, {})[question.name] = plain(values[question.name])
    return parts
