"""Blank forms as phones with ODK Collect read them: made once by the reference compiler, then kept by the process.

Kind: queries.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import sop
from referral.identification.queries import FORM
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from sop.forms import Form, load_form
from sop.lookup import Table
from sop.workbooks import read_workbook
from sop.xform import xform


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A blank form, its XForm, and the files that it reads, by name."""

    form: Form
    xform: str = field(repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)


_made: dict[UUID, str] = {}


def for_phones() -> list[PhoneForm]:
    """What a phone may fill in: the form in force that makes a file, where its XForm is known."""
    version = procedures.active_form(FORM)
    xform = _xform(version) if version is not None else ""
    if version is None or not xform:
        return []
    form = procedures.form(version.id)
    return [PhoneForm(form, xform, {f"{name}.csv": _csv(table) for name, table in form.tables.files.items()})]


def _csv(table: Table) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows([table.columns, *table.rows])
    return output.getvalue()


def _xform(version: FormVersion) -> str:
    """Kept with the version; of one from before only where the library still has its source."""
    if version.id not in _made:
        _made[version.id] = version.xform or _from_library(version)
    return _made[version.id]


def _from_library(version: FormVersion) -> str:
    path = Path(sop.__file__).parent / "library" / "cameroon" / "forms" / f"{FORM}.md"
    if not path.exists() or load_form(FORM).hash != version.content_hash:
        return ""
    return xform(read_workbook(path))
