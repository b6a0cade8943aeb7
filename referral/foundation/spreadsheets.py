"""Tables that people bring (XLSX, CSV) and take away (XLSX): read with care, written so that nothing in them runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sop.questions import FormError
from sop.vocabulary import N_, Message
from sop.workbooks import read_workbook

MOST_ROWS = 2_000
MOST_COLUMNS = 120
LONGEST_CELL = 4_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ENCODINGS = ("utf-8-sig", "cp1252")
DELIMITERS = ";,\t|"

NOT_A_TABLE = Message(
    "not_a_table", N_("This file is no table: XLSX or CSV is expected, with the headings in the first row.")
)
EMPTY = Message("empty_table", N_("This table has no rows under its headings."))
TOO_MANY = Message("too_many_rows", N_("This table has more than %(most)d rows: divide it."), {"most": MOST_ROWS})
TWICE = N_("The heading “%(heading)s” is there twice.")


class NotATable(ValueError):
    """The file cannot be read as a table; `message` says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.code)


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; each row with its number in the file and a cell for every heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(data: bytes) -> Table:
    """The first sheet of a spreadsheet, or a CSV text of any usual delimiter; raises `NotATable`."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _of_workbook(data)
    return _of_lines(_csv_lines(_text(data)))


def _of_workbook(data: bytes) -> Table:
    try:
        sheets = read_workbook(data, every=True)
    except FormError as error:
        found = error.findings[0].message
        known = {"OLD_EXCEL": found, "TOO_MANY_ROWS": TOO_MANY, "TOO_LARGE": TOO_MANY}
        raise NotATable(known.get(found.code, NOT_A_TABLE)) from None
    sheet = next((one for one in sheets.values() if one.lines), None)
    if sheet is None:
        raise NotATable(EMPTY)
    headings = sheet.header
    return _bounded(headings, [(number, [line.get(one, "") for one in headings]) for number, line in sheet.lines])


def _text(data: bytes) -> str:
    if b"\x00" in data[:4_000]:
        raise NotATable(NOT_A_TABLE)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable(NOT_A_TABLE)


def _csv_lines(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader, found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []
    try:
        for cells in reader:
            found.append((reader.line_num, [cell.replace("\u00a0", " ").strip() for cell in cells]))
            if len(found) > MOST_ROWS + 50:
                raise NotATable(TOO_MANY)
    except csv.Error:
        raise NotATable(NOT_A_TABLE) from None
    return [line for line in found if any(line[1])]


def _of_lines(lines: Sequence[tuple[int, list[str]]]) -> Table:
    if not lines or len([cell for cell in lines[0][1] if cell]) < 2:
        raise NotATable(NOT_A_TABLE)
    headings = lines[0][1]
    if any(heading and headings.count(heading) > 1 for heading in headings):
        twice = next(heading for heading in headings if heading and headings.count(heading) > 1)
        raise NotATable(Message("heading_twice", TWICE, {"heading": twice[:80]}))
    return _bounded(headings, lines[1:])


def _bounded(headings: Sequence[str], lines: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """Every row as wide as the headings; columns without a heading are left out."""
    kept = [place for place, heading in enumerate(headings) if heading][:MOST_COLUMNS]
    rows = []
    for number, cells in lines:
        row = tuple(cells[place][:LONGEST_CELL] if place < len(cells) else "" for place in kept)
        if any(row):
            rows.append((number, row))
    if not rows:
        raise NotATable(EMPTY)
    if len(rows) > MOST_ROWS:
        raise NotATable(TOO_MANY)
    return Table(tuple(headings[place][:200] for place in kept), tuple(rows))


def write_workbook(sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Sheets (title, headings, rows) as XLSX: texts only, so that no cell is ever a formula."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    bold, plain = (book.add_format({"bold": strong, "text_wrap": True, "valign": "top"}) for strong in (True, False))
    for title, headings, rows in sheets:
        sheet = book.add_worksheet(title[:31])
        for at, cells in enumerate([headings, *rows]):
            for column, text in enumerate(cells):
                sheet.write_string(at, column, safe(text), plain if at else bold)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, min(max(len(heading) + 2, 14), 44))
        sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def bare(text: str) -> str:
    """The text that `safe` was given.

    >>> bare("'+237 000"), bare("'tis"), bare(safe("=1"))
    ('+237 000', "'tis", '=1')
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also when it is saved as CSV; control characters are gone.

    >>> safe("=1+1"), safe("Awa"), safe("+237 000"), safe("-")
    ("'=1+1", 'Awa', "'+237 000", '-')
    """
    plain = "".join(one for one in text if one >= " " or one in "\n\t")
    return f"'{plain}" if plain.startswith(FORMULA) and len(plain) > 1 else plain
