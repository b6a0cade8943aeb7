"""Entries that may be one service: what they are compared by, the pairs that wait, and what stands for an old entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload

from directory.duplicates import THRESHOLDS, Entry, Likeness, Prepared
from directory.places import fold
from directory.taxonomy import Status, Visibility
from referral.extensions import db
from referral.foundation.access import Actor
from referral.partners.models import Organization
from referral.providers.doubles_models import ServiceMerge, ServicePair
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact
from referral.providers.queries.visible import OPEN_TO_ALL, visible_places
from referral.providers.rules import DoubleState

SHOWN = 30
LATEST = 20
MOST_STEPS = 20
MOST_IDS = 1_000


def comparable(service: Any = Service) -> tuple[ColumnElement[bool], ...]:
    """In the directory, not kept to named people: what these have is not put beside anything."""
    return (
        service.archived.is_(False),
        service.replaced_by_id.is_(None),
        service.visibility.in_(OPEN_TO_ALL),
        or_(service.status.is_(None), service.status != Status.DEFUNCT),
    )


def prepared(ids: Collection[UUID], where: Collection[ColumnElement[bool]] = ()) -> dict[UUID, Prepared]:
    """Those of the services that may be compared (by all, or as `where` says), ready for it; in three statements."""
    of = Organization
    query = (
        select(
            Service.id, Service.name, Service.organization_id, Service.email, Service.url, Service.needs,
            of.email.label("of_email"), of.website.label("of_website"),
        )
        .join(of, of.id == Service.organization_id)
        .where(Service.id.in_(ids), *(where or comparable()))
    )  # fmt: skip
    places, phones, sites = _pcodes(ids), _phones(ids), _sites(ids)
    return {
        row.id: Prepared(
            Entry(
                str(row.id), row.name, str(row.organization_id), tuple(sorted(phones.get(row.id, ()))),
                row.email or row.of_email or "", row.url or row.of_website or "",
                frozenset(places.get(row.id, ())), frozenset(row.needs), frozenset(sites.get(row.id, ())),
            )
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def _sites(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Names of places that have no code."""
    at = ServiceAtLocation
    query = (
        select(at.service_id, Location.name, Location.city)
        .join(Location, Location.id == at.location_id)
        .where(at.service_id.in_(ids), at.archived.is_(False), Location.pcode == "")
    )
    found: dict[UUID, set[str]] = {}
    for service_id, name, city in db.session.execute(query):
        if said := fold(name or city):
            found.setdefault(service_id, set()).add(said)
    return found


