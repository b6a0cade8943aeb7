"""Services, their places and their organisations, as the public may read them, for one page or one id."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, false, func, or_, select
from sqlalchemy.orm import aliased

from directory.hsds_terms import NEED, TYPE, OwnTerm
from directory.hsds_writing import Document, Profile, Writer, compact, moment
from directory.taxonomy import AudienceRule, Status, Visibility
from referral.api.queries.finding import met
from referral.api.queries.pages import Listed, Missing, Page, cut, cut_listed
from referral.api.queries.terms import ALL, TAXONOMY
from referral.api.schemas import Asked
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import Organization
from referral.providers.doubles_models import OrganizationMerge
from referral.providers.models import Service, ServiceAtLocation, ServiceAudience
from referral.providers.queries import snapshot
from referral.providers.queries.bodies import live as merged
from referral.providers.queries.bodies import shown_for, successors
from referral.providers.queries.records import organization as record
from referral.providers.queries.whole import Circle, Export, full

LIVE = (
    Service.visibility == Visibility.PUBLIC,
    Service.archived.is_(False),
    or_(Service.status.is_(None), Service.status != Status.DEFUNCT),
)
"""What everybody may read: neither kept to the network or to named people, nor ended."""
ENDED = (Service.visibility == Visibility.PUBLIC, or_(Service.archived.is_(True), Service.status == Status.DEFUNCT))
MOST_STEPS = 20
BRIEF = ("id", "name", "status", "last_modified")


class Ended(LookupError):
    """A service that was public has ended; `successor` is the id of what took its place, where that is public."""

    def __init__(self, service_id: UUID, successor: UUID | None) -> None:
        super().__init__("ended")
        self.service_id, self.successor = service_id, successor


class Replaced(LookupError):
    """The directory shows another organisation for one that was public; `successor` is its id."""

    def __init__(self, organization_id: UUID, successor: UUID) -> None:
        super().__init__("replaced")
        self.organization_id, self.successor = organization_id, successor


class _Reading:
    """Services of some ids with all that belongs to them, and what writes them for a profile."""

    def __init__(self, ids: Collection[UUID], form: Profile, now: datetime) -> None:
        self.export = Export(Circle.PUBLIC, now, clock.zone(), ids)
        self.writing = Writer(form, snapshot(now).places)
        self.whole = {UUID(one.service.id): one for one in self.export.services()}
        self.documents = {
            key: full(one, self.writing) | self.writing.warned(one.service) for key, one in self.whole.items()
        }

    def place(self, key: UUID, service: UUID) -> Document:
        """A service at a location, with its service around it."""
        document = self.documents[service]
        links = (one for one in document.get("service_at_locations", ()) if one["id"] == str(key))
        around = {name: value for name, value in document.items() if name != "service_at_locations"}
        return {**next(links, {"id": str(key)}), "service": around}


def simple(document: Document) -> Document:
    """The fields of which there is one, as the lists of HSDS have them.

    >>> simple({"id": "a", "phones": [{"id": "b"}], "location": {"id": "c", "languages": []}})
    {'id': 'a', 'location': {'id': 'c'}}
    """
    return {
        name: simple(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if not isinstance(value, list)
    }


def services(asked: Asked, now: datetime) -> Listed:
    """A page of services; those that ended since `modified_after` are told of, where it is asked."""
    seen = LIVE if asked.modified_after is None else (Service.visibility == Visibility.PUBLIC,)
    query = select(Service.id).where(*seen, *_conditions(asked))
    found = met(asked, now)
    page = _page(query, Service.id, asked, None if found is None else found.services)
    reading = _Reading(page.ids, asked.profile, now)
    ended = _ended(page.ids) if asked.modified_after is not None else {}
    documents = []
    for key in page.ids:
        document = ended.get(key) or reading.documents.get(key)
        if document is None:  # taken away between two statements
            continue
        if asked.for_somebody and found is not None and asked.profile is Profile.CM:
            document = {**document, "match": found.services[key]}
        documents.append(_as_asked(document, asked))
    return Listed(documents, page, reading.export.lapsed)


def _as_asked(document: Document, asked: Asked) -> Document:
    if asked.minimal:
        return {name: document[name] for name in (*BRIEF, "match") if name in document}
    return document if asked.full else simple(document)


def service(key: UUID, asked: Asked, now: datetime) -> Listed:
    """One service with all that belongs to it; raises `Ended` or `Missing`."""
    row = db.session.execute(select(Service.id).where(Service.id == key, *LIVE)).first()
    if row is None:
        raise _gone(key)
    reading = _Reading((key,), asked.profile, now)
    if key not in reading.documents:  # taken away between two statements
        raise Missing
    return Listed([reading.documents[key]], lapsed=reading.export.lapsed)


def places(asked: Asked, now: datetime) -> Listed:
    """A page of services at locations."""
    query = _place_ids().where(*_conditions(asked))
    found = met(asked, now)
    page = _page(query, ServiceAtLocation.id, asked, None if found is None else found.places)
    of = _services_of(page.ids)
    reading = _Reading(set(of.values()), asked.profile, now)
    documents = [reading.place(key, of[key]) for key in page.ids if of[key] in reading.documents]
    return Listed([one if asked.full else simple(one) for one in documents], page, reading.export.lapsed)


def place(key: UUID, asked: Asked, now: datetime) -> Listed:
    """One service at a location; raises `Ended` or `Missing`."""
    of = db.session.scalar(select(ServiceAtLocation.service_id).where(ServiceAtLocation.id == key))
    if of is None:
        raise Missing
    if db.session.scalar(_place_ids().where(ServiceAtLocation.id == key)) is None:
        live = select(Service.id).where(Service.id == of, *LIVE)
        raise Ended(key, None) if db.session.scalar(live) is not None else _gone(of)
    reading = _Reading((of,), asked.profile, now)
    if of not in reading.documents:
        raise Missing
    return Listed([reading.place(key, of)], lapsed=reading.export.lapsed)


def organizations(asked: Asked, now: datetime) -> Listed:
    """A page of the organisations that have a service that everybody may read."""
    found = met(asked, now)
    offering = select(Service.organization_id).where(*LIVE, *_conditions(asked))
    kept = successors()
    through = select(OrganizationMerge.kept_id).where(merged(), OrganizationMerge.replaced_id.in_(offering))
    shown = or_(Organization.id.in_(offering), Organization.id.in_(through))
    query = select(Organization.id).where(shown, Organization.id.not_in(kept.keys()))
    among = None
    if found is not None:
        pairs = db.session.execute(select(Service.id, Service.organization_id).where(*LIVE))
        among = {kept.get(of, of): "" for key, of in pairs if key in found.services}
    page = _page(query, Organization.id, asked, among)
    return Listed(_organizations(page.ids, asked.profile, whole=asked.full), page)


def organization(key: UUID, asked: Asked) -> Listed:
    """One organisation with the ids and names of its services; raises `Missing` or `Replaced`."""
    theirs = Service.organization_id.in_(shown_for(key))
    if db.session.scalar(select(Service.id).where(theirs, *LIVE).limit(1)) is None:
        raise Missing
    if (successor := successors().get(key)) is not None:
        raise Replaced(key, successor)
    return Listed(_organizations((key,), asked.profile, whole=True))


def _page(query: Select[Any], key: Any, asked: Asked, among: Collection[UUID] | None) -> Page:
    if among is None:
        return cut(query, key, asked)
    return cut_listed([one for one in db.session.scalars(query.order_by(key)) if one in among], asked)


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What is asked of a service, as conditions on its row; all of them must hold."""
    if asked.organization_id is not None:
        yield Service.organization_id == asked.organization_id
    if asked.modified_after is not None:
        touched = select(ServiceAtLocation.service_id).where(ServiceAtLocation.updated_at >= asked.modified_after)
        yield or_(Service.last_modified >= asked.modified_after, Service.id.in_(touched))
    if asked.taxonomy_id is not None:
        roots = (one for one in ALL.values() if not one.parent)
        yield or_(*map(_has, roots)) if asked.taxonomy_id == TAXONOMY else false()
    if asked.taxonomy_term_id is not None:
        term = ALL.get(asked.taxonomy_term_id)
        yield false() if term is None else _has(term)


