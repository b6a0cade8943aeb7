"""A published release as pages and files read it: its tables, its hash checked, and what follows from its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from referral.errors import RuleViolation
from referral.statistics import catalogue, editions
from referral.statistics.categories import TIME
from referral.statistics.models import StatisticsRelease
from referral.statistics.quarters import Quarter
from referral.statistics.tables import TOTAL, Cell, PublishedTable, State, Unit, percentage
from sop.vocabulary import N_, Message

ALTERED = Message(
    "release_altered",
    N_("The figures of this quarter no longer match their hash, so they are not shown. Please tell the data officer."),
)
TOTALS: dict[Unit, str] = {
    Unit.PERSONS: catalogue.PERSONS_REGION,
    Unit.CASES: catalogue.CASES_PRIORITY,
    Unit.NEEDS: catalogue.NEEDS_REGION,
    Unit.REFERRALS: catalogue.REFERRALS_STAGE,
}
"""The table in which the total of a unit is read."""


@dataclass(frozen=True, slots=True)
class Release:
    """One edition of one quarter."""

    quarter: Quarter
    signatory: bool
    tables: Mapping[str, PublishedTable]
    hash: str
    published_at: datetime

    def total(self, unit: Unit) -> Cell:
        """How many of a unit in all."""
        return self.tables[TOTALS[unit]].at(TOTAL)

    @property
    def in_time(self) -> Cell:
        """Share of the referrals sent that got a decision in time, in per cent."""
        table = self.tables[catalogue.REFERRALS_DEADLINE]
        met = table.at("in_time")
        return percentage(Cell(State.HIDDEN) if met.reason else met, table.at(TOTAL))

    @property
    def median_time(self) -> str | None:
        """The published class of time to a decision in which the middle one falls; None when a figure is hidden."""
        table = self.tables[catalogue.REFERRALS_TIME]
        groups = [group for group in table.rows if TIME.rest not in group.sources]
        numbers = [table.at(group.code).value for group in groups]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers) or not sum(known):
            return None
        reached: float = 0
        for group, number in zip(groups, known, strict=True):
            reached += number
            if 2 * reached >= sum(known):
                return group.code
        raise AssertionError("the middle lies before the end")


def read(kept: StatisticsRelease, quarter: Quarter) -> Release:
    """A kept edition; raises `RuleViolation` when it does not match its hash."""
    mark = editions.digest(kept.content, quarter=kept.quarter, signatory=kept.signatory, published_at=kept.published_at)
    if mark != kept.hash:
        raise RuleViolation(ALTERED)
    return Release(quarter, kept.signatory, editions.unpack(kept.content), kept.hash, kept.published_at)
