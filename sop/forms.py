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
from pathlib import Path
from typing import Any

from sop.answers import as_value, plain
from sop.evaluation import Scope
from sop.facts import INPUTS
from sop.filling import Filling, FormState, clean_answer, plain_value, try_value
from sop.form_logic import fit, homes_of, in_order
from sop.lookup import MOST_BYTES, FormTables, named_files, pulled, read_tables
from sop.nodes import answers_used, calls, depends_on_more
from sop.paths import added, split_by_category
from sop.questions import (
    APPEARANCES,
    Choice,
    FormFinding,
    Group,
    Kind,
    Question,
    Texts,
    group_from_json,
    question_from_json,
    question_to_json,
)
from sop.vocabulary import N_, Message
from sop.workbooks import Source, read_workbook
from sop.xform import DEFAULT_ID, xform
from sop.xlsform import read

__all__ = ["Form", "FormState", "Screen", "compile_form", "load_form", "split_by_category"]

ONCE = frozenset({"once"})
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
    """A compiled form; `hash` identifies its content, whatever its version is called.

    `title` is the one that XLSForm knows; `titles` are those of our columns `title_fr`, `title_en` … of the settings.
    `tables`: what pulldata() looks into · `left_out`: names in the source that are not supported.
    """

    id: str
    title: str
    version: str
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    groups: Mapping[str, Group]
    choices: Mapping[str, tuple[Choice, ...]]
    tables: FormTables = field(default_factory=FormTables)
    titles: Texts = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
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
        return homes_of(self.groups, [*self.groups.values(), *self.questions])

    @cached_property
    def outline(self) -> dict[str, list[str]]:
        """By name of a group ("": the form itself): the names directly in it, in order."""
        found: dict[str, list[str]] = {"": []}
        items: list[Question | Group] = [*self.groups.values(), *self.questions]
        for item in sorted(items, key=lambda item: item.row):
            found.setdefault(item.groups[-1] if item.groups else "", []).append(item.name)
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names of groups and questions so that everything comes after what it depends on; raises on a circle."""
        return in_order([*self.groups.values(), *self.questions])

    @cached_property
    def plan(self) -> tuple[tuple[Question | Group, tuple[str, ...]], ...]:
        """Groups and questions in the order in which they are worked out, with the repeats around each."""
        return tuple((self.groups.get(name) or self[name], self.homes[name]) for name in self.order)

    @cached_property
    def repeats(self) -> frozenset[str]:
        """Names of the groups that repeat."""
        return frozenset(name for name, group in self.groups.items() if group.repeat)

    @cached_property
    def remembering(self) -> frozenset[str]:
        """Questions whose calculation looks at what they hold so far (once)."""
        return frozenset(
            question.name for question in self.questions if question.calculation and calls(question.calculation, ONCE)
        )

    @cached_property
    def _questions_by_home(self) -> dict[tuple[str, ...], tuple[Question, ...]]:
        found: dict[tuple[str, ...], list[Question]] = {}
        for question in self.questions:
            found.setdefault(self.homes[question.name], []).append(question)
        return {home: tuple(questions) for home, questions in found.items()}

    def questions_of(self, repeats: tuple[str, ...]) -> tuple[Question, ...]:
        """The questions directly in these repeats, one within the other (none: outside of repeats)."""
        return self._questions_by_home.get(repeats, ())

    def repeats_in(self, repeats: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the repeats directly in these repeats, one within the other (none: outside of repeats)."""
        return tuple(name for name in self.groups if name in self.repeats and self.homes[name] == repeats)

    @cached_property
    def filtered_choices(self) -> dict[tuple[Any, ...], tuple[Choice, ...]]:
        """What choice filters left, by question and the answers that the filter read."""
        return {}

    @cached_property
    def filter_reads(self) -> dict[str, tuple[str, ...] | None]:
        """By question with a choice filter: the answers that it reads; None when it reads more than those."""
        filters = {question.name: question.choice_filter for question in self.questions if question.choice_filter}
        return {
            name: None if depends_on_more(condition) else tuple(sorted(answers_used(condition)))
            for name, condition in filters.items()
        }

    def options(self, question: Question, state: FormState | None = None, path: str = "") -> tuple[Choice, ...]:
        """What may be chosen, as far as the answers given leave it; `path` says in which instance."""
        if state is not None and (path or question.name) in state.choices:
            return state.choices[path or question.name]
        return self.choices.get(question.list_name, ())

    def screens(self) -> tuple[Screen, ...]:
        """Groups of the first level in order, one page each; questions outside groups share a page."""
        pages: list[tuple[str, list[Question]]] = []
        for question in self.questions:
            if question.type.is_silent:
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
        return tuple(
            screen
            for screen in self.screens()
            if any((self.homes[one.name] or (one.name,))[0] in state.relevant for one in screen.questions)
        )

    def initial(self, *, today: date, now: datetime) -> dict[str, Any]:
        """Answers to propose before anybody has answered (column `default`), as JSON can keep them."""
        known: dict[str, Any] = {}
        return self._proposed((), Scope(known, today=today, now=now, tables=self.tables), known)

    def initial_instance(
        self, repeat: str, answers: Mapping[str, Any], *, today: date, now: datetime
    ) -> dict[str, Any]:
        """Answers to propose in a new instance of the repeat at this path, given the answers so far.

        `repeat` is the path of the repeat itself: `members`, or `members/2/phones`.
        """
        filling = Filling(self, added(answers, repeat), today, now)
        filling.state()
        place = next((one for one in filling.root.all() if one.prefix.startswith(f"{repeat}/")), None)
        if place is None or place.parent is None:
            return {}
        new = place.parent.instances[place.repeats[-1]][-1]
        return self._proposed(new.repeats, filling.plainly(new), new.known)

    def _proposed(self, repeats: tuple[str, ...], scope: Scope, known: dict[str, Any]) -> dict[str, Any]:
        """Defaults, and what a calculation works out only once, of the questions directly in these repeats."""
        found: dict[str, Any] = {}
        for question in self.questions_of(repeats):
            node = question.calculation if question.name in self.remembering else question.default
            if node is not None:
                answer: Any = plain_value(try_value(node, scope, ""))
                if question.calculation is None:
                    answer = clean_answer(question, plain(answer), self.options(question))
                if not isinstance(answer, Message) and answer is not None:
                    found[question.name] = plain(answer)
                    known[question.name] = as_value(answer)
        return found

    def evaluate(self, answers: Mapping[str, Any], *, today: date, now: datetime) -> FormState:
        """Clean the answers and say what applies, what is missing and what is wrong.

        Answers to questions that do not apply, or that the form does not have, are dropped.
        """
        return Filling(self, answers, today, now).state()

    def explain(self, path: str, message: Message, language: str, gettext: Callable[[str], str]) -> str:
        """The message at a path in words: the form's own (constraint, required), or ours through `gettext`."""
        question = self._by_name.get(path.rpartition("/")[2])
        own = question.own_words(message.code) if question else {}
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
            if question.category is None and question.type is not Kind.NOTE and not question.type.is_metadata:
                note(question, "NO_CATEGORY", "category", N_("The question has no data category."))
            if question.fact and self.homes[question.name]:
                text = N_("A fact cannot come from a repeat: work it out outside, in a calculation.")
                note(question, "FACT_REPEATED", "fact", text)
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
            **({"titles": dict(self.titles)} if self.titles else {}),
            "version": self.version,
            "languages": list(self.languages),
            "groups": [question_to_json(group) for group in self.groups.values()],
            "questions": [question_to_json(question) for question in self.questions],
            "choices": {name: [choice.to_json() for choice in choices] for name, choices in self.choices.items()},
        } | self._beside()

    def _beside(self) -> dict[str, Any]:
        tables = {"tables": self.tables.to_json()} if self.tables.files else {}
        return tables | ({"left_out": sorted(self.left_out)} if self.left_out else {})

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Form:
        """The inverse of `to_json`."""
        return cls(
            id=tree["id"],
            title=tree["title"],
            titles=tree.get("titles", {}),
            version=tree["version"],
            languages=tuple(tree["languages"]),
            questions=tuple(question_from_json(item) for item in tree["questions"]),
            groups={item["name"]: group_from_json(item) for item in tree["groups"]},
            choices={name: tuple(Choice(**choice) for choice in choices) for name, choices in tree["choices"].items()},
            tables=FormTables.from_json(tree.get("tables", {})),
            left_out=frozenset(tree.get("left_out", ())),
        )


