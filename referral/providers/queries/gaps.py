"""Who promised to close which gap: standing and closed undertakings, their owners, who is reminded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from directory.undertakings import Promised
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.models import User
from referral.partners.queries import users_of_role
from referral.providers.coverage_models import GapUndertaking
from referral.providers.queries.organizations import keepers_of_organizations, unit_name

MOST = 100
Cell = tuple[str, str]


def _with_owner() -> Select[GapUndertaking]:
    owner = (joinedload(GapUndertaking.user), joinedload(GapUndertaking.organization))
    return select(GapUndertaking).options(*owner)


def standing_undertakings(pcodes: Collection[str] | None = None) -> list[GapUndertaking]:
    """Those that are not closed, the earliest day first; all, or those of some places."""
    query = _with_owner().where(GapUndertaking.closed_at.is_(None))
    if pcodes is not None:
        query = query.where(GapUndertaking.pcode.in_(pcodes))
    return list(db.session.scalars(query.order_by(GapUndertaking.due_on, GapUndertaking.id)))


def undertakings_in(pcodes: Collection[str]) -> dict[Cell, GapUndertaking]:
    """The standing one of each need and place."""
    return {(one.need.value, one.pcode): one for one in standing_undertakings(pcodes)}


def closed_undertakings(need: str | None = None, pcode: str | None = None) -> list[GapUndertaking]:
    """Those that were closed, the latest first; of one need at one place, or all."""
    query = _with_owner().where(GapUndertaking.closed_at.is_not(None))
    if need is not None:
        query = query.where(GapUndertaking.need == need, GapUndertaking.pcode == pcode)
    return list(db.session.scalars(query.order_by(GapUndertaking.closed_at.desc(), GapUndertaking.id).limit(MOST)))


def undertakings_of(organization_id: UUID | None) -> list[GapUndertaking]:
    """What an organisation promised and has not closed; nothing for somebody without one."""
    if organization_id is None:
        return []
    query = _with_owner().where(GapUndertaking.organization_id == organization_id, GapUndertaking.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(GapUndertaking.due_on, GapUndertaking.id).limit(MOST)))


def named(rows: Collection[GapUndertaking], language: str) -> list[tuple[GapUndertaking, str]]:
    """Each with the name of its place in the reader's language."""
    return [(one, unit_name(one.pcode, language)) for one in rows]


def coordinators() -> list[User]:
    """The active people of the coordination."""
    return users_of_role(Role.COORDINATOR)


def promised() -> list[Promised]:
    """Standing undertakings with who is reminded of them: of an organisation without an account the coordination is."""
    rows = standing_undertakings()
    houses = keepers_of_organizations()
    office = [str(one.id) for one in coordinators()]
    found = []
    for one in rows:
        person = _reminded(one, houses, office)
        if person is not None:
            found.append(Promised(str(one.id), person, one.due_on, one.reminded_on))
    return found


def _reminded(one: GapUndertaking, houses: Mapping[UUID, list[str]], office: list[str]) -> str | None:
    wanted = [str(one.user_id)] if one.user_id else houses.get(one.organization_id or UUID(int=0), [])[:1]
    active = [person for person in wanted if one.user_id is None or person in office]
    entered = [str(one.opened_by_id)] if str(one.opened_by_id) in office else office[:1]
    return next(iter(active or entered), None)


def reminded_people(ids: Collection[UUID]) -> dict[UUID, User]:
    """The accounts of the people who are written to, by id."""
    return {one.id: one for one in db.session.scalars(select(User).where(User.id.in_(ids)))}


def owner_name(one: GapUndertaking) -> str:
    """Who promised: the organisation, or the person of the coordination."""
    if one.organization is not None:
        return one.organization.name
    return one.user.full_name if one.user is not None else ""
