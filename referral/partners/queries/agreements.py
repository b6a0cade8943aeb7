"""SELECTs about agreements: who may see which, what they say, which referrals would stop with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, String, bindparam, cast, false, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from referral.cases.models import Case
from referral.consent.states import REFERRAL_STATES
from referral.consent.wording import purpose_of
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Role, Scope, scope_of
from referral.foundation.searching import fold
from referral.partners.filters import Filters
from referral.partners.models import (
    Agreement,
    AgreementComment,
    AgreementEvent,
    AgreementWarning,
    Organization,
    User,
)
from referral.partners.rules.agreements import IN_FORCE, AgreementState, Side, Standing
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState

PAGE = 30
UNDER_WAY = tuple(
    state for state in ReferralState if state is not ReferralState.DRAFT and REFERRAL_STATES.get(state.value) == "sent"
)
"""States in which a referral needs its agreement: it was sent, and nobody has ended it."""


def visible_agreements(actor: Actor) -> Select[Agreement]:
    """Agreements that `actor` may see: all, or those of the own organisation."""
    scope = scope_of(actor.role, Permission.AGREEMENT_READ)
    query = select(Agreement).order_by(Agreement.reference)
    query = query.options(joinedload(Agreement.holder), joinedload(Agreement.partner))
    if scope is Scope.ALL:
        return query
    if scope is Scope.ORGANIZATION:
        return query.where(
            or_(Agreement.holder_id == actor.organization_id, Agreement.partner_id == actor.organization_id)
        )
    return query.where(false())


def agreement(actor: Actor, agreement_id: UUID) -> Agreement | None:
    """One agreement with its signatures and its history, if `actor` may see it."""
    query = visible_agreements(actor).where(Agreement.id == agreement_id)
    query = query.options(selectinload(Agreement.signatures), selectinload(Agreement.events))
    return db.session.scalar(query)


def list_agreements(actor: Actor, filters: Filters) -> tuple[list[Agreement], str | None]:
    """A page of the agreements that `actor` may see, and the reference after which the next page begins."""
    query = visible_agreements(actor)
    if filters.state is not None:
        query = query.where(Agreement.state == filters.state)
    if filters.q:
        holder, partner = aliased(Organization), aliased(Organization)
        words = f"%{fold(filters.q)}%"
        query = query.join(holder, Agreement.holder_id == holder.id).join(partner, Agreement.partner_id == partner.id)
        query = query.where(
            or_(
                holder.folded_name.like(words),
                partner.folded_name.like(words),
                func.lower(Agreement.reference).like(f"%{filters.q.lower()}%"),
            )
        )
    if filters.after:
        query = query.where(Agreement.reference > filters.after)
    rows = list(db.session.scalars(query.limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].reference if len(rows) > PAGE else None


def pairs(actor: Actor, holder_id: UUID | None = None) -> list[Agreement]:
    """Agreements in force or suspended, by holder and partner: who may share what with whom."""
    query = visible_agreements(actor).where(Agreement.state.in_(IN_FORCE))
    if holder_id is not None:
        query = query.where(Agreement.holder_id == holder_id)
    rows = db.session.scalars(query)
    return sorted(rows, key=lambda one: (one.holder.folded_name, one.partner.folded_name, one.reference))


def holders(actor: Actor) -> list[tuple[UUID, str]]:
    """Organisations that hold files under an agreement that `actor` may see."""
    seen = visible_agreements(actor).where(Agreement.state.in_(IN_FORCE)).order_by(None).subquery()
    query = select(Organization.id, Organization.name).where(Organization.id.in_(select(seen.c.holder_id)))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Organization.folded_name))]


def agreements_between(holder_id: UUID, partner_id: UUID) -> list[Agreement]:
    """Every agreement by which `holder` may send to `partner`, newest first."""
    return list(db.session.scalars(_BETWEEN, {"holder": holder_id, "partner": partner_id}))


_BETWEEN = (
    select(Agreement)
    .where(Agreement.holder_id == bindparam("holder"), Agreement.partner_id == bindparam("partner"))
    .order_by(Agreement.effective_from.desc())
)


def comments(agreement_id: UUID) -> list[AgreementComment]:
    """Remarks on the clauses, oldest first."""
    query = select(AgreementComment).where(AgreementComment.agreement_id == agreement_id)
    query = query.options(joinedload(AgreementComment.organization)).order_by(AgreementComment.at)
    return list(db.session.scalars(query))


def standing(one: Agreement) -> Standing:
    """What the rules look at."""
    unanswered = db.session.scalar(
        select(func.count()).where(AgreementComment.agreement_id == one.id, AgreementComment.answered_at.is_(None))
    )
    return Standing(
        state=one.state,
        terms=one.promised,
        clauses=one.clauses,
        since=one.effective_from,
        until=one.effective_until,
        categories=one.categories,
        purposes=one.purposes,
        cross_border=one.cross_border,
        transfer_authorised=one.transfer_authorised,
        unanswered=unanswered or 0,
        signed=[row.side for row in one.signatures],
    )


def side_of(one: Agreement, actor: Actor) -> Side | None:
    """Which party `actor` belongs to."""
    sides = {one.partner_id: Side.PARTNER, one.holder_id: Side.HOLDER}
    return sides.get(actor.organization_id) if actor.organization_id else None


def stopping_codes(rows: Sequence[Referral], actor: Actor, one: Agreement) -> list[tuple[str, str]]:
    """Case code and reference of these referrals, for those who may see every one: others see how many there are."""
    sees = scope_of(actor.role, Permission.CASE_COORDINATE) is Scope.ALL or actor.role is Role.DATA_OFFICER
    leads = actor.role is Role.SUPERVISOR and actor.organization_id == one.holder_id
    return [(row.case.code, row.reference) for row in rows] if sees or leads else []


def stopping(one: Agreement) -> list[Referral]:
    """Referrals under way that have no other agreement in force once this one is over, oldest first."""
    query = (
        select(Referral)
        .join(Case, Referral.case_id == Case.id)
        .options(joinedload(Referral.case))
        .where(
            Case.organization_id == one.holder_id,
            Referral.organization_id == one.partner_id,
            Referral.state.in_(UNDER_WAY),
        )
        .order_by(Referral.sent_at, Referral.reference)
    )
    others = [
        other
        for other in agreements_between(one.holder_id, one.partner_id)
        if other.id != one.id and other.state is AgreementState.ACTIVE and _outlasts(other, one)
    ]
    kept = {purpose for other in others for purpose in other.purposes}
    return [
        row
        for row in db.session.scalars(query)
        if (purpose := purpose_of(row.need)) in one.purposes and purpose not in kept
    ]


def _outlasts(other: Agreement, one: Agreement) -> bool:
    if other.effective_until is None or one.effective_until is None:
        return False
    starts_in_time = other.effective_from is not None and other.effective_from <= one.effective_until
    return starts_in_time and other.effective_until > one.effective_until


def ending(until: date) -> list[Agreement]:
    """Agreements in force whose last day is this one or before."""
    query = select(Agreement).where(Agreement.state == AgreementState.ACTIVE, Agreement.effective_until <= until)
    return list(db.session.scalars(query.options(joinedload(Agreement.holder), joinedload(Agreement.partner))))


def expired(today: date) -> list[Agreement]:
    """Agreements in force or suspended whose last day is past."""
    query = select(Agreement).where(Agreement.state.in_(IN_FORCE), Agreement.effective_until < today)
    return list(db.session.scalars(query.with_for_update(of=Agreement)))


def succeeding(today: date) -> list[Agreement]:
    """Agreements that take effect today or before, and have not yet replaced the one that they amend."""
    former = aliased(Agreement)
    query = (
        select(Agreement)
        .join(former, Agreement.amends_id == former.id)
        .where(
            Agreement.state == AgreementState.ACTIVE,
            Agreement.effective_from <= today,
            former.state.in_((*IN_FORCE, AgreementState.EXPIRED)),
        )
    )
    return list(db.session.scalars(query.options(joinedload(Agreement.amends))))


def stopped() -> list[tuple[Agreement, AgreementEvent]]:
    """Agreements that stopped with the move that stopped them, where nobody who works under them was told yet."""
    later = aliased(AgreementEvent)
    last = select(func.max(later.sequence)).where(later.agreement_id == Agreement.id).scalar_subquery()
    over = (AgreementState.SUSPENDED, AgreementState.EXPIRED, AgreementState.TERMINATED)
    query = (
        select(Agreement, AgreementEvent)
        .join(AgreementEvent, AgreementEvent.agreement_id == Agreement.id)
        .where(
            Agreement.state.in_(over),
            AgreementEvent.sequence == last,
            AgreementEvent.from_state.in_(IN_FORCE),
            ~select(AgreementWarning.id)
            .where(
                AgreementWarning.agreement_id == Agreement.id,
                AgreementWarning.days == 0,
                AgreementWarning.mark == literal("E").concat(cast(AgreementEvent.sequence, String)),
            )
            .exists(),
        )
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def told(agreement_id: UUID, mark: str) -> list[int]:
    """Which warnings of a last day were given."""
    query = select(AgreementWarning.days).where(
        AgreementWarning.agreement_id == agreement_id, AgreementWarning.mark == mark
    )
    return list(db.session.scalars(query))


def warned(one: Agreement) -> list[User]:
    """Who is told that an agreement ends: the coordination, the holder's supervisors, the partner's staff."""
    query = select(User).where(
        User.active,
        or_(
            User.role == Role.COORDINATOR,
            (User.role == Role.SUPERVISOR) & (User.organization_id == one.holder_id),
            (User.role == Role.PROVIDER) & (User.organization_id == one.partner_id),
        ),
    )
    return list(db.session.scalars(query.order_by(User.username)))


def organizations() -> list[tuple[UUID, str]]:
    """Every organisation, by name."""
    query = select(Organization.id, Organization.name).order_by(Organization.folded_name)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def comment_of(one: Agreement, comment_id: UUID) -> AgreementComment | None:
    """A remark of this agreement."""
    found = db.session.get(AgreementComment, comment_id)
    return found if found is not None and found.agreement_id == one.id else None