def _has(term: OwnTerm) -> ColumnElement[bool]:
    """The service has this term, or for a root any under it. Whom a service refuses is no term that it has."""
    lists = {NEED: Service.needs, TYPE: Service.types}
    listed = lists.get(term.kind) if term.parent else lists.get(term.code)
    if listed is not None:
        text = cast(listed, String)
        return text.contains(f'"{term.code}"', autoescape=True) if term.parent else text != "[]"
    facet, _, code = term.code.partition(":")
    of = select(ServiceAudience.service_id).where(
        ServiceAudience.facet == facet, ServiceAudience.rule != AudienceRule.EXCLUDED.value
    )
    return Service.id.in_(of.where(ServiceAudience.term == code) if code else of)


def _place_ids() -> Select[Any]:
    return (
        select(ServiceAtLocation.id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(ServiceAtLocation.archived.is_(False), *LIVE)
    )


def _services_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    query = select(ServiceAtLocation.id, ServiceAtLocation.service_id).where(ServiceAtLocation.id.in_(ids))
    return {row.id: row.service_id for row in db.session.execute(query)}


def _organizations(ids: Collection[UUID], form: Profile, *, whole: bool) -> list[Document]:
    writing = Writer(form)
    rows = db.session.execute(select(Organization.__table__).where(Organization.id.in_(ids)).order_by(Organization.id))
    documents = {row.id: writing.organization(record(row)) for row in rows}
    if whole:
        columns = (Service.id, Service.name, Service.status, Service.organization_id)
        owners = {key: key for key in ids} | {of: kept for of, kept in successors().items() if kept in ids}
        theirs = select(*columns).where(*LIVE, Service.organization_id.in_(owners)).order_by(Service.id)
        for one in db.session.execute(theirs):
            status = one.status or (Status.INACTIVE if form is Profile.HSDS else None)
            brief = {"id": str(one.id), "name": one.name, "status": status.value if status else None}
            documents[owners[one.organization_id]].setdefault("services", []).append(compact(brief))
    return [simple(one) if not whole else one for one in documents.values()]


def _ended(ids: Collection[UUID]) -> dict[UUID, Document]:
    """What is told of services that ended: that they did."""
    last = select(func.max(ServiceAtLocation.updated_at)).where(ServiceAtLocation.service_id == Service.id)
    query = select(Service.id, Service.name, Service.last_modified, last.scalar_subquery()).where(
        Service.id.in_(ids), *ENDED
    )
    status = Status.DEFUNCT.value
    return {
        key: {"id": str(key), "name": name, "status": status, "last_modified": moment(max(at, place or at))}
        for key, name, at, place in db.session.execute(query)
    }


def _gone(key: UUID) -> Missing | Ended:
    """Ended, where everybody could read it; else there never was anything."""
    if db.session.scalar(select(Service.id).where(Service.id == key, *ENDED)) is None:
        return Missing()
    return Ended(key, _successor(key))


def _successor(key: UUID) -> UUID | None:
    """The service that took its place, or that one's place; None where nobody did, or not everybody may read it."""
    follower = aliased(Service)
    of = select(follower.replaced_by_id).where(follower.id == bindparam("key")).scalar_subquery()
    for _ in range(MOST_STEPS):
        found = db.session.execute(
            select(Service.id, Service.archived, Service.status).where(
                Service.id == of, Service.visibility == Visibility.PUBLIC
            ),
            {"key": key},
        ).first()
        if found is None:
            return None
        if not found.archived and found.status is not Status.DEFUNCT:
            return UUID(str(found.id))
        key = found.id
    return None
