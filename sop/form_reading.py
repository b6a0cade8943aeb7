"""What is read of a form so far, the complaints met on the way, and its choice lists: of the form and of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sop.form_columns import CHOICE_ALIASES, MEDIA, Languages, Row
from sop.lookup import FormTables, stem
from sop.questions import Choice, FormFinding, Group, Question
from sop.vocabulary import N_, Message

TRUE = frozenset({"yes", "true", "true()"})
"""How forms write yes."""


@dataclass(slots=True)
class Reading:
    """What was read from the source, and the complaints met on the way.

    `left_out`: names that the source declares and the compiled form does not have.
    """

    files: FormTables
    settings: dict[str, str] = field(default_factory=dict)
    languages: Languages = field(default_factory=Languages)
    questions: list[Question] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    findings: list[FormFinding] = field(default_factory=list)

    def complain(self, code: str, row: int, column: str, text: str, *, sheet: str = "survey", **values: Any) -> None:
        """Note something that pyxform refuses too."""
        self.findings.append(FormFinding("error", code, row, column, Message(code, text, values), sheet))

    def warn(self, code: str, row: int, column: str, text: str, *, sheet: str = "survey", **values: Any) -> None:
        """Note something to mend or to know."""
        self.findings.append(FormFinding("warning", code, row, column, Message(code, text, values), sheet))

    @property
    def has_errors(self) -> bool:
        """Whether anything stands in the way of compiling."""
        return any(finding.severity == "error" for finding in self.findings)


def read_choices(rows: list[Row], reading: Reading) -> None:
    """The choice lists of the choices sheet."""
    lists: dict[str, list[Choice]] = {}
    doubles = reading.settings.get("allow_choice_duplicates", "").lower() in TRUE
    for row in rows:
        name, list_name = row.get("name"), row.get("list_name")
        if not list_name:
            text = N_("The choice belongs to no list and is left out.")
            reading.warn("CHOICE_WITHOUT_LIST", row.number, "list_name", text, sheet="choices")
            continue
        if not name:
            text = N_("A choice needs a list and a name without spaces.")
            reading.complain("CHOICE_NAME", row.number, "name", text, sheet="choices")
            continue
        if not doubles and any(choice.name == name for choice in lists.get(list_name, ())):
            text = N_("The choice %(name)s is there twice.")
            reading.complain("CHOICE_TWICE", row.number, "name", text, sheet="choices", name=name)
            continue
        note_media(row, reading, "choices")
        label = row.texts("label", reading.languages)
        check_translations(label, row, "label", reading, "choices")
        lists.setdefault(list_name, []).append(Choice(name, label, _filter_columns(row)))
    reading.choices = {list_name: tuple(choices) for list_name, choices in lists.items()}


def _filter_columns(row: Row) -> dict[str, str]:
    return {key: text for key, text in row.cells.items() if "::" not in key and key not in CHOICE_ALIASES}


def note_media(row: Row, reading: Reading, sheet: str) -> None:
    """Pictures and sounds beside a text are left out, each with its place."""
    for column in row.cells:
        if column.partition("::")[0] in MEDIA:
            text = N_("Pictures, sounds and films in questions are not shown: “%(file)s” is left out.")
            reading.warn("MEDIA", row.number, column, text, sheet=sheet, file=row.get(column))


def check_translations(
    texts: Mapping[str, str], row: Row, column: str, reading: Reading, sheet: str = "survey"
) -> None:
    """Note the languages in which a text is missing; only labels must be there at all."""
    missing = [code for code in reading.languages.all if code not in texts]
    if missing and (texts or column == "label"):
        text = N_("The text is missing in: %(languages)s.")
        reading.warn("MISSING_TRANSLATION", row.number, column, text, sheet=sheet, languages=", ".join(missing))


def parameters(cell: str) -> dict[str, str]:
    """The parameters of a question.

    >>> parameters("start=0, end=10 step = 0.5")
    {'start': '0', 'end': '10', 'step': '0.5'}
    """
    return dict(re.findall(r"([\w-]+)\s*=\s*([^\s,;]+)", cell))


def file_choices(files: FormTables, file: str, value: str, label: str, reading: Reading) -> tuple[Choice, ...] | None:
    """The choices of a CSV file; `value` and `label` name its columns. None: no such file or columns."""
    table = files.files.get(stem(file))
    if table is None or value not in table.columns:
        return None
    languages = reading.languages
    found = []
    for record in table.records():
        texts = Row(0, {key: text for key, text in record.items() if text}).texts(label, languages)
        columns = {key: text for key, text in record.items() if text and "::" not in key and key not in {value, label}}
        if record[value]:
            found.append(Choice(record[value], texts or {"": record[value]}, columns))
    return tuple(found)
