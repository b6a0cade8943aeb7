"""Who covers which need where: the matrix, gaps, access, single points of failure, and what a change would do.

Presence, freshness and free places are told apart, and *no service known* is never *no service*: only a person says
that there is none (`Confirmation`), and that word lapses too. Overlaps are in `overlap`, mandates in `mandates`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from directory import freshness
from directory.offers import Offer
from directory.places import Place, Places, kilometres, vector
from directory.taxonomy import CapacityStatus, Status
from directory.vocabulary import N_

CONFIRMATION_DAYS = 180
ENDING_DAYS = 90
LENGTHS = {1: 5, 2: 8, 3: 11}
"""How long a P-code is, by level: region, département, arrondissement."""


class State(StrEnum):
    """How a need stands at a place, from best to worst."""

    COVERED = "covered"
    BELOW_TARGET = "below_target"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"
    NONE = "none"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]

    @property
    def gap(self) -> bool:
        """Whether somebody should look at it."""
        return self is not State.COVERED


STATE_LABELS: dict[State, str] = {
    State.COVERED: N_("Covered"),
    State.BELOW_TARGET: N_("Below the target"),
    State.DOUBTFUL: N_("Not verified, full, or on request only"),
    State.UNKNOWN: N_("No service known"),
    State.NONE: N_("No service, confirmed"),
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody looked and found that nobody answers the need at the place."""

    need: str
    pcode: str
    on: date

    def holds(self, today: date) -> bool:
        """Whether the word is still believed.

        >>> Confirmation("MED", "CM004", date(2026, 1, 1)).holds(date(2026, 6, 30))
        True
        >>> Confirmation("MED", "CM004", date(2026, 1, 1)).holds(date(2026, 7, 1))
        False
        """
        return self.on <= today <= self.on + timedelta(CONFIRMATION_DAYS)


@dataclass(frozen=True, slots=True)
class Cell:
    """A need at a place: who is there, how much of it is up to date, what room is known."""

    need: str
    pcode: str
    state: State
    organizations: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    usable: frozenset[str] = frozenset()
    """Services that are verified, not full and come without being asked for."""
    backers: frozenset[str] = frozenset()
    """The organisations of these."""
    places: int | None = None
    """Free places that are still believed; None where no number is known."""
    fresh: int = 0
    """Services that are up to date."""
    concentration: Fraction | None = None
    """Herfindahl–Hirschman index of the services by organisation: 1 when one organisation runs them all."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every need at every unit of a level."""

    level: int
    needs: tuple[str, ...]
    units: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def gaps(self) -> tuple[Cell, ...]:
        """Cells to look at, the worst first, then by need and place."""
        order = list(State)
        found = [cell for cell in self.cells.values() if cell.state.gap]
        return tuple(sorted(found, key=lambda one: (-order.index(one.state), one.need, one.pcode)))

    def count(self, state: State) -> int:
        """How many cells are in a state."""
        return sum(cell.state is state for cell in self.cells.values())


def counted(offer: Offer) -> bool:
    """Whether an entry counts at all: active, not archived, its organisation not suspended.

    >>> counted(Offer("1", "1", "1", "Clinic")), counted(Offer("1", "1", "1", "Clinic", archived=True))
    (True, False)
    """
    return offer.status in (Status.ACTIVE, None) and not offer.archived and not offer.suspended


def reached(offer: Offer, units: Sequence[str]) -> dict[str, bool]:
    """Return the units in which the offer is present: True without being asked for, False on request only.

    A stated area larger than the unit covers it, one inside it makes it present there; without an area a service is
    where it stands, and one by telephone is everywhere. All units are of one level.

    >>> from directory.profile import ServiceArea
    >>> asked = Offer("1", "1", "1", "Clinic", areas=(ServiceArea("CM004001"), ServiceArea("CM007", on_request=True)))
    >>> reached(asked, ("CM004", "CM005", "CM007"))
    {'CM004': True, 'CM007': False}
    """
    stated = [(area.pcode, not area.on_request) for area in offer.areas if area.pcode]
    if not stated:
        stated = [(unit[:2], True) for unit in units[:1]] if offer.remote else [(offer.pcode, True)]
    found: dict[str, bool] = {}
    for code, free in stated:
        for unit in units:
            if code and (unit.startswith(code) or code.startswith(unit)):
                found[unit] = found.get(unit, False) or free
    return found


