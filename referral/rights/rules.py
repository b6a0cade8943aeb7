"""What a person may ask: which requests there are, who asks, by when they are answered, when a file may be erased.

Sources: IOM DP principles 7, 8, 9 and 11; research/sop.md §7.4 (T1, T2, P1) and §7.5; law 2024/017. Days, hours and
years come as an argument: `referral.periods` holds them, which a country may set. Beside this file: `retention` (how
long data are kept), `stopping` (withdrawn consent), `breaches`, `processing` (register and impact assessment).
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from referral.periods import Periods
from sop.vocabulary import N_, Message


class RequestKind(StrEnum):
    """What a person asks for."""

    COPY = "copy"
    CORRECTION = "correction"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    ERASURE = "erasure"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[RequestKind, str] = {
    RequestKind.COPY: N_("a copy of what is held"),
    RequestKind.CORRECTION: N_("a correction"),
    RequestKind.OBJECTION: N_("an end to one of the uses"),
    RequestKind.COMPLAINT: N_("a complaint about how the data were handled"),
    RequestKind.ERASURE: N_("erasure of the file"),
}


class Requester(StrEnum):
    """Who asks: only the person and those who stand for them may (rules T1, P1, P2)."""

    PERSON = "person"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            Requester.PERSON: N_("the person"),
            Requester.GUARDIAN: N_("the guardian"),
            Requester.REPRESENTATIVE: N_("somebody whom the person has named"),
        }[self]


class RequestState(StrEnum):
    """A request waits, is granted or is refused; a hold keeps an erasure waiting (rule T2)."""

    OPEN = "open"
    HELD = "held"
    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[RequestState, str] = {
    RequestState.OPEN: N_("waits for an answer"),
    RequestState.HELD: N_("waits: a court or the law forbids erasing"),
    RequestState.GRANTED: N_("granted"),
    RequestState.REFUSED: N_("refused"),
}
WAITING: Final = frozenset({RequestState.OPEN, RequestState.HELD})


class RefusalReason(StrEnum):
    """Why a request is not granted; the person is told, and where to complain."""

    NOT_THE_PERSON = "not_the_person"
    THIRD_PARTY = "third_party"
    ACCURATE = "accurate"
    LAW = "law"
    ALREADY = "already"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REFUSAL_LABELS[self]


REFUSAL_LABELS: dict[RefusalReason, str] = {
    RefusalReason.NOT_THE_PERSON: N_("it could not be shown that the person or their guardian asks"),
    RefusalReason.THIRD_PARTY: N_("it concerns somebody else’s data"),
    RefusalReason.ACCURATE: N_("what is held was checked and is right"),
    RefusalReason.LAW: N_("the law asks us to keep it"),
    RefusalReason.ALREADY: N_("it was done already"),
}


def answer_due(received: date, periods: Periods) -> date:
    """The day by which a request is answered.

    >>> from referral.periods import ASSUMED
    >>> answer_due(date(2026, 11, 28), ASSUMED)
    datetime.date(2026, 12, 28)
    """
    return received + timedelta(days=periods.answer_days)


def erasure_refusal(*, erased: bool, closed: bool, hold: bool) -> Message | None:
    """Why a file cannot be erased now; None when it can (rules A3, T1, T2)."""
    if erased:
        return Message("A3", N_("This file was erased already."))
    if hold:
        return Message("T2", N_("A court or the law forbids erasing this file for now."))
    if not closed:
        return Message("not_closed", N_("The case is open: close it first, so that referrals under way end properly."))
    return None


def request_stage(due: date, today: date, periods: Periods) -> int:
    """How near the day of an answer is: 1 in the last days, 2 once it is over, else 0.

    >>> from referral.periods import ASSUMED
    >>> [request_stage(date(2026, 12, 28), date(2026, 12, day), ASSUMED) for day in (20, 25, 28, 29)]
    [0, 1, 1, 2]
    """
    return stage(due - today, timedelta(days=periods.remind_days))


def stage(left: timedelta, soon: timedelta) -> int:
    """How near a moment is: 1 within `soon`, 2 once it is over, else 0.

    >>> [stage(timedelta(hours=one), timedelta(hours=2)) for one in (3, 2, 0, -1)]
    [0, 1, 1, 2]
    """
    return 2 if left < timedelta() else 1 if left <= soon else 0
