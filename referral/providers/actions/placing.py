"""Importing administrative units: the same file twice changes nothing, and one list completes another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from directory.gazetteer import (
    DUPLICATES,
    MAX_BYTES,
    N_,
    Message,
    Refused,
    Row,
    Unreadable,
    level_of,
    parent_of,
    plain,
    read,
    same_name,
)
from referral.extensions import db
from referral.foundation import audit
from referral.providers.models import AdminUnit
from sop.places import load_places

UNREADABLE = 2
ARRONDISSEMENT = 3
NOTHING_KNOWN = Message(
    "unknown_name", N_("no single unit of this region has this name: import the list of P-codes or the crosswalk first")
)
NO_PARENT = Message("no_parent", N_("the unit above is not known, or was set aside"))


def import_places(path: Path, *, now: datetime) -> tuple[dict[str, Any], int]:
    """Import a list of places; the summary, and 0, or 2 with `error` when the file as a whole cannot be used."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable("too_large", N_("the file is larger than %(limit)d MB"), limit=MAX_BYTES // 1024**2)
        found = read(path.read_bytes())
    except OSError as error:
        return {"error": f"the file cannot be read: {error.strerror or ''}", "code": "no_file"}, UNREADABLE
    except Unreadable as error:
        return {"error": str(error), "code": error.message.code}, UNREADABLE
    with db.session.begin_nested():
        keep_library()
        store = _Store()
        store.all(found.rows)
        audit.record("places.import", actor=None, now=now)
    refused = sorted([*found.refused, *store.refused], key=lambda one: one.row)
    rows = [{"row": one.row, "id": one.id, "field": one.field, "reason": str(one.reason)} for one in refused]
    counts = {name: store.counts[name] for name in ("new", "changed", "same")}
    return {"kind": found.kind, "rows": len(found.rows) + len(found.refused), **counts, "quarantined": rows}, 0


def keep_library() -> None:
    """Make sure that the regions and départements of the library are kept; what an import said since stays."""
    country = current_app.config["SETTINGS"].country
    kept = set(db.session.scalars(select(AdminUnit.pcode)))
    for one in load_places(country).places.values():
        if one.pcode in kept:
            continue
        unit = AdminUnit(
            pcode=one.pcode, level=one.level, name=one.name["fr"], name_en=one.name["en"], name_alt=[],
            parent=parent_of(one.pcode), iso=f"{one.pcode[:2]}-{one.short}" if one.short else "",
            latitude=one.latitude, longitude=one.longitude,
        )  # fmt: skip
        db.session.add(unit)
    db.session.flush()


class _Store:
    """The units as they are kept, and what the rows of one file do to them."""

    def __init__(self) -> None:
        self.units = {one.pcode: one for one in db.session.scalars(select(AdminUnit))}
        self.regions = {one.iso: one.pcode for one in self.units.values() if one.level == 1 and one.iso}
        self.counts = {"new": 0, "changed": 0, "same": 0}
        self.refused: list[Refused] = []
        self._named: dict[tuple[str, str], set[str]] | None = None

    def all(self, rows: Iterable[Row]) -> None:
        """Keep the rows, parents before children."""
        for row in sorted(rows, key=lambda one: (len(one.pcode), one.number)):
            code = row.pcode or self._code_of(row)
            if code is None:
                self.refused.append(Refused(row.number, row.local_id or row.name, "name", NOTHING_KNOWN))
            elif level_of(code) > 1 and parent_of(code) not in self.units:
                self.refused.append(Refused(row.number, code, "parent", NO_PARENT))
            else:
                self.counts[self._keep(code, row)] += 1
        db.session.flush()

    def _code_of(self, row: Row) -> str | None:
        """The arrondissement that a name means in its region; of several, the one with the same local number."""
        found = self._names().get((self.regions.get(row.iso, ""), plain(row.name)), set())
        if len(found) > 1:
            found = {one for one in found if self.units[one].local_id == row.local_id != ""}
        return next(iter(found)) if len(found) == 1 else None

    def _names(self) -> dict[tuple[str, str], set[str]]:
        if self._named is None:
            self._named = {}
            for one in self.units.values():
                for name in (one.name, *one.name_alt) if one.level == ARRONDISSEMENT and not one.same_as else ():
                    self._named.setdefault((one.pcode[:5], plain(name)), set()).add(one.pcode)
        return self._named

    def _keep(self, code: str, row: Row) -> str:
        unit = self.units.get(code)
        if unit is None:
            unit = self.units[code] = AdminUnit(
                pcode=code, level=level_of(code), name=row.name, name_alt=[], name_en="", iso="", local_id="",
                parent=parent_of(code), same_as=DUPLICATES.get(code, ""),
            )  # fmt: skip
            db.session.add(unit)
            _complete(unit, row)
            return "new"
        return "changed" if _complete(unit, row) else "same"


def _complete(unit: AdminUnit, row: Row) -> bool:
    """Write into a unit what the row adds; whether that changed anything."""
    wanted: dict[str, Any] = dict(zip(("name", "name_alt"), _names(unit, row), strict=True))
    for column in ("name_en", "local_id"):
        if value := getattr(row, column):
            wanted[column] = value
    if row.pcode and row.iso:
        wanted["iso"] = row.iso
    if row.latitude is not None and (row.leading or unit.latitude is None):
        wanted |= {"latitude": row.latitude, "longitude": row.longitude}
    if row.outline:
        wanted["outline"] = list(row.outline)
    changed = {column: value for column, value in wanted.items() if getattr(unit, column) != value}
    for column, value in changed.items():
        setattr(unit, column, value)
    return bool(changed)


def _names(unit: AdminUnit, row: Row) -> tuple[str, list[str]]:
    """The name and the others: a leading name takes the place of the one that is kept, which stays among the others."""
    name = row.name if row.leading else unit.name
    others: list[str] = []
    for one in (*unit.name_alt, unit.name, row.name, *row.others):
        if not same_name(one, [name, *others]):
            others.append(one)
    return name, others
