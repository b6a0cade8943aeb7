"""Tables of the referral loop. A referral goes to a service at a place, never to a user."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.foundation.tables import Base, enum_column, new_id
from referral.referrals.rules import DeclineReason, NonDeliveryReason, ReferralAction, ReferralState, Speed
from sop.vocabulary import Need

if TYPE_CHECKING:
    from referral.cases.models import Case
    from referral.partners.models import Organization
    from referral.providers.models import ServiceAtLocation


class Referral(Base):
    """One referral of one need to one service. `reference` is random: it is all that the slip's QR code holds.

    `expected_on`: when a place on the waiting list should be free.
    """

    __tablename__ = "referral"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    need: Mapped[Need] = mapped_column(enum_column(Need))
    attempt: Mapped[int] = mapped_column(default=1)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    sender_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization] = relationship("Organization", foreign_keys=[organization_id])
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation] = relationship("ServiceAtLocation")
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    categories: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState), default=ReferralState.DRAFT, index=True)
    speed: Mapped[Speed] = mapped_column(enum_column(Speed))
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    appointment_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(enum_column(DeclineReason))
    non_delivery_reason: Mapped[NonDeliveryReason | None] = mapped_column(enum_column(NonDeliveryReason))
    version: Mapped[int] = mapped_column(default=1)
    events: Mapped[list[ReferralEvent]] = relationship(back_populates="referral", order_by="ReferralEvent.sequence")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_referral_organization_state", "organization_id", "state"),)


class ReferralEvent(Base):
    """Every move: who, when, from where to where, why (coded); the note is sealed under the case's key."""

    __tablename__ = "referral_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    referral: Mapped[Referral] = relationship(back_populates="events")
    sequence: Mapped[int]
    action: Mapped[ReferralAction] = mapped_column(enum_column(ReferralAction))
    from_state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "from_state"))
    to_state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "to_state"))
    reason: Mapped[str] = mapped_column(String(24), default="")
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    sealed_note: Mapped[bytes | None]

    __table_args__ = (UniqueConstraint("referral_id", "sequence"),)


class ShortlistEntry(Base):
    """A service kept for a case to choose from, with its entry as it was then.

    `frozen` holds what the entry said when it was kept (see `actions.shortlisting.freeze`), `entry_version` and
    `service_version` which version that was. The note is sealed under the case's key. An entry that was taken off keeps
    its row, so that it can be put back.
    """

    __tablename__ = "shortlist_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    service_at_location_id: Mapped[UUID] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    service_at_location: Mapped[ServiceAtLocation] = relationship("ServiceAtLocation")
    entry_version: Mapped[int]
    service_version: Mapped[int]
    frozen: Mapped[dict[str, Any]]
    sealed_note: Mapped[bytes | None]
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("case_id", "service_at_location_id"),)
