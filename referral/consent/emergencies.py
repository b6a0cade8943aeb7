"""Emergency access (rules E1–E8) beside the decision: its reasons, how long it lasts, who reviews it by when.

An access is one case, one reason, an hour unless more is asked, a day at most; somebody else reviews it in time, and
whoever is found again to have had no good reason loses the account until it is looked into. The numbers are periods of
the country (`referral.periods`), which may shorten the day and never lengthen it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from referral.periods import Periods
from sop.vocabulary import N_

PURPOSE = "vital_interest"


class EmergencyReason(StrEnum):
    """Why a life is in danger, coded; what happened is said beside it in words, sealed."""

    UNCONSCIOUS = "unconscious"
    INJURY = "injury"
    SUICIDE = "suicide"
    VIOLENCE = "violence"
    CHILD = "child"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REASON_LABELS[self]


REASON_LABELS: dict[EmergencyReason, str] = {
    EmergencyReason.UNCONSCIOUS: N_("unconscious, or cannot speak"),
    EmergencyReason.INJURY: N_("serious injury or illness"),
    EmergencyReason.SUICIDE: N_("danger of suicide"),
    EmergencyReason.VIOLENCE: N_("violence is about to happen"),
    EmergencyReason.CHILD: N_("a child is in danger now"),
    EmergencyReason.OTHER: N_("another danger to life"),
}


class Asked(StrEnum):
    """Whether the person could be asked (rules E2 and E8)."""

    CANNOT = "cannot"
    REFUSED_OTHERS = "refused_others"
    REFUSED = "refused"
    CAN = "can"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ASKED_LABELS[self]


ASKED_LABELS: dict[Asked, str] = {
    Asked.CANNOT: N_("No: unconscious, out of reach, or too small a child"),
    Asked.REFUSED_OTHERS: N_("The person refused, but the life of somebody else is in danger"),
    Asked.REFUSED: N_("The person refused; nobody else is in danger"),
    Asked.CAN: N_("Yes, but nobody has asked yet"),
}


class Conclusion(StrEnum):
    """What the review found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CONCLUSION_LABELS[self]


CONCLUSION_LABELS: dict[Conclusion, str] = {
    Conclusion.JUSTIFIED: N_("justified"),
    Conclusion.UNJUSTIFIED: N_("not justified"),
}


def ends_at(opened: datetime, now: datetime, hours: int, periods: Periods) -> datetime:
    """When an access that is opened or renewed now for some hours ends: never more than the most after it was opened.

    >>> from referral.periods import ASSUMED
    >>> from datetime import UTC
    >>> morning = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> ends_at(morning, morning, 1, ASSUMED).hour, ends_at(morning, morning + timedelta(hours=23), 4, ASSUMED).day
    (9, 24)
    >>> ends_at(morning, morning + timedelta(hours=23), 4, ASSUMED).hour
    8
    """
    return min(now + timedelta(hours=hours), opened + timedelta(hours=periods.emergency_most_hours))


def suspends(unjustified: int, periods: Periods) -> bool:
    """Whether so many accesses without a good reason suspend the account.

    >>> from referral.periods import ASSUMED
    >>> suspends(1, ASSUMED), suspends(2, ASSUMED)
    (False, True)
    """
    return unjustified >= periods.emergency_abuses
