"""The workbook of the directory read back: each cell that differs goes through the form that it comes from.

A row whose form complains is set aside with the reason; the other forms of the row, and the other rows, go in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory import Message as Reason
from directory import edit, hsds
from directory.places import fold
from directory.tables import Table, read_tables
from directory.taxonomy import KEPT_GROUPS, TERM_LABELS, Facet
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.spreadsheets import bare
from referral.providers import actions, audience_form, issues, pages, schemas, workbook
from referral.providers.models import ImportBatch, ImportIssue, Service, ServiceAtLocation
from referral.providers.rules import Origin, Section
from referral.providers.workbook import COLUMNS, CONTACT_FIELDS, FACETS, ID, IRREGULAR
from sop.vocabulary import N_, NEED_LABELS, Message

SOURCE = "Classeur de l’annuaire"
UNKNOWN = Message("unknown_entry", N_("no entry of the directory has this identifier"))
TWICE = Message("entry_twice", N_("the identifier is on more than one row"))
NO_CHOICE = N_("“%(word)s” is not one of the values of the sheet of lists")
NOT_A_WEEK = Message("not_a_week", N_("write hours as 08:00-12:00, 13:30-17:00; leave the cell empty when closed"))
NO_CONTACT = Message("unknown_contact", N_("no contact of this entry has this identifier"))
Typed = dict[str, str]
Forms = Mapping[Section, Typed]
UNTOUCHED = "\x00"
"""In place of the text of a cell that says what stood there; no cell can hold it."""


def is_workbook(tables: Sequence[Table]) -> bool:
    """Whether the tables are our workbook."""
    return any(one.name == workbook.SERVICES and ID in one.headings for one in tables)


def complete(tables: Sequence[Table]) -> None:
    """Raise Unreadable for a workbook that no longer says which entry a row is; other tables pass."""
    found = {one.name: one.headings for one in tables} if is_workbook(tables) else {}
    for name in workbook.IDENTITY:
        if found and name not in found[workbook.SERVICES]:
            raise hsds.Unreadable("no_column", N_("the column “%(name)s” is missing"), name=name)


def take_any(
    tables: list[Table], source: str, terms: Mapping[str, str], *, actor: Actor | None, now: datetime
) -> dict[str, Any]:
    """Our own workbook is read back by its identifiers, any other table by the mapping of its source."""
    taking = take if is_workbook(tables) else actions.import_tables
    return taking(tables, source, terms, actor=actor, now=now)


@dataclass
class Told:
    """What reading did, in the shape of an import."""

    changed: list[dict[str, str]] = field(default_factory=list)
    refused: list[tuple[int, str, str, Reason]] = field(default_factory=list)
    entries: int = 0

    def refuse(self, row: int, key: str, heading: str, reason: Message) -> None:
        """Set a cell aside."""
        self.refused.append((row, key, heading, Reason(reason.code, reason.text, dict(reason.values))))


def take(
    tables: Sequence[Table], _source: str, _terms: Mapping[str, str], *, actor: Actor | None, now: datetime
) -> dict[str, Any]:
    """Put what differs into the directory; what happened as `import_tables` tells it. Commits nothing.

    A row without identifier is a new entry; a row that is missing ends nothing.
    """
    complete(tables)
    sheets = {one.name: one for one in tables}
    rows = list(_services(sheets[workbook.SERVICES]))
    told, labels = Told(), {one.heading: one.labels() for one in COLUMNS}
    new = [(number, row) for number, row in rows if not row.get(ID)]
    made = _added(sheets[workbook.SERVICES], new, actor, now)
    by_id = _entries([row[ID] for _number, row in rows if row.get(ID)])
    before = {key: workbook.presented(place) for key, place in by_id.items()}
    aside = _Sheets(sheets, told, set(by_id))
    seen: set[str] = set()
    for number, row in rows:
        key = row.get(ID, "")
        place = by_id.get(key) if key else _made(row)
        if place is None or key in seen:
            if key:
                told.refuse(number, key, ID, TWICE if key in seen else UNKNOWN)
            continue
        if key:
            seen.add(key)
        _Entry(place, before.get(key), told, number, labels, actor, now).put(
            row, aside.audiences.get(key), aside.contacts.get(key, []), aside.places.get(key)
        )
        told.entries += 1
    return _summary(told, made, actor, now)


def take_file(path: Path, *, preview: bool, now: datetime) -> tuple[dict[str, Any], int]:
    """Read the workbook at `path`; the summary and 0, or `error` and 2 when it is none. `preview` stores nothing."""
    try:
        tables = read_tables(actions.contents_of(path), path.name)
        if not is_workbook(tables):
            raise hsds.Unreadable("no_workbook", N_("this is not the workbook of the directory"))
        with db.session.begin_nested() as whole:
            found = take(tables, SOURCE, {}, actor=None, now=now)
            if preview:
                whole.rollback()
    except hsds.Unreadable as problem:
        return {"error": str(problem), "code": problem.message.code}, 2
    return actions.printable(found), 0


def _records(sheets: Mapping[str, Table], name: str) -> list[tuple[int, dict[str, str]]]:
    return list(sheets[name].records()) if name in sheets else []


def _services(sheet: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows; of one with an identifier an empty cell is told too, a column that the sheet has not is left alone."""
    empty = dict.fromkeys(filter(None, sheet.headings), "")
    for number, row in sheet.records():
        yield number, (empty if row.get(ID) else {}) | _plain(row)


