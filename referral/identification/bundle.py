"""A form version as the browser takes it along, its messages in the language of the page."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import force_locale, get_translations, gettext

from referral.foundation.assets import Asset, packed
from sop.bundle import bundle
from sop.forms import Form

MOST_KEPT = 64


_blanks: dict[tuple[str, str], Asset] = {}


def blank(form: Form, language: str) -> Asset:
    """The form in `language` as JSON for `MNRForm.compile`; its digest stands in its address, so that browsers keep it.

    Made once a process and version; what the process keeps is bounded.
    """
    key = form.hash, language
    if key not in _blanks:
        if len(_blanks) >= MOST_KEPT:
            _blanks.clear()
        text = json.dumps(form_bundle(form, language), ensure_ascii=False, separators=(",", ":"))
        _blanks[key] = packed("blank.json", text.encode())
    return _blanks[key]


def form_bundle(form: Form, language: str) -> dict[str, Any]:
    """What `MNRForm.compile` takes: the form, its texts and every message in `language` ("fr" or "en")."""

    def counted(one: str, many: str, count: int) -> str:
        return str(get_translations().ungettext(one, many, count))

    with force_locale(language):
        return bundle(form, language, lambda text: str(gettext(text)), counted)
