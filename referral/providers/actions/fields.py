"""The fields of an entry or an organisation as plain values: read around a change, proposed, put, taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from directory.taxonomy import CapacityStatus, Disclosure, Group, Referrals, Status, Visibility
from referral.foundation.searching import fold
from referral.partners.models import Organization
from referral.providers.actions import offering
from referral.providers.actions.children import SCHEDULE
from referral.providers.audience_form import WHERE, rows_of, where_of
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.models import (
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceClosure,
    ServiceContact,
    ServiceSchedule,
)
from referral.providers.rules import ORGANIZATION_FIELDS, Section
from referral.providers.upkeep_models import Subject

SERVICE = (
    "description", "status", "minimum_age", "maximum_age", "eligibility_description",
    "exclusions", "residence_required", "accepts_referrals", "can_be_mobilised_by", "access_modes", "referral_channels",
    "application_process", "next_step", "response_hours", "response_hours_urgent", "response_hours_emergency",
    "feedback_channels", "feedback_days", "complaint_channel", "required_documents", "free", "fees_description",
    "interpretation", "alert", "languages", "remote",
)  # fmt: skip
IDENTITY = ("name", "needs", "types", "visibility")
"""What the entry is and who may see it; `disclosure`, of its place, goes with them."""
CAPACITY = (
    "status", "available", "maximum", "unit", "waiting_days", "valid_until", "waitlist_count", "funded_maximum", "note",
)  # fmt: skip
CONTACT = ("function", "phone", "email", "name", "extension", "visibility", "takes_referrals")
ENUMS: dict[str, type[StrEnum]] = {"status": Status, "accepts_referrals": Referrals, "visibility": Visibility}
TIMES, DATES = ("opens_at", "closes_at"), ("valid_from", "valid_to", "dtstart", "until")
Values = dict[str, Any]


def state_of(subject: Subject, section: Section) -> Values:
    """What the section says now, by field."""
    if isinstance(subject, Organization):
        return {name: plain(getattr(subject, name)) for name in ORGANIZATION_FIELDS}
    return _state_of_place(subject, section)


def _state_of_place(place: ServiceAtLocation, section: Section) -> Values:
    if section is Section.SERVICE:
        said = {name: plain(getattr(place.service, name)) for name in (*IDENTITY, *SERVICE)}
        at = place.location
        steps = {"step_free": at.step_free, "disclosure": at.disclosure.value} if at else {}
        said |= {"audiences": rows_of(place), "areas": list(place.areas)}
        return said | steps | where_of(place) | offering.present(place.service)
    if section is Section.CAPACITY:
        return {"capacity": capacity_of(place)}
    if section is Section.CONTACTS:
        return {"contacts": [contact_of(one) for one in sorted(place.contacts, key=lambda row: str(row.id))]}
    return {"hours": hours_of(place), "on_holidays": place.on_holidays, "closures": closures_of(place)}


def hours_of(place: ServiceAtLocation) -> list[Values]:
    """The schedule's rows."""
    return [schedule_of(one) for one in place.schedules]


def schedule_of(row: ServiceSchedule) -> Values:
    """One row of the schedule."""
    return {name: plain(getattr(row, name)) for name in SCHEDULE}


def closures_of(place: ServiceAtLocation) -> list[Values]:
    """The announced closures."""
    names = ("id", "starts_on", "ends_on", "reason")
    return [{name: plain(getattr(one, name)) for name in names} for one in place.closures]


def contact_of(row: ServiceContact) -> Values:
    """One contact, with the id by which it is found again."""
    return {"id": str(row.id)} | {name: plain(getattr(row, name)) for name in CONTACT}


def capacity_of(place: ServiceAtLocation) -> Values:
    """The room declared last: what holds for everybody, and the groups that have places of their own."""
    said = _room(place.for_everybody or ServiceCapacity(status=CapacityStatus.UNKNOWN, unit="", note=""))
    return said | {"groups": [{"audience": one.audience.value} | _room(one) for one in place.for_groups]}


def _room(row: ServiceCapacity) -> Values:
    return {name: plain(getattr(row, name)) for name in CAPACITY}


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same; rows in any order, whatever ids they got."""
    return _said(one) == _said(other)


def _said(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(row, dict) for row in value):
        rows = [{name: part for name, part in row.items() if name != "id"} for row in value]
        return sorted(json.dumps(row, sort_keys=True) for row in rows)
    return value


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Old and new of the fields that differ."""
    return {name: [before[name], new] for name, new in after.items() if not same(before[name], new)}


