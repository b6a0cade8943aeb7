"""What the coordination does about the whole, for the demonstration: gaps with an owner, a notice, an autonomy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from directory.area_notices import CrisisKind, Effect
from directory.autonomy import Autonomy
from directory.coverage import State
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import Organization, User
from referral.providers import actions
from referral.providers.queries import coverage
from referral.providers.queries.autonomy import kept
from sop.vocabulary import Need

FLOODED, WANTED = "CM004002", 3
"""The département of the Logone; how many verified services of a need every region should have."""
TEXTS = (
    "Crue du Logone : les pistes sont coupées après la pluie (démonstration).",
    "The Logone is in flood: tracks are cut after rain (demonstration).",
)


def add_oversight(coordinator: User, partner: Organization, now: datetime) -> None:
    """Three gaps (one promised, one late, one closed), a flood, an organisation that is left alone."""
    _gaps(coordinator, partner, now)
    today = now.astimezone(clock.zone()).date()
    actions.announce(
        kind=CrisisKind.FLOOD, effect=Effect.CONFIRM, texts=TEXTS, pcodes=[FLOODED], campaign="Crue du Logone",
        starts_on=today - timedelta(2), ends_on=today + timedelta(12), actor=coordinator, now=now,
    )  # fmt: skip
    well = [one for one in kept(now) if not one.record.overdue]
    if well:
        house = db.session.get_one(Organization, min(well, key=lambda one: (len(one.lacks), -one.record.entries)).id)
        actions.set_autonomy(house, Autonomy.AUTONOMOUS, "", actor=coordinator, now=now)


def _gaps(coordinator: User, partner: Organization, now: datetime) -> None:
    for need in (Need.MED, Need.HEB):
        actions.set_target(need, 1, WANTED, actor=coordinator, now=now - timedelta(40))
    few = [one for one in coverage.matrix(coverage.scene(now)).gaps() if one.state is State.BELOW_TARGET][:3]
    today = now.astimezone(clock.zone()).date()
    owners = ((coordinator.id, None, 5), (None, partner.id, -3), (coordinator.id, None, 10))
    for number, (cell, (person, house, days)) in enumerate(zip(few, owners, strict=False)):
        stamp: dict[str, Any] = {"actor": coordinator, "now": now}
        row = actions.undertake(
            Need(cell.need), cell.pcode, user_id=person, organization_id=house, due_on=today + timedelta(days),
            promise="Une permanence deux jours par semaine (démonstration)", **stamp,
        )  # fmt: skip
        if house is not None:
            actions.take_in_hand(row, **stamp)
        if number == 2:
            actions.close_gap(row, "Une permanence s’est ouverte (démonstration)", actor=coordinator, now=now)
