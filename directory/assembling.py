"""Rows of somebody's table become HSDS documents by a mapping of columns, so that one reader judges all feeds.

Rows of one service (same number, or same organisation and name where there is none) are one document with several
places and areas. A file may hold organisations, places and services in tables of their own, joined by organisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from directory import columns, opening_hours
from directory.fields import clock
from directory.hsds_result import Quarantined, Remark
from directory.places import fold
from directory.schedule import WEEKDAYS
from directory.tables import Table
from directory.vocabulary import N_, Message

SPLIT = re.compile(r"\s*[;\n|]\s*")
AGE_LIMIT = 120
SHARED = ("organization", "attributes", "service_areas", "service_at_locations", "languages", "required_documents",
          "phones", "schedules")  # fmt: skip
"""Parts that many services of one table have in common, so that a large table fits into a small machine."""
TEXTS = ("alternate_name", "url", "email", "application_process", "eligibility_description", "fees_description",
         "alert", "assured_date")  # fmt: skip
STATUS = {
    "actif": "active", "active": "active", "ouvert": "active", "en cours": "active", "ongoing": "active",
    "inactif": "inactive", "inactive": "inactive", "defunct": "defunct", "ferme": "defunct", "termine": "defunct",
    "completed": "defunct", "temporairement ferme": "temporarily closed", "temporarily closed": "temporarily closed",
    "suspendu": "temporarily closed",
}  # fmt: skip
Cells = Mapping[str, list[str]]
Document = dict[str, Any]


@dataclass
class Assembled:
    """The documents, the row of the file on which each begins, and what was wrong before any reading."""

    documents: list[Document] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def refuse(self, row: int, name: str, code: str, text: str, **values: Any) -> None:
        """Set a row aside."""
        message = Message(code, text, values)
        self.quarantined.append(Quarantined(row, "", name, message, ((name, message),)))

    def warn(self, row: int, name: str, code: str, text: str, **values: Any) -> None:
        """Say what was left out."""
        self.warnings.append(Remark(row, "", name, Message(code, text, values)))


def assemble(tables: Sequence[Table], mapping: Mapping[str, str], today: date | None = None) -> Assembled:
    """Return the documents of the tables; a row that says neither service nor organisation is set aside.

    `today`: a service whose last days have all passed by then has ended; without it none has.
    """
    found = Assembled()
    many = len(tables) > 1
    fields = [(table, columns.of_table(table, mapping, many)) for table in tables]
    organizations, places = _joined(fields)
    builder = _Builder(found, organizations, places, today)
    for table, here in fields:
        if "service.name" in here:
            for number, cells in _mapped(table, here):
                builder.row(number, cells)
    builder.close()
    return found


def _mapped(table: Table, here: Mapping[str, list[str]]) -> Iterable[tuple[int, dict[str, list[str]]]]:
    """Each row by field; `service.note` and lists of terms keep the heading as `heading: text`."""
    for number, row in table.records():
        cells: dict[str, list[str]] = {}
        for name, headings in here.items():
            said = [(heading, row[heading]) for heading in headings if heading in row]
            if name in ("service.note", "service.term", "service.condition"):
                cells[name] = [f"{heading}\t{text}" for heading, text in said]
            elif said:
                cells[name] = [text for _heading, text in said]
        yield number, {name: texts for name, texts in cells.items() if texts}


def _joined(
    fields: Sequence[tuple[Table, Mapping[str, list[str]]]],
) -> tuple[dict[str, Document], dict[str, list[Document]]]:
    """Organisations by their key, and the places of each, from the tables that hold no services."""
    organizations: dict[str, Document] = {}
    places: dict[str, list[Document]] = {}
    for table, here in fields:
        if "service.name" in here:
            continue
        for _number, cells in _mapped(table, here):
            key = _first(cells, "organization.id") or fold(_first(cells, "organization.name"))
            if not key:
                continue
            if any(name.startswith("location.") for name in here):
                place = _place(cells)
                if place is not None:
                    places.setdefault(key, []).append(place)
            else:
                organizations[key] = _organization(cells, key)
    return organizations, places


class _Builder:
    """The documents of one import, by the key of their service."""

    def __init__(
        self,
        found: Assembled,
        organizations: Mapping[str, Document],
        places: Mapping[str, list[Document]],
        today: date | None,
    ) -> None:
        self.found, self.organizations, self.places, self.today = found, organizations, places, today
        self.ends: dict[tuple[str, str, str], date] = {}
        self.by_key: dict[tuple[str, str, str], Document] = {}
        self.numbers: set[str] = set()

    def row(self, number: int, cells: dict[str, list[str]]) -> None:
        """Take one row in."""
        name, written = _first(cells, "service.name"), _first(cells, "service.id")
        owner = _first(cells, "organization.id") or fold(_first(cells, "organization.name"))
        if not name or not owner:
            missing = "service.name" if not name else "organization.name"
            self.found.refuse(number, missing, "missing", N_("required, but missing"))
            return
        key = (written, owner, fold(name))
        document = self.by_key.get(key)
        if document is None:
            document = self.by_key[key] = self._started(number, written, owner, cells)
            self.found.documents.append(document)
            self.found.rows.append(number)
        self._added(number, document, cells)
        last = self._last_day(number, cells)
        self.ends[key] = max(self.ends.get(key, last), last)

    def _last_day(self, number: int, cells: Cells) -> date:
        """The day after which this row is over; far away where it says none."""
        text = _first(cells, "service.ends")
        found = day_of(text) if text else date.max
        if found is None:
            self.found.warn(number, "service.ends", "bad_date", N_("not a date, left out: %(value)s"), value=text[:60])
        return found or date.max

    def _started(self, number: int, written: str, owner: str, cells: Cells) -> Document:
        organization = self.organizations.get(owner) or _organization(cells, owner)
        identity = written or f"{owner}|{fold(_first(cells, 'service.name'))}"[:200]
        document: Document = {
            "id": identity, "name": _first(cells, "service.name"), "organization": organization,
            "status": _status(cells), "attributes": [], "service_areas": [], "service_at_locations": [],
            "languages": [], "required_documents": [], "phones": [], "schedules": [],
        }  # fmt: skip
        for name in TEXTS:
            if texts := cells.get(f"service.{name}"):
                document[name] = "\n".join(texts)
        if confirmed := day_of(document.get("assured_date", "")):
            document["assured_date"] = confirmed.isoformat()
        for name in ("minimum_age", "maximum_age"):
            if age := _first(cells, f"service.{name}"):
                document[name] = self._age(number, name, age)
        if document.get("minimum_age") == "0" and document.get("maximum_age", "") is None:
            document["minimum_age"] = None  # from nothing to more than any life: a form left at its bounds
        return document

    def _age(self, number: int, name: str, written: str) -> Any:
        """Text that is no number stays, and is refused by the reader; a bound above any age means none."""
        if name == "maximum_age" and written.isdigit() and int(written) > AGE_LIMIT:
            self.found.warn(number, name, "no_upper_age", N_("%(age)s read as: no upper age"), age=written[:10])
            return None
        return written

    def _added(self, number: int, document: Document, cells: Cells) -> None:
        parts = [*cells.get("service.description", ()), *_notes(cells)]
        described = document.get("description", "")
        new = [part for part in parts if part not in described]
        if new:
            document["description"] = "\n".join(filter(None, [described, *new]))
        for name, kind in (("service.term", "service type"), ("service.condition", "eligibility")):
            for taxonomy, term in _terms(cells.get(name, ())):
                _append(document["attributes"], {"link_type": kind, "taxonomy_term": {
                    "name": term, "code": "", "taxonomy": taxonomy}})  # fmt: skip
        for one in _areas(cells):
            _append(document["service_areas"], one)
        for name in _listed(cells, "service.language"):
            _append(document["languages"], {"code": name if len(name) <= 3 else "", "name": name})
        for name in _listed(cells, "service.document"):
            _append(document["required_documents"], {"document": name})
        for one in _phones(cells, "service.phone"):
            _append(document["phones"], one)
        for one in self._hours(number, cells):
            _append(document["schedules"], one)
        place = _place(cells)
        if place is not None:
            _append(document["service_at_locations"], {"location": place})

    def _hours(self, number: int, cells: Cells) -> list[Document]:
        if text := _first(cells, "hours.osm"):
            try:
                return [_schedule(one) for one in opening_hours.read(text).schedules]
            except opening_hours.NotUnderstood:
                self._unread(number)
                return []
        if not any(name in cells for name in ("hours.opens", "hours.closes")):
            return []
        opens, closes = _times(_first(cells, "hours.opens")), _times(_first(cells, "hours.closes"))
        days = days_of(_first(cells, "hours.days"))
        if not days or not opens or len(opens) != len(closes):
            self._unread(number)
            return []
        return [
            {"freq": "WEEKLY", "byday": days, "opens_at": begin, "closes_at": end}
            for begin, end in zip(opens, closes, strict=True)
        ]

    def _unread(self, number: int) -> None:
        self.found.warn(number, "hours", "bad_schedule", N_("opening hours that cannot be understood, left out"))

    def close(self) -> None:
        """End what is over, give services without a place those of their organisation; equal parts are held once."""
        for key, last in self.ends.items():
            if self.today is not None and last < self.today and self.by_key[key]["status"] == "active":
                self.by_key[key]["status"] = "defunct"
        once: dict[str, Any] = {}
        for document in self.found.documents:
            for name in SHARED:
                document[name] = once.setdefault(repr(document[name]), document[name])
            if not document["service_at_locations"]:
                organization = document["organization"]["id"]
                document["service_at_locations"] = [{"location": one} for one in self.places.get(organization, ())]


def _status(cells: Cells) -> str:
    """A list without any status is one of services that are there; a word that is none is refused by the reader."""
    written = _first(cells, "service.status")
    return STATUS.get(fold(written), written) if written else "active"


def _first(cells: Cells, name: str) -> str:
    return next(iter(cells.get(name, ())), "")


def _append(rows: list[Document], row: Document) -> None:
    if row not in rows:
        rows.append(row)


def _listed(cells: Cells, name: str) -> list[str]:
    return [part for text in cells.get(name, ()) for part in SPLIT.split(text) if part]


def _notes(cells: Cells) -> list[str]:
    return [text.replace("\t", " : ", 1) for text in cells.get("service.note", ())]


def _terms(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in texts:
        heading, _tab, said = text.partition("\t")
        for part in SPLIT.split(said):
            if part:
                yield heading, part[:200]


def _areas(cells: Cells) -> list[Document]:
    codes, names = _listed(cells, "service.area_pcode"), _listed(cells, "service.area")
    if codes:
        return [{"uri": f"urn:pcode:{code}", "name": name} for code, name in _paired(codes, names)]
    return [{"name": name} for name in names]


def _paired(codes: list[str], names: list[str]) -> list[tuple[str, str]]:
    return list(zip(codes, names if len(names) == len(codes) else codes, strict=True))


def _phones(cells: Cells, name: str) -> list[Document]:
    """`main: 305 285 59 22, tollfree: …` as well as plain numbers."""
    found = []
    for text in cells.get(name, ()):
        for part in re.split(r"[;\n|,/]\s*", text):
            kind, colon, number = part.rpartition(":")
            if re.search(r"\d{3}", part):
                found.append({"number": number.strip() if colon else part.strip(), "description": kind.strip()})
    return found


def _organization(cells: Cells, key: str) -> Document:
    names = {
        "description": "organization.description",
        "email": "organization.email",
        "website": "organization.website",
    }
    found: Document = {"id": key[:200], "name": _first(cells, "organization.name")}
    found |= {name: _first(cells, field) for name, field in names.items() if _first(cells, field)}
    return found | {"phones": _phones(cells, "organization.phone")}


def _place(cells: Cells) -> Document | None:
    said = {name: _first(cells, name) for name in cells if name.startswith("location.")}
    if not any(said.get(name) for name in ("location.name", "location.address", "location.city", "location.latitude")):
        return None
    found: Document = {
        "id": said.get("location.id") or fold("|".join(said[name] for name in sorted(said)))[:200],
        "name": said.get("location.name", ""), "location_type": "physical", "phones": _phones(cells, "location.phone"),
    }  # fmt: skip
    if said.get("location.description"):
        found["description"] = said["location.description"]
    for name in ("latitude", "longitude"):
        if said.get(f"location.{name}"):
            found[name] = said[f"location.{name}"].replace(",", ".")  # as spreadsheets in French write 4,05
    if said.get("location.pcode"):
        found |= {"external_identifier": said["location.pcode"], "external_identifier_type": "P-code"}
    address = {"address_1": "location.address", "city": "location.city", "country": "location.country"}
    written = {name: said[column] for name, column in address.items() if said.get(column)}
    return found | ({"addresses": [written]} if written else {})


def _times(text: str) -> list[str]:
    """The times in a text as people write them, `13:00pm` too; nothing when one is none."""
    found = []
    for part in filter(None, SPLIT.split(re.sub(r"(?i)^(close|open)s? at ", "", text.strip()))):
        read = clock(re.sub(r"(?i)^(1[3-9]|2[0-3])(.*?)\s*pm$", r"\1\2", part))
        if read is None:
            return []
        found.append(read[0].isoformat("minutes"))
    return sorted(found)


DAY = {
    name: code
    for names, code in zip(
        ("mon lun mo lu", "tue mar tu ma", "wed mer we me", "thu jeu th je", "fri ven fr ve", "sat sam sa",
         "sun dim su di"),
        WEEKDAYS, strict=True,
    )
    for name in names.split()
}  # fmt: skip


def days_of(text: str) -> str:
    """Return the days of a text as RRULE codes, empty when it cannot be understood.

    >>> days_of("Sun-Thurs"), days_of("Lundi, jeudi"), days_of("Mondays only"), days_of("parfois")
    ('SU,MO,TU,WE,TH', 'MO,TH', 'MO', '')
    """
    found: list[str] = []
    plain = re.sub(r"\b(only|seulement|and|et)\b", " ", fold(text))
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*(?:-|–| a | to )\s*", "-", plain))):
        ends = [DAY.get(one[:3]) or DAY.get(one) for one in part.split("-")]
        if None in ends or not 1 <= len(ends) <= 2:
            return ""
        first, last = WEEKDAYS.index(str(ends[0])), WEEKDAYS.index(str(ends[-1]))
        found += [WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]
    return ",".join(dict.fromkeys(found))


def day_of(text: str) -> date | None:
    """Return the day of a text, as computers (2026-11-29) or people in Cameroon (29/11/2026) write it.

    >>> day_of("2026-11-29"), day_of("29/11/2026"), day_of("bientôt")
    (datetime.date(2026, 11, 29), datetime.date(2026, 11, 29), None)
    """
    said = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text.strip())
    try:
        return date(int(said[3]), int(said[2]), int(said[1])) if said else date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _schedule(one: Any) -> Document:
    opens, closes = one.opens_at or time(0), one.closes_at or time(0)
    return {
        "freq": "WEEKLY", "byday": one.byday, "kind": one.kind, "opens_at": opens.isoformat("minutes"),
        "closes_at": closes.isoformat("minutes"),
    }  # fmt: skip
