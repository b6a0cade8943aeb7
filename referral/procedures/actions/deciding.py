"""A version moves on: its consultation opens and closes, the committee approves it, it is put in force or set aside."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.procedures.actions.base import allow, check, expect, touch
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import VersionAction, VersionState


def move(
    one: ProcedureVersion, action: VersionAction, *, revision: int, actor: Actor, now: datetime, today: date
) -> None:
    """One of the coordination's moves; raises `RuleViolation` with the reason when it is not possible."""
    expect(one, revision)
    if action is VersionAction.ACTIVATE:
        activate(one, actor=actor, now=now, today=today)
        return
    allow(one, action, today)
    if action is VersionAction.OPEN_CONSULTATION:
        one.consultation_opened_at = now
    elif action is VersionAction.SET_ASIDE:
        one.retired_at = now
    else:
        one.consultation_closed_at = now if action is VersionAction.CLOSE_CONSULTATION else None
    touch(one, now)
    audit.record("procedure.move", actor=actor, now=now, subject=one, code=action, content=one.content_hash[:16])


def approve(
    one: ProcedureVersion,
    *,
    number: str,
    decided_on: date,
    valid_from: date | None,
    revision: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """The committee has decided: its number and day stand with the version from now on."""
    expect(one, revision)
    allow(one, VersionAction.APPROVE, today)
    one.decision_number, one.decision_on, one.valid_from = number, decided_on, valid_from
    touch(one, now)
    audit.record(
        "procedure.approve", actor=actor, now=now, subject=one, code=number, decided_on=decided_on,
        content=one.content_hash[:16],
    )  # fmt: skip


def activate(one: ProcedureVersion, *, actor: Actor | None, now: datetime, today: date) -> None:
    """Put an approved version in force; the former one retires, and the cases that run on it stay on it."""
    check(one, VersionAction.ACTIVATE, today)
    retire_active(actor=actor, now=now)
    allow(one, VersionAction.ACTIVATE, today)
    one.activated_at = now
    touch(one, now)
    audit.record("procedure.activate", actor=actor, now=now, subject=one, content=one.content_hash[:16])


def retire_active(*, actor: Actor | None, now: datetime) -> None:
    """Retire the version in force, if there is one.

    Asked twice: whoever puts another version in force at the same moment holds the lock that the first question waits
    for, and what they put in force is only seen by a second one.
    """
    query = select(ProcedureVersion).where(ProcedureVersion.state == VersionState.ACTIVE).with_for_update()
    for _turn in range(2):
        for former in db.session.scalars(query).all():
            allow(former, VersionAction.RETIRE, now.date())
            former.retired_at = now
            touch(former, now)
            audit.record("procedure.retire", actor=actor, now=now, subject=former)
        db.session.flush()
