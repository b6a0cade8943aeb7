"""What keeps data although one file no longer needs them: another file of the same person, a legal hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from referral.periods import Periods
from referral.rights.retention import keep_until
from sop.vocabulary import Category


@dataclass(frozen=True, slots=True)
class OtherFile:
    """Another file of a person: the day on which it was closed, a hold, until when somebody keeps which data on.

    `kept`: (last day, categories) of each review that decided to keep; no categories are all of them.
    """

    closed: date | None
    hold: bool = False
    kept: tuple[tuple[date, frozenset[Category]], ...] = ()


def needed(
    categories: Collection[Category],
    others: Collection[OtherFile],
    birth_year: int | None,
    today: date,
    *,
    minor: bool,
    periods: Periods,
) -> frozenset[Category]:
    """Which of these data of a person another file still needs: it is open, under a hold, or its time is not over.

    >>> from referral.periods import ASSUMED
    >>> day = date(2026, 11, 29)
    >>> needed({Category.C2}, [], 1990, day, minor=False, periods=ASSUMED)
    frozenset()
    >>> needed({Category.C2}, [OtherFile(None)], 1990, day, minor=False, periods=ASSUMED) == {Category.C2}
    True
    >>> closed = OtherFile(date(2024, 1, 5))
    >>> needed({Category.C2, Category.C11}, [closed], 1990, day, minor=False, periods=ASSUMED) == {Category.C2}
    True
    """
    return frozenset(
        one for one in categories for other in others if _needs(other, one, birth_year, today, minor, periods)
    )


def _needs(
    other: OtherFile, category: Category, birth_year: int | None, today: date, minor: bool, periods: Periods
) -> bool:
    if other.closed is None or other.hold:
        return True
    if keep_until(category, other.closed, birth_year, minor=minor, periods=periods) >= today:
        return True
    return any(until >= today and (not held or category in held) for until, held in other.kept)
