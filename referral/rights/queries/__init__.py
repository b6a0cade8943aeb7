"""What is read of requests, links, proposals to erase, breaches and the impact assessment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.cases.rules import CaseState
from referral.consent.exceptional_models import EmergencyAccess, LegalOrder
from referral.extensions import db
from referral.foundation import clock, national
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.sealing import SealedRecord
from referral.identification.models import Submission
from referral.partners.models import Agreement
from referral.partners.rules.agreements import IN_FORCE
from referral.people.rules import AgeBand
from referral.rights.breaches import BreachStep
from referral.rights.keeping import OtherFile, needed
from referral.rights.models import Breach, DpiaLine, OwnFileLink, RetentionReview, RightsRequest
from referral.rights.rules import WAITING
from sop.vocabulary import Category

PAGE = 50


def own_case(actor: Actor, case_id: UUID) -> Case | None:
    """A case on which `actor` records what the person asks: their own, or their organisation's for a supervisor."""
    if scope_of(actor.role, Permission.RIGHTS_RECORD) is Scope.NONE:
        return None
    return db.session.scalar(visible_cases(actor).where(Case.id == case_id))


def requests_of(case_id: UUID) -> list[RightsRequest]:
    """What was asked about one case, newest first."""
    query = select(RightsRequest).where(RightsRequest.case_id == case_id)
    return list(db.session.scalars(query.order_by(RightsRequest.received_on.desc(), RightsRequest.recorded_at.desc())))


def visible_requests(actor: Actor) -> Select[RightsRequest]:
    """Requests that `actor` answers: all, by case code, for the data officer."""
    query = select(RightsRequest).options(joinedload(RightsRequest.case)).order_by(RightsRequest.due_on)
    return query if scope_of(actor.role, Permission.RIGHTS_DECIDE) is Scope.ALL else query.where(false())


def waiting_requests(actor: Actor) -> list[RightsRequest]:
    """Those that wait for an answer, the most urgent first."""
    return list(db.session.scalars(visible_requests(actor).where(RightsRequest.state.in_(WAITING)).limit(PAGE)))


def answered_request(case_id: UUID, request_id: UUID) -> RightsRequest | None:
    """One request of a case that was answered."""
    query = select(RightsRequest).options(joinedload(RightsRequest.case))
    query = query.where(RightsRequest.id == request_id, RightsRequest.case_id == case_id)
    return db.session.scalar(query.where(RightsRequest.decided_at.is_not(None)))


def unanswered() -> list[RightsRequest]:
    """Every request that waits, for the reminders."""
    query = select(RightsRequest).options(joinedload(RightsRequest.case)).where(RightsRequest.state.in_(WAITING))
    return list(db.session.scalars(query.order_by(RightsRequest.due_on, RightsRequest.id)))


def request_by_id(actor: Actor, request_id: UUID, *, lock: bool = False) -> RightsRequest | None:
    """One request that `actor` may answer."""
    query = visible_requests(actor).where(RightsRequest.id == request_id)
    return db.session.scalar(query.with_for_update(of=RightsRequest) if lock else query)


def link_of(token_hash: str, *, lock: bool = False) -> OwnFileLink | None:
    """The link of a token."""
    query = select(OwnFileLink).where(OwnFileLink.token_hash == token_hash)
    return db.session.scalar(query.with_for_update() if lock else query)


def closed_cases(after: UUID | None, size: int) -> list[Case]:
    """Closed cases with data, in the order of their ids, for the retention clock."""
    query = select(Case).options(joinedload(Case.person))
    query = query.where(Case.state == CaseState.CLOSED, Case.erased_at.is_(None), Case.closed_at.is_not(None))
    if after is not None:
        query = query.where(Case.id > after)
    return list(db.session.scalars(query.order_by(Case.id).limit(size)))


def forms_of(case_id: UUID) -> Select[UUID]:
    """The forms that were filled in on a case; each is sealed under a key of its own."""
    return select(Submission.id).where(Submission.case_id == case_id)


def held_of(case: Case, today: date) -> set[Category]:
    """The categories that would go with a case: of the case, of its forms, and of the person what no other file needs.

    Nothing is opened.
    """
    mine = or_(SealedRecord.owner_id == case.id, SealedRecord.owner_id.in_(forms_of(case.id)))
    own = set(db.session.scalars(select(SealedRecord.category).where(mine).distinct()))
    theirs = set(db.session.scalars(select(SealedRecord.category).where(SealedRecord.owner_id == case.person_id)))
    return own | (theirs - needed_elsewhere(case, theirs, today))


def needed_elsewhere(case: Case, categories: Collection[Category], today: date) -> frozenset[Category]:
    """Which of these data of the person another file of theirs still needs."""
    query = select(Case).where(Case.person_id == case.person_id, Case.id != case.id, Case.erased_at.is_(None))
    others = list(db.session.scalars(query))
    if not others:
        return frozenset()
    reviews, minor = reviews_of([one.id for one in others]), case.person.age_band is not AgeBand.ADULT
    files = [_as_other(one, reviews.get(one.id, [])) for one in others]
    return needed(categories, files, case.person.birth_year, today, minor=minor, periods=national.periods())


