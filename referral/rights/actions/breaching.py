"""The log of personal data breaches, and the answers of the impact assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from referral.consent.queries import reviewing
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, national
from referral.foundation.access import Actor
from referral.rights import queries
from referral.rights.breaches import BreachKind, BreachStep, authority_due, missing_steps
from referral.rights.models import Breach, BreachCounter, DpiaLine
from referral.rights.processing import DpiaAnswer
from sop.vocabulary import N_, Category, Message

NOT_YET = N_("Before it is closed: %(steps)s.")
DONE = Message("step_done", N_("This was recorded already."))


def report(
    kind: BreachKind,
    *,
    discovered_at: datetime,
    persons: int | None,
    categories: tuple[Category, ...],
    high_risk: bool,
    words: str,
    actor: Actor | None,
    now: datetime,
    access_id: UUID | None = None,
) -> Breach:
    """Write a breach into the log; the time to tell the Authority runs from its discovery."""
    year = discovered_at.astimezone(clock.zone()).year
    one = Breach(
        number=_number(year),
        kind=kind,
        discovered_at=discovered_at,
        authority_due=authority_due(discovered_at, national.periods()),
        persons=persons,
        categories=[category.value for category in categories],
        high_risk=high_risk,
        words=words,
        recorded_by_id=actor.id if actor is not None else None,
        access_id=access_id,
    )
    db.session.add(one)
    db.session.flush()
    audit.record("breach.report", actor=actor, now=now, subject=one, code=kind.value.upper())
    return one


def _number(year: int) -> str:
    """The next number of the year, such as VD-2026-007; numbers may be skipped, never given twice."""
    dialect: Any = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    table = BreachCounter.__table__
    statement = dialect.insert(table).values(year=year, last=1)
    counted = statement.on_conflict_do_update(index_elements=["year"], set_={"last": table.c.last + 1})
    return f"VD-{year}-{db.session.scalar(counted.returning(table.c.last)):03d}"


def report_unreviewed(now: datetime) -> int:
    """Log each overdue emergency access that nobody at all can review, once; commits. Returns how many are new."""
    rows = queries.unlogged(reviewing.unreviewable(now))
    for one in rows:
        report(
            BreachKind.UNREVIEWED, discovered_at=now, persons=1, categories=tuple(map(Category, one.categories)),
            high_risk=False, words="", actor=None, now=now, access_id=one.id,
        )  # fmt: skip
    db.session.commit()
    return len(rows)


def take_step(one: Breach, step: BreachStep, *, actor: Actor, now: datetime) -> None:
    """Record that something was done about it, once."""
    if step.value in one.steps or BreachStep.CLOSED.value in one.steps:
        raise RuleViolation(DONE)
    missing = missing_steps(one.steps, high_risk=one.high_risk) if step is BreachStep.CLOSED else ()
    if missing:
        raise RuleViolation(Message("not_yet", NOT_YET, {"steps": missing}))
    one.steps = {**one.steps, step.value: now.isoformat()}
    audit.record("breach.step", actor=actor, now=now, subject=one, code=step.value.upper())


def assess(answers: dict[str, tuple[DpiaAnswer, str]], *, actor: Actor, now: datetime) -> int:
    """Keep the answers that changed; the older ones stay. Returns how many are new."""
    newest = queries.assessment()
    changed = 0
    for question, (answer, note) in answers.items():
        before = newest.get(question)
        if before is not None and (before.answer, before.note) == (answer, note):
            continue
        sequence = before.sequence + 1 if before else 1
        line = DpiaLine(
            question=question, answer=answer, note=note, answered_by_id=actor.id, answered_at=now, sequence=sequence
        )
        db.session.add(line)
        changed += 1
    if changed:
        audit.record("dpia.answer", actor=actor, now=now, code="DPIA", answers=changed)
    return changed
