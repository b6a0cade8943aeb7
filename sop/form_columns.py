"""The columns of an XLSForm under one name each, whatever a form calls them, and the languages of its texts.

>>> column_names(["Type", "bind::relevant", "media::image::French (fr)", "label:en"], SURVEY_ALIASES)
['type', 'relevant', 'image::French (fr)', 'label:en']
>>> column_names(["value", "label:en", "Region"], CHOICE_ALIASES)
['name', 'label::en', 'Region']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sop.workbooks import Sheet

LANGUAGE = re.compile(r".*\(([A-Za-z]{2,3}(?:-[A-Za-z]+)?)\)\s*")
LANGUAGES = {
    "french": "fr", "français": "fr", "francais": "fr", "english": "en", "anglais": "en", "arabic": "ar",
    "arabe": "ar", "العربية": "ar", "spanish": "es", "español": "es", "portuguese": "pt", "português": "pt",
    "fulfulde": "ff", "hausa": "ha", "kanuri": "kr", "sango": "sg", "swahili": "sw", "kiswahili": "sw",
}  # fmt: skip
"""Names of languages as forms write them without a code."""

OURS = ("category", "fact")
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
MEDIA = ("image", "big-image", "audio", "video")
LOGIC_COLUMNS = ("required", "relevant", "constraint", "calculation", "choice_filter", "default", "repeat_count")
SURVEY_COLUMNS = frozenset(
    {"type", "name", "appearance", "parameters", "read_only", "trigger", "disabled"}
    | {*OURS, *TRANSLATED, *MEDIA, *LOGIC_COLUMNS}
)
NOTES = frozenset({"note", "notes", "comment", "comments", "remarks", "autoplay", "rows", "#"})
"""Columns for the authors of the form, or for the look of other programs."""

SURVEY_ALIASES: Mapping[str, str] = {
    **{column: column for column in SURVEY_COLUMNS},
    "command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant",
    "calculate": "calculation", "readonly": "read_only", "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message", "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message", "count": "repeat_count", "jr:count": "repeat_count",
}  # fmt: skip
CHOICE_ALIASES: Mapping[str, str] = {
    **{column: column for column in ("list_name", "name", "label", *MEDIA)},
    "value": "name",
    "caption": "label",
}
SETTING_ALIASES: Mapping[str, str] = {
    **{name: name for name in ("form_id", "form_title", "version", "default_language", "allow_choice_duplicates")},
    "id_string": "form_id", "set_form_id": "form_id", "title": "form_title", "set_form_title": "form_title",
}  # fmt: skip
PREFIXES = frozenset({"media", "bind", "control", "body"})


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a form: titles as written (`Français (fr)`) to codes.

    `bare` is the code of texts in columns that name no language ("": none).
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    bare: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """The codes, each once, in the order of the columns."""
        return tuple(dict.fromkeys(self.codes.values()))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: its cells by column, and its number in the source."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell, or an empty text."""
        return self.cells.get(column, "")

    def texts(self, column: str, languages: Languages) -> dict[str, str]:
        """The translations of a cell by language code."""
        found: dict[str, str] = {}
        for title, code in languages.codes.items():
            if text := self.get(f"{column}::{title}"):
                found.setdefault(code, text)
        if self.get(column):
            found.setdefault(languages.bare, self.get(column))
        return found


def column_names(headers: Sequence[str], aliases: Mapping[str, str]) -> list[str]:
    """The headers under their usual names: `name`, or `name::language`; unknown ones as written."""
    double = any("::" in header for header in headers)
    return [_column(header, aliases, "::" if double else ":") for header in headers]


def _column(header: str, aliases: Mapping[str, str], mark: str) -> str:
    whole = _snake(header)
    if whole in aliases:
        return aliases[whole]
    parts = [part.strip() for part in re.sub(r"\bjr\s*:\s*(?=\w)", "jr\0", header).split(mark)]
    parts = [part.replace("\0", ":") for part in parts]
    if len(parts) > 1 and _snake(parts[0]) in PREFIXES:
        del parts[0]
    first = aliases.get(_snake(parts[0]))
    return "::".join([first, *parts[1:2]]) if first else header


def _snake(text: str) -> str:
    return "_".join(text.split()).lower()


def rows_of(sheet: Sheet, aliases: Mapping[str, str]) -> list[Row]:
    """The lines of a sheet by usual column names."""
    names = dict(zip(sheet.header, column_names(sheet.header, aliases), strict=True))
    return [Row(number, {names[header]: cell for header, cell in line.items()}) for number, line in sheet.lines]


def read_languages(sheets: Iterable[Iterable[Row]], default: str) -> Languages:
    """The languages of the texts; the one that the settings name first owns the texts without a language."""
    titles = dict.fromkeys(title for rows in sheets for row in rows for title in _titles(row))
    codes = {title: code_of(title) for title in titles}
    bare = code_of(default) if default.strip() and default.strip() != "default" else ""
    if bare and bare not in codes.values() and any("label" in row.cells for rows in sheets for row in rows):
        codes = {default: bare, **codes}
    return Languages(codes, bare if bare in codes.values() else "")


def _titles(row: Row) -> Iterator[str]:
    for column in row.cells:
        name, mark, title = column.partition("::")
        if mark and title and name in TRANSLATED:
            yield title


def code_of(title: str) -> str:
    """The code of a language.

    >>> code_of("Français (fr)"), code_of("French"), code_of("en"), code_of("Ewondo")
    ('fr', 'fr', 'en', 'Ewondo')
    """
    if found := LANGUAGE.fullmatch(title):
        return found.group(1).lower()
    return LANGUAGES.get(title.strip().lower(), title.strip())
