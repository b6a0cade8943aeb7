"""The retention clock: closed files whose time is over are proposed, reviewed by somebody, then erased or kept on."""

from __future__ import annotations

from datetime import date, datetime

from referral.cases.models import Case
from referral.consent.actions import orders
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, national
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.people.rules import AgeBand
from referral.rights import queries
from referral.rights.actions import asking
from referral.rights.actions.erasing import erase_categories, erase_file, obstacle
from referral.rights.models import RetentionReview
from referral.rights.queries.holds import waiting_erasures
from referral.rights.retention import due, keep_until, request_kept_until
from sop.vocabulary import N_, Category, Message

BATCH = 200
NOT_YOURS = Message("not_yours", N_("This account may not do this for this case."))
NO_REASON = Message("no_reason", N_("Say why it should be erased; please name nobody."))
WAITS = Message("waits", N_("Somebody has proposed to erase this file already."))
NOBODY = Message("nobody", N_("Nobody has proposed to erase this file; another account proposes it first."))
SAME_PERSON = Message("same_person", N_("Whoever proposed or recorded an erasure does not carry it out."))
LATER = Message("later", N_("a day after today"))


def propose(now: datetime) -> int:
    """Propose every closed file, or part of one, whose time is over; commits. Returns how many are new."""
    today, last, made = now.astimezone(clock.zone()).date(), None, 0
    while batch := queries.closed_cases(last, BATCH):
        known = queries.reviews_of([case.id for case in batch])
        for case in batch:
            made += _propose(case, known.get(case.id, []), today, now)
        last = batch[-1].id
        db.session.commit()
    made += _propose_requests(today, now)
    db.session.commit()
    return made


def _propose_requests(today: date, now: datetime) -> int:
    """What authorities asked about nobody's case, once its time is over: one proposal each."""
    over = [
        (one, until)
        for one in queries.requests_about_nobody(today)
        if (until := request_kept_until(one.received_at.astimezone(clock.zone()).date(), national.periods())) < today
    ]
    for one, until in over:
        review = RetentionReview(order_id=one.id, categories=[], whole=True, due_on=until, proposed_at=now)
        db.session.add(review)
        db.session.flush()
        audit.record("retention.propose", actor=None, now=now, subject=review, held=[])
    return len(over)


def _propose(case: Case, reviews: list[RetentionReview], today: date, now: datetime) -> bool:
    """One proposal, unless one waits or somebody has kept it until a later day. A hold stops the clock."""
    if case.legal_hold or case.closed_at is None:
        return False
    if any(one.decided_at is None or (one.keep_until and one.keep_until >= today) for one in reviews):
        return False
    held = queries.held_of(case, today)
    closed = case.closed_at.astimezone(clock.zone()).date()
    minor, born, periods = case.person.age_band is not AgeBand.ADULT, case.person.birth_year, national.periods()
    over = due(held, closed, born, today, minor=minor, periods=periods)
    if not over or (case.retention_until and case.retention_until >= today and len(over) == len(held)):
        return False
    until = min(keep_until(one, closed, born, minor=minor, periods=periods) for one in over)
    review = RetentionReview(
        case_id=case.id,
        categories=[one.value for one in over],
        whole=len(over) == len(held),
        due_on=until,
        proposed_at=now,
    )
    db.session.add(review)
    db.session.flush()
    audit.record("retention.propose", actor=None, now=now, case_id=case.id, subject=review, held=review.categories)
    return True


def propose_file(case: Case, reason: str, *, actor: Actor, now: datetime) -> RetentionReview:
    """Somebody proposes to erase a closed file before its time; somebody else looks at it, on the page or by command.

    Whoever answers requests, or works on the case; raises `RuleViolation`.
    """
    decides = scope_of(actor.role, Permission.RIGHTS_DECIDE) is Scope.ALL
    if not decides and queries.own_case(actor, case.id) is None:
        raise RuleViolation(NOT_YOURS)
    against = obstacle(case)
    if against is not None:
        raise RuleViolation(against)
    if not reason:
        raise RuleViolation(NO_REASON)
    if queries.proposed_by_somebody(case.id):
        raise RuleViolation(WAITS)
    today = now.astimezone(clock.zone()).date()
    held = sorted(one.value for one in queries.held_of(case, today))
    one = RetentionReview(
        case_id=case.id, categories=held, whole=True, due_on=today, proposed_at=now, proposed_by_id=actor.id,
        reason=reason[:400],
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    audit.record("retention.propose", actor=actor, now=now, case_id=case.id, subject=one, held=held)
    return one


def erase_approved(case: Case, *, actor: Actor, now: datetime) -> None:
    """Erase a file that somebody else proposed to erase, or whose erasure the person asked of somebody else.

    Raises `RuleViolation` where nobody did, where only `actor` did, or where the file may not be erased.
    """
    if scope_of(actor.role, Permission.RIGHTS_DECIDE) is not Scope.ALL:
        raise RuleViolation(NOT_YOURS)
    against = obstacle(case)
    if against is not None:
        raise RuleViolation(against)
    asked, proposed = waiting_erasures(case.id), queries.proposed_by_somebody(case.id)
    if not asked and not proposed:
        raise RuleViolation(NOBODY)
    request = next((one for one in asked if one.recorded_by_id != actor.id), None)
    if request is not None:
        asking.decide(request, granted=True, refusal=None, actor=actor, now=now)
        erase_file(case, actor=actor, now=now, cause="REQUEST")
        return
    review = next((one for one in proposed if one.proposed_by_id != actor.id), None)
    if review is None:
        raise RuleViolation(SAME_PERSON)
    erase_reviewed(review, actor=actor, now=now)


def standing_against(one: RetentionReview, actor: Actor) -> Message | None:
    """Why `actor` cannot erase now what was proposed; None if nothing stands against it."""
    if one.proposed_by_id == actor.id:
        return SAME_PERSON
    return obstacle(one.case) if one.case is not None else None


def erase_reviewed(one: RetentionReview, *, actor: Actor, now: datetime) -> None:
    """Somebody has looked, and not who proposed it: erase what was proposed."""
    if one.proposed_by_id == actor.id:
        raise RuleViolation(SAME_PERSON)
    if one.order is not None:
        orders.erase_words(one.order, actor=actor, now=now)
    elif one.case is None:
        raise LookupError("a proposal is about a case or about a request")
    elif one.whole:
        erase_file(one.case, actor=actor, now=now, cause="RETENTION")
    else:
        erase_categories(one.case, [Category(code) for code in one.categories], actor=actor, now=now)
    one.decided_at, one.decided_by_id, one.erased = now, actor.id, True


def keep_on(one: RetentionReview, *, until: date, reason: str, actor: Actor, now: datetime) -> None:
    """Somebody has looked: it is still needed, until a day and for a reason."""
    if until <= now.astimezone(clock.zone()).date():
        raise RuleViolation(LATER)
    one.decided_at, one.decided_by_id, one.keep_until, one.reason = now, actor.id, until, reason
    audit.record("retention.keep", actor=actor, now=now, case_id=one.case_id, subject=one, until=str(until))
