"""What is taken out of the directory by one reader: an entry for an address book, the services of a place on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from directory import Moment, Offer
from directory.area_notices import AreaNotice
from directory.places import Places
from directory.profile import Location, Organization, Phone, Service, ServiceAtLocation
from directory.taxonomy import Visibility
from referral.foundation.access import Actor
from referral.providers.filters import Filters
from referral.providers.queries.area_notices import notices_near
from referral.providers.queries.catalogue import public_holidays, snapshot
from referral.providers.queries.listing import chosen
from referral.providers.queries.records import location
from referral.providers.queries.sheets import Day, Sheet, days
from sop.vocabulary import Need

MOST = 300
"""So many services stand on the sheet of a place; a region has its booklet."""


def carried(sheet: Sheet) -> tuple[Organization, Service]:
    """The entry of a sheet for a card or a calendar: nothing of a hidden place, no contact kept to named people."""
    row, place = sheet.place.service, sheet.place
    owner = Organization(str(row.organization_id), sheet.offer.organization_name)
    told = [one for one in place.contacts if one.visibility is not Visibility.RESTRICTED]
    where = Location("", disclosure=sheet.offer.disclosure)
    if place.location is not None and not sheet.hidden:
        where = location(place.location)
    link = ServiceAtLocation(
        str(place.id),
        where,
        hours=sheet.offer.hours,
        phones=tuple(Phone(one.phone, one.extension) for one in told if one.phone),
    )
    mail = row.email or next((one.email for one in told if one.email), "")
    service = Service(
        str(row.id), row.name, owner.id, description=row.description, url=row.url, email=mail,
        service_at_locations=(link,),
    )  # fmt: skip
    return owner, service


@dataclass(frozen=True)
class Around:
    """The services at a place and those that come there, for who may see them."""

    here: tuple[Offer, ...]
    coming: tuple[Offer, ...]
    more: int
    """How many are left out because the paper would be too long."""
    week_of: dict[str, tuple[Day, ...]]
    area_notices: tuple[AreaNotice, ...] = ()
    """Notices over the unit, or over a part of it."""

    @cached_property
    def needs(self) -> tuple[tuple[Need, tuple[Offer, ...]], ...]:
        """Each need that is met, with who meets it: those on the spot first."""
        every = (*self.here, *self.coming)
        found = ((need, tuple(one for one in every if need.value in one.needs)) for need in Need)
        return tuple((need, offers) for need, offers in found if offers)

    @property
    def without(self) -> tuple[Offer, ...]:
        """Services to which nobody has given a need."""
        return tuple(one for one in (*self.here, *self.coming) if not one.needs)


def around(pcode: str, actor: Actor, now: datetime) -> Around:
    """Everything that `actor` may see in a unit (region, département, arrondissement), by name, but the suspended."""
    found = snapshot(now)
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    offers = [one for one in chosen(found, Filters(region=pcode), actor, moment) if not one.suspended]
    here = [one for one in offers if one.pcode.startswith(pcode)]
    coming = [one for one in offers if not one.pcode.startswith(pcode)]
    shown = [*here, *coming][:MOST]
    return Around(
        tuple(shown[: len(here)]),
        tuple(shown[len(here) :]),
        len(offers) - len(shown),
        {one.id: days(one.hours, now) for one in shown},
        tuple(notices_near(found.area_notices, pcode)),
    )


def unit_of(pcode: str, places: Places) -> str:
    """The smallest unit around a code whose services can be printed; empty where none is known."""
    return next((code for code in (pcode, pcode[:8], pcode[:5]) if code in places), "")


def last_confirmed(offer: Offer) -> date | None:
    """The oldest of the last confirmations of its sections; None where one was never confirmed or none is known."""
    return min(offer.verified.values(), default=None)
