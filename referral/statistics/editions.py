"""A release as it is kept: published figures as JSON, and the hash that says that nobody touched them since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.statistics.merging import MERGED, OUTSIDE
from referral.statistics.tables import (
    HIDDEN,
    HIDDEN_REASON,
    RESTRICTED_REASON,
    Cell,
    Group,
    PublishedTable,
    State,
    Unit,
)

REASONS = {reason.code: reason for reason in (HIDDEN_REASON, RESTRICTED_REASON, MERGED, OUTSIDE)}


def pack(published: Mapping[str, PublishedTable]) -> dict[str, Any]:
    """The published tables as JSON keeps them: hidden figures are null, their values are nowhere."""
    return {name: _pack_table(table) for name, table in published.items()}


def unpack(content: Mapping[str, Any]) -> dict[str, PublishedTable]:
    """The inverse of `pack`."""
    return {name: _unpack_table(kept) for name, kept in content.items()}


def digest(content: Mapping[str, Any], *, quarter: str, signatory: bool, published_at: datetime) -> str:
    """The hash of a release; it covers the figures, their words, the quarter, the edition and the moment."""
    whole = {"quarter": quarter, "signatory": signatory, "at": published_at.timestamp(), "tables": content}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _pack_table(table: PublishedTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "unit": table.unit.value,
        "measure": table.measure,
        "definition": table.definition,
        "rows": [_pack_group(group) for group in table.rows],
        "columns": [_pack_group(group) for group in table.columns],
        "cells": [[row, column, cell.value] for (row, column), cell in table.cells.items()],
        "notes": [note.code for note in table.notes],
        "withheld": table.withheld,
    }


def _pack_group(group: Group) -> list[Any]:
    return [group.code, list(group.sources), group.reason.code if group.reason else ""]


def _unpack_table(kept: Mapping[str, Any]) -> PublishedTable:
    rows, columns = (tuple(_unpack_group(group) for group in kept[side]) for side in ("rows", "columns"))
    reasons = {group.code: group.reason for group in (*rows, *columns)}
    cells = {}
    for row, column, value in kept["cells"]:
        reason = reasons.get(row) or reasons.get(column)
        shown = Cell(State.MERGED if reason else State.VALUE, value, reason)
        cells[row, column] = HIDDEN if value is None else shown
    return PublishedTable(
        kept["title"],
        Unit(kept["unit"]),
        kept["measure"],
        kept["definition"],
        rows,
        columns,
        cells,
        tuple(REASONS[code] for code in kept["notes"]),
        kept["withheld"],
        {source: group.code for group in rows for source in group.sources},
        {source: group.code for group in columns for source in group.sources},
    )


def _unpack_group(kept: list[Any]) -> Group:
    code, sources, reason = kept
    return Group(code, tuple(sources), REASONS.get(reason))
