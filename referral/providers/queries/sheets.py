"""One entry in full: what its page and its printed sheet show, and what its organisation should confirm."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from directory import Message, Moment, Offer, edit, freshness, schedule, seasons
from directory.freshness import ShelfLives, State
from directory.profile import Audience, Capacity, Closure, Hours, ServiceArea
from directory.seasons import SEASONS, Kind
from directory.taxonomy import LANGUAGE_LABELS, TERM_LABELS, AudienceRule, Disclosure, Visibility
from directory.vocabulary import label
from referral.extensions import db
from referral.foundation.access import Actor
from referral.providers.models import ServiceAtLocation, ServiceContact, ServiceStaff
from referral.providers.queries.catalogue import places, public_holidays, snapshot
from referral.providers.queries.evidence import against
from referral.providers.queries.listing import Line, line
from referral.providers.queries.visible import editable_places
from referral.providers.rules import Section
from sop.vocabulary import N_

AHEAD = 7
Slots = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh one section is: its state, and the day or moment of the last confirmation."""

    section: Section
    state: State
    since: date | datetime | None

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return TONES[self.state]

    @property
    def due(self) -> bool:
        """Whether it should be confirmed now."""
        return self.state is not State.UP_TO_DATE


TONES: dict[State, str] = {
    State.UP_TO_DATE: "ok",
    State.TO_CONFIRM: "soon",
    State.LATE: "late",
    State.UNVERIFIED: "late",
    State.ARCHIVED: "hold",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the hours: a day of the week, or a date where the week does not repeat."""

    label: str
    on: date | None
    slots: Slots | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page of one entry shows."""

    place: ServiceAtLocation
    line: Line
    days: tuple[Day, ...]
    closures: tuple[Closure, ...]
    contacts: tuple[ServiceContact, ...]
    ages: Message
    audiences: tuple[tuple[Message, tuple[Message, ...]], ...]
    languages: tuple[Message, ...]
    areas: tuple[tuple[str, bool], ...]
    address: str
    hidden: bool
    freshness: tuple[Freshness, ...]
    own: bool
    against: tuple[Message, ...] = ()
    season: tuple[Message, date, date] | None = None
    """What is told of Ramadan or the rainy season, now or soon, and its days."""
    days_alone: tuple[tuple[date, Slots], ...] = ()
    """Single days to come with hours of their own."""
    room: Capacity | None = None
    """What is declared for everybody as long as it is believed: who waits, what is funded, a note."""

    @property
    def offer(self) -> Offer:
        """The offer of this entry."""
        return self.line.offer


def sheet(place: ServiceAtLocation, actor: Actor, now: datetime, language: str) -> Sheet | None:
    """The sheet of an entry that `actor` may see. A safe house's street is only for its own organisation."""
    found = snapshot(now)
    offer = found.offers.get(str(place.id))
    if offer is None:
        return None
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    own = actor.organization_id is not None and actor.organization_id == place.service.organization_id
    hidden = place.location is not None and place.location.disclosure is not Disclosure.EXACT
    return Sheet(
        place,
        line(offer, moment),
        days(offer.hours, now),
        tuple(one for one in offer.hours.closures if one.ends is None or one.ends >= found.day),
        _contacts(place, own=own),
        ages(offer),
        audiences(offer),
        tuple(label(code, LANGUAGE_LABELS) for code in sorted(offer.languages)),
        tuple((area_name(one, language), one.on_request) for one in offer.areas),
        _street(place) if own and hidden else offer.address,
        hidden,
        section_states(offer, now, found.day, moment.lives),
        own,
        against(place.id, now),
        _season(offer.hours, found.day),
        _days_alone(offer.hours, found.day),
        _room(offer, moment),
    )


def _contacts(place: ServiceAtLocation, *, own: bool) -> tuple[ServiceContact, ...]:
    """Those that the reader may know, who takes referrals before the others."""
    told = (one for one in place.contacts if own or one.visibility is not Visibility.RESTRICTED)
    return tuple(sorted(told, key=lambda one: not one.takes_referrals))


def referral_contacts(place: ServiceAtLocation) -> list[ServiceContact]:
    """Who takes referrals there, but for contacts that are kept to named people."""
    return [one for one in _contacts(place, own=False) if one.takes_referrals]


def _room(offer: Offer, moment: Moment) -> Capacity | None:
    one = offer.capacity
    if one is None or one.updated is None:
        return None
    ends = freshness.lapses_at(one, offer.shelter, moment.lives)
    return one if ends is not None and ends > moment.now else None


def _season(hours: Hours, today: date) -> tuple[Message, date, date] | None:
    found = seasons.told(hours, today)
    return None if found is None else (found[0], found[2], found[3])


def _days_alone(hours: Hours, today: date) -> tuple[tuple[date, Slots], ...]:
    rows = [one for one in hours.schedules if one.kind == Kind.EXCEPTION and one.valid_from and one.valid_from >= today]
    by_day: dict[date, list[tuple[time, time]]] = defaultdict(list)
    for one in rows:
        if one.valid_from and one.opens_at and one.closes_at:
            by_day[one.valid_from].append((one.opens_at, one.closes_at))
    return tuple((day, tuple(sorted(slots))) for day, slots in sorted(by_day.items()))


def _street(place: ServiceAtLocation) -> str:
    location = place.location
    return ", ".join(part for part in (location.address, location.city) if part) if location else ""


def days(hours: Hours, now: datetime) -> tuple[Day, ...]:
    """The week where it repeats, else the coming seven days; nothing where no hours are known."""
    if not hours.schedules:
        return ()
    today = now.astimezone(schedule.zone(hours.timezone)).date()
    rows = seasons.in_force(hours.schedules, today)
    known = [
        replace(one, valid_from=None, valid_to=None, kind="normal") if one.kind in SEASONS else one for one in rows
    ]
    grid = edit.grid(known)
    if grid is not None:
        return tuple(Day(edit.DAY_LABELS[day], None, grid.get(day, ())) for day in schedule.WEEKDAYS)
    holidays = public_holidays(now)
    return tuple(_dated(hours, today + timedelta(step), holidays) for step in range(AHEAD))


def _dated(hours: Hours, day: date, holidays: frozenset[date]) -> Day:
    found = schedule.slots(hours, day, holidays)
    slots = None if found is None else tuple((begins.time(), ends.time()) for begins, ends in found)
    return Day(edit.DAY_LABELS[schedule.WEEKDAYS[day.weekday()]], day, slots)


def ages(offer: Offer) -> Message:
    """Which ages are received, in words."""
    low, high = offer.minimum_age, offer.maximum_age
    if low is not None and high is not None:
        return Message("ages_between", N_("%(low)d to %(high)d years old"), {"low": low, "high": high})
    if low:
        return Message("ages_from", N_("from %(low)d years on"), {"low": low})
    if high is not None:
        return Message("ages_to", N_("up to %(high)d years old"), {"high": high})
    if offer.all_ages or low == 0:
        return Message("ages_all", N_("all ages"))
    return Message("ages_not_stated", N_("age not stated"))


RULE_LABELS: dict[AudienceRule, Message] = {
    AudienceRule.INCLUDED: Message("receives", N_("Receives")),
    AudienceRule.PRIORITY: Message("first", N_("First of all")),
    AudienceRule.EXCLUDED: Message("refuses", N_("Does not receive")),
}


def audiences(offer: Offer) -> tuple[tuple[Message, tuple[Message, ...]], ...]:
    """Whom the service takes, serves first and does not take, in words."""
    found: dict[AudienceRule, list[Audience]] = {}
    for row in offer.audiences:
        found.setdefault(row.rule, []).append(row)
    return tuple((text, _terms(found[rule])) for rule, text in RULE_LABELS.items() if rule in found)


def _terms(rows: list[Audience]) -> tuple[Message, ...]:
    terms = dict.fromkeys((row.facet, row.term) for row in rows)
    return tuple(label(term, TERM_LABELS[facet]) for facet, term in terms)


def area_name(area: ServiceArea, language: str) -> str:
    """An area by its name in the reader's language."""
    settings = current_app.config["SETTINGS"]
    if area.pcode == settings.country_code:
        return area.name
    known = places(settings.country).get(area.pcode)
    if known is None:
        return area.name or area.pcode
    return known.name_en if language == "en" and known.name_en else known.name


def section_states(offer: Offer, now: datetime, today: date, lives: ShelfLives) -> tuple[Freshness, ...]:
    """Each section that is confirmed apart: state and last confirmation."""
    found = freshness.states(offer.verified, today, lives)
    sections = [
        Freshness(Section(section.value), found[section], offer.verified.get(section)) for section in lives.mandatory
    ]
    rows = offer.capacity.rows if offer.capacity else ()
    updated = min((one.updated for one in rows if one.updated), default=None)
    lapses = min(filter(None, (freshness.lapses_at(one, offer.shelter, lives) for one in rows)), default=None)
    state = State.UNVERIFIED if lapses is None else State.UP_TO_DATE if now < lapses else State.LATE
    return (*sections, Freshness(Section.CAPACITY, state, updated))


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry of the own organisation, with what it should confirm."""

    place_id: UUID
    version: int
    line: Line
    freshness: tuple[Freshness, ...]
    mine: bool
    """Whether the actor is named as staff of the service."""

    @property
    def offer(self) -> Offer:
        """The offer of this entry."""
        return self.line.offer

    @property
    def due(self) -> tuple[Section, ...]:
        """Sections to be confirmed."""
        return tuple(one.section for one in self.freshness if one.due)

    @property
    def worst(self) -> int:
        """How late the latest section is."""
        return max(one.state.rank for one in self.freshness)


def own_entries(actor: Actor, now: datetime) -> list[OwnEntry]:
    """The entries that `actor` keeps up to date: the own services and the late ones first."""
    found = snapshot(now)
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    columns = (ServiceAtLocation.id, ServiceAtLocation.version, ServiceAtLocation.service_id)
    staffed = set(db.session.scalars(select(ServiceStaff.service_id).where(ServiceStaff.user_id == actor.id)))
    rows = db.session.execute(editable_places(actor).with_only_columns(*columns))
    entries = [
        OwnEntry(
            row.id,
            row.version,
            line(found.offers[str(row.id)], moment),
            section_states(found.offers[str(row.id)], now, found.day, moment.lives),
            row.service_id in staffed,
        )
        for row in rows
        if str(row.id) in found.offers
    ]
    return sorted(entries, key=lambda one: (-one.worst, not one.mine, found.words[one.offer.id], one.offer.id))
