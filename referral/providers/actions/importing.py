"""Importing another directory: the same file twice changes nothing, a newer one updates what it brought before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from directory import N_, hsds, hsds_feed
from directory.tables import read_tables
from referral.extensions import db
from referral.providers.actions import tabling
from referral.providers.actions.feeding import import_feed

LONGEST_SOURCE = 80
LONGEST_TERM = 200
UNREADABLE = 2
FOR_PAGES = frozenset({"message", "messages"})
"""Parts of what is told that are translated where they are shown."""


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
        tables = read_tables(contents_of(path), path.name) if standard == "table" else []
        with db.session.begin_nested() as whole:
            if standard == "table":
                tabling.keep_columns(name, parse_columns(columns))
                found = printable(tabling.import_tables(tables, name, given, actor=None, now=now))
            else:
                found = printable(import_feed(contents_of(path), name, given, actor=None, now=now))
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


def contents_of(path: Path) -> bytes:
    """The file, within bounds; raises Unreadable when it cannot be read."""
    try:
        if path.stat().st_size > hsds_feed.MAX_BYTES:
            raise hsds.Unreadable(
                "too_large", N_("the file is larger than %(limit)d MB"), limit=hsds_feed.MAX_BYTES // 1024**2
            )
        return path.read_bytes()
    except OSError as error:
        raise hsds.Unreadable("no_file", N_("the file cannot be read: %(why)s"), why=error.strerror or "") from error


def printable(value: Any) -> Any:
    """What an import tells, as a terminal can print it: without messages, and without halves of characters."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: printable(one) for name, one in value.items() if name not in FOR_PAGES}
    return [printable(one) for one in value] if isinstance(value, list) else value
