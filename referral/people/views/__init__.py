"""Pages about who somebody is: `searching` finds and uncovers, `duplicates` reviews files that may be one person's."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)

from referral.people.views import duplicates, searching  # noqa: E402, F401 - they put their pages on `bp`