def compile_form(source: Source, *, reference: bool = True, files: Mapping[str, str] | None = None) -> Form:
    """Compile a form; raises `FormError` with every complaint, by row and column.

    `source`: Markdown or CSV text, a file's bytes or path (also XLSX and ZIP), or CSV texts by sheet. `files`: texts of
    the CSV files beside it, by name. `reference=False` does not ask pyxform for its opinion (half a second the first
    time): for published forms.
    """
    sheets = read_workbook(source)
    tables, findings = read_tables(files or {})
    reading = read(sheets, tables)
    fit(reading)
    settings = reading.settings
    form = Form(
        id=settings.get("form_id", DEFAULT_ID),
        title=settings.get("form_title", settings.get("form_id", DEFAULT_ID)),
        titles={code: settings[f"title_{code}"] for code in reading.languages.all if f"title_{code}" in settings},
        version=settings.get("version", ""),
        languages=reading.languages.all,
        questions=tuple(reading.questions),
        groups={group.name: group for group in reading.groups},
        choices=reading.choices,
        tables=pulled(tables, reading.questions),
        left_out=frozenset(reading.left_out - {""}),
        warnings=(*findings, *reading.findings),
    )
    if reference:
        xform(sheets)
    return form


def files_beside(form: Path) -> dict[str, str]:
    """The CSV files in the folder of a form that it asks for; what is too large to be one is left out."""
    cells = (cell for sheet in read_workbook(form).values() for _, line in sheet.lines for cell in line.values())
    paths = [form.parent / name for name in named_files(cells)]
    good = [path for path in paths if path.is_file() and path.stat().st_size <= MOST_BYTES]
    return {path.name: path.read_text(encoding="utf-8-sig", errors="replace") for path in good}


@cache
def load_form(name: str = "identification", country: str = "cameroon") -> Form:
    """A form of the library, compiled without pyxform (the tests ask its opinion).

    >>> load_form()["needs"].category
    <Category.C1: 'C1'>
    """
    return compile_form(LIBRARY / country / "forms" / f"{name}.md", reference=False)
