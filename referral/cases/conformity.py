"""How closed cases kept to the procedure, as a table to be shown: figures of 1 to 4 and what tells them are hidden.

A figure is hidden when it, or what it leaves of the figure that it is out of, is from 1 to `SMALLEST` less one.

>>> from sop.conformance import StepCounts, Summary
>>> made = table(Summary(30, 27, 20, 0, {"N01": StepCounts(done=40, timed=40, late=12, skipped=2)}))
>>> [str(one) for one in (made.cases, made.fitting, made.conforming)]
['30', '–', '20']
>>> row = made.rows[0]
>>> [str(one) for one in (row.done, row.late, row.skipped, row.repeated)], row.late.share
(['40', '12', '–', '0'], 0.3)
"""

from __future__ import annotations

from dataclasses import dataclass

from referral.statistics.tables import SMALLEST
from sop.conformance import StepCounts, Summary

HIDDEN = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, or None where it is hidden; `of` is what it is out of, where that may be shown."""

    count: int | None
    of: int | None = None

    def __str__(self) -> str:
        return HIDDEN if self.count is None else str(self.count)

    @property
    def share(self) -> float | None:
        """From 0 to 1; nothing where a figure is hidden or there is nothing to divide by."""
        return self.count / self.of if self.count is not None and self.of else None


@dataclass(frozen=True, slots=True)
class Row:
    """One step. `late` is out of the times it was done in its turn with a deadline."""

    step: str
    done: Figure
    late: Figure
    skipped: Figure
    repeated: Figure
    out_of_order: Figure
    without_basis: Figure


@dataclass(frozen=True, slots=True)
class ConformanceTable:
    """All closed cases of one version: how many fit, how many of those kept every deadline, and each work step."""

    cases: Figure
    fitting: Figure
    conforming: Figure
    rows: tuple[Row, ...]


def table(found: Summary) -> ConformanceTable:
    """The summary with its small figures hidden.

    Where there are fewer than `SMALLEST` cases there are no rows: every figure would be about somebody.
    """
    few = 0 < found.cases < SMALLEST
    fitting = figure(found.fitting, found.cases)
    conforming = figure(found.conforming, found.cases)
    if _small(found.fitting - found.conforming):
        conforming = Figure(None)
    rows = () if few else tuple(_row(step, counts) for step, counts in found.steps.items())
    return ConformanceTable(figure(found.cases), fitting, conforming, rows)


def figure(count: int, of: int | None = None) -> Figure:
    """One figure, hidden where it or its rest is small."""
    if _small(count) or (of is not None and (_small(of) or _small(of - count))):
        return Figure(None)
    return Figure(count, of)


def _small(count: int) -> bool:
    return 0 < count < SMALLEST


def _row(step: str, counts: StepCounts) -> Row:
    return Row(
        step=step,
        done=figure(counts.done),
        late=figure(counts.late, counts.timed),
        skipped=figure(counts.skipped),
        repeated=figure(counts.repeated),
        out_of_order=figure(counts.out_of_order),
        without_basis=figure(counts.without_basis),
    )
