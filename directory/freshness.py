"""How long each section of an entry stays true, and what it is worth afterwards.

Shelf lives are settings of the country. A section goes: up to date → to confirm → late → unverified. Archiving is never
computed: a person decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from directory.offers import Offer
from directory.profile import Capacity
from directory.taxonomy import METHOD_LABELS, CapacityStatus
from directory.vocabulary import N_, Message, label


class Section(StrEnum):
    """The parts of an entry that are confirmed apart."""

    CONTACTS = "contacts"
    HOURS = "hours"
    SERVICE = "service"
    ORGANIZATION = "organization"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SECTION_LABELS[self]


SECTION_LABELS: dict[Section, str] = {
    Section.CONTACTS: N_("Contacts"),
    Section.HOURS: N_("Opening hours"),
    Section.SERVICE: N_("Eligibility, area, procedure"),
    Section.ORGANIZATION: N_("Organisation"),
}


class State(StrEnum):
    """What can be said of an entry's dates; the order is from best to worst."""

    UP_TO_DATE = "up_to_date"
    TO_CONFIRM = "to_confirm"
    LATE = "late"
    UNVERIFIED = "unverified"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]

    @property
    def rank(self) -> int:
        """0 for the best."""
        return STATES.index(self)


STATES = tuple(State)
STATE_LABELS: dict[State, str] = {
    State.UP_TO_DATE: N_("Up to date"),
    State.TO_CONFIRM: N_("To be confirmed"),
    State.LATE: N_("Confirmation late"),
    State.UNVERIFIED: N_("Not verified"),
    State.ARCHIVED: N_("Archived"),
}


@dataclass(frozen=True, slots=True)
class ShelfLives:
    """Days that a confirmation holds, by section; then days of grace; hours that a number of places holds."""

    days: tuple[tuple[Section, int], ...] = (
        (Section.CONTACTS, 90),
        (Section.HOURS, 90),
        (Section.SERVICE, 180),
        (Section.ORGANIZATION, 365),
    )
    mandatory: tuple[Section, ...] = (Section.CONTACTS, Section.HOURS, Section.SERVICE)
    late_after: int = 15
    unverified_after: int = 45
    shelter_capacity_hours: int = 72
    capacity_hours: int = 14 * 24

    def of(self, section: Section) -> int:
        """Days for one section."""
        return dict(self.days)[section]


SHELF_LIVES = ShelfLives()
"""The country's assumptions, each to be validated: an installation may set others (see `lives_from`)."""

LIFE_NAMES = ("contacts", "hours", "service", "organization", "late", "unverified", "shelter_hours", "places_hours")
LONGEST_LIFE = 3650


def lives_from(written: str) -> ShelfLives:
    """Read shelf lives as `contacts:60,shelter_hours:48`; what is not named keeps its assumption. Raises ValueError.

    Sections in days, `late` and `unverified` in days of grace, `shelter_hours` and `places_hours` in hours.

    >>> lives_from("hours:30, shelter_hours:24").of(Section.HOURS), lives_from("").capacity_hours
    (30, 336)
    """
    given: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in written.split(","))):
        name, _, number = (piece.strip() for piece in part.partition(":"))
        if name not in LIFE_NAMES or not (number.isascii() and number.isdecimal() and 0 < int(number) <= LONGEST_LIFE):
            raise ValueError(part)
        given[name] = int(number)
    usual = SHELF_LIVES
    found = ShelfLives(
        days=tuple((section, given.get(section.value, days)) for section, days in usual.days),
        late_after=given.get("late", usual.late_after),
        unverified_after=given.get("unverified", usual.unverified_after),
        shelter_capacity_hours=given.get("shelter_hours", usual.shelter_capacity_hours),
        capacity_hours=given.get("places_hours", usual.capacity_hours),
    )
    if found.late_after >= found.unverified_after:
        raise ValueError("late must be less than unverified")
    return found


def section_state(verified: date | None, section: Section, today: date, lives: ShelfLives = SHELF_LIVES) -> State:
    """Return the state of one section from the day it was last confirmed.

    >>> section_state(date(2026, 1, 1), Section.HOURS, date(2026, 4, 1)).value
    'up_to_date'
    """
    if verified is None:
        return State.UNVERIFIED
    over = (today - verified).days - lives.of(section)
    if over <= 0:
        return State.UP_TO_DATE
    if over <= lives.late_after:
        return State.TO_CONFIRM
    return State.LATE if over <= lives.unverified_after else State.UNVERIFIED


def states(verified: Mapping[str, date], today: date, lives: ShelfLives = SHELF_LIVES) -> dict[Section, State]:
    """Return the state of every section, for the page of the entry."""
    return {section: section_state(verified.get(section), section, today, lives) for section, _ in lives.days}


def changes_on(verified: Mapping[str, date], lives: ShelfLives = SHELF_LIVES) -> tuple[date, date, date] | None:
    """Return the first day on which the entry is to confirm, late, unverified; None when it already is unverified."""
    ends = []
    for section, days in lives.days:
        if section in lives.mandatory:
            if section not in verified:
                return None
            ends.append(verified[section].toordinal() + days)
    end = date.fromordinal(min(ends))
    return (
        end + timedelta(1),
        end + timedelta(lives.late_after + 1),
        end + timedelta(lives.unverified_after + 1),
    )


def state(offer: Offer, today: date, lives: ShelfLives = SHELF_LIVES) -> State:
    """Return the state of the whole entry: the worst of its mandatory sections."""
    if offer.archived:
        return State.ARCHIVED
    days = changes_on(offer.verified, lives)
    return State.UNVERIFIED if days is None else STATES[sum(day <= today for day in days)]


