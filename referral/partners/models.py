"""Tables of organisations, users, sign-in sessions, throttling and agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from sqlalchemy.orm.attributes import get_history

from referral.foundation.grants import Role
from referral.foundation.tables import Base, enum_column, new_id
from referral.partners.rules import (
    AgreementAction,
    AgreementState,
    OrganizationKind,
    OrganizationType,
    Side,
    SignatureMethod,
    Terms,
)

_DECIDED = "state NOT IN ('active', 'suspended') OR (decision_number <> '' AND decision_on IS NOT NULL)"


class Organization(Base):
    """An organisation of the mechanism or of the directory (HSDS 3.1 organization, with our added columns).

    What it says of itself is a section of the directory (see `providers.rules.ORGANIZATION_FIELDS`). The `psea_…`
    columns say who takes complaints about misconduct of its staff: a function, never a person's name.
    """

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(200), index=True, default="")
    acronym: Mapped[str] = mapped_column(String(40), default="")
    other_names: Mapped[list[str]] = mapped_column(default=list)
    description: Mapped[str] = mapped_column(String(2000), default="")
    description_en: Mapped[str] = mapped_column(String(2000), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phones: Mapped[list[str]] = mapped_column(default=list)
    legal_status: Mapped[str] = mapped_column(String(200), default="")
    registration: Mapped[str] = mapped_column(String(120), default="")
    year_incorporated: Mapped[int | None]
    presence_since: Mapped[int | None]
    memberships: Mapped[list[str]] = mapped_column(default=list)
    funders: Mapped[list[str]] = mapped_column(default=list)
    psea_function: Mapped[str] = mapped_column(String(120), default="")
    psea_phone: Mapped[str] = mapped_column(String(40), default="")
    psea_email: Mapped[str] = mapped_column(String(254), default="")
    type: Mapped[OrganizationType] = mapped_column(enum_column(OrganizationType), default=OrganizationType.UNKNOWN)
    kind: Mapped[OrganizationKind] = mapped_column(enum_column(OrganizationKind), default=OrganizationKind.OTHER)
    region: Mapped[str] = mapped_column(String(12), default="")
    mandates: Mapped[list[str]] = mapped_column(default=list)
    signatory: Mapped[bool] = mapped_column(default=False)
    demonstration: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(80), default="")
    source_id: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_organization_source_source_id", "source", "source_id"),)


class User(UserMixin, Base):
    """Somebody who signs in. `undertaking_on`: the day they signed the confidentiality undertaking (rule A1)."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(120), unique=True)
    full_name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role] = mapped_column(enum_column(Role))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    organization: Mapped[Organization | None] = relationship(lazy="joined")
    region: Mapped[str] = mapped_column(String(12), default="")
    specialities: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(5), default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    undertaking_on: Mapped[date | None]

    @property
    def is_active(self) -> bool:
        """Flask-Login's name for `active`."""
        return self.active


class SignInSession(Base):
    """A server-side session: the cookie carries a random token, the table its hash; revoking works at once."""

    __tablename__ = "sign_in_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    user: Mapped[User] = relationship(lazy="joined")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_factor: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None]


