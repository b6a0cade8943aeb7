"""Services kept for a case: read by the page of the case and by the shortlist's own."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.cases.rules import LIVE
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.providers.models import Service, ServiceAtLocation
from referral.referrals.models import ShortlistEntry

MOST = 40
"""So many services one case may keep."""
OFFERED = 50
"""So many cases a list of choices offers; for others there is the way from the case's own page."""


def shortlist(case_id: UUID, *, removed: bool = False, whole: bool = False) -> list[ShortlistEntry]:
    """The services kept for a case, in the order in which they were kept; or those that were taken off.

    `whole` reads all that their entries say now with them, to be compared with what was frozen.
    """
    parts = (
        ServiceAtLocation.schedules, ServiceAtLocation.closures, ServiceAtLocation.contacts,
        ServiceAtLocation.capacities,
    )  # fmt: skip
    service = joinedload(ServiceAtLocation.service).options(
        joinedload(Service.organization),
        *([selectinload(Service.audiences), joinedload(Service.offer)] if whole else []),
    )
    read = joinedload(ShortlistEntry.service_at_location).options(
        service, *(selectinload(part) for part in parts if whole)
    )
    query = (
        select(ShortlistEntry)
        .where(ShortlistEntry.case_id == case_id)
        .where(ShortlistEntry.removed_at.is_not(None) if removed else ShortlistEntry.removed_at.is_(None))
        .options(read)
        .order_by(ShortlistEntry.added_at, ShortlistEntry.id)
    )
    return list(db.session.scalars(query).unique())


def own_live_cases(actor: Actor, first: UUID | None = None) -> list[tuple[UUID, str]]:
    """Id and code of the live cases that `actor` works on: the one they come from, then the newest."""
    if scope_of(actor.role, Permission.CASE_WORK) is Scope.NONE:
        return []
    query = visible_cases(actor).where(Case.state.in_(LIVE)).with_only_columns(Case.id, Case.code)
    chosen = [] if first is None else [(Case.id == first).desc()]
    rows = db.session.execute(query.order_by(*chosen, Case.opened_at.desc(), Case.id).limit(OFFERED))
    return [(row.id, row.code) for row in rows]
