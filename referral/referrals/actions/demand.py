"""A referral that a service cannot take is demand that was not met: it leaves one signal, without the person."""

from __future__ import annotations

from datetime import datetime

from referral.foundation.idempotency import hashed
from referral.providers.actions import keep_signal
from referral.providers.rules import SignalOutcome
from referral.referrals.models import Referral
from referral.referrals.rules import DeclineReason, ReferralAction

UNMET: dict[DeclineReason, SignalOutcome] = {
    DeclineReason.NO_CAPACITY: SignalOutcome.FULL,
    DeclineReason.OUT_OF_AREA: SignalOutcome.OUT_OF_AREA,
    DeclineReason.NOT_ELIGIBLE: SignalOutcome.REFUSED,
    DeclineReason.MISSING_DOCUMENT: SignalOutcome.REFUSED,
    DeclineReason.SERVICE_CLOSED: SignalOutcome.REFUSED,
    DeclineReason.OUTSIDE_MANDATE: SignalOutcome.REFUSED,
    DeclineReason.SAFETY_RISK: SignalOutcome.REFUSED,
    DeclineReason.UNREACHABLE: SignalOutcome.REFUSED,
    DeclineReason.OTHER: SignalOutcome.REFUSED,
}
"""What a refusal says of the service; the reasons that lie with the person (or a second sending) are no demand."""


def outcome_of(action: ReferralAction, reason: str) -> SignalOutcome | None:
    """What an answer says of the demand, or nothing.

    >>> outcome_of(ReferralAction.WAITLIST, ""), outcome_of(ReferralAction.DECLINE, "person_declined")
    (<SignalOutcome.FULL: 'full'>, None)
    """
    if action is ReferralAction.WAITLIST:
        return SignalOutcome.FULL
    return UNMET.get(DeclineReason(reason)) if action is ReferralAction.DECLINE else None


def signal(referral: Referral, action: ReferralAction, reason: str, *, now: datetime) -> None:
    """Keep the signal of an answer; one referral leaves one, however often it is answered."""
    outcome = outcome_of(action, reason)
    if outcome is None:
        return
    case = referral.case
    band = str(case.facts.get("age_band", ""))
    keep_signal(
        pcode=case.department or case.region, need=referral.need.value, of=band if band in ("minor", "adult") else "",
        outcome=outcome, now=now, evidence=hashed(f"need_signal|{referral.id}"),
    )  # fmt: skip
