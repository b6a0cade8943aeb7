"""What people say about coverage: nobody is there, how many there should be, who is meant to act; and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from directory.coverage import State
from directory.mandates import MandateRole
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.foundation.transactions import reading
from referral.providers.coverage_models import (
    CoverageConfirmation,
    CoverageDemand,
    CoverageSnapshot,
    CoverageTarget,
    DirectoryMandate,
)
from referral.providers.queries import coverage as queries
from referral.statistics.quarters import Quarter, complete_quarters
from sop.vocabulary import N_, Message, Need

SOMEBODY = Message("somebody_there", N_("A service is known there: correct or close it in the directory first."))


def confirm_none(need: Need, pcode: str, note: str, *, actor: Actor, now: datetime) -> CoverageConfirmation:
    """Write down that somebody looked and that nobody answers this need there; refused where a service is known."""
    found = queries.scene(now, pcode[:5] if len(pcode) > 5 else "")
    cell = queries.matrix(found, needs=(need.value,)).cells.get((need.value, pcode))
    if cell is None or cell.state not in (State.UNKNOWN, State.NONE):
        raise RuleViolation(SOMEBODY)
    row = CoverageConfirmation(
        id=new_id(), need=need, pcode=pcode, note=note, confirmed_at=now, confirmed_by_id=actor.id
    )
    db.session.add(row)
    db.session.flush()
    audit.record("coverage.none", actor=actor, now=now, subject=row, code=need.value)
    return row


def withdraw_none(row: CoverageConfirmation, *, actor: Actor, now: datetime) -> None:
    """Take the word back, with every earlier one for the same need and place: the cell is unknown again."""
    same = queries.standing().where(CoverageConfirmation.need == row.need, CoverageConfirmation.pcode == row.pcode)
    for one in db.session.scalars(same):
        one.withdrawn_at = now
    audit.record("coverage.none_withdrawn", actor=actor, now=now, subject=row, code=row.need.value)
    db.session.flush()


def set_target(need: Need, level: int, minimum: int, *, actor: Actor, now: datetime) -> None:
    """Say how many usable services a need should have in every unit of a level."""
    row = db.session.get(CoverageTarget, (need, level), with_for_update=True)
    if row is None:
        db.session.add(CoverageTarget(need=need, level=level, minimum=minimum))
    else:
        row.minimum = minimum
    audit.record("coverage.target", actor=actor, now=now, code=need.value, level=level, minimum=minimum)
    db.session.flush()


def add_mandate(
    *,
    organization_id: UUID,
    need: Need,
    pcode: str,
    role: MandateRole,
    legal_basis: str,
    starts_on: date | None,
    ends_on: date | None,
    actor: Actor,
    now: datetime,
) -> DirectoryMandate:
    """Write down who is meant to act."""
    row = DirectoryMandate(
        id=new_id(), organization_id=organization_id, need=need, pcode=pcode, role=role, legal_basis=legal_basis,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("mandate.add", actor=actor, now=now, subject=row, code=need.value)
    return row


def remove_mandate(row: DirectoryMandate, *, actor: Actor, now: datetime) -> None:
    """Take a mandate off the list; the row stays."""
    if row.removed_at is None:
        row.removed_at = now
        audit.record("mandate.remove", actor=actor, now=now, subject=row, code=row.need.value)
        db.session.flush()


def publish_demand(quarter: Quarter, now: datetime) -> Mapping[bool, Mapping[str, Any]]:
    """The two editions of a quarter's demand, ready to be kept; a moment's work, so no transaction should be open."""
    start, end = quarter.moments(clock.zone())
    regions = queries.scene(now).units
    counts = queries.unmet(start, end, regions)
    return queries.published(counts, regions)


def freeze_demand(quarter: Quarter, editions: Mapping[bool, Mapping[str, Any]], now: datetime) -> None:
    """Keep the editions for good; when somebody else was faster, theirs stay."""
    content = {"signatory": dict(editions[True]), "other": dict(editions[False])}
    values = {"quarter": quarter.code, "published_at": now, "content": content}
    if _insert(CoverageDemand, values):
        audit.record("coverage.publish", actor=None, now=now, code=quarter.code)


def keep_month(now: datetime) -> int:
    """The job: the first run of a month keeps its matrix, and of a quarter the demand of the one before; 1 if kept."""
    local = now.astimezone(clock.zone())
    quarter, month = complete_quarters(local.date(), 1)[0], f"{local:%Y-%m}"
    with reading():
        editions = None if queries.has_demand(quarter.code) else publish_demand(quarter, now)
        cells = None if db.session.get(CoverageSnapshot, month) else _cells(now)
    if editions is not None:
        freeze_demand(quarter, editions, now)
    kept = cells is not None and _insert(
        CoverageSnapshot, {"month": month, "taken_at": now, "content": {"cells": cells}}
    )
    if kept:
        audit.record("coverage.snapshot", actor=None, now=now, code=month)
    db.session.commit()
    return int(kept)


def _cells(now: datetime) -> dict[str, list[Any]]:
    """The matrix by region as a snapshot keeps it: state, organisations, services, of these up to date."""
    table = queries.matrix(queries.scene(now))
    return {
        f"{need}/{unit}": [cell.state.value, len(cell.organizations), len(cell.services), cell.fresh]
        for (need, unit), cell in table.cells.items()
    }


def _insert(model: Any, values: dict[str, Any]) -> bool:
    """Insert unless the key is there; whether it was."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model).values(values).on_conflict_do_nothing()
    key = next(iter(model.__table__.primary_key.columns))
    return db.session.scalar(statement.returning(key)) is not None