class Throttle(Base):
    """A leaking bucket of tries, counted before any password is hashed; the key is keyed, so it names nobody."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[float] = mapped_column(default=0.0)
    updated_at: Mapped[datetime]


class Agreement(Base):
    """A data-sharing agreement (MoU): what `holder` may send to `partner`, for which purposes and categories.

    `terms` is what `rules.Terms` keeps, `clauses` its text by clause and language; neither changes after the text went
    to legal review. `amends_id`: the agreement that this one replaces once it takes effect. Nothing is in force
    without the number and the day of a decision of the committee: the database itself asks for them.
    """

    __tablename__ = "agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    holder: Mapped[Organization] = relationship(foreign_keys=[holder_id])
    partner: Mapped[Organization] = relationship(foreign_keys=[partner_id])
    state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState), default=AgreementState.DRAFT)
    effective_from: Mapped[date | None]
    effective_until: Mapped[date | None]
    categories: Mapped[list[str]] = mapped_column(default=list)
    purposes: Mapped[list[str]] = mapped_column(default=list)
    cross_border: Mapped[bool] = mapped_column(default=False)
    transfer_authorised: Mapped[bool] = mapped_column(default=False)
    onward: Mapped[bool] = mapped_column(default=False)
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decision_number: Mapped[str] = mapped_column(String(40), default="")
    decision_on: Mapped[date | None]
    amends_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    amends: Mapped[Agreement | None] = relationship(remote_side="Agreement.id")
    signatures: Mapped[list[AgreementSignature]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="AgreementSignature.recorded_at"
    )
    events: Mapped[list[AgreementEvent]] = relationship(order_by="AgreementEvent.sequence")
    version: Mapped[int] = mapped_column(default=1)

    @property
    def promised(self) -> Terms:
        """Its terms."""
        return Terms.read(self.terms)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("holder_id", "partner_id", "reference"),
        CheckConstraint(_DECIDED, name="decided"),
    )


class AgreementComment(Base):
    """A remark of a party on one clause during the negotiation, and the coordination's answer."""

    __tablename__ = "agreement_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    clause: Mapped[str] = mapped_column(String(24))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    organization: Mapped[Organization | None] = relationship()
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(2000), default="")
    answered_at: Mapped[datetime | None]


class SignatureKept(RuntimeError):
    """Something was about to change or delete a signature."""


class AgreementSignature(Base):
    """One party's signature under one text (`text_hash`): by whom, when, and its scan or drawing if there is one.

    `content` is sealed (`sealed`; what was kept before 0027 is not), bound to this row and to the text; `file_hash` is
    the SHA-256 of what it opens to. Written once: a signature may fall with its text, but never change.
    """

    __tablename__ = "agreement_signature"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
    side: Mapped[Side] = mapped_column(enum_column(Side))
    representative: Mapped[str] = mapped_column(String(160))
    function: Mapped[str] = mapped_column(String(160), default="")
    signed_on: Mapped[date]
    method: Mapped[SignatureMethod] = mapped_column(enum_column(SignatureMethod))
    text_hash: Mapped[str] = mapped_column(String(64))
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sealed: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agreement_id", "side"),)


@event.listens_for(AgreementSignature, "before_update")
def _refuse_change(mapper: Any, _connection: Any, target: Any) -> None:
    """A signature is what somebody gave: it is never mended."""
    if any(get_history(target, column.key).has_changes() for column in mapper.column_attrs):
        raise SignatureKept("a signature is never changed")


@event.listens_for(AgreementSignature, "before_delete")
def _refuse_loss(_mapper: Any, _connection: Any, target: Any) -> None:
    """Signatures fall only with a text that goes back to negotiation, which a text signed by both never does."""
    session = object_session(target)
    one = session.get(Agreement, target.agreement_id) if session else None
    if one is None or one.state is not AgreementState.NEGOTIATION:
        raise SignatureKept("a signature that counts is never deleted")


class AgreementEvent(Base):
    """Every move: who, when, from where to where, why (coded); nobody, where its day came by itself."""

    __tablename__ = "agreement_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    sequence: Mapped[int]
    action: Mapped[AgreementAction] = mapped_column(enum_column(AgreementAction))
    from_state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState, "from_state"))
    to_state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState, "to_state"))
    reason: Mapped[str] = mapped_column(String(24), default="")
    decision_number: Mapped[str] = mapped_column(String(40), default="")
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agreement_id", "sequence"),)


class AgreementWarning(Base):
    """That the end of an agreement was told so many days before; `mark` 0 days: that it has stopped, by which event."""

    __tablename__ = "agreement_warning"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    days: Mapped[int]
    mark: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agreement_id", "days", "mark"),)


class AgreementCounter(Base):
    """The guarded counter of references, one row a year (never max + 1)."""

    __tablename__ = "agreement_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
