"""Closing gaps: somebody promises it by a day, is reminded, and what closed it is written down."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from directory import reminders, undertakings
from directory.coverage import State
from directory.undertakings import UndertakingState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, outbox
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.actions.reminding import written_to
from referral.providers.coverage_models import GapUndertaking
from referral.providers.queries import coverage as queries
from referral.providers.queries import gaps
from sop.vocabulary import N_, Message, Need

TEMPLATE = "gap_due"
TO_CLOSE = (State.NONE, State.BELOW_TARGET)
"""A person looked and found nobody, or there are fewer verified services than a person said there should be."""
NOT_CONFIRMED = Message("gap_not_confirmed", N_("First somebody must confirm that there is no service."))
IS_TAKEN = Message("gap_taken", N_("Somebody else said who closes it in the meantime: look again."))
IS_CLOSED = Message("gap_closed", N_("That gap was closed in the meantime."))


def undertake(
    need: Need,
    pcode: str,
    *,
    user_id: UUID | None,
    organization_id: UUID | None,
    due_on: date,
    promise: str,
    actor: Actor,
    now: datetime,
) -> GapUndertaking:
    """Say who closes a confirmed gap and by when, or change that; another day or owner is reminded anew.

    Refused where nobody confirmed the gap: what is unknown is nobody's to close.
    """
    row = _standing(need, pcode)
    if row is None:
        _must_be_confirmed(need, pcode, now)
        row = GapUndertaking(
            id=new_id(), need=need, pcode=pcode, due_on=due_on, opened_at=now, opened_by_id=actor.id,
            state=UndertakingState.OPEN, user_id=user_id, organization_id=organization_id,
        )  # fmt: skip
        _insert(row)
    said = (user_id, organization_id, due_on)
    if said != (row.user_id, row.organization_id, row.due_on):
        row.reminded_on = None
    row.user_id, row.organization_id, row.due_on = said
    row.promise = promise
    db.session.flush()
    audit.record("coverage.undertake", actor=actor, now=now, subject=row, code=need.value)
    return row


def _insert(row: GapUndertaking) -> None:
    """Two who say it at the same moment: the second is told to look again."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise RuleViolation(IS_TAKEN) from error


def _standing(need: Need, pcode: str) -> GapUndertaking | None:
    query = select(GapUndertaking).where(
        GapUndertaking.need == need, GapUndertaking.pcode == pcode, GapUndertaking.closed_at.is_(None)
    )
    return db.session.scalar(query.with_for_update())


def _must_be_confirmed(need: Need, pcode: str, now: datetime) -> None:
    found = queries.scene(now, pcode[:5] if len(pcode) > 5 else "")
    cell = queries.matrix(found, needs=(need.value,)).cells.get((need.value, pcode))
    if cell is None or cell.state not in TO_CLOSE:
        raise RuleViolation(NOT_CONFIRMED)


def take_in_hand(row: GapUndertaking, *, actor: Actor, now: datetime) -> None:
    """The owner has begun; twice changes nothing."""
    db.session.refresh(row, with_for_update=True)
    if row.state is UndertakingState.CLOSED:
        raise RuleViolation(IS_CLOSED)
    if row.state is UndertakingState.OPEN:
        row.state = UndertakingState.IN_HAND
        audit.record("coverage.in_hand", actor=actor, now=now, subject=row, code=row.need.value)
        db.session.flush()


def close_gap(row: GapUndertaking, closed_with: str, *, actor: Actor, now: datetime) -> None:
    """Write down what closed it; a closed one stays as it is."""
    db.session.refresh(row, with_for_update=True)
    if row.state is UndertakingState.CLOSED:
        raise RuleViolation(IS_CLOSED)
    row.state, row.closed_at, row.closed_by_id, row.closed_with = UndertakingState.CLOSED, now, actor.id, closed_with
    audit.record("coverage.gap_closed", actor=actor, now=now, subject=row, code=row.need.value)
    db.session.flush()


def remind_of_gaps(now: datetime) -> int:
    """The job: one notice a person about the gaps that are theirs to close; commits. Returns how many were queued."""
    local = now.astimezone(clock.zone())
    if reminders.quiet(local):
        return 0
    due = undertakings.reminders(gaps.promised(), written_to(now), local)
    people = gaps.reminded_people([UUID(one) for one in due])
    for person, rows in due.items():
        outbox.queue(TEMPLATE, now=now, user=people[UUID(person)], count=len(rows))
        audit.record("coverage.remind", actor=None, now=now, subject=("user_account", UUID(person)))
        ids = [UUID(one.id) for one in rows]
        db.session.execute(update(GapUndertaking).where(GapUndertaking.id.in_(ids)).values(reminded_on=local.date()))
    db.session.commit()
    return len(due)
