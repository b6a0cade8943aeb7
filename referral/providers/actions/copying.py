"""A service at more sites of its organisation, many entries confirmed at once, and a closing taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from directory.taxonomy import Disclosure
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.actions import editing, fields
from referral.providers.actions.children import schedule_row
from referral.providers.actions.reminding import open_task
from referral.providers.models import Location, ServiceAtLocation, ServiceContact
from referral.providers.queries.records import schedule
from referral.providers.rules import PLACE_SECTIONS, Section, TaskReason
from sop.vocabulary import N_, Message

OPEN_ALREADY = Message("open_already", N_("This entry is in the directory already."))


def copy_to(
    place: ServiceAtLocation,
    *,
    sites: Sequence[UUID],
    new: Mapping[str, str] | None,
    hours: bool,
    direct: bool,
    actor: Actor,
    now: datetime,
) -> list[ServiceAtLocation]:
    """Offer the service of `place` at other sites; returns the new entries.

    Free places and confirmations are never copied: nobody has said anything of the new site yet. Whoever may not
    publish leaves entries that are out of the directory until the coordination has called.
    """
    locations = [db.session.get_one(Location, one) for one in sites]
    if new is not None:
        locations.append(_location(place, new))
        db.session.add(locations[-1])
        db.session.flush()
    made = []
    for location in locations:
        copied = ServiceAtLocation(
            id=new_id(), service_id=place.service_id, location_id=location.id, timezone=place.timezone,
            areas=[location.pcode] if location.pcode else [], archived=not direct, updated_at=now,
        )  # fmt: skip
        copied.contacts = [_contact(one) for one in place.contacts]
        if hours:
            copied.on_holidays = place.on_holidays
            copied.schedules = [schedule_row(schedule(one)) for one in place.schedules]
        db.session.add(copied)
        db.session.flush()
        audit.record("directory.copy", actor=actor, now=now, subject=("service_at_location", copied.id))
        open_task(copied.id, TaskReason.NEW_SITE, [Section.CONTACTS.value, Section.HOURS.value], now=now)
        made.append(copied)
    return made


def _location(place: ServiceAtLocation, new: Mapping[str, str]) -> Location:
    """A new site; as secret as the one it comes from, because a second house of a refuge is a refuge."""
    before = place.location
    return Location(
        id=new_id(), organization_id=place.service.organization_id, name=new["name"], address=new["address"],
        pcode=new["pcode"], disclosure=before.disclosure if before else Disclosure.EXACT,
        country=new["pcode"][:2],
    )  # fmt: skip


def _contact(one: ServiceContact) -> ServiceContact:
    return ServiceContact(**{name: getattr(one, name) for name in fields.CONTACT})


def confirm_many(
    places: Sequence[ServiceAtLocation], versions: Mapping[UUID, int], *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Nothing changed in these entries: how many were confirmed, and how many had changed since they were shown."""
    done = stale = 0
    for place in places:
        try:
            editing.confirm(place, sections=PLACE_SECTIONS, expected_version=versions[place.id], actor=actor, now=now)
            done += 1
        except editing.StaleEntry:
            stale += 1
    return done, stale


def reopen(place: ServiceAtLocation, *, actor: Actor, now: datetime) -> None:
    """Take a closing back; a call is asked for, because somebody said that the service is closed."""
    if not place.archived:
        raise RuleViolation(OPEN_ALREADY)
    place.archived, place.updated_at = False, now
    audit.record("directory.reopen", actor=actor, now=now, subject=("service_at_location", place.id))
    open_task(place.id, TaskReason.NEW_SITE, [Section.CONTACTS.value, Section.HOURS.value], now=now)
    db.session.flush()
