"""Numbers of free places that nobody believes any more, and who keeps them: they are asked once for each number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from directory import freshness
from directory.offers import is_shelter
from directory.reminders import Step
from directory.taxonomy import CapacityStatus
from referral.extensions import db
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.keeping import keepers_by_service
from referral.providers.queries.records import capacity
from referral.providers.rules import Section
from referral.providers.upkeep_models import ReminderStep

ASKED_FOR = timedelta(days=45)
"""Whoever has not renewed a number for so long does not count places: nobody asks again."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An entry whose number of places has lapsed; `cycle` is the moment at which that number was declared."""

    place_id: str
    person: str
    cycle: str


def lapsed_places(now: datetime) -> list[Lapsed]:
    """Entries whose keeper was not yet asked about the number that lapsed, in the order of their keys."""
    lives = current_app.config["SETTINGS"].shelf_lives
    shortest = timedelta(hours=min(lives.shelter_capacity_hours, lives.capacity_hours))
    rows = _declared(now - ASKED_FOR, now - shortest)
    keepers = keepers_by_service() if rows else {}
    found = []
    for place_id, mine in rows.items():
        people = keepers.get(mine[0].service_id, [])
        room = capacity(mine)
        shelter = is_shelter(mine[0].types, mine[0].needs)
        known = room is not None and freshness.capacity_now(room, shelter, now, lives) is not CapacityStatus.UNKNOWN
        if people and not known:
            found.append(Lapsed(str(place_id), people[0], _cycle(mine)))
    done = _asked([UUID(one.place_id) for one in found])
    return [one for one in found if (one.place_id, one.cycle) not in done]


def _declared(since: datetime, until: datetime) -> dict[UUID, list[Any]]:
    """Every row of entries in the directory of which one was declared within these moments."""
    of = ServiceCapacity
    recent = select(of.service_at_location_id).where(
        of.updated_at > since, of.updated_at <= until, of.status != CapacityStatus.UNKNOWN
    )
    query = (
        select(*of.__table__.columns, Service.id.label("service_id"), Service.types, Service.needs)
        .join(ServiceAtLocation, ServiceAtLocation.id == of.service_at_location_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            of.service_at_location_id.in_(recent), ServiceAtLocation.archived.is_(False), Service.archived.is_(False)
        )
        .order_by(of.service_at_location_id)
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.service_at_location_id].append(row)
    return found


def _cycle(rows: list[Any]) -> str:
    latest: datetime = max(row.updated_at for row in rows if row.updated_at is not None)
    return latest.strftime("%Y-%m-%d %H:%M")


def _asked(keys: list[UUID]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for start in range(0, len(keys), 500):
        query = select(ReminderStep.place_id, func.max(ReminderStep.cycle)).where(
            ReminderStep.place_id.in_(keys[start : start + 500]),
            ReminderStep.section == Section.CAPACITY, ReminderStep.step == Step.NOTICE,
        )  # fmt: skip
        found |= {(str(key), cycle) for key, cycle in db.session.execute(query.group_by(ReminderStep.place_id))}
    return found
