"""The CSV files beside a form: what pulldata() looks up and what select_one_from_file lists.

>>> files = FormTables({"towns": read_table("code,name\\nYDE,Yaoundé\\nDLA,Douala\\n")})
>>> files.pull("towns.csv", "name", "code", "DLA"), files.pull("towns", "name", "code", "x")
('Douala', '')
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sop.nodes import Call, Text, walk
from sop.questions import LOGIC, FormFinding, Question
from sop.vocabulary import N_, Message

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_BYTES = 2_000_000


class TableError(ValueError):
    """The file is no table of a decent size."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; short rows are filled up with empty cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> list[dict[str, str]]:
        """Each row by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class FormTables:
    """Tables by file name, without `.csv`."""

    files: Mapping[str, Table] = field(default_factory=dict)
    _found: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict, compare=False, repr=False)

    def pull(self, file: str, column: str, key: str, value: str) -> str:
        """The column of the first row whose `key` column holds the value; "" when there is none or no such file."""
        wanted = (stem(file), column, key)
        if wanted not in self._found:
            table = self.files.get(wanted[0])
            if table is None or not {column, key} <= set(table.columns):
                return ""
            answer, asked = table.columns.index(column), table.columns.index(key)
            self._found[wanted] = {row[asked]: row[answer] for row in reversed(table.rows)}
        return self._found[wanted].get(value, "")

    def to_json(self) -> dict[str, Any]:
        """As JSON: columns and rows by file."""
        return {
            name: {"columns": list(table.columns), "rows": list(map(list, table.rows))}
            for name, table in self.files.items()
        }

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> FormTables:
        """The inverse of `to_json`."""
        return cls(
            {name: Table(tuple(part["columns"]), tuple(map(tuple, part["rows"]))) for name, part in tree.items()}
        )


def stem(file: str) -> str:
    """The name by which a file is looked up.

    >>> stem("towns.csv"), stem("towns")
    ('towns', 'towns')
    """
    return file.strip().removesuffix(".csv")


def read_table(text: str) -> Table:
    """Read a CSV file; raises `TableError` when it is no table, too large or has no header."""
    if len(text) > MOST_BYTES:
        raise TableError("too large")
    rows: list[tuple[str, ...]] = []
    header: tuple[str, ...] = ()
    try:
        for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True):
            cells = tuple(cell.strip() for cell in line)
            if not any(cells):
                continue
            if not header:
                header = cells
            else:
                rows.append((*cells[: len(header)], *[""] * (len(header) - len(cells))))
            if len(rows) > MOST_ROWS:
                raise TableError("too many rows")
    except csv.Error as error:
        raise TableError(str(error)) from error
    if not header or len(header) > MOST_COLUMNS or len(set(header)) < len(header):
        raise TableError("no header, or a column twice")
    return Table(header, tuple(rows))


FROM_FILE = re.compile(r"select[ _](?:one|multiple)[ _]from[ _]file (\S{1,200}\.csv)(?: |$)")
PULLED = re.compile(r"pulldata\s*\(\s*[\"'\u2018\u2019\u201c\u201d]([^\"'/\\]{1,200}?)[\"'\u2018\u2019\u201c\u201d]")


def named_files(cells: Iterable[str]) -> list[str]:
    """Names of the CSV files that the cells of a form ask for, each once, with `.csv`; never a way to another folder.

    >>> named_files(["select_one_from_file towns.csv", "concat(pulldata('camps', 'a', 'b', ${c}), 'x')", "../x.csv"])
    ['towns.csv', 'camps.csv']
    """
    found = [name for cell in cells for pattern in (FROM_FILE, PULLED) for name in pattern.findall(cell)]
    return list(dict.fromkeys(f"{stem(name)}.csv" for name in found if not set(name) & set("/\\\0")))


def read_tables(files: Mapping[str, str]) -> tuple[FormTables, list[FormFinding]]:
    """The CSV files beside a form, and a warning for each that is none."""
    tables: dict[str, Table] = {}
    findings: list[FormFinding] = []
    for name, text in files.items():
        try:
            tables[stem(name)] = read_table(text)
        except TableError:
            message = Message("FILE", N_("The file %(file)s is no CSV table of a decent size."), {"file": name})
            findings.append(FormFinding("warning", "FILE", 0, "", message, sheet=name))
    return FormTables(tables), findings


def pulled(tables: FormTables, questions: Iterable[Question]) -> FormTables:
    """Only the files that pulldata() may look into: choices from files are in the form already."""
    nodes = (getattr(question, column) for question in questions for column in LOGIC if hasattr(question, column))
    calls = [
        part for node in nodes if node for part in walk(node) if isinstance(part, Call) and part.name == "pulldata"
    ]
    files = [call.arguments[0] for call in calls]
    if not all(isinstance(file, Text) for file in files):
        return tables
    wanted = {stem(file.value) for file in files if isinstance(file, Text)}
    return FormTables({name: table for name, table in tables.files.items() if name in wanted})
