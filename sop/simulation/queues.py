"""The providers at work: who is looked up for a need, who waits, who is taken next."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sop.simulation.plan import PERIOD, Plan, Provider
from sop.vocabulary import Priority

Place = tuple[int, str, str | None]
"""A case at a step, for a need."""

_ORDER = {priority.value: place for place, priority in enumerate(Priority)}


@dataclass(slots=True)
class Desk:
    """One provider during the run: its queue (by priority, then first come), and what it did so far."""

    provider: Provider
    waiting: list[tuple[int, int, Place, datetime]] = field(default_factory=list)
    period: int = -1
    begun: int = 0
    referred: int = 0
    waits: list[timedelta] = field(default_factory=list)

    def free(self, period: int) -> float:
        """Places left in this period of 30 days."""
        if period != self.period:
            self.period, self.begun = period, 0
        return math.inf if self.provider.capacity is None else self.provider.capacity - self.begun

    def periods_to_wait(self, period: int) -> float:
        """In how many periods somebody who comes now would be taken; infinite for a provider without any place."""
        free = self.free(period)
        if free > len(self.waiting):
            return 0
        if not self.provider.capacity:
            return math.inf
        return (len(self.waiting) - free) // self.provider.capacity + 1


class Desks:
    """All providers; days and periods count from the start of the plan."""

    def __init__(self, plan: Plan) -> None:
        self.start = plan.start
        self.desks = {provider.id: Desk(provider) for provider in plan.providers}
        self.stops: dict[tuple[int, str], set[tuple[int, str | None]]] = {}
        self._count = 0

    def period(self, now: datetime) -> int:
        """Number of the 30 days, from 0."""
        return (now - self.start) // PERIOD

    def day(self, now: datetime) -> float:
        """Days since the start."""
        return (now - self.start) / timedelta(days=1)

    def next_period(self, now: datetime) -> datetime:
        """When the places of the next 30 days are there."""
        return self.start + (self.period(now) + 1) * PERIOD

    def look_up(self, who: Place, region: str, tried: Collection[str], now: datetime) -> str | None:
        """The provider with a valid agreement that takes this need soonest; among equals the one named first.

        Where only an agreement that has ended stands in the way, that is counted for its provider and month.
        """
        fits = [desk for key, desk in self.desks.items() if desk.provider.serves(who[2], region) and key not in tried]
        valid = [desk for desk in fits if desk.provider.has_agreement(self.day(now))]
        if not valid:
            for desk in fits:
                self.count_stop(desk.provider.id, who, now)
            return None
        period = self.period(now)
        return min(valid, key=lambda desk: desk.periods_to_wait(period)).provider.id

    def may_send(self, provider: str, who: Place, now: datetime) -> bool:
        """Whether the agreement holds; a refusal is counted."""
        if self.desks[provider].provider.has_agreement(self.day(now)):
            return True
        self.count_stop(provider, who, now)
        return False

    def count_stop(self, provider: str, who: Place, now: datetime) -> None:
        """A need that an ended agreement stopped, once for each month."""
        self.stops.setdefault((self.period(now), provider), set()).add((who[0], who[2]))

    def queue(self, provider: str, place: Place, priority: str | None, now: datetime) -> None:
        """Somebody comes to be served."""
        desk = self.desks[provider]
        desk.referred, self._count = desk.referred + 1, self._count + 1
        rank = _ORDER.get(priority or "", len(_ORDER))
        heapq.heappush(desk.waiting, (rank, self._count, place, now))

    def take(self, provider: str, now: datetime) -> tuple[Place, datetime] | None:
        """Who is served now, and since when that one waited; nobody when no place is free."""
        desk = self.desks[provider]
        if not desk.waiting or desk.free(self.period(now)) < 1:
            return None
        _, _, place, since = heapq.heappop(desk.waiting)
        return place, since

    def began(self, provider: str, waited: timedelta) -> None:
        """The one who was taken was still there: a place is used."""
        desk = self.desks[provider]
        desk.begun += 1
        desk.waits.append(waited)

    def opens_again(self, provider: str) -> bool:
        """Whether somebody waits who can be taken in a later period."""
        desk = self.desks[provider]
        return bool(desk.waiting and desk.provider.capacity)
