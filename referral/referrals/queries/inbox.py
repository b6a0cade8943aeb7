"""The provider's side: referrals addressed to the services on which somebody is listed staff."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.people.models import PersonBlock
from referral.providers.models import ServiceAtLocation, ServiceStaff
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState


def addressed_referrals(actor: Actor) -> Select[Referral]:
    """Referrals sent to a service of the own organisation on which `actor` is listed, whoever took them.

    Whom the person blocked (rule A2) is not told that there is one.
    """
    if scope_of(actor.role, Permission.REFERRAL_ANSWER) is not Scope.REFERRED:
        return select(Referral).where(False)
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


def visible_referral(actor: Actor, referral_id: UUID) -> Referral | None:
    """One referral, if `actor` may open it."""
    return db.session.scalar(visible_referrals(actor).where(Referral.id == referral_id))


def addressed_referral(actor: Actor, referral_id: UUID) -> Referral | None:
    """One referral to a service of `actor`, also when a colleague was faster."""
    return db.session.scalar(addressed_referrals(actor).where(Referral.id == referral_id))


def _listed(actor: Actor) -> ColumnElement[bool]:
    return and_(ServiceStaff.service_id == ServiceAtLocation.service_id, ServiceStaff.user_id == actor.id)


def _blocked(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Case.id == Referral.case_id,
        PersonBlock.person_id == Case.person_id,
        or_(PersonBlock.user_id == actor.id, PersonBlock.organization_id == actor.organization_id),
    )
