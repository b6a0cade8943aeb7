"""Join two persons who were found to be one, take it back within the period, settle it afterwards.

Cases stay two files of one person, each with its code, organisation, consents, referrals and audit lines: only the
person behind them changes. What the two told about who they are (C2, C3) becomes one, answer by answer; everything
else goes to the case in which it was told, so that no consent opens more than it did. The merged person's sealed data,
key and tokens stay untouched until the period ends; then they are erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.sealing import SealedRecord
from referral.foundation.tables import new_id
from referral.people.actions import erase_person, index_person
from referral.people.actions.restoring import copy_records, give_back
from referral.people.duplicates import JOINED, PairState, Side, joined, taken_back, told_in_case, undo_until
from referral.people.matching.answers import identity_of
from referral.people.models import MergeRecord, Person, PersonBlock, PersonLink, PersonMerge, PersonPair
from referral.people.queries.duplicates import both, facts_of, later_merge, obstacles
from referral.people.queries.identities import merges_of, surviving
from referral.people.queries.relatives import lock_person
from sop.vocabulary import N_, Category, Message

CHANGED = Message("changed", N_("One of the two files changed in the meantime: look at them again."))
TOO_LATE = Message("too_late", N_("This can no longer be taken back: the period has ended."))
LATER_FIRST = Message("later_first", N_("The file was joined with another one since: take that back first."))
PROTECTION = "protection"
POINTERS: dict[str, tuple[Any, str]] = {
    "cases": (Case, "person_id"),
    "links": (PersonLink, "person_id"),
    "linked": (PersonLink, "other_id"),
    "blocks": (PersonBlock, "person_id"),
}
"""What points at a person and follows them."""

_settling: list[Callable[[UUID, UUID], None]] = []


def on_settle(hook: Callable[[UUID, UUID], None]) -> Callable[[UUID, UUID], None]:
    """Have `hook(merged person, person who stays)` called before the merged one's key is destroyed for good."""
    _settling.append(hook)
    return hook


def merge(
    pair: PersonPair, choices: Mapping[str, Side], reason: str, *, seen: str, actor: Any, now: datetime
) -> PersonMerge:
    """Join the two persons of a pair: the older file stays. `choices`: which side is kept of what differs.

    `seen` is what the reviewer's page showed (`queries.Both.seen`); RuleViolation when something stands against it.
    """
    for person_id in sorted((pair.first_id, pair.second_id)):
        lock_person(person_id)
    two = both(pair)
    if (against := obstacles(actor, two.first, two.second)) or two.seen != seen:
        raise RuleViolation(against[0] if against else CHANGED)
    made = PersonMerge(
        id=new_id(),
        kept_id=two.first.id,
        merged_id=two.second.id,
        pair_id=pair.id,
        merged_at=now,
        merged_by_id=actor.id,
        reason=b"",
        moved={},
        facts={},
        undo_until=undo_until(now),
    )
    made.reason = sealing.seal_text(made.kept_id, f"person_merge:{made.id}", reason)
    cases = {one.id: _cases_of(one.id) for one in (two.first, two.second)}
    owners = (made.kept_id, *cases[made.kept_id], *cases[made.merged_id])
    db.session.add(made)
    db.session.flush()
    copy_records(made.id, owners, before=True)
    result = joined(two.first_file, two.second_file, choices)
    _tell_in_cases(cases, now)
    sealing.seal_many(made.kept_id, result.sealed, now=now)
    made.facts = _join_facts(two.first, two.second, result.facts)
    made.moved = {name: _follow(name, made.merged_id, made.kept_id) for name in POINTERS}
    copy_records(made.id, owners, before=False)
    pair.state, pair.decided_at, pair.decided_by_id, pair.reason = PairState.SAME, now, actor.id, None
    db.session.flush()
    _record("person.merge", (*cases[made.kept_id], *cases[made.merged_id]), made, actor=actor, now=now)
    return made


def undo(made: PersonMerge, *, actor: Any, now: datetime) -> None:
    """Take a merge back: each of the two is again what they were, with what was written since where it was written."""
    for person_id in sorted((made.kept_id, made.merged_id)):
        lock_person(person_id)
    if made.undone_at is not None or made.settled_at is not None or now >= made.undo_until:
        raise RuleViolation(TOO_LATE)
    if later_merge(made):
        raise RuleViolation(LATER_FIRST)
    kept = db.session.get_one(Person, made.kept_id)
    touched = (*_cases_of(kept.id),)
    give_back(made, now=now)
    present = _plain(kept)
    for name, value in taken_back(made.facts["before"], made.facts["after"], present).items():
        if value != present[name]:
            setattr(kept, name, _typed(name, value))
    for name in POINTERS:
        _return(name, made)
    pair = db.session.get_one(PersonPair, made.pair_id)
    pair.state, pair.decided_at, pair.decided_by_id = PairState.OPEN, None, None
    made.undone_at, made.undone_by_id = now, actor.id
    db.session.execute(_quiet(delete(MergeRecord).where(MergeRecord.merge_id == made.id)))
    db.session.flush()
    _record("person.merge.undo", touched, made, actor=actor, now=now)


def settle(made: PersonMerge, *, now: datetime) -> None:
    """The period has ended: the merged person's copy is erased, and the file is found by what it says today."""
    made.settled_at = now
    db.session.execute(_quiet(delete(MergeRecord).where(MergeRecord.merge_id == made.id)))
    db.session.flush()
    kept_id = surviving([made.kept_id]).get(made.kept_id, made.kept_id)
    for hook in _settling:
        hook(made.merged_id, kept_id)
    erase_person(db.session.get_one(Person, made.merged_id), now=now)
    kept = db.session.get_one(Person, kept_id)
    if kept.erased_at is None:
        index_person(kept_id, identity_of(sealing.read(kept_id, JOINED), birth_year=kept.birth_year), now=now)
    audit.record("person.merge.settle", actor=None, now=now, subject=made)


def settle_due(now: datetime, *, most: int = 50) -> int:
    """Settle the merges whose period has ended, unless a legal hold keeps a file of theirs; commits. For the worker."""
    held = select(Case.person_id).where(Case.legal_hold)
    query = (
        select(PersonMerge)
        .where(PersonMerge.kept_id.not_in(held))
        .where(PersonMerge.undone_at.is_(None), PersonMerge.settled_at.is_(None), PersonMerge.undo_until <= now)
        .order_by(PersonMerge.undo_until)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    due = list(db.session.scalars(query))
    for made in due:
        settle(made, now=now)
    db.session.commit()
    return len(due)


@sealing.on_erase
def _erase_other_half(owner_id: UUID, now: datetime) -> None:
    """Whoever is erased takes along the other half of a merge that can still be taken back, and every kept copy."""
    standing = merges_of(owner_id)
    db.session.execute(_quiet(delete(MergeRecord).where(MergeRecord.owner_id == owner_id)))
    if not standing:
        return
    db.session.execute(_quiet(delete(MergeRecord).where(MergeRecord.merge_id.in_([one.id for one in standing]))))
    for made in standing:
        made.settled_at = now
    db.session.flush()
    for made in standing:
        other = db.session.get_one(Person, made.merged_id if made.kept_id == owner_id else made.kept_id)
        if other.erased_at is None:
            erase_person(other, now=now)


def _cases_of(person_id: UUID) -> tuple[UUID, ...]:
    query = select(Case.id).where(Case.person_id == person_id, Case.erased_at.is_(None))
    return tuple(db.session.scalars(query.order_by(Case.identified_at, Case.id)))


def _tell_in_cases(cases: Mapping[UUID, Iterable[UUID]], now: datetime) -> None:
    """What was told beside the identity goes to the case in which it was told."""
    apart = [one for one in Category if one not in JOINED]
    told = sealing.read_many(cases, apart)
    held = sealing.read_many([one for found in cases.values() for one in found], apart)
    sealing.seal_all(
        {
            case_id: {
                category: told_in_case(held.get(case_id, {}).get(category, {}), answers)
                for category, answers in told.get(person_id, {}).items()
            }
            for person_id, found in cases.items()
            for case_id in found
        },
        now=now,
    )
    kept_id = next(iter(cases))
    db.session.execute(
        _quiet(delete(SealedRecord).where(SealedRecord.owner_id == kept_id, SealedRecord.category.in_(apart)))
    )


def _join_facts(kept: Person, merged: Person, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Set the coded facts of the person who stays; what they were and are, as codes."""
    before = _plain(kept)
    for name, value in chosen.items():
        setattr(kept, name, value)
    kept.protection = kept.protection or merged.protection
    return {"before": before, "after": _plain(kept)}


def _plain(person: Person) -> dict[str, Any]:
    values = {**facts_of(person), PROTECTION: person.protection}
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _typed(name: str, value: Any) -> Any:
    kind = getattr(Person.__table__.c[name].type, "enum_class", None)
    return kind(value) if kind is not None and value is not None else value


def _follow(name: str, merged_id: UUID, kept_id: UUID) -> list[str]:
    """Have one kind of row point at the person who stays; no version counts up, because nothing in it was edited."""
    model, column = POINTERS[name]
    table = model.__table__
    ids = list(db.session.scalars(select(table.c.id).where(table.c[column] == merged_id).order_by(table.c.id)))
    if ids:
        db.session.execute(update(table).where(table.c.id.in_(ids)).values({column: kept_id}))
    _expire(model)
    return [str(one) for one in ids]


def _return(name: str, made: PersonMerge) -> None:
    model, column = POINTERS[name]
    table = model.__table__
    ids = [UUID(one) for one in made.moved[name]]
    if ids:
        mine = (table.c.id.in_(ids), table.c[column] == made.kept_id)
        db.session.execute(update(table).where(*mine).values({column: made.merged_id}))
    _expire(model)


def _expire(model: Any) -> None:
    for one in db.session.identity_map.values():
        if isinstance(one, model):
            db.session.expire(one)


def _record(action: str, cases: Iterable[UUID], made: PersonMerge, *, actor: Any, now: datetime) -> None:
    for case_id in dict.fromkeys(cases):
        audit.record(action, actor=actor, now=now, case_id=case_id, subject=made)


def _quiet(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
