"""Reads an XLSForm kept as Markdown tables (survey, choices, settings) into questions, groups and choices.

Every complaint names the line of the source and the column. pyxform, the reference compiler, is asked whether it
accepts the form too; it is imported only then, because it takes half a second to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sop.expressions import Answer, Call, Column, ExpressionError, Here, Node, Number, Text, parse, walk
from sop.patterns import PatternError, compile_pattern
from sop.questions import LOGIC, Choice, FormError, FormFinding, Group, Kind, Question
from sop.vocabulary import N_, Category, Message

PIPE = re.compile(r"(?<!\\)\|")
COMMENT = re.compile(r"#[^|]*$")
SEPARATOR = re.compile(r"[|\-: ]+")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
LANGUAGE = re.compile(r".*\(([A-Za-z]{2,3}(?:-[A-Za-z]+)?)\)\s*")
SHEETS = ("survey", "choices", "settings")
MAX_SOURCE = 2_000_000
OTHER_LABEL = {"fr": "Autre", "en": "Other"}
SPECIFY_LABEL = {"fr": "Précisez", "en": "Please specify"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: cells by column (in lower case before `::`), and the line of the source."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell, or an empty text."""
        return self.cells.get(column, "")

    def texts(self, column: str, languages: Mapping[str, str]) -> dict[str, str]:
        """The translations of a cell by language code."""
        found = {code: self.get(f"{column}::{title}") for title, code in languages.items()}
        if self.get(column):
            found.setdefault("", self.get(column))
        return {code: text for code, text in found.items() if text}


@dataclass(slots=True)
class Reading:
    """What was read from the source, and the complaints met on the way."""

    settings: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    findings: list[FormFinding] = field(default_factory=list)

    def complain(self, code: str, row: int, column: str, text: str, *, severity: str = "error", **values: Any) -> None:
        """Note one finding."""
        self.findings.append(FormFinding(severity, code, row, column, Message(code, text, values)))

    @property
    def has_errors(self) -> bool:
        """Whether anything stands in the way of compiling."""
        return any(finding.severity == "error" for finding in self.findings)


def read(source: str) -> Reading:
    """Read the whole form; raises `FormError` with all complaints at once."""
    reading = Reading()
    if len(source) > MAX_SOURCE:
        reading.complain("TOO_LARGE", 0, "", N_("The form is too large."))
        raise FormError(reading.findings)
    sheets = read_sheets(source)
    if not sheets.get("survey"):
        reading.complain("NO_SURVEY", 0, "", N_("There is no table called survey."))
        raise FormError(reading.findings)
    reading.settings = dict(sheets["settings"][0].cells) if sheets.get("settings") else {}
    reading.languages = _languages(sheets["survey"])
    _read_choices(sheets.get("choices", []), reading)
    _Survey(reading).read(sheets["survey"])
    _check_references(reading)
    if reading.has_errors:
        raise FormError(reading.findings)
    return reading


def read_sheets(source: str) -> dict[str, list[Row]]:
    """The tables of the source by name; text around the tables is commentary.

    >>> read_sheets("| survey | | |\\n|  | type | name |\\n| | text | a |")["survey"][0].cells
    {'type': 'text', 'name': 'a'}
    """
    sheets: dict[str, list[Row]] = {}
    header: list[str] | None = None
    current: list[Row] | None = None
    for number, line in enumerate(source.splitlines(), start=1):
        text = COMMENT.sub("", line).strip()
        if not (text.startswith("|") and text.endswith("|")) or ("-" in text and SEPARATOR.fullmatch(text)):
            continue
        first, *cells = (cell.strip().replace("\\|", "|") for cell in PIPE.split(text)[1:-1])
        if first:
            current, header = sheets.setdefault(first.lower(), []), None
        if current is None or not any(cells):
            continue
        if header is None:
            header = [_column(cell) for cell in cells]
        else:
            current.append(
                Row(number, {column: cell for column, cell in zip(header, cells, strict=False) if column and cell})
            )
    return sheets


def _column(cell: str) -> str:
    name, mark, language = (part.strip() for part in cell.partition("::"))
    return name.lower().replace(" ", "_") + mark + language


def _languages(rows: list[Row]) -> dict[str, str]:
    """Language titles as written (`Français (fr)`) to their codes."""
    titles = {column.partition("::")[2]: None for row in rows for column in row.cells if "::" in column}
    return {title: found.group(1).lower() if (found := LANGUAGE.fullmatch(title)) else title for title in titles}


