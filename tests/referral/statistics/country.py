"""An invented country in bulk: persons, cases, needs and referrals with coded columns only, from a seed.

`records` are the same facts as plain dictionaries, for recounting them slowly and independently of any SQL.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from referral.cases.models import Case, CaseNeed
from referral.cases.rules import CaseState, NeedState
from referral.extensions import db
from referral.foundation.grants import Role
from referral.people.models import Person
from referral.people.rules import AgeBand, AgeGroup, Nationality, Sex
from referral.procedures.models import ProcedureVersion
from referral.providers.models import Service, ServiceAtLocation
from referral.referrals.models import Referral
from referral.referrals.rules import DeclineReason, NonDeliveryReason, ReferralState, Speed
from sop.places import load_places
from sop.vocabulary import Need, Priority
from tests.builders import make_organization, make_procedure, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.signing_in import sign_in

REGIONS = [place.pcode for place in load_places().regions]
FIRST = datetime(2025, 6, 1, tzinfo=UTC)
HOURS = {Speed.EMERGENCY: 24, Speed.URGENT: 72, Speed.NORMAL: 336}
ANSWERED = (
    ReferralState.ACCEPTED, ReferralState.WAITLISTED, ReferralState.DECLINED, ReferralState.IN_SERVICE,
    ReferralState.DELIVERED, ReferralState.NOT_DELIVERED, ReferralState.CLOSED, ReferralState.LOST_CONTACT,
)  # fmt: skip
STATES = {
    ReferralState.SENT: 6, ReferralState.ACKNOWLEDGED: 5, ReferralState.INFO_REQUESTED: 2, ReferralState.WAITLISTED: 4,
    ReferralState.ACCEPTED: 9, ReferralState.IN_SERVICE: 10, ReferralState.DELIVERED: 25, ReferralState.CLOSED: 15,
    ReferralState.NOT_DELIVERED: 5, ReferralState.DECLINED: 13, ReferralState.RECALLED: 2, ReferralState.EXPIRED: 3,
    ReferralState.CLIENT_DECLINED: 2, ReferralState.LOST_CONTACT: 2, ReferralState.DRAFT: 1,
}  # fmt: skip


class Country:
    """Rows of an invented country; `write` puts them into the database."""

    def __init__(self, cases: int, seed: int = 1) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - invented figures
        self.rows: dict[type, list[dict[str, Any]]] = {Person: [], Case: [], CaseNeed: [], Referral: []}
        self.weights = [self.chance.choice((1, 2, 5, 12)) for _ in REGIONS]
        self.seed, self.numbers = seed, 0
        for _ in range(cases):
            self._case()

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _case(self) -> None:
        chance = self.chance
        at = FIRST + timedelta(minutes=chance.randrange(int((NOW - FIRST).total_seconds() // 60)))
        again = self.rows[Person] and chance.random() < 0.06
        person = chance.choice(self.rows[Person])["id"] if again else self._person(at)
        region = chance.choices([*REGIONS, "unknown"], [*self.weights, 0.3])[0]
        declined = chance.random() < 0.08
        self.numbers += 1
        case = {
            "id": self._id(), "code": f"CM-XX-{self.seed:04d}-{self.numbers:05d}", "person_id": person,
            "region": region,
            "state": CaseState.DECLINED if declined else CaseState.ACTIVE, "priority": chance.choice(list(Priority)),
            "identified_at": at, "opened_at": None if declined else at + timedelta(hours=chance.randrange(1, 400)),
            "department": "", "facts": {}, "engine": {}, "priority_rule": 0, "urgent": False, "legal_hold": False,
            "capacity": True, "version": 1,
        }  # fmt: skip
        self.rows[Case].append(case)
        weights = [9, 5, 10, 3, 6, 5, 2, 5, 3, 3, 2, 6, 1]
        for need in dict.fromkeys(chance.choices(list(Need), weights, k=chance.choice((1, 2, 2, 3)))):
            self._need(case, need, at)

    def _person(self, at: datetime) -> UUID:
        chance = self.chance
        person = {
            "id": self._id(), "sex": chance.choices(list(Sex), [50, 45, 2, 2])[0], "age_band": AgeBand.ADULT,
            "age_group": chance.choices(list(AgeGroup), [2, 4, 5, 12, 25, 40, 3, 4])[0],
            "nationality": Nationality.CMR, "language": "", "created_at": at,
        }  # fmt: skip
        self.rows[Person].append(person)
        return person["id"]

    def _need(self, case: dict[str, Any], need: Need, at: datetime) -> None:
        chance = self.chance
        state = chance.choices(list(NeedState), [30, 50, 12, 8])[0]
        opened = at + timedelta(days=chance.randrange(20))
        self.rows[CaseNeed].append(
            {"id": self._id(), "case_id": case["id"], "need": need, "state": state, "opened_at": opened}
        )
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            self._referral(case, need, opened + timedelta(hours=chance.randrange(200)))

    def _referral(self, case: dict[str, Any], need: Need, sent: datetime) -> None:
        chance = self.chance
        state = chance.choices(list(STATES), list(STATES.values()))[0]
        answered = state in ANSWERED or (state is ReferralState.RECALLED and chance.random() < 0.3)
        hours = chance.choice((3, 24, 30, 72, 100, 168, 200, 336, 500)) + chance.choice((0, 0, 1))
        decided = sent + timedelta(hours=hours) if answered else None
        done = state in (ReferralState.DELIVERED, ReferralState.NOT_DELIVERED, ReferralState.CLOSED)
        missed = state is ReferralState.NOT_DELIVERED or (state is ReferralState.CLOSED and chance.random() < 0.2)
        self.rows[Referral].append(
            {
                "id": self._id(), "reference": f"{self.seed:06d}{len(self.rows[Referral]):010d}", "case_id": case["id"],
                "need": need, "state": state, "speed": chance.choice(list(Speed)), "attempt": 1, "categories": [],
                "version": 1, "created_at": sent,
                "sent_at": None if state is ReferralState.DRAFT else sent, "decided_at": decided,
                "completed_at": decided + timedelta(days=9) if decided and done else None,
                "decline_reason": chance.choice(list(DeclineReason)) if state is ReferralState.DECLINED else None,
                "non_delivery_reason": NonDeliveryReason.NO_SHOW if missed else None,
            }
        )  # fmt: skip

    def write(self) -> None:
        """Insert everything; call in an application context, then commit."""
        organization = make_organization()
        user = make_user(Role.CASE_MANAGER, organization)
        version = db.session.query(ProcedureVersion).first() or make_procedure()
        service = Service(name="Service", organization=organization, last_modified=NOW)
        place = ServiceAtLocation(service=service)
        db.session.add(place)
        db.session.flush()
        shared: dict[type, dict[str, Any]] = {
            Person: {},
            Case: {
                "organization_id": organization.id, "identified_by_id": user.id, "procedure_version_id": version.id,
            },
            CaseNeed: {},
            Referral: {
                "sender_id": user.id, "sender_organization_id": organization.id, "organization_id": organization.id,
                "service_at_location_id": place.id,
            },
        }  # fmt: skip
        for model, rows in self.rows.items():
            if rows:
                db.session.execute(insert(model), [{**row, **shared[model]} for row in rows])
        db.session.flush()


def reader(app, username):
    client = PageClient(app, sign_in=sign_in)
    client.sign_in(username)
    return client
