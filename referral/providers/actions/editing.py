"""An organisation keeps its own entry: each act says who confirmed what, and the ranking sees it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from directory import edit
from directory.profile import Capacity, Closure, Contact
from directory.taxonomy import CapacityStatus
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.providers.actions.children import schedule_row
from referral.providers.models import SectionVerification, ServiceAtLocation, ServiceClosure, ServiceContact
from referral.providers.queries.records import schedule
from referral.providers.rules import Section, VerificationMethod
from sop.vocabulary import N_, Message

STALE = Message("stale_entry", N_("Somebody changed this entry in the meantime. Look at its present state first."))


class StaleEntry(RuleViolation):
    """The form was made from an older version of the entry."""

    def __init__(self) -> None:
        super().__init__(STALE)


def edit_hours(
    place: ServiceAtLocation,
    *,
    grid: edit.Grid,
    on_holidays: str,
    closure: Closure | None = None,
    ended: Collection[UUID] = (),
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace the weekly hours (those of public holidays stay), end closures, add one."""
    _expect(place, expected_version)
    kept = [one for one in place.schedules if one.kind == "holiday"]
    changed = edit.grid([schedule(one) for one in place.schedules if one.kind != "holiday"]) != grid
    if changed:
        place.schedules[:] = [*kept, *map(schedule_row, edit.schedules(grid))]
    for one in [one for one in place.closures if one.id in ended]:
        place.closures.remove(one)
        changed = True
    if closure is not None:
        row = ServiceClosure(starts_on=closure.starts, ends_on=closure.ends, reason=closure.reason)
        place.closures.append(row)
        changed = True
    if place.on_holidays != on_holidays:
        place.on_holidays = on_holidays
        changed = True
    _confirmed(place, [Section.HOURS], changed, actor, now)


def edit_capacity(
    place: ServiceAtLocation, *, capacity: Capacity, expected_version: int, actor: Actor, now: datetime
) -> None:
    """Declare the room there is now."""
    _expect(place, expected_version)
    before = _declared(place)
    place.capacity_status = capacity.status
    place.capacity_available, place.capacity_maximum = capacity.available, capacity.maximum
    place.capacity_unit, place.waiting_days = capacity.unit, capacity.waiting_days
    place.capacity_valid_until = None
    _confirmed(place, [Section.CAPACITY], before != _declared(place), actor, now)


def _declared(place: ServiceAtLocation) -> tuple[Any, ...]:
    numbers = (place.capacity_available, place.capacity_maximum, place.waiting_days)
    return (place.capacity_status, place.capacity_unit, *numbers)


def edit_contacts(
    place: ServiceAtLocation,
    *,
    contacts: Sequence[tuple[str, Contact]],
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace the contacts; each comes with the id of the one it was, or with none when it is new."""
    _expect(place, expected_version)
    known = {str(one.id): one for one in place.contacts}
    kept: list[ServiceContact] = []
    changed = False
    for written, contact in contacts:
        row = known.pop(written, None)
        if row is None:
            row = ServiceContact(service_at_location=place)
            changed = True
        phone = contact.phones[0].number if contact.phones else ""
        values = {"function": contact.title, "phone": phone, "email": contact.email}
        changed |= any(getattr(row, name) != value for name, value in values.items())
        for name, value in values.items():
            setattr(row, name, value)
        kept.append(row)
    place.contacts[:] = kept
    _confirmed(place, [Section.CONTACTS], changed or bool(known), actor, now)


def confirm(
    place: ServiceAtLocation, *, sections: Iterable[Section], expected_version: int, actor: Actor, now: datetime
) -> None:
    """Nothing changed: the sections hold from today. Places that were never declared have nothing to confirm."""
    _expect(place, expected_version)
    unknown = place.capacity_updated_at is None or place.capacity_status is CapacityStatus.UNKNOWN
    _confirmed(place, [one for one in sections if one is not Section.CAPACITY or not unknown], False, actor, now)


def _expect(place: ServiceAtLocation, version: int) -> None:
    if place.version != version:
        raise StaleEntry


def _confirmed(
    place: ServiceAtLocation, sections: Iterable[Section], changed: bool, actor: Actor, now: datetime
) -> None:
    place.updated_at = now
    for section in sections:
        if section is Section.CAPACITY:
            place.capacity_updated_at = now
        verification = SectionVerification(
            service_at_location_id=place.id,
            section=section,
            method=VerificationMethod.PARTNER,
            changed=changed,
            user_id=actor.id,
            at=now,
        )
        db.session.add(verification)
        act = "directory.edit" if changed else "directory.confirm"
        audit.record(act, actor=actor, now=now, subject=("service_at_location", place.id), code=section.value)
    db.session.flush()
