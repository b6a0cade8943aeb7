"""What a simulation is given: who arrives, how long steps take, how they end, which providers there are.

Plain frozen data: the application fills it from the directory or from a file, and nothing here knows either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sop.deadlines import CAMEROON, Calendar
from sop.flowchart import StepKind

Weights = Mapping[Any, int]
"""Value -> how often, against the others: whole numbers that need not add up to 100."""

PERIOD: Final = timedelta(days=30)
"""What the capacity of a provider is counted over."""

REGION: Final = "region"
"""Where the person is; drawn with the case, no fact of the flowchart."""

NEEDS: Final = "needs"
"""The fact that holds the needs of a case."""

NEEDS_PER_CASE: Final = "needs_per_case"
"""How many different needs a case has."""

SEARCHES: Final = frozenset({"provider_found", "gap_solved"})
"""Facts that say whether a provider was found: with providers in the plan they are looked up, never drawn."""

GATE: Final = "share_gate"
"""The automatic check before sending; with providers in the plan it looks at the agreement."""

TIMEOUT: Final = "timeout"
"""The answer of a wait with a timer that nobody answered: it lasts until its deadline."""

RESULT: Final = "service_result"
"""What came of a service: the steps that find it out are those that give the service."""

ANSWERS: Final[Mapping[str, Weights]] = {
    "immediate_danger": {True: 10, False: 90},
    "priority": {"critical": 5, "high": 20, "medium": 45, "low": 30},
    "age_band": {"minor": 25, "doubtful": 5, "adult": 70},
    "base_consent": {"given": 90, "partial": 5, "refused": 5},
    "provider_found": {True: 80, False: 20},
    "gap_solved": {True: 50, False: 50},
    "choice": {"consent": 85, "other_provider": 10, "stop": 5},
    "share_gate": {"allow": 100},
    "response": {"accepted": 75, "declined": 10, "timeout": 15},
    "service_result": {"complete": 70, "partial": 20, "none": 10},
    "review": {"ongoing": 50, "closable": 40, "new_need": 5, "lost": 3, "left": 2},
}
"""How steps end when a plan does not say: assumptions without a source, named as such in every result."""

HORIZON: Final = timedelta(days=7300)
"""A run ends so long after the last arrival, whatever is still waiting."""

LONGEST: Final = timedelta(days=3650)
"""No single step takes longer, whatever is drawn."""

SHARE_OF_DEADLINE: Final = (0.3, 1.2)
"""Without a time of its own a step takes an even draw from this part of its deadline."""


@dataclass(frozen=True, slots=True)
class StepTime:
    """A log-normal time: half of the steps are done within `median` (running time); `sigma` 0 makes it constant."""

    median: timedelta
    sigma: float = 0.0


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gives a service: for which needs, in which regions (none named: everywhere).

    `capacity` is how many services it can begin in 30 days (None: no limit). From day `agreement_until` on (0 is the
    first day of the simulation; None: no end) nothing is sent to it any more; who was referred before is still served.
    """

    id: str
    needs: frozenset[str]
    regions: frozenset[str] = frozenset()
    capacity: int | None = None
    agreement_until: int | None = None

    def serves(self, need: str | None, region: str) -> bool:
        """Whether it is there for this need in this region, agreement or not."""
        return need in self.needs and (not self.regions or region in self.regions)

    def has_agreement(self, day: float) -> bool:
        """Whether its agreement still holds on this day."""
        return self.agreement_until is None or day < self.agreement_until

    def places(self, days: int) -> int | None:
        """How many services it can begin over this many days while its agreement holds."""
        if self.capacity is None:
            return None if self.agreement_until != 0 else 0
        usable = days if self.agreement_until is None else min(days, self.agreement_until)
        return self.capacity * usable // PERIOD.days


@dataclass(frozen=True, slots=True)
class Plan:
    """One scenario. `cases` arrive at random over `days` from `start` on.

    `mix` holds the weights of what a case brings along: `region`, `needs`, `needs_per_case`, and any fact of the
    flowchart, such as `priority` or `age_band`. `answers` are those of the facts that steps find out. `step_times` go
    before `kind_times`, both before the step's deadline. A case that passes more than `most_steps` is stopped; where
    all cases together move more often than `most_moves` (None: no limit), the run is given up. Without `providers`
    nobody queues, and whether a provider is found is drawn like any other answer.
    """

    cases: int = 500
    days: int = 365
    start: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)
    mix: Mapping[str, Weights] = field(default_factory=dict)
    answers: Mapping[str, Weights] = field(default_factory=dict)
    step_times: Mapping[str, StepTime] = field(default_factory=dict)
    kind_times: Mapping[StepKind, StepTime] = field(default_factory=dict)
    providers: tuple[Provider, ...] = ()
    most_steps: int = 500
    most_moves: int | None = None
    calendar: Calendar = CAMEROON
