"""Pages of identification: the form, the pre-file that it makes, and base consent."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("identification", __name__)

from referral.identification.views import (  # noqa: E402
    attachments,  # noqa: F401 - they hang their pages on the blueprint
    case_forms,  # noqa: F401
    consent,  # noqa: F401
    filling,  # noqa: F401
    lists,  # noqa: F401
    looking,  # noqa: F401
    papers,  # noqa: F401
    phones,  # noqa: F401
    prefile,  # noqa: F401
    screens,  # noqa: F401
)
