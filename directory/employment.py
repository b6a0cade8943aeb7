"""Employers' offers and vacancies: what an apprenticeship, a job or business support is, and when a vacancy is open."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from directory.vocabulary import N_

ECONOMIC = frozenset({"ECO", "EDU"})
"""Needs whose services may carry an offer: economic reintegration, and training that leads to it."""
LONGEST = timedelta(days=180)
"""A vacancy is announced for half a year at most: after that nobody knows whether it still exists."""
PROLONGED = timedelta(days=30)
ENDS_SOON = 7
"""So many days before its last one whoever answers for a vacancy is reminded. ASSUMPTION; an installation's setting."""


class OfferKind(StrEnum):
    """What an employer or a training centre offers."""

    APPRENTICESHIP = "apprenticeship"
    JOB = "job"
    BUSINESS = "business_support"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[OfferKind, str] = {
    OfferKind.APPRENTICESHIP: N_("Apprenticeship"),
    OfferKind.JOB: N_("Job"),
    OfferKind.BUSINESS: N_("Support for an own business"),
}


class EntryLevel(StrEnum):
    """What somebody must have learnt to begin."""

    NONE = "none"
    LITERATE = "literate"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    VOCATIONAL = "vocational"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return LEVEL_LABELS[self]


LEVEL_LABELS: dict[EntryLevel, str] = {
    EntryLevel.NONE: N_("no schooling needed"),
    EntryLevel.LITERATE: N_("reading and writing"),
    EntryLevel.PRIMARY: N_("primary school certificate"),
    EntryLevel.SECONDARY: N_("lower secondary certificate"),
    EntryLevel.VOCATIONAL: N_("a trade already learnt"),
}


class VacancyState(StrEnum):
    """What somebody decided about a vacancy; that it has expired is never kept, it follows from the day."""

    WAITING = "waiting"
    OPEN = "open"
    FILLED = "filled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[VacancyState, str] = {
    VacancyState.WAITING: N_("read by the coordination first"),
    VacancyState.OPEN: N_("open"),
    VacancyState.FILLED: N_("filled"),
    VacancyState.WITHDRAWN: N_("withdrawn"),
    VacancyState.EXPIRED: N_("expired"),
}


def state_on(kept: VacancyState, valid_until: date, today: date) -> VacancyState:
    """The state of a vacancy on a day; its last day is still open.

    >>> state_on(VacancyState.OPEN, date(2026, 12, 1), date(2026, 12, 1)).value
    'open'
    >>> state_on(VacancyState.OPEN, date(2026, 12, 1), date(2026, 12, 2)).value
    'expired'
    >>> state_on(VacancyState.FILLED, date(2026, 12, 1), date(2026, 12, 2)).value
    'filled'
    """
    over = today > valid_until and kept in (VacancyState.OPEN, VacancyState.WAITING)
    return VacancyState.EXPIRED if over else kept


def prolonged(valid_until: date, today: date) -> date:
    """The new last day of a vacancy that is still open: thirty days from today, never earlier than it was.

    >>> prolonged(date(2026, 12, 1), date(2026, 11, 28)), prolonged(date(2027, 3, 1), date(2026, 11, 28))
    (datetime.date(2026, 12, 28), datetime.date(2027, 3, 1))
    """
    return max(valid_until, today + PROLONGED)


_REACHES = re.compile(r"@|(?:\d[\s.\-/]*){7,}")


def reaches_somebody(text: str) -> bool:
    """Whether a text seems to hold a telephone number or an e-mail address, which stand with the contacts only.

    >>> [reaches_somebody(one) for one in ("Soudeur, 2 postes", "Appeler le 6 99 12 34 56", "a.b@exemple.cm")]
    [False, True, True]
    """
    return _REACHES.search(text) is not None
