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
from directory.question import SEXES
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
    """What one organisation offers for one need; sets as bits of a number, since every pair is compared."""

    def __init__(self) -> None:
        self.units = 0
        self.people = 0
        self.statuses: set[str] | None = set()
        self.quarters: int | None = 0
        self.rooms: list[CapacityStatus] = []

    def add(self, offer: Offer, units: int, now: datetime) -> None:
        self.units |= units
        low, high = offer.minimum_age or 0, OLDEST if offer.maximum_age is None else min(offer.maximum_age, OLDEST)
        ages = ((1 << max(0, high + 1 - low)) - 1) << low
        for sex in offer.sexes:
            self.people |= ages << (SEXES.index(sex) * (OLDEST + 1))
        stated = offer.terms.get((Facet.STATUS, AudienceRule.INCLUDED), frozenset()) - {EVERYBODY}
        self.statuses = None if self.statuses is None or not stated else self.statuses | stated
        self.quarters = None if self.quarters is None else _joined(self.quarters, offer)
        self.rooms.append(freshness.capacity_now(offer.capacity, offer.shelter, now))


def _joined(quarters: int, offer: Offer) -> int | None:
    """The open quarters of an hour of the week with those of the offer; None where its hours are not known."""
    week = schedule.weekly(offer.hours) if offer.hours.schedules else None
    if week is None:
        return None
    for first, last in week:
        for minute in range(first, last, 15):
            quarters |= 1 << minute // 15
    return quarters


def overlaps(offers: Iterable[Offer], units: Sequence[str], now: datetime) -> tuple[Overlap, ...]:
    """Return the pairs of organisations that overlap in `units` (of one level), the strongest first.

    Jaccard's index of the units × of the people (sex, age, status) × of the open hours; services by telephone and areas
    on request are left out.
    """
    found: dict[tuple[str, str], _Presence] = defaultdict(_Presence)
    place = {unit: number for number, unit in enumerate(units)}
    for offer in offers:
        if counted(offer) and not offer.remote:
            present = sum(1 << place[unit] for unit, free in reached(offer, units).items() if free)
            for need in offer.needs if present else ():
                found[need, offer.organization_id].add(offer, present, now)
    by_need: dict[str, list[tuple[str, _Presence]]] = defaultdict(list)
    for (need, organization), presence in sorted(found.items()):
        by_need[need].append((organization, presence))
    two = [(need, *both) for need, present in by_need.items() for both in combinations(present, 2)]
    pairs = [_pair(need, one, other, units) for need, one, other in two]
    kept = [pair for pair in pairs if pair is not None]
    return tuple(sorted(kept, key=lambda pair: (-pair.score, pair.need, pair.organizations)))


def jaccard(one: int, other: int) -> float:
    """Return the share of what both have in what either has, of sets as bits.

    >>> jaccard(0b0111, 0b1110), jaccard(0, 0)
    (0.5, 0.0)
    """
    either = (one | other).bit_count()
    return (one & other).bit_count() / either if either else 0.0


def _pair(need: str, one: tuple[str, _Presence], other: tuple[str, _Presence], units: Sequence[str]) -> Overlap | None:
    mine, theirs = one[1], other[1]
    places = jaccard(mine.units, theirs.units)
    if places < SMALLEST:
        return None
    audience = jaccard(mine.people, theirs.people)
    if mine.statuses is not None and theirs.statuses is not None:
        either = mine.statuses | theirs.statuses
        audience *= len(mine.statuses & theirs.statuses) / len(either) if either else 0.0
    hours = None
    if mine.quarters is not None and theirs.quarters is not None:
        hours = jaccard(mine.quarters, theirs.quarters)
    alike = audience * (1 if hours is None else hours)
    kind = _kind(alike, mine.rooms, theirs.rooms)
    both = mine.units & theirs.units
    common = tuple(sorted(unit for number, unit in enumerate(units) if both >> number & 1))
    return Overlap(need, (one[0], other[0]), common, places, audience, hours, kind)


def _kind(alike: float, mine: Sequence[CapacityStatus], theirs: Sequence[CapacityStatus]) -> Kind:
    if alike < ALIKE:
        return Kind.COMPLEMENTARY
    busy = (CapacityStatus.FULL, CapacityStatus.WAITING_LIST)
    if all(room in busy for room in (*mine, *theirs)):
        return Kind.JUSTIFIED
    return Kind.COMPETING if CapacityStatus.AVAILABLE in (*mine, *theirs) else Kind.REDUNDANT
