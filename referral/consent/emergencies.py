"""Emergency access (rules E1–E8) beside the decision: its reasons, how long it lasts, who reviews it by when.

An access is one case, one reason, an hour unless more is asked, a day at most; somebody else reviews it within 72
hours, and whoever is found twice to have had no good reason loses the account until it is looked into. The numbers are
the rules' text; the number of abuses is an ASSUMPTION to be validated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sop.vocabulary import N_

USUAL_HOURS, MOST_HOURS = 1, 24
REVIEW_WITHIN = timedelta(hours=72)
ABUSES = 2
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


def ends_at(opened: datetime, now: datetime, hours: int) -> datetime:
    """When an access that is opened or renewed now for some hours ends: never more than a day after it was opened.

    >>> from datetime import UTC
    >>> morning = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> ends_at(morning, morning, 1).hour, ends_at(morning, morning + timedelta(hours=23), 4).day
    (9, 24)
    >>> ends_at(morning, morning + timedelta(hours=23), 4).hour
    8
    """
    return min(now + timedelta(hours=hours), opened + timedelta(hours=MOST_HOURS))


def suspends(unjustified: int) -> bool:
    """Whether so many accesses without a good reason suspend the account.

    >>> suspends(1), suspends(2)
    (False, True)
    """
    return unjustified >= ABUSES
