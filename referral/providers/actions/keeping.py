"""The documents of an import, kept beside the rows that came of them, so that an export gives back what we do not know.

What is compared later is what we would write right after the import: it is taken twice, before and after the rows
change, so that what people changed here since the last import still counts as changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from directory.hsds_keeping import rebased, stands_alone
from directory.hsds_result import Kept
from directory.hsds_writing import Document, Profile, Writer
from referral.extensions import db
from referral.foundation import clock
from referral.providers.models import SourceDocument
from referral.providers.queries.catalogue import places
from referral.providers.queries.whole import Circle, Export, standing

Key = tuple[str, UUID]


class Keeper:
    """One import's documents: made before the rows change, `keep` called after."""

    def __init__(self, source: str, now: datetime) -> None:
        self.source, self.now = source, now
        query = select(SourceDocument).where(SourceDocument.source == source)
        self.known = {(one.kind, one.source_id): one for one in db.session.scalars(query)}
        self.before = self._written() if self.known else {}

    def keep(self, documents: tuple[Kept, ...], records: Mapping[tuple[str, str], UUID]) -> None:
        """Keep each document with the row that came of it; `records` is by kind and id of the record read."""
        after = self._written()
        for one in documents:
            record = records.get((one.kind, one.key))
            if record is not None:
                self._one(one, (one.kind, record), after.get((one.kind, record), {}))

    def _one(self, one: Kept, key: Key, after: Document) -> None:
        row = self.known.get((one.kind, one.source_id))
        if row is None:
            row = SourceDocument(
                source=self.source, kind=one.kind, source_id=one.source_id, record_id=key[1], document=one.document,
                baseline=after, first_seen_at=self.now, last_seen_at=self.now,
            )  # fmt: skip
            self.known[one.kind, one.source_id] = row
            db.session.add(row)
            return
        if one.inside and stands_alone(row.document):
            row.last_seen_at = self.now
            return
        baseline = rebased(row.baseline, self.before.get(key, row.baseline), after)
        if (row.document, row.baseline, row.record_id) != (one.document, baseline, key[1]):
            row.document, row.baseline, row.record_id = one.document, baseline, key[1]
        row.last_seen_at = self.now

    def _written(self) -> dict[Key, Document]:
        """Everything as the national profile writes it now."""
        db.session.flush()
        export = Export(Circle.ALL, self.now, clock.zone())
        writing = Writer(Profile.CM, places(current_app.config["SETTINGS"].country))
        found: dict[Key, Document] = {
            ("service", UUID(one.service.id)): standing(one, writing) for one in export.services()
        }
        found |= {("organization", UUID(one.id)): writing.organization(one) for one in export.organizations()}
        found |= {("location", UUID(one.id)): writing.location(one) for one in export.locations()}
        return found
