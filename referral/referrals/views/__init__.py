"""Pages of the referral loop: `sending` for the case manager, `answering` for the provider, `show` for both sides."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("referrals", __name__)
