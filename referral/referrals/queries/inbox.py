"""The provider's side: referrals addressed to the services on which somebody is listed staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, tuple_

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.grants import Permission, Scope, scope_of
from referral.people.models import PersonBlock
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceStaff
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.queries.sending import whole
from referral.referrals.rules import STATES, Pile, ReferralState, Speed
from sop.vocabulary import Need

PAGE = 20
FEW = 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL narrows the inbox to: codes only."""

    need: Need | None = None
    speed: Speed | None = None
    service: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One referral as the list shows it; nothing of the person is loaded for it."""

    id: UUID
    code: str
    need: Need
    speed: Speed
    state: ReferralState
    service: str
    place: str
    since: datetime
    due_at: datetime | None
    appointment_at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a pile, and where the rest begins."""

    lines: list[Line]
    next: str


_MOVED = (
    select(func.max(ReferralEvent.at))
    .where(ReferralEvent.referral_id == Referral.id)
    .correlate(Referral)
    .scalar_subquery()
)
"""When a referral moved last."""


def addressed_referrals(actor: Actor) -> Select[Referral]:
    """Referrals sent to a service of the own organisation on which `actor` is listed, whoever took them.

    Whom the person blocked (rule A2) is not told that there is one.
    """
    if scope_of(actor.role, Permission.REFERRAL_ANSWER) is not Scope.REFERRED:
        return select(Referral).where(false())
    return (
        select(Referral)
        .join(ServiceAtLocation, ServiceAtLocation.id == Referral.service_at_location_id)
        .join(ServiceStaff, _listed(actor))
        .where(
            Referral.organization_id == actor.organization_id, Referral.state != ReferralState.DRAFT, ~_blocked(actor)
        )
    )


def visible_referrals(actor: Actor) -> Select[Referral]:
    """What of these `actor` may open: all until somebody takes one, then that colleague and the focal point.

    DOMAIN, "assigned", gives the data of a taken referral to the one who took it. The focal point answers for the
    service and so keeps seeing that it is there and how far it is; the sharing decision still says F4 to them.
    """
    mine = or_(Referral.taken_by_id.is_(None), Referral.taken_by_id == actor.id, ServiceStaff.focal_point)
    return addressed_referrals(actor).where(mine)


visible_referral = Door(visible_referrals, Referral.id, load=whole)
"""One referral, if `actor` may open it."""

addressed_referral = Door(addressed_referrals, Referral.id, load=whole)
"""One referral to a service of `actor`, also when a colleague was faster."""


def _listed(actor: Actor) -> ColumnElement[bool]:
    return and_(ServiceStaff.service_id == ServiceAtLocation.service_id, ServiceStaff.user_id == actor.id)


def _blocked(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Case.id == Referral.case_id,
        PersonBlock.person_id == Case.person_id,
        or_(PersonBlock.user_id == actor.id, PersonBlock.organization_id == actor.organization_id),
    )


def pile(actor: Actor, which: Pile, filters: Filters = Filters(), *, limit: int = PAGE, after: str = "") -> Page:
    """A page of one pile: what waits by its deadline, the rest with the last move first."""
    key = func.coalesce(Referral.due_at, Referral.created_at) if which is Pile.WAITING else _MOVED
    query = _narrowed(_lines(actor), filters).where(Referral.state.in_(STATES[which]))
    start = read_cursor(after)
    if which is Pile.WAITING:
        query = query.order_by(key, Referral.id)
        query = query.where(tuple_(key, Referral.id) > start) if start else query
    else:
        query = query.order_by(key.desc(), Referral.id.desc())
        query = query.where(tuple_(key, Referral.id) < start) if start else query
    rows = db.session.execute(query.add_columns(key.label("key")).limit(limit + 1)).all()
    following = write_cursor(rows[limit - 1].key, rows[limit - 1].id) if len(rows) > limit else ""
    return Page([_line(row, actor) for row in rows[:limit]], following)


def agenda(actor: Actor, *, since: datetime, filters: Filters = Filters(), limit: int = PAGE) -> list[Line]:
    """Appointments from `since` on of what is accepted or under way."""
    query = (
        _narrowed(_lines(actor), filters)
        .where(Referral.state.in_(STATES[Pile.RUNNING]), Referral.appointment_at >= since)
        .order_by(Referral.appointment_at, Referral.id)
    )
    return [_line(row, actor) for row in db.session.execute(query.limit(limit))]


def services_of(actor: Actor) -> list[tuple[UUID, str]]:
    """The services on which `actor` is listed staff, by name."""
    query = (
        select(Service.id, Service.name)
        .join(ServiceStaff, ServiceStaff.service_id == Service.id)
        .where(ServiceStaff.user_id == actor.id, Service.organization_id == actor.organization_id)
        .order_by(Service.name, Service.id)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def write_cursor(moment: datetime, identity: UUID) -> str:
    """Where the next page begins, as the URL says it."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}.{identity.hex}"


def read_cursor(text: str) -> tuple[datetime, UUID] | None:
    """The inverse of `write_cursor`; anything else begins at the start.

    >>> read_cursor(write_cursor(EPOCH, UUID(int=7))) == (EPOCH, UUID(int=7)), read_cursor("9" * 40 + ".x")
    (True, None)
    """
    micros, _, identity = text.partition(".")
    if not (micros.isascii() and micros.isdigit() and len(micros) <= 17):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(micros)), UUID(hex=identity)
    except (ValueError, OverflowError):
        return None


def _lines(actor: Actor) -> Select[Any]:
    query = (
        visible_referrals(actor)
        .join(Case, Case.id == Referral.case_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .outerjoin(Location, Location.id == ServiceAtLocation.location_id)
        .with_only_columns(
            Referral.id,
            Case.code,
            Referral.need,
            Referral.speed,
            Referral.state,
            Service.name.label("service"),
            func.coalesce(Location.city, "").label("place"),
            _MOVED.label("since"),
            Referral.created_at,
            Referral.due_at,
            Referral.appointment_at,
            Referral.taken_by_id,
        )
    )
    return cast("Select[Any]", query)


def _narrowed(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.need is not None:
        query = query.where(Referral.need == filters.need)
    if filters.speed is not None:
        query = query.where(Referral.speed == filters.speed)
    if filters.service is not None:
        query = query.where(Service.id == filters.service)
    return query


def _line(row: Any, actor: Actor) -> Line:
    return Line(
        row.id,
        row.code,
        row.need,
        row.speed,
        row.state,
        row.service,
        row.place,
        row.since or row.created_at,
        row.due_at,
        row.appointment_at,
        row.taken_by_id == actor.id,
    )
