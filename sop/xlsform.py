"""Reads an XLSForm into questions, groups and choices.

What pyxform, the reference compiler, refuses is an error. What it accepts and we do not support is a warning at its row
and column, and is left out or shown plainly; what reads something left out says so too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sop.expressions import ExpressionError, parse
from sop.form_columns import (
    CHOICE_ALIASES,
    LOGIC_COLUMNS,
    NOTES,
    SETTING_ALIASES,
    SURVEY_ALIASES,
    TRANSLATED,
    Row,
    read_languages,
    rows_of,
)
from sop.form_reading import TRUE, Reading, check_translations, file_choices, note_media, parameters, read_choices
from sop.form_types import BEGIN, END, IGNORED, REPEATS, Declared, is_known, read_type
from sop.lookup import FormTables
from sop.nodes import Call, Node, Number, Text
from sop.questions import APPEARANCES, Choice, FormError, FormFinding, Group, Kind, Question
from sop.vocabulary import N_, Category
from sop.workbooks import Sheet

NAME = re.compile(r"[^\W\d][\w.-]{0,254}")
REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^\s{}]+)\s*\}")
SEARCH = re.compile(r"search\s*\(")
OTHER_LABEL = {"fr": "Autre", "en": "Other"}
SPECIFY_LABEL = {"fr": "Précisez", "en": "Please specify"}
CURLY = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
FALSE = frozenset({"", "no", "false", "false()"})
SILENT_PARAMETERS = frozenset({"value", "label", "rows"})


def read(sheets: Mapping[str, Sheet], files: FormTables) -> Reading:
    """Read the whole form; raises `FormError` with all complaints at once."""
    reading = Reading(files)
    if "survey" not in sheets or not sheets["survey"].lines:
        reading.complain("NO_SURVEY", 0, "", N_("There is no table called survey."))
        raise FormError(reading.findings)
    survey = rows_of(sheets["survey"], SURVEY_ALIASES)
    choices = rows_of(sheets["choices"], CHOICE_ALIASES) if "choices" in sheets else []
    settings = rows_of(sheets["settings"], SETTING_ALIASES) if "settings" in sheets else []
    reading.settings = dict(settings[0].cells) if settings else {}
    reading.languages = read_languages([survey, choices], reading.settings.get("default_language", ""))
    _note_columns(sheets["survey"], survey, reading)
    read_choices(choices, reading)
    _Survey(reading).read([row for row in survey if row.get("disabled").lower() not in TRUE], choices)
    if reading.has_errors:
        raise FormError(reading.findings)
    return reading


def _note_columns(sheet: Sheet, rows: list[Row], reading: Reading) -> None:
    """Columns that nobody reads: a misspelt one would otherwise be missed in silence."""
    used = dict.fromkeys(column for row in rows for column in row.cells)
    for column in used:
        name = column.partition("::")[0]
        if name not in SURVEY_ALIASES and name.lower() not in NOTES:
            reading.warn("UNUSED_COLUMN", sheet.row, column, N_("The column %(name)s is not used."), name=column)


class _Survey:
    """Walks the survey sheet from top to bottom."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.open: list[tuple[str, bool]] = []
        self.skipping = 0
        self.named: dict[str, tuple[str, ...]] = {}

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups around the row in hand."""
        return tuple(name for name, _ in self.open)

    def read(self, rows: list[Row], choices: list[Row]) -> None:
        for row in rows:
            kind = " ".join(row.get("type").split())
            if self.skipping or (kind.startswith("begin") and "loop" in kind.split()):
                self._skip(row, kind)
            elif END.fullmatch(kind):
                self._end(row, kind)
            elif not kind:
                self.reading.complain("NO_TYPE", row.number, "type", N_("A type is missing."))
            elif BEGIN.fullmatch(kind):
                self._begin(row, kind)
            elif kind in IGNORED:
                self.reading.left_out.add(row.get("name"))
            else:
                self._item(row, kind)
        if self.open:
            text = N_("A group is not ended: %(name)s.")
            self.reading.complain("GROUP_OPEN", rows[-1].number, "type", text, name=self.open[-1][0])
        self._check_references(rows, (*LOGIC_COLUMNS, *TRANSLATED))
        self._check_references(choices, ("label",), "choices")

    def _skip(self, row: Row, kind: str) -> None:
        """A loop is left out with everything in it."""
        if not self.skipping:
            self._unsupported(row, kind)
        self.skipping += bool(BEGIN.fullmatch(kind)) - bool(END.fullmatch(kind))
        if row.get("name"):
            self.reading.left_out.add(row.get("name"))

    def _end(self, row: Row, kind: str) -> None:
        if self.open and self.open[-1][1] == (END.fullmatch(kind)[1] in REPEATS):  # type: ignore[index]
            self.open.pop()
        else:
            self.reading.complain("GROUP_END", row.number, "type", N_("A group is ended that was not begun."))

    def _is_named(self, row: Row) -> bool:
        """Whether the row has a name of its own; the same one in another group is left out."""
        name = row.get("name")
        if not NAME.fullmatch(name):
            self.reading.complain("NAME", row.number, "name", N_("A name of letters, digits and _ is expected."))
            return False
        if name in self.named:
            text = N_("The name %(name)s is there twice.")
            same = self.named[name] == self.groups
            (self.reading.complain if same else self.reading.warn)("NAME_TWICE", row.number, "name", text, name=name)
            return False
        self.named[name] = self.groups
        return True

    def _begin(self, row: Row, kind: str) -> None:
        repeat = BEGIN.fullmatch(kind)[1] in REPEATS  # type: ignore[index]
        errors = len(self.reading.findings)
        if not self._is_named(row):
            if self.reading.findings[errors].severity == "warning":
                self.skipping = 1
            else:
                self.open.append((row.get("name"), repeat))
            return
        label = row.texts("label", self.reading.languages)
        check_translations(label, row, "label", self.reading)
        note_media(row, self.reading, "survey")
        self._note_group_appearance(row)
        self.reading.groups.append(
            Group(
                row.get("name"),
                label,
                self.groups,
                self._logic(row, "relevant"),
                row.number,
                repeat,
                self._logic(row, "repeat_count") if repeat else None,
            )
        )
        self.open.append((row.get("name"), repeat))

    def _note_group_appearance(self, row: Row) -> None:
        for word in sorted(set(row.get("appearance").split()) - APPEARANCES):
            text = N_("The appearance %(word)s is not supported.")
            self.reading.warn("APPEARANCE", row.number, "appearance", text, word=word)

    def _unsupported(self, row: Row, kind: str) -> None:
        text = N_("The type “%(type)s” is not supported: the question is left out.")
        self.reading.warn("TYPE", row.number, "type", text, type=kind)
        self.reading.left_out.add(row.get("name"))

    def _item(self, row: Row, kind: str) -> None:
        """A question: asked, left out, or refused."""
        if kind == "audit":
            self._unsupported(row, kind)
            return
        if not self._is_named(row):
            return
        declared = self._range(row) if kind == "range" else read_type(kind)
        if declared is None and not is_known(kind):
            self.reading.complain("TYPE", row.number, "type", N_("The type “%(type)s” is not supported."), type=kind)
        elif declared is None:
            self._unsupported(row, kind)
        elif SEARCH.search(row.get("appearance")):
            text = N_("The appearance %(word)s is not supported.")
            self.reading.warn("APPEARANCE", row.number, "appearance", text, word="search()")
            self.reading.left_out.add(row.get("name"))
        elif not declared.kind.has_choices or self._has_list(row, declared):
            self._question(row, declared)

    def _range(self, row: Row) -> Declared:
        """A slider is asked as a number within its bounds."""
        text = N_("The type “%(type)s” is not supported: it is asked as a number.")
        self.reading.warn("TYPE", row.number, "type", text, type="range")
        given = parameters(row.get("parameters"))
        bounds = {key: given.get(key, usual) for key, usual in (("start", "1"), ("end", "10"), ("step", "1"))}
        try:
            numbers = {key: float(text) for key, text in bounds.items()}
        except ValueError:
            return Declared(Kind.DECIMAL)
        low, high = sorted((numbers["start"], numbers["end"]))
        whole = all(number == int(number) for number in numbers.values())
        return Declared(
            Kind.INTEGER if whole else Kind.DECIMAL, constraint=f". >= {_signed(low)} and . <= {_signed(high)}"
        )

    def _has_list(self, row: Row, declared: Declared) -> bool:
        """Whether the choices are there: a list of the choices sheet, or a file."""
        reading, name = self.reading, declared.list_name
        if not declared.file:
            if name not in reading.choices:
                reading.complain("LIST", row.number, "type", N_("The choice list %(name)s does not exist."), name=name)
                return False
            if declared.kind is Kind.SELECT_MULTIPLE and any(" " in one.name for one in reading.choices[name]):
                text = N_("A choice needs a list and a name without spaces.")
                reading.complain("CHOICE_NAME", row.number, "type", text)
                return False
            return True
        given = parameters(row.get("parameters"))
        found = file_choices(reading.files, name, given.get("value", "name"), given.get("label", "label"), reading)
        if found is None:
            text = N_("The file %(file)s is missing or has no such columns: the question is left out.")
            reading.warn("FILE", row.number, "type", text, file=name)
            reading.left_out.add(row.get("name"))
            return False
        reading.choices[name] = found
        return True

    def _question(self, row: Row, declared: Declared) -> None:
        question = self._build(row, declared)
        self.reading.questions.append(question)
        if declared.other:
            self._specify(question)

    def _build(self, row: Row, declared: Declared) -> Question:
        kind = declared.kind
        parts: dict[str, Any] = {key: row.texts(key, self.reading.languages) for key in TRANSLATED}
        for key, found in parts.items():
            if key != "label" or not kind.is_silent:
                check_translations(found, row, key, self.reading)
        note_media(row, self.reading, "survey")
        self._note_rest(row)
        parts |= {column: self._logic(row, column) for column in ("relevant", "constraint", "choice_filter")}
        if declared.constraint and parts["constraint"] is None:
            parts["constraint"] = parse(declared.constraint)
        parts |= self._worked_out(row, kind)
        return Question(
            name=row.get("name"),
            type=kind,
            groups=self.groups,
            category=self._category(row),
            fact=row.get("fact"),
            list_name=declared.list_name,
            appearance=tuple(row.get("appearance").split()),
            required=self._required(row),
            row=row.number,
            **parts,
        )

    def _category(self, row: Row) -> Category | None:
        category = row.get("category").upper()
        if category in list(Category):
            return Category(category)
        if category:
            text = N_("%(category)s is not a data category.")
            self.reading.warn("UNKNOWN_CATEGORY", row.number, "category", text, category=category)
        return None

    def _note_rest(self, row: Row) -> None:
        """What the row asks for that has no effect here."""
        if row.get("trigger"):
            text = N_("The trigger is not supported: the value is worked out again with every answer.")
            self.reading.warn("TRIGGER", row.number, "trigger", text)
        for word in parameters(row.get("parameters")):
            if word not in SILENT_PARAMETERS and row.get("type") != "range":
                text = N_("The parameter %(word)s is not supported.")
                self.reading.warn("PARAMETER", row.number, "parameters", text, word=word)

    def _worked_out(self, row: Row, kind: Kind) -> dict[str, Any]:
        """Calculation, default, and whether anybody may type: what is worked out or read-only is not asked."""
        calculation, default = self._logic(row, "calculation"), self._default(row, kind)
        fixed = row.get("read_only").lower()
        if fixed not in TRUE | FALSE:
            text = N_("A condition for “read-only” is not supported: the question is asked.")
            self.reading.warn("READ_ONLY", row.number, "read_only", text)
        if kind is Kind.NOTE:
            return {"calculation": None, "default": None}
        if kind.is_silent or fixed in TRUE:
            if calculation is None and default is not None:
                calculation = default if isinstance(default, Number | Text) else Call("once", (default,))
            if calculation is None and not kind.is_metadata:
                calculation = Text("")
            default = None
        read_only = not kind.is_silent and (fixed in TRUE or calculation is not None)
        return {"calculation": calculation, "default": default, "read_only": read_only}

    def _specify(self, question: Question) -> None:
        """`or_other` adds a choice and a text question that appears with it, as the reference compiler does."""
        languages = self.reading.languages.all or ("",)
        choices = self.reading.choices.get(question.list_name, ())
        if all(choice.name != "other" for choice in choices):
            other = Choice("other", {code: OTHER_LABEL.get(code, "Other") for code in languages})
            self.reading.choices[question.list_name] = (*choices, other)
        name = f"{question.name}_other"
        self.named[name] = question.groups
        self.reading.questions.append(
            Question(
                name=name,
                type=Kind.TEXT,
                label={code: SPECIFY_LABEL.get(code, "Please specify") for code in languages},
                groups=question.groups,
                category=question.category,
                relevant=parse(f"selected(${{{question.name}}}, 'other')"),
                row=question.row,
            )
        )

    def _required(self, row: Row) -> Node | None:
        if row.get("required").lower() in FALSE:
            return None
        return parse("true()") if row.get("required").lower() in TRUE else self._logic(row, "required")

    def _default(self, row: Row, kind: Kind) -> Node | None:
        """A default with a call or a question in it is worked out; anything else is the answer itself."""
        text = row.get("default")
        if not text:
            return None
        if "${" in text or (re.search(r"\w\(.*\)", text) and kind is not Kind.NOTE):
            return self._logic(row, "default")
        return Number(float(text)) if re.fullmatch(r"\d{1,9}", text) and not kind.has_choices else Text(text)

    def _logic(self, row: Row, column: str) -> Node | None:
        source = row.get(column).translate(CURLY)
        if not source:
            return None
        try:
            return parse(source, columns=column == "choice_filter")
        except ExpressionError as error:
            self.reading.findings.append(FormFinding("warning", "EXPRESSION", row.number, column, error.message))
            return None

    def _check_references(self, rows: list[Row], columns: Iterable[str], sheet: str = "survey") -> None:
        """Every `${name}` in a sheet must be somewhere in the survey, in texts as in conditions."""
        names = self.named.keys() | self.reading.left_out | {"instanceID", "instanceName"}
        for row in rows:
            for column, cell in row.cells.items():
                if column.partition("::")[0] in columns:
                    for name in sorted(set(REFERENCE.findall(cell)) - names):
                        text = N_("The question %(name)s does not exist.")
                        self.reading.complain("REFERENCE", row.number, column, text, sheet=sheet, name=name)


def _signed(number: float) -> str:
    return f"({number:f})" if number >= 0 else f"(0 - {-number:f})"
