"""How long data are kept, by category: until when, and which have been kept long enough (research/sop.md §7.5)."""

from __future__ import annotations

from datetime import date
from typing import Final

from referral.periods import Periods
from sop.vocabulary import Category

SHORTER: Final = frozenset({Category.C11})
"""Categories kept for less than the file: pictures and copies of papers have served once the case is closed."""
LONGER: Final = frozenset({Category.C15})
"""Categories that accounting law keeps for longer than the file (OHADA uniform act on accounting: ten years)."""


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def keep_until(category: Category, closed: date, birth_year: int | None, *, minor: bool, periods: Periods) -> date:
    """Until which day data of a category of a closed case are kept.

    A child's file is kept until the child could be `child_until` and `child_years` more; without a birth year as if the
    child had been born in the year of the closing (the longest, because a claim may come late).

    >>> from referral.periods import ASSUMED
    >>> keep_until(Category.C2, date(2026, 2, 28), 1990, minor=False, periods=ASSUMED)
    datetime.date(2031, 2, 28)
    >>> keep_until(Category.C2, date(2026, 2, 28), 2015, minor=True, periods=ASSUMED)
    datetime.date(2041, 12, 31)
    >>> keep_until(Category.C11, date(2024, 2, 29), 1990, minor=False, periods=ASSUMED)
    datetime.date(2025, 2, 28)
    """
    if category in SHORTER:
        return _plus_years(closed, periods.image_years)
    until = _plus_years(closed, periods.adult_years)
    if minor:
        until = max(until, date((birth_year or closed.year) + periods.child_until + periods.child_years, 12, 31))
    return max(until, _plus_years(closed, periods.payment_years)) if category in LONGER else until


def request_kept_until(received: date, periods: Periods) -> date:
    """Until which day the words of an authority's request about no case are kept; those about a case go with it.

    >>> from referral.periods import ASSUMED
    >>> request_kept_until(date(2026, 11, 28), ASSUMED)
    datetime.date(2031, 11, 28)
    """
    return _plus_years(received, periods.request_years)


def due(
    held: set[Category], closed: date, birth_year: int | None, today: date, *, minor: bool, periods: Periods
) -> tuple[Category, ...]:
    """The held categories whose time is over, in their order."""
    over = (one for one in held if keep_until(one, closed, birth_year, minor=minor, periods=periods) < today)
    return tuple(sorted(over, key=lambda one: one.order))
