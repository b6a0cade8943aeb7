"""An organisation keeps its own entry: each act says who confirmed what, and the ranking sees it at once.

Every form becomes values by field. What its keeper may publish goes live with a revision; the rest waits as a proposal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from directory import edit, edit_hours
from directory.profile import Capacity, Closure, Contact, Schedule
from directory.seasons import SEASONS, Kind
from directory.taxonomy import CapacityStatus
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.actions import fields
from referral.providers.actions.children import schedule_row
from referral.providers.hours_form import season_of
from referral.providers.models import SectionVerification, ServiceAtLocation, ServiceSchedule
from referral.providers.rules import Origin, Section, VerificationMethod, VerificationOutcome, at_once
from referral.providers.upkeep_models import ChangeItem, ChangeProposal, EntityRevision, Subject
from sop.vocabulary import N_, Message

STALE = Message("stale_entry", N_("Somebody changed this entry in the meantime. Look at its present state first."))
METHODS = {Origin.COORDINATION: VerificationMethod.CALL}
Confirmed = VerificationOutcome.CONFIRMED
Changed = VerificationOutcome.CHANGED


class StaleEntry(RuleViolation):
    """The form was made from an older version of the entry."""

    def __init__(self) -> None:
        super().__init__(STALE)


def wanted_hours(
    place: ServiceAtLocation,
    *,
    grid: edit.Grid,
    on_holidays: str,
    closure: Closure | None = None,
    ended: Collection[UUID] = (),
    seasons: Mapping[Kind, edit.Slots] | None = None,
    alone: Schedule | None = None,
    taken_away: Collection[str] = (),
    today: date = date.min,
) -> fields.Values:
    """Weekly hours and seasons as typed (those of public holidays stay), closures and single days that still hold.

    A season that the form cannot say stays as it is until hours are typed for it.
    """
    kept = [fields.schedule_of(one) for one in place.schedules if _stays(place, one, seasons or {}, taken_away, today)]
    typed = [row for kind, slots in (seasons or {}).items() for row in edit_hours.season_rows(kind, slots, grid)]
    rows = [
        fields.schedule_of(schedule_row(one)) for one in (*edit.schedules(grid), *typed, *([alone] if alone else []))
    ]
    closures = [one for one in fields.closures_of(place) if one["id"] not in set(map(str, ended))]
    if closure is not None:
        ends = closure.ends.isoformat() if closure.ends else None
        closures.append({"starts_on": closure.starts.isoformat(), "ends_on": ends, "reason": closure.reason})
    return {"hours": kept + rows, "on_holidays": on_holidays, "closures": closures}


def _stays(
    place: ServiceAtLocation, row: ServiceSchedule, seasons: Mapping[Kind, edit.Slots], away: Collection[str],
    today: date,
) -> bool:  # fmt: skip
    """Whether a row outlives the form: public holidays, single days to come, a season of which nothing was typed."""
    if row.kind == Kind.EXCEPTION:
        return row.valid_to is not None and row.valid_to >= today and row.valid_to.isoformat() not in away
    if row.kind in SEASONS and not seasons.get(Kind(row.kind)):
        return Kind(row.kind) not in seasons or season_of(place, Kind(row.kind)) is None
    return row.kind == Kind.HOLIDAY


def wanted_capacity(place: ServiceAtLocation, *, capacity: Capacity) -> fields.Values:
    """The room there is now, for everybody and for each group, of which the form asks the numbers alone."""
    kept = {one.audience: {name: getattr(one, name) for name in UNASKED} for one in place.for_groups}
    groups = [{"audience": one.audience.value} | _room(one) | kept.get(one.audience, {}) for one in capacity.groups]
    return {"capacity": _room(capacity) | {"groups": groups}}


UNASKED = ("funded_maximum", "note")


def _room(one: Capacity) -> fields.Values:
    return {
        "status": one.status.value, "available": one.available, "maximum": one.maximum, "unit": one.unit,
        "waiting_days": one.waiting_days, "valid_until": fields.plain(one.valid_until),
        "waitlist_count": one.waitlist_count, "funded_maximum": one.funded_maximum, "note": one.note,
    }  # fmt: skip


def wanted_contacts(place: ServiceAtLocation, *, contacts: Sequence[tuple[str, Contact]]) -> fields.Values:
    """The contacts as typed; each comes with the id of the one it was, or with none when it is new."""
    known = {str(one.id): fields.contact_of(one) for one in place.contacts}
    blank = {"id": "", "name": "", "extension": "", "visibility": "network", "takes_referrals": False}
    rows = []
    for written, contact in contacts:
        phone = contact.phones[0].number if contact.phones else ""
        typed = {"function": contact.title, "phone": phone, "email": contact.email}
        rows.append({**known.pop(written, blank), **typed, "takes_referrals": contact.for_referrals})
    return {"contacts": rows}


def wanted_service(_place: ServiceAtLocation, **values: Any) -> fields.Values:
    """Whom the service takes and how to refer, as typed."""
    return values


def submit(
    subject: Subject,
    section: Section,
    wanted: Mapping[str, Any],
    *,
    origin: Origin,
    direct: bool,
    expected_version: int,
    actor: Actor,
    now: datetime,
    confirms: bool = True,
) -> ChangeProposal | None:
    """Publish the values and confirm the section, or keep them as a proposal and return it.

    A form that changes nothing is a confirmation, whoever sends it; one that holds only a part of its section
    (`confirms` False) says nothing about the rest, nor does one of which something waits.
    """
    expect(subject, expected_version)
    diff = fields.difference(fields.state_of(subject, section), wanted)
    live = {name: pair for name, pair in diff.items() if at_once(name, *pair, origin=origin, direct=direct)}
    rest = {name: pair for name, pair in diff.items() if name not in live}
    confirms = confirms and not rest
    if live or not rest:
        apply(subject, section, live, origin=origin, actor=actor, now=now, confirms=confirms)
    if live and not confirms:
        _written(subject, section, actor, now)
    return propose(subject, section, rest, origin=origin, actor=actor, now=now) if rest else None


def _written(subject: Subject, section: Section, actor: Actor, now: datetime) -> None:
    """Say that something was changed without being confirmed; a form that somebody has open is older than this."""
    if isinstance(subject, ServiceAtLocation):
        subject.updated_at = now
    audit.record("directory.edit", actor=actor, now=now, subject=subject, code=section.value)
    db.session.flush()


def propose(
    subject: Subject,
    section: Section,
    diff: Mapping[str, Sequence[Any]],
    *,
    origin: Origin,
    actor: Actor,
    now: datetime,
) -> ChangeProposal:
    """Keep the changes beside what is live, until they are decided."""
    proposal = ChangeProposal(
        id=new_id(), **about(subject), section=section, origin=origin, proposer_id=actor.id, created_at=now
    )
    proposal.items = [ChangeItem(field=name, old=old, new=new) for name, (old, new) in diff.items()]
    db.session.add(proposal)
    audit.record("directory.propose", actor=actor, now=now, subject=("change_proposal", proposal.id), code=section)
    db.session.flush()
    return proposal


def about(subject: Subject) -> dict[str, UUID]:
    """The column of links, proposals, revisions and calls that says what they are about."""
    return {"organization_id" if isinstance(subject, Organization) else "place_id": subject.id}


def apply(
    subject: Subject,
    section: Section,
    diff: Mapping[str, Sequence[Any]],
    *,
    origin: Origin,
    actor: Actor | None,
    now: datetime,
    confirms: bool = True,
) -> EntityRevision | None:
    """Put the new values, keep the revision, and confirm the section; returns the revision where there is one."""
    for name, (_old, new) in diff.items():
        fields.put(subject, name, new, now)
    db.session.flush()
    revision = None
    if diff:
        revision = EntityRevision(
            id=new_id(), **about(subject), section=section, diff={name: list(pair) for name, pair in diff.items()},
            origin=origin, actor_id=actor.id if actor else None, at=now,
        )  # fmt: skip
        db.session.add(revision)
    if confirms:
        method = METHODS.get(origin, VerificationMethod.PARTNER)
        confirmed(subject, [section], Changed if diff else Confirmed, actor, now, method=method)
    return revision


def confirm(
    subject: Subject,
    *,
    sections: Iterable[Section],
    expected_version: int | None = None,
    actor: Actor,
    now: datetime,
    method: VerificationMethod = VerificationMethod.PARTNER,
) -> None:
    """Nothing changed: the sections hold from today. Places that were never declared have nothing to confirm."""
    if expected_version is not None:
        expect(subject, expected_version)
    kept = [one for one in sections if one is not Section.CAPACITY or _declared(subject)]
    confirmed(subject, kept, Confirmed, actor, now, method=method)


def _declared(subject: Subject) -> bool:
    if isinstance(subject, Organization):
        return False
    return any(one.updated_at is not None and one.status is not CapacityStatus.UNKNOWN for one in subject.capacities)


def _renewed(place: ServiceAtLocation, now: datetime) -> None:
    """The numbers hold from now on; an end that was said for them and has passed no longer does."""
    for one in place.capacities:
        one.updated_at = now
        if one.valid_until is not None and one.valid_until <= now:
            one.valid_until = None


def expect(subject: Subject, version: int) -> None:
    """Raise StaleEntry where it is no longer what a form was made from."""
    if subject.version != version:
        raise StaleEntry


def confirmed(
    subject: Subject,
    sections: Iterable[Section],
    outcome: VerificationOutcome,
    actor: Actor | None,
    now: datetime,
    *,
    method: VerificationMethod = VerificationMethod.PARTNER,
) -> None:
    """Write down what came of asking about sections."""
    of_place = isinstance(subject, ServiceAtLocation)
    if isinstance(subject, ServiceAtLocation):
        subject.updated_at = now
    for section in sections:
        if isinstance(subject, ServiceAtLocation) and section is Section.CAPACITY:
            _renewed(subject, now)
        verification = SectionVerification(
            service_at_location_id=subject.id if of_place else None, organization_id=None if of_place else subject.id,
            section=section, method=method, outcome=outcome, user_id=actor.id if actor else None, at=now,
        )  # fmt: skip
        db.session.add(verification)
        act = "directory.edit" if outcome is Changed else "directory.confirm"
        audit.record(act, actor=actor, now=now, subject=(subject.__tablename__, subject.id), code=section.value)
    db.session.flush()
