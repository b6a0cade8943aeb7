"""Emergency accesses and orders: who may open which, and the questions that they put to the sharing decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.cases.rules import CaseState
from referral.consent import request
from referral.consent.assumptions import DEFAULTS
from referral.consent.emergencies import PURPOSE, Conclusion
from referral.consent.exceptional_models import EmergencyAccess, LegalOrder
from referral.consent.orders import ACTORS, OrderKind
from referral.consent.orders import PURPOSE as LEGAL
from referral.consent.queries.requests import actor_of, bare_request
from referral.consent.request import Request
from referral.extensions import db
from referral.foundation import clock, national, sealing
from referral.foundation.access import Actor
from referral.foundation.audit import AuditLine
from referral.foundation.doors import Door
from referral.foundation.grants import Permission, Scope, scope_of
from referral.partners.models import User
from referral.partners.rules import OrganizationType
from sop.vocabulary import Category

HOUR = 3600
MOST = 50


def own_accesses(actor: Actor) -> Select[EmergencyAccess]:
    """Accesses that `actor` opened, newest first."""
    return select(EmergencyAccess).where(EmergencyAccess.user_id == actor.id).order_by(EmergencyAccess.opened_at.desc())


def supervised_accesses(actor: Actor) -> Select[EmergencyAccess]:
    """Accesses to cases that `actor` may open: of their case, or of their organisation."""
    ids = visible_cases(actor).with_only_columns(Case.id)
    return (
        select(EmergencyAccess)
        .where(EmergencyAccess.case_id.in_(ids))
        .order_by(EmergencyAccess.opened_at.desc(), EmergencyAccess.id.desc())
    )


def all_accesses(actor: Actor) -> Select[EmergencyAccess]:
    """Every access, for the data officer: codes only."""
    allowed = scope_of(actor.role, Permission.AUDIT_READ) is Scope.ALL
    query = select(EmergencyAccess).order_by(EmergencyAccess.opened_at.desc(), EmergencyAccess.id.desc())
    return query if allowed else query.where(EmergencyAccess.id.is_(None))


_WHOLE = lambda: (joinedload(EmergencyAccess.case), joinedload(EmergencyAccess.user))  # noqa: E731
any_access = Door(lambda actor: all_accesses(actor).order_by(None), EmergencyAccess.id, load=_WHOLE)
own_access = Door(lambda actor: own_accesses(actor).order_by(None), EmergencyAccess.id, load=_WHOLE)
supervised_access = Door(lambda actor: supervised_accesses(actor).order_by(None), EmergencyAccess.id, load=_WHOLE)


def listed(query: Select[EmergencyAccess]) -> list[EmergencyAccess]:
    """The first rows of a list of accesses with their cases and users."""
    loaded = query.options(joinedload(EmergencyAccess.case), joinedload(EmergencyAccess.user)).limit(MOST)
    return list(db.session.scalars(loaded))


def page_of(query: Select[Any], before: UUID | None) -> tuple[list[Any], UUID | None]:
    """One page of accesses or of orders, and the row before which the next page starts."""
    model: Any = query.column_descriptions[0]["entity"]
    at = model.opened_at if model is EmergencyAccess else model.received_at
    if before is not None:
        start = select(at).where(model.id == before).scalar_subquery()
        query = query.where(or_(at < start, (at == start) & (model.id < before)))
    rows = list(db.session.scalars(query.options(joinedload(model.case)).limit(MOST + 1)))
    return rows[:MOST], rows[MOST - 1].id if len(rows) > MOST else None


def case_by_code(code: str) -> Case | None:
    """The case of a code that somebody in an emergency reads from a slip; a file that was refused has none."""
    query = select(Case).where(Case.code == code.strip().upper(), Case.state != CaseState.DECLINED)
    return db.session.scalar(query)


def is_emergency_service(user: User) -> bool:
    """Whether the user's organisation is one to which danger to life can open anything (rule E3)."""
    return user.organization is not None and user.organization.kind.value in DEFAULTS.emergency_minimum


def emergency_request(
    case: Case,
    user: User,
    declared: Mapping[str, Any],
    *,
    opened: datetime | None,
    now: datetime,
    ended: bool = False,
    action: str = "view",
) -> Request:
    """The question of an emergency: the minimum of the user's service, for the reason that was given.

    `declared`: reason, refused, risk_to_others, cannot_ask. `opened`: when this emergency began; None for a new one,
    which is the same as the user's last one on this case while that is not reviewed (rule E5). `ended`: its access has;
    so has one that is older than the country lets an access last.
    """
    kind = user.organization.kind.value if user.organization else ""
    began = opened or _unreviewed_since(case.id, user.id) or now
    ended = ended or now - began > timedelta(hours=national.periods().emergency_most_hours)
    today = now.astimezone(clock.zone()).date()
    return bare_request(
        case,
        actor_of(user, case, today),
        today=today,
        action=action,
        categories=DEFAULTS.emergency_minimum.get(kind, frozenset({Category.C1})),
        purpose=PURPOSE,
        emergency=request.Emergency(
            hours_since=(now - began).total_seconds() / HOUR,
            overdue_review=overdue_of(user.id, now),
            ended=ended,
            **declared,
        ),
    )


def _unreviewed_since(case_id: UUID, user_id: UUID) -> datetime | None:
    query = select(func.min(EmergencyAccess.opened_at)).where(
        EmergencyAccess.case_id == case_id, EmergencyAccess.user_id == user_id, EmergencyAccess.reviewed_at.is_(None)
    )
    return db.session.scalar(query)


