"""SELECTs of lists on their way in: own lists, their rows as they would be taken in, what became of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.spreadsheets import Table
from referral.identification import lists
from referral.identification.lists import Problem
from referral.identification.models import ListState, PersonList, PersonListRow, RowState, Submission
from referral.procedures import queries as procedures
from sop.vocabulary import Message

SEALED_AS = "list"
SHOWN = 20


def visible_lists(actor: Actor) -> Select[PersonList]:
    """Own lists that can still be read."""
    return select(PersonList).where(PersonList.author_id == actor.id, PersonList.state != ListState.ERASED)


own_list = Door(visible_lists, PersonList.id)
"""One of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by heading, as answers or with its problems; `same_as` an earlier row with the same cells."""

    number: int
    cells: Mapping[str, str]
    answers: dict[str, Any]
    problems: tuple[Problem, ...]
    same_as: int
    state: RowState
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a list is: rows by state."""

    one: PersonList
    counts: Mapping[RowState, int]

    @property
    def done(self) -> int:
        """Rows that are no longer waiting."""
        return self.one.rows - self.counts.get(RowState.WAITING, 0)


def table_of(one: PersonList) -> Table:
    """The cells, opened."""
    content = json.loads(sealing.open_text(one.id, SEALED_AS, one.sealed or b""))
    return Table(tuple(content["headings"]), tuple((number, tuple(cells)) for number, cells in content["rows"]))


def mapping_of(one: PersonList, table: Table) -> dict[str, str]:
    """Which question each heading answers."""
    return dict(zip(table.headings, one.mapping, strict=True))


def rows_of(one: PersonList, *, today: date, waiting: int = 0) -> list[Row]:
    """Every row as it would be, or was, taken in; or only so many of those that still wait."""
    table, form = table_of(one), procedures.form(one.form_version_id)
    mapping = mapping_of(one, table)
    kept = {row.number: row for row in db.session.scalars(select(PersonListRow).where(PersonListRow.list_id == one.id))}
    seen: dict[tuple[str, ...], int] = {}
    found: list[Row] = []
    for number, cells in table.rows:
        same = seen.setdefault(cells, number)
        if waiting and (kept[number].state is not RowState.WAITING or len(found) >= waiting):
            continue
        by_heading = dict(zip(table.headings, cells, strict=True))
        read = lists.read_row(form, mapping, by_heading, today)
        state = kept[number].state
        earlier = same if same != number else 0
        found.append(Row(number, by_heading, read.answers, read.problems, earlier, state, kept[number].code))
    return found


def standings(actor: Actor) -> list[Standing]:
    """Own lists, the newest first, each with how far it is; two statements."""
    own = list(db.session.scalars(visible_lists(actor).order_by(PersonList.created_at.desc()).limit(SHOWN)))
    counts: dict[Any, Counter[RowState]] = {one.id: Counter() for one in own}
    query = select(PersonListRow.list_id, PersonListRow.state, func.count())
    for list_id, state, number in db.session.execute(
        query.where(PersonListRow.list_id.in_(counts)).group_by(PersonListRow.list_id, PersonListRow.state)
    ):
        counts[list_id][state] = number
    return [Standing(one, counts[one.id]) for one in own]


def codes_of(one: PersonList) -> dict[int, str]:
    """The case codes that rows were given, by row."""
    query = (
        select(PersonListRow.number, Case.code)
        .join(Submission, Submission.id == PersonListRow.submission_id)
        .join(Case, Case.id == Submission.case_id)
        .where(PersonListRow.list_id == one.id)
    )
    return dict(db.session.execute(query).all())


def missing(one: PersonList, row: Row, *, today: date, now: Any) -> list[Mapping[str, str]]:
    """Labels of the questions that a row leaves open or answers wrongly."""
    form = procedures.form(one.form_version_id)
    errors: Mapping[str, Message] = form.evaluate(row.answers, today=today, now=now).errors
    return [form[path].label for path in errors if path in form]
