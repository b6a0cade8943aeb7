"""Files of rows, as partners send them: CSV of any separator, a workbook, or a ZIP of CSV files.

Reading is bounded: bytes, rows, columns and the length of a cell, so that no file can fill the memory. A row of HXL
tags (`#org +name`) under the headings is known as such and is no row of data.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import PurePosixPath
from typing import Any

from directory.hsds_result import Unreadable
from directory.vocabulary import N_

MAX_BYTES = 100 * 1024**2
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELL = 20_000
HEADING_LIMIT = 120
MOST_SHARED = 20_000
TAG = re.compile(r"#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class Table:
    """One table: its name (of file or sheet), its headings, the HXL tag of each, and its rows by number in the file."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    tags: tuple[str, ...] = ()

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row by heading; cells without anything are left away."""
        for number, cells in self.rows:
            yield number, {name: cell for name, cell in zip(self.headings, cells, strict=False) if name and cell}

    def samples(self, heading: str, limit: int = 3) -> list[str]:
        """The first different values of a column, shortened, to recognise it by."""
        place = self.headings.index(heading)
        found: dict[str, None] = {}
        for _number, cells in self.rows[:500]:
            if place < len(cells) and cells[place]:
                found.setdefault(cells[place][:60])
            if len(found) == limit:
                break
        return list(found)


def read_tables(contents: bytes, name: str) -> list[Table]:
    """Return the tables of a file; raise Unreadable for what is none. `name` names the table of a single CSV file."""
    if len(contents) > MAX_BYTES:
        raise Unreadable("too_large", N_("the file is larger than %(limit)d MB"), limit=MAX_BYTES // 1024**2)
    if contents.startswith(ZIP):
        return _zipped(contents)
    return [one for one in [_csv(contents, _stem(name))] if one is not None] or _nothing()


def _nothing() -> list[Table]:
    raise Unreadable("no_rows", N_("the file holds no rows"))


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem[:60]


def _zipped(contents: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(BytesIO(contents)) as archive:
            if sum(one.file_size for one in archive.infolist()) > 4 * MAX_BYTES:
                raise Unreadable(
                    "too_large", N_("the file is larger than %(limit)d MB"), limit=4 * MAX_BYTES // 1024**2
                )
            if "[Content_Types].xml" in archive.namelist():
                return _workbook(contents)
            names = sorted(one for one in archive.namelist() if one.lower().endswith(".csv"))
            found = [_csv(archive.read(one), _stem(one)) for one in names[:60]]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable("bad_archive", N_("the file is damaged or is protected by a password")) from error
    return [one for one in found if one is not None] or _nothing()


def _workbook(contents: bytes) -> list[Table]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(contents), read_only=True, data_only=True)
        found = [_table(sheet.title[:60], _cells(sheet)) for sheet in book.worksheets[:20]]
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets whatever a damaged part raises through
        raise Unreadable("bad_workbook", N_("the workbook is damaged and cannot be read")) from error
    return [one for one in found if one is not None] or _nothing()


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        yield number, [_shown(cell) for cell in row]


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def _csv(contents: bytes, name: str) -> Table | None:
    text = _decoded(contents)
    if "\x00" in text[:2000]:
        raise Unreadable("not_text", N_("the file is neither a table of text nor a workbook"))
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    before = csv.field_size_limit(MAX_CELL * 10)
    try:
        return _table(name, _lines(reader))
    except csv.Error as error:
        raise Unreadable("bad_csv", N_("line %(line)d is not a row of a table"), line=reader.line_num) from error
    finally:
        csv.field_size_limit(before)


def _lines(reader: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(reader, start=1):
        yield number, [cell.strip() for cell in row[:MAX_COLUMNS]]


def _decoded(contents: bytes) -> str:
    """UTF-8 as it should be, else what Excel in Western Europe and West Africa writes."""
    if contents.startswith((b"\xff\xfe", b"\xfe\xff")):
        return contents.decode("utf-16", "replace")
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        return contents.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """The separator that splits the first line into most cells.

    >>> _separator("nom;ville\\na,b;c"), _separator("a,b\\n"), _separator("seul")
    (';', ',', ',')
    """
    line = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t|", key=line.count)


def _table(name: str, lines: Iterator[tuple[int, list[str]]]) -> Table | None:
    headings = next((cells for _number, cells in lines if sum(map(bool, cells)) > 1), None)
    if headings is None:
        return None
    table, once = Table(name, _unlike(headings)), dict[str, str]()
    for number, cells in lines:
        if not any(cells):
            continue
        if not table.rows and not table.tags and _is_tags(cells):
            table.tags = tuple(cells)
            continue
        if len(table.rows) == MAX_ROWS:
            raise Unreadable("too_many", N_("more than %(limit)d services in one file"), limit=MAX_ROWS)
        table.rows.append((number, tuple(_once(cell, once) for cell in cells)))
    return table


def _once(cell: str, known: dict[str, str]) -> str:
    """The cell, cut to what is read; the same text of many rows is held once."""
    kept = cell[:MAX_CELL]
    return known.setdefault(kept, kept) if len(known) < MOST_SHARED or kept in known else kept


def _unlike(headings: Iterable[str]) -> tuple[str, ...]:
    """The headings without line breaks; one that comes twice is numbered.

    >>> _unlike(["Nom", "Nom", ""])
    ('Nom', 'Nom (2)', '')
    """
    found: list[str] = []
    for heading in headings:
        plain = " ".join(heading.split())[:HEADING_LIMIT]
        times = sum(one == plain or one.startswith(f"{plain} (") for one in found) if plain else 0
        found.append(f"{plain} ({times + 1})" if times else plain)
    return tuple(found)


def _is_tags(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell]
    return 2 * sum(bool(TAG.fullmatch(cell)) for cell in said) > len(said)