def _read_choices(rows: list[Row], reading: Reading) -> None:
    lists: dict[str, list[Choice]] = {}
    for row in rows:
        name, list_name = row.get("name"), row.get("list_name")
        if not list_name or not name or re.search(r"\s", name):
            reading.complain("CHOICE_NAME", row.number, "name", N_("A choice needs a list and a name without spaces."))
            continue
        if any(choice.name == name for choice in lists.get(list_name, ())):
            reading.complain("CHOICE_TWICE", row.number, "name", N_("The choice %(name)s is there twice."), name=name)
            continue
        columns = {
            key: text
            for key, text in row.cells.items()
            if "::" not in key and key not in {"list_name", "name", "label"}
        }
        label = row.texts("label", reading.languages)
        _check_translations(label, row, "label", reading)
        lists.setdefault(list_name, []).append(Choice(name, label, columns))
    reading.choices = {list_name: tuple(choices) for list_name, choices in lists.items()}


def _check_translations(texts: Mapping[str, str], row: Row, column: str, reading: Reading) -> None:
    missing = [code for code in reading.languages.values() if code not in texts]
    if missing and (texts or column == "label"):
        reading.complain(
            "MISSING_TRANSLATION",
            row.number,
            column,
            N_("The text is missing in: %(languages)s."),
            severity="warning",
            languages=", ".join(missing),
        )


