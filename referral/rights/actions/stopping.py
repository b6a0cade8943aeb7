"""A stop that waits: who is told again, who is called, and what a recipient without an account says by telephone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from referral.cases.actions.steps import finish_task
from referral.cases.models import Case, CaseTask
from referral.cases.rules import TaskKind
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, national, outbox
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.rights.models import StopNotice
from referral.rights.queries import withdrawals as queries
from referral.rights.stopping import StopAnswer, StopWay, chase_due
from sop.vocabulary import N_, Message

CONFIRMED = Message("confirmed", N_("This was confirmed already."))
THEIRS = Message("theirs", N_("This organisation has an account: it confirms by itself. Call it once its day is past."))
LAST_MAIL = 2
"""The recipient itself gets two mails; after them it is called, and the data officer hears of it every week."""


def confirm_stop(one: StopNotice, answer: StopAnswer, law: str, *, actor: Actor, now: datetime) -> None:
    """A recipient says what it did with the data."""
    _answer(one, answer, law, actor=actor, now=now)
    case = one.withdrawal.case
    audit.record("stop.confirm", actor=actor, now=now, case_id=case.id, subject=one, code=answer.value.upper())


def record_stop(
    one: StopNotice,
    answer: StopAnswer,
    law: str,
    *,
    said_by: str,
    said_how: StopWay,
    said_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """The case team writes down what a recipient said: one without an account, or one that let its day pass."""
    if not queries.speaks_by_telephone(one, now.astimezone(clock.zone()).date()):
        raise RuleViolation(THEIRS)
    _answer(one, answer, law, actor=actor, now=now)
    one.said_by, one.said_how, one.said_on = said_by, said_how, said_on
    case = one.withdrawal.case
    audit.record(
        "stop.record", actor=actor, now=now, case_id=case.id, subject=one, code=answer.value.upper(), way=said_how.value
    )


def _answer(one: StopNotice, answer: StopAnswer, law: str, *, actor: Actor, now: datetime) -> None:
    if one.answered_at is not None:
        raise RuleViolation(CONFIRMED)
    one.answer, one.law = answer, law if answer is StopAnswer.LAW else ""
    one.answered_by_id, one.answered_at = actor.id, now
    db.session.flush()
    case = one.withdrawal.case
    if not queries.waiting_of(case.id):
        for task in db.session.scalars(select(CaseTask).where(*_calling(case))):
            finish_task(case, task, actor=actor, now=now)


def tell(one: StopNotice, case: Case, *, now: datetime) -> None:
    """Tell a recipient to stop; one without an account is called and gets a letter."""
    people = queries.staff(one.recipient_id)
    for user in people:
        outbox.queue("consent_stopped", now=now, user=user, case_code=case.code)
    if not people:
        ask_to_call(case, now)


def ask_to_call(case: Case, now: datetime) -> None:
    """One task a case: to call whoever has not confirmed; it ends when everybody has."""
    if db.session.scalar(select(CaseTask.id).where(*_calling(case)).limit(1)):
        return
    due = now + timedelta(days=national.periods().call_days)
    task = CaseTask(id=new_id(), case_id=case.id, kind=TaskKind.STOP_CALL, opened_at=now, due_at=due)
    db.session.add(task)
    db.session.flush()
    audit.record("case.task_opened", actor=None, now=now, case_id=case.id, subject=task, code=task.kind.value)


def _calling(case: Case) -> tuple[ColumnElement[bool], ...]:
    return CaseTask.case_id == case.id, CaseTask.kind == TaskKind.STOP_CALL, CaseTask.done_at.is_(None)


def chase(now: datetime) -> int:
    """Remind recipients that have not confirmed; past their day the data officer is told, again every week; commits.

    From that day on the case team has a task to call them. Returns how many notices were queued.
    """
    today, told, periods = now.astimezone(clock.zone()).date(), 0, national.periods()
    for one in queries.unconfirmed(today - timedelta(days=periods.stop_days // 2)):
        step = chase_due(one.told_on, today, one.chased, periods)
        if step is None:
            continue
        case = one.withdrawal.case
        people: list[Any] = queries.staff(one.recipient_id) if step <= LAST_MAIL else []
        if step >= LAST_MAIL:
            people += queries.officers()
            ask_to_call(case, now)
        for user in people:
            outbox.queue("stop_unconfirmed", now=now, user=user, case_code=case.code)
        one.chased, told = step, told + len(people)
        audit.record("stop.chase", actor=None, now=now, case_id=case.id, subject=one, code=f"STEP-{step}")
    db.session.commit()
    return told