def _pcodes(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    at = ServiceAtLocation
    query = (
        select(at.service_id, Location.pcode)
        .join(Location, Location.id == at.location_id)
        .where(at.service_id.in_(ids), at.archived.is_(False), Location.pcode != "")
    )
    return _grouped(query)


def _phones(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    at, contact = ServiceAtLocation, ServiceContact
    query = (
        select(at.service_id, contact.phone)
        .join(contact, contact.service_at_location_id == at.id)
        .where(at.service_id.in_(ids), at.archived.is_(False), contact.phone != "")
        .where(contact.visibility != Visibility.RESTRICTED)
    )
    return _grouped(query)


def _grouped(query: Select[UUID, str]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for key, value in db.session.execute(query):
        found[key].add(value)
    return found


def likeness(score: float) -> Likeness:
    """How sure a score is."""
    return next((kind for least, kind in THRESHOLDS if score >= least), Likeness.LOW)


def open_pairs() -> Select[ServicePair]:
    """Pairs of which both entries are in the directory, whatever was said of them."""
    both = (
        exists().where(one.id == column, *comparable(one)).correlate(ServicePair)
        for one, column in ((aliased(Service), ServicePair.first_id), (aliased(Service), ServicePair.second_id))
    )  # looked up pair by pair: of a join SQLite makes a product of all services
    return select(ServicePair).where(*both)


@dataclass(frozen=True, slots=True)
class Line:
    """A pair, or a merge, with its two entries."""

    row: Any
    first: Service
    second: Service

    @property
    def likeness(self) -> Likeness:
        """How sure the pair is."""
        return likeness(self.row.score)


@dataclass(frozen=True, slots=True)
class Lines:
    """Pairs that wait, the surest first; `next` is the pair after which the next page begins."""

    rows: list[Line]
    total: int
    next: UUID | None


def waiting(after: UUID | None = None, *, size: int = SHOWN) -> Lines:
    """The pairs that ask for an answer."""
    query = open_pairs().where(ServicePair.state == DoubleState.OPEN)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    last = db.session.get(ServicePair, after) if after else None
    if last is not None:
        equal = and_(ServicePair.score == last.score, ServicePair.id > last.id)
        query = query.where(or_(ServicePair.score < last.score, equal))
    rows = list(db.session.scalars(query.order_by(ServicePair.score.desc(), ServicePair.id).limit(size + 1)))
    return Lines(_lines(rows[:size], "first_id", "second_id"), total, rows[size - 1].id if len(rows) > size else None)


def every_waiting() -> list[dict[str, Any]]:
    """All pairs that ask for an answer as plain values, the surest first; for a command."""
    query = open_pairs().where(ServicePair.state == DoubleState.OPEN)
    rows = list(db.session.scalars(query.order_by(ServicePair.score.desc(), ServicePair.id)))
    ids = {key for row in rows for key in (row.first_id, row.second_id)}
    names: dict[UUID, str] = {}
    for start in range(0, len(ids), MOST_IDS):
        part = sorted(ids)[start : start + MOST_IDS]
        named = select(Service.id, Service.name).where(Service.id.in_(part))
        names.update((row.id, row.name) for row in db.session.execute(named))
    return [
        {
            "id": str(row.id), "score": row.score, "likeness": likeness(row.score).value, "shared": list(row.shared),
            "services": [{"id": str(key), "name": names[key]} for key in (row.first_id, row.second_id)],
        }
        for row in rows
    ]  # fmt: skip


def told_apart() -> list[Line]:
    """The latest pairs of which somebody said that they are two services."""
    query = open_pairs().where(ServicePair.state == DoubleState.DIFFERENT)
    rows = db.session.scalars(query.order_by(ServicePair.decided_at.desc(), ServicePair.id).limit(LATEST))
    return _lines(list(rows), "first_id", "second_id")


def merges(after: UUID | None = None, *, size: int = LATEST) -> tuple[list[Line], UUID | None]:
    """Entries that another one stands for, the latest first, the kept one before it; and where the next page begins."""
    query = select(ServiceMerge).join(Service, Service.id == ServiceMerge.replaced_id)
    query = query.where(ServiceMerge.undone_at.is_(None), Service.visibility.in_(OPEN_TO_ALL))
    last = db.session.get(ServiceMerge, after) if after else None
    if last is not None:
        equal = and_(ServiceMerge.merged_at == last.merged_at, ServiceMerge.id > last.id)
        query = query.where(or_(ServiceMerge.merged_at < last.merged_at, equal))
    query = query.order_by(ServiceMerge.merged_at.desc(), ServiceMerge.id).limit(size + 1)
    rows = list(db.session.scalars(query))
    return _lines(rows[:size], "kept_id", "replaced_id"), rows[size - 1].id if len(rows) > size else None


def _lines(rows: list[Any], one: str, other: str) -> list[Line]:
    ids = {getattr(row, name) for row in rows for name in (one, other)}
    query = select(Service).where(Service.id.in_(ids)).options(joinedload(Service.organization))
    known = {service.id: service for service in db.session.scalars(query)}
    return [Line(row, known[getattr(row, one)], known[getattr(row, other)]) for row in rows]


def find_pair(pair_id: UUID, *, lock: bool = False) -> ServicePair | None:
    """A pair that may be decided on."""
    query = open_pairs().where(ServicePair.id == pair_id, ServicePair.state != DoubleState.SAME)
    return db.session.scalar(query.with_for_update(of=ServicePair) if lock else query)


def find_merge(merge_id: UUID, *, lock: bool = False) -> ServiceMerge | None:
    """A merge that still holds, of an entry that is not kept to named people."""
    query = select(ServiceMerge).join(Service, Service.id == ServiceMerge.replaced_id)
    query = query.where(
        ServiceMerge.id == merge_id, ServiceMerge.undone_at.is_(None), Service.visibility.in_(OPEN_TO_ALL)
    )
    return db.session.scalar(query.with_for_update(of=ServiceMerge) if lock else query)


def in_full(ids: Collection[UUID]) -> dict[UUID, Service]:
    """Services with all that a comparison shows of them."""
    places = selectinload(Service.places)
    rows: tuple[InstrumentedAttribute[Any], ...] = (
        ServiceAtLocation.contacts, ServiceAtLocation.schedules, ServiceAtLocation.closures,
    )  # fmt: skip
    options = (
        joinedload(Service.organization), selectinload(Service.audiences),
        places.joinedload(ServiceAtLocation.location), *(places.selectinload(one) for one in rows),
    )  # fmt: skip
    query = select(Service).where(Service.id.in_(ids)).options(*options)
    return {one.id: one for one in db.session.scalars(query)}


def successor(place_id: UUID, actor: Actor) -> ServiceAtLocation | None:
    """The entry that stands for one that was replaced: at the same place if it can be, and if `actor` may see it."""
    old = db.session.get(ServiceAtLocation, place_id)
    if old is None or old.service.visibility not in OPEN_TO_ALL:
        return None
    kept = last_of(old.service_id)
    if kept == old.service_id:
        return None
    places = list(db.session.scalars(visible_places(actor).where(ServiceAtLocation.service_id == kept)).unique())
    here = old.location.pcode if old.location else ""
    return min(places, key=lambda one: (_pcode(one) != here, str(one.id)), default=None)


def _pcode(place: ServiceAtLocation) -> str:
    return place.location.pcode if place.location else ""


def last_of(service_id: UUID) -> UUID:
    """The end of the chain of replacements; the service itself where nothing replaced it."""
    seen = {service_id}
    for _ in range(MOST_STEPS):
        following = db.session.scalar(select(Service.replaced_by_id).where(Service.id == service_id))
        if following is None or following in seen:
            return service_id
        seen.add(following)
        service_id = following
    return service_id
