"""Pages of the case file: `reading` shows it, `working` changes it, `coordinating` shows delays without identity."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)

from referral.cases import words  # noqa: E402, F401 - it puts its filters on `bp`
from referral.cases.views import coordinating, reading, working  # noqa: E402, F401 - they put their pages on `bp`
