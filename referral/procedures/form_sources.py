"""Files of forms from outside: what may come in (Excel, CSV, Markdown), and the form that is compiled of it.

The name, the size and a workbook's table of contents are looked at here; what is in the file `sop` reads within bounds
of its own. What cannot be compiled raises `FormError`, with row and column of every complaint.
"""

from __future__ import annotations

import zipfile
from functools import lru_cache
from io import BytesIO
from typing import Final

from referral.procedures.schemas import Upload, file_name
from sop.forms import Form, compile_form
from sop.vocabulary import N_, Message
from sop.workbooks import read_workbook
from sop.xform import xform

MAX_FILE: Final = 1_500_000
MAX_UNPACKED: Final = 16_000_000
MAX_PARTS: Final = 300
KINDS: Final = {".md": "markdown", ".csv": "csv", ".xlsx": "excel"}
MEDIA_TYPES: Final = {
    "markdown": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OLD: Final = b"\xd0\xcf\x11\xe0"

NO_FILE = Message("no_form_file", N_("Choose the file of a form."))
WRONG_KIND = Message("wrong_kind", N_("A form comes as Excel (.xlsx), CSV (.csv) or Markdown (.md)."))
OLD_EXCEL = Message(
    "old_excel", N_("This is an old or protected Excel file. Save it anew as .xlsx, without a password.")
)
MACROS = Message("macros", N_("This file holds macros. Save it as .xlsx without macros; nothing of it was kept."))
TOO_LARGE = Message("form_too_large", N_("This file is too large for a form; nothing of it was kept."))
BROKEN = Message("broken_file", N_("This file is damaged and cannot be opened; nothing of it was kept."))
NOT_UTF8 = Message("not_utf8", N_("This text is not in UTF-8. Save it with that encoding; nothing of it was kept."))


class Refused(ValueError):
    """The file is not even opened; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def uploaded(file: Upload | None) -> tuple[str, bytes]:
    """The name and the bytes of a file that may be opened; raises `Refused`."""
    if file is None or not file.filename:
        raise Refused(NO_FILE)
    name, content = file_name(file.filename), file.read()
    file.close()
    kind = kind_of(name)
    if not kind:
        raise Refused(WRONG_KIND)
    if not content.strip():
        raise Refused(NO_FILE)
    if len(content) > MAX_FILE:
        raise Refused(TOO_LARGE)
    _look_into(content) if kind == "excel" else _look_at(content)
    return name, content


def kind_of(name: str) -> str:
    """The kind of a file by the end of its name; empty for what is none.

    >>> kind_of("F04 v2.XLSX"), kind_of("form.xlsm")
    ('excel', '')
    """
    return next((kind for ending, kind in KINDS.items() if name.lower().endswith(ending)), "")


def compiled(content: bytes) -> Form:
    """The form in a file, without asking the reference compiler; raises `FormError`."""
    return _compiled(content)


@lru_cache(maxsize=16)
def _compiled(content: bytes) -> Form:
    return compile_form(content, reference=False)


def reference_xform(content: bytes) -> str:
    """The form as the reference compiler writes it for phones with ODK Collect; raises `FormError` with its reason."""
    return xform(read_workbook(content))


def _look_at(content: bytes) -> None:
    if content.startswith((b"PK", OLD)) or b"\x00" in content:
        raise Refused(WRONG_KIND)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NOT_UTF8) from None


def _look_into(content: bytes) -> None:
    """A workbook is an archive: look at its table of contents before anything is unpacked."""
    if content.startswith(OLD):
        raise Refused(OLD_EXCEL)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused(BROKEN) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(TOO_LARGE)
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Refused(MACROS)
    if "xl/workbook.xml" not in names:
        raise Refused(WRONG_KIND)
