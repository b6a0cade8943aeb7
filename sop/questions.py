"""What a form is made of: questions, groups, choices (frozen, kept as JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sop.expressions import Node, from_json, to_json
from sop.vocabulary import Category, Message

MAX_TEXT = 200
MAX_NOTE = 4_000
"""Longest answer on one line, and of several lines (appearance `multiline`), in characters."""


class Kind(StrEnum):
    """The question types of XLSForm that are understood."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    CALCULATE = "calculate"

    @property
    def has_choices(self) -> bool:
        """Whether the answer comes from a list."""
        return self in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}


APPEARANCES: frozenset[str] = frozenset(
    {
        "multiline",
        "numbers",
        "phone",
        "minimal",
        "compact",
        "columns",
        "field-list",
        "year",
        "month-year",
        "w1",
        "w2",
        "w4",
    }
)
"""Appearances that pages know how to show; others are reported and then ignored."""

Texts = Mapping[str, str]
"""A text by language: `{"fr": …, "en": …}`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a choice list; `columns` are what choice filters read."""

    name: str
    label: Texts
    columns: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "label": dict(self.label)} | (
            {"columns": dict(self.columns)} if self.columns else {}
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A group of questions; its condition holds for everything in it. Groups of the first level are the screens."""

    name: str
    label: Texts
    groups: tuple[str, ...] = ()
    relevant: Node | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `groups` are the groups around it, outermost first; `row` is its line in the form's source."""

    name: str
    type: Kind
    label: Texts
    hint: Texts = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    category: Category | None = None
    fact: str = ""
    list_name: str = ""
    appearance: tuple[str, ...] = ()
    required: Node | None = None
    relevant: Node | None = None
    constraint: Node | None = None
    constraint_message: Texts = field(default_factory=dict)
    calculation: Node | None = None
    choice_filter: Node | None = None
    default: Node | None = None
    row: int = 0

    @property
    def asks(self) -> bool:
        """Whether somebody answers it (not a note, not a calculation)."""
        return self.type not in {Kind.NOTE, Kind.CALCULATE}

    @property
    def multiline(self) -> bool:
        """A text of several lines."""
        return "multiline" in self.appearance

    @property
    def max_length(self) -> int:
        """Longest text accepted."""
        return MAX_NOTE if self.multiline else MAX_TEXT

    @property
    def widget(self) -> str:
        """What a page shows: text, textarea, tel, number, date, time, datetime-local, radio, select, checkbox, note.

        >>> Question("phone", Kind.TEXT, {}, appearance=("phone",)).widget
        'tel'
        """
        if self.type is Kind.TEXT:
            return "textarea" if self.multiline else "tel" if {"phone", "numbers"} & set(self.appearance) else "text"
        if self.type is Kind.SELECT_ONE:
            return "select" if "minimal" in self.appearance else "radio"
        return WIDGETS[self.type]


WIDGETS: dict[Kind, str] = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime-local",
    Kind.SELECT_MULTIPLE: "checkbox",
    Kind.ACKNOWLEDGE: "checkbox",
    Kind.NOTE: "note",
    Kind.CALCULATE: "",
}

LOGIC = ("required", "relevant", "constraint", "calculation", "choice_filter", "default")
TEXTS = ("label", "hint", "constraint_message")


def question_to_json(question: Question | Group) -> dict[str, Any]:
    """As JSON, without what is empty."""
    tree: dict[str, Any] = {"name": question.name, "row": question.row}
    if question.groups:
        tree["groups"] = list(question.groups)
    if isinstance(question, Question):
        tree["type"] = question.type.value
        tree |= {key: getattr(question, key) for key in ("fact", "list_name") if getattr(question, key)}
        if question.category:
            tree["category"] = question.category.value
        if question.appearance:
            tree["appearance"] = list(question.appearance)
    for key in TEXTS:
        if getattr(question, key, None):
            tree[key] = dict(getattr(question, key))
    for key in LOGIC:
        if getattr(question, key, None) is not None:
            tree[key] = to_json(getattr(question, key))
    return tree


def question_from_json(tree: Mapping[str, Any]) -> Question:
    """The inverse of `question_to_json`."""
    parts: dict[str, Any] = {**_shared(tree), "type": Kind(tree["type"])}
    parts |= {key: tree[key] for key in ("hint", "constraint_message", "fact", "list_name") if key in tree}
    if "category" in tree:
        parts["category"] = Category(tree["category"])
    parts["appearance"] = tuple(tree.get("appearance", ()))
    return Question(**parts)


def group_from_json(tree: Mapping[str, Any]) -> Group:
    """The inverse of `question_to_json` for a group."""
    return Group(**_shared(tree))


def _shared(tree: Mapping[str, Any]) -> dict[str, Any]:
    logic = {key: from_json(tree[key]) for key in LOGIC if key in tree}
    return {"name": tree["name"], "label": tree.get("label", {}), "row": tree.get("row", 0)} | {
        "groups": tuple(tree.get("groups", ())),
        **logic,
    }


@dataclass(frozen=True, slots=True)
class FormFinding:
    """Something to mend in a form: where (row and column of its source) and what."""

    severity: str
    code: str
    row: int
    column: str
    message: Message

    def __str__(self) -> str:
        return f"{self.severity} {self.code} row {self.row}, column {self.column or '-'}: {self.message}"


class FormError(ValueError):
    """The form cannot be compiled; `findings` say why and where."""

    def __init__(self, findings: list[FormFinding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings
