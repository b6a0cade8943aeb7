"""One referral between a case team and a hospital, and everybody who might look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from sop.vocabulary import Need
from tests.builders import (
    make_agreement,
    make_organization,
    make_planned_case,
    make_sent_referral,
    make_service,
    make_user,
)

NAME, FIRST_NAME, PHONE = "Ngo Mbock", "Solange", "+237 000 12 34 56"


@dataclass(frozen=True)
class Scene:
    """Ids only, so that each request reads the rows anew."""

    referral: UUID
    case: UUID
    place: UUID
    code: str
    reference: str
    version: int

    @property
    def url(self) -> str:
        return f"/referrals/{self.referral}"


def make_scene(app: Flask, need: Need = Need.MED, needs: tuple[Need, ...] = (), **place: Any) -> Scene:
    """cm sends to a service where focal, nurse and midwife are listed; clerk works there unlisted, other elsewhere."""
    with app.app_context():
        team = make_organization("MINAS Littoral (démonstration)")
        hospital = make_organization("Hôpital de district (démonstration)", kind=OrganizationKind.HEALTH)
        elsewhere = make_organization("Dispensaire (démonstration)", kind=OrganizationKind.HEALTH)
        manager = make_user(Role.CASE_MANAGER, team, "cm", email="cm@example.cm")
        staff = tuple(make_user(Role.PROVIDER, hospital, name) for name in ("focal", "nurse", "midwife"))
        make_user(Role.PROVIDER, hospital, "clerk")
        make_service(elsewhere, need, staff=(make_user(Role.PROVIDER, elsewhere, "other"),))
        for role in Role:
            if role not in (Role.CASE_MANAGER, Role.PROVIDER):
                make_user(role, team, role.value)
        make_user(Role.CASE_MANAGER, team, "cm.colleague")
        make_agreement(team, hospital)
        at = make_service(hospital, need, staff=staff, **place)
        case = make_planned_case(manager, *(needs or (need,)))
        sent = make_sent_referral(case, at, need)
        db.session.commit()
        return Scene(sent.id, case.id, at.id, case.code, sent.reference, sent.version)
