"""The job of agreements: they expire and are replaced on their day, and everybody concerned is told in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from referral.extensions import db
from referral.foundation import audit, clock, national, outbox
from referral.foundation.tables import new_id
from referral.partners.actions.agreeing import step, succeed
from referral.partners.models import Agreement, AgreementWarning, User
from referral.partners.queries import agreements as queries
from referral.partners.rules.agreements import AgreementAction, warning_due


def watch(now: datetime) -> int:
    """Take every step whose day has come; commits. Returns how many notices were queued."""
    today = now.astimezone(clock.zone()).date()
    for one in queries.expired(today):
        step(one, AgreementAction.EXPIRE, actor=None, now=now, today=today)
    for one in queries.succeeding(today):
        succeed(one, today=today, now=now)
    db.session.flush()
    told = 0
    days_before = national.periods().agreement_reminders
    for one in queries.ending(today + timedelta(days=max(days_before))):
        mark = str(one.effective_until)
        due = warning_due(one.effective_until, today, queries.told(one.id, mark), days_before)
        if due is not None:
            told += _warn(one, due, mark, now)
    for one, event in queries.stopped():
        told += _stopped(one, f"E{event.sequence}", now)
    db.session.commit()
    return told


def _warn(one: Agreement, days: int, mark: str, now: datetime) -> int:
    """Tell the coordination and both parties that it ends, and how many referrals would stop."""
    number = len(queries.stopping(one))
    people = queries.warned(one)
    for user in people:
        outbox.queue("agreement_ending", now=now, user=user, reference=one.reference, count=number)
    _note(one, days, mark, now)
    audit.record("agreement.warn", actor=None, now=now, subject=one, code=f"DAYS-{days}", referrals=number)
    return len(people)


def _stopped(one: Agreement, mark: str, now: datetime) -> int:
    """Tell each case manager whose referral has lost its agreement: nothing falls silent."""
    told = 0
    for referral in queries.stopping(one):
        manager: User | None = referral.case.manager
        if manager is not None:
            codes = {"case_code": referral.case.code, "reference": referral.reference}
            outbox.queue("agreement_stopped", now=now, user=manager, **codes)
            told += 1
    _note(one, 0, mark, now)
    return told


def _note(one: Agreement, days: int, mark: str, now: datetime) -> None:
    row = {"id": new_id(), "agreement_id": one.id, "days": days, "mark": mark, "told_at": now}
    db.session.execute(insert(AgreementWarning).values(row))