def put(subject: Subject, name: str, value: Any, now: datetime) -> None:
    """Write one field."""
    if isinstance(subject, Organization):
        _organization(subject, name, value)
    else:
        _put_in_place(subject, name, value, now)


def _organization(one: Organization, name: str, value: Any) -> None:
    if name not in ORGANIZATION_FIELDS:
        raise KeyError(name)
    setattr(one, name, value)
    if name == "name":
        one.folded_name = fold(value)[:200]


def _put_in_place(place: ServiceAtLocation, name: str, value: Any, now: datetime) -> None:
    if name == "hours":
        place.schedules[:] = [_schedule(row) for row in value]
    elif name == "on_holidays":
        place.on_holidays = value
    elif name == "closures":
        _closures(place, value)
    elif name == "contacts":
        _contacts(place, value)
    elif name == "capacity":
        _capacity(place, value, now)
    elif name == offering.OFFER:
        offering.put(place.service, value, now)
    elif name in ("areas", "step_free", "disclosure", "audiences", *WHERE):
        _reach(place, name, value, now)
    else:
        _service(place.service, name, value, now)


def _schedule(row: Values) -> ServiceSchedule:
    read = {
        name: time.fromisoformat(value) if name in TIMES and value else date.fromisoformat(value) if value else None
        for name, value in row.items()
        if name in (*TIMES, *DATES)
    }
    return ServiceSchedule(**{**row, **read})


def _closures(place: ServiceAtLocation, rows: list[Values]) -> None:
    known = {str(one.id): one for one in place.closures}
    kept = []
    for row in rows:
        ends = date.fromisoformat(row["ends_on"]) if row["ends_on"] else None
        starts = date.fromisoformat(row["starts_on"])
        kept.append(
            known.get(row.get("id", "")) or ServiceClosure(starts_on=starts, ends_on=ends, reason=row["reason"])
        )
    place.closures[:] = kept


def _contacts(place: ServiceAtLocation, rows: list[Values]) -> None:
    known = {str(one.id): one for one in place.contacts}
    kept = []
    for values in rows:
        row = known.get(values.get("id", "")) or ServiceContact(service_at_location=place)
        for name in CONTACT:
            if name in values:
                setattr(row, name, Visibility(values[name]) if name == "visibility" else values[name])
        kept.append(row)
    place.contacts[:] = kept


def _capacity(place: ServiceAtLocation, value: Values, now: datetime) -> None:
    """Write every row; a row that was there stays the same row, so that who takes a place waits for it."""
    known = {one.audience: one for one in place.capacities}
    kept = []
    for said in ({"audience": Group.EVERYBODY.value} | value, *value.get("groups", ())):
        row = known.get(Group(said["audience"])) or ServiceCapacity(audience=Group(said["audience"]))
        for name in CAPACITY:
            setattr(row, name, said.get(name))
        row.note = said.get("note") or ""
        row.status, row.updated_at = CapacityStatus(said["status"]), now
        row.valid_until = datetime.fromisoformat(said["valid_until"]) if said.get("valid_until") else None
        kept.append(row)
    place.capacities[:] = kept


def _reach(place: ServiceAtLocation, name: str, value: Any, now: datetime) -> None:
    """Whom the service takes, where it acts, and its place (which other services there share)."""
    if name == "areas":
        place.areas = list(value)
    elif name == "step_free" and place.location is not None:
        place.location.step_free = value
    elif name == "disclosure" and place.location is not None:
        place.location.disclosure = Disclosure(value)
    elif name in WHERE and place.location is not None:
        setattr(place.location, "name" if name == "location_name" else name, value)
    elif name == "audiences":
        place.service.audiences[:] = [ServiceAudience(**row) for row in value]
    place.service.last_modified = now


def _service(service: Service, name: str, value: Any, now: datetime) -> None:
    if name not in (*IDENTITY, *SERVICE):
        raise KeyError(name)
    setattr(service, name, ENUMS[name](value) if name in ENUMS and value is not None else value)
    if name == "name":
        service.folded_name = fold(value)[:200]
    service.last_modified = now


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)
