"""What is read for a new entry: whose it may be, where its organisation works, what is like it, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from directory import bodies as library
from directory.duplicates import LARGEST_BLOCK, Entry, Pair, Prepared, compare
from directory.taxonomy import Disclosure, Status, Visibility
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.searching import fold
from referral.partners.models import Organization
from referral.providers.doubles_models import KEY_LENGTH, OrganizationMerge, ServiceKey
from referral.providers.models import Location, Service, ServiceAtLocation
from referral.providers.new_models import NewEntry
from referral.providers.queries.bodies import body, live
from referral.providers.queries.doubles import prepared
from referral.providers.queries.organizations import visible_organizations
from referral.providers.queries.visible import OPEN_TO_ALL, visible_places, visible_services

MOST_SITES = 60
MOST_ALIKE = 5
MOST_COMPARED = 500
MOST_LISTED = 50
FOUND = 30
REFUSED_SHOWN = timedelta(days=30)


def hosts(actor: Actor) -> Select[Organization]:
    """Whose entry the actor may ask for: the own organisation's; the coordination's, of all that it may see.

    An organisation that has no service at all yet hides nothing by being named; one that another stands for is not it.
    """
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        replaced = select(OrganizationMerge.replaced_id).where(live())
        seen = visible_organizations(actor).with_only_columns(Organization.id)
        empty = ~exists().where(Service.organization_id == Organization.id)
        return select(Organization).where(or_(Organization.id.in_(seen), empty), Organization.id.not_in(replaced))
    if scope_of(actor.role, Permission.DIRECTORY_EDIT) is not Scope.ORGANIZATION or actor.organization_id is None:
        return select(Organization).where(false())
    return select(Organization).where(Organization.id == actor.organization_id)


def hosts_named(words: str, actor: Actor) -> list[Organization]:
    """Those whose name or acronym holds the words; the first by name without words."""
    query = hosts(actor)
    for word in fold(words).split()[:6]:
        said = Organization.folded_name.contains(word, autoescape=True)
        query = query.where(or_(said, func.lower(Organization.acronym) == word))
    return list(db.session.scalars(query.order_by(Organization.folded_name, Organization.id).limit(FOUND)))


def sites(organization_id: UUID, *, own: bool) -> list[Location]:
    """Where it works. Somebody else is told of no place that is kept secret, or at which only named people may look."""
    used = select(ServiceAtLocation.location_id).join(Service).where(Service.organization_id == organization_id)
    query = select(Location).where(or_(Location.organization_id == organization_id, Location.id.in_(used)))
    if not own:
        kept = select(ServiceAtLocation.location_id).join(Service)
        kept = kept.where(Service.visibility == Visibility.RESTRICTED, ServiceAtLocation.location_id.is_not(None))
        query = query.where(Location.disclosure == Disclosure.EXACT, Location.id.not_in(kept))
    return list(db.session.scalars(query.order_by(Location.name, Location.id).limit(MOST_SITES)))


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry that may be the new one: how sure, what both share, and a place at which it can be looked at."""

    pair: Pair
    service: Service
    place_id: UUID


def alike(entry: Entry, actor: Actor) -> list[Alike]:
    """Entries that the actor may see and that may be the same service, the surest first."""
    new = Prepared(entry)
    seen = _seen(actor)
    pairs: dict[UUID, Pair] = {}
    for key, one in prepared(_near(new, seen), seen).items():
        pair = compare(new, one)
        if pair:
            pairs[key] = pair
    best = sorted(pairs, key=lambda key: (-pairs[key].score, str(key)))[:MOST_ALIKE]
    places = visible_places(actor).where(ServiceAtLocation.service_id.in_(best)).order_by(ServiceAtLocation.id)
    found: dict[UUID, ServiceAtLocation] = {}
    for place in db.session.scalars(places).unique():
        found.setdefault(place.service_id, place)
    return [Alike(pairs[key], found[key].service, found[key].id) for key in best if key in found]


def _seen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Service.id.in_(visible_services(actor).with_only_columns(Service.id)),
        Service.replaced_by_id.is_(None),
        or_(Service.status.is_(None), Service.status != Status.DEFUNCT),
    )


def _near(new: Prepared, seen: Iterable[ColumnElement[bool]]) -> set[UUID]:
    """Those that share a telling key; those not indexed yet, the latest first; and the organisation's own."""
    blocks = [block[:KEY_LENGTH] for block in new.blocks]
    few = (
        select(ServiceKey.key).where(ServiceKey.key.in_(blocks)).group_by(ServiceKey.key)
        .having(func.count() <= LARGEST_BLOCK)
    )  # fmt: skip
    indexed = exists().where(ServiceKey.service_id == Service.id)
    latest = select(Service.id).where(*seen, ~indexed).order_by(Service.last_modified.desc()).limit(MOST_COMPARED)
    queries: list[Any] = [select(ServiceKey.service_id).where(ServiceKey.key.in_(few)), latest]
    if new.entry.organization:
        own = select(Service.id).where(Service.organization_id == UUID(new.entry.organization), *seen)
        queries.append(own.order_by(Service.last_modified.desc()).limit(MOST_COMPARED))
    return {key for query in queries for key in db.session.scalars(query)}


def alike_organizations(said: Mapping[str, str], actor: Actor) -> list[tuple[Pair, Organization]]:
    """Organisations that may be the one of that name, telephone or mail, the surest first."""
    new = library.Prepared(library.Body("", said["name"], email=said["email"], phones=(said["phone"],)))
    words = {word for word in new.name.split() if len(word) > 2} or set(new.name.split())
    near = [Organization.folded_name.contains(word, autoescape=True) for word in sorted(words)[:12]]
    near.append(func.lower(Organization.acronym).in_(words))
    near += [Organization.email == said["email"]] if said["email"] else []
    rows = db.session.scalars(hosts(actor).where(or_(*near)).order_by(Organization.id).limit(MOST_COMPARED))
    pairs = [(pair, one) for one in rows if (pair := library.compare(new, library.Prepared(body(one))))]
    return sorted(pairs, key=lambda found: (-found[0].score, str(found[1].id)))[:MOST_ALIKE]


def visible_new(actor: Actor) -> Select[NewEntry]:
    """The coordination reads all that wait, an organisation its own, decided or not."""
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        return select(NewEntry).where(NewEntry.decided_at.is_(None))
    if scope_of(actor.role, Permission.DIRECTORY_EDIT) is not Scope.ORGANIZATION or actor.organization_id is None:
        return select(NewEntry).where(false())
    return select(NewEntry).where(NewEntry.organization_id == actor.organization_id)


def waiting_new(actor: Actor, now: datetime) -> list[NewEntry]:
    """New entries that wait, the oldest first; for an organisation also those that were lately refused."""
    refused = (NewEntry.accepted.is_(False)) & (NewEntry.decided_at > now - REFUSED_SHOWN)
    query = visible_new(actor).where(or_(NewEntry.decided_at.is_(None), refused))
    query = query.options(joinedload(NewEntry.organization)).order_by(NewEntry.created_at, NewEntry.id)
    return list(db.session.scalars(query.limit(MOST_LISTED)))


def comparable_ids(ids: Iterable[UUID]) -> list[UUID]:
    """Those of some services whose pairs may be kept: not those that only named people may see."""
    query = select(Service.id).where(Service.id.in_(list(ids)), Service.visibility.in_(OPEN_TO_ALL))
    return list(db.session.scalars(query))
