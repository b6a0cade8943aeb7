"""A form may be Markdown, CSV or a spreadsheet; what is none of them, or too large, is refused before it is parsed."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sop.forms import Form, compile_form, files_beside
from sop.questions import FormError
from sop.workbooks import read_workbook
from tests.sop import form_texts as texts

SURVEY = [
    ["type", "name", "label", "required", "constraint"],
    [None, None, None, None, None],
    ["integer", "age", "Age", True, ". < 120"],
    ["select_one yn", "well", " Well? ", "no", None],
    ["geotrace", "walk", "Walk", None, None],
]
CHOICES = [["list name", "name", "label"], ["yn", 1, "Yes"], ["yn", 0.0, "No"]]
SETTINGS = [["form_id", "form_title", "version"], ["x", "X", 2026]]
SHEETS: dict[str, list[list[Any]]] = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


def xlsx(sheets: dict[str, list[list[Any]]] | None = None) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in (sheets or SHEETS).items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_text(rows: list[list[Any]], first: str | None = None) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    if first is not None:
        writer.writerow([first])
    for row in rows:
        cells = ["" if cell is None else str(cell).removesuffix(".0") for cell in row]
        writer.writerow(cells if first is None else ["", *cells])
    return stream.getvalue()


def archive(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return stream.getvalue()


def content(form: Form) -> tuple[Any, ...]:
    questions = [(one.name, one.type.value, dict(one.label), one.required is not None) for one in form]
    return form.id, form.title, form.version, questions, [one.name for one in form.choices["yn"]]


EXPECTED = (
    "x",
    "X",
    "2026",
    [("age", "integer", {"": "Age"}, True), ("well", "select_one", {"": "Well?"}, False)],
    ["1", "0"],
)


def places(form: Form) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.sheet, finding.row) for finding in form.warnings]


def test_a_spreadsheet_is_read_with_its_own_row_numbers() -> None:
    form = compile_form(xlsx())
    assert content(form) == EXPECTED
    assert places(form) == [("TYPE", "survey", 5)]


def test_csv_texts_one_for_each_sheet() -> None:
    form = compile_form({f"{name}.csv": csv_text(rows) for name, rows in SHEETS.items()})
    assert content(form) == EXPECTED
    assert places(form) == [("TYPE", "survey", 5)]


def test_one_csv_file_whose_first_column_names_the_sheets() -> None:
    form = compile_form("".join(csv_text(rows, name) for name, rows in SHEETS.items()))
    assert content(form) == EXPECTED
    assert places(form) == [("TYPE", "survey", 6)]


def test_a_zip_file_of_csv_texts() -> None:
    parts: dict[str, str | bytes] = {f"form/{name}.csv": csv_text(rows) for name, rows in SHEETS.items()}
    assert content(compile_form(archive(parts))) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "form.md"
    path.write_bytes(texts.form("type | name | label\ntext | a | Élève").encode(encoding))
    assert compile_form(path, reference=False)["a"].label == {"": "Élève"}


def test_files_beside_the_form_are_found_and_others_left_alone(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_text(texts.REGISTRY)
    for name, text in (texts.REGISTRY_FILES | {"other.csv": "a,b"}).items():
        (tmp_path / name).write_text(text)
    assert files_beside(tmp_path / "form.md") == texts.REGISTRY_FILES


def test_a_file_in_another_folder_is_never_asked_for(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("name,label\na,A\n")
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "form.md").write_text(texts.form("type | name | label\nselect_one_from_file ../secret.csv | a | A"))
    assert files_beside(folder / "form.md") == {}


def codes(source: Any) -> list[str]:
    with pytest.raises(FormError) as refusal:
        compile_form(source, reference=False)
    return [finding.code for finding in refusal.value.findings]


BOMB = b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "NO_SURVEY"),
        (b"", "NO_SURVEY"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "NO_SURVEY"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "NOT_A_FORM"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLD_EXCEL"),
        (b"PK\x03\x04 but no archive", "NOT_A_FORM"),
        (b"\xff\xfe\x00", "NOT_A_FORM"),
        (b"| survey |\n" * 200_000, "TOO_LARGE"),
        (archive({"xl/workbook.xml": "<workbook/>"}), "NOT_A_FORM"),
        (archive({"xl/workbook.xml": BOMB}), "NOT_A_FORM"),
        (archive({"xl/workbook.xml": BOMB.decode().encode("utf-16")}), "NOT_A_FORM"),
        (archive({"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": b" " * 11_000_000}), "TOO_LARGE"),
        (archive({"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": b"<row/>" * 20_001}), "TOO_MANY_ROWS"),
        (archive({"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": b"<c/>" * 150_001}), "TOO_MANY_ROWS"),
        (archive({f"{number}.csv": "a" for number in range(301)}), "TOO_LARGE"),
        (archive({"readme.txt": "no form"}), "NO_SURVEY"),
        ({"survey": "type,name\n" + "text,a\n" * 20_001}, "TOO_MANY_ROWS"),
        ({"survey": "type,name" + ",x" * 99 + "\ntext,a\n"}, "TOO_MANY_COLUMNS"),
        ({"survey": 'type,name\n"text,a' + "x" * 200_000}, "NOT_CSV"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)
def test_what_is_no_form_is_refused_with_a_sentence(source: Any, code: str) -> None:
    assert codes(source) == [code]


def test_a_spreadsheet_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(archive({"xl/workbook.xml": b"<a/>" * 5_000_000}))
    assert codes(bytes(data)) == ["TOO_LARGE"]
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    assert codes(bytes(data)) == ["NOT_A_FORM"]


def test_a_cell_far_to_the_right_costs_nothing() -> None:
    rows = [*SURVEY, *[["text", f"q{number}", "Q"] for number in range(3_000)]]
    book = Workbook()
    page = book.active
    page.title = "survey"
    for row in rows:
        page.append(row)
    page.cell(1, 16_384, "last column")
    page.cell(2_000, 16_384, "x")
    stream = io.BytesIO()
    book.save(stream)
    sheets = read_workbook(stream.getvalue())
    assert len(sheets["survey"].lines) == 3_003
    assert sheets["survey"].header == ["type", "name", "label", "required", "constraint"]


def test_every_part_of_a_good_spreadsheet_may_be_damaged() -> None:
    good = xlsx()
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    refused = set()
    for name in parts:
        for damaged in (parts[name][: len(parts[name]) // 2], b"", b"<a>"):
            try:
                compile_form(archive({**parts, name: damaged}), reference=False)
            except FormError as refusal:
                refused.add(refusal.findings[0].code)
    assert refused <= {"NOT_A_FORM", "NO_SURVEY", "LIST", "NO_TYPE", "NAME", "TYPE"}
    assert "NOT_A_FORM" in refused
