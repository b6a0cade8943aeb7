"""Which organisation receives a pre-file."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy import func, select

from referral.cases.models import Case
from referral.cases.queries import WAITING
from referral.cases.rules import LIVE
from referral.extensions import db
from referral.foundation.grants import Role
from referral.identification.rules import Receiver, choose_receiver
from referral.partners.models import Organization, User


def receiving_organization(*, region: str, child: bool) -> Organization | None:
    """The organisation that `identification.rules.choose_receiver` picks among those with case managers."""
    chosen = choose_receiver(receivers(), region=region, child=child)
    return db.session.get(Organization, chosen.id) if chosen else None


def receivers() -> list[Receiver]:
    """Organisations with active case managers."""
    managers: dict[UUID, set[str]] = defaultdict(set)
    counts: dict[UUID, int] = defaultdict(int)
    staff = select(User.organization_id, User.region).where(User.role == Role.CASE_MANAGER, User.active)
    for organization_id, region in db.session.execute(staff):
        if organization_id is not None:
            managers[organization_id].add(region)
            counts[organization_id] += 1
    live = select(Case.organization_id, func.count()).where(Case.state.in_((*LIVE, *WAITING)))
    loads = dict(db.session.execute(live.group_by(Case.organization_id)).all())
    found = db.session.scalars(select(Organization).where(Organization.id.in_(managers)))
    return [
        Receiver(
            one.id,
            one.folded_name or one.name,
            frozenset((managers[one.id] | {one.region}) - {""}),
            frozenset(one.mandates),
            counts[one.id],
            loads.get(one.id, 0),
        )
        for one in found
    ]
