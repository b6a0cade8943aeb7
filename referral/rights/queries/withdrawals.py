"""What can be withdrawn, what was, and which recipients have not confirmed yet."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload, selectinload

from referral.cases.models import Case
from referral.consent.models import Consent, ConsentState
from referral.consent.wording import purpose_of
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import SEES_IDENTITY, Permission, Role, Scope, scope_of
from referral.identification.rules import BASE_PURPOSE
from referral.partners.models import User
from referral.referrals.models import Referral
from referral.referrals.rules import RUNNING
from referral.rights.models import StopNotice, Withdrawal

MOST = 100


def living(case: Case) -> list[Consent]:
    """Consents of a case that open something to others now, by recipient.

    Base consent towards the organisation that holds the file is taken back by closing the case (step N11).
    """
    query = select(Consent).options(joinedload(Consent.recipient))
    query = query.where(Consent.case_id == case.id, Consent.state == ConsentState.GIVEN)
    query = query.where(Consent.recipient_id != case.organization_id)
    return list(db.session.scalars(query.order_by(Consent.given_at, Consent.id)))


def copied(case: Case) -> list[tuple[Consent, list[str]]]:
    """Living consents that the person has a copy of, with who may see by the same answer; base consent stands once."""
    query = select(Consent).options(joinedload(Consent.recipient))
    query = query.where(Consent.case_id == case.id, Consent.state == ConsentState.GIVEN)
    found: dict[tuple[str, UUID | None], tuple[Consent, list[str]]] = {}
    for one in db.session.scalars(query.order_by(Consent.given_at, Consent.recipient_id != case.organization_id)):
        key = (one.purpose, None if one.purpose == BASE_PURPOSE else one.recipient_id)
        found.setdefault(key, (one, []))[1].append(one.recipient.name)
    return list(found.values())


def running(consent: Consent) -> list[Referral]:
    """Referrals under way that this consent carries, oldest first."""
    query = select(Referral).where(
        Referral.case_id == consent.case_id,
        Referral.organization_id == consent.recipient_id,
        Referral.state.in_(RUNNING),
    )
    rows = db.session.scalars(query.order_by(Referral.sent_at, Referral.id))
    return [one for one in rows if purpose_of(one.need) == consent.purpose]


def withdrawals_of(case_id: UUID) -> list[Withdrawal]:
    """What was withdrawn in a case, newest first, with its stops."""
    query = select(Withdrawal).where(Withdrawal.case_id == case_id)
    query = query.options(selectinload(Withdrawal.stops).joinedload(StopNotice.recipient))
    return list(db.session.scalars(query.order_by(Withdrawal.at.desc(), Withdrawal.id)))


def withdrawal(case_id: UUID, withdrawal_id: UUID) -> Withdrawal | None:
    """One withdrawal of a case."""
    return next((one for one in withdrawals_of(case_id) if one.id == withdrawal_id), None)


def visible_stops(actor: Actor) -> Select[StopNotice]:
    """Stops that `actor` sees: those of the own organisation, all for the data officer."""
    query = select(StopNotice).options(
        joinedload(StopNotice.recipient), joinedload(StopNotice.withdrawal).joinedload(Withdrawal.case)
    )
    scope = scope_of(actor.role, Permission.STOP_READ)
    if scope is Scope.ALL:
        return query
    if scope is Scope.ORGANIZATION:
        return query.where(StopNotice.recipient_id == actor.organization_id)
    return query.where(false())


def open_stops(actor: Actor) -> list[StopNotice]:
    """Those that wait for a confirmation, the most urgent first."""
    query = visible_stops(actor).where(StopNotice.answered_at.is_(None))
    return list(db.session.scalars(query.order_by(StopNotice.due_on, StopNotice.id).limit(MOST)))


def answered_stops(actor: Actor) -> list[StopNotice]:
    """Those that were confirmed, newest first."""
    query = visible_stops(actor).where(StopNotice.answered_at.is_not(None))
    return list(db.session.scalars(query.order_by(StopNotice.answered_at.desc(), StopNotice.id).limit(MOST)))


def stop(actor: Actor, stop_id: UUID) -> StopNotice | None:
    """One stop of the own organisation, locked."""
    query = visible_stops(actor).where(StopNotice.id == stop_id, StopNotice.recipient_id == actor.organization_id)
    return db.session.scalar(query.with_for_update(of=StopNotice))


def unconfirmed(told_before: date) -> list[StopNotice]:
    """Every stop that waits since this day or longer, for the chase."""
    query = select(StopNotice).options(joinedload(StopNotice.withdrawal).joinedload(Withdrawal.case))
    query = query.where(StopNotice.answered_at.is_(None), StopNotice.told_on <= told_before)
    return list(db.session.scalars(query.order_by(StopNotice.due_on, StopNotice.id)))


def staff(organization_id: UUID) -> list[User]:
    """Who is told in an organisation: everybody active there whose role may have seen the data."""
    query = select(User).where(User.organization_id == organization_id, User.role.in_(SEES_IDENTITY), User.active)
    return list(db.session.scalars(query.order_by(User.username)))


def speaks_by_telephone(one: StopNotice, today: date) -> bool:
    """Whether the case team may record the answer: nobody there can sign in, or the day has passed in silence."""
    return one.answered_at is None and (one.due_on < today or not staff(one.recipient_id))


def stop_of_case(case_id: UUID, stop_id: UUID) -> StopNotice | None:
    """One stop that was sent because of a withdrawal in this case, locked."""
    query = select(StopNotice).join(StopNotice.withdrawal).options(joinedload(StopNotice.recipient))
    query = query.where(StopNotice.id == stop_id, Withdrawal.case_id == case_id)
    return db.session.scalar(query.with_for_update(of=StopNotice))


def waiting_of(case_id: UUID) -> bool:
    """Whether somebody has not confirmed yet what it did with the data of this case."""
    query = select(StopNotice.id).join(StopNotice.withdrawal)
    query = query.where(Withdrawal.case_id == case_id, StopNotice.answered_at.is_(None))
    return db.session.scalar(query.limit(1)) is not None


def recordable(case_id: UUID, today: date) -> set[UUID]:
    """The stops of a case whose answer the case team may record."""
    query = select(StopNotice).join(StopNotice.withdrawal)
    query = query.where(Withdrawal.case_id == case_id, StopNotice.answered_at.is_(None))
    return {one.id for one in db.session.scalars(query) if speaks_by_telephone(one, today)}


def has_stops(organization_id: UUID | None) -> bool:
    """Whether an organisation was ever told to stop: then its staff have the page in their menu."""
    query = select(StopNotice.id).where(StopNotice.recipient_id == organization_id).limit(1)
    return organization_id is not None and db.session.scalar(query) is not None


def overdue_stops(actor: Actor, today: date) -> list[StopNotice]:
    """Stops whose day has passed, the oldest first."""
    query = visible_stops(actor).where(StopNotice.answered_at.is_(None), StopNotice.due_on < today)
    return list(db.session.scalars(query.order_by(StopNotice.due_on, StopNotice.id).limit(MOST)))


def officers() -> list[User]:
    """The data officers."""
    query = select(User).where(User.role == Role.DATA_OFFICER, User.active)
    return list(db.session.scalars(query.order_by(User.username)))
