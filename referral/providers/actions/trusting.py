"""How far an organisation is left alone: the coordination says so, and it falls back by itself after misses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from directory import reminders
from directory.autonomy import Autonomy, misses
from referral.extensions import db
from referral.foundation import audit, clock, outbox
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.autonomy_models import OrganizationAutonomy
from referral.providers.queries import autonomy as queries
from referral.providers.queries.gaps import coordinators, reminded_people
from referral.providers.queries.organizations import keepers_of_organizations

TOLD = {
    Autonomy.AUTONOMOUS: "autonomy_granted",
    Autonomy.USUAL: "autonomy_over",
    Autonomy.ACCOMPANIED: "autonomy_called",
}
FELL = "autonomy_fell"


def set_autonomy(one: Organization, level: Autonomy, note: str, *, actor: Actor, now: datetime) -> bool:
    """Say how far an organisation is left alone, and tell it; whether that is another level than before."""
    if queries.level_of(one.id) is level:
        return False
    _keep(one.id, level, (), note, actor, now)
    return True


def _keep(
    organization_id: UUID, level: Autonomy, found: tuple[str, ...], note: str, actor: Actor | None, now: datetime
) -> None:
    row = OrganizationAutonomy(
        id=new_id(), organization_id=organization_id, level=level, misses=list(found), note=note, at=now,
        by_id=actor.id if actor else None,
    )  # fmt: skip
    db.session.add(row)
    audit.record(
        "directory.autonomy", actor=actor, now=now, subject=("organization", organization_id), code=level.value
    )
    keepers = [UUID(one) for one in keepers_of_organizations().get(organization_id, [])[:1]]
    for user in reminded_people(keepers).values():
        outbox.queue(TOLD[level], now=now, user=user)
    db.session.flush()


def fall_back(now: datetime) -> int:
    """The job: autonomous organisations that missed too much are as usual again; told to them and to the coordination.

    By day only; commits. Returns how many fell back.
    """
    if reminders.quiet(now.astimezone(clock.zone())):
        return 0
    if not any(one.level is Autonomy.AUTONOMOUS for one in queries.levels().values()):
        return 0
    fell = 0
    for one in queries.kept(now):
        found = misses(one.record)
        if one.level is Autonomy.AUTONOMOUS and found:
            _keep(one.id, Autonomy.USUAL, tuple(miss.value for miss in found), "", None, now)
            fell += 1
    for user in coordinators() if fell else ():
        outbox.queue(FELL, now=now, user=user, count=fell)
    db.session.commit()
    return fell
