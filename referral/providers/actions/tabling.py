"""Importing tables: a package of HSDS, or a partner's own columns by the mapping that is saved for its source.

Large tables go in part by part, so that memory stays within bounds; the whole is one transaction all the same.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from directory import N_, Message, assembling, columns, hsds, tabular
from directory.assembling import Assembled
from directory.hsds_result import Quarantined, Remark
from directory.places import fold
from directory.tables import Table
from directory.taxonomy import Status
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import Actor
from referral.providers import issues
from referral.providers.actions import mapping as mappings
from referral.providers.actions.upserting import Upsert
from referral.providers.models import ColumnMapping, ImportBatch, ImportIssue, Service
from referral.providers.queries.catalogue import known_places
from referral.providers.queries.visible import imported_before

SHOWN = 500
"""As many names of each kind are told; the counts are whole."""
SAMPLED = 5
"""So many services are shown as they were read, to see whether the columns were understood."""


def keep_columns(source: str, given: Mapping[str, str]) -> dict[str, str]:
    """Save which field each column means, over what is known of this source; an empty field means the column is left.

    Returns all that now hold, by column.
    """
    known = {
        one.heading: one for one in db.session.scalars(select(ColumnMapping).where(ColumnMapping.source == source))
    }
    for heading, field in given.items():
        if field not in columns.FIELDS and field:
            raise hsds.Unreadable("unknown_field", N_("“%(field)s” is not a field"), field=field[:60])
        row = known.get(heading)
        if row is None:
            row = known[heading] = ColumnMapping(source=source, heading=heading[:200], field=field)
            db.session.add(row)
        elif row.field != field:
            row.field = field
    db.session.flush()
    return {heading: row.field for heading, row in known.items()}


def columns_of(source: str, tables: list[Table]) -> dict[str, str]:
    """What is saved for the source; what nobody said yet is guessed."""
    return columns.suggested(tables) | saved_columns(source)


def saved_columns(source: str) -> dict[str, str]:
    """What was said of the columns of a source, by column; empty where one is left out."""
    query = select(ColumnMapping.heading, ColumnMapping.field).where(ColumnMapping.source == source)
    return {row.heading: row.field for row in db.session.execute(query)}


def assembled(tables: list[Table], source: str, today: date) -> Assembled:
    """The documents of the tables, as a package of HSDS or by the mapping of the source."""
    if tabular.is_package(tables):
        return tabular.assemble(tables)
    mapping = columns_of(source, tables)
    if columns.unnamed(tables, mapping):
        raise hsds.Unreadable("no_name", N_("no column is said to be the name of the service or of its organisation"))
    return assembling.assemble(tables, mapping, today)


def import_tables(
    tables: list[Table], source: str, terms: Mapping[str, str], *, actor: Actor | None, now: datetime
) -> dict[str, Any]:
    """Put the tables into the directory; what happened as plain data (see `import_file`). Commits nothing."""
    kept = mappings.keep(source, terms)
    found = assembled(tables, source, now.astimezone(clock.zone()).date())
    telling = _Telling(source, now, kept)
    taken: dict[type[Any], set[Any]] | None = None
    with _swept_by_part() as sweep:
        for part in hsds.read_parts(found.documents, kept, source, places=known_places()):
            upsert = Upsert(source, now, part=part, taken=taken)
            upsert.all(part)
            taken = upsert.taken
            telling.part(part, upsert, found.rows)
            sweep()
    telling.remarks = [one for one in telling.remarks if not mappings.saved_only(one, terms)]
    telling.refused += found.quarantined
    telling.remarks += found.warnings
    return telling.closed(actor)


@contextmanager
def _swept_by_part() -> Iterator[Callable[[], object]]:
    """Look for rings of dead objects once a part: all the time it would be a third of the work, a million others live.

    What lives at the beginning, the table above all, is left out of every search.
    """
    was = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


class _Telling:
    """What an import did, counted part by part, without holding its rows."""

    def __init__(self, source: str, now: datetime, terms: Mapping[str, str]) -> None:
        self.source, self.now = source, now
        self.terms = {fold(term): (term, needs.split(",")) for term, needs in terms.items()}
        self.mapped: Counter[str] = Counter()
        self.before = {row.source_id: row.version for row in db.session.execute(imported_before(source))}
        self.here: set[str] = set()
        self.told: dict[str, list[dict[str, str]]] = {"new": [], "changed": [], "gone": []}
        self.counts = {"new": 0, "changed": 0, "gone": 0}
        self.samples: list[dict[str, Any]] = []
        self.without_need = 0
        self.ended = 0
        self.organizations: set[str] = set()
        self.locations: set[str] = set()
        self.refused: list[Quarantined] = []
        self.remarks: list[Remark] = []
        self.unmapped: dict[tuple[str, str], int] = {}

    def part(self, part: hsds.ImportResult, upsert: Upsert, rows: list[int]) -> None:
        """Count one part."""
        for one in part.services:
            row = upsert.service_of(one)
            self.here.add(row.source_id)
            self.without_need += not row.needs
            self.ended += one.status is Status.DEFUNCT
            if row.source_id not in self.before:
                self._tell("new", row.source_id, row.name)
            elif row.version != self.before[row.source_id]:
                self._tell("changed", row.source_id, row.name)
            self.mapped.update(
                {fold(name) for term in one.terms for name in (term.name, term.code)} & self.terms.keys()
            )
        self.samples += part.samples(SAMPLED - len(self.samples))
        self.organizations |= {one.id for one in part.organizations}
        self.locations |= {one.id for one in part.locations}
        self.refused += [_in_file(one, rows) for one in part.quarantined]
        self.remarks += [replace(one, row=_of(rows, one.row)) for one in part.warnings]
        for term, number in part.unmapped:
            key = (term.name, term.code)
            self.unmapped[key] = self.unmapped.get(key, 0) + number

    def _tell(self, kind: str, key: str, name: str) -> None:
        self.counts[kind] += 1
        if len(self.told[kind]) < SHOWN:
            self.told[kind].append({"id": key, "name": name})

    def closed(self, actor: Actor | None) -> dict[str, Any]:
        """Write the batch with what was set aside, and return all as plain data."""
        gone = sorted(self.before.keys() - self.here)
        names = _names(self.source, gone[:SHOWN])
        for key in gone:
            self._tell("gone", key, names.get(key, ""))
        batch = ImportBatch(
            source=self.source, imported_at=self.now, services=len(self.here), organizations=len(self.organizations),
            locations=len(self.locations), quarantined=len(self.refused),
        )  # fmt: skip
        db.session.add(batch)
        refused = [
            (one.row, one.id, name, issues.written(why), True) for one in self.refused for name, why in one.reasons
        ]
        remarks = [(one.row, one.id, one.field, issues.written(one.message), False) for one in self.remarks[:20_000]]
        db.session.add_all(
            ImportIssue(
                batch=batch, row=row, source_id="".join(filter(str.isprintable, key))[:200], field=name[:120],
                reason=reason, quarantined=aside,
            )
            for row, key, name, reason, aside in [*refused, *remarks]
        )  # fmt: skip
        db.session.flush()
        audit.record("directory.import", actor=actor, now=self.now, subject=("import_batch", batch.id))
        return {
            "services": len(self.here), "organizations": len(self.organizations), "locations": len(self.locations),
            "quarantined": [one.told() for one in self.refused],
            "warnings": [one.told() for one in self.remarks],
            "unmapped": [
                {"term": name, "code": code, "services": number}
                for (name, code), number in sorted(self.unmapped.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
            ],
            "mapped": [
                {"term": self.terms[key][0], "needs": self.terms[key][1], "services": number}
                for key, number in sorted(self.mapped.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
            ],
            "samples": self.samples, "without_need": self.without_need, "ended": self.ended,
            "counts": self.counts, **self.told,
        }  # fmt: skip


def _in_file(one: Quarantined, rows: list[int]) -> Quarantined:
    """The same by the rows of the file, also where a reason names another row."""
    reasons = tuple((name, _told_by_file(why, rows)) for name, why in one.reasons)
    return replace(one, row=_of(rows, one.row), reason=_told_by_file(one.reason, rows), reasons=reasons)


def _told_by_file(why: Message, rows: list[int]) -> Message:
    values = {name: _of(rows, value) if name == "row" else value for name, value in why.values.items()}
    return replace(why, values=values)


def _of(rows: list[int], number: int) -> int:
    return rows[number - 1] if 0 < number <= len(rows) else number


def _names(source: str, keys: list[str]) -> dict[str, str]:
    query = select(Service.source_id, Service.name).where(Service.source == source, Service.source_id.in_(keys))
    return {row.source_id: row.name for row in db.session.execute(query)}
