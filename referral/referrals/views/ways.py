"""The lawful ways on after a denial, as links where a page of ours leads there."""

from __future__ import annotations

from flask import url_for

from referral.cases.models import Case
from referral.consent import sentences
from referral.foundation.navigation import url_of
from referral.referrals.models import Referral
from referral.referrals.queries.preview import Preview
from sop.vocabulary import Message

TO_CONSENT = frozenset(
    {
        sentences.ASK_AGAIN,
        sentences.INTERPRETER,
        sentences.WITNESS,
        sentences.CHILD_VIEW,
        sentences.REPRESENTATIVE,
        sentences.BEST_INTERESTS,
    }
)
TO_CHOICE = frozenset({sentences.OTHER_SERVICE})
TO_AGREEMENTS = frozenset({sentences.ASK_COORDINATION})


def ways_of(referral: Referral, preview: Preview) -> list[tuple[Message, str | None]]:
    """Each way with its address, or None where it leads outside the system."""
    return [(way, _address(referral, way.text)) for way in preview.ways]


def _address(referral: Referral, text: str) -> str | None:
    if text in TO_CONSENT:
        return url_for("referrals.consent", referral_id=referral.id)
    if text in TO_CHOICE:
        return url_for("referrals.choose", case_id=referral.case_id, need=referral.need.value)
    return url_of("partners.agreements") if text in TO_AGREEMENTS else None


def case_url(case: Case) -> str:
    """The page of a case; the first page of the role where there is none."""
    return url_of("cases.show", case_id=case.id) or url_for("partners.home")
