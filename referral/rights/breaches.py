"""A personal data breach: what happened, what is done about it in which order, and by when the Authority is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from referral.periods import Periods
from referral.rights.rules import stage
from sop.vocabulary import N_


class BreachKind(StrEnum):
    """What happened to data (personal data breach)."""

    LOST = "lost"
    STOLEN = "stolen"
    SENT_WRONG = "sent_wrong"
    READ = "read"
    PUBLISHED = "published"
    DESTROYED = "destroyed"
    UNREVIEWED = "unreviewed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return BREACH_LABELS[self]


BREACH_LABELS: dict[BreachKind, str] = {
    BreachKind.LOST: N_("a device or paper was lost"),
    BreachKind.STOLEN: N_("a device or paper was stolen"),
    BreachKind.SENT_WRONG: N_("something was sent to the wrong recipient"),
    BreachKind.READ: N_("somebody read what they should not"),
    BreachKind.PUBLISHED: N_("data became public"),
    BreachKind.DESTROYED: N_("data were destroyed or cannot be reached"),
    BreachKind.UNREVIEWED: N_("an emergency access stayed without the review that is due"),
}


class BreachStep(StrEnum):
    """What is done about a breach, in this order; each once, with its moment."""

    CONTAINED = "contained"
    AUTHORITY = "authority"
    PERSONS = "persons"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STEP_LABELS[self]


STEP_LABELS: dict[BreachStep, str] = {
    BreachStep.CONTAINED: N_("contained: it goes no further"),
    BreachStep.AUTHORITY: N_("the Authority was told"),
    BreachStep.PERSONS: N_("the persons concerned were told"),
    BreachStep.CLOSED: N_("closed, with what was learned"),
}


def authority_due(discovered: datetime, periods: Periods) -> datetime:
    """The moment by which the Authority is told."""
    return discovered + timedelta(hours=periods.authority_hours)


def breach_stage(due: datetime, now: datetime, periods: Periods) -> int:
    """How near the moment to tell the Authority is: 1 within the last third, 2 once it is over, else 0.

    >>> from referral.periods import ASSUMED
    >>> due = datetime(2026, 12, 1, 12)
    >>> [breach_stage(due, datetime(2026, *when), ASSUMED) for when in ((11, 29, 12), (11, 30, 12), (12, 1, 13))]
    [0, 1, 2]
    """
    return stage(due - now, timedelta(hours=periods.authority_hours // 3))


def missing_steps(done: Mapping[str, object], *, high_risk: bool) -> tuple[BreachStep, ...]:
    """What must be done before a breach is closed: contained, the Authority told; the persons, if their risk is high.

    >>> missing_steps({"contained": "2026-11-29T10:00"}, high_risk=True) == (BreachStep.AUTHORITY, BreachStep.PERSONS)
    True
    """
    asked = (BreachStep.CONTAINED, BreachStep.AUTHORITY, *((BreachStep.PERSONS,) if high_risk else ()))
    return tuple(step for step in asked if step.value not in done)