def _plain(row: Mapping[str, str]) -> dict[str, str]:
    return {heading: bare(text).replace("\r\n", "\n").strip() for heading, text in row.items()}


def _entries(keys: Sequence[str]) -> dict[str, ServiceAtLocation]:
    ids = []
    for key in keys:
        try:
            ids.append(UUID(key))
        except ValueError:
            continue
    found: dict[str, ServiceAtLocation] = {}
    for start in range(0, len(ids), 500):
        query = select(ServiceAtLocation).where(ServiceAtLocation.id.in_(ids[start : start + 500]))
        query = query.options(*workbook.whole())
        found |= {str(one.id): one for one in db.session.scalars(query).unique() if not one.archived}
    return found


def _added(sheet: Table, rows: Sequence[tuple[int, dict[str, str]]], actor: Actor | None, now: datetime) -> Any:
    """The rows without identifier, through the import of tables."""
    if not rows:
        return None
    headings = tuple(workbook.IDENTITY)
    cells = [(number, tuple(row.get(heading, "") for heading in headings)) for number, row in rows]
    actions.keep_columns(SOURCE, workbook.IDENTITY)
    terms = {workbook.french(label): code.value for code, label in NEED_LABELS.items()}
    return actions.import_tables([Table(sheet.name, headings, cells)], SOURCE, terms, actor=actor, now=now)


def _made(row: Mapping[str, str]) -> ServiceAtLocation | None:
    """The entry that came of a row without identifier."""
    key = f"{fold(row.get('Organisation', ''))}|{fold(row.get('Service', ''))}"[:200]
    query = select(Service).where(Service.source == SOURCE, Service.source_id == key)
    found = db.session.scalars(query).unique().first()
    return next((one for one in found.places if not one.archived), None) if found else None


class _Sheets:
    """The sheets beside that of the services, by entry."""

    def __init__(self, sheets: Mapping[str, Table], told: Told, known: set[str]) -> None:
        self.told = told
        with_audiences = workbook.AUDIENCES in sheets
        self.audiences: dict[str, Typed] = {key: {} for key in known} if with_audiences else {}
        self.wrong: set[str] = set()
        self.wrong_places: set[str] = set()
        for number, row in _records(sheets, workbook.AUDIENCES):
            self._audience(number, _plain(row))
        self.audiences = {key: rows for key, rows in self.audiences.items() if key not in self.wrong}
        self.places: dict[str, Typed] = {key: {} for key in known} if workbook.PLACES in sheets else {}
        for number, row in _records(sheets, workbook.PLACES):
            self._places(number, _plain(row))
        self.places = {key: rows for key, rows in self.places.items() if key not in self.wrong_places}
        self.contacts: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
        for number, row in _records(sheets, workbook.CONTACTS):
            plain = _plain(row)
            if workbook.TAKES_REFERRALS in sheets[workbook.CONTACTS].headings:
                plain.setdefault(workbook.TAKES_REFERRALS, "")
            if plain.get(ID) in known:
                self.contacts[plain[ID]].append((number, plain))
            else:
                told.refuse(number, plain.get(ID, ""), ID, UNKNOWN)

    def _places(self, number: int, row: Typed) -> None:
        key, heading = row.get(ID, ""), workbook.PLACE_HEADINGS[2]
        if key not in self.places:
            self.told.refuse(number, key, ID, UNKNOWN)
            return
        group = _code(row.get(heading, ""), {one.value: workbook.french(one.label) for one in KEPT_GROUPS})
        if group is None:
            self.told.refuse(number, key, heading, _not_listed(row.get(heading, "")))
            self.wrong_places.add(key)
            return
        for name, column in zip(("available", "maximum"), workbook.PLACE_HEADINGS[3:], strict=True):
            self.places[key][f"{group}-{name}"] = row.get(column, "")

    def _audience(self, number: int, row: Typed) -> None:
        key = row.get(ID, "")
        if key not in self.audiences:
            self.told.refuse(number, key, ID, UNKNOWN)
            return
        facet = _code(row.get("Critère", ""), {str(one): word for one, word in FACETS.items()})
        terms = {term: workbook.french(words) for term, words in TERM_LABELS[Facet(facet)].items()} if facet else {}
        term = _code(row.get("Terme", ""), terms)
        rule = _code(row.get("Règle", ""), {code: workbook.french(words) for code, words in audience_form.RULES})
        for heading, found in (("Critère", facet), ("Terme", term), ("Règle", rule)):
            if found is None:
                self.told.refuse(number, key, heading, _not_listed(row.get(heading, "")))
                self.wrong.add(key)
                return
        self.audiences[key][f"to-{facet}-{term}"] = str(rule)


