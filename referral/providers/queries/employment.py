"""Offers and vacancies of employers, and by which federation's agreement an employer is covered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from directory.employment import VacancyState
from referral.extensions import db
from referral.partners.models import Agreement, Organization
from referral.partners.rules import AgreementState, OrganizationKind
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.private_models import EmploymentOffer, FederationMembership, Vacancy

LISTED = 50


def open_vacancies(places: Collection[UUID], today: date) -> Mapping[str, list[Vacancy]]:
    """Vacancies that are open today, those that end first before the others, by id of the entry as text."""
    query = _open(today).where(Vacancy.place_id.in_(places)).order_by(Vacancy.valid_until, Vacancy.id)
    found: dict[str, list[Vacancy]] = {}
    for one in db.session.scalars(query):
        found.setdefault(str(one.place_id), []).append(one)
    return found


def _open(today: date) -> Select[Vacancy]:
    return select(Vacancy).where(Vacancy.state == VacancyState.OPEN, Vacancy.valid_until >= today)


def vacancies_of(place_id: UUID) -> list[Vacancy]:
    """The latest vacancies of an entry, over or not."""
    query = select(Vacancy).where(Vacancy.place_id == place_id).order_by(Vacancy.created_at.desc(), Vacancy.id)
    return list(db.session.scalars(query.limit(LISTED)))


def waiting_vacancies(today: date) -> list[Vacancy]:
    """Vacancies that the coordination reads first."""
    query = select(Vacancy).where(Vacancy.state == VacancyState.WAITING, Vacancy.valid_until >= today)
    query = query.options(joinedload(Vacancy.place)).order_by(Vacancy.created_at, Vacancy.id)
    return list(db.session.scalars(query.limit(LISTED)).unique())


@dataclass(frozen=True, slots=True)
class Cover:
    """A federation to which an employer belongs; `until`: how long its agreement holds, None where there is none."""

    federation: Organization
    agreement: bool
    until: date | None


def covers(employer: Organization, today: date) -> list[Cover]:
    """The federations of an employer, each with its agreement in force."""
    query = (
        select(FederationMembership)
        .where(FederationMembership.employer_id == employer.id, *_belongs(today))
        .options(joinedload(FederationMembership.federation))
    )
    return [
        Cover(one.federation, *agreement_of(one.federation_id, today)) for one in db.session.scalars(query).unique()
    ]


def agreement_of(organization_id: UUID, today: date) -> tuple[bool, date | None]:
    """Whether an agreement with the organisation is in force, and until when; None: without an end."""
    query = select(Agreement.effective_until).where(
        or_(Agreement.partner_id == organization_id, Agreement.holder_id == organization_id),
        Agreement.state == AgreementState.ACTIVE,
        or_(Agreement.effective_from.is_(None), Agreement.effective_from <= today),
        or_(Agreement.effective_until.is_(None), Agreement.effective_until >= today),
    )
    ends = list(db.session.scalars(query))
    known = [one for one in ends if one is not None]
    return bool(ends), None if len(known) < len(ends) else max(known, default=None)


def _belongs(today: date) -> tuple[ColumnElement[bool], ...]:
    last = FederationMembership.ends_on
    return FederationMembership.starts_on <= today, or_(last.is_(None), last >= today)


@dataclass(frozen=True, slots=True)
class Member:
    """An employer of a federation, with what it offers to the people of the mechanism."""

    membership: FederationMembership
    employer: Organization
    offers: int
    vacancies: int


def members(federation: Organization, today: date) -> list[Member]:
    """The employers of a federation by name, with their offers and the places that are open."""
    query = (
        select(FederationMembership)
        .join(FederationMembership.employer)
        .where(FederationMembership.federation_id == federation.id, *_belongs(today))
        .options(joinedload(FederationMembership.employer))
        .order_by(Organization.folded_name, Organization.id)
    )
    rows = list(db.session.scalars(query).unique())
    ids = [one.employer_id for one in rows]
    offers = _counted(
        select(Service.organization_id, func.count())
        .join(EmploymentOffer, EmploymentOffer.service_id == Service.id)
        .where(Service.organization_id.in_(ids), Service.archived.is_(False))
        .group_by(Service.organization_id)
    )
    vacancies = _counted(
        select(Service.organization_id, func.sum(Vacancy.places_left))
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(Vacancy, Vacancy.place_id == ServiceAtLocation.id)
        .where(
            Service.organization_id.in_(ids),
            Service.archived.is_(False),
            Vacancy.state == VacancyState.OPEN,
            Vacancy.valid_until >= today,
        )
        .group_by(Service.organization_id)
    )
    return [
        Member(one, one.employer, offers.get(one.employer_id, 0), vacancies.get(one.employer_id, 0)) for one in rows
    ]


def _counted(query: Select[UUID, int]) -> dict[UUID, int]:
    return {row[0]: int(row[1] or 0) for row in db.session.execute(query)}


def possible_members() -> list[tuple[UUID, str]]:
    """Organisations that may belong to a federation: employers and places of training."""
    kinds = (OrganizationKind.EMPLOYER, OrganizationKind.TRAINING)
    query = select(Organization.id, Organization.name).where(Organization.kind.in_(kinds))
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Organization.folded_name, Organization.id))]
