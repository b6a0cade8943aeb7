"""Pages of the referral loop: `sending` for the case manager, `answering` for the provider, `show` for both sides."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("referrals", __name__)

from referral.referrals.views import answering, choosing, papers, sending, shortlist, show  # noqa: E402, F401 - they add their routes to `bp`
