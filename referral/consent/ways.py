"""Where each lawful way on is gone: the page of it, for whoever may open that page."""

from __future__ import annotations

from flask import url_for

from referral.consent import sentences
from referral.consent.queries.explaining import Explanation
from referral.foundation.access import can
from referral.foundation.grants import Permission
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from sop.vocabulary import Message

ASKS = frozenset(
    [sentences.ASK_AGAIN, sentences.INTERPRETER, sentences.WITNESS, sentences.CHILD_VIEW, sentences.REPRESENTATIVE]
)
AGREEMENTS = frozenset([sentences.ASK_COORDINATION, sentences.WAIT_FOR_AGREEMENT])
OTHERS = frozenset([sentences.OTHER_SERVICE, sentences.NEW_REFERRAL])

Way = tuple[Message, str | None]


def ways_of_referral(referral: Referral, told: Explanation, *, provider: bool) -> list[Way]:
    """The ways on of a decision about a referral, each with its page where the reader may open it."""
    return [(way, _page(way, referral, provider=provider)) for way in told.ways]


def _page(way: Message, referral: Referral, *, provider: bool) -> str | None:
    if way.text == sentences.EMERGENCY and can(Permission.EMERGENCY_OPEN):
        return url_for("consent.emergency")
    if way.text in AGREEMENTS and can(Permission.AGREEMENT_READ):
        return url_for("partners.agreements")
    if provider:
        return None
    if way.text in ASKS and referral.state is ReferralState.DRAFT and can(Permission.CONSENT_RECORD):
        return url_for("referrals.consent", referral_id=referral.id)
    if way.text in OTHERS and can(Permission.REFERRAL_SEND):
        return url_for("referrals.choose", case_id=referral.case_id, need=referral.need.value)
    return None
