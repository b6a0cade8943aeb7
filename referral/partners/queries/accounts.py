"""SELECTs about organisations, users, sessions and notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.foundation.searching import fold
from referral.partners.models import Organization, SignInSession, User


def user_by_name(username: str) -> User | None:
    """The account of a sign-in name, whatever its case."""
    return db.session.scalar(select(User).where(User.username == username.strip().lower()))


_SESSION = select(SignInSession).where(SignInSession.token_hash == bindparam("token_hash"))
"""Of every request, so it is built once."""


def live_session(token_hash: str, *, now: datetime) -> SignInSession | None:
    """The session that a cookie's token opens, unless it is revoked or over or its user is disabled."""
    found = db.session.scalar(_SESSION, {"token_hash": token_hash})
    if found is None or found.revoked_at is not None or found.expires_at <= now or not found.user.active:
        return None
    return found


def accounts() -> Select[User]:
    """All accounts, for the administrator: who works where, no content."""
    return select(User).order_by(User.username)


def organization(organization_id: UUID) -> Organization | None:
    """One organisation."""
    return db.session.get(Organization, organization_id)


def organization_by_name(name: str) -> Organization | None:
    """The organisation of a name, accents and case forgiven."""
    return db.session.scalars(select(Organization).where(Organization.folded_name == fold(name))).first()


def case_managers(organization_id: UUID) -> list[User]:
    """Case managers of an organisation, for assignment."""
    return list(db.session.scalars(_MANAGERS, {"organization": organization_id}))


_MANAGERS = (
    select(User)
    .where(User.organization_id == bindparam("organization"), User.role == Role.CASE_MANAGER, User.active)
    .order_by(User.full_name)
)


def notices(
    *, state: MessageState | None, before: int | None, size: int
) -> tuple[list[tuple[OutboxMessage, str | None]], int | None]:
    """Outgoing notices with the recipient's account, newest first, and the number before which the next page starts."""
    query = (
        select(OutboxMessage, User.username)
        .outerjoin(User, User.id == OutboxMessage.recipient_id)
        .order_by(OutboxMessage.id.desc())
        .limit(size + 1)
    )
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    rows: list[tuple[OutboxMessage, str | None]] = [(row[0], row[1]) for row in db.session.execute(query)]
    return rows[:size], rows[size - 1][0].id if len(rows) > size else None


def notice_counts() -> dict[MessageState, int]:
    """How many notices wait, left and failed."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    counted: dict[MessageState, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return {state: counted.get(state, 0) for state in MessageState}
