"""A new entry of the directory: asked for by an organisation and read by the coordination, or made by it at once.

It goes live as changes of an entry do (`rules.at_once`): its name, its needs and who may see it are read by the
coordination however far a keeper is trusted. The ids are fixed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory.duplicates import Entry, Pair
from directory.taxonomy import Disclosure, Status, Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.searching import fold
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.partners.rules.organizations import OrganizationType
from referral.providers.actions import editing, fields
from referral.providers.actions.reminding import open_task
from referral.providers.doubles_models import OrganizationPair, ServicePair
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact, ServiceStaff
from referral.providers.new_models import NewEntry
from referral.providers.queries.newcomers import comparable_ids
from referral.providers.rules import DoubleState, Origin, Section, TaskReason, VerificationOutcome
from referral.providers.upkeep_models import EntityRevision
from sop.vocabulary import N_, Message

Said = Mapping[str, Any]
DECIDED = Message("new_entry_decided", N_("Somebody has decided on this entry already."))
SITE_GONE = Message("site_gone", N_("The place of this entry is no longer the organisation’s. Refuse it and say so."))
NEW_SECTIONS = [Section.CONTACTS.value, Section.HOURS.value, Section.SERVICE.value]


def compared_by(said: Said, organization: Organization | None, pcode: str) -> Entry:
    """What a new entry is compared by: what the form says, and of the organisation what the form does not say."""
    contact = said["contact"]
    return Entry(
        "", said["name"], str(organization.id) if organization else "", (contact["phone"],) if contact["phone"] else (),
        contact["email"] or (organization.email if organization else ""), organization.website if organization else "",
        frozenset({pcode} - {""}), frozenset(said["needs"]),
    )  # fmt: skip


def drafted(
    said: Said,
    organization: Organization,
    site: Location | None,
    *,
    now: datetime,
    place_id: UUID | None = None,
    service_id: UUID | None = None,
) -> Service:
    """The service with its one place as the form says it, at a site that there is or at a new one; in no session."""
    service = Service(
        id=service_id or new_id(), organization=organization, name=said["name"], folded_name=fold(said["name"])[:200],
        status=Status.ACTIVE, needs=list(said["needs"]), types=list(said["types"]), languages=list(said["languages"]),
        visibility=Visibility(said["visibility"]), remote=said["remote"], last_modified=now, source="", description="",
        required_documents=[], audiences=[],
    )  # fmt: skip
    place = ServiceAtLocation(
        id=place_id or new_id(), areas=list(said["areas"]), updated_at=now, schedules=[], closures=[]
    )
    place.contacts = [ServiceContact(visibility=Visibility.NETWORK, **said["contact"])]
    place.location = _location(said["place"], organization) if said["place"] else site
    service.places = [place]
    return service


def site_of(said: Said) -> Location | None:
    """The place that the form chose, where it is one that there is."""
    return db.session.get(Location, UUID(said["site"])) if said["site"] else None


def new_organization(said: Said) -> Organization:
    """An organisation as the form says it; in no session."""
    name = said["name"]
    return Organization(id=new_id(), name=name, folded_name=fold(name)[:200], type=OrganizationType(said["type"]))


def _location(said: Said, organization: Organization) -> Location:
    return Location(
        id=new_id(), organization_id=organization.id, name=said["location_name"], address=said["address"],
        city=said["city"], pcode=said["pcode"], country=said["pcode"][:2], disclosure=Disclosure(said["disclosure"]),
    )  # fmt: skip


def ask_for(
    said: Said, organization: Organization, *, apart: Collection[UUID], actor: Actor, now: datetime
) -> NewEntry:
    """Keep a new entry until the coordination has read it; nobody finds it before."""
    asked = NewEntry(
        id=new_id(), service_id=new_id(), organization_id=organization.id, said=dict(said),
        apart=sorted(map(str, apart)), proposer_id=actor.id, created_at=now,
    )  # fmt: skip
    db.session.add(asked)
    audit.record("directory.propose", actor=actor, now=now, subject=("new_entry", asked.id), code="new")
    db.session.flush()
    return asked


def take(asked: NewEntry, pairs: Mapping[UUID, Pair], *, actor: Actor, now: datetime) -> ServiceAtLocation:
    """Take a new entry into the directory; whoever asked for it answers for it. `pairs` are no doubles of it."""
    _open(asked)
    place = _publish(
        asked.said, asked.organization, origin=Origin.PROPOSAL, actor=actor, now=now, place_id=asked.id,
        service_id=asked.service_id,
    )  # fmt: skip
    keeper = asked.proposer
    if keeper.active and keeper.organization_id == asked.organization_id:  # who left may not answer for it, nor see it
        db.session.add(ServiceStaff(service_id=asked.service_id, user_id=keeper.id, focal_point=True))
    editing.confirmed(place, [Section.CONTACTS], VerificationOutcome.CHANGED, actor, now)
    remember_apart(place.service, pairs, actor=actor, now=now)
    _close(asked, True, actor, now)
    return place


def refuse(asked: NewEntry, reason: str, *, actor: Actor, now: datetime) -> None:
    """Do not take it; the organisation reads why."""
    _open(asked)
    asked.reason = reason
    _close(asked, False, actor, now)


def withdraw(asked: NewEntry, *, actor: Actor, now: datetime) -> None:
    """The organisation does not ask for it any more."""
    _open(asked)
    _close(asked, None, actor, now)


def _open(asked: NewEntry) -> None:
    if asked.decided_at is not None:
        raise RuleViolation(DECIDED)


def _close(asked: NewEntry, accepted: bool | None, actor: Actor, now: datetime) -> None:
    asked.accepted, asked.decided_at, asked.decided_by_id = accepted, now, actor.id
    asked.said = {"name": asked.said["name"]}
    code = {True: "accepted", False: "refused", None: "withdrawn"}[accepted]
    audit.record("directory.decide", actor=actor, now=now, subject=("new_entry", asked.id), code=code)
    db.session.flush()


def add(
    said: Said, organization: Organization | None, pairs: Mapping[UUID, Pair], *, actor: Actor, now: datetime
) -> ServiceAtLocation:
    """The coordination puts an entry into the directory at once, of a new organisation too; it is to be called."""
    house = organization or _organization(said["organization"], actor, now)
    place = _publish(
        said, house, origin=Origin.COORDINATION, actor=actor, now=now, place_id=new_id(), service_id=new_id()
    )
    open_task(place.id, TaskReason.NEW_SITE, NEW_SECTIONS, now=now)
    remember_apart(place.service, pairs, actor=actor, now=now)
    if organization is None:
        _remember_houses(house, pairs, actor, now)
    return place


def _remember_houses(house: Organization, pairs: Mapping[UUID, Pair], actor: Actor, now: datetime) -> None:
    """The new organisation is none of those that were shown as it."""
    for other in db.session.scalars(select(Organization.id).where(Organization.id.in_(list(pairs)))).all():
        db.session.add(OrganizationPair(**_apart(house.id, other, pairs[other], actor, now)))
    db.session.flush()


def _apart(one: UUID, other: UUID, pair: Pair, actor: Actor, now: datetime) -> dict[str, Any]:
    first, second = sorted((one, other), key=str)
    return {
        "id": new_id(), "first_id": first, "second_id": second, "score": pair.score, "shared": list(pair.shared),
        "state": DoubleState.DIFFERENT, "found_at": now, "decided_at": now, "decided_by_id": actor.id,
    }  # fmt: skip


def _organization(said: Said, actor: Actor, now: datetime) -> Organization:
    one = new_organization(said)
    db.session.add(one)
    db.session.flush()
    audit.record("directory.new_organization", actor=actor, now=now, subject=("organization", one.id))
    return one


def _publish(
    said: Said,
    organization: Organization,
    *,
    origin: Origin,
    actor: Actor,
    now: datetime,
    place_id: UUID,
    service_id: UUID,
) -> ServiceAtLocation:
    site = site_of(said)
    if said["site"] and site is None:
        raise RuleViolation(SITE_GONE)
    service = drafted(said, organization, site, now=now, place_id=place_id, service_id=service_id)
    place = service.places[0]
    db.session.add(service)
    db.session.flush()
    stated = fields.state_of(place, Section.SERVICE) | fields.state_of(place, Section.CONTACTS)
    diff = {name: [None, value] for name, value in stated.items() if value not in (None, "", [], {})}
    db.session.add(
        EntityRevision(
            id=new_id(), place_id=place.id, section=Section.SERVICE, diff=diff, origin=origin, actor_id=actor.id, at=now
        )
    )
    audit.record("directory.new", actor=actor, now=now, subject=("service_at_location", place.id), code=origin.value)
    db.session.flush()
    return place


def remember_apart(service: Service, pairs: Mapping[UUID, Pair], *, actor: Actor, now: datetime) -> None:
    """What somebody was shown as a double and called another service does not come back as a question."""
    if service.visibility is Visibility.RESTRICTED:
        return
    for other in comparable_ids(pairs):
        db.session.add(ServicePair(**_apart(service.id, other, pairs[other], actor, now)))
    db.session.flush()
