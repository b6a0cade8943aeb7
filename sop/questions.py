"""What a form is made of: questions, groups, choices (frozen, kept as JSON)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    GEOPOINT = "geopoint"
    BARCODE = "barcode"
    PHONE = "phone"
    START = "start"
    END = "end"
    TODAY = "today"
    DEVICEID = "deviceid"
    USERNAME = "username"

    @property
    def has_choices(self) -> bool:
        """Whether the answer comes from a list."""
        return self in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}

    @property
    def is_metadata(self) -> bool:
        """Whether the machine fills it in: never asked, never shown."""
        return self in METADATA

    @property
    def is_attachment(self) -> bool:
        """Whether the answer is the name of a file whose bytes travel beside the answers."""
        return self in ATTACHMENTS

    @property
    def is_silent(self) -> bool:
        """Whether no page shows it: worked out, or filled in by the machine."""
        return self is Kind.CALCULATE or self in METADATA


METADATA = frozenset({Kind.START, Kind.END, Kind.TODAY, Kind.DEVICEID, Kind.USERNAME})
ATTACHMENTS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE})


APPEARANCES: frozenset[str] = frozenset(
    {
        "multiline",
        "numbers",
        "phone",
        "minimal",
        "autocomplete",
        "compact",
        "columns",
        "columns-pack",
        "field-list",
        "no-calendar",
        "year",
        "month-year",
    }
    | {f"w{width}" for width in range(1, 11)}
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
    """A group of questions; its condition holds for everything in it. Groups of the first level are the screens.

    `repeat`: what is in it is asked once for each instance, `count` times where the form says how often.
    """

    name: str
    label: Texts
    groups: tuple[str, ...] = ()
    relevant: Node | None = None
    row: int = 0
    repeat: bool = False
    count: Node | None = None


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
    required_message: Texts = field(default_factory=dict)
    guidance_hint: Texts = field(default_factory=dict)
    read_only: bool = False

    @property
    def asks(self) -> bool:
        """Whether somebody answers it (no note, nothing worked out or filled in by the machine, not read-only)."""
        return self.type is not Kind.NOTE and not self.type.is_silent and not self.read_only

    def own_words(self, code: str) -> Texts:
        """What the form itself says when an answer is missing or not possible."""
        return {"constraint": self.constraint_message, "required": self.required_message}.get(code, {})

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

        Also file (the kind says what file), geopoint and barcode; nothing for what no page shows.

        >>> Question("phone", Kind.TEXT, {}, appearance=("phone",)).widget
        'tel'
        """
        if self.type is Kind.TEXT:
            return "textarea" if self.multiline else "tel" if {"phone", "numbers"} & set(self.appearance) else "text"
        if self.type is Kind.SELECT_ONE:
            return "select" if {"minimal", "autocomplete"} & set(self.appearance) else "radio"
        return "" if self.type.is_silent else WIDGETS[self.type]


WIDGETS: dict[Kind, str] = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime-local",
    Kind.SELECT_MULTIPLE: "checkbox",
    Kind.ACKNOWLEDGE: "checkbox",
    Kind.NOTE: "note",
    Kind.IMAGE: "file",
    Kind.AUDIO: "file",
    Kind.VIDEO: "file",
    Kind.FILE: "file",
    Kind.GEOPOINT: "geopoint",
    Kind.BARCODE: "barcode",
    Kind.PHONE: "tel",
}

LOGIC = ("required", "relevant", "constraint", "calculation", "choice_filter", "default", "count")
TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")


def question_to_json(question: Question | Group) -> dict[str, Any]:
    """As JSON, without what is empty."""
    tree: dict[str, Any] = {"name": question.name, "row": question.row}
    if question.groups:
        tree["groups"] = list(question.groups)
    tree |= _own_json(question) if isinstance(question, Question) else {"repeat": True} if question.repeat else {}
    for key in TEXTS:
        if getattr(question, key, None):
            tree[key] = dict(getattr(question, key))
    for key in LOGIC:
        if getattr(question, key, None) is not None:
            tree[key] = to_json(getattr(question, key))
    return tree


def _own_json(question: Question) -> dict[str, Any]:
    """What a question has and a group has not."""
    tree: dict[str, Any] = {"type": question.type.value}
    tree |= {key: getattr(question, key) for key in ("fact", "list_name", "read_only") if getattr(question, key)}
    if question.category:
        tree["category"] = question.category.value
    if question.appearance:
        tree["appearance"] = list(question.appearance)
    return tree


def question_from_json(tree: Mapping[str, Any]) -> Question:
    """The inverse of `question_to_json`."""
    parts: dict[str, Any] = {**_shared(tree), "type": Kind(tree["type"])}
    parts |= {key: tree[key] for key in (*TEXTS, "fact", "list_name", "read_only") if key in tree}
    if "category" in tree:
        parts["category"] = Category(tree["category"])
    parts["appearance"] = tuple(tree.get("appearance", ()))
    return Question(**parts)


def group_from_json(tree: Mapping[str, Any]) -> Group:
    """The inverse of `question_to_json` for a group."""
    return Group(**_shared(tree), repeat=tree.get("repeat", False))


def _shared(tree: Mapping[str, Any]) -> dict[str, Any]:
    logic = {key: from_json(tree[key]) for key in LOGIC if key in tree}
    return {"name": tree["name"], "label": tree.get("label", {}), "row": tree.get("row", 0)} | {
        "groups": tuple(tree.get("groups", ())),
        **logic,
    }


@dataclass(frozen=True, slots=True)
class FormFinding:
    """Something to say of a form: where (row and column of its source) and what.

    `severity`: "error" (the form cannot be compiled) or "warning" (it compiles; `blocks` says whether it may be
    published). `row` is the line of the source, in a spreadsheet the row of the `sheet`.
    """

    severity: str
    code: str
    row: int
    column: str
    message: Message
    sheet: str = "survey"

    @property
    def blocks(self) -> bool:
        """Whether publishing refuses the form because of it."""
        return self.severity == "error" or self.code not in HARMLESS

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """As JSON, its message rendered (translated) by `render`."""
        return {
            "severity": self.severity,
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "message": render(self.message),
            "blocks": self.blocks,
        }

    def __str__(self) -> str:
        where = f"row {self.row}, column {self.column or '-'}"
        return f"{self.severity} {self.code} {self.sheet} {where}: {self.message}"


HARMLESS = frozenset({"MEDIA", "PARAMETER", "UNUSED_COLUMN", "CHOICE_WITHOUT_LIST"})
"""What may be published as it is: nothing that is asked, and no answer, is other than the form says."""


class FormError(ValueError):
    """The form cannot be compiled; `findings` say why and where."""

    def __init__(self, findings: list[FormFinding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings
