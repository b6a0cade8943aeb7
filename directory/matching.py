"""Which services take this person? `rank` sorts a catalogue into what fits, what must be verified, what is excluded.

Order within each: fewest hard criteria against, then fewest unknown; places known to be free, then depending on an
assessment, unknown, waiting list; freshness; distance in whole kilometres; how earlier referrals were answered; then
the id, so that the order is stable. The size of an organisation plays no part.

Masks narrow 10,000 services in about a millisecond; order and sentences are made only for the candidates looked at. The
answers are those of `candidates.judge`, asked once for all offers that a criterion cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import overload

from directory import access, reach, room, schedule
from directory.candidates import JUDGES, Candidate, judge
from directory.catalogue import Catalogue
from directory.criteria import Answer, Criteria, Criterion, Moment, age_range
from directory.freshness import CAPACITY_ORDER, State
from directory.places import kilometres
from directory.profile import Hours
from directory.taxonomy import CapacityStatus

__all__ = ["Candidate", "Candidates", "Catalogue", "Criteria", "Criterion", "Ranking", "age_range", "judge", "rank"]

FAR = 10**6


class Candidates(Sequence[Candidate]):
    """Candidates in order, made when they are looked at: ask for a page, not for all of a large country."""

    def __init__(self, search: _Search, mask: int) -> None:
        self._search = search
        self._length = mask.bit_count()
        self._coming = search.ordered(mask)
        self._order: list[int] = []

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Candidate: ...

    @overload
    def __getitem__(self, index: slice) -> list[Candidate]: ...

    def __getitem__(self, index: int | slice) -> Candidate | list[Candidate]:
        wanted = range(self._length)[index]
        if isinstance(wanted, int):
            return self._search.candidate(self._position(wanted))
        return [self._search.candidate(self._position(one)) for one in wanted]

    def _position(self, index: int) -> int:
        while len(self._order) <= index:
            self._order.extend(next(self._coming))
        return self._order[index]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Services mapped to the need and visible to the user, in three ordered groups."""

    fits: Candidates
    to_verify: Candidates
    excluded: Candidates


def rank(
    catalogue: Catalogue,
    criteria: Criteria,
    *,
    now: datetime,
    holidays: Collection[date] = frozenset(),
    within: int | None = None,
) -> Ranking:
    """Rank the offers of a catalogue for what is asked; `holidays` are the public holidays around `now`.

    `within` is the mask of the offers to look at (`Words.find` gives one); None for all.

    An offer that is not mapped to the need, or that the user may not see, is in no group.
    """
    search = _Search(catalogue, criteria, Moment(now, holidays, catalogue.lives), within)
    against, open_questions = search.against.any(), search.unknown.any()
    fits = search.domain & ~against & ~open_questions
    return Ranking(
        Candidates(search, fits),
        Candidates(search, search.domain & open_questions & ~against),
        Candidates(search, search.domain & against),
    )


class _Tally:
    """Counts, for every offer at once, in how many masks it was: one integer for each binary digit."""

    def __init__(self, domain: int) -> None:
        self.domain = domain
        self.digits: list[int] = []

    def add(self, mask: int) -> None:
        carry = mask & self.domain
        for place, digit in enumerate(self.digits):
            self.digits[place], carry = digit ^ carry, digit & carry
        if carry:
            self.digits.append(carry)

    def any(self) -> int:
        found = 0
        for digit in self.digits:
            found |= digit
        return found

    def levels(self) -> Iterator[int]:
        """The masks of those counted 0 times, once, twice, …"""
        for number in range(1 << len(self.digits)):
            mask = self.domain
            for place, digit in enumerate(self.digits):
                mask &= digit if number >> place & 1 else ~digit
            yield mask


class _Search:
    """One question to one catalogue."""

    def __init__(self, catalogue: Catalogue, criteria: Criteria, moment: Moment, within: int | None) -> None:
        self.catalogue, self.criteria, self.moment = catalogue, criteria, moment
        everything = (1 << catalogue.size) - 1
        self.domain = everything if criteria.need is None else catalogue.needs.get(criteria.need, 0)
        seen = 0
        for visibility in criteria.visibility:
            seen |= catalogue.visible.get(visibility, 0)
        self.domain &= seen if within is None else seen & within
        self.against, self.unknown = _Tally(self.domain), _Tally(self.domain)
        self._signatures()
        self._area()
        if Criterion.HOURS in criteria.required:
            self._hours()
        self.capacity = self._capacity()
        self.fresh = catalogue.fresh(moment.now.date())
        self.against.add(self.fresh[State.ARCHIVED.rank])
        self.unknown.add(self.fresh[State.UNVERIFIED.rank])

    def _signatures(self) -> None:
        for criterion, groups in self.catalogue.groups.items():
            no = unknown = 0
            for mask in groups.values():
                shared = mask & self.domain
                if not shared:
                    continue
                offer = self.catalogue.offers[shared.bit_length() - 1]
                verdict = JUDGES[criterion](offer, self.criteria, self.moment)
                if verdict is None or not verdict.hard:
                    continue
                if verdict.answer is Answer.NO:
                    no |= mask
                elif verdict.answer is Answer.UNKNOWN:
                    unknown |= mask
            self.against.add(no)
            self.unknown.add(unknown)

    def _area(self) -> None:
        criteria, catalogue = self.criteria, self.catalogue
        coded = bool(criteria.place or criteria.place_names)
        if not coded and criteria.point is None:
            return
        no = unknown = 0
        alone = self.domain
        if coded:
            alone &= catalogue.without_area
            for areas, mask in catalogue.areas.items():
                if mask & self.domain:
                    answer, _ = reach.covers(areas, criteria)
                    no |= mask if answer is False else 0
                    unknown |= mask if answer is None else 0
        far: list[int] = []
        unclear: list[int] = []
        origin = criteria.origin
        for position in catalogue.positions(alone):
            here = catalogue.points[position]
            km = kilometres(here, origin) if here and origin else None
            answer = reach.near(catalogue.offers[position], criteria, km)
            if not answer:
                (unclear if answer is None else far).append(position)
        self.against.add(no | catalogue.mask(far))
        self.unknown.add(unknown | catalogue.mask(unclear))

    def _hours(self) -> None:
        no, unknown, asked = 0, 0, self.criteria
        usual = asked.at is None and asked.on is None
        clocks: dict[str, int | None] = {}
        unusual = {hours for hours, spans in self.catalogue.unusual.items() if self._within(hours, spans)}
        for hours, mask in self.catalogue.hours.items():
            if not mask & self.domain:
                continue
            weekly = None if hours in unusual else self.catalogue.weekly[hours]
            if usual and hours.timezone not in clocks:
                clocks[hours.timezone] = self._minute(hours)
            minute = clocks.get(hours.timezone)
            if weekly and minute is not None:
                answer: bool | None = any(first <= minute < last for first, last in weekly)
            else:
                answer, _ = access.opened(hours, asked, self.moment)
            no |= mask if answer is False else 0
            unknown |= mask if answer is None else 0
        self.against.add(no)
        self.unknown.add(unknown)

    def _within(self, hours: Hours, spans: Sequence[tuple[date, date]]) -> bool:
        """Whether today or the night before lies on days when the usual week may not hold."""
        today = self.moment.now.astimezone(schedule.zone(hours.timezone)).date()
        return any(first <= today and today - timedelta(1) <= last for first, last in spans)

    def _minute(self, hours: Hours) -> int | None:
        """The minute of the week there, or None around a public holiday, when weekly hours do not tell."""
        local = self.moment.now.astimezone(schedule.zone(hours.timezone))
        today = local.date()
        if today in self.moment.holidays or today - timedelta(1) in self.moment.holidays:
            return None
        return local.weekday() * 1440 + local.hour * 60 + local.minute

    def _capacity(self) -> list[int]:
        """Count what is full, and return the masks in the order of `CAPACITY_ORDER`."""
        catalogue, now = self.catalogue, self.moment.now.timestamp()
        alike: dict[int, list[int]] = {}
        for position in catalogue.positions(self.domain & catalogue.declared):
            if catalogue.lapses[position] > now:
                alike.setdefault(catalogue.places[position], []).append(position)
        taken = room.taken(self.criteria)
        found: dict[CapacityStatus, list[int]] = {}
        for kind, positions in alike.items():
            found.setdefault(room.status(catalogue.declarations[kind], taken), []).extend(positions)
        for position in catalogue.positions(self.domain & catalogue.uneven):
            offer = catalogue.offers[position]
            found.setdefault(room.current(offer, taken, self.moment), []).append(position)
        found.pop(CapacityStatus.UNKNOWN, None)
        masks = {status: catalogue.mask(positions) for status, positions in found.items()}
        known = 0
        for mask in masks.values():
            known |= mask
        masks[CapacityStatus.UNKNOWN] = self.domain & ~known
        self.against.add(masks.get(CapacityStatus.FULL, 0))
        if Criterion.CAPACITY in self.criteria.required:
            free = masks.get(CapacityStatus.AVAILABLE, 0)
            self.unknown.add(self.domain & ~free & ~masks.get(CapacityStatus.FULL, 0))
        return [masks.get(status, 0) for status in CAPACITY_ORDER]

    def ordered(self, mask: int) -> Iterator[list[int]]:
        """Yield the positions in a mask, best first, a bucket at a time."""
        levels = [list(self.against.levels()), list(self.unknown.levels()), self.capacity, self.fresh]
        for bucket in _refine(mask, levels):
            yield sorted(self.catalogue.positions(bucket), key=self._near)

    def _near(self, position: int) -> tuple[int, int, int]:
        here, origin = self.catalogue.points[position], self.criteria.origin
        km = round(kilometres(here, origin)) if here and origin else FAR
        return (km, self.catalogue.response[position], position)

    def candidate(self, position: int) -> Candidate:
        return judge(self.catalogue.offers[position], self.criteria, self.moment)


def _refine(mask: int, levels: Sequence[Sequence[int]]) -> Iterator[int]:
    if not levels:
        yield mask
        return
    for level in levels[0]:
        if part := mask & level:
            yield from _refine(part, levels[1:])
