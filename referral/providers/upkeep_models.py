"""Tables of the directory's upkeep: links, reminders, calls, campaigns, proposals, revisions, reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.reminders import Step
from referral.foundation.tables import Base, enum_column, new_id
from referral.providers.rules import (
    NoticeKind,
    Origin,
    ReportKind,
    ReportState,
    Section,
    TaskReason,
    VerificationOutcome,
)

if TYPE_CHECKING:
    from referral.partners.models import Organization, User
    from referral.providers.models import ServiceAtLocation

PLACE = "service_at_location.id"
ORGANIZATION = "organization.id"
USER = "user_account.id"
ONE_SUBJECT = "(place_id IS NULL) <> (organization_id IS NULL)"
Subject: TypeAlias = "ServiceAtLocation | Organization"


def subject_of(place: ServiceAtLocation | None, organization: Organization | None) -> Subject:
    """The one of the two that is there."""
    found = place or organization
    if found is None:
        raise LookupError("neither an entry nor an organisation")
    return found


class ConfirmationLink(Base):
    """A link by which one section is confirmed without a password; only the token's hash is kept."""

    __tablename__ = "confirmation_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey(PLACE), index=True)
    place: Mapped[ServiceAtLocation | None] = relationship("ServiceAtLocation")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    organization: Mapped[Organization | None] = relationship("Organization")
    section: Mapped[Section] = mapped_column(enum_column(Section))
    user_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    user: Mapped[User] = relationship("User")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint(ONE_SUBJECT, name="subject"),)

    @property
    def subject(self) -> Subject:
        """The entry or the organisation that it is about."""
        return subject_of(self.place, self.organization)


class ReminderStep(Base):
    """A step of the ladder that was taken; `cycle` is the confirmation it counts from, a campaign, or a vacancy's end.

    Of a vacancy it is `v:`, the beginning of its id and its last day: one that is prolonged may be reminded of again.
    """

    __tablename__ = "reminder_step"

    place_id: Mapped[UUID] = mapped_column(ForeignKey(PLACE), primary_key=True)
    section: Mapped[Section] = mapped_column(enum_column(Section), primary_key=True)
    cycle: Mapped[str] = mapped_column(String(40), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_column(Step), primary_key=True)
    at: Mapped[datetime]


class OrganizationReminder(Base):
    """A step of the ladder that was taken for an organisation; `cycle` is the confirmation it counts from."""

    __tablename__ = "organization_reminder"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANIZATION), primary_key=True)
    cycle: Mapped[str] = mapped_column(String(40), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_column(Step), primary_key=True)
    at: Mapped[datetime]


class CallTask(Base):
    """The coordination should call an organisation about an entry."""

    __tablename__ = "call_task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey(PLACE), index=True)
    place: Mapped[ServiceAtLocation | None] = relationship("ServiceAtLocation")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    organization: Mapped[Organization | None] = relationship("Organization")
    reason: Mapped[TaskReason] = mapped_column(enum_column(TaskReason))
    sections: Mapped[list[str]] = mapped_column(default=list)
    opened_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("entity_revision.id"))
    failed_calls: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[VerificationOutcome | None] = mapped_column(enum_column(VerificationOutcome))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))

    __table_args__ = (CheckConstraint(ONE_SUBJECT, name="subject"),)

    @property
    def subject(self) -> Subject:
        """The entry or the organisation that it is about."""
        return subject_of(self.place, self.organization)


class ReviewCampaign(Base):
    """Entries of some regions and needs are asked to confirm some sections between two days."""

    __tablename__ = "review_campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    regions: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[list[str]] = mapped_column(default=list)
    sections: Mapped[list[str]] = mapped_column(default=list)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))


class CampaignParticipation(Base):
    """An entry that a campaign asks; fixed when the campaign is made."""

    __tablename__ = "campaign_participation"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("review_campaign.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey(PLACE), primary_key=True)


class ChangeProposal(Base):
    """A change that waits beside the live entry until the coordination has decided each of its fields."""

    __tablename__ = "change_proposal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey(PLACE), index=True)
    place: Mapped[ServiceAtLocation | None] = relationship("ServiceAtLocation")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    organization: Mapped[Organization | None] = relationship("Organization")
    section: Mapped[Section] = mapped_column(enum_column(Section))
    origin: Mapped[Origin] = mapped_column(enum_column(Origin))
    proposer_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
    items: Mapped[list[ChangeItem]] = relationship(
        back_populates="proposal", cascade="all, delete-orphan", order_by="ChangeItem.field"
    )

    __table_args__ = (CheckConstraint(ONE_SUBJECT, name="subject"),)

    @property
    def subject(self) -> Subject:
        """The entry or the organisation that it is about."""
        return subject_of(self.place, self.organization)


class ChangeItem(Base):
    """One field of a proposal: what it was, what it should become, whether that was accepted."""

    __tablename__ = "change_item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("change_proposal.id"), index=True)
    proposal: Mapped[ChangeProposal] = relationship(back_populates="items")
    field: Mapped[str] = mapped_column(String(40))
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    accepted: Mapped[bool | None]

    __table_args__ = (UniqueConstraint("proposal_id", "field"),)


class EntityRevision(Base):
    """What was changed in an entry or an organisation: `diff` holds `field: [old, new]`."""

    __tablename__ = "entity_revision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey(PLACE))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANIZATION), index=True)
    section: Mapped[Section] = mapped_column(enum_column(Section))
    diff: Mapped[dict[str, Any]]
    origin: Mapped[Origin] = mapped_column(enum_column(Origin))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_entity_revision_place_id_at", "place_id", "at"),
        CheckConstraint(ONE_SUBJECT, name="subject"),
    )


class TempNotice(Base):
    """A notice that ends by itself: closed on these days (both included), or a message; `ended_at`: ended earlier."""

    __tablename__ = "temp_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID] = mapped_column(ForeignKey(PLACE), index=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind))
    text: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey(USER))
    ended_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("place_id", "kind", "starts_on", "ends_on", "text"),)


class DirectoryReport(Base):
    """Something in an entry is wrong, as one of its readers says. Misconduct is sealed and leaves the queue."""

    __tablename__ = "directory_report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[UUID] = mapped_column(ForeignKey(PLACE), index=True)
    place: Mapped[ServiceAtLocation] = relationship("ServiceAtLocation")
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind))
    text: Mapped[str] = mapped_column(String(500), default="")
    sealed_text: Mapped[bytes | None]
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey(USER), index=True)
    reported_at: Mapped[datetime]
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState), default=ReportState.OPEN, index=True)
    answer: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER))
