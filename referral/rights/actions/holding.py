"""Legal holds: placed on a case, renewed, lifted with a reason; one whose last day is past ends by itself (rule T2)."""

from __future__ import annotations

from datetime import date, datetime

from referral.cases.actions import opening
from referral.cases.models import Case
from referral.cases.rules import CaseState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, outbox, sealing
from referral.foundation.access import Actor
from referral.foundation.grants import Role
from referral.foundation.tables import new_id
from referral.partners.queries import users_of_role
from referral.rights.hold_models import HoldStep, LegalHold
from referral.rights.holding import HoldMove, HoldReason
from referral.rights.queries import holds as queries
from referral.rights.rules import RequestState
from sop.vocabulary import N_, Message

UNKNOWN = Message("unknown", N_("There is no case with this code."))
ERASED = Message("A3", N_("This file was erased already."))
ENDED = Message("hold_ended", N_("This hold has ended. Place a new one."))
SAME = Message("hold_same", N_("A hold with this reference stands on this file already: renew it instead."))


def place(
    case: Case | None,
    reason: HoldReason,
    *,
    basis: str,
    words: str,
    until: date | None,
    review_on: date,
    silent: bool,
    actor: Actor,
    now: datetime,
) -> LegalHold:
    """Forbid erasing a file, for a reason and by a law or an order; a request to erase it waits from now on."""
    if case is None:
        raise RuleViolation(UNKNOWN)
    if case.erased_at is not None:
        raise RuleViolation(ERASED)
    if any(one.basis.casefold() == basis.casefold() for one in queries.standing_of(case.id)):
        raise RuleViolation(SAME)
    one = LegalHold(
        id=new_id(), case=case, reason=reason, basis=basis, silent=silent, placed_at=now, placed_by_id=actor.id,
        until=until, review_on=review_on,
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    _step(one, HoldMove.PLACED, words, actor=actor, now=now)
    case.legal_hold = True
    for request in queries.waiting_erasures(case.id):
        request.state = RequestState.HELD
    return one


def renew(one: LegalHold, words: str, *, until: date | None, review_on: date, actor: Actor, now: datetime) -> None:
    """Look at a hold again: it stays, until a day or open, and is looked at again on another."""
    if one.ended_at is not None:
        raise RuleViolation(ENDED)
    one.until, one.review_on, one.reminded = until, review_on, 0
    _step(one, HoldMove.RENEWED, words, actor=actor, now=now)


def lift(one: LegalHold, words: str, *, actor: Actor, now: datetime) -> None:
    """End a hold; once none stands, requests to erase the file can be answered again."""
    if one.ended_at is not None:
        raise RuleViolation(ENDED)
    _end(one, HoldMove.LIFTED, words, actor=actor, now=now)


def lapse(now: datetime) -> int:
    """End the holds whose last day is past and tell the data officers; commits. Returns how many ended."""
    ended = queries.over(now.astimezone(clock.zone()).date())
    for one in ended:
        _end(one, HoldMove.LAPSED, "", actor=None, now=now)
        for user in users_of_role(Role.DATA_OFFICER):
            outbox.queue("hold_over", now=now, user=user, case_code=one.case.code)
    db.session.commit()
    return len(ended)


def overtake(case: Case, *, now: datetime) -> int:
    """End every hold of a file whose keys were destroyed before a backup was put back: nothing is left to keep."""
    standing = queries.standing_of(case.id)
    for one in standing:
        one.ended_at = now
        _step(one, HoldMove.OVERTAKEN, "", actor=None, now=now)
    case.legal_hold = False
    return len(standing)


def _end(one: LegalHold, move: HoldMove, words: str, *, actor: Actor | None, now: datetime) -> None:
    one.ended_at, case = now, one.case
    queries.lock_case(case.id)
    _step(one, move, words, actor=actor, now=now)
    db.session.flush()
    if queries.standing_of(case.id):
        return
    case.legal_hold = False
    for request in queries.waiting_erasures(case.id):
        request.state = RequestState.OPEN
    if case.state is CaseState.DECLINED and case.erased_at is None:
        opening.erase_refused(case, now=now)


def _step(one: LegalHold, move: HoldMove, words: str, *, actor: Actor | None, now: datetime) -> None:
    step = HoldStep(
        id=new_id(), hold_id=one.id, move=move, at=now, by_id=actor.id if actor else None, until=one.until,
        review_on=one.review_on,
    )  # fmt: skip
    step.sealed = sealing.seal_text(one.case_id, queries.purpose_of(step), words) if words else None
    db.session.add(step)
    audit.record(
        f"hold.{move.value}", actor=actor, now=now, case_id=one.case_id, subject=one, code=one.reason.value.upper(),
        until=str(one.until or ""), review=str(one.review_on),
    )  # fmt: skip