def _as_other(case: Case, reviews: list[RetentionReview]) -> OtherFile:
    over = case.state is CaseState.CLOSED and case.closed_at is not None
    kept = [(one.keep_until, frozenset[Category]() if one.whole else frozenset(map(Category, one.categories)))
            for one in reviews if one.keep_until is not None]  # fmt: skip
    return OtherFile(
        closed=case.closed_at.astimezone(clock.zone()).date() if over and case.closed_at else None,
        hold=case.legal_hold,
        kept=tuple(kept),
    )


def reviews_of(case_ids: list[UUID]) -> dict[UUID, list[RetentionReview]]:
    """Every proposal about these cases."""
    found: dict[UUID, list[RetentionReview]] = {}
    query = select(RetentionReview).where(RetentionReview.case_id.in_(case_ids))
    for one in db.session.scalars(query.order_by(RetentionReview.proposed_at)):
        if one.case_id is not None:
            found.setdefault(one.case_id, []).append(one)
    return found


def open_reviews(actor: Actor) -> list[RetentionReview]:
    """Proposals that wait, the longest overdue first."""
    if scope_of(actor.role, Permission.RIGHTS_DECIDE) is not Scope.ALL:
        return []
    query = select(RetentionReview).options(joinedload(RetentionReview.case), joinedload(RetentionReview.order))
    query = query.where(RetentionReview.decided_at.is_(None)).order_by(RetentionReview.due_on, RetentionReview.id)
    return list(db.session.scalars(query.limit(PAGE)))


def proposed_by_somebody(case_id: UUID) -> list[RetentionReview]:
    """Proposals of a named account to erase a whole file that nobody has decided on, oldest first."""
    query = select(RetentionReview).where(RetentionReview.case_id == case_id, RetentionReview.whole)
    query = query.where(RetentionReview.decided_at.is_(None), RetentionReview.proposed_by_id.is_not(None))
    return list(db.session.scalars(query.order_by(RetentionReview.proposed_at, RetentionReview.id)))


def requests_about_nobody(today: date) -> list[LegalOrder]:
    """Requests of authorities about no case whose words are still there, unless one is proposed or kept on already."""
    settled = or_(RetentionReview.decided_at.is_(None), RetentionReview.keep_until >= today)
    proposed = select(RetentionReview.order_id).where(RetentionReview.order_id.is_not(None), settled)
    query = select(LegalOrder).where(
        LegalOrder.case_id.is_(None), LegalOrder.erased_at.is_(None), LegalOrder.id.not_in(proposed)
    )
    return list(db.session.scalars(query.order_by(LegalOrder.received_at, LegalOrder.id)))


def review_by_id(actor: Actor, review_id: UUID) -> RetentionReview | None:
    """One proposal that waits."""
    if scope_of(actor.role, Permission.RIGHTS_DECIDE) is not Scope.ALL:
        return None
    query = select(RetentionReview).where(RetentionReview.id == review_id, RetentionReview.decided_at.is_(None))
    return db.session.scalar(query.with_for_update())


def breaches(size: int = PAGE) -> list[Breach]:
    """The log, newest first."""
    query = select(Breach).options(joinedload(Breach.recorded_by)).order_by(Breach.discovered_at.desc(), Breach.id)
    return list(db.session.scalars(query.limit(size)))


def untold_breaches() -> list[Breach]:
    """Breaches of which the Authority was not told yet, the most urgent first."""
    rows = db.session.scalars(select(Breach).order_by(Breach.authority_due, Breach.id))
    return [one for one in rows if BreachStep.AUTHORITY.value not in one.steps]


def unlogged(accesses: list[EmergencyAccess]) -> list[EmergencyAccess]:
    """Those of these emergency accesses that are not in the log of breaches."""
    known = select(Breach.access_id).where(Breach.access_id.in_([one.id for one in accesses]))
    logged = set(db.session.scalars(known))
    return [one for one in accesses if one.id not in logged]


def breach(breach_id: UUID) -> Breach | None:
    """One entry of the log."""
    return db.session.get(Breach, breach_id)


def assessment() -> dict[str, DpiaLine]:
    """The newest answer to each question."""
    lines = db.session.scalars(select(DpiaLine).order_by(DpiaLine.question, DpiaLine.sequence))
    return {line.question: line for line in lines}


def all_agreements() -> list[Agreement]:
    """Every agreement, for the register."""
    query = select(Agreement).options(joinedload(Agreement.holder), joinedload(Agreement.partner))
    return list(db.session.scalars(query.order_by(Agreement.reference)))


def authorised_transfers(today: date) -> list[tuple[str, str, str, str]]:
    """Agreements that let data leave the country: reference, partner, country, number of the authorisation."""
    query = select(Agreement).options(joinedload(Agreement.partner)).where(Agreement.cross_border)
    rows = db.session.scalars(query.where(Agreement.state.in_(IN_FORCE)).order_by(Agreement.reference))
    return [
        (one.reference, one.partner.name, one.promised.transfer_country, one.promised.authorisation)
        for one in rows
        if one.effective_until is None or one.effective_until >= today
    ]


def waiting_reviews() -> list[RetentionReview]:
    """Every proposal that waits, for the command line."""
    query = select(RetentionReview).options(joinedload(RetentionReview.case), joinedload(RetentionReview.order))
    return list(db.session.scalars(query.where(RetentionReview.decided_at.is_(None)).order_by(RetentionReview.due_on)))


def case_by_code(code: str) -> Case | None:
    """A case by its code, for the command line."""
    return db.session.scalar(select(Case).where(Case.code == code))