def _code(word: str, labels: Mapping[str, str]) -> str | None:
    """The code of a word, or the code itself, whatever the accents; None for what is neither."""
    plain = fold(word)
    return next((code for code, label in labels.items() if plain in (fold(label), fold(code))), None)


def _not_listed(word: str) -> Message:
    return Message("not_listed", NO_CHOICE, {"word": word[:60]})


class _Entry:
    """One row put into its entry, form by form.

    A cell counts as written when it differs from what stood in the entry `before` any row was put: rows of one service
    at several places share its words, and an untouched row must not take back what another one changed.
    """

    def __init__(
        self, place: ServiceAtLocation, before: Forms | None, told: Told, number: int,
        labels: Mapping[str, Mapping[str, str]], actor: Actor | None, now: datetime,
    ) -> None:  # fmt: skip
        self.place, self.told, self.number, self.labels, self.actor, self.now = place, told, number, labels, actor, now
        self.shown = workbook.presented(place)
        self.before = self.shown if before is None else before

    def put(self, row: Typed, audiences: Typed | None, contacts: list[tuple[int, Typed]], places: Typed | None) -> None:
        """Read what differs from what the forms show."""
        typed = {section: dict(values) for section, values in self.shown.items()}
        wrong: set[Section] = set()
        for column in COLUMNS:
            if column.heading in row:
                said = self._said(column, row[column.heading])
                if said is None:
                    wrong.add(column.section)
                elif said is not UNTOUCHED:
                    typed[column.section][column.name] = said
        if audiences is not None:
            stood = self.before[Section.SERVICE]
            asked = [name for name in typed[Section.SERVICE] if name.startswith("to-") and name != "to-sex"]
            told = {name: audiences.get(name, "") for name in asked}
            typed[Section.SERVICE] |= {name: value for name, value in told.items() if value != stood.get(name, "")}
        if places is not None:
            numbers = {f"{one}-{name}" for one in KEPT_GROUPS for name in ("available", "maximum")}
            kept = {name: text for name, text in typed[Section.CAPACITY].items() if name not in numbers}
            typed[Section.CAPACITY] = kept | {name: text for name, text in places.items() if text}
        if not self._contacts(typed[Section.CONTACTS], contacts):
            wrong.add(Section.CONTACTS)
        changed = [self._section(section, typed[section]) for section in typed if section not in wrong]
        if any(changed) and row.get(ID):
            self.told.changed.append({"id": str(self.place.id), "name": self.place.service.name})

    def _said(self, column: workbook.Column, text: str) -> str | None:
        """What the cell types into its form; None when it was set aside, UNTOUCHED when nobody wrote in it."""
        before = self.before[column.section].get(column.name, "")
        labels = self.labels[column.heading]
        if text == workbook.cell(column, before, labels).strip():
            return UNTOUCHED
        if not column.choices:
            return text
        found = _code(text, labels) if text else ""
        if found is None:
            self._refuse(column.heading, _not_listed(text))
        return found

    def _refuse(self, heading: str, reason: Message, number: int | None = None) -> None:
        self.told.refuse(self.number if number is None else number, str(self.place.id), heading, reason)

    def _contacts(self, typed: Typed, rows: list[tuple[int, Typed]]) -> bool:
        """Put the rows of the sheet over the contacts; one without a row stays."""
        places = {typed[f"c{number}-id"]: number for number in range(1, len(self.place.contacts) + 1)}
        good, free = True, len(places)
        for row_number, row in rows:
            written = row.get(workbook.CONTACT_HEADINGS[2], "")
            if written and written not in places:
                self._refuse(workbook.CONTACT_HEADINGS[2], NO_CONTACT, row_number)
                good = False
                continue
            free += not written
            number = places[written] if written else free
            values = (written, *(row.get(heading, "") for heading in workbook.CONTACT_HEADINGS[3:6]))
            typed.update({f"c{number}-{name}": value for name, value in zip(CONTACT_FIELDS, values, strict=True)})
            if workbook.TAKES_REFERRALS in row:
                asked = _code(row[workbook.TAKES_REFERRALS], {"yes": workbook.french(workbook.YES)})
                typed[f"c{number}-referrals"] = asked or ""
        return good

    def _section(self, section: Section, typed: Typed) -> bool:
        """Whether the section changed."""
        shown = self.shown[section]
        if all(typed.get(name, "") == shown.get(name, "") for name in typed.keys() | shown.keys()):
            return False
        if section is Section.HOURS and not self._week(typed):
            return False
        form = pages.FORMS[section]
        reading = form.read(self.place, typed, self.now)
        if reading.errors:
            self._complained(section, reading)
            return False
        wanted = form.wanted(self.place, **reading.values)
        diff = actions.difference(actions.state_of(self.place, section), wanted)
        if diff:
            actions.apply(self.place, section, diff, origin=Origin.COORDINATION, actor=self.actor, now=self.now)
        return bool(diff)

    def _week(self, typed: Typed) -> bool:
        """Turn a cell a day into the slots of the form."""
        for column in (one for one in COLUMNS if one.name in edit.DAY_LABELS):
            pairs = [part.split("-") for part in typed.pop(column.name).replace(";", ",").split(",") if part.strip()]
            if any(len(pair) != 2 for pair in pairs) or len(pairs) > edit.SLOTS_A_DAY or IRREGULAR in str(pairs):
                self._refuse(column.heading, NOT_A_WEEK)
                return False
            for number in range(1, edit.SLOTS_A_DAY + 1):
                opens, closes = pairs[number - 1] if number <= len(pairs) else ("", "")
                typed[f"{column.name}-{number}-opens"] = opens.strip()
                typed[f"{column.name}-{number}-closes"] = closes.strip()
        return True

    def _complained(self, section: Section, reading: schemas.Reading) -> None:
        headings = {one.name: one.heading for one in COLUMNS if one.section is section}
        for name, message in reading.errors.items():
            self._refuse(headings.get(name.partition("-")[0], headings.get(name, name)), message)