def usable(offer: Offer, now: datetime) -> bool:
    """Whether a person can be sent there without a doubt: verified within its time, and not known to be full."""
    verified = freshness.state(offer, now.date())
    room = freshness.capacity_now(offer.capacity, offer.shelter, now)
    return verified.rank < freshness.State.UNVERIFIED.rank and room is not CapacityStatus.FULL


class _Tally:
    """What is gathered for a cell before its state is known."""

    def __init__(self) -> None:
        self.services: dict[str, str] = {}
        self.usable: dict[str, str] = {}
        self.fresh: set[str] = set()
        self.places: int | None = None

    def add(self, offer: Offer, free: bool, now: datetime) -> None:
        self.services[offer.service_id] = offer.organization_id
        if free and usable(offer, now):
            self.usable[offer.service_id] = offer.organization_id
        if freshness.state(offer, now.date()) is freshness.State.UP_TO_DATE:
            self.fresh.add(offer.service_id)
        room = freshness.free_now(offer.capacity, offer.shelter, now)
        self.places = self.places if room is None else (self.places or 0) + room


def matrix(
    offers: Iterable[Offer],
    needs: Sequence[str],
    units: Sequence[str],
    now: datetime,
    *,
    targets: Mapping[str, int] | None = None,
    confirmations: Iterable[Confirmation] = (),
) -> Matrix:
    """Return every need at every unit; `units` are of one level, `targets` the services wanted for a need (or 1).

    A confirmation that nobody is there counts only where indeed no service is known.
    """
    tallies: dict[tuple[str, str], _Tally] = {}
    for offer in offers:
        if not counted(offer):
            continue
        present = reached(offer, units)
        for need in offer.needs:
            for unit, free in present.items():
                tallies.setdefault((need, unit), _Tally()).add(offer, free, now)
    empty = {(one.need, one.pcode) for one in confirmations if one.holds(now.date())}
    wanted = targets or {}
    cells = {
        (need, unit): _cell(need, unit, tallies.get((need, unit)), wanted.get(need, 1), (need, unit) in empty)
        for need in needs
        for unit in units
    }
    level = next((level for level, length in LENGTHS.items() if units and len(units[0]) == length), 0)
    return Matrix(level, tuple(needs), tuple(units), cells)


def _cell(need: str, unit: str, tally: _Tally | None, wanted: int, empty: bool) -> Cell:
    if tally is None:
        return Cell(need, unit, State.NONE if empty else State.UNKNOWN)
    if not tally.usable:
        state = State.DOUBTFUL
    else:
        state = State.COVERED if len(tally.usable) >= wanted else State.BELOW_TARGET
    return Cell(
        need, unit, state, frozenset(tally.services.values()), frozenset(tally.services), frozenset(tally.usable),
        frozenset(tally.usable.values()), tally.places, len(tally.fresh), concentration(tally.services.values()),
    )  # fmt: skip


def concentration(owners: Iterable[str]) -> Fraction | None:
    """Return the Herfindahl–Hirschman index of what is owned; None of nothing.

    >>> concentration(["a", "a", "b", "c"])
    Fraction(3, 8)
    """
    names = list(owners)
    shares = [Fraction(names.count(name), len(names)) for name in dict.fromkeys(names)]
    return sum((share * share for share in shares), Fraction(0)) if shares else None


@dataclass(frozen=True, slots=True)
class Fragile:
    """A need at a place that hangs on one organisation, or on agreements that end soon."""

    need: str
    pcode: str
    organizations: tuple[str, ...]
    ends: date | None = None
    """The day on which the last of their agreements ends, when that is within `ENDING_DAYS`."""


def single_points(found: Matrix, today: date, ending: Mapping[str, date] | None = None) -> tuple[Fragile, ...]:
    """Return what one organisation alone answers, or organisations whose agreements (`ending`, by id) all end soon."""
    ends = ending or {}
    soon = today + timedelta(ENDING_DAYS)
    weak = []
    for cell in found.cells.values():
        days = [ends.get(one) for one in cell.backers]
        last = max((day for day in days if day is not None), default=None) if None not in days else None
        lapses = last if last is not None and last <= soon else None
        if len(cell.backers) == 1 or lapses:
            weak.append(Fragile(cell.need, cell.pcode, tuple(sorted(cell.backers)), lapses))
    return tuple(weak)


