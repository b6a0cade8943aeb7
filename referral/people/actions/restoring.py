"""Keep sealed records as they stood around a merge, and give them back: as bytes, opened only if they changed since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.sealing import SealedRecord
from referral.foundation.tables import new_id
from referral.people.duplicates import RELATIVES, taken_back
from referral.people.models import MergeRecord, PersonMerge
from sop.vocabulary import Category

COPIED = ("owner_id", "owner_kind", "category", "blob", "key_version", "updated_at")
Place = tuple[UUID, Category]


def copy_records(merge_id: UUID, owners: Iterable[UUID], *, before: bool) -> None:
    """Keep what is sealed of these owners now, byte for byte."""
    rows = [
        {"id": new_id(), "merge_id": merge_id, "before": before, "record_id": one.id}
        | {name: getattr(one, name) for name in COPIED}
        for one in _records(owners).values()
    ]
    if rows:
        db.session.execute(insert(MergeRecord), rows)


def give_back(made: PersonMerge, *, now: datetime) -> None:
    """Put back what was sealed before a merge; what was written since stays where it was written.

    Words about relatives go back with their ties, also when they were changed since.
    """
    copies = list(db.session.scalars(select(MergeRecord).where(MergeRecord.merge_id == made.id)))
    before = {(one.owner_id, one.category): one for one in copies if one.before}
    after = {(one.owner_id, one.category): one for one in copies if not one.before}
    present = _records({one.owner_id for one in copies} | {made.kept_id})
    _return_words(made, after, present, now)
    for place in before.keys() | after.keys():
        old, new, held = before.get(place), after.get(place), present.get(place)
        if old is not None and new is not None and old.blob == new.blob:
            continue
        if (held.blob if held else None) == (new.blob if new else None):
            _put(place, old)
        else:
            _put_together(place, (old, new, held), made.moved["links"], now)


def _put(place: Place, old: MergeRecord | None) -> None:
    """One record as it was, its id and moment too."""
    owner_id, category = place
    gone = delete(SealedRecord).where(SealedRecord.owner_id == owner_id, SealedRecord.category == category)
    db.session.execute(gone.execution_options(synchronize_session=False))
    if old is not None:
        row = {"id": old.record_id} | {name: getattr(old, name) for name in COPIED}
        db.session.execute(insert(SealedRecord), [row])


def _put_together(place: Place, records: Iterable[Any], gone: Iterable[str], now: datetime) -> None:
    """What stood before, with what was written since; words of the ties that go back go with them."""
    was, became, is_now = (_words(one) for one in records)
    result = taken_back(was, became, is_now)
    words = taken_back(*(one.get(RELATIVES, {}) for one in (was, became, is_now)))
    kept = {link: told for link, told in words.items() if link not in set(gone)}
    result.pop(RELATIVES, None)
    sealing.seal(place[0], place[1], {**result, RELATIVES: kept} if kept else result, now=now)


def _return_words(made: PersonMerge, after: Any, present: Any, now: datetime) -> None:
    """Words about relatives that were changed since the merge go back with the ties that go back."""
    place = (made.kept_id, Category.C3)
    became, is_now = _words(after.get(place)), _words(present.get(place))
    old, new = became.get(RELATIVES, {}), is_now.get(RELATIVES, {})
    changed = [one for one in made.moved["links"] if old.get(one) != new.get(one)]
    if not changed:
        return
    theirs = sealing.read(made.merged_id, (Category.C3,)).get(Category.C3, {})
    words = dict(theirs.get(RELATIVES, {}))
    for one in changed:
        words.pop(one, None)
        if one in new:
            words[one] = new[one]
    sealing.seal(made.merged_id, Category.C3, {**theirs, RELATIVES: words}, now=now)


def _words(record: Any) -> dict[str, Any]:
    return sealing.open_record(record) if record is not None else {}


def _records(owners: Iterable[UUID]) -> dict[Place, SealedRecord]:
    query = select(SealedRecord).where(SealedRecord.owner_id.in_(list(owners)))
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {(one.owner_id, one.category): one for one in rows}