class _Survey:
    """Walks the survey sheet from top to bottom."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.open: list[str] = []
        self.names: set[str] = set()

    def read(self, rows: list[Row]) -> None:
        for row in rows:
            kind = " ".join(row.get("type").replace("_group", " group").split())
            if kind == "end group":
                self._end(row)
            elif not kind:
                self.reading.complain("NO_TYPE", row.number, "type", N_("A type is missing."))
            elif self._named(row):
                self._begin(row) if kind == "begin group" else self._question(row, kind)
        if self.open:
            self.reading.complain(
                "GROUP_OPEN", rows[-1].number, "type", N_("A group is not ended: %(name)s."), name=self.open[-1]
            )

    def _end(self, row: Row) -> None:
        if self.open:
            self.open.pop()
        else:
            self.reading.complain("GROUP_END", row.number, "type", N_("A group is ended that was not begun."))

    def _named(self, row: Row) -> bool:
        name = row.get("name")
        if not NAME.fullmatch(name):
            self.reading.complain("NAME", row.number, "name", N_("A name of letters, digits and _ is expected."))
            return False
        if name in self.names:
            self.reading.complain("NAME_TWICE", row.number, "name", N_("The name %(name)s is there twice."), name=name)
            return False
        self.names.add(name)
        return True

    def _begin(self, row: Row) -> None:
        label = row.texts("label", self.reading.languages)
        _check_translations(label, row, "label", self.reading)
        self.reading.groups.append(
            Group(row.get("name"), label, tuple(self.open), self._logic(row, "relevant"), row.number)
        )
        self.open.append(row.get("name"))

    def _question(self, row: Row, kind: str) -> None:
        word, _, rest = kind.partition(" ")
        list_name, _, other = rest.partition(" ")
        if word not in list(Kind) or (Kind(word).has_choices and not list_name):
            self.reading.complain("TYPE", row.number, "type", N_("The type “%(type)s” is not supported."), type=kind)
            return
        question = self._build(row, Kind(word), list_name)
        if question.type.has_choices and list_name not in self.reading.choices:
            self.reading.complain(
                "LIST", row.number, "type", N_("The choice list %(name)s does not exist."), name=list_name
            )
        self.reading.questions.append(question)
        if other in {"or_other", "or specify other"}:
            self._specify(question)

    def _build(self, row: Row, kind: Kind, list_name: str) -> Question:
        parts: dict[str, Any] = {
            key: row.texts(key, self.reading.languages) for key in ("label", "hint", "constraint_message")
        }
        for key, found in parts.items():
            if not (key == "label" and kind is Kind.CALCULATE):
                _check_translations(found, row, key, self.reading)
        parts |= {
            column: self._logic(row, column) for column in ("calculation", "relevant", "constraint", "choice_filter")
        }
        category = row.get("category").upper()
        if category and category not in list(Category):
            text = N_("%(category)s is not a data category.")
            self.reading.complain(
                "UNKNOWN_CATEGORY", row.number, "category", text, severity="warning", category=category
            )
        return Question(
            name=row.get("name"),
            type=kind,
            groups=tuple(self.open),
            category=Category(category) if category in list(Category) else None,
            fact=row.get("fact"),
            list_name=list_name,
            appearance=tuple(row.get("appearance").split()),
            default=self._default(row, kind),
            required=self._required(row),
            row=row.number,
            **parts,
        )

    def _specify(self, question: Question) -> None:
        """`or_other` adds a choice and a text question that appears with it, as the reference compiler does."""
        languages = self.reading.languages.values()
        choices = self.reading.choices.get(question.list_name, ())
        if all(choice.name != "other" for choice in choices):
            other = Choice("other", {code: OTHER_LABEL.get(code, "Other") for code in languages})
            self.reading.choices[question.list_name] = (*choices, other)
        self.names.add(f"{question.name}_other")
        self.reading.questions.append(
            Question(
                name=f"{question.name}_other",
                type=Kind.TEXT,
                label={code: SPECIFY_LABEL.get(code, "Please specify") for code in languages},
                groups=question.groups,
                category=question.category,
                relevant=parse(f"selected(${{{question.name}}}, 'other')"),
                row=question.row,
            )
        )

    def _required(self, row: Row) -> Node | None:
        if row.get("required").lower() in {"", "no", "false", "false()"}:
            return None
        if row.get("required").lower() in {"yes", "true", "true()"}:
            return parse("true()")
        return self._logic(row, "required")

    def _default(self, row: Row, kind: Kind) -> Node | None:
        """A default with a call or a question in it is worked out; anything else is the answer itself."""
        text = row.get("default")
        if not text:
            return None
        if "${" in text or (re.search(r"\w\(.*\)", text) and kind is not Kind.NOTE):
            return self._logic(row, "default")
        return Number(float(text)) if re.fullmatch(r"\d{1,9}", text) and not kind.has_choices else Text(text)

    def _logic(self, row: Row, column: str) -> Node | None:
        source = row.get(column)
        if not source:
            return None
        try:
            return parse(source, columns=column == "choice_filter")
        except ExpressionError as error:
            self.reading.findings.append(FormFinding("error", "EXPRESSION", row.number, column, error.message))
            return None


def _expressions(reading: Reading) -> Iterator[tuple[Question | Group, str, Node]]:
    items: list[Question | Group] = [*reading.groups, *reading.questions]
    for item in items:
        for column in LOGIC:
            node: Node | None = getattr(item, column, None)
            if node is not None:
                yield item, column, node


def _check_references(reading: Reading) -> None:
    """Every question, choice column and `.` that an expression names must make sense where it stands."""
    questions = {question.name for question in reading.questions}
    columns = {key for choices in reading.choices.values() for choice in choices for key in choice.columns} | {"name"}
    for item, column, node in _expressions(reading):
        for part in walk(node):
            if isinstance(part, Answer) and part.name not in questions:
                text = N_("The question %(name)s does not exist.")
                reading.complain("REFERENCE", item.row, column, text, name=part.name)
            elif isinstance(part, Column) and part.name not in columns:
                text = N_("The choices have no column %(name)s.")
                reading.complain("COLUMN", item.row, column, text, name=part.name)
            elif isinstance(part, Call) and not _pattern_is_good(part):
                reading.complain("PATTERN", item.row, column, N_("The pattern of regex() is not supported."))
            elif isinstance(part, Here) and column != "constraint":
                reading.complain("HERE", item.row, column, N_("“.” has no meaning here."))


def _pattern_is_good(call: Call) -> bool:
    if call.name != "regex" or not isinstance(call.arguments[1], Text):
        return True
    try:
        compile_pattern(call.arguments[1].value)
    except PatternError:
        return False
    return True


def accept(source: str) -> str:
    """Ask pyxform to compile the form and return its XForm; raises `FormError` with its reason."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        return str(convert(xlsform=source, file_type=".md", warnings=[]).xform)
    except PyXFormError as error:
        message = Message("PYXFORM", N_("The form is refused by pyxform: %(reason)s"), {"reason": str(error)})
        raise FormError([FormFinding("error", "PYXFORM", 0, "", message)]) from error
