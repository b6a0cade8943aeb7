"""The directory's tables: HSDS 3.1 names, our added columns declared in the profile."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.gazetteer import Ring
from directory.taxonomy import Disclosure, Referrals, Status, Visibility
from referral.foundation.tables import Base, enum_column, new_id
from referral.providers.capacity_models import ServiceCapacity, WithPlaces
from referral.providers.rules import (
    LocationType,
    Section,
    SignalOutcome,
    TrustLevel,
    VerificationMethod,
    VerificationOutcome,
)

if TYPE_CHECKING:
    from referral.partners.models import Organization
    from referral.providers.private_models import EmploymentOffer


class Service(Base):
    """HSDS service. `needs` are the need codes that the saved mapping gives; none means never offered.

    The columns of the referral procedure are those of `directory.referring`. `replaced_by_id`: the service that took
    the place of this one, for whoever still holds its id.
    """

    __tablename__ = "service"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship("Organization")
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(200), index=True, default="")
    description: Mapped[str] = mapped_column(String(4000), default="")
    status: Mapped[Status | None] = mapped_column(enum_column(Status), default=Status.ACTIVE)
    archived: Mapped[bool] = mapped_column(default=False)
    types: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[list[str]] = mapped_column(default=list)
    terms: Mapped[list[str]] = mapped_column(default=list)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    all_ages: Mapped[bool] = mapped_column(default=False)
    eligibility_description: Mapped[str] = mapped_column(String(2000), default="")
    application_process: Mapped[str] = mapped_column(String(2000), default="")
    fees_description: Mapped[str] = mapped_column(String(500), default="")
    free: Mapped[bool | None]
    accepts_referrals: Mapped[Referrals | None] = mapped_column(enum_column(Referrals))
    access_modes: Mapped[list[str]] = mapped_column(default=list)
    referral_channels: Mapped[list[str]] = mapped_column(default=list)
    next_step: Mapped[str] = mapped_column(String(500), default="")
    response_hours: Mapped[int | None]
    response_hours_urgent: Mapped[int | None]
    response_hours_emergency: Mapped[int | None]
    feedback_channels: Mapped[list[str]] = mapped_column(default=list)
    feedback_days: Mapped[int | None]
    complaint_channel: Mapped[str] = mapped_column(String(500), default="")
    residence_required: Mapped[bool | None]
    can_be_mobilised_by: Mapped[list[str]] = mapped_column(default=list)
    exclusions: Mapped[str] = mapped_column(String(1000), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    interpretation: Mapped[str] = mapped_column(String(4000), default="")
    remote: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    required_documents: Mapped[list[str]] = mapped_column(default=list)
    alert: Mapped[str] = mapped_column(String(500), default="")
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.NETWORK)
    assured_date: Mapped[date | None]
    last_modified: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(80), default="")
    source_id: Mapped[str] = mapped_column(String(200), default="")
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    version: Mapped[int] = mapped_column(default=1)
    places: Mapped[list[ServiceAtLocation]] = relationship(back_populates="service")
    audiences: Mapped[list[ServiceAudience]] = relationship(back_populates="service", cascade="all, delete-orphan")
    offer: Mapped[EmploymentOffer | None] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_service_source_source_id", "source", "source_id"),
        Index("ix_service_visibility_id", "visibility", "id"),
    )


class ServiceAudience(Base):
    """Who a service takes: facet (sex, status …), term, rule (included, excluded, priority)."""

    __tablename__ = "service_audience"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    service: Mapped[Service] = relationship(back_populates="audiences")
    facet: Mapped[str] = mapped_column(String(24))
    term: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(16))


class Location(Base):
    """HSDS location. `disclosure` keeps a refuge's street and coordinates on the server."""

    __tablename__ = "location"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    location_type: Mapped[LocationType] = mapped_column(enum_column(LocationType), default=LocationType.PHYSICAL)
    disclosure: Mapped[Disclosure] = mapped_column(enum_column(Disclosure), default=Disclosure.EXACT)
    address: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="CM")
    pcode: Mapped[str] = mapped_column(String(16), index=True, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(String(40), default="Africa/Douala")
    accessibility: Mapped[str] = mapped_column(String(500), default="")
    step_free: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(80), default="")
    source_id: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index("ix_location_source_source_id", "source", "source_id"),)


