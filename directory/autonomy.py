"""How far an organisation is left alone with its entries: it earns that by keeping them, and loses it by not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from directory.vocabulary import N_

OVERDUE_PART = 10
"""Not more than one entry of so many may be overdue."""
WRONG = 2
"""So many reports that turned out right within the days after which an entry is forgiven."""
WRONG_DAYS = 90
IN_TIME_PERCENT = 90
ENOUGH = 3
"""So many confirmations must have come before anything is said of them."""


class Autonomy(StrEnum):
    """Left alone; as usual; or called first, because messages are no use."""

    AUTONOMOUS = "autonomous"
    USUAL = "usual"
    ACCOMPANIED = "accompanied"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return AUTONOMY_LABELS[self]


AUTONOMY_LABELS: dict[Autonomy, str] = {
    Autonomy.AUTONOMOUS: N_("Autonomous: publishes without being read first"),
    Autonomy.USUAL: N_("Usual: each keeper’s own level"),
    Autonomy.ACCOMPANIED: N_("Accompanied: called as soon as a confirmation is due"),
}


class Miss(StrEnum):
    """What speaks against leaving an organisation alone."""

    NO_ENTRY = "no_entry"
    OVERDUE = "overdue"
    NOT_FRESH = "not_fresh"
    TOO_FEW = "too_few"
    LATE = "late"
    WRONG = "wrong"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return MISS_LABELS[self]


MISS_LABELS: dict[Miss, str] = {
    Miss.NO_ENTRY: N_("it has no entry"),
    Miss.OVERDUE: N_("confirmations are overdue"),
    Miss.NOT_FRESH: N_("not every entry is up to date"),
    Miss.TOO_FEW: N_("too few confirmations within twelve months to say anything"),
    Miss.LATE: N_("confirmations came late"),
    Miss.WRONG: N_("reports showed that entries were wrong"),
    Miss.REFUSED: N_("the coordination refused changes"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """How an organisation kept its entries; `wrong` and `refused` count the last 90 days."""

    entries: int
    fresh: int
    overdue: int
    in_time: int
    due: int
    wrong: int = 0
    refused: int = 0


def misses(one: Record) -> tuple[Miss, ...]:
    """Why an autonomous organisation falls back; nothing where it keeps its entries.

    >>> misses(Record(20, 18, 2, 5, 5)), misses(Record(3, 2, 1, 5, 5, wrong=2))
    ((), (<Miss.OVERDUE: 'overdue'>, <Miss.WRONG: 'wrong'>))
    """
    found = []
    if one.overdue * OVERDUE_PART > one.entries:
        found.append(Miss.OVERDUE)
    if one.wrong >= WRONG:
        found.append(Miss.WRONG)
    return tuple(found)


def lacks(one: Record) -> tuple[Miss, ...]:
    """Why an organisation has not earned autonomy yet; nothing where it may be proposed.

    >>> lacks(Record(3, 3, 0, 9, 10)), lacks(Record(3, 2, 0, 1, 2))
    ((), (<Miss.NOT_FRESH: 'not_fresh'>, <Miss.TOO_FEW: 'too_few'>))
    """
    checks = {
        Miss.NO_ENTRY: one.entries == 0,
        Miss.OVERDUE: one.overdue > 0,
        Miss.NOT_FRESH: one.fresh < one.entries and not one.overdue,
        Miss.TOO_FEW: one.due < ENOUGH,
        Miss.LATE: one.due >= ENOUGH and one.in_time * 100 < one.due * IN_TIME_PERCENT,
        Miss.WRONG: one.wrong > 0,
        Miss.REFUSED: one.refused > 0,
    }
    return tuple(miss for miss, found in checks.items() if found)
