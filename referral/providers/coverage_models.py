"""Tables of coverage: what a person confirmed, targets, mandates, monthly snapshots, the demand of a quarter.

And of what is printed and offered beside it: labels and services in other languages, work and training offers.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.mandates import MandateRole
from referral.foundation.tables import Base, enum_column, new_id
from referral.providers.rules import OfferKind
from sop.vocabulary import Need

if TYPE_CHECKING:
    from referral.partners.models import Organization
    from referral.providers.models import Service

USER = "user_account.id"


class CoverageConfirmation(Base):
    """Somebody looked and found no service for a need at a place; the latest one that is not taken back counts."""

    __tablename__ = "coverage_confirmation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    need: Mapped[Need] = mapped_column(enum_column(Need))
    pcode: Mapped[str] = mapped_column(String(16), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    withdrawn_at: Mapped[datetime | None]


class CoverageTarget(Base):
    """How many usable services a need should have in every unit of a level (1 region, 2 département)."""

    __tablename__ = "coverage_target"

    need: Mapped[Need] = mapped_column(enum_column(Need), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minimum: Mapped[int]

    __table_args__ = (CheckConstraint("minimum BETWEEN 1 AND 99", name="minimum"),)


class CoverageSnapshot(Base):
    """The matrix by region at the first run of a month (`2026-11`); it never changes."""

    __tablename__ = "coverage_snapshot"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    taken_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class CoverageDemand(Base):
    """The published demand of a quarter, frozen: two editions (`signatory`, `other`) of one audit, no raw count."""

    __tablename__ = "coverage_demand"

    quarter: Mapped[str] = mapped_column(String(8), primary_key=True)
    published_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class DirectoryMandate(Base):
    """Who is meant to act for a need at a place (P-code; `CM` is the whole country), by which text, for how long."""

    __tablename__ = "mandate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship("Organization")
    need: Mapped[Need] = mapped_column(enum_column(Need))
    pcode: Mapped[str] = mapped_column(String(16))
    role: Mapped[MandateRole] = mapped_column(enum_column(MandateRole))
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]


class LeafletLabel(Base):
    """A label of the leaflet in another language than French and English; a proposal until a reviewer is named."""

    __tablename__ = "leaflet_label"

    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    text: Mapped[str] = mapped_column(String(400))
    reviewer: Mapped[str] = mapped_column(String(120), default="")
    reviewed_at: Mapped[datetime | None]
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))


class ServiceTranslation(Base):
    """The public texts of a service in another language; a proposal until a reviewer is named.

    `of_version` is the version of the service that was translated: a later one asks for another look.
    """

    __tablename__ = "service_translation"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    texts: Mapped[dict[str, Any]]
    of_version: Mapped[int]
    reviewer: Mapped[str] = mapped_column(String(120), default="")
    reviewed_at: Mapped[datetime | None]
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))


class WorkOffer(Base):
    """What an employer or a training centre adds to its service: which kind of offer, and on which terms."""

    __tablename__ = "work_offer"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    service: Mapped[Service] = relationship("Service")
    kind: Mapped[OfferKind] = mapped_column(enum_column(OfferKind))
    trade: Mapped[str] = mapped_column(String(120), default="")
    level: Mapped[str] = mapped_column(String(120), default="")
    months: Mapped[int | None]
    paid: Mapped[bool | None]
    certificate: Mapped[str] = mapped_column(String(120), default="")
    lodging: Mapped[bool | None]
    updated_at: Mapped[datetime]


class Vacancy(Base):
    """Open places of a work offer. It leaves the pages by itself after `closes_on`; nothing is deleted."""

    __tablename__ = "vacancy"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    service: Mapped[Service] = relationship("Service")
    title: Mapped[str] = mapped_column(String(120))
    places: Mapped[int]
    pcode: Mapped[str] = mapped_column(String(16), default="")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    filled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 999", name="places"),
        CheckConstraint("closes_on >= opens_on", name="days"),
        Index("ix_vacancy_service_id_closes_on", "service_id", "closes_on"),
    )
