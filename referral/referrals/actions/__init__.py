"""Verbs on a referral; they never commit: the request does, once."""

from referral.referrals.actions.moves import Stale, transition
from referral.referrals.actions.sending import draft, follow, record_gap, send

__all__ = ["Stale", "draft", "follow", "record_gap", "send", "transition"]
