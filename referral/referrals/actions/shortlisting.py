"""Services kept for a case: put on the list with the entry frozen, noted about, taken off, put back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from directory.taxonomy import Disclosure, Visibility
from referral.cases.models import Case
from referral.cases.queries.shortlist import MOST
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.tables import new_id
from referral.providers.actions import fields
from referral.providers.house import house
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import PLACE_SECTIONS, Section
from referral.referrals.models import ShortlistEntry
from referral.referrals.queries.shortlist import note_purpose
from sop.vocabulary import N_, Message

FULL = Message("shortlist_full", N_("This case keeps 40 services already. Take some off the list first."))
CLOSED = Message("case_closed", N_("The case is closed: nothing can be kept for it."))


def freeze(place: ServiceAtLocation) -> dict[str, Any]:
    """What the entry says now, by section, without what only its own people may see.

    A safe house's street and contacts kept to named people are not in it. Adds `name`, `organization` and `where`.
    """
    said = {section.value: fields.state_of(place, section) for section in PLACE_SECTIONS}
    contacts = said[Section.CONTACTS]["contacts"]
    said[Section.CONTACTS]["contacts"] = [one for one in contacts if one["visibility"] != Visibility.RESTRICTED]
    return {
        "name": place.service.name, "organization": house(place.service.organization),
        "where": _where(place),
        "sections": said,
    }  # fmt: skip


def _where(place: ServiceAtLocation) -> str:
    location = place.location
    if location is None or location.disclosure is not Disclosure.EXACT:
        return ""
    return ", ".join(part for part in (location.name, location.address, location.city) if part)


def changed(entry: ShortlistEntry) -> list[tuple[Section, dict[str, list[Any]]]]:
    """The sections that say something else now than when the entry was kept: old and new by field."""
    now = freeze(entry.service_at_location)["sections"]
    found = [
        (
            section,
            fields.difference({**now[section.value], **entry.frozen["sections"][section.value]}, now[section.value]),
        )
        for section in PLACE_SECTIONS
    ]
    return [(section, diff) for section, diff in found if diff]


def keep(case: Case, places: Iterable[ServiceAtLocation], *, actor: Any, now: datetime) -> int:
    """Keep services for a case with their entries as they are now; returns how many were not on the list yet.

    One that is there already stays as it was kept; one that was taken off comes back as it is now.
    """
    if case.closed_at is not None:
        raise RuleViolation(CLOSED)
    known = {one.service_at_location_id: one for one in db.session.scalars(_of(case))}
    kept, added = sum(one.removed_at is None for one in known.values()), 0
    for place in places:
        entry = known.get(place.id)
        if entry is not None and entry.removed_at is None:
            continue
        if kept + added >= MOST:
            raise RuleViolation(FULL)
        _put(entry or ShortlistEntry(id=new_id(), case_id=case.id), place, actor, now)
        added += 1
    db.session.flush()
    return added


def _of(case: Case) -> Any:
    # The case's row is taken first: a button pressed twice then adds once, on either database.
    db.session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    return select(ShortlistEntry).where(ShortlistEntry.case_id == case.id)


def _put(entry: ShortlistEntry, place: ServiceAtLocation, actor: Any, now: datetime) -> None:
    entry.frozen = freeze(place)
    entry.service_at_location, entry.entry_version, entry.service_version = place, place.version, place.service.version
    entry.added_by_id, entry.added_at, entry.removed_at = actor.id, now, None
    db.session.add(entry)
    audit.record(
        "shortlist.keep", actor=actor, now=now, case_id=entry.case_id, subject=("shortlist_entry", entry.id),
        service=place.id,
    )  # fmt: skip


def note(entry: ShortlistEntry, text: str, *, actor: Any, now: datetime) -> None:
    """Write the note on a kept service, or empty it."""
    written = text.strip()
    entry.sealed_note = sealing.seal_text(entry.case_id, note_purpose(entry.id), written) if written else None
    audit.record("shortlist.note", actor=actor, now=now, case_id=entry.case_id, subject=("shortlist_entry", entry.id))


def remove(entry: ShortlistEntry, *, actor: Any, now: datetime) -> None:
    """Take a service off the list; doing it twice changes nothing."""
    if entry.removed_at is not None:
        return
    entry.removed_at = now
    audit.record("shortlist.remove", actor=actor, now=now, case_id=entry.case_id, subject=("shortlist_entry", entry.id))