def _summary(told: Told, made: Any, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """What happened, and the batch with what was set aside."""
    batch = ImportBatch(
        source=SOURCE, imported_at=now, services=len(told.changed), organizations=0, locations=0,
        quarantined=len(told.refused),
    )  # fmt: skip
    db.session.add(batch)
    db.session.add_all(
        ImportIssue(
            batch=batch, row=row, source_id=key[:200], field=name[:120], reason=issues.written(why), quarantined=True
        )
        for row, key, name, why in told.refused
    )
    db.session.flush()
    audit.record("directory.import", actor=actor, now=now, subject=("import_batch", batch.id))
    refused = [
        {"row": row, "id": key, "field": name, "reason": str(why), "message": why}
        for row, key, name, why in told.refused
    ]
    empty: dict[str, Any] = {
        "new": [],
        "quarantined": [],
        "warnings": [],
        "unmapped": [],
        "mapped": [],
        "counts": {"new": 0},
    }
    of = made or empty
    counts = {"new": of["counts"]["new"], "changed": len(told.changed), "gone": 0}
    return {
        "services": told.entries, "organizations": 0, "locations": 0, "quarantined": [*of["quarantined"], *refused],
        "warnings": [one for one in of["warnings"] if one["row"]],
        "unmapped": of["unmapped"], "mapped": of["mapped"], "counts": counts,
        "new": of["new"], "changed": told.changed[:500], "gone": [],
    }  # fmt: skip
