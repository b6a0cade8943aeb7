"""Pages of rights: `requests`, `own_file` and `withdrawing` for the case team, the person and recipients; `answering`
and `registers` for the data officer.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("rights", __name__)

from referral.rights.views import answering, own_file, registers, requests, withdrawing  # noqa: E402, F401 - their pages
