"""What seldom happens, for the demonstration: emergencies, orders, a legal hold, a late stop, a breach, a vacancy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from directory.employment import EntryLevel, OfferKind
from directory.taxonomy import CapacityStatus, Referrals
from referral.cases.models import Case
from referral.cases.rules import LIVE, CaseState
from referral.consent.actions import emergencies, orders
from referral.consent.emergencies import EmergencyReason
from referral.consent.models import Consent, ConsentState
from referral.consent.orders import OrderKind, RequestWay
from referral.demonstration.directory import Directory
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.grants import Role
from referral.partners.models import Organization, User
from referral.partners.rules import OrganizationKind
from referral.providers.actions import employing
from referral.providers.private_models import EmploymentOffer
from referral.rights.actions import asking, breaching, holding, withdrawing
from referral.rights.breaches import BreachKind
from referral.rights.holding import HoldReason
from referral.rights.rules import Requester, RequestKind
from referral.rights.stopping import Channel
from sop.vocabulary import Category

UNCONFIRMED = timedelta(days=12)
"""So long ago a recipient was told to stop: longer than it has to confirm."""


def add_exceptional(manager: User, officer: User, now: datetime) -> None:
    """Emergencies, requests of authorities and of the person, a withdrawal and a breach, on cases of one manager."""
    _hold(manager, officer, now)
    cases = _cases(manager)
    nurse = db.session.scalars(
        select(User)
        .join(User.organization)
        .where(User.role == Role.PROVIDER, User.active, Organization.kind == OrganizationKind.HEALTH)
        .order_by(User.username)
    ).first()
    if len(cases) < MOST or nurse is None:
        return
    _emergencies(cases, nurse, now)
    _orders(cases[2], manager, now)
    asking.ask(
        cases[3], RequestKind.ERASURE, requester=Requester.PERSON, received_on=now.astimezone(clock.zone()).date(),
        words="La personne repart et ne veut plus de dossier (démonstration).", actor=manager, now=now,
    )  # fmt: skip
    _withdrawal(manager, now)
    breaching.report(
        BreachKind.LOST, discovered_at=now - timedelta(hours=20), persons=3, categories=(Category.C1, Category.C2),
        high_risk=False, words="Un cahier d’accueil a été perdu au port (démonstration).", actor=officer, now=now,
    )  # fmt: skip


MOST = 4


def _cases(manager: User) -> list[Case]:
    query = select(Case).where(Case.manager_id == manager.id, Case.state.in_(LIVE), Case.erased_at.is_(None))
    return list(db.session.scalars(query.order_by(Case.code).limit(MOST)))


def _emergencies(cases: list[Case], nurse: User, now: datetime) -> None:
    """One that waits for its review since yesterday, one under way."""
    answers = {"cannot_ask": True, "refused": False, "risk_to_others": False}
    words = "Personne inanimée amenée par les voisins (démonstration)."
    for case, hours in ((cases[0], 30), (cases[1], 0)):
        emergencies.open_access(
            case, EmergencyReason.UNCONSCIOUS, words, answers, hours=1, actor=nurse, now=now - timedelta(hours=hours)
        )


def _orders(case: Case, manager: User, now: datetime) -> None:
    """A court order to be verified, a call of the police refused by letter, and a visit that is about no case."""
    day = now.astimezone(clock.zone()).date()
    asked = [Category.C1, Category.C3]
    words = {"signatory": "le greffe (démonstration)", "note": ""}
    judicial = {
        "kind": OrderKind.JUDICIAL, "asked": asked, "scope": [Category.C1], "dated_on": day - timedelta(days=3),
        "authority": "Tribunal de première instance (démonstration)", "number": "ORD/DEMO/01", **words,
    }  # fmt: skip
    informal = {
        "kind": OrderKind.INFORMAL, "asked": asked, "scope": [], "dated_on": None,
        "authority": "Commissariat (démonstration)", "number": "", **words,
    }  # fmt: skip
    for values in (judicial, informal):
        orders.register(case, values, actor=manager, now=now - timedelta(hours=5))
    desk = {
        "way": RequestWay.VISIT, "dated_on": (now - timedelta(hours=3)).astimezone(clock.zone()).date(),
        "authority": "Commissariat de l’aéroport (démonstration)",
        "number": "", "signatory": "l’inspecteur de garde (démonstration)",
        "note": "« Avez-vous vu passer un jeune homme du vol de 22 heures ? » (démonstration)",
    }  # fmt: skip
    orders.register_informal(desk, actor=manager, now=now - timedelta(hours=3))


def _hold(manager: User, officer: User, now: datetime) -> None:
    """The oldest closed file is kept for a court, one of the manager's where there is one."""
    query = select(Case).where(Case.state == CaseState.CLOSED, Case.erased_at.is_(None))
    others = Case.manager_id.is_distinct_from(manager.id)
    case = db.session.scalars(query.order_by(others, Case.closed_at, Case.code).limit(1)).first()
    if case is None:
        return
    day = now.astimezone(clock.zone()).date()
    holding.place(
        case, HoldReason.PROCEEDINGS, basis="Parquet de Douala, n° DEMO/02 (démonstration)",
        words="Une audience est annoncée ; rappeler le greffe (démonstration).", until=None,
        review_on=day + timedelta(days=45), silent=False, actor=officer, now=now - timedelta(days=1),
    )  # fmt: skip


def _withdrawal(manager: User, now: datetime) -> None:
    """Somebody took a consent back, and the recipient has not confirmed in time."""
    at = now - UNCONFIRMED
    query = (
        select(Consent)
        .join(Case, Consent.case_id == Case.id)
        .where(
            Case.manager_id == manager.id,
            Case.state.in_(LIVE),
            Consent.state == ConsentState.GIVEN,
            Consent.given_at < at,
            Consent.purpose.like("referral:%"),
            Consent.recipient_id != manager.organization_id,
        )
        .order_by(Consent.given_at, Case.code, Consent.purpose)
    )
    consent = db.session.scalars(query).first()
    if consent is None:
        return
    case = db.session.get_one(Case, consent.case_id)
    taken = {consent.id: [Category(one) for one in consent.categories]}
    withdrawing.withdraw(case, taken, channel=Channel.DESK, actor=manager, by_person=False, now=at)


def add_work(directory: Directory, federation: Organization, coordinator: User, now: datetime) -> None:
    """An employer's offer and its vacancy; the employer belongs to a federation."""
    day = now.astimezone(clock.zone()).date()
    found = [place for one, place in directory.entries if one.body == "firm"]
    for place in found[:1]:
        place.capacity_status, place.capacity_available, place.capacity_maximum = CapacityStatus.AVAILABLE, 3, 6
        place.capacity_updated_at, place.waiting_days = now - timedelta(hours=3), None
        place.service.accepts_referrals = Referrals.YES
        db.session.add(
            EmploymentOffer(
                service_id=place.service_id, kind=OfferKind.APPRENTICESHIP, trade="Mécanique et soudure", places=6,
                duration="six mois", pay=25_000, cost=0, entry=EntryLevel.LITERATE, documents="", without_papers=True,
            )
        )  # fmt: skip
        stamp: dict[str, Any] = {"actor": coordinator, "now": now}
        function = next((one.function for one in place.contacts if one.function), "")
        employing.announce(
            place,
            "Apprenti mécanicien",
            3,
            valid_until=day + timedelta(days=25),
            contact=function,
            direct=True,
            **stamp,
        )
        employing.join(
            federation, place.service.organization_id, starts_on=day - timedelta(days=200), ends_on=None, **stamp
        )
