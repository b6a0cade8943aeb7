"""Pages of partners: `accounts` signs in and out, `oversight` shows the running system, `agreements` lists and prints
agreements, `agreeing` and `signing` take them from draft to decision.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("partners", __name__)

from referral.partners.views import (  # noqa: E402
    accounts,  # noqa: F401 - their pages
    agreeing,  # noqa: F401
    agreements,  # noqa: F401
    oversight,  # noqa: F401
    signing,  # noqa: F401
)
