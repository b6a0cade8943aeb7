"""Pages of the directory: `entries` is its list, one entry and its forms.

`new`, `keeping`, `hiding`, `organization`, `employment` and `carrying` are for whoever keeps an entry; `upkeep`,
`importing`, `doubles`, `bodies`, `notice`, `calendar`, `autonomy`, `suspension` for the coordination; `coverage`, `gap`
and `punctuality` for those who decide; `printing` makes papers.
"""

from __future__ import annotations

from flask import Blueprint

from directory.edit import show_phone
from referral.providers.rules import dialled

bp = Blueprint("providers", __name__)
bp.add_app_template_filter(show_phone, "phone")
bp.add_app_template_filter(dialled, "dialled")

from referral.providers.views import (  # noqa: E402 - their pages
    autonomy,  # noqa: F401
    bodies,  # noqa: F401
    calendar,  # noqa: F401
    carrying,  # noqa: F401
    coverage,  # noqa: F401
    doubles,  # noqa: F401
    employment,  # noqa: F401
    entries,  # noqa: F401
    gap,  # noqa: F401
    hiding,  # noqa: F401
    importing,  # noqa: F401
    keeping,  # noqa: F401
    new,  # noqa: F401
    notice,  # noqa: F401
    organization,  # noqa: F401
    printing,  # noqa: F401
    punctuality,  # noqa: F401
    suspension,  # noqa: F401
    upkeep,  # noqa: F401
)
