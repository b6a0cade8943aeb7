"""Who promised to close a gap in coverage, by which day, and when they are reminded of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from directory.reminders import A_WEEK, quiet
from directory.vocabulary import N_

LEAD = 7
"""Days before the day at which the owner is reminded for the first time."""
AGAIN = 14
"""Days between two reminders of what is late."""


class UndertakingState(StrEnum):
    """Where the closing of a gap is."""

    OPEN = "open"
    IN_HAND = "in_hand"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[UndertakingState, str] = {
    UndertakingState.OPEN: N_("not begun"),
    UndertakingState.IN_HAND: N_("in hand"),
    UndertakingState.CLOSED: N_("closed"),
}


@dataclass(frozen=True, slots=True)
class Promised:
    """A gap that is not closed: who is reminded, its day, and when its owner was last reminded."""

    id: str
    person: str
    due_on: date
    reminded_on: date | None = None

    def calls(self, today: date) -> bool:
        """Whether a reminder is due: a week before, on the day, then every two weeks.

        >>> one = Promised("g", "ann", date(2026, 3, 20))
        >>> one.calls(date(2026, 3, 12)), one.calls(date(2026, 3, 13))
        (False, True)
        >>> told = Promised("g", "ann", date(2026, 3, 20), date(2026, 3, 13))
        >>> told.calls(date(2026, 3, 19)), told.calls(date(2026, 3, 20))
        (False, True)
        """
        if today < self.due_on - timedelta(LEAD):
            return False
        last = self.reminded_on
        return last is None or last < self.due_on <= today or (today - last).days >= AGAIN


def reminders(rows: Iterable[Promised], last: Mapping[str, datetime], now: datetime) -> dict[str, list[Promised]]:
    """By person what to remind of at `now`, the office's time, in one notice.

    `last`: when each person was written to about the directory; somebody written to within a week waits. Whoever is
    written to is therefore told also what comes due before they could be written to again.

    >>> rows = [Promised("g", "ann", date(2026, 3, 20)), Promised("h", "ann", date(2026, 3, 27))]
    >>> [one.id for one in reminders(rows, {}, datetime(2026, 3, 13, 9))["ann"]]
    ['g', 'h']
    >>> reminders(rows, {"ann": datetime(2026, 3, 7, 9)}, datetime(2026, 3, 13, 9))
    {}
    """
    if quiet(now):
        return {}
    today, by_person = now.date(), dict[str, list[Promised]]()
    for one in rows:
        if today >= one.due_on - timedelta(LEAD) - A_WEEK:
            by_person.setdefault(one.person, []).append(one)
    return {
        person: [one for one in mine if one.calls(today) or one.reminded_on is None]
        for person, mine in by_person.items()
        if any(one.calls(today) for one in mine) and not (person in last and now < last[person] + A_WEEK)
    }
