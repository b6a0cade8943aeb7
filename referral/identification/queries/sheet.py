"""What the information sheet lists: what is public about the services of a region."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from directory.edit import show_phone
from directory.taxonomy import Disclosure, Status, Visibility
from referral.extensions import db
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact
from referral.providers.queries.suspensions import not_suspended


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One line of the information sheet: what is public about a service."""

    service: str
    organization: str
    place: str
    phones: tuple[str, ...]


def sheet_entries(region: str, *, limit: int = 40) -> list[SheetEntry]:
    """Public services of a region that a person may turn to on their own; refuges are never listed."""
    query = (
        select(ServiceAtLocation)
        .join(ServiceAtLocation.service)
        .outerjoin(ServiceAtLocation.location)
        .where(Service.status == Status.ACTIVE, Service.visibility == Visibility.PUBLIC)
        .where(Service.archived.is_(False), ServiceAtLocation.archived.is_(False), not_suspended())
        .where(
            or_(
                Location.pcode.startswith(region, autoescape=True),
                Service.remote,
                Location.pcode.is_(None),
                Location.pcode == "",
            )
        )
        .where(or_(Location.id.is_(None), Location.disclosure != Disclosure.ON_REQUEST))
        .order_by(Service.folded_name, Service.name, ServiceAtLocation.id)
        .limit(limit)
    )
    places = list(db.session.scalars(query).unique())
    phones: dict[UUID, list[str]] = defaultdict(list)
    public = select(ServiceContact.service_at_location_id, ServiceContact.phone).where(
        ServiceContact.service_at_location_id.in_([one.id for one in places]),
        ServiceContact.visibility == Visibility.PUBLIC,
        ServiceContact.phone != "",
    )
    for place_id, phone in db.session.execute(public.order_by(ServiceContact.function)):
        phones[place_id].append(show_phone(phone))
    return [
        SheetEntry(
            one.service.name,
            one.service.organization.name,
            _where(one.location),
            tuple(dict.fromkeys(phones[one.id])),
        )
        for one in places
    ]


def _where(location: Location | None) -> str:
    if location is None:
        return ""
    street = location.address if location.disclosure is Disclosure.EXACT else ""
    return ", ".join(part for part in (street, location.city) if part)
