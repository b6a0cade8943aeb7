"""Which organisations take no new referral because the coordination suspended them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select

from referral.extensions import db
from referral.foundation.access import can
from referral.foundation.grants import Permission
from referral.partners.models import User
from referral.providers.models import Service
from referral.providers.suspension_models import OrganizationSuspension

MOST = 20


def suspended_organizations() -> frozenset[UUID]:
    """The ids of those that are suspended now."""
    row = OrganizationSuspension
    return frozenset(db.session.scalars(select(row.organization_id).where(row.lifted_at.is_(None))))


def not_suspended() -> ColumnElement[bool]:
    """The condition that a service's organisation is not suspended, for queries that join `Service`."""
    row = OrganizationSuspension
    return Service.organization_id.not_in(select(row.organization_id).where(row.lifted_at.is_(None)))


def suspension_of(organization_id: UUID) -> OrganizationSuspension | None:
    """The one that stands."""
    row = OrganizationSuspension
    return db.session.scalar(select(row).where(row.organization_id == organization_id, row.lifted_at.is_(None)))


def suspensions_of(organization_id: UUID) -> list[tuple[OrganizationSuspension, str]]:
    """Every one of an organisation, the latest first, with the role of who suspended it."""
    row = OrganizationSuspension
    query = select(row, User).join(User, User.id == row.by_id).where(row.organization_id == organization_id)
    found = db.session.execute(query.order_by(row.at.desc(), row.id).limit(MOST))
    return [(one, user.role.label) for one, user in found]


def suspension_shown(organization_id: UUID) -> Mapping[str, object]:
    """What the page of an organisation shows: that it is suspended to everybody, why to whoever decides on it.

    The committee is whoever may put an agreement in force.
    """
    decides = can(Permission.DIRECTORY_COORDINATE) or can(Permission.AGREEMENT_DECIDE)
    return {
        "suspension": suspension_of(organization_id),
        "suspensions": suspensions_of(organization_id) if decides else [],
        "told_why": decides,
    }
