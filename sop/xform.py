"""Asks pyxform, the reference compiler, for the XForm of a form; imported only then (half a second to load)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sop.questions import FormError, FormFinding
from sop.vocabulary import N_, Message
from sop.workbooks import Sheet

DEFAULT_ID = "form"
"""Id of a form that names none."""
SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


def xform(sheets: Mapping[str, Sheet]) -> str:
    """The XForm; raises `FormError` with pyxform's reason."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    book: dict[str, Any] = {"sheet_names": list(sheets), "fallback_form_name": DEFAULT_ID}
    for name in SHEETS:
        if name in sheets:
            book[name] = [dict(line) for _, line in sheets[name].lines]
            book[f"{name}_header"] = [dict.fromkeys(sheets[name].header)]
    try:
        return str(convert(xlsform=book, warnings=[]).xform)
    except (PyXFormError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        message = Message("PYXFORM", N_("The form is refused by pyxform: %(reason)s"), {"reason": str(error)})
        raise FormError([FormFinding("error", "PYXFORM", 0, "", message)]) from error