@dataclass(frozen=True, slots=True)
class Access:
    """How far the seats of the units of one level are from the nearest service for a need."""

    need: str
    units: int
    far: tuple[str, ...]
    """Units whose seat is farther than the limit from any service."""
    estimated: int
    """Units measured from the point of their département or region, because their own seat is not known."""
    unmeasured: int = 0

    @property
    def share(self) -> Fraction | None:
        """Share of the measured units that are too far."""
        measured = self.units - self.unmeasured
        return Fraction(len(self.far), measured) if measured else None


def access(
    offers: Iterable[Offer], needs: Sequence[str], units: Sequence[Place], places: Places, limit_km: float
) -> tuple[Access, ...]:
    """Return for each need which units are farther than `limit_km` from the nearest entry that counts.

    An entry that names the unit itself (or a place in it) as its area comes there and is not far; one by telephone is
    no distance at all and does not count. A safe house stands at the seat of its arrondissement.
    """
    counting = [offer for offer in offers if counted(offer) and not offer.remote]
    seats = [(unit.pcode, unit.point or places.seat(unit.pcode), unit.point is None) for unit in units]
    estimated = sum(guess and point is not None for _code, point, guess in seats)
    blind = sum(point is None for _code, point, _guess in seats)
    found = []
    for need in needs:
        mine = [offer for offer in counting if need in offer.needs]
        points = {(round(one.point[0], 2), round(one.point[1], 2)) for one in mine if one.point}
        vectors = [vector(point) for point in points]
        named = [area.pcode for one in mine for area in one.areas if area.pcode and not area.on_request]
        far = tuple(
            code
            for code, point, _guess in seats
            if point is not None
            and not any(area.startswith(code) for area in named)
            and not any(kilometres(vector(point), one) <= limit_km for one in vectors)
        )
        found.append(Access(need, len(seats), far, estimated, blind))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose state differs between two matrices."""

    need: str
    pcode: str
    before: State
    after: State

    @property
    def worse(self) -> bool:
        """Whether it got worse."""
        order = list(State)
        return order.index(self.after) > order.index(self.before)


def differences(before: Matrix, after: Matrix) -> tuple[Change, ...]:
    """Return the cells of both whose state differs, what got worse first."""
    changes = [
        Change(need, unit, cell.state, after.cells[need, unit].state)
        for (need, unit), cell in before.cells.items()
        if (need, unit) in after.cells and after.cells[need, unit].state is not cell.state
    ]
    return tuple(sorted(changes, key=lambda one: (not one.worse, one.need, one.pcode)))


def without(
    offers: Iterable[Offer], *, services: Collection[str] = (), organizations: Collection[str] = ()
) -> list[Offer]:
    """Return the offers that stay when services or whole organisations close."""
    return [one for one in offers if one.service_id not in services and one.organization_id not in organizations]


@dataclass(frozen=True, slots=True)
class Demand:
    """What is known of the demand for a need at a place. None is a number that is not published."""

    unmet: int | None
    """Searches that found nobody, and referrals that were declined."""
    served: int | None = None
    """Referrals for this need whose service was given."""

    @property
    def pressure(self) -> Fraction | None:
        """Unmet for one served (all of it where nobody was served); None where a figure is not published.

        >>> Demand(12, 8).pressure, Demand(None, 8).pressure
        (Fraction(3, 2), None)
        """
        if self.unmet is None or self.served is None:
            return None
        return Fraction(self.unmet, max(self.served, 1))


def weighted(gaps: Iterable[Cell], demand: Mapping[tuple[str, str], Demand]) -> tuple[tuple[Cell, Demand | None], ...]:
    """Return the gaps by unmet demand, the greatest first; `demand` is by need and region, for all places in it.

    Unpublished figures say nothing, not even by their place in the list: these gaps keep their order behind the others.
    """
    rows = [(cell, demand.get((cell.need, cell.pcode[: LENGTHS[1]]))) for cell in gaps]
    return tuple(sorted(rows, key=lambda row: -((row[1].unmet or 0) if row[1] else 0)))
