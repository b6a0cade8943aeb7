"""Consent that was withdrawn: how it reached us, what a recipient did then, when it is asked again for that."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from referral.periods import Periods
from sop.vocabulary import N_


class Channel(StrEnum):
    """How a withdrawal reached us: as easy as giving (GDPR art. 7, used as the stricter default)."""

    DESK = "desk"
    PHONE = "phone"
    LINK = "link"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            Channel.DESK: N_("in person"),
            Channel.PHONE: N_("by telephone"),
            Channel.LINK: N_("by the link to their own file"),
        }[self]


class StopAnswer(StrEnum):
    """What a recipient did with what it had received, after consent was withdrawn."""

    RETURNED = "returned"
    ERASED = "erased"
    LAW = "law"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            StopAnswer.RETURNED: N_("given back"),
            StopAnswer.ERASED: N_("destroyed, on paper too"),
            StopAnswer.LAW: N_("kept, because the law asks for it"),
        }[self]


class StopWay(StrEnum):
    """How a recipient without an account said what it did."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            StopWay.PHONE: N_("by telephone"),
            StopWay.LETTER: N_("by letter or by message"),
            StopWay.VISIT: N_("in person"),
        }[self]


def stop_due(told: date, periods: Periods) -> date:
    """The day by which a recipient confirms.

    >>> from referral.periods import ASSUMED
    >>> stop_due(date(2026, 11, 28), ASSUMED)
    datetime.date(2026, 12, 12)
    """
    return told + timedelta(days=periods.stop_days)


def chase_due(told: date, today: date, chased: int, periods: Periods) -> int | None:
    """Which chase of an unconfirmed stop is due: 1 half-way, 2 past the day, then one each week; each once.

    >>> from referral.periods import ASSUMED
    >>> told = date(2026, 11, 1)
    >>> [chase_due(told, told + timedelta(days), 0, ASSUMED) for days in (6, 7, 14, 15, 22, 29)]
    [None, 1, 1, 2, 3, 4]
    >>> chase_due(told, told + timedelta(21), 2, ASSUMED) is None
    True
    """
    over = (today - told).days - periods.stop_days
    half = 1 if (today - told).days >= periods.stop_days // 2 else 0
    reached = 2 + (over - 1) // 7 if over > 0 else half
    return reached if reached > chased else None
