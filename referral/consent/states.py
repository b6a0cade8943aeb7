"""One vocabulary for the sharing decision: how the states of referrals, agreements and consents are read by it.

Whatever is not in a table here gives the answer that shares nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

REFERRAL_STATES: dict[str, str] = {
    "preview": "sent",
    "draft": "sent",
    "sent": "sent",
    "acknowledged": "sent",
    "accepted": "sent",
    "waitlisted": "sent",
    "info_requested": "sent",
    "in_service": "sent",
    "completed": "completed",
    "delivered": "completed",
    "not_delivered": "completed",
    "closed": "completed",
    "declined": "declined",
    "revoked": "declined",
    "recalled": "declined",
    "redirected": "declined",
    "client_declined": "declined",
    "expired": "declined",
    "lost_contact": "declined",
}
"""State of the referral → none, sent, completed or declined (none when it is not here)."""

AGREEMENT_STATES: dict[str, dict[str, Any]] = {
    "signed_one": {"exists": True, "signed_both": False, "suspended": False},
    "signed_both": {"exists": True, "signed_both": True, "suspended": False, "since": None},
    "active": {"exists": True, "signed_both": True, "suspended": False},
    "suspended": {"exists": True, "signed_both": True, "suspended": True},
    "expired": {"exists": True, "signed_both": True, "suspended": False, "until": None},
    "terminated": {"exists": True, "signed_both": True, "suspended": False, "until": None},
    "superseded": {"exists": True, "signed_both": True, "suspended": False, "until": None},
}
"""State of the agreement → what the decision reads; a day set to None is a day that never came (M8) or is over (M2)."""

CONSENT_STATES: dict[str, str] = {
    "active": "active",
    "given": "active",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "superseded": "superseded",
}
"""State of the consent record → what the decision reads (none when it is not here)."""


def referral_status(state: str | None) -> str:
    """Read the state of a referral.

    >>> referral_status("waitlisted"), referral_status("lost_contact"), referral_status("a new state")
    ('sent', 'declined', 'none')
    """
    return REFERRAL_STATES.get(state or "", "none")


def consent_state(state: str | None) -> str:
    """Read the state of a consent record.

    >>> consent_state("given"), consent_state(None)
    ('active', 'none')
    """
    return CONSENT_STATES.get(state or "", "none")


def agreement_fields(state: str | None, since: date | None, until: date | None) -> dict[str, Any]:
    """Read state and days of an agreement as fields of `Agreement` (exists, signed_both, since, until, suspended).

    >>> agreement_fields("signed_both", date(2026, 1, 1), date(2027, 12, 31))["since"] is None
    True
    >>> agreement_fields("negotiation", None, None)["exists"]
    False
    """
    nothing = {"exists": False, "signed_both": False, "suspended": False}
    return {"since": since, "until": until, **AGREEMENT_STATES.get(state or "", nothing)}
