"""Look for entries that may be one service, and do what a person decided of a pair. Nothing is ever merged by itself.

The entries' keys lie in a table: of 50,000 entries only those that were changed are compared, and only with those that
share a key. On a merge nothing is moved: referrals, reports and confirmations stay with the entry that they were made
for, which leaves the directory and points to the one that is kept. Both are in the directory and point nowhere at that
moment, so no loop of replacements can come about.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from directory.duplicates import LARGEST_BLOCK, Pair, Prepared, compare
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.actions import choosing
from referral.providers.actions.deciding import undo_rest
from referral.providers.actions.editing import StaleEntry
from referral.providers.doubles_models import (
    KEY_LENGTH,
    ServiceKey,
    ServiceMerge,
    ServiceMergeRevision,
    ServicePair,
)
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.doubles import comparable, prepared
from referral.providers.rules import DoubleState, Section, Whose
from referral.providers.upkeep_models import EntityRevision
from sop.vocabulary import N_, Message

BATCH = 500
MOST_AT_ONCE = 5_000
"""So many entries are compared at a time: the worker has other things to do. The rest waits for the next hour."""
MOST_PAIRS = 20
"""So many pairs one entry may bring at a time: more would be a common name, not a finding."""
PRINT = "= "
NOTHING: Mapping[str, Whose] = {}
ANSWERED = Message("double_answered", N_("Somebody has answered this pair already."))
GONE = Message("double_gone", N_("One of the two is no longer in the directory: look at the list again."))
MOVED_ON = Message("double_moved_on", N_("The entry was changed since: it cannot be put back."))


def look(now: datetime, *, most: int | None = MOST_AT_ONCE, batch: int = BATCH) -> int:
    """Compare `most` of the entries that were changed since they were last compared; how many pairs are new. Commits.

    The print of an entry is kept only after it was compared, so that nothing is left out when this stops half-way.
    """
    _forget_gone()
    known: dict[UUID, Prepared] = {}
    changed = [key for ids in _batches(batch) for key in _index(ids, known)][:most]
    found = 0
    for start in range(0, len(changed), batch):
        ids = changed[start : start + batch]
        found += _compare(ids, known, now)
        _insert(ServiceKey, [{"service_id": one, "key": PRINT + _print(known[one])} for one in ids])
        db.session.commit()
    return found


def _forget_gone() -> None:
    stay = select(Service.id).where(*comparable())
    db.session.execute(_quiet(delete(ServiceKey).where(ServiceKey.service_id.not_in(stay))))
    db.session.commit()


def _batches(batch: int) -> Iterator[list[UUID]]:
    query = select(Service.id).where(*comparable()).order_by(Service.id).limit(batch)
    ids = list(db.session.scalars(query))
    while ids:
        yield ids
        ids = list(db.session.scalars(query.where(Service.id > ids[-1])))


def _index(ids: list[UUID], known: dict[UUID, Prepared]) -> list[UUID]:
    """Bring the keys of some entries up to date; which of them were changed."""
    kept: dict[UUID, set[str]] = defaultdict(set)
    query = select(ServiceKey.service_id, ServiceKey.key).where(ServiceKey.service_id.in_(ids))
    for service, written in db.session.execute(query):
        kept[service].add(written)
    changed, written_anew = [], []
    for key, one in prepared(ids).items():
        if PRINT + _print(one) not in kept[key]:
            known[key] = one
            changed.append(key)
            if kept[key] != _blocks(one):
                written_anew.append(key)
    db.session.execute(_quiet(delete(ServiceKey).where(ServiceKey.service_id.in_(written_anew))))
    _insert(ServiceKey, [{"service_id": key, "key": block} for key in written_anew for block in _blocks(known[key])])
    db.session.commit()
    return changed


def _blocks(one: Prepared) -> set[str]:
    return {block[:KEY_LENGTH] for block in one.blocks}


def _print(one: Prepared) -> str:
    entry = one.entry
    said = (entry.name, entry.organization, entry.phones, entry.email, entry.website)
    return hashlib.sha256(repr((said, sorted(entry.pcodes), sorted(entry.needs))).encode()).hexdigest()


def _compare(ids: list[UUID], known: dict[UUID, Prepared], now: datetime) -> int:
    """Keep the pairs that these entries are in, and forget those that are none any more; how many are new."""
    near = _near(ids)
    missing = {other for others in near.values() for other in others} - known.keys()
    known |= _in_parts(missing)
    found: dict[tuple[UUID, UUID], Pair] = {}
    for one, others in near.items():
        pairs = [pair for other in others if other in known and (pair := compare(known[one], known[other]))]
        for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other))[:MOST_PAIRS]:
            found[UUID(pair.one), UUID(pair.other)] = pair
    return _keep(ids, found, now)


def _in_parts(ids: Iterable[UUID]) -> dict[UUID, Prepared]:
    every = sorted(ids)
    found: dict[UUID, Prepared] = {}
    for start in range(0, len(every), BATCH):
        found |= prepared(every[start : start + BATCH])
    return found


def _near(ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each entry the others that share a key which says something: not one that very many have."""
    own = select(ServiceKey.key).where(ServiceKey.service_id.in_(ids), ServiceKey.key.not_like(f"{PRINT}%"))
    telling = (
        select(ServiceKey.key)
        .where(ServiceKey.key.in_(own))
        .group_by(ServiceKey.key)
        .having(func.count().between(2, LARGEST_BLOCK))
    )
    one, other = aliased(ServiceKey), aliased(ServiceKey)
    query = (
        select(one.service_id, other.service_id)
        .join(other, (other.key == one.key) & (other.service_id != one.service_id))
        .where(one.service_id.in_(ids), one.key.in_(telling))
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for left, right in db.session.execute(query):
        found[left].add(right)
    return found


def _keep(ids: Collection[UUID], found: dict[tuple[UUID, UUID], Pair], now: datetime) -> int:
    touching = or_(ServicePair.first_id.in_(ids), ServicePair.second_id.in_(ids))
    there = {(one.first_id, one.second_id): one for one in db.session.scalars(select(ServicePair).where(touching))}
    taken_back = set(db.session.scalars(select(ServiceMerge.pair_id)))
    for key, row in there.items():
        if row.state is not DoubleState.OPEN:
            continue
        if key in found:
            row.score, row.shared = found[key].score, list(found[key].shared)
        elif row.id not in taken_back:
            db.session.delete(row)
    new = [
        {
            "id": new_id(), "first_id": key[0], "second_id": key[1], "score": pair.score, "shared": list(pair.shared),
            "state": DoubleState.OPEN, "found_at": now, "version": 1,
        }
        for key, pair in found.items()
        if key not in there
    ]  # fmt: skip
    db.session.flush()
    _insert(ServicePair, new)
    return len(new)


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    """What is there already stays: two workers may look at once."""
    if rows:
        dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(model.__table__).on_conflict_do_nothing(), rows)


