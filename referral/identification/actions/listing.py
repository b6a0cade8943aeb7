"""Take in a list that was kept until now: keep it sealed, be told its columns, send each row through the gate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from sqlalchemy import func, insert, select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, jobs, sealing
from referral.foundation.spreadsheets import Table
from referral.foundation.tables import new_id
from referral.identification import gate, lists
from referral.identification.actions.attaching import keyed
from referral.identification.models import ListMapping, ListState, PersonList, PersonListRow, RowState
from referral.identification.queries import FORM
from referral.identification.queries.lists import SEALED_AS, Row, rows_of, table_of
from referral.identification.rules import Channel
from referral.partners.models import User
from referral.procedures import queries as procedures
from sop.vocabulary import N_, Message

KEPT_DAYS = 30
"""How long a list stays readable for its author, in days; an assumption to be validated nationally."""
AT_ONCE = 20
NO_FORM = Message("no_form", N_("There is no identification form yet. Please tell the coordination."))
NO_COLUMN = Message("no_column", N_("Choose the question of at least one column with the name or the age."))
NOT_NOW = Message("list_not_now", N_("This list is already being taken in, or was taken in."))


def take_list(table: Table, *, actor: Any, today: date, now: datetime) -> PersonList:
    """Keep the table sealed and propose what its headings mean."""
    gate.check_sender(actor)
    version = procedures.active_form(FORM)
    if version is None:
        raise RuleViolation(NO_FORM)
    form = procedures.form(version.id)
    before = _said_before(actor.organization_id, table.headings)
    one = PersonList(
        id=new_id(),
        author_id=actor.id,
        organization_id=actor.organization_id,
        form_version_id=version.id,
        mapping=list(lists.proposal(form, table.headings, before).values()),
        rows=len(table.rows),
        created_at=now,
        ends_on=today + timedelta(days=KEPT_DAYS),
    )
    sealing.create_keys({one.id: sealing.OwnerKind.DOCUMENT}, now=now)
    content = {"headings": table.headings, "rows": table.rows}
    one.sealed = sealing.seal_text(one.id, SEALED_AS, json.dumps(content, ensure_ascii=False))
    db.session.add(one)
    db.session.flush()
    db.session.execute(
        insert(PersonListRow),
        [
            {"list_id": one.id, "number": number, "state": RowState.WAITING, "submission_id": None, "code": ""}
            for number, _cells in table.rows
        ],
    )
    audit.record("list.take", actor=actor, now=now, subject=one)
    return one


def set_columns(one: PersonList, mapping: Mapping[str, str], *, actor: Any, now: datetime) -> None:
    """Say which question each heading answers; what is said is proposed for the next list."""
    if one.state not in (ListState.COLUMNS, ListState.READY):
        raise RuleViolation(NOT_NOW)
    headings = table_of(one).headings
    one.mapping = [mapping.get(heading, "") for heading in headings]
    one.state = ListState.READY
    for heading in headings:
        row = {"organization_id": one.organization_id, "heading": _mark(heading)}
        known = db.session.get(ListMapping, row)
        if known is None:
            db.session.add(ListMapping(**row, question=mapping.get(heading, "")))
        else:
            known.question = mapping.get(heading, "")
    audit.record("list.columns", actor=actor, now=now, subject=one)


def begin(one: PersonList, *, actor: Any, now: datetime) -> None:
    """Let the rows be taken in; the worker does it, a few at a time."""
    if one.state is not ListState.READY:
        raise RuleViolation(NOT_NOW)
    one.state = ListState.RUNNING
    audit.record("list.begin", actor=actor, now=now, subject=one)


def erase_list(one: PersonList, *, actor: Any, now: datetime) -> None:
    """Destroy the cells; the files that were made from them stay."""
    sealing.erase_key(one.id, sealing.OwnerKind.DOCUMENT, now=now)
    one.sealed, one.state = None, ListState.ERASED
    audit.record("list.erase", actor=actor, now=now, subject=one)


def work_lists(now: datetime) -> int:
    """Take in the next rows of the lists that are under way, each in a transaction of its own; erase old lists."""
    _erase_old(now)
    running = select(PersonList).where(PersonList.state == ListState.RUNNING).order_by(PersonList.created_at).limit(1)
    one = db.session.scalar(running)
    if one is None:
        return 0
    waiting = rows_of(one, today=clock.today(), waiting=AT_ONCE)
    author = db.session.get_one(User, one.author_id)
    for row in waiting:
        _take_in(one, row, author, now)
        db.session.commit()
    _finish(one, now)
    db.session.commit()
    return len(waiting)


def _take_in(one: PersonList, row: Row, author: User, now: datetime) -> None:
    """One row through the gate; what the gate refuses is set aside with its reason."""
    kept = db.session.get_one(PersonListRow, (one.id, row.number))
    if row.problems or row.same_as:
        kept.state, kept.code = RowState.ASIDE, "same_row" if row.same_as else "cells"
        return
    version = _version_of(one)
    parcel = gate.Parcel(uuid5(one.id, str(row.number)), version[0], version[1], row.answers, channel=Channel.LIST)
    try:
        with db.session.begin_nested():
            receipt = gate.receive(parcel, actor=author, now=now)
    except RuleViolation as violation:
        kept.state, kept.code = RowState.ASIDE, violation.message.code[:40]
        return
    kept.submission_id = receipt.submission_id
    kept.state = RowState.SUBMITTED if receipt.outcome is gate.Outcome.SUBMITTED else RowState.TO_COMPLETE


def _version_of(one: PersonList) -> tuple[str, str]:
    form = procedures.form(one.form_version_id)
    return form.id, form.version


def _finish(one: PersonList, now: datetime) -> None:
    left = select(func.count()).where(PersonListRow.list_id == one.id, PersonListRow.state == RowState.WAITING)
    if not db.session.scalar(left):
        one.state, one.finished_at = ListState.DONE, now
        audit.record("list.done", actor=None, now=now, subject=one)


def _erase_old(now: datetime) -> None:
    due = select(PersonList).where(PersonList.state != ListState.ERASED, PersonList.ends_on <= now.date())
    for one in db.session.scalars(due.limit(AT_ONCE)):
        erase_list(one, actor=None, now=now)
    db.session.commit()


def _said_before(organization_id: Any, headings: Sequence[str]) -> dict[str, str]:
    marks = {_mark(heading): heading for heading in headings}
    query = select(ListMapping).where(
        ListMapping.organization_id == organization_id, ListMapping.heading.in_(list(marks))
    )
    return {marks[one.heading]: one.question for one in db.session.scalars(query)}


def _mark(heading: str) -> str:
    """A heading, keyed: somebody may have typed a name there."""
    return keyed(b"heading", " ".join(heading.casefold().split()).encode()).hex()


jobs.register("lists", 1, work_lists)
