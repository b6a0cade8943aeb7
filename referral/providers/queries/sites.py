"""Where an organisation works besides one entry, and entries that are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from referral.extensions import db
from referral.providers.models import Location, SectionVerification, Service, ServiceAtLocation
from referral.providers.queries.sheets import OwnEntry
from referral.providers.queries.visible import OPEN_TO_ALL
from referral.providers.rules import Section, VerificationOutcome
from referral.providers.upkeep_models import CallTask

MOST = 100


def confirmable(entry: OwnEntry) -> tuple[Section, ...]:
    """What of an entry waits for a confirmation; a number of places that was never declared has nothing to confirm."""
    since = {one.section: one.since for one in entry.freshness}
    return tuple(one for one in entry.due if one is not Section.CAPACITY or since[one] is not None)


def other_sites(place: ServiceAtLocation) -> list[Location]:
    """Sites of the organisation at which this service is not offered yet."""
    organization = place.service.organization_id
    used = select(ServiceAtLocation.location_id).join(Service).where(Service.organization_id == organization)
    here = select(ServiceAtLocation.location_id).where(
        ServiceAtLocation.service_id == place.service_id, ServiceAtLocation.location_id.is_not(None)
    )
    query = select(Location).where(
        or_(Location.organization_id == organization, Location.id.in_(used)), Location.id.not_in(here)
    )
    return list(db.session.scalars(query.order_by(Location.name, Location.id).limit(MOST)))


def closed_places() -> Select[ServiceAtLocation]:
    """Entries out of the directory, of services that are not kept to named people."""
    return (
        select(ServiceAtLocation)
        .join(ServiceAtLocation.service)
        .where(ServiceAtLocation.archived, Service.archived.is_(False), Service.visibility.in_(OPEN_TO_ALL))
    )


@dataclass(frozen=True, slots=True)
class ClosedEntry:
    """An entry out of the directory: since when it counts as closed (None: it was never in), and an open call."""

    place: ServiceAtLocation
    since: datetime | None
    waits: bool


def closed_entries() -> list[ClosedEntry]:
    """The latest first."""
    place = joinedload(ServiceAtLocation.service).joinedload(Service.organization)
    query = (
        closed_places().options(place).order_by(ServiceAtLocation.updated_at.desc(), ServiceAtLocation.id).limit(MOST)
    )
    places = list(db.session.scalars(query).unique())
    ids = [one.id for one in places]
    closings = _by_place(
        select(SectionVerification.service_at_location_id, func.max(SectionVerification.at))
        .where(SectionVerification.outcome == VerificationOutcome.CLOSED)
        .where(SectionVerification.service_at_location_id.in_(ids))
        .group_by(SectionVerification.service_at_location_id)
    )
    waiting = set(
        db.session.scalars(select(CallTask.place_id).where(CallTask.place_id.in_(ids), CallTask.closed_at.is_(None)))
    )
    return [ClosedEntry(one, closings.get(one.id), one.id in waiting) for one in places]


def _by_place(query: Any) -> dict[UUID, Any]:
    return {row[0]: row[1] for row in db.session.execute(query)}
