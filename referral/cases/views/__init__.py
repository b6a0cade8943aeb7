"""Pages of the case file: `reading` shows it, `working` changes it, `clocks` stops the clock of
a step, `moving` moves a case to another version, `family` and `contact` say who belongs to the person and how to reach
them, `coordinating` shows delays without identity."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)

from referral.cases import words  # noqa: E402, F401 - it puts its filters on `bp`
from referral.cases.views import clocks, contact, coordinating, family, moving, reading, working  # noqa: E402, F401 - as above
