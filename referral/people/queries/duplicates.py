"""Pairs of files that may be one person's: who may see which, what both say, and what stands against joining them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from referral.cases.models import Case
from referral.cases.queries import KNOWN, coordinated_cases, visible_cases
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.sealing import SealedRecord
from referral.people.duplicates import COLUMNS, JOINED, WAITING, File, PairState
from referral.people.models import Person, PersonBlock, PersonLink, PersonMerge, PersonPair
from referral.people.queries.identities import surviving
from sop.vocabulary import N_, Message

SHOWN = 30
FACTS = tuple(column for columns in COLUMNS.values() for column in columns)
ELSEWHERE = Message(
    "elsewhere", N_("One of the persons also has a file at another organisation: the files cannot be joined here.")
)
WAITS = Message("waits", N_("One of the files still waits for base consent: the files cannot be joined before it."))
PROTECTED = Message("protected", N_("One of the names is protected: nothing is joined while it is."))
TIED = Message(
    "tied", N_("The two files are tied as relatives: end that tie first, or these are two persons after all.")
)
GONE = Message("gone", N_("One of the two is no longer a person of their own: erased, or joined with another file."))


def may_decide(actor: Actor) -> bool:
    """Whether the role answers pairs; the coordination only sees that there are some."""
    return scope_of(actor.role, Permission.DUPLICATE_DECIDE) is not Scope.NONE


def visible_pairs(actor: Actor) -> Select[PersonPair]:
    """Pairs of which the actor may open a file of each person; for the coordination by the codes of live cases."""
    cases = visible_cases(actor) if may_decide(actor) else coordinated_cases(actor)
    return select(PersonPair).where(
        _reads(actor),
        *(_among(cases, actor, person) for person in (PersonPair.first_id, PersonPair.second_id)),
        _live(),
    )


def _reads(actor: Actor) -> ColumnElement[bool]:
    return false() if scope_of(actor.role, Permission.DUPLICATE_READ) is Scope.NONE else true()


def _among(cases: Select[Case], actor: Actor, person: Any) -> ColumnElement[bool]:
    theirs = cases.with_only_columns(Case.person_id)
    blocked = select(PersonBlock.person_id).where(
        or_(PersonBlock.user_id == actor.id, PersonBlock.organization_id == actor.organization_id)
    )
    return and_(person.in_(theirs), person.not_in(blocked))


def _live() -> ColumnElement[bool]:
    """Neither of the two was erased or joined with another file, unless with each other."""
    merged = exists().where(
        PersonMerge.undone_at.is_(None),
        PersonMerge.pair_id != PersonPair.id,
        or_(PersonMerge.merged_id == PersonPair.first_id, PersonMerge.merged_id == PersonPair.second_id),
    )
    erased = exists().where(
        Person.erased_at.is_not(None), or_(Person.id == PersonPair.first_id, Person.id == PersonPair.second_id)
    )
    return and_(~merged, ~erased)


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair on the list: the codes of the cases of each of the two that the reader may know."""

    pair: PersonPair
    first: tuple[Case, ...]
    second: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class PairPage:
    """Pairs, the likeliest first; `next` is the pair after which the next page begins."""

    lines: list[PairLine]
    next: UUID | None


def pairs(actor: Actor, state: PairState | None, *, after: UUID | None = None, size: int = SHOWN) -> PairPage:
    """The pairs in a state, or all that wait for an answer."""
    wanted = PersonPair.state == state if state else PersonPair.state.in_(WAITING)
    query = visible_pairs(actor).where(wanted).order_by(PersonPair.weight.desc(), PersonPair.id).limit(size + 1)
    last = db.session.get(PersonPair, after) if after else None
    if last is not None:
        equal = and_(PersonPair.weight == last.weight, PersonPair.id > last.id)
        query = query.where(or_(PersonPair.weight < last.weight, equal))
    rows = list(db.session.scalars(query))
    shown = rows[:size]
    cases = cases_of(actor, {one for pair in shown for one in (pair.first_id, pair.second_id)})
    lines = [PairLine(one, cases.get(one.first_id, ()), cases.get(one.second_id, ())) for one in shown]
    return PairPage(lines, rows[size - 1].id if len(rows) > size else None)


def cases_of(actor: Actor, persons: Iterable[UUID]) -> dict[UUID, tuple[Case, ...]]:
    """The cases of persons that the actor may know, the oldest first."""
    ids = list(persons)
    if not ids:
        return {}
    cases = visible_cases(actor) if may_decide(actor) else coordinated_cases(actor)
    query = cases.where(Case.person_id.in_(ids)).order_by(Case.identified_at, Case.id)
    found: dict[UUID, tuple[Case, ...]] = {}
    for case in db.session.scalars(query).unique():
        found[case.person_id] = (*found.get(case.person_id, ()), case)
    return found


def find_pair(actor: Actor, pair_id: UUID, *, lock: bool = False) -> PersonPair | None:
    """One pair, if the actor may answer it."""
    if not may_decide(actor):
        return None
    query = visible_pairs(actor).where(PersonPair.id == pair_id)
    return db.session.scalar(query.with_for_update(of=PersonPair) if lock else query)


@dataclass(frozen=True, slots=True)
class Both:
    """Two persons side by side, the older file first: that one stays.

    `seen` tells whether either changed since, or somebody answered the pair.
    """

    first: Person
    second: Person
    first_file: File
    second_file: File
    seen: str

    @property
    def protected(self) -> bool:
        """Whether one of the names is protected: then no word of the two is shown."""
        return self.first.protection is not None or self.second.protection is not None


def both(pair: PersonPair) -> Both:
    """What the two say about who they are; the caller leaves an audit line for each."""
    ids = (pair.first_id, pair.second_id)
    rows = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    first, second = sorted(rows, key=lambda one: (one.created_at, one.id))
    opened = sealing.read_many(ids, JOINED)
    one, other = (File(opened.get(person.id, {}), facts_of(person)) for person in (first, second))
    return Both(first, second, one, other, f"{pair.version}.{seen_now(ids)}")


def facts_of(person: Person) -> dict[str, Any]:
    """The coded facts that go with who somebody is, by column."""
    return {name: getattr(person, name) for name in FACTS}


def seen_now(persons: Iterable[UUID]) -> str:
    """What changes whenever who one of them is changes."""
    query = (
        select(SealedRecord.id, SealedRecord.updated_at, SealedRecord.key_version)
        .where(SealedRecord.owner_id.in_(list(persons)), SealedRecord.category.in_(JOINED))
        .order_by(SealedRecord.id)
    )
    told = "|".join(f"{row.id}:{row.updated_at.isoformat()}" for row in db.session.execute(query))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def obstacles(actor: Actor, first: Person, second: Person) -> list[Message]:
    """Why two persons cannot be joined by this actor now; nothing when they can."""
    ids = (first.id, second.id)
    cases = list(db.session.scalars(select(Case).where(Case.person_id.in_(ids))))
    open_to_me = {one.id for found in cases_of(actor, ids).values() for one in found}
    tied = select(PersonLink.id).where(
        PersonLink.ended_at.is_(None), PersonLink.person_id.in_(ids), PersonLink.other_id.in_(ids)
    )
    merged = select(PersonMerge.id).where(PersonMerge.undone_at.is_(None), PersonMerge.merged_id.in_(ids))
    told = (
        (ELSEWHERE, any(one.state in KNOWN and one.id not in open_to_me for one in cases)),
        (WAITS, any(one.state not in KNOWN and one.erased_at is None for one in cases)),
        (PROTECTED, first.protection is not None or second.protection is not None),
        (TIED, db.session.scalar(tied) is not None),
        (GONE, first.erased_at is not None or second.erased_at is not None or db.session.scalar(merged) is not None),
    )
    return [message for message, stands in told if stands]


def merge_of(pair: PersonPair) -> PersonMerge | None:
    """The merge that a pair led to and that stands."""
    return db.session.scalar(select(PersonMerge).where(PersonMerge.pair_id == pair.id, PersonMerge.undone_at.is_(None)))


