"""Forms for the tests: sound, with gaps, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl import Workbook

HEAD = "| survey | type | name | label::Français (fr) | label::English (en) | required | relevant | category | fact |\n"


def markdown(version: str = "2", rows: str = "", form_id: str = "visit") -> bytes:
    """A small form in Markdown; `rows` are added to its survey."""
    return (
        f"| settings | form_id | form_title | version |\n| | {form_id} | Visite | {version} |\n{HEAD}"
        "| | begin group | one | Un | One | | | | |\n"
        "| | select_one yes_no | seen | Vue ? | Seen? | yes | | C4 | |\n"
        "| | text | where | Où ? | Where? | yes | ${seen} = 'yes' | C4 | |\n"
        f"{rows}"
        "| | end group | | | | | | | |\n"
        "| choices | list_name | name | label::Français (fr) | label::English (en) |\n"
        "| | yes_no | yes | Oui | Yes |\n| | yes_no | no | Non | No |\n"
    ).encode()


SHEETS: dict[str, list[list[Any]]] = {
    "survey": [
        ["type", "name", "label::Français (fr)", "label::English (en)", "category"],
        ["text", "place", "Où ?", "Where?", "C4"],
        ["integer", "people", "Combien ?", "How many?", "C3"],
    ],
    "settings": [["form_id", "form_title", "version"], ["census", "Recensement", "2026.1"]],
}


def workbook(**changed: list[list[Any]]) -> bytes:
    """The same kind of form as an Excel file."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in {**SHEETS, **changed}.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The Excel file with one more part."""
    kept = io.BytesIO(workbook())
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return kept.getvalue()


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "bomb": ("f.xlsx", with_part("xl/media/x.bin", b"\0" * 20_000_000), "too large"),
    "macros": ("f.xlsx", with_part("xl/vbaProject.bin", b"x"), "macros"),
    "macro_name": ("f.xlsm", workbook(), "A form comes as Excel"),
    "truncated": ("f.xlsx", workbook()[:900], "damaged"),
    "not_a_workbook": ("f.xlsx", b"hello", "damaged"),
    "old_excel": ("f.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old or protected"),
    "picture": ("f.png", b"\x89PNG", "A form comes as Excel"),
    "zip_as_text": ("f.csv", workbook(), "A form comes as Excel"),
    "latin": ("f.md", "| survey | é |".encode("latin-1"), "UTF-8"),
    "empty": ("f.md", b"  \n", "Choose the file"),
    "large": ("f.md", b"| survey |\n" * 160_000, "too large"),
    "prose": ("f.md", b"Dear colleague, please find the form attached.", "survey"),
    "entities": ("f.xlsx", with_part("xl/worksheets/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "no form"),
}
"""By what is wrong: the name, the bytes, and a piece of the message."""
