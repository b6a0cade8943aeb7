"""What a simulation found out: plain frozen figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sop.simulation.coverage import Coverage
from sop.vocabulary import Message


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of `count` cases took at most `p50` hours, nine in ten at most `p90`; None when there is no case."""

    count: int
    p50: float | None
    p90: float | None


def spread(hours: Iterable[float]) -> Spread:
    """The spread of these times: the smallest value that the share of all does not exceed (nearest rank).

    >>> spread([5, 1, 3, 2, 4])
    Spread(count=5, p50=3, p90=5)
    """
    ordered = sorted(hours)
    ranks = (ordered[math.ceil(share * len(ordered) / 100) - 1] if ordered else None for share in (50, 90))
    return Spread(len(ordered), *ranks)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How often a step with a deadline was finished, and how often too late; time in a queue counts."""

    step: str
    finished: int
    overdue: int

    @property
    def share(self) -> float:
        """Part that was late, from 0 to 1."""
        return self.overdue / self.finished if self.finished else 0.0


@dataclass(frozen=True, slots=True)
class StayFigures:
    """Hours from reaching a step of work until it was done, waiting included, and how many stood there at once."""

    step: str
    stay: Spread
    most: int


@dataclass(frozen=True, slots=True)
class ProviderFigures:
    """The queue of one provider; times in hours, over those who were served."""

    provider: str
    referred: int
    served: int
    mean_wait: float
    max_wait: float
    still_waiting: int


@dataclass(frozen=True, slots=True)
class DemandFigures:
    """Needs that were opened for persons of one region: `met` once a service began, before the case ended."""

    need: str
    region: str
    asked: int
    met: int

    @property
    def unmet(self) -> int:
        """Needs for which no service ever began."""
        return self.asked - self.met


@dataclass(frozen=True, slots=True)
class AgreementStop:
    """Needs whose search or sending the ended agreement of a provider stopped in one month of 30 days, from 1."""

    month: int
    provider: str
    needs: int


@dataclass(frozen=True, slots=True)
class Result:
    """One run. `stopped` cases passed too many steps, `unfinished` ones were left waiting for what never came.

    `closing` is in hours from the arrival to the end of the case, over those that closed; `first_service` in hours from
    the arrival to the moment when a provider begins a service. `hours` has it by case number, so that two runs can be
    compared case by case; it is not part of the JSON.
    """

    seed: int
    cases: int
    closed: int
    stopped: int
    unfinished: int
    outcomes: Mapping[str, int]
    closing: Spread
    first_service: Spread
    steps: tuple[StepFigures, ...]
    stays: tuple[StayFigures, ...]
    providers: tuple[ProviderFigures, ...]
    demand: tuple[DemandFigures, ...]
    agreements: tuple[AgreementStop, ...]
    coverage: Coverage | None
    assumptions: tuple[Message, ...]
    hours: Mapping[int, float] = field(repr=False)

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """Plain data; `render` translates the assumptions."""
        return {
            "seed": self.seed,
            "cases": self.cases,
            "closed": self.closed,
            "stopped": self.stopped,
            "unfinished": self.unfinished,
            "outcomes": dict(self.outcomes),
            "closing": asdict(self.closing),
            "first_service": asdict(self.first_service),
            "steps": [{**asdict(one), "share": one.share} for one in self.steps],
            "stays": [asdict(one) for one in self.stays],
            "providers": [asdict(one) for one in self.providers],
            "demand": [{**asdict(one), "unmet": one.unmet} for one in self.demand],
            "agreements": [asdict(one) for one in self.agreements],
            "coverage": self.coverage.to_json() if self.coverage else None,
            "assumptions": [{"code": one.code, "message": render(one)} for one in self.assumptions],
        }

    def words(self) -> list[str]:
        """The figures in English lines, for a terminal."""
        first = self.first_service
        lines = [
            f"cases: {self.cases} ({self.closed} closed, {self.stopped} stopped, {self.unfinished} unfinished)",
            f"closed: P50 {_hours(self.closing.p50)}, P90 {_hours(self.closing.p90)}",
            f"first service: {first.count} cases, P50 {_hours(first.p50)}, P90 {_hours(first.p90)}",
        ]
        lines += [f"overdue: {one.step} {one.overdue} of {one.finished} ({one.share:.0%})" for one in self.steps]
        lines += [
            f"provider: {one.provider} served {one.served}, waiting {_hours(one.mean_wait)} on average, "
            f"{_hours(one.max_wait)} at most, {one.still_waiting} not served"
            for one in self.providers
        ]
        lines += [f"unmet: {one.need} {one.region} {one.unmet} of {one.asked}" for one in self.demand if one.unmet]
        lines += [f"agreement: month {one.month} {one.provider} stops {one.needs}" for one in self.agreements]
        if self.coverage:
            short = ", ".join(self.coverage.bottlenecks) or "-"
            lines.append(f"coverage: {self.coverage.covered} of {self.coverage.wanted} at best; bottlenecks: {short}")
        return lines + [f"assumed: {message}" for message in self.assumptions]


def _hours(hours: float | None) -> str:
    return "-" if hours is None else f"{hours:.1f} h"
