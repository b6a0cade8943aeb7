"""Consents that end, and children who come of age: the case team is told in time, each time once.

Reminders on set days before the last day (14 and 3 unless the country says otherwise), and once it is over
(research/sop.md §7.5). Who was a minor when consent was given and is an adult now is asked again (rule S17).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from referral.cases.actions.steps import finish_task
from referral.cases.models import Case, CaseTask
from referral.cases.rules import TaskKind
from referral.consent.models import Consent, ConsentReminder, ConsentState
from referral.consent.queries.requests import age_of
from referral.extensions import db
from referral.foundation import audit, clock, national, outbox
from referral.foundation.grants import Role
from referral.foundation.tables import new_id
from referral.partners.models import User
from referral.partners.queries import users_of_role
from referral.partners.rules.agreements import warning_due

OVER, OF_AGE = 0, 18


def remind(now: datetime) -> int:
    """Tell whoever must know today, and end what is over; commits. Returns how many notices were queued."""
    today = now.astimezone(clock.zone()).date()
    told = _told()
    count = 0
    for consent, case in _living(today + timedelta(days=max(national.periods().consent_reminders))):
        count += _one(consent, case, told.get(consent.id, set()), today, now)
    for consent, case in _of_minors():
        if OF_AGE not in told.get(consent.id, set()) and (age_of(case, today) or 0) >= OF_AGE:
            _open_task(case, now)
            count += _tell("consent_adult", OF_AGE, consent, case, now)
    db.session.commit()
    return count


def _open_task(case: Case, now: datetime) -> None:
    """One task a case: to ask the person who has come of age; it ends with the first consent that they give."""
    if db.session.scalar(select(CaseTask.id).where(*_asking(case)).limit(1)):
        return
    due = now + timedelta(days=national.periods().ask_adult_days)
    task = CaseTask(id=new_id(), case_id=case.id, kind=TaskKind.ASK_ADULT, opened_at=now, due_at=due)
    db.session.add(task)
    db.session.flush()
    audit.record("case.task_opened", actor=None, now=now, case_id=case.id, subject=task, code=task.kind.value)


def asked_again(case: Case, given_age: int | None, *, actor: Any, now: datetime) -> None:
    """An adult consented: the task to ask them again is done."""
    if given_age is None or given_age < OF_AGE:
        return
    for task in db.session.scalars(select(CaseTask).where(*_asking(case))):
        finish_task(case, task, actor=actor, now=now)


def _asking(case: Case) -> tuple[ColumnElement[bool], ...]:
    return CaseTask.case_id == case.id, CaseTask.kind == TaskKind.ASK_ADULT, CaseTask.done_at.is_(None)


def _one(consent: Consent, case: Case, told: set[int], today: date, now: datetime) -> int:
    if consent.valid_until < today:
        consent.state, consent.ended_at = ConsentState.EXPIRED, now
        audit.record("consent.expired", actor=None, now=now, case_id=case.id, subject=consent)
        return _tell("consent_over", OVER, consent, case, now)
    due = warning_due(consent.valid_until, today, told, national.periods().consent_reminders)
    left = (consent.valid_until - today).days
    return 0 if due is None else _tell("consent_ends", due, consent, case, now, left=left)


def _tell(template: str, days: int, consent: Consent, case: Case, now: datetime, left: int | None = None) -> int:
    """Queue a notice for whoever follows the case, and note that it was told; returns how many notices."""
    db.session.add(ConsentReminder(consent_id=consent.id, days=days, told_at=now))
    audit.record("consent.remind", actor=None, now=now, case_id=case.id, subject=consent, code=f"DAYS-{days}")
    words = {"case_code": case.code} | ({} if left is None else {"count": str(left)})
    people = [] if case.closed_at is not None else _following(case)
    for user in people:
        outbox.queue(template, now=now, user=user, **words)
    return len(people)


def _following(case: Case) -> list[User]:
    """The case manager; while there is none who works, the team's supervisors, and without any the coordination."""
    if case.manager is not None and case.manager.active:
        return [case.manager]
    own = case.organization_id
    return (
        users_of_role(Role.SUPERVISOR, organization_id=own)
        or users_of_role(Role.COORDINATOR, organization_id=own)
        or users_of_role(Role.COORDINATOR)
    )


def _living(until: date) -> list[tuple[Consent, Case]]:
    """Consents that end by this day or are over, with their cases."""
    query = select(Consent, Case).join(Case, Consent.case_id == Case.id).options(joinedload(Case.manager))
    query = query.where(Consent.state == ConsentState.GIVEN, Consent.valid_until <= until)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Consent.valid_until, Consent.id))]


def _of_minors() -> list[tuple[Consent, Case]]:
    """Living consents that were given by or for a minor; those of a closed case are told if it is opened again."""
    query = select(Consent, Case).join(Case, Consent.case_id == Case.id).options(joinedload(Case.manager))
    query = query.where(Consent.state == ConsentState.GIVEN, Consent.given_age < OF_AGE, Case.closed_at.is_(None))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Consent.id))]


def _told() -> dict[object, set[int]]:
    """What was told about each living consent."""
    query = select(ConsentReminder.consent_id, ConsentReminder.days)
    query = query.join(Consent, ConsentReminder.consent_id == Consent.id).where(Consent.state == ConsentState.GIVEN)
    found: dict[object, set[int]] = {}
    for consent_id, days in db.session.execute(query):
        found.setdefault(consent_id, set()).add(days)
    return found
