"""Notices over an area: those that run or are announced, every one that was, and whom one touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory.area_notices import AreaNotice as Announced
from referral.extensions import db
from referral.providers.models import Location, ServiceAtLocation
from referral.providers.notice_models import AreaNotice, announced
from referral.providers.rules import area_of

MOST = 100


def running_notices(today: date) -> tuple[Announced, ...]:
    """Those that nobody ended and whose last day is not over, those announced too; by their first day."""
    query = select(AreaNotice).where(AreaNotice.ended_at.is_(None), AreaNotice.ends_on >= today)
    return tuple(map(announced, db.session.scalars(query.order_by(AreaNotice.starts_on, AreaNotice.id))))


def notices_near(found: Iterable[Announced], pcode: str) -> list[Announced]:
    """Those whose area meets a unit; all of them where no unit is asked."""
    return [one for one in found if not pcode or one.near(pcode)]


def area_notices() -> list[AreaNotice]:
    """Every notice, the latest first."""
    query = select(AreaNotice).order_by(AreaNotice.starts_on.desc(), AreaNotice.created_at.desc(), AreaNotice.id)
    return list(db.session.scalars(query.limit(MOST)))


def over_notices(today: date) -> list[AreaNotice]:
    """Those whose last day is over and that nobody ended."""
    query = select(AreaNotice).where(AreaNotice.ended_at.is_(None), AreaNotice.ends_on < today)
    return list(db.session.scalars(query))


def touched_places(one: Announced) -> list[UUID]:
    """The entries that a notice touches, wherever they are shown."""
    return [row.id for row in _rows() if one.touches(row.pcode or "", map(area_of, row.areas))]


def touched_services(notices: Collection[Announced]) -> set[UUID]:
    """The services with a place that one of the notices touches."""
    return {
        row.service_id
        for row in _rows()
        if any(one.touches(row.pcode or "", map(area_of, row.areas)) for one in notices)
    }


def _rows() -> list[Any]:
    place = ServiceAtLocation
    query = select(place.id, place.service_id, Location.pcode, place.areas).outerjoin(place.location)
    return list(db.session.execute(query.where(place.archived.is_(False)).order_by(place.id)))