class ServiceAtLocation(WithPlaces, Base):
    """HSDS service_at_location: what a referral is addressed to.

    `areas` holds P-codes, `name:…` where no code is known, either after `on_request:` (see `rules.area_of`).
    """

    __tablename__ = "service_at_location"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    service: Mapped[Service] = relationship(back_populates="places", lazy="joined")
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"), index=True)
    location: Mapped[Location | None] = relationship("Location", lazy="joined")
    areas: Mapped[list[str]] = mapped_column(default=list)
    on_holidays: Mapped[str] = mapped_column(String(8), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="")
    source_id: Mapped[str] = mapped_column(String(200), default="")
    archived: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    capacities: Mapped[list[ServiceCapacity]] = relationship(cascade="all, delete-orphan")
    schedules: Mapped[list[ServiceSchedule]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan"
    )
    closures: Mapped[list[ServiceClosure]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan"
    )
    contacts: Mapped[list[ServiceContact]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan"
    )
    verifications: Mapped[list[SectionVerification]] = relationship(back_populates="service_at_location")

    __mapper_args__ = {"version_id_col": version}


class ServiceSchedule(Base):
    """HSDS schedule: one row a slot; `byday` is `MO,TU,…`; closes ≤ opens rolls over midnight.

    The parts of an RRULE beyond the plain week come from imports; `kind` is one of `directory.seasons.Kind`; rows of a
    season without own days hold on those of the calendar's periods.
    """

    __tablename__ = "schedule"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation] = relationship(back_populates="schedules")
    byday: Mapped[str] = mapped_column(String(200), default="")
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    freq: Mapped[str] = mapped_column(String(8), default="WEEKLY")
    interval: Mapped[int] = mapped_column(default=1)
    dtstart: Mapped[date | None]
    until: Mapped[date | None]
    count: Mapped[int | None]
    wkst: Mapped[str] = mapped_column(String(2), default="MO")
    bymonthday: Mapped[str] = mapped_column(String(400), default="")
    byweekno: Mapped[str] = mapped_column(String(400), default="")
    byyearday: Mapped[str] = mapped_column(String(400), default="")
    kind: Mapped[str] = mapped_column(String(16), default="normal")
    description: Mapped[str] = mapped_column(String(4000), default="")


class ServiceClosure(Base):
    """Days on which the service is closed, both included; an open end holds until it is taken away."""

    __tablename__ = "closure"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation] = relationship(back_populates="closures")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class ServiceContact(Base):
    """HSDS phone and contact of a service: a function, never a private person's name in exports."""

    __tablename__ = "service_contact"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation] = relationship(back_populates="contacts")
    function: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    extension: Mapped[str] = mapped_column(String(40), default="")
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.NETWORK)
    takes_referrals: Mapped[bool] = mapped_column(default=False)


class SectionVerification(Base):
    """Somebody confirmed one section of an entry or of an organisation on a day, or something spoke against it.

    `evidence` names what an event that nobody typed in comes from (`referral:…`, `mail:…`), so that it counts once.
    """

    __tablename__ = "section_verification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_location_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation | None] = relationship(back_populates="verifications")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    section: Mapped[Section] = mapped_column(enum_column(Section))
    method: Mapped[VerificationMethod] = mapped_column(enum_column(VerificationMethod))
    outcome: Mapped[VerificationOutcome] = mapped_column(
        enum_column(VerificationOutcome), default=VerificationOutcome.CONFIRMED
    )
    evidence: Mapped[str | None] = mapped_column(String(60), unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("(service_at_location_id IS NULL) <> (organization_id IS NULL)", name="subject"),)

    @property
    def changed(self) -> bool:
        """Whether the section was changed, not only confirmed."""
        return self.outcome is VerificationOutcome.CHANGED


class ServiceStaff(Base):
    """Who answers for a service: the "listed staff" of the sharing decision, and who may edit its entry."""

    __tablename__ = "service_staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    focal_point: Mapped[bool] = mapped_column(default=False)
    trust: Mapped[TrustLevel] = mapped_column(enum_column(TrustLevel), default=TrustLevel.USUAL)

    __table_args__ = (UniqueConstraint("service_id", "user_id"),)


class TermMapping(Base):
    """Which need an imported term means, saved per source (`--map TERM=NEED`)."""

    __tablename__ = "term_mapping"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(80))
    term: Mapped[str] = mapped_column(String(200))
    need: Mapped[str] = mapped_column(String(8))

    __table_args__ = (UniqueConstraint("source", "term", "need"),)


class ColumnMapping(Base):
    """Which field of a service a source's heading means, saved per source (`--map HEADING=FIELD`)."""

    __tablename__ = "column_mapping"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(80))
    heading: Mapped[str] = mapped_column(String(200))
    field: Mapped[str] = mapped_column(String(60))

    __table_args__ = (UniqueConstraint("source", "heading"),)


class SourceDocument(Base):
    """A document as it came from a source, so that what our tables do not know is given back at an export.

    `kind` is service, organization or location, `record_id` the row that came of it. `baseline` is what we wrote of
    that row right after: what differs from it later was changed here (see `directory.hsds_keeping`).
    """

    __tablename__ = "source_document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    source_id: Mapped[str] = mapped_column(String(200))
    record_id: Mapped[UUID] = mapped_column(index=True)
    document: Mapped[dict[str, Any]]
    baseline: Mapped[dict[str, Any]]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("source", "kind", "source_id"),)


class ImportBatch(Base):
    """One import: how many rows went in, how many were set aside."""

    __tablename__ = "import_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(80))
    imported_at: Mapped[datetime]
    services: Mapped[int]
    organizations: Mapped[int]
    locations: Mapped[int]
    quarantined: Mapped[int] = mapped_column(default=0)
    issues: Mapped[list[ImportIssue]] = relationship(back_populates="batch")


class ImportIssue(Base):
    """A row that was set aside (or went in with a warning) and why."""

    __tablename__ = "import_issue"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id"), index=True)
    batch: Mapped[ImportBatch] = relationship(back_populates="issues")
    row: Mapped[int]
    source_id: Mapped[str] = mapped_column(String(200), default="")
    field: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(500))
    quarantined: Mapped[bool] = mapped_column(default=True)


class DirectoryStamp(Base):
    """One row whose stamp changes with every write to the directory, so that a cached catalogue knows its age.

    The stamp is random, not a counter: what was rolled back never comes back as something else.
    """

    __tablename__ = "directory_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime | None]


class AdminUnit(Base):
    """A region, département or arrondissement by P-code; the country is its first two letters.

    `name_alt` holds other spellings and the seat's name; `outline` rings of [longitude, latitude]; `same_as` the unit
    that this one repeats: its code stays known to imports, pick lists show the other. `local_id` is for display only.
    """

    __tablename__ = "admin_unit"

    pcode: Mapped[str] = mapped_column(String(16), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    name_alt: Mapped[list[str]] = mapped_column(default=list)
    parent: Mapped[str] = mapped_column(String(16), index=True, default="")
    iso: Mapped[str] = mapped_column(String(10), default="")
    local_id: Mapped[str] = mapped_column(String(16), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    outline: Mapped[list[Ring]] = mapped_column(JSON, default=list, deferred=True)
    same_as: Mapped[str] = mapped_column(String(16), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class NeedSignal(Base):
    """A need for which no service was found, for the analysis of gaps: nothing about the person but adult or minor."""

    __tablename__ = "need_signal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    pcode: Mapped[str] = mapped_column(String(16), default="")
    category: Mapped[str] = mapped_column(String(8), default="")
    audience: Mapped[str] = mapped_column(String(24), default="")
    evidence: Mapped[str | None] = mapped_column(String(32), unique=True)
    outcome: Mapped[SignalOutcome] = mapped_column(enum_column(SignalOutcome))
