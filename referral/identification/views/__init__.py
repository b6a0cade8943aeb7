"""Pages of identification: the form, the pre-file that it makes, and base consent."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("identification", __name__)

from referral.identification.views import consent, filling, lists, prefile  # noqa: E402, F401 - they hang their pages on the blueprint
