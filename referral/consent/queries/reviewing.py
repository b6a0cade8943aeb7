"""Whose the review of an emergency access is when the team of the case has nobody for it.

Rule E6: somebody else reviews within 72 hours. The order: a supervisor of the team other than who opened it; the data
officer; while no data officer is active, the coordination, which sees case codes anyway. Neither of the last two reads
what was written. Where nobody is left the administrators are told, and the access becomes a breach once it is overdue.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from referral.cases.models import Case
from referral.consent.exceptional_models import EmergencyAccess
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.grants import Permission, Role, Scope, scope_of
from referral.partners.models import User
from referral.partners.queries import users_of_role

MOST = 50


def falls(now: datetime) -> ColumnElement[bool]:
    """The condition of an access that the team of its case does not review: overdue, or nobody but who opened it."""
    head, file = aliased(User), aliased(Case)
    other = (
        select(head.id)
        .join(file, file.organization_id == head.organization_id)
        .where(file.id == EmergencyAccess.case_id, head.role == Role.SUPERVISOR, head.active)
        .where(head.id != EmergencyAccess.user_id)
        .correlate(EmergencyAccess)
    )
    lone = ~exists(other)
    return and_(EmergencyAccess.reviewed_at.is_(None), or_(EmergencyAccess.review_due_at < now, lone))


def fallen(rows: Collection[EmergencyAccess], now: datetime) -> set[UUID]:
    """Ids of those, of these accesses, that fall to the data officer."""
    query = select(EmergencyAccess.id).where(EmergencyAccess.id.in_([one.id for one in rows]), falls(now))
    return set(db.session.scalars(query))


def _an_officer() -> ColumnElement[bool]:
    """That any data officer has an active account; asked when the statement runs, because a door is built once."""
    officer = aliased(User)
    return exists(select(officer.id).where(officer.role == Role.DATA_OFFICER, officer.active).correlate(None))


def stand_ins() -> list[User]:
    """Who is told in the data officer's place: the data officers, or the coordination while there is none."""
    return users_of_role(Role.DATA_OFFICER) or users_of_role(Role.COORDINATOR)


def reviewed_by(actor: Actor) -> Select[EmergencyAccess]:
    """Accesses that `actor` may look at to review them once they have fallen; never those they opened themselves.

    The coordination's only while no data officer is active.
    """
    query = select(EmergencyAccess).where(EmergencyAccess.user_id != actor.id)
    if scope_of(actor.role, Permission.EMERGENCY_REVIEW) is not Scope.ALL:
        return query.where(false())
    return query if actor.role is Role.DATA_OFFICER else query.where(~_an_officer())


def _whole() -> tuple[Any, ...]:
    return joinedload(EmergencyAccess.case), joinedload(EmergencyAccess.user)


fallen_access = Door(reviewed_by, EmergencyAccess.id, load=_whole)


def waiting_for(actor: Actor, now: datetime) -> list[EmergencyAccess]:
    """Those that wait for the actor's review, the most urgent first."""
    query = reviewed_by(actor).where(falls(now)).order_by(EmergencyAccess.review_due_at, EmergencyAccess.id)
    return list(db.session.scalars(query.options(*_whole()).limit(MOST)))


def without_officer(now: datetime) -> int:
    """How many accesses fall to a data officer while none is active: a figure, for the administrators."""
    query = select(func.count()).select_from(EmergencyAccess).where(falls(now), ~_an_officer())
    return db.session.scalar(query) or 0


def unreviewable(now: datetime) -> list[EmergencyAccess]:
    """Overdue accesses that nobody at all can review: no data officer is active, nor anybody of the coordination."""
    if stand_ins():
        return []
    overdue = (EmergencyAccess.review_due_at < now) & EmergencyAccess.reviewed_at.is_(None)
    return list(db.session.scalars(select(EmergencyAccess).where(overdue).order_by(EmergencyAccess.opened_at)))