def _quiet(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def tell_apart(pair: ServicePair, *, version: int, actor: Actor, now: datetime) -> None:
    """The two are not the same service; this is remembered, and the pair does not come back."""
    if pair.state is not DoubleState.OPEN or pair.version != version:
        raise RuleViolation(ANSWERED)
    _decide(pair, DoubleState.DIFFERENT, actor, now)
    audit.record("directory.tell_apart", actor=actor, now=now, subject=("service_pair", pair.id))
    db.session.flush()


def merge(
    pair: ServicePair,
    kept_id: UUID,
    *,
    chosen: Mapping[str, Whose] = NOTHING,
    seen: str = "",
    version: int,
    actor: Actor,
    now: datetime,
) -> ServiceMerge:
    """Have one entry of the pair stand for both; the other leaves the directory, its id leads to the kept one.

    `chosen` says by `choosing.CHOICES` whose value the kept entry carries, its own where nothing is said; `seen` is the
    imprint of what there was to choose from. Raises StaleEntry where that was changed since.
    """
    if pair.state is DoubleState.SAME or pair.version != version:
        raise RuleViolation(ANSWERED)
    both = _locked(pair.first_id, pair.second_id, where=comparable())
    if len(both) < 2:
        raise RuleViolation(GONE)
    replaced = both[pair.second_id if kept_id == pair.first_id else pair.first_id]
    changes = _chosen(pair, both, kept_id, chosen, seen, actor, now)
    replaced.archived, replaced.replaced_by_id, replaced.last_modified = True, both[kept_id].id, now
    made = ServiceMerge(
        id=new_id(), pair_id=pair.id, kept_id=kept_id, replaced_id=replaced.id, merged_at=now, merged_by_id=actor.id
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(ServiceMergeRevision(merge_id=made.id, revision_id=one.id) for one in changes)
    _decide(pair, DoubleState.SAME, actor, now)
    audit.record("directory.merge", actor=actor, now=now, subject=("service", replaced.id), kept=str(kept_id))
    db.session.flush()
    return made


def _chosen(
    pair: ServicePair,
    both: Mapping[UUID, Service],
    kept_id: UUID,
    chosen: Mapping[str, Whose],
    seen: str,
    actor: Actor,
    now: datetime,
) -> list[EntityRevision]:
    side = Whose.FIRST if kept_id == pair.first_id else Whose.SECOND
    if all(one is side for one in chosen.values()):
        return []
    _lock_places(both)
    found = choosing.differences(both[pair.first_id], both[pair.second_id])
    if choosing.imprint(found) != seen or not chosen.keys() <= found.keys():
        raise StaleEntry
    return choosing.take_over(both[kept_id], found, chosen, side, actor=actor, now=now)


def _lock_places(services: Collection[UUID]) -> None:
    """Nobody writes hours or contacts while they are taken over."""
    query = select(ServiceAtLocation).where(ServiceAtLocation.service_id.in_(services)).order_by(ServiceAtLocation.id)
    query = query.with_for_update(of=ServiceAtLocation).execution_options(populate_existing=True)
    db.session.scalars(query).unique().all()


def unmerge(made: ServiceMerge, *, actor: Actor, now: datetime) -> list[tuple[Section, str]]:
    """Put the replaced entry back into the directory as it was; the pair asks for an answer again.

    What the kept entry took over goes back too; returns the fields that stay, because somebody changed them since.
    """
    if made.undone_at is not None:
        raise RuleViolation(ANSWERED)
    replaced = _locked(made.replaced_id).get(made.replaced_id)
    if replaced is None or not replaced.archived or replaced.replaced_by_id != made.kept_id:
        raise RuleViolation(MOVED_ON)
    replaced.archived, replaced.replaced_by_id, replaced.last_modified = False, None, now
    made.undone_at, made.undone_by_id = now, actor.id
    pair = db.session.get_one(ServicePair, made.pair_id)
    pair.state, pair.decided_at, pair.decided_by_id = DoubleState.OPEN, None, None
    audit.record("directory.unmerge", actor=actor, now=now, subject=("service", replaced.id))
    stay = _give_back(made, actor, now)
    db.session.flush()
    return stay


def _give_back(made: ServiceMerge, actor: Actor, now: datetime) -> list[tuple[Section, str]]:
    ids = select(ServiceMergeRevision.revision_id).where(ServiceMergeRevision.merge_id == made.id)
    query = select(EntityRevision).where(EntityRevision.id.in_(ids)).order_by(EntityRevision.section)
    stay = []
    _lock_places([made.kept_id])
    for revision in db.session.scalars(query).all():
        place = db.session.get_one(ServiceAtLocation, revision.place_id)
        stay += [(revision.section, name) for name in undo_rest(place, revision, actor=actor, now=now)]
    return stay


def _decide(pair: ServicePair, state: DoubleState, actor: Actor, now: datetime) -> None:
    pair.state, pair.decided_at, pair.decided_by_id = state, now, actor.id


def _locked(*ids: UUID, where: Iterable[Any] = ()) -> dict[UUID, Service]:
    query = select(Service).where(Service.id.in_(ids), *where).order_by(Service.id)
    query = query.with_for_update(of=Service).execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(query)}
