"""The directory as the ranking reads it, kept in the process until somebody writes to the directory or the day ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from threading import Lock
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from directory import Catalogue, Offer, flatten
from directory.area_notices import AreaNotice
from directory.places import Place, Places
from directory.words import Words
from referral.extensions import db
from referral.foundation import clock
from referral.providers import stamp
from referral.providers.models import AdminUnit
from referral.providers.queries.records import Records
from referral.providers.queries.seasons import days_off
from referral.providers.queries.wording import haystacks
from sop.places import load_places

KEPT = "mnr.directory"
CORNERS = 300
"""No outline keeps more corners than about twice that: a map of a few hundred pixels shows no more."""
Corner = tuple[float, float]
_building = Lock()


@dataclass(frozen=True)
class Snapshot:
    """The directory at one stamp: indexed for ranking, by id, and the folded words that a search may find."""

    stamp: str
    day: date
    catalogue: Catalogue
    offers: Mapping[str, Offer]
    words: Mapping[str, str]
    """By offer id: name, organisation, acronym, place, types and needs in every language, without accents."""
    listed: tuple[Offer, ...]
    """In the order of the list: by name, then id."""
    index: Words
    """The same words by mask of the catalogue's offers."""
    places: Places
    """The library's units, and those that were imported."""
    outlines: tuple[tuple[Corner, ...], ...]
    """The rings of the regions that were imported, thinned for small maps: (longitude, latitude)."""
    area_notices: tuple[AreaNotice, ...] = ()
    """Notices of the coordination that run or are announced."""


def catalogue(now: datetime) -> Catalogue:
    """Every offer, indexed for `directory.rank`."""
    return snapshot(now).catalogue


def offer(service_at_location_id: UUID | str, now: datetime | None = None) -> Offer | None:
    """One service at one place, or None for an unknown or archived one. Never holds what must stay on the server."""
    return snapshot(now or clock.now()).offers.get(str(service_at_location_id))


def snapshot(now: datetime) -> Snapshot:
    """The kept directory, or a new one when its stamp or the day changed: one small query otherwise."""
    day = now.astimezone(clock.zone()).date()
    key = (stamp.current(), day)
    kept: Snapshot | None = current_app.extensions.get(KEPT)
    if kept is None or (kept.stamp, kept.day) != key:
        with _building:
            kept = current_app.extensions.get(KEPT)
            if kept is None or (kept.stamp, kept.day) != key:
                kept = current_app.extensions[KEPT] = _build(key[0], day, now)
    return kept


def _build(at: str, day: date, now: datetime) -> Snapshot:
    records = Records(now, clock.zone())
    known = known_places()
    offers: list[Offer] = []
    acronyms: dict[str, str] = {}
    for organization, service in records.entries():
        offers.extend(flatten(organization, service, known, records.responses))
        acronyms[organization.id] = " ".join((organization.acronym, *organization.other_names))
    found = Catalogue(offers, current_app.config["SETTINGS"].shelf_lives)
    words = haystacks(found.offers, acronyms, known)
    listed = tuple(sorted(found.offers, key=lambda one: (words[one.id], one.id)))
    index = Words([words[one.id] for one in found.offers], found.mask)
    return Snapshot(
        at,
        day,
        found,
        {one.id: one for one in found.offers},
        words,
        listed,
        index,
        known,
        _outlines(),
        records.area_notices,
    )


def _outlines() -> tuple[tuple[Corner, ...], ...]:
    query = select(AdminUnit.outline).where(AdminUnit.level == 1).order_by(AdminUnit.pcode)
    rings = [ring for found in db.session.scalars(query) for ring in found or ()]
    return tuple(tuple((corner[0], corner[1]) for corner in ring[:: max(1, len(ring) // CORNERS)]) for ring in rings)


def kept_places() -> Places:
    """The units of the kept directory, for names on a page: nobody asks whether it is still the latest."""
    kept: Snapshot | None = current_app.extensions.get(KEPT)
    return kept.places if kept else known_places()


def known_places() -> Places:
    """The units of the library, and over them those that were imported."""
    library = places(current_app.config["SETTINGS"].country)
    imported = (
        Place(
            one.pcode, one.name, one.level, one.latitude, one.longitude, one.name_en, tuple(one.name_alt), one.same_as
        )
        for one in db.session.scalars(select(AdminUnit))
    )
    return Places([*library, *imported])


@cache
def places(country: str) -> Places:
    """The gazetteer of the country in the directory's words."""
    return Places(
        Place(one.pcode, one.name["fr"], one.level, one.latitude, one.longitude, one.name["en"], one.towns)
        for one in load_places(country).places.values()
    )


def public_holidays(now: datetime) -> frozenset[date]:
    """Public holidays of this year and its neighbours, and those decreed: the days around any moment are known."""
    year = now.astimezone(clock.zone()).year
    return days_off() | _holidays(current_app.config["SETTINGS"].country_code, year)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # late: 50 ms that only a question about hours must pay

    return frozenset(holidays.country_holidays(country, years=[year - 1, year, year + 1]))