def later_merge(merge: PersonMerge) -> bool:
    """Whether the file that stayed has been joined again since: then that has to be taken back first."""
    later = select(PersonMerge.id).where(
        PersonMerge.undone_at.is_(None),
        PersonMerge.id != merge.id,
        or_(
            PersonMerge.merged_id == merge.kept_id,
            and_(PersonMerge.kept_id == merge.kept_id, PersonMerge.merged_at > merge.merged_at),
        ),
    )
    return db.session.scalar(later.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """A merge that can still be taken back, with a case of the person where the actor may open it."""

    merge: PersonMerge
    case: Case


def undoable(actor: Actor, now: datetime, *, size: int = SHOWN) -> list[Standing]:
    """Merges of persons whose file the actor may open, that can still be taken back, the last one first."""
    if not may_decide(actor):
        return []
    query = (
        select(PersonMerge)
        .where(
            PersonMerge.undone_at.is_(None),
            PersonMerge.settled_at.is_(None),
            PersonMerge.undo_until > now,
            PersonMerge.kept_id.in_(visible_cases(actor).with_only_columns(Case.person_id)),
        )
        .order_by(PersonMerge.merged_at.desc(), PersonMerge.id)
        .limit(size)
    )
    found = list(db.session.scalars(query))
    cases = cases_of(actor, {one.kept_id for one in found})
    return [Standing(one, cases[one.kept_id][0]) for one in found if one.kept_id in cases]


def find_merge(actor: Actor, merge_id: UUID, *, lock: bool = False) -> PersonMerge | None:
    """One merge, if the actor may open every case of the person."""
    if not may_decide(actor):
        return None
    query = select(PersonMerge).where(PersonMerge.id == merge_id, PersonMerge.undone_at.is_(None))
    merge = db.session.scalar(query.with_for_update() if lock else query)
    if merge is None:
        return None
    person = surviving([merge.kept_id]).get(merge.kept_id, merge.kept_id)
    all_cases = set(db.session.scalars(select(Case.id).where(Case.person_id == person)))
    mine = {one.id for one in cases_of(actor, [person]).get(person, ())}
    return merge if mine and all_cases == mine else None


def other_organizations(actor: Actor, *, size: int = SHOWN) -> list[tuple[Case, Case]]:
    """Own cases whose person probably has a file elsewhere, each with that file (of which nothing may be shown)."""
    if not may_decide(actor):
        return []
    mine, theirs = aliased(Case), aliased(Case)
    own = visible_cases(actor).with_only_columns(Case.id)
    sides = or_(
        and_(mine.person_id == PersonPair.first_id, theirs.person_id == PersonPair.second_id),
        and_(mine.person_id == PersonPair.second_id, theirs.person_id == PersonPair.first_id),
    )
    query = (
        select(mine, theirs)
        .join(PersonPair, or_(PersonPair.first_id == mine.person_id, PersonPair.second_id == mine.person_id))
        .join(theirs, sides)
        .where(
            PersonPair.probable,
            PersonPair.state.in_(WAITING),
            mine.id.in_(own),
            theirs.state.in_(KNOWN),
            theirs.organization_id != actor.organization_id,
            *(not_hidden(actor, one.person_id) for one in (mine, theirs)),
            _live(),
        )
        .order_by(PersonPair.weight.desc(), PersonPair.id, mine.identified_at)
        .limit(size)
    )
    return [(one, other) for one, other in db.session.execute(query).unique()]


def not_hidden(actor: Actor, person: Any) -> ColumnElement[bool]:
    """Neither a protected name, nor somebody who does not want this user or organisation to know anything."""
    kept = select(Person.id).where(Person.protection.is_not(None))
    blocked = select(PersonBlock.person_id).where(
        or_(PersonBlock.user_id == actor.id, PersonBlock.organization_id == actor.organization_id)
    )
    return and_(person.not_in(kept), person.not_in(blocked))
