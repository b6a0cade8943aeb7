"""Organisations that answer the same need for the same people at the same place, and whether that is a waste."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from directory import freshness, schedule
from directory.coverage import counted, reached
from directory.offers import Offer
from directory.taxonomy import EVERYBODY, AudienceRule, CapacityStatus, Facet
from directory.vocabulary import N_

SMALLEST = 0.2
"""Below this share of common places two organisations do not overlap."""
ALIKE = 0.5
"""From this product of audience and hours on they serve the same people at the same time."""
OLDEST = 120


class Kind(StrEnum):
    """What an overlap is worth."""

    COMPLEMENTARY = "complementary"
    REDUNDANT = "redundant"
    COMPETING = "competing"
    JUSTIFIED = "justified"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[Kind, str] = {
    Kind.COMPLEMENTARY: N_("Complementary: other people or other hours"),
    Kind.REDUNDANT: N_("Twice the same"),
    Kind.COMPETING: N_("Twice the same, with places left"),
    Kind.JUSTIFIED: N_("Twice the same, and both full"),
}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two organisations that answer one need in common units."""

    need: str
    organizations: tuple[str, str]
    units: tuple[str, ...]
    places: float
    audience: float
    hours: float | None
    """None where the hours of one of them are not known; they are then taken to be the same."""
    kind: Kind

    @property
    def score(self) -> float:
        """Places × audience × hours, each from 0 to 1."""
        return self.places * self.audience * (1 if self.hours is None else self.hours)


class _Presence:
    """What one organisation offers for one need."""

    def __init__(self) -> None:
        self.units: set[str] = set()
        self.people: set[tuple[str, int]] = set()
        self.statuses: set[str] | None = set()
        self.minutes: set[int] | None = set()
        self.rooms: list[CapacityStatus] = []

    def add(self, offer: Offer, units: Iterable[str], now: datetime) -> None:
        self.units.update(units)
        low, high = offer.minimum_age or 0, OLDEST if offer.maximum_age is None else offer.maximum_age
        self.people.update((sex, age) for sex in offer.sexes for age in range(low, min(high, OLDEST) + 1))
        stated = offer.terms.get((Facet.STATUS, AudienceRule.INCLUDED), frozenset()) - {EVERYBODY}
        self.statuses = None if self.statuses is None or not stated else self.statuses | stated
        week = schedule.weekly(offer.hours) if offer.hours.schedules else None
        quarters = None if week is None else {minute // 15 for first, last in week for minute in range(first, last, 15)}
        self.minutes = None if self.minutes is None or quarters is None else self.minutes | quarters
        self.rooms.append(freshness.capacity_now(offer.capacity, offer.shelter, now))


def overlaps(offers: Iterable[Offer], units: Sequence[str], now: datetime) -> tuple[Overlap, ...]:
    """Return the pairs of organisations that overlap in `units` (of one level), the strongest first.

    Jaccard's index of the units × of the people (sex, age, status) × of the open hours; services by telephone and areas
    on request are left out.
    """
    found: dict[tuple[str, str], _Presence] = defaultdict(_Presence)
    for offer in offers:
        if counted(offer) and not offer.remote:
            present = [unit for unit, free in reached(offer, units).items() if free]
            for need in offer.needs if present else ():
                found[need, offer.organization_id].add(offer, present, now)
    by_need: dict[str, list[tuple[str, _Presence]]] = defaultdict(list)
    for (need, organization), presence in sorted(found.items()):
        by_need[need].append((organization, presence))
    pairs = [_pair(need, one, other) for need, present in by_need.items() for one, other in combinations(present, 2)]
    kept = [pair for pair in pairs if pair is not None]
    return tuple(sorted(kept, key=lambda pair: (-pair.score, pair.need, pair.organizations)))


def jaccard(one: set[object], other: set[object]) -> float:
    """Return the share of what both have in what either has.

    >>> jaccard({1, 2, 3}, {2, 3, 4}), jaccard(set(), set())
    (0.5, 0.0)
    """
    either = one | other
    return len(one & other) / len(either) if either else 0.0


def _pair(need: str, one: tuple[str, _Presence], other: tuple[str, _Presence]) -> Overlap | None:
    mine, theirs = one[1], other[1]
    places = jaccard({*mine.units}, {*theirs.units})
    if places < SMALLEST:
        return None
    audience = jaccard({*mine.people}, {*theirs.people})
    if mine.statuses is not None and theirs.statuses is not None:
        audience *= jaccard({*mine.statuses}, {*theirs.statuses})
    known = mine.minutes is not None and theirs.minutes is not None
    hours = jaccard({*(mine.minutes or ())}, {*(theirs.minutes or ())}) if known else None
    alike = audience * (1 if hours is None else hours)
    kind = _kind(alike, mine.rooms, theirs.rooms)
    common = tuple(sorted(mine.units & theirs.units))
    return Overlap(need, (one[0], other[0]), common, places, audience, hours, kind)


def _kind(alike: float, mine: Sequence[CapacityStatus], theirs: Sequence[CapacityStatus]) -> Kind:
    if alike < ALIKE:
        return Kind.COMPLEMENTARY
    busy = (CapacityStatus.FULL, CapacityStatus.WAITING_LIST)
    if all(room in busy for room in (*mine, *theirs)):
        return Kind.JUSTIFIED
    return Kind.COMPETING if CapacityStatus.AVAILABLE in (*mine, *theirs) else Kind.REDUNDANT
