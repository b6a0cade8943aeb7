"""Tables of what crosses without consent: emergency accesses, and orders and reports of the law."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.consent.emergencies import Conclusion, EmergencyReason
from referral.consent.orders import OrderKind, RequestWay
from referral.foundation.tables import Base, enum_column, new_id

if TYPE_CHECKING:
    from referral.cases.models import Case
    from referral.partners.models import Organization, User


class EmergencyAccess(Base):
    """One access to one case for one reason; the words of reason and review are sealed under the case's key."""

    __tablename__ = "emergency_access"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case] = relationship("Case")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    user: Mapped[User] = relationship("User", foreign_keys=[user_id])
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    reason: Mapped[EmergencyReason] = mapped_column(enum_column(EmergencyReason))
    sealed_words: Mapped[bytes]
    cannot_ask: Mapped[bool] = mapped_column(default=False)
    refused: Mapped[bool] = mapped_column(default=False)
    risk_to_others: Mapped[bool] = mapped_column(default=False)
    categories: Mapped[list[str]] = mapped_column(default=list)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    renewals: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    review_due_at: Mapped[datetime] = mapped_column(index=True)
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    conclusion: Mapped[Conclusion | None] = mapped_column(enum_column(Conclusion))
    sealed_review: Mapped[bytes | None]
    reminded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class LegalOrder(Base):
    """What an authority asked; who asked, under which number, and how it was verified are sealed.

    About a case, under the case's key; or informally and about no case, then of an organisation and under a key of its
    own (`key_owner`). `code`: of the latest decision. `verified`: None until somebody looked, `waived`: immunities, in
    writing. `erased_at`: since when the words of a request about no case are gone.
    """

    __tablename__ = "legal_order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    case: Mapped[Case | None] = relationship("Case")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization | None] = relationship("Organization")
    kind: Mapped[OrderKind] = mapped_column(enum_column(OrderKind))
    way: Mapped[RequestWay | None] = mapped_column(enum_column(RequestWay))
    dated_on: Mapped[date | None]
    sealed_words: Mapped[bytes]
    asked: Mapped[list[str]] = mapped_column(default=list)
    scope: Mapped[list[str]] = mapped_column(default=list)
    received_at: Mapped[datetime]
    received_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    verified: Mapped[bool | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    sealed_check: Mapped[bytes | None]
    waived: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str] = mapped_column(String(4))
    answered_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("(case_id IS NULL) = (organization_id IS NOT NULL)", name="about_case_or_none"),)

    @property
    def key_owner(self) -> UUID:
        """Under whose data key its words are sealed."""
        return self.case_id or self.id

    @property
    def team(self) -> Organization:
        """The organisation that answers: of the case, or of who was asked."""
        holder = self.case.organization if self.case is not None else self.organization
        if holder is None:
            raise LookupError("the check about_case_or_none holds")
        return holder