def assured(verified: Mapping[str, date], lives: ShelfLives = SHELF_LIVES) -> date | None:
    """Return HSDS `assured_date`: the oldest confirmation among the mandatory sections, None if one was never given."""
    days = [verified.get(section) for section in lives.mandatory]
    known = [day for day in days if day is not None]
    return min(known) if len(known) == len(days) else None


def all_sections(day: date) -> dict[str, date]:
    """Return what `verified` holds when a whole entry is confirmed on one day."""
    return {section.value: day for section in Section}


def lapses_at(capacity: Capacity | None, shelter: bool, lives: ShelfLives = SHELF_LIVES) -> datetime | None:
    """Return the moment from which a number of places is no longer believed; None if it never was."""
    if capacity is None or capacity.updated is None or capacity.status is CapacityStatus.UNKNOWN:
        return None
    life = timedelta(hours=lives.shelter_capacity_hours if shelter else lives.capacity_hours)
    ends = capacity.updated + life
    return min(ends, capacity.valid_until) if capacity.valid_until else ends


def capacity_now(
    capacity: Capacity | None, shelter: bool, now: datetime, lives: ShelfLives = SHELF_LIVES
) -> CapacityStatus:
    """Return the best status that holds now for anybody; past its shelf life a number falls back to unknown by itself.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> men = Capacity(CapacityStatus.AVAILABLE, 2, updated=at)
    >>> capacity_now(men, True, at).value, capacity_now(men, True, at + timedelta(days=4)).value
    ('available', 'unknown')
    """
    if capacity is None:
        return CapacityStatus.UNKNOWN
    return best(believed(one, shelter, now, lives) for one in capacity.rows)


def believed(one: Capacity, shelter: bool, now: datetime, lives: ShelfLives = SHELF_LIVES) -> CapacityStatus:
    """Return the status that one declaration still has, without those of its groups."""
    lapses = lapses_at(one, shelter, lives)
    return CapacityStatus.UNKNOWN if lapses is None or lapses <= now else declared(one)


def free_now(capacity: Capacity | None, shelter: bool, now: datetime, lives: ShelfLives = SHELF_LIVES) -> int | None:
    """Return the free places that are still believed, for whomever they are kept; None where no number is.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> men = Capacity(CapacityStatus.AVAILABLE, 2, updated=at)
    >>> both = Capacity(CapacityStatus.AVAILABLE, 3, updated=at + timedelta(days=3), groups=(men,))
    >>> free_now(both, True, at + timedelta(days=4)), free_now(both, True, at + timedelta(days=9))
    (3, None)
    """
    rows = capacity.rows if capacity else ()
    known = [one.available for one in rows if believed(one, shelter, now, lives) is not CapacityStatus.UNKNOWN]
    counted = [one for one in known if one is not None]
    return sum(counted) if counted else None


CAPACITY_ORDER = (
    CapacityStatus.AVAILABLE,
    CapacityStatus.ASSESSMENT,
    CapacityStatus.UNKNOWN,
    CapacityStatus.WAITING_LIST,
    CapacityStatus.FULL,
)


def best(found: Iterable[CapacityStatus]) -> CapacityStatus:
    """Return the first of several in the order in which services are ranked: who is not known to be full comes before.

    >>> best([CapacityStatus.FULL, CapacityStatus.UNKNOWN]).value, best([]).value
    ('unknown', 'unknown')
    """
    return min(found, key=CAPACITY_ORDER.index, default=CapacityStatus.UNKNOWN)


def declared(capacity: Capacity) -> CapacityStatus:
    """Return the status as declared, whatever its age: *available* with no place left is full."""
    if capacity.status is CapacityStatus.AVAILABLE and capacity.available == 0:
        return CapacityStatus.FULL
    return capacity.status


def ago(then: date | datetime, now: datetime) -> Message:
    """Return how long ago something was: hours within a day when the time is known, days otherwise.

    >>> from datetime import UTC
    >>> str(ago(date(2026, 3, 1), datetime(2026, 3, 13, tzinfo=UTC)))
    '12 days ago'
    """
    if isinstance(then, datetime):
        minutes = max(0, int((now - then).total_seconds() // 60))
        if minutes < 60:
            return Message("ago.now", N_("less than an hour ago"))
        if minutes < 48 * 60:
            return Message("ago.hours", N_("%(hours)d h ago"), {"hours": minutes // 60})
        return Message("ago.days", N_("%(days)d days ago"), {"days": minutes // (24 * 60)})
    days = (now.date() - then).days
    if days <= 0:
        return Message("ago.today", N_("today"))
    if days == 1:
        return Message("ago.yesterday", N_("yesterday"))
    return Message("ago.days", N_("%(days)d days ago"), {"days": days})


def sentence(offer: Offer, now: datetime, lives: ShelfLives = SHELF_LIVES) -> Message:
    """Return when the entry was last verified, how, and what that means."""
    day = assured(offer.verified, lives)
    if offer.archived:
        return Message("archived", N_("archived entry"))
    if day is None:
        return Message("never_verified", N_("never verified: call before you refer"))
    when = ago(day, now)
    values = {"when": when, "how": label(offer.verified_by, METHOD_LABELS)}
    known = offer.verified_by in METHOD_LABELS
    current = state(offer, now.date(), lives)
    if current is State.UP_TO_DATE:
        if known:
            return Message("verified_how", N_("verified %(when)s, %(how)s"), values)
        return Message("verified", N_("verified %(when)s"), {"when": when})
    if current is State.TO_CONFIRM:
        return Message("to_confirm", N_("verified %(when)s, to be confirmed"), {"when": when})
    if current is State.LATE:
        return Message("confirmation_late", N_("verified %(when)s, confirmation late"), {"when": when})
    return Message("verified_long_ago", N_("verified %(when)s: call before you refer"), {"when": when})
