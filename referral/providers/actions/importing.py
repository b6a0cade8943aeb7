"""Importing another directory: the same file twice changes nothing, a newer one updates what it brought before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from directory import N_, Message, hsds
from directory.tables import read_tables
from referral.extensions import db
from referral.foundation import audit
from referral.providers import issues
from referral.providers.actions import mapping as mappings
from referral.providers.actions import tabling
from referral.providers.actions.keeping import Keeper
from referral.providers.actions.upserting import Upsert, key_of
from referral.providers.models import ImportBatch, ImportIssue
from referral.providers.queries.catalogue import known_places
from referral.providers.queries.visible import imported_before

LONGEST_SOURCE = 80
LONGEST_TERM = 200
UNREADABLE = 2


def import_file(
    standard: str,
    path: Path,
    *,
    mapping: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    source: str = "",
    preview: bool = False,
    now: datetime,
) -> tuple[dict[str, Any], int]:
    """Import services from a file; the summary, and 0, or 2 with `error` when the file as a whole cannot be used.

    `new`, `changed` and `gone` name services; what is gone from a feed stays here until a person decides. `preview`
    stores nothing. `table` is a CSV file, a workbook or a ZIP of CSV files; `columns` holds `COLUMN=FIELD` for it.
    `mapping` holds `TERM=NEED`, added to what is kept of this source (by default the file's folder and
    name).
    """
    name = source.strip() or f"{path.resolve().parent.name}/{path.name}"[-LONGEST_SOURCE:]
    try:
        if standard not in ("hsds", "table"):
            raise hsds.Unreadable("unknown_standard", N_("“%(standard)s” is not a known standard"), standard=standard)
        if len(name) > LONGEST_SOURCE:
            raise hsds.Unreadable("long_source", N_("the name of a source has at most %(limit)d characters"), limit=80)
        given = hsds.parse_mapping(mapping)
        if any(len(term) > LONGEST_TERM for term in given):
            raise hsds.Unreadable("long_term", N_("a term has at most %(limit)d characters"), limit=LONGEST_TERM)
        tables = read_tables(_contents(path), path.name) if standard == "table" else []
        with db.session.begin_nested() as whole:
            if standard == "table":
                tabling.keep_columns(name, parse_columns(columns))
                found = _printable(tabling.import_tables(tables, name, given, actor=None, now=now))
            else:
                kept = mappings.keep(name, given)
                found = _store(hsds.read(_contents(path), kept, name, places=known_places()), name, now)
            if preview:
                whole.rollback()
            return found, 0
    except hsds.Unreadable as error:
        return {"error": str(error), "code": error.message.code}, UNREADABLE


def parse_columns(pairs: tuple[str, ...]) -> dict[str, str]:
    """The mapping given as `COLUMN=FIELD`."""
    found: dict[str, str] = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not column.strip():
            raise hsds.Unreadable("bad_mapping", N_("“%(pair)s” is not of the form COLUMN=FIELD"), pair=pair)
        found[column.strip()] = field.strip()
    return found


def _contents(path: Path) -> bytes:
    try:
        if path.stat().st_size > hsds.MAX_BYTES:
            raise hsds.Unreadable(
                "too_large", N_("the file is larger than %(limit)d MB"), limit=hsds.MAX_BYTES // 1024**2
            )
        return path.read_bytes()
    except OSError as error:
        raise hsds.Unreadable("no_file", N_("the file cannot be read: %(why)s"), why=error.strerror or "") from error


def _store(result: hsds.ImportResult, source: str, now: datetime) -> dict[str, Any]:
    versions = _versions(source)
    keeper = Keeper(source, now)
    upsert = Upsert(source, now)
    upsert.all(result)
    keeper.keep(result.documents, upsert.records(result))
    batch = ImportBatch(
        source=source,
        imported_at=now,
        services=len(result.services),
        organizations=len(result.organizations),
        locations=len(result.locations),
        quarantined=len(result.quarantined),
    )
    db.session.add(batch)
    for one in result.quarantined:
        _issue(batch, one.row, one.id, one.field, one.reason, quarantined=True)
    for remark in result.warnings:
        _issue(batch, remark.row, remark.id, remark.field, remark.message, quarantined=False)
    db.session.flush()
    audit.record("directory.import", actor=None, now=now, subject=("import_batch", batch.id))
    printable: dict[str, Any] = _printable({**result.summary(), **_differences(versions, upsert, result)})
    return printable


def _versions(source: str) -> dict[str, int]:
    """The version of each service of the source, by its id there."""
    return {row.source_id: row.version for row in db.session.execute(imported_before(source))}


def _differences(before: dict[str, int], upsert: Upsert, result: hsds.ImportResult) -> dict[str, Any]:
    """Which services are new, changed, or no longer in the feed."""
    before = before | upsert.adopted
    here = {key_of(one): upsert.service_of(one) for one in result.services}
    told = {
        "new": [key for key in here if key not in before],
        "changed": [key for key, row in here.items() if key in before and row.version != before[key]],
        "gone": sorted(before.keys() - here.keys()) if result.lists_services else [],
    }
    return {
        kind: [{"id": key, "name": upsert.services[key].name} for key in keys] for kind, keys in told.items()
    }  # fmt: skip


def _printable(value: Any) -> Any:
    """The same without halves of characters, which a feed may hold and no terminal can print."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items() if not isinstance(one, Message)}
    return [_printable(one) for one in value] if isinstance(value, list) else value


def _issue(batch: ImportBatch, row: int, written: str, field: str, reason: Message, *, quarantined: bool) -> None:
    db.session.add(
        ImportIssue(
            batch=batch,
            row=row,
            source_id="".join(filter(str.isprintable, written))[:200],
            field=field[:120],
            reason=issues.written(reason),
            quarantined=quarantined,
        )
    )
