"""Blank forms as phones with ODK Collect read them: made once by the reference compiler, then kept by the process.

Kind: queries.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

import sop
from referral.extensions import db
from referral.identification.queries import FORM
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from sop.forms import Form, load_form
from sop.questions import Choice
from sop.workbooks import read_workbook
from sop.xform import xform


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A blank form, its XForm, and the files that it reads, by name."""

    form: Form
    xform: str = field(repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)


def form_for_phones(form_id: str, version: str | None = None) -> FormVersion | None:
    """The published version of this name that makes a file, the newest when none is asked for."""
    published = select(FormVersion).where(
        FormVersion.name == FORM, FormVersion.form_id == form_id, FormVersion.published_at.is_not(None)
    )
    if version is not None:
        published = published.where(FormVersion.number == version)
    newest = published.order_by(FormVersion.active.desc(), FormVersion.imported_at.desc(), FormVersion.id)
    return db.session.scalars(newest.limit(1)).first()


_made: dict[UUID, str] = {}


def for_phones() -> list[PhoneForm]:
    """What a phone may fill in: the form in force that makes a file, where its XForm is known."""
    version = procedures.active_form(FORM)
    made = _xform(version) if version is not None else ""
    if version is None or not made:
        return []
    form = procedures.form(version.id)
    looked_up = {f"{name}.csv": _csv(table.columns, table.rows) for name, table in form.tables.files.items()}
    return [PhoneForm(form, made, _lists(form) | looked_up)]


def _lists(form: Form) -> dict[str, str]:
    """Choice lists that the form reads from files, written as files again."""
    found = {}
    for name, choices in form.choices.items():
        if name.endswith(".csv"):
            more = sorted({column for one in choices for column in one.columns} - {"name", "label"})
            rows = [(one.name, _label(form, one), *(one.columns.get(key, "") for key in more)) for one in choices]
            found[name] = _csv(("name", "label", *more), rows)
    return found


def _label(form: Form, choice: Choice) -> str:
    wanted = (choice.label.get(language) for language in ("", *form.languages))
    return next((text for text in wanted if text), choice.name)


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows([header, *rows])
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
