"""Legal holds: a court, a law or a claim asks that a file be kept; nothing of it is erased until the hold ends.

Sources: research/sop.md §7.4 (rule T2) and §7.5 (a hold stops the clock). After how many months a
hold is looked at again at the latest is a period of the country (`referral.periods`).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Final

from sop.vocabulary import N_


class HoldReason(StrEnum):
    """Why a file must be kept."""

    COURT = "court"
    PROCEEDINGS = "proceedings"
    LAW = "law"
    CLAIM = "claim"
    COMPLAINT = "complaint"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return HOLD_LABELS[self]

    @property
    def told(self) -> str:
        """What the person is told, a message id."""
        return TOLD[self]


HOLD_LABELS: Final[dict[HoldReason, str]] = {
    HoldReason.COURT: N_("a court or a prosecutor has ordered it"),
    HoldReason.PROCEEDINGS: N_("proceedings are under way or announced"),
    HoldReason.LAW: N_("a law asks to keep it"),
    HoldReason.CLAIM: N_("the person may need it for a claim of their own"),
    HoldReason.COMPLAINT: N_("a complaint about how the data were handled is being looked into"),
}
TOLD: Final[dict[HoldReason, str]] = {
    HoldReason.COURT: N_("A court or a prosecutor has ordered us to keep your file."),
    HoldReason.PROCEEDINGS: N_("Your file is kept because it may be needed before a court."),
    HoldReason.LAW: N_("A law asks us to keep your file."),
    HoldReason.CLAIM: N_("Your file is kept so that you can claim your rights with it."),
    HoldReason.COMPLAINT: N_("Your file is kept while a complaint about how it was handled is looked into."),
}


class HoldMove(StrEnum):
    """What happened to a hold; each move stays."""

    PLACED = "placed"
    RENEWED = "renewed"
    LIFTED = "lifted"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return MOVE_LABELS[self]


MOVE_LABELS: Final[dict[HoldMove, str]] = {
    HoldMove.PLACED: N_("placed"),
    HoldMove.RENEWED: N_("renewed"),
    HoldMove.LIFTED: N_("lifted"),
    HoldMove.LAPSED: N_("ended by itself: its last day is past"),
    HoldMove.OVERTAKEN: N_("ended: the file had been erased before a backup was put back"),
}


def latest_review(today: date, months: int) -> date:
    """The last day on which a hold may be looked at again.

    >>> latest_review(date(2026, 11, 29), 12), latest_review(date(2026, 8, 31), 6), latest_review(date(2026, 12, 5), 1)
    (datetime.date(2027, 11, 29), datetime.date(2027, 2, 28), datetime.date(2027, 1, 5))
    """
    years, month = divmod(today.month - 1 + months, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def is_over(until: date | None, today: date) -> bool:
    """Whether the last day of a hold is past; an open hold ends only when it is lifted.

    >>> day = date(2026, 11, 29)
    >>> is_over(None, day), is_over(day, day), is_over(date(2026, 11, 28), day)
    (False, False, True)
    """
    return until is not None and until < today
