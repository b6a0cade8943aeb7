"""Organisations that may be one: what they are compared by, the pairs that wait, and which one is shown for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from directory.bodies import Body
from directory.duplicates import Likeness
from referral.extensions import db
from referral.foundation.tables import Base
from referral.partners.models import Organization
from referral.providers.doubles_models import OrganizationMerge, OrganizationPair
from referral.providers.models import Service
from referral.providers.queries.doubles import SHOWN, comparable, likeness
from referral.providers.rules import DoubleState

OF_THE_DIRECTORY = frozenset({
    "service", "location", "section_verification", "confirmation_link", "organization_reminder", "call_task",
    "change_proposal", "entity_revision", "directory_mandate", "organization_pair", "organization_merge", "new_entry",
})  # fmt: skip
"""Tables that may name an organisation which another is shown for: with all others go rights, duties or a person."""


PAIR = ("first_id", "second_id")


def live() -> ColumnElement[bool]:
    """The merges that hold."""
    return OrganizationMerge.undone_at.is_(None)


def successors() -> dict[UUID, UUID]:
    """By organisation the one that the directory shows for it. There are no chains."""
    rows = db.session.execute(select(OrganizationMerge.replaced_id, OrganizationMerge.kept_id).where(live()))
    return {row.replaced_id: row.kept_id for row in rows}


def shown_names() -> dict[UUID, str]:
    """By organisation that another one is shown for the name of that other one."""
    query = select(OrganizationMerge.replaced_id, Organization.name).where(live())
    rows = db.session.execute(query.join(Organization, Organization.id == OrganizationMerge.kept_id))
    return {row.replaced_id: row.name for row in rows}


def shown_for(organization_id: UUID) -> list[UUID]:
    """The organisation itself and those that it is shown for."""
    merged = select(OrganizationMerge.replaced_id).where(live(), OrganizationMerge.kept_id == organization_id)
    return [organization_id, *db.session.scalars(merged)]


def standing(organization_id: UUID) -> bool:
    """Whether rights or duties go with an organisation: accounts, agreements, cases, referrals and the like."""
    told = [
        exists().where(column == organization_id)
        for table in Base.metadata.sorted_tables
        if table.name not in OF_THE_DIRECTORY
        for column in table.columns
        if any(key.target_fullname == "organization.id" for key in column.foreign_keys)
    ]
    return any(db.session.execute(select(*told)).one())


def in_the_directory(one: Any = Organization) -> tuple[ColumnElement[bool], ...]:
    """Has an entry that all of the network see, and no other organisation is shown for it."""
    replaced = select(OrganizationMerge.replaced_id).where(live())
    entry = aliased(Service)
    return (exists().where(entry.organization_id == one.id, *comparable(entry)), one.id.not_in(replaced))


def bodies() -> list[Body]:
    """All that are compared."""
    rows = db.session.scalars(select(Organization).where(*in_the_directory()).order_by(Organization.id))
    return [body(one) for one in rows]


def body(one: Organization) -> Body:
    """What an organisation is compared by."""
    return Body(
        str(one.id), one.name, one.acronym, tuple(one.other_names), one.registration, one.email, tuple(one.phones),
        one.website,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A pair, or a merge, with its two organisations."""

    row: Any
    first: Organization
    second: Organization

    @property
    def likeness(self) -> Likeness:
        """How sure the pair is."""
        return likeness(self.row.score)


def _open() -> Any:
    ids = select(Organization.id).where(*in_the_directory())
    return select(OrganizationPair).where(OrganizationPair.first_id.in_(ids), OrganizationPair.second_id.in_(ids))


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of pairs or merges; `next` is the one after which the next page begins."""

    rows: list[Line]
    next: UUID | None


def _page(query: Any, model: Any, column: Any, sides: tuple[str, str], after: UUID | None, size: int) -> Lines:
    """The rows with the highest value of the column first, from after a row of the same model."""
    last = db.session.get(model, after) if after else None
    if last is not None and (value := getattr(last, column.key)) is not None:
        query = query.where(or_(column < value, and_(column == value, model.id > last.id)))
    rows = list(db.session.scalars(query.order_by(column.desc(), model.id).limit(size + 1)))
    return Lines(_lines(rows[:size], *sides), rows[size - 1].id if len(rows) > size else None)


def waiting(after: UUID | None = None, *, size: int = SHOWN) -> tuple[Lines, int]:
    """The pairs that ask for an answer, the surest first, and how many there are."""
    query = _open().where(OrganizationPair.state == DoubleState.OPEN)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return _page(query, OrganizationPair, OrganizationPair.score, PAIR, after, size), total


def every_waiting() -> list[dict[str, Any]]:
    """All pairs that ask for an answer as plain values, the surest first; for a command."""
    query = _open().where(OrganizationPair.state == DoubleState.OPEN)
    rows = db.session.scalars(query.order_by(OrganizationPair.score.desc(), OrganizationPair.id)).all()
    return [
        {
            "id": str(one.row.id), "score": one.row.score, "likeness": one.likeness.value,
            "shared": list(one.row.shared),
            "organizations": [{"id": str(each.id), "name": each.name} for each in (one.first, one.second)],
        }
        for one in _lines(rows, "first_id", "second_id")
    ]  # fmt: skip


def told_apart(after: UUID | None = None, *, size: int = SHOWN) -> Lines:
    """Pairs of which somebody said that they are two, the latest first."""
    query = _open().where(OrganizationPair.state == DoubleState.DIFFERENT)
    return _page(query, OrganizationPair, OrganizationPair.decided_at, PAIR, after, size)


def merges(after: UUID | None = None, *, size: int = SHOWN) -> Lines:
    """Merges that hold, the latest first, the kept one before the other."""
    query = select(OrganizationMerge).where(live())
    return _page(query, OrganizationMerge, OrganizationMerge.merged_at, ("kept_id", "replaced_id"), after, size)


def _lines(rows: Any, one: str, other: str) -> list[Line]:
    ids = {getattr(row, name) for row in rows for name in (one, other)}
    known = {each.id: each for each in db.session.scalars(select(Organization).where(Organization.id.in_(ids)))}
    return [Line(row, known[getattr(row, one)], known[getattr(row, other)]) for row in rows]


def find_pair(pair_id: UUID, *, lock: bool = False) -> OrganizationPair | None:
    """A pair that may be decided on."""
    query = _open().where(OrganizationPair.id == pair_id, OrganizationPair.state != DoubleState.SAME)
    return db.session.scalar(query.with_for_update(of=OrganizationPair) if lock else query)


def find_merge(merge_id: UUID, *, lock: bool = False) -> OrganizationMerge | None:
    """A merge that still holds."""
    query = select(OrganizationMerge).where(OrganizationMerge.id == merge_id, live())
    return db.session.scalar(query.with_for_update(of=OrganizationMerge) if lock else query)
