"""The catalogue of figures: what each table counts, in which words, and how coded counts become tables.

Each unit has one date that puts it into a quarter, so that quarters do not overlap. Trends repeat the totals that each
quarter published, and add no figure of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from referral.statistics.categories import (
    AGE,
    DEADLINE,
    NEED,
    NEED_STATE,
    OUTCOME,
    OUTCOME_OF,
    PRIORITY,
    REASON,
    REGION,
    SERVED,
    SEX,
    STAGE,
    TIME,
    Counted,
    served,
)
from referral.statistics.tables import Dimension, Table, Unit
from sop.vocabulary import N_

Place = TypeVar("Place", bound=Hashable)

PersonRow: TypeAlias = tuple[str, str, str]
NeedRow: TypeAlias = tuple[str, str, str]
ReferralRow: TypeAlias = tuple[str, Counted]


@dataclass(frozen=True, slots=True)
class Counts:
    """Coded counts of one quarter, never shown: persons by (region, age, sex), cases by priority, needs by (need,
    state, region), referrals by (need, categories)."""

    persons: Counter[PersonRow] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    needs: Counter[NeedRow] = field(default_factory=Counter)
    referrals: Counter[ReferralRow] = field(default_factory=Counter)


PERSONS_REGION, PERSONS_AGE, CASES_PRIORITY = "persons-region", "persons-age-sex", "cases-priority"
REFERRALS_NEED, REFERRALS_STAGE, REFERRALS_TIME = "referrals-need", "referrals-stage", "referrals-time"
REFERRALS_DEADLINE, REFERRALS_REFUSALS = "referrals-deadline", "referrals-refusals"
NEEDS_STATE, NEEDS_REGION, TREND = "needs-state", "needs-region", "trend"

PERSONS_DEFINITION = N_(
    "Persons identified in the quarter. Each person is counted once, on the day of the first identification form; "
    "persons who then declined support are included. Source: identification forms."
)
CASES_DEFINITION = N_(
    "Cases opened in the quarter: the day on which base consent was recorded and a case manager took over. "
    "Source: case files."
)
NEEDS_DEFINITION = N_(
    "Needs noted in the quarter. A person with three needs counts three times here. A gap is a need for which the case "
    "manager found no service and said so. Where it stands is as known on the day of publication. Source: case files."
)
REFERRALS_DEFINITION = N_(
    "Referrals sent in the quarter, to a service of any organisation. A need that is referred again counts again. What "
    "became of them is as known on the day of publication. Source: referrals and the services’ answers."
)
TIME_DEFINITION = N_(
    "Referrals sent in the quarter, by the time from sending to the first decision of the service: accepted, declined "
    "or put on the waiting list. Confirming receipt is not a decision. Running hours. Source: the services’ answers."
)
DEADLINE_DEFINITION = N_(
    "Referrals sent in the quarter. A decision is due within 24 hours (emergency), 72 hours (urgent) or 2 weeks "
    "(normal) of sending. What is not in time was decided late, was not decided by the day of publication, or was "
    "withdrawn first. Source: the services’ answers."
)
TREND_DEFINITION = N_(
    "The totals that each quarter published, side by side. Persons, cases, needs and referrals are four different "
    "counts: they cannot be added or divided by each other without care."
)

TITLES: dict[str, str] = {
    PERSONS_REGION: N_("Persons identified, by region"),
    PERSONS_AGE: N_("Persons identified, by age and sex"),
    CASES_PRIORITY: N_("Cases opened, by priority"),
    REFERRALS_NEED: N_("Referrals by need, and what became of them"),
    REFERRALS_STAGE: N_("Where the referrals stand"),
    REFERRALS_DEADLINE: N_("Answers within the time allowed"),
    REFERRALS_TIME: N_("Time to a decision"),
    REFERRALS_REFUSALS: N_("Refusals, by reason"),
    NEEDS_STATE: N_("Needs, and whether they were met"),
    NEEDS_REGION: N_("Needs without a service, by region"),
    TREND: N_("Quarter by quarter"),
}
"""Title of each table by its name in addresses, in the order of the page."""

LAYOUT: dict[str, tuple[Unit, Dimension, Dimension | None, str]] = {
    PERSONS_REGION: (Unit.PERSONS, REGION, None, PERSONS_DEFINITION),
    PERSONS_AGE: (Unit.PERSONS, AGE, SEX, PERSONS_DEFINITION),
    CASES_PRIORITY: (Unit.CASES, PRIORITY, None, CASES_DEFINITION),
    REFERRALS_NEED: (Unit.REFERRALS, NEED, OUTCOME, REFERRALS_DEFINITION),
    REFERRALS_STAGE: (Unit.REFERRALS, STAGE, None, REFERRALS_DEFINITION),
    REFERRALS_DEADLINE: (Unit.REFERRALS, DEADLINE, None, DEADLINE_DEFINITION),
    REFERRALS_TIME: (Unit.REFERRALS, TIME, None, TIME_DEFINITION),
    REFERRALS_REFUSALS: (Unit.REFERRALS, REASON, None, REFERRALS_DEFINITION),
    NEEDS_STATE: (Unit.NEEDS, NEED, NEED_STATE, NEEDS_DEFINITION),
    NEEDS_REGION: (Unit.NEEDS, REGION, SERVED, NEEDS_DEFINITION),
}


def tables(counts: Counts) -> dict[str, Table]:
    """One quarter's tables by name, ready for the publishing door: all of them in one release."""
    persons, needs, referrals = counts.persons.items(), counts.needs.items(), counts.referrals.items()
    found: dict[str, Counter[Any]] = {
        PERSONS_REGION: _sum((region, n) for (region, _age, _sex), n in persons),
        PERSONS_AGE: _sum(((age, sex), n) for (_region, age, sex), n in persons),
        CASES_PRIORITY: counts.cases,
        REFERRALS_NEED: _sum(((need, OUTCOME_OF[one.stage]), n) for (need, one), n in referrals),
        REFERRALS_STAGE: _sum((one.stage, n) for (_need, one), n in referrals),
        REFERRALS_DEADLINE: _sum((one.deadline, n) for (_need, one), n in referrals),
        REFERRALS_TIME: _sum((one.time, n) for (_need, one), n in referrals),
        REFERRALS_REFUSALS: _sum((one.reason, n) for (_need, one), n in referrals),
        NEEDS_STATE: _sum(((need, state), n) for (need, state, _region), n in needs),
        NEEDS_REGION: _sum(((region, served(state)), n) for (_need, state, region), n in needs),
    }
    return {
        name: Table(TITLES[name], unit, rows, columns, found[name], definition=definition)
        for name, (unit, rows, columns, definition) in LAYOUT.items()
    }


def _sum(pairs: Iterable[tuple[Place, int]]) -> Counter[Place]:
    total: Counter[Place] = Counter()
    for place, number in pairs:
        total[place] += number
    return total
