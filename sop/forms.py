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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from sop.answers import Answer, Refused, as_value, clean, plain
from sop.evaluation import EvaluationError, Scope, Value, evaluate, is_true
from sop.expressions import Node, answers_used
from sop.facts import INPUTS
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

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class FormState:
    """The form on one set of answers.

    `relevant`: questions and groups that apply · `required`: those that must be answered · `values`: good answers,
    typed (only relevant ones; calculations included) · `errors`: one message a question · `choices`: for the lists
    under a choice filter, what may be chosen.
    """

    relevant: frozenset[str]
    required: frozenset[str]
    values: dict[str, Answer]
    errors: dict[str, Message]
    choices: dict[str, tuple[Choice, ...]]

    @property
    def complete(self) -> bool:
        """Nothing is missing and nothing is wrong."""
        return not self.errors

    @property
    def plain(self) -> dict[str, Any]:
        """The values as JSON can keep them; evaluating the form on them again gives the same state."""
        return {name: plain(answer) for name, answer in self.values.items()}


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
    def order(self) -> tuple[str, ...]:
        """Names of groups and questions so that everything comes after what it depends on; raises on a circle."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        items: list[Question | Group] = [*self.groups.values(), *self.questions]
        for item in items:
            calculation = item.calculation if isinstance(item, Question) else None
            used = {name for node in (item.relevant, calculation) if node for name in answers_used(node)}
            sorter.add(item.name, *item.groups, *sorted(used))
        return tuple(sorter.static_order())

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

    def initial(self, *, today: date, now: datetime) -> dict[str, Any]:
        """Answers to propose before anybody has answered (column `default`), as JSON can keep them."""
        found: dict[str, Any] = {}
        for question in self.questions:
            if question.default is not None:
                answer = self._clean(
                    question, _plain_value(_try(question.default, Scope(found, today=today, now=now), ""))
                )
                if not isinstance(answer, Message) and answer is not None:
                    found[question.name] = plain(answer)
        return found

    def evaluate(self, answers: Mapping[str, Any], *, today: date, now: datetime) -> FormState:
        """Clean the answers and say what applies, what is missing and what is wrong.

        Answers to questions that do not apply, or that the form does not have, are dropped.
        """
        return _Evaluation(self, answers, today, now).state()

    def _clean(self, question: Question, raw: Any) -> Answer | Message | None:
        try:
            return clean(question, raw, self.choices.get(question.list_name, ()))
        except Refused as refusal:
            return refusal.message

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


class _Evaluation:
    """One run of a form over one set of answers."""

    def __init__(self, form: Form, answers: Mapping[str, Any], today: date, now: datetime) -> None:
        self.form = form
        self.answers = answers
        self.today = today
        self.now = now
        self.known: dict[str, Value] = {}
        self.values: dict[str, Answer] = {}
        self.errors: dict[str, Message] = {}
        self.relevant: set[str] = set()

    def scope(self, here: Value = "", columns: Mapping[str, str] | None = None) -> Scope:
        return Scope(self.known, today=self.today, now=self.now, here=here, columns=columns or {})

    def state(self) -> FormState:
        items: dict[str, Question | Group] = {**self.form.groups, **self.form._by_name}  # noqa: SLF001  same module
        for name in self.form.order:
            self.visit(items[name])
        choices = {
            question.name: self.filtered(question)
            for question in self.form.questions
            if question.choice_filter is not None and question.name in self.relevant
        }
        required = set()
        for question in self.form.questions:
            if question.asks and question.name in self.relevant:
                if question.required is not None and _truth(question.required, self.scope(), failing=True):
                    required.add(question.name)
                self.check(question, choices.get(question.name), question.name in required)
        good = {
            q.name: self.values[q.name]
            for q in self.form.questions
            if q.name in self.values and q.name not in self.errors
        }
        return FormState(frozenset(self.relevant), frozenset(required), good, self.errors, choices)

    def visit(self, item: Question | Group) -> None:
        """Decide whether the item applies and, for a question, take or work out its answer."""
        if not self.relevant.issuperset(item.groups):
            return
        if item.relevant is not None and not _truth(item.relevant, self.scope(), failing=True):
            return
        self.relevant.add(item.name)
        if isinstance(item, Question) and item.type is not Kind.NOTE:
            answer = self.answer(item)
            if isinstance(answer, Message):
                self.errors[item.name] = answer
            elif answer is not None:
                self.values[item.name] = answer
                self.known[item.name] = as_value(answer)

    def answer(self, question: Question) -> Answer | Message | None:
        if question.calculation is not None:
            return _plain_value(_try(question.calculation, self.scope(), ""))
        return self.form._clean(question, self.answers.get(question.name))  # noqa: SLF001  same module

    def filtered(self, question: Question) -> tuple[Choice, ...]:
        choices = self.form.choices.get(question.list_name, ())
        condition = question.choice_filter
        if condition is None:
            return choices
        return tuple(
            choice
            for choice in choices
            if _truth(condition, self.scope(columns={**choice.columns, "name": choice.name}), failing=True)
        )

    def check(self, question: Question, choices: Sequence[Choice] | None, required: bool) -> None:
        """Note what is wrong with one answer that applies."""
        if question.name in self.errors:
            return
        answer = self.values.get(question.name)
        if answer is None:
            if required:
                self.errors[question.name] = Message("required", N_("Please answer this question."))
            return
        if choices is not None and not _within(answer, choices):
            text = N_("This answer no longer fits the answers above it. Please choose again.")
            self.errors[question.name] = Message("choice_not_possible", text)
        elif question.constraint is not None and not _truth(
            question.constraint, self.scope(as_value(answer)), failing=False
        ):
            own = question.constraint_message
            text = own.get("en") or next(iter(own.values()), N_("This answer is not possible."))
            self.errors[question.name] = Message("constraint", text)


def _within(answer: Answer, choices: Sequence[Choice]) -> bool:
    codes = answer if isinstance(answer, list) else [answer]
    return {choice.name for choice in choices}.issuperset(map(str, codes))


def _truth(node: Node, scope: Scope, *, failing: bool) -> bool:
    """The condition; when it cannot be worked out: `failing` (ask rather than hide, refuse rather than accept)."""
    try:
        return is_true(node, scope)
    except EvaluationError:
        return failing


def _try(node: Node, scope: Scope, otherwise: Value) -> Value:
    try:
        return evaluate(node, scope)
    except EvaluationError:
        return otherwise


def _plain_value(value: Value) -> Answer | None:
    """A worked-out value as an answer: nothing for the empty text and for what is not a number."""
    if value == "" or value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if isinstance(value, float) and value == int(value) else value


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
