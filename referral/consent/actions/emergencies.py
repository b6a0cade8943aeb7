"""Emergency access: open, look, renew, tell the person, review; whoever abuses it loses the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from referral.cases.models import Case
from referral.consent.emergencies import Conclusion, EmergencyReason, ends_at, suspends
from referral.consent.exceptional_models import EmergencyAccess
from referral.consent.models import DecisionRecord
from referral.consent.queries import exceptional as queries
from referral.consent.queries import reviewing
from referral.consent.request import Request
from referral.consent.rules import Decision, decide
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, national, outbox, sealing
from referral.foundation.grants import Role
from referral.foundation.tables import new_id
from referral.partners.actions import suspend
from referral.partners.models import User
from referral.partners.queries import users_of_role
from sop.vocabulary import N_, Message

OVER = Message("emergency_over", N_("This access has ended. Open a new one, or ask the person."))
REVIEWED = Message("emergency_reviewed", N_("This access was reviewed already."))
OWN_REVIEW = Message("emergency_own_review", N_("Somebody else reviews an access of yours."))
TOLD = Message("emergency_told", N_("It is noted already that the person was told."))


def register(
    request: Request, decision: Decision, *, case: Case, recipient_id: Any, actor: Any, now: datetime
) -> DecisionRecord:
    """Keep a decision that hangs on no referral in the register, denials too."""
    row = DecisionRecord.of(request, decision, case_id=case.id, actor=actor, recipient_id=recipient_id, now=now)
    db.session.add(row)
    audit.record(
        "sharing.decide", actor=actor, now=now, case_id=case.id, subject=("case", case.id), code=decision.code,
        asked=sorted(request.categories), visible=list(decision.visible),
    )  # fmt: skip
    return row


def open_access(
    case: Case,
    reason: EmergencyReason,
    words: str,
    answers: Mapping[str, bool],
    *,
    hours: int,
    actor: User,
    now: datetime,
) -> tuple[EmergencyAccess | None, DecisionRecord]:
    """Declare that a life is in danger. Opens the minimum of the service where the rules allow it; None where not.

    `answers`: cannot_ask, refused, risk_to_others. Data officers and supervisors are told, and the case manager, who
    tells the person.
    """
    declared = {"reason": reason.value if words.strip() else "", **answers}
    request = queries.emergency_request(case, actor, declared, opened=None, now=now)
    decision = decide(request)
    record = register(request, decision, case=case, recipient_id=actor.organization_id, actor=actor, now=now)
    if not decision.allowed or actor.organization_id is None:
        return None, record
    periods = national.periods()
    access = EmergencyAccess(
        id=new_id(), case=case, user=actor, organization_id=actor.organization_id, reason=reason, **answers,
        categories=[one.value for one in decision.visible], opened_at=now, ends_at=ends_at(now, now, hours, periods),
        review_due_at=now + timedelta(hours=periods.review_hours),
    )  # fmt: skip
    access.sealed_words = sealing.seal_text(case.id, f"emergency:{access.id}", words)
    db.session.add(access)
    audit.record(
        "emergency.open", actor=actor, now=now, case_id=case.id, subject=access, code=reason.value, hours=hours
    )
    _tell_of(access, overdue="alert_supervisor" in decision.obligations, now=now)
    return access, record


def _tell_of(access: EmergencyAccess, *, overdue: bool, now: datetime) -> None:
    case = access.case
    for user in (*reviewing.stand_ins(), *_supervisors(case)):
        outbox.queue("emergency_opened", now=now, user=user, case_code=case.code)
    _ask_for_officer(now)
    if overdue:
        for user in _supervisors(case):
            outbox.queue("emergency_overdue", now=now, user=user, case_code=case.code)
    if case.manager is not None:
        outbox.queue("emergency_tell", now=now, user=case.manager, case_code=case.code)


def _ask_for_officer(now: datetime) -> None:
    """While no data officer is active the administrators are told, who see no case and no code of one."""
    if users_of_role(Role.DATA_OFFICER):
        return
    for user in users_of_role(Role.ADMINISTRATOR):
        outbox.queue("data_officer_missing", now=now, user=user)


def _supervisors(case: Case) -> list[User]:
    return users_of_role(Role.SUPERVISOR, organization_id=case.organization_id)


def look(access: EmergencyAccess, *, actor: User, now: datetime) -> tuple[Request, Decision]:
    """Take the decision again for one look; after the end of the access it is refused, and that is kept too."""
    request = queries.emergency_request(
        access.case, actor, _declared(access), opened=access.opened_at, now=now, ended=now >= access.ends_at
    )
    decision = decide(request)
    case = access.case
    register(request, decision, case=case, recipient_id=access.organization_id, actor=actor, now=now)
    audit.record(
        "emergency.read" if decision.allowed else "emergency.refused", actor=actor, now=now, case_id=case.id,
        subject=access, code=decision.code, categories=list(decision.visible),
    )  # fmt: skip
    return request, decision


def _declared(access: EmergencyAccess) -> dict[str, Any]:
    return {
        "reason": access.reason.value,
        "cannot_ask": access.cannot_ask,
        "refused": access.refused,
        "risk_to_others": access.risk_to_others,
    }


def renewable(access: EmergencyAccess, now: datetime) -> bool:
    """Whether it may still go on: nobody has reviewed it, and its longest time from the opening is not over."""
    return access.reviewed_at is None and ends_at(access.opened_at, now, 1, national.periods()) > now


def renew(access: EmergencyAccess, words: str, *, hours: int, actor: User, now: datetime) -> None:
    """Go on for some hours more, for a reason, within a day of the opening; raises `RuleViolation` after it."""
    if not renewable(access, now):
        raise RuleViolation(OVER)
    until = ends_at(access.opened_at, now, hours, national.periods())
    before, _ = queries.words_of(access)
    access.sealed_words = sealing.seal_text(access.case_id, f"emergency:{access.id}", f"{before}\n{words}")
    access.ends_at = max(access.ends_at, until)
    access.renewals += 1
    audit.record("emergency.renew", actor=actor, now=now, case_id=access.case_id, subject=access, hours=hours)


def end(access: EmergencyAccess, *, actor: User, now: datetime) -> None:
    """The danger is over: nothing more is shown."""
    access.ends_at = min(access.ends_at, now)
    audit.record("emergency.end", actor=actor, now=now, case_id=access.case_id, subject=access)


def tell(access: EmergencyAccess, *, actor: Any, now: datetime) -> None:
    """The person was told."""
    if access.told_at is not None:
        raise RuleViolation(TOLD)
    access.told_at, access.told_by_id = now, actor.id
    audit.record("emergency.told", actor=actor, now=now, case_id=access.case_id, subject=access)


def review(access: EmergencyAccess, conclusion: Conclusion, words: str, *, actor: Any, now: datetime) -> bool:
    """Somebody else says whether it was justified; returns whether the account was suspended for it."""
    if actor.id == access.user_id:
        raise RuleViolation(OWN_REVIEW)
    if access.reviewed_at is not None:
        raise RuleViolation(REVIEWED)
    access.conclusion, access.reviewed_at, access.reviewer_id = conclusion, now, actor.id
    access.ends_at = min(access.ends_at, now)
    if words:
        access.sealed_review = sealing.seal_text(access.case_id, f"emergency_review:{access.id}", words)
    audit.record(
        "emergency.reviewed", actor=actor, now=now, case_id=access.case_id, subject=access, code=conclusion.value
    )
    db.session.flush()
    abused = conclusion is Conclusion.UNJUSTIFIED and suspends(queries.unjustified(access.user_id), national.periods())
    if abused and access.user.active:
        suspend(access.user, reason="emergency_abuse", now=now)
    return abused


def remind(now: datetime) -> int:
    """Once for each: the review is overdue, and its supervisors and the data officers are told. Commits."""
    late = queries.overdue_reviews(now)
    for access in late:
        access.reminded_at = now
        for user in (*reviewing.stand_ins(), *_supervisors(access.case)):
            outbox.queue("emergency_overdue", now=now, user=user, case_code=access.case.code)
    if late:
        _ask_for_officer(now)
    db.session.commit()
    return len(late)
