"""Two services of the demonstration that were entered twice, so that there are double entries to look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select

from referral.demonstration.directory import Directory
from referral.extensions import db
from referral.foundation.searching import fold
from referral.partners.models import Organization
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact, ServiceStaff

AGAIN = (
    (("bar", "Permanence d’avocats"), "law", "Permanence des avocats du Nord"),
    (("night", "Lits pour la nuit"), "night", "LITS POUR LA NUIT"),
)
"""Which service, under whose name it was entered again, and as what."""


def add_double_entries(
    directory: Directory, organizations: Mapping[str, Organization], seed: int, now: datetime
) -> None:
    """Enter two services once more, as a list of a partner had them."""
    rng = Random(f"{seed}-doubles")  # noqa: S311 - a story, not a secret
    for entry, body, name in AGAIN:
        _again(directory.place(entry), organizations[body], name, rng, now)


def _again(place: ServiceAtLocation, organization: Organization, name: str, rng: Random, now: datetime) -> None:
    before = place.service
    service = Service(
        **_columns(before, "id", "organization_id", "version"), id=_new(rng), organization_id=organization.id
    )
    service.name, service.folded_name, service.last_modified = name, fold(name), now
    service.description, service.application_process = "Repris d’une liste.", ""
    service.response_hours, service.assured_date = None, None
    at = Location(**_columns(place.location, "id"), id=_new(rng)) if place.location else None
    entry = ServiceAtLocation(id=_new(rng), service=service, location=at, areas=list(place.areas))
    entry.contacts = [ServiceContact(id=_new(rng), function="Accueil", phone=place.contacts[0].phone)]
    staff = select(ServiceStaff).where(ServiceStaff.service_id == before.id)
    copied = [
        ServiceStaff(**_columns(one, "id", "service_id"), id=_new(rng), service_id=service.id)
        for one in db.session.scalars(staff.order_by(ServiceStaff.user_id))
    ]
    db.session.add_all([service, entry])
    db.session.flush()
    db.session.add_all(copied)
    db.session.flush()


def _columns(row: Any, *but: str) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in inspect(row).mapper.column_attrs if one.key not in but}


def _new(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
