"""The coordination suspends an organisation from the network, and lifts that again; its keepers are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from referral.extensions import db
from referral.foundation import audit, outbox
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.queries.gaps import reminded_people
from referral.providers.queries.organizations import keepers_of_organizations
from referral.providers.queries.suspensions import suspension_of
from referral.providers.suspension_models import OrganizationSuspension


def suspend(one: Organization, reason: str, *, actor: Actor, now: datetime) -> bool:
    """Offer nothing of the organisation for new referrals; whether it was not suspended already.

    What was sent stays under way: a person who was accepted is not turned away because of it.
    """
    if suspension_of(one.id) is not None:
        return False
    row = OrganizationSuspension(id=new_id(), organization_id=one.id, reason=reason, at=now, by_id=actor.id)
    db.session.add(row)
    db.session.flush()
    audit.record("directory.suspend", actor=actor, now=now, subject=("organization", one.id))
    _tell(one.id, "organization_suspended", now)
    return True


def lift(one: Organization, *, actor: Actor, now: datetime) -> bool:
    """Offer the organisation again; whether it was suspended."""
    row = suspension_of(one.id)
    if row is None:
        return False
    row.lifted_at, row.lifted_by_id = now, actor.id
    db.session.flush()
    audit.record("directory.suspension_lifted", actor=actor, now=now, subject=("organization", one.id))
    _tell(one.id, "suspension_lifted", now)
    return True


def _tell(organization_id: UUID, template: str, now: datetime) -> None:
    keepers = [UUID(one) for one in keepers_of_organizations().get(organization_id, [])]
    for user in reminded_people(keepers).values():
        outbox.queue(template, now=now, user=user)
