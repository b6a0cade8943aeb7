"""Which documents left a file, and who holds them: while it lives from the trail, after its erasure from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case
from referral.consent.exceptional_models import EmergencyAccess
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.audit import AuditLine
from referral.partners.models import Organization, User
from referral.referrals.models import Referral
from referral.rights.handing import PRINTS, DocumentKind, Handed, Holder, counted
from referral.rights.models import HandedOut, StopNotice


def documents_of(case: Case) -> list[Handed]:
    """Every document that left, oldest first; no name of a person."""
    return (ledger_of(case.id) if case.erased_at is not None else []) or left(case.id)


def ledger_of(owner_id: UUID) -> list[Handed]:
    """What the erasure ledger says had left a file."""
    query = select(HandedOut).where(HandedOut.owner_id == owner_id)
    rows = db.session.scalars(query.order_by(HandedOut.on, HandedOut.kind, HandedOut.organization))
    return counted(Handed(one.on, one.kind, one.holder, one.organization, one.times) for one in rows)


def left(case_id: UUID) -> list[Handed]:
    """What left a file that lives: referrals and emergencies that others read, and every printing."""
    return counted([*_read_by_others(case_id), *_printed(case_id)])


def holders(case_id: UUID) -> list[str]:
    """Organisations outside the team that ever received something of a case: they are told to destroy it."""
    names = select(Organization.name).where(Organization.id.in_(receivers(case_id)))
    return list(db.session.scalars(names.order_by(Organization.folded_name)))


def receivers(case_id: UUID) -> set[UUID]:
    """The ids of those organisations: a referral was sent to them, or they looked in an emergency."""
    sent = select(Referral.organization_id).where(Referral.case_id == case_id, Referral.sent_at.is_not(None))
    looked = select(EmergencyAccess.organization_id).where(EmergencyAccess.case_id == case_id)
    return {*db.session.scalars(sent), *db.session.scalars(looked)}


def _read_by_others(case_id: UUID) -> Iterator[Handed]:
    sent = select(Referral.sent_at, Organization.name).join(Organization, Organization.id == Referral.organization_id)
    for at, name in db.session.execute(sent.where(Referral.case_id == case_id, Referral.sent_at.is_not(None))):
        if at is not None:
            yield Handed(_day(at), DocumentKind.REFERRAL, Holder.SERVICE, name)
    looked = select(EmergencyAccess.opened_at, Organization.name).join(
        Organization, Organization.id == EmergencyAccess.organization_id
    )
    for at, name in db.session.execute(looked.where(EmergencyAccess.case_id == case_id)):
        yield Handed(_day(at), DocumentKind.EMERGENCY, Holder.SERVICE, name)


def _printed(case_id: UUID) -> Iterator[Handed]:
    query = (
        select(AuditLine, Organization.name)
        .outerjoin(User, User.id == AuditLine.actor_id)
        .outerjoin(Organization, Organization.id == User.organization_id)
        .where(AuditLine.case_id == case_id, AuditLine.action.in_(PRINTS))
    )
    lines = list(db.session.execute(query.order_by(AuditLine.id)))
    services = _services(line.subject_id for line, _ in lines)
    for line, printer in lines:
        kind, holder = PRINTS[line.action]
        if kind is DocumentKind.OWN_FILE:
            holder = Holder(line.details.get("reader") or holder)
        organization = {Holder.TEAM: printer or "", Holder.SERVICE: services.get(line.subject_id, "")}.get(holder, "")
        yield Handed(_day(line.at), kind, holder, organization)


def _services(subjects: Iterable[str]) -> dict[str, str]:
    """The organisation that a referral or a stop is addressed to, by its id."""
    ids = {UUID(one) for one in subjects if one}
    sent = select(Referral.id, Organization.name).join(Organization, Organization.id == Referral.organization_id)
    stops = select(StopNotice.id, Organization.name).join(Organization, Organization.id == StopNotice.recipient_id)
    found = [
        *db.session.execute(sent.where(Referral.id.in_(ids))),
        *db.session.execute(stops.where(StopNotice.id.in_(ids))),
    ]
    return {str(one): name for one, name in found}


def _day(at: datetime) -> date:
    return at.astimezone(clock.zone()).date()
