"""A form version as the offline page takes it along, its messages in the language of the page."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale, get_translations, gettext

from sop.bundle import bundle
from sop.forms import Form


def form_bundle(form: Form, language: str) -> dict[str, Any]:
    """What `MNRForm.compile` takes: the form, its texts and every message in `language` ("fr" or "en")."""

    def counted(one: str, many: str, count: int) -> str:
        return str(get_translations().ungettext(one, many, count))

    with force_locale(language):
        return bundle(form, language, lambda text: str(gettext(text)), counted)
