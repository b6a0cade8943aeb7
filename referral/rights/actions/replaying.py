"""After a restore: what was erased since the backup is erased again, from the tombstones that the key store keeps.

The key store is not restored, so it still knows every owner whose key was destroyed. Nothing of theirs can be opened;
this takes away the rows and the search tokens that came back, and writes the erasure ledger anew. Nothing is decided
here: whoever has a tombstone was erased by somebody. Repeating it changes nothing.

A legal hold that came back with the backup keeps what can still be opened: its keys are not destroyed from a ledger
until somebody has lifted it. Where the keys are gone already it has nothing to keep, and ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, delete, inspect, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from referral.cases.models import Case
from referral.cases.rules import CaseState
from referral.consent.actions.marking import forget_marks
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing, searching
from referral.foundation.keystore import CHUNK, OwnerKind, Tombstone, keystore
from referral.identification.models import Attachment, ListState, PersonList, Submission, SubmissionState
from referral.people.models import MergeRecord, Person, PersonMerge
from referral.rights.actions.erasing import forget_rows, keep_list
from referral.rights.actions.holding import overtake
from referral.rights.models import HandedOut
from referral.rights.queries import forms_of
from sop.vocabulary import N_, Message

ENDED = frozenset({CaseState.CLOSED, CaseState.DECLINED})
NO_LEDGER = Message("no_ledger", N_("The erasure ledger of that database cannot be read."))


@dataclass(slots=True)
class Replayed:
    """How many rows of each kind were erased again; `open_cases`: cases that were open in the backup, now closed.

    `holds`: legal holds that had nothing left to keep; `ledger`: lines that the restored ledger lacked.
    """

    cases: int = 0
    open_cases: int = 0
    holds: int = 0
    persons: int = 0
    forms: int = 0
    lists: int = 0
    searches: int = 0
    ledger: int = 0


def replay(now: datetime) -> Replayed:
    """Erase again whoever has a tombstone in the key store; commits every few hundred, so it may be broken off."""
    done = Replayed()
    for gone in keystore().tombstones(CHUNK):
        before = asdict(done)
        _replay(gone, done, now)
        if asdict(done) != before:
            part = {name: value - before[name] for name, value in asdict(done).items()}
            audit.record("privacy.replay", actor=None, now=now, **part)
        db.session.commit()
    return done


@dataclass(frozen=True, slots=True)
class Listed:
    """How many owners a ledger lists whose keys were destroyed; `held`: codes of cases that a legal hold kept."""

    owners: int
    held: tuple[str, ...]


def destroy_listed(url: str, *, now: datetime) -> Listed:
    """Destroy the keys that the ledger of another database lists: for a key store that came from a backup.

    `url`: of the database that was set aside; what it says had left those files is kept. What a legal hold keeps here
    is left alone and named. Raises `RuleViolation`.
    """
    ledger = sealing.Erasure.__table__
    try:
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                owners = list(connection.scalars(select(ledger.c.owner_id)))
                left = _listed_documents(connection)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ValueError, ImportError) as error:
        raise RuleViolation(NO_LEDGER) from error
    kept, held = _held(set(owners))
    going = [one for one in owners if one not in kept]
    keystore().destroy(going, now=now)
    known = kept | set(db.session.scalars(select(HandedOut.owner_id)))
    db.session.add_all(HandedOut(**row) for row in left if row["owner_id"] not in known)
    audit.record("privacy.ledger", actor=None, now=now, owners=len(going), held=list(held))
    db.session.commit()
    return Listed(len(going), held)


def _held(owners: set[UUID]) -> tuple[set[UUID], tuple[str, ...]]:
    """Which of these owners a legal hold keeps, with the codes of its cases: the case, its forms, its person."""
    kept: set[UUID] = set()
    codes = []
    for case in db.session.scalars(select(Case).where(Case.legal_hold).order_by(Case.code)):
        mine = {case.id, case.person_id, *db.session.scalars(forms_of(case.id))} & owners
        if mine:
            kept |= mine
            codes.append(case.code)
    return kept, tuple(codes)


def _listed_documents(connection: Connection) -> list[dict[str, Any]]:
    """Which documents had left the files of that ledger; none where its database is older than the list."""
    table = HandedOut.__table__
    if not inspect(connection).has_table(HandedOut.__tablename__):
        return []
    rows = connection.execute(select(table)).mappings()
    return [{"on" if name == "left_on" else name: value for name, value in row.items()} for row in rows]


def _replay(gone: list[Tombstone], done: Replayed, now: datetime) -> None:
    """One batch of tombstones; each kind of owner has its own rows."""
    moments = {one.owner_id: one.destroyed_at for one in gone}
    of = {kind: [one.owner_id for one in gone if one.kind is kind] for kind in OwnerKind}
    done.ledger += sealing.erase_again(gone)
    _forget_files(list(moments))
    _forms(of[OwnerKind.SUBMISSION], done)
    _lists(of[OwnerKind.DOCUMENT], done)
    _cases(of[OwnerKind.CASE], moments, done, now)
    _persons(of[OwnerKind.PERSON], moments, done, now)
    done.searches += searching.forget_entries(of[OwnerKind.SEARCH])
    searching.forget_owners(of[OwnerKind.PERSON])
    db.session.flush()


def _forget_files(owners: Collection[UUID]) -> None:
    for table in (Attachment, MergeRecord):
        rows = delete(table).where(table.owner_id.in_(owners))
        db.session.execute(rows.execution_options(synchronize_session=False))


def _forms(ids: list[UUID], done: Replayed) -> None:
    query = select(Submission).where(Submission.id.in_(ids), Submission.state != SubmissionState.ERASED)
    for one in db.session.scalars(query):
        one.state = SubmissionState.ERASED
        done.forms += 1


def _lists(ids: list[UUID], done: Replayed) -> None:
    query = select(PersonList).where(PersonList.id.in_(ids), PersonList.state != ListState.ERASED)
    for one in db.session.scalars(query):
        one.sealed, one.state = None, ListState.ERASED
        done.lists += 1


def _cases(ids: list[UUID], moments: dict[UUID, datetime], done: Replayed, now: datetime) -> None:
    for case in db.session.scalars(select(Case).where(Case.id.in_(ids), Case.erased_at.is_(None))):
        moment = moments[case.id]
        forget_marks(case.id)
        keep_list(case)
        forget_rows(case, now=moment)
        if case.state not in ENDED:
            case.state, case.closed_at, case.next_due_at = CaseState.CLOSED, moment, None
            done.open_cases += 1
        done.holds += overtake(case, now=moment)
        done.cases += 1
        audit.record("case.erase", actor=None, now=now, case_id=case.id, subject=case, code="REPLAY")


def _persons(ids: list[UUID], moments: dict[UUID, datetime], done: Replayed, now: datetime) -> None:
    for person in db.session.scalars(select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None))):
        person.birth_year, person.erased_at = None, moments[person.id]
        done.persons += 1
    standing = or_(PersonMerge.merged_id.in_(ids), PersonMerge.kept_id.in_(ids))
    merges = select(PersonMerge.id).where(standing, PersonMerge.undone_at.is_(None), PersonMerge.settled_at.is_(None))
    found = list(db.session.scalars(merges))
    kept = delete(MergeRecord).where(MergeRecord.merge_id.in_(found))
    db.session.execute(kept.execution_options(synchronize_session=False))
    db.session.execute(update(PersonMerge).where(PersonMerge.id.in_(found)).values(settled_at=now))
