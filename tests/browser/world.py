"""A small invented place for the walk: one account for each role and language, services that fit and that do not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from referral.providers.models import ServiceAudience
from sop.vocabulary import Need
from tests.builders import make_agreement, make_organization, make_procedure, make_service, make_user

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class World:
    """The application and where it is served."""

    app: Flask
    address: str

    def account(self, role: str, language: str, case: str) -> str:
        """Who takes this part in the story of a language; the case manager is whoever got the case."""
        if role != "manager":
            return f"{role}.{language}"
        with self.app.app_context():
            found = db.session.get(Case, UUID(case))
            assert found is not None
            assert found.manager is not None
            return str(found.manager.username)


def furnish(app: Flask, address: str) -> World:
    """First responders, a case team, a hospital that fits, one without an agreement, one that takes men only."""
    with app.app_context():
        make_procedure()
        police = make_organization("Police aux frontières (démonstration)")
        team = make_organization("MINAS Littoral (démonstration)", mandates=["ENF"])
        hospital = make_organization("Hôpital de district (démonstration)", kind=OrganizationKind.HEALTH)
        clinic = make_organization("Dispensaire du port (démonstration)", kind=OrganizationKind.HEALTH)
        barracks = make_organization("Infirmerie des dockers (démonstration)", kind=OrganizationKind.HEALTH)
        staff = []
        for language in LANGUAGES:
            make_user(Role.FIRST_RESPONDER, police, f"responder.{language}", region="CM005")
            make_user(Role.CASE_MANAGER, team, f"manager.{language}", region="CM005")
            staff.append(make_user(Role.PROVIDER, hospital, f"provider.{language}", region="CM005"))
            make_user(Role.COMMITTEE, None, f"committee.{language}")
            make_user(Role.DATA_OFFICER, None, f"officer.{language}")
        make_service(hospital, Need.MED, Need.PSY, staff=tuple(staff), capacity_available=3)
        make_service(clinic, Need.MED, name="Soins infirmiers (démonstration)")
        place = make_service(barracks, Need.MED, name="Soins aux dockers (démonstration)")
        db.session.add(ServiceAudience(service_id=place.service.id, facet="sex", term="male", rule="included"))
        make_agreement(team, hospital, Need.MED, Need.PSY)
        db.session.commit()
        db.session.remove()
    return World(app, address)
