"""Pages of rights: `requests` and `own_file` for the case team and the person, `answering` and `registers` for the data
officer.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("rights", __name__)

from referral.rights.views import answering, own_file, registers, requests  # noqa: E402, F401 - their pages
