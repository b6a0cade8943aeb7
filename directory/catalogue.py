"""The directory indexed for ranking: sets of offers are bit masks, one Python integer each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from itertools import compress
from typing import TypeVar

from directory import access, eligibility, freshness, room, schedule, seasons
from directory.criteria import Criterion
from directory.employment import ECONOMIC
from directory.freshness import SHELF_LIVES, ShelfLives, State
from directory.offers import Offer
from directory.referring import AccessMode
from directory.taxonomy import Facet


def _audience(offer: Offer) -> Hashable:
    return frozenset(row for row in offer.audiences if row.facet is not Facet.SEX)


def _sexes(offer: Offer) -> frozenset[object]:
    return frozenset(row for row in offer.audiences if row.facet is Facet.SEX)


SIGNATURES: dict[Criterion, Callable[[Offer], Hashable]] = {
    Criterion.STATUS: lambda offer: (offer.status, offer.suspended),
    Criterion.AGE: lambda offer: (offer.minimum_age, offer.maximum_age, offer.all_ages),
    Criterion.SEX: lambda offer: (_sexes(offer), bool(offer.types), bool(offer.types & eligibility.SEX_MATTERS)),
    Criterion.AUDIENCE: _audience,
    Criterion.REFERRALS: lambda offer: offer.accepts_referrals,
    Criterion.WALK_IN: lambda offer: (bool(offer.access_modes), AccessMode.WALK_IN in offer.access_modes),
    Criterion.LANGUAGE: lambda offer: (offer.languages, offer.interpreter),
    Criterion.COST: lambda offer: offer.free,
    Criterion.ACCESS: lambda offer: (offer.step_free, bool(offer.accessibility), offer.remote),
    Criterion.DOCUMENTS: lambda offer: offer.required_documents,
    Criterion.VACANCIES: lambda offer: (offer.vacancies and 1, bool(offer.needs & ECONOMIC)),
}
"""Offers with the same signature get the same answer, so that one of them is asked for all."""


Key = TypeVar("Key", bound=Hashable)
_BITS = bytes.maketrans(b"01", b"\x00\x01")


def _lapses(offer: Offer, lives: ShelfLives) -> tuple[float, ...]:
    """Seconds since the epoch until which the declared numbers of places hold, one for rows that hold as long."""
    ends = [freshness.lapses_at(one, offer.shelter, lives) for one in (offer.capacity.rows if offer.capacity else ())]
    found = tuple(one.timestamp() if one else 0.0 for one in ends)
    return found[:1] if len(set(found)) == 1 else found


class Catalogue:
    """Offers indexed for `rank`. Build it once; it never changes."""

    def __init__(self, offers: Iterable[Offer], lives: ShelfLives = SHELF_LIVES) -> None:
        self.offers: tuple[Offer, ...] = tuple(sorted(offers, key=lambda offer: offer.id))
        self.lives = lives
        self.size = len(self.offers)
        every = range(self.size)
        self.needs = self._group(every, lambda offer: sorted(offer.needs))
        self.visible = self._group(every, lambda offer: (offer.visibility,))
        self.groups: dict[Criterion, dict[Hashable, int]] = {
            criterion: self._group(every, lambda offer, sign=sign: (sign(offer),))  # type: ignore[misc]
            for criterion, sign in SIGNATURES.items()
        }
        self.areas = self._group([i for i in every if self.offers[i].areas], lambda offer: (offer.areas,))
        self.without_area = self.mask(i for i in every if not self.offers[i].areas)
        self.hours = self._group(every, lambda offer: (offer.hours,))
        self.weekly = {hours: schedule.weekly(hours) for hours in self.hours}
        self.unusual = {hours: found for hours in self.hours if (found := seasons.spans(hours))}
        """Hours that are others on some days, with these days."""
        self.points = [offer.vector for offer in self.offers]
        lapses = [_lapses(offer, lives) for offer in self.offers]
        self.lapses = [found[0] if len(found) == 1 else 0.0 for found in lapses]
        self.declared = self.mask(i for i in every if self.lapses[i])
        self.uneven = self.mask(i for i in every if len(lapses[i]) > 1)
        """Offers whose places for some are believed longer than those for others."""
        kinds: dict[room.Declared, int] = {}
        self.places = [kinds.setdefault(room.declared(offer.capacity), len(kinds)) for offer in self.offers]
        self.declarations = list(kinds)
        """What is declared of places, by the number that `places` gives each offer."""
        self.response = [access.response_rank(offer) for offer in self.offers]
        self._by_day: tuple[date, list[int]] | None = None

    def __len__(self) -> int:
        return self.size

    def mask(self, positions: Iterable[int]) -> int:
        """Return the bit mask of some positions."""
        flags = bytearray(b"0") * self.size
        for position in positions:
            flags[-1 - position] = 49
        return int(flags, 2) if flags else 0

    def positions(self, mask: int) -> list[int]:
        """Return the positions in a mask, in order."""
        flags = bin(mask)[:1:-1].encode().translate(_BITS)
        return list(compress(range(len(flags)), flags))

    def _group(self, positions: Iterable[int], keys: Callable[[Offer], Iterable[Key]]) -> dict[Key, int]:
        members: dict[Key, list[int]] = {}
        for position in positions:
            for key in keys(self.offers[position]):
                members.setdefault(key, []).append(position)
        return {key: self.mask(found) for key, found in members.items()}

    def fresh(self, today: date) -> list[int]:
        """Return the masks of up to date, to confirm, late, unverified, archived; kept for the day."""
        kept = self._by_day
        if kept is None or kept[0] != today:
            states: dict[State, list[int]] = {state: [] for state in State}
            for position, offer in enumerate(self.offers):
                states[freshness.state(offer, today, self.lives)].append(position)
            kept = self._by_day = (today, [self.mask(found) for found in states.values()])
        return kept[1]
