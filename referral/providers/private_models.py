"""Tables of the private sector: the offer of a service, its vacancies, which employers belong to a federation."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.employment import EntryLevel, OfferKind, VacancyState, state_on
from referral.foundation.tables import Base, enum_column, new_id
from referral.partners.models import Organization
from referral.providers.models import ServiceAtLocation


class EmploymentOffer(Base):
    """What a service of economic reintegration offers: one row a service. Amounts are in francs CFA.

    `pay` is what the person gets a month, `cost` what they pay in all; `without_papers`: whether returnees without
    papers are taken. Nothing said is None or empty.
    """

    __tablename__ = "employment_offer"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    kind: Mapped[OfferKind] = mapped_column(enum_column(OfferKind))
    trade: Mapped[str] = mapped_column(String(120), default="")
    places: Mapped[int | None]
    duration: Mapped[str] = mapped_column(String(120), default="")
    pay: Mapped[int | None]
    cost: Mapped[int | None]
    entry: Mapped[EntryLevel | None] = mapped_column(enum_column(EntryLevel))
    starts_on: Mapped[date | None]
    documents: Mapped[str] = mapped_column(String(300), default="")
    without_papers: Mapped[bool | None]


class Vacancy(Base):
    """Places to be filled until a day. `contact` is the function of one of the entry's contacts, never a name."""

    __tablename__ = "vacancy"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"))
    place: Mapped[ServiceAtLocation] = relationship()
    title: Mapped[str] = mapped_column(String(120))
    places: Mapped[int]
    places_left: Mapped[int]
    valid_until: Mapped[date]
    state: Mapped[VacancyState] = mapped_column(enum_column(VacancyState))
    contact: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("places_left >= 0 AND places_left <= places", name="places"),
        Index("ix_vacancy_place_id_valid_until", "place_id", "valid_until"),
    )

    def state_on(self, today: date) -> VacancyState:
        """Its state on a day."""
        return state_on(self.state, self.valid_until, today)


class FederationMembership(Base):
    """An employer belongs to an employers' federation, from a day; `ends_on` is the last day, None while it lasts."""

    __tablename__ = "federation_membership"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    federation_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    federation: Mapped[Organization] = relationship(foreign_keys=[federation_id])
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    employer: Mapped[Organization] = relationship(foreign_keys=[employer_id])
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("federation_id", "employer_id", "starts_on"),)
