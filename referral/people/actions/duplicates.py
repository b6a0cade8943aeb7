"""Look for files that may be one person's; remember what was found and what a reviewer answered. Joins nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.keystore import OwnerKind
from referral.foundation.sealing import SealedRecord
from referral.foundation.tables import new_id
from referral.people.duplicates import JOINED, FoundBy, PairState, proposes_again
from referral.people.matching import Comparison, Verdict, compare
from referral.people.models import DuplicateCheck, PersonPair
from referral.people.queries.duplicates import cases_of
from referral.people.queries.identities import group_of, identities, likely, surviving
from sop.vocabulary import N_, Message

BATCH = 100
MOST_PAIRS = 20
"""Pairs that one person may bring at a time: more would be a common name, not a finding."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
ANSWERED = Message("answered", N_("Somebody has answered this pair already."))
ANSWERS = (PairState.DIFFERENT, PairState.NOT_SURE)


def look_for(persons: Iterable[UUID], *, found_by: FoundBy, now: datetime) -> list[PersonPair]:
    """Compare persons with all who may be them, and keep the pairs that are at least possible; inside a transaction.

    To be called when a file is made, for each person of an import, and by the nightly job.
    """
    wanted = list(dict.fromkeys(persons))
    led = surviving(wanted)
    found = []
    for person_id, identity in identities([led.get(one, one) for one in wanted]).items():
        others = identities(one for one in likely(identity) if one != person_id)
        compared = [(compare(identity, other), other_id) for other_id, other in others.items()]
        near = [one for one in compared if one[0].verdict is not Verdict.UNLIKELY]
        near.sort(key=lambda one: (-one[0].weight, str(one[1])))
        for comparison, other_id in near[:MOST_PAIRS]:
            found.append(_keep(person_id, other_id, comparison, found_by, now))
    db.session.flush()
    return [one for one in found if one is not None]


def _keep(one: UUID, other: UUID, comparison: Comparison, found_by: FoundBy, now: datetime) -> PersonPair | None:
    """The pair as it stands now; None where somebody said that these are two persons and nothing is new."""
    first, second = sorted((one, other))
    evidence = [f"{part.field}:{part.level}" for part in comparison.evidence]
    known = _known(first, second)
    told = next((pair for pair in known if pair.state is PairState.DIFFERENT), None)
    if told is not None and not proposes_again(told.state, before=told.evidence, after=evidence):
        return None
    pair = next((pair for pair in known if (pair.first_id, pair.second_id) == (first, second)), None)
    if pair is None:
        pair = PersonPair(
            id=new_id(), first_id=first, second_id=second, found_by=found_by, found_at=now, state=PairState.OPEN
        )
        db.session.add(pair)
    elif pair.state is PairState.DIFFERENT:
        pair.state, pair.found_at, pair.found_by = PairState.OPEN, now, found_by
    pair.weight, pair.evidence = round(comparison.weight, 3), evidence
    pair.probable = comparison.verdict is Verdict.PROBABLE
    return pair


def _known(first: UUID, second: UUID) -> list[PersonPair]:
    """Pairs between two persons or anybody who was joined with them."""
    ours, theirs = group_of(first), group_of(second)
    query = select(PersonPair).where(
        or_(
            and_(PersonPair.first_id.in_(ours), PersonPair.second_id.in_(theirs)),
            and_(PersonPair.first_id.in_(theirs), PersonPair.second_id.in_(ours)),
        )
    )
    return list(db.session.scalars(query))


def answer(pair: PersonPair, state: PairState, reason: str, *, version: int, actor: Any, now: datetime) -> None:
    """Say that the two are different persons (remembered), or that one cannot tell yet. Joining them is `merging`."""
    if state not in ANSWERS or pair.state is PairState.SAME or pair.version != version:
        raise RuleViolation(ANSWERED)
    pair.state, pair.decided_at, pair.decided_by_id = state, now, actor.id
    pair.reason = sealing.seal_text(pair.first_id, f"person_pair:{pair.id}", reason) if reason else None
    db.session.flush()
    for found in cases_of(actor, (pair.first_id, pair.second_id)).values():
        for case in found:
            audit.record("duplicate.answer", actor=actor, now=now, case_id=case.id, subject=pair, code=state.value)


def check_changed(now: datetime, *, most: int = BATCH) -> int:
    """Compare the next persons whose identity was written since the last time; commits. For the worker.

    A moment that is still open to running transactions is left for the next time.
    """
    at = db.session.get(DuplicateCheck, 1, with_for_update=True)
    if at is None:
        at = DuplicateCheck(id=1, until=BEGINNING, last=None)
        db.session.add(at)
    after = SealedRecord.updated_at > at.until
    if at.last is not None:
        after = tuple_(SealedRecord.updated_at, SealedRecord.id) > (at.until, at.last)
    rows = db.session.execute(
        select(SealedRecord.owner_id, SealedRecord.updated_at, SealedRecord.id)
        .where(SealedRecord.owner_kind == OwnerKind.PERSON, SealedRecord.category.in_(JOINED), after)
        .order_by(SealedRecord.updated_at, SealedRecord.id)
        .limit(most)
    ).all()
    if rows:
        look_for([row.owner_id for row in rows], found_by=FoundBy.NIGHTLY, now=now)
        at.until, at.last = rows[-1].updated_at, rows[-1].id
    db.session.commit()
    return len(rows)
