"""Two runs side by side: what one change does, with everything else held equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sop.flowchart import Flowchart
from sop.simulation.figures import Result
from sop.simulation.plan import Plan
from sop.simulation.run import Progress, run
from sop.vocabulary import Message


@dataclass(frozen=True, slots=True)
class Comparison:
    """`before` and `after` a change. The same case has the same luck in both, so cases can be paired.

    `sooner` and `later` count cases whose first service moved, `gained` and `lost` those that have one in one run only.
    """

    before: Result
    after: Result
    sooner: int
    later: int
    gained: int
    lost: int

    @property
    def p50_change(self) -> float | None:
        """Hours by which half of the cases wait longer (or less) for the first service; None when one has none."""
        return _difference(self.before.first_service.p50, self.after.first_service.p50)

    @property
    def p90_change(self) -> float | None:
        """The same for nine cases in ten."""
        return _difference(self.before.first_service.p90, self.after.first_service.p90)

    @property
    def closing_changes(self) -> tuple[float | None, float | None]:
        """Hours by which half of the cases, and nine in ten, close later (or sooner)."""
        before, after = self.before.closing, self.after.closing
        return _difference(before.p50, after.p50), _difference(before.p90, after.p90)

    @property
    def overdue_changes(self) -> dict[str, float]:
        """Step -> change of the share that is overdue, where there is one; steps of one run alone are left out."""
        old = {one.step: one.share for one in self.before.steps}
        return {
            one.step: one.share - old[one.step] for one in self.after.steps if old.get(one.step, one.share) != one.share
        }

    @property
    def unmet_changes(self) -> dict[tuple[str, str], int]:
        """(need, region) -> how many more needs are unmet, where that changed."""
        old = {(one.need, one.region): one.unmet for one in self.before.demand}
        new = {(one.need, one.region): one.unmet for one in self.after.demand}
        changes = {place: new.get(place, 0) - old.get(place, 0) for place in sorted({*old, *new})}
        return {place: change for place, change in changes.items() if change}

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """Plain data."""
        return {
            "before": self.before.to_json(render),
            "after": self.after.to_json(render),
            "sooner": self.sooner,
            "later": self.later,
            "gained": self.gained,
            "lost": self.lost,
            "p50_change": self.p50_change,
            "p90_change": self.p90_change,
            "overdue_changes": self.overdue_changes,
            "unmet_changes": [
                {"need": need, "region": region, "change": change}
                for (need, region), change in self.unmet_changes.items()
            ],
        }

    def words(self) -> list[str]:
        """Both runs in English lines, for a terminal, and then the differences."""
        lines = [f"before: {line}" for line in self.before.words()] + [f"after: {line}" for line in self.after.words()]
        lines.append(
            f"first service: {self.sooner} cases sooner, {self.later} later, {self.gained} gained, {self.lost} lost"
        )
        lines += [f"change: {step} overdue {change:+.1%}" for step, change in self.overdue_changes.items()]
        places = self.unmet_changes.items()
        return lines + [f"change: {need} {region} unmet {change:+d}" for (need, region), change in places]


def compare(
    plan: Plan,
    changed_plan: Plan,
    flowchart: Flowchart,
    changed_flowchart: Flowchart,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Run the same cases twice, before and after a change of the plan, of the flowchart, or of both.

    `progress` is told how many cases of both runs have come to their end, of how many.
    """
    both_runs = plan.cases + changed_plan.cases

    def from_case(first: int) -> Progress | None:
        return None if progress is None else lambda ended, _cases: progress(first + ended, both_runs)

    before = run(plan, flowchart, seed, from_case(0))
    after = run(changed_plan, changed_flowchart, seed, from_case(plan.cases))
    both = before.hours.keys() & after.hours.keys()
    return Comparison(
        before,
        after,
        sooner=sum(after.hours[case] < before.hours[case] for case in both),
        later=sum(after.hours[case] > before.hours[case] for case in both),
        gained=len(after.hours.keys() - both),
        lost=len(before.hours.keys() - both),
    )


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
