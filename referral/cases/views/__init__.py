"""Pages of the case file: `reading` shows it, `working` changes it, `clocks` stops the clock of
a step, `moving` moves a case to another version, `coordinating` shows delays without identity."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)

from referral.cases import words  # noqa: E402, F401 - it puts its filters on `bp`
from referral.cases.views import clocks, coordinating, moving, reading, working  # noqa: E402, F401 - they put their pages on `bp`