def overdue_of(user_id: UUID, now: datetime) -> bool:
    """Whether an earlier access of the user should have been reviewed by now."""
    late = EmergencyAccess.review_due_at < now
    waits = (EmergencyAccess.user_id == user_id) & EmergencyAccess.reviewed_at.is_(None) & late
    return bool(db.session.scalar(select(exists().where(waits))))


def unjustified(user_id: UUID) -> int:
    """How many accesses of a user were found not to be justified."""
    query = select(func.count()).where(
        EmergencyAccess.user_id == user_id, EmergencyAccess.conclusion == Conclusion.UNJUSTIFIED
    )
    return db.session.scalar(query) or 0


def overdue_reviews(now: datetime) -> list[EmergencyAccess]:
    """Accesses whose review is overdue and of which nobody was reminded."""
    query = select(EmergencyAccess).where(
        EmergencyAccess.review_due_at < now,
        EmergencyAccess.reviewed_at.is_(None),
        EmergencyAccess.reminded_at.is_(None),
    )
    return list(db.session.scalars(query.options(joinedload(EmergencyAccess.case))))


def words_of(row: EmergencyAccess) -> tuple[str, str]:
    """The words of the reason and of the review; none once the case is erased."""
    if row.case.erased_at is not None:
        return "", ""
    review = row.sealed_review
    return (
        sealing.open_text(row.case_id, f"emergency:{row.id}", row.sealed_words),
        sealing.open_text(row.case_id, f"emergency_review:{row.id}", review) if review else "",
    )


@dataclass(frozen=True, slots=True)
class Looks:
    """How often the content was opened under an access; when somebody tried and was refused, the first times first."""

    opened: int
    refused: tuple[datetime, ...]


def looks_at(access: EmergencyAccess) -> Looks:
    """What was looked at under an access, and what was tried after its end."""
    mine = (AuditLine.case_id == access.case_id, AuditLine.subject_id == str(access.id))
    opened = select(func.count()).where(*mine, AuditLine.action == "emergency.read")
    tried = select(AuditLine.at).where(*mine, AuditLine.action == "emergency.refused").order_by(AuditLine.id)
    return Looks(db.session.scalar(opened) or 0, tuple(db.session.scalars(tried)))


# --- orders ----------------------------------------------------------------------------------------------------------


def visible_orders(actor: Actor) -> Select[LegalOrder]:
    """Orders about cases that `actor` may open and informal requests about none, newest first."""
    ids = visible_cases(actor).with_only_columns(Case.id)
    mine = or_(LegalOrder.case_id.in_(ids), of_nobody(actor))
    return select(LegalOrder).where(mine).order_by(LegalOrder.received_at.desc(), LegalOrder.id.desc())


def of_nobody(actor: Actor) -> Any:
    """The condition of informal requests about no case: one's own; of the whole team for its supervisor."""
    scope = scope_of(actor.role, Permission.INFORMAL_RECORD)
    reach = {
        Scope.OWN: LegalOrder.received_by_id == actor.id,
        Scope.ORGANIZATION: LegalOrder.organization_id == actor.organization_id,
    }
    return and_(LegalOrder.case_id.is_(None), reach.get(scope, false()))


def all_orders(actor: Actor) -> Select[LegalOrder]:
    """Every order, for the data officer: codes only."""
    allowed = scope_of(actor.role, Permission.AUDIT_READ) is Scope.ALL
    query = select(LegalOrder).order_by(LegalOrder.received_at.desc(), LegalOrder.id.desc())
    return query if allowed else query.where(LegalOrder.id.is_(None))


_BOTH = lambda: (joinedload(LegalOrder.case), joinedload(LegalOrder.organization))  # noqa: E731
visible_order = Door(lambda actor: visible_orders(actor).order_by(None), LegalOrder.id, load=_BOTH)
any_order = Door(lambda actor: all_orders(actor).order_by(None), LegalOrder.id)


def listed_orders(query: Select[LegalOrder]) -> list[LegalOrder]:
    """The first rows of a list of orders with their cases."""
    return list(db.session.scalars(query.options(joinedload(LegalOrder.case)).limit(MOST)))


def order_request(case: Case, row: LegalOrder, *, now: datetime, action: str = "view") -> Request:
    """The question of an order: what was asked, for an authority, within the order's scope.

    An order that was looked at and found not to be genuine is an informal request.
    """
    kind = OrderKind.INFORMAL if row.verified is False else row.kind
    role, what = ACTORS[kind]
    return bare_request(
        case,
        request.Actor(
            org="", role=role, active=True, trained=True, conflict=False, assigned=False, kind=what, signatory=False
        ),
        today=now.astimezone(clock.zone()).date(),
        action=action,
        categories=frozenset(map(Category, row.asked)),
        purpose=LEGAL,
        order=request.Order(kind.value, bool(row.verified), frozenset(map(Category, row.scope))),
        immune=case.organization.type is OrganizationType.UN and not row.waived,
    )


def order_words(row: LegalOrder) -> dict[str, str]:
    """Who asked, under which number, for what; and how it was verified. Nothing once that, or the case, is erased."""
    if row.erased_at is not None or (row.case is not None and row.case.erased_at is not None):
        return dict.fromkeys(("authority", "signatory", "number", "note", "check"), "")
    owner, check = row.key_owner, row.sealed_check
    plain: dict[str, str] = json.loads(sealing.open_text(owner, f"order:{row.id}", row.sealed_words))
    return plain | {"check": sealing.open_text(owner, f"order_check:{row.id}", check) if check else ""}
