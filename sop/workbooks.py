"""The sheets of a form's source: Markdown tables, CSV (one file, or one a sheet), or a spreadsheet (XLSX).

What comes from outside is bounded before it is parsed: a spreadsheet is a ZIP file whose parts are looked at first
(expanded sizes, document types, numbers of rows and cells), so that a small hostile file cannot keep the parser busy.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from sop.questions import FormError, FormFinding
from sop.vocabulary import N_, Message

PIPE = re.compile(r"(?<!\\)\|")
COMMENT = re.compile(r"#[^|]*$")
SEPARATOR = re.compile(r"[|\-: ]+")
ROWS_OF_A_SHEET = re.compile(rb"<(?:[a-z]{1,20}:)?row[ />]")
CELLS_OF_A_SHEET = re.compile(rb"<(?:[a-z]{1,20}:)?c[ />]")
DOCUMENT_TYPE = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T)")

MOST_BYTES = 2_000_000
MOST_ROWS = 20_000
MOST_CELLS = 300_000
MOST_EXPANDED = 16_000_000
MOST_PARTS = 300
MOST_COLUMNS = 300
MOST_OF_A_CELL = 32_767
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NOT_A_FORM = N_("This file is no form: Markdown, CSV or XLSX is expected.")

Source = str | bytes | Path | Mapping[str, str]
"""Text (Markdown or CSV), the bytes of a file, its path, or the CSV texts by sheet (`{"survey": …, "choices": …}`)."""


@dataclass(slots=True)
class Sheet:
    """A table: its headers as written, and each line by header with its number (row of the sheet, or line).

    Empty cells are not in a line. `row` is where the header stands.
    """

    header: list[str] = field(default_factory=list)
    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    row: int = 0
    _current: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """The next line that is not empty is a header."""
        self._current = []

    def add(self, number: int, cells: Iterable[str]) -> None:
        """One line."""
        texts = [cell.strip(" \t\r\n") for cell in islice(cells, MOST_COLUMNS)]
        if not any(texts):
            return
        if not self._current:
            self._current, self.row = texts, self.row or number
            self.header += [text for text in texts if text and text not in self.header]
        else:
            line = {key: cell for key, cell in zip(self._current, texts, strict=False) if key and cell}
            if line:
                self.lines.append((number, line))


def read_workbook(source: Source) -> dict[str, Sheet]:
    """The sheets by name in lower case; raises `FormError` for what is no form or too large to be one."""
    if isinstance(source, Path):
        source = _file(source)
    if isinstance(source, Mapping):
        return _sheets_of_texts(source)
    if isinstance(source, bytes):
        if len(source) > MOST_BYTES:
            raise _refused("TOO_LARGE", N_("The form is too large."))
        if source.startswith(b"PK"):
            return _sheets_of_archive(source)
        source = _text(source)
    if len(source) > MOST_BYTES:
        raise _refused("TOO_LARGE", N_("The form is too large."))
    return _bounded(read_markdown(source) if _is_markdown(source) else _read_csv(source))


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _refused(code: str, text: str, **values: Any) -> FormError:
    return FormError([FormFinding("error", code, 0, "", Message(code, text, values))])


def _text(data: bytes) -> str:
    """The text of a file; old spreadsheets and other things that are no text are refused."""
    if data.startswith(OLD_EXCEL):
        raise _refused("OLD_EXCEL", N_("This is an old Excel file (.xls). Please save it as .xlsx."))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if wide else data.decode("cp1252", "replace")
    if "\0" in text:
        raise _refused("NOT_A_FORM", NOT_A_FORM)
    return text


def _is_markdown(text: str) -> bool:
    return any(line.lstrip().startswith("|") for line in text.splitlines()) or not text.strip()


def read_markdown(source: str) -> dict[str, Sheet]:
    """The tables of the source by name; text around the tables is commentary.

    >>> read_markdown("| survey | | |\\n|  | type | name |\\n| | text | a |")["survey"].lines
    [(3, {'type': 'text', 'name': 'a'})]
    """
    return _stacked(_markdown_lines(source))


def _markdown_lines(source: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(source.splitlines(), start=1):
        text = COMMENT.sub("", line).strip()
        if not (text.startswith("|") and text.endswith("|")) or ("-" in text and SEPARATOR.fullmatch(text)):
            continue
        yield number, [cell.strip().replace("\\|", "|") for cell in PIPE.split(text)[1:-1]]


def _stacked(lines: Iterable[tuple[int, list[str]]]) -> dict[str, Sheet]:
    """Several sheets below each other: the first cell names the sheet that begins."""
    sheets: dict[str, Sheet] = {}
    current: Sheet | None = None
    for number, (first, *cells) in ((number, cells) for number, cells in lines if cells):
        if first.strip():
            current = sheets.setdefault(first.strip().lower(), Sheet())
            current.begin()
        if current is not None:
            current.add(number, cells)
    return sheets


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        while True:
            number = reader.line_num + 1
            yield number, next(reader)
    except StopIteration:
        return
    except csv.Error as error:
        raise _refused("NOT_CSV", N_("The CSV file cannot be read: %(reason)s"), reason=str(error)) from None


def _read_csv(text: str) -> dict[str, Sheet]:
    return _stacked(_csv_lines(text.removeprefix("\ufeff")))


def _sheets_of_texts(texts: Mapping[str, str]) -> dict[str, Sheet]:
    """One CSV text a sheet; names may end in `.csv`."""
    if sum(map(len, texts.values())) > MOST_BYTES:
        raise _refused("TOO_LARGE", N_("The form is too large."))
    sheets: dict[str, Sheet] = {}
    for name, text in texts.items():
        sheet = sheets[Path(name).name.lower().removesuffix(".csv")] = Sheet()
        for number, cells in _csv_lines(text.removeprefix("\ufeff")):
            sheet.add(number, cells)
    return _bounded(sheets)


def _sheets_of_archive(data: bytes) -> dict[str, Sheet]:
    """A spreadsheet, or a ZIP file of CSV texts; its parts are looked at before any of them is parsed."""
    try:
        parts = _parts(data)
        if "xl/workbook.xml" in parts:
            return _bounded(_read_xlsx(data))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _refused("NOT_A_FORM", NOT_A_FORM) from None
    return _sheets_of_texts({name: _text(part) for name, part in parts.items() if name.lower().endswith(".csv")})


def _parts(data: bytes) -> dict[str, bytes]:
    """The parts of a ZIP file, none larger than it says and all together of a decent size."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_EXPANDED:
            raise _refused("TOO_LARGE", N_("The form is too large."))
        parts = {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    if any(DOCUMENT_TYPE.search(part) for part in parts.values()):
        raise _refused("NOT_A_FORM", NOT_A_FORM)
    sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
    rows = [sum(1 for _ in ROWS_OF_A_SHEET.finditer(part)) for part in sheets]
    cells = sum(1 for part in sheets for _ in CELLS_OF_A_SHEET.finditer(part))
    if any(count > MOST_ROWS for count in rows) or cells > MOST_CELLS:
        raise _too_many_rows()
    return parts


def _too_many_rows() -> FormError:
    text = N_("The form is too large: a sheet may have at most %(most)d rows.")
    return _refused("TOO_MANY_ROWS", text, most=MOST_ROWS)


def _read_xlsx(data: bytes) -> dict[str, Sheet]:
    """The sheets with their rows' numbers; formulas give the value that was saved with them."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    sheets: dict[str, Sheet] = {}
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for page in book.worksheets:
            page.reset_dimensions()
            sheet = sheets[page.title.strip().lower()] = Sheet()
            for number, row in enumerate(page.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
                if number > MOST_ROWS:
                    raise _too_many_rows()
                sheet.add(number, map(_cell, row))
    except (InvalidFileException, ExpatError, SyntaxError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, FormError):
            raise
        raise _refused("NOT_A_FORM", NOT_A_FORM) from None
    return sheets


def _cell(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)[:MOST_OF_A_CELL]


def _bounded(sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    if any(len(sheet.lines) > MOST_ROWS for sheet in sheets.values()):
        raise _too_many_rows()
    return sheets
