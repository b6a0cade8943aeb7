"""Reading an HSDS 3.x feed: what can be used goes in, every refused service is named with its reasons.

`read` never fails on what is inside a row; it raises `Unreadable` only when the file as a whole is no list of services.
Quirks of real feeds are met on purpose: ids that are no UUIDs, dangling organisations, empty status, 999 as an age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from directory import fields, hsds_service
from directory.fields import Notes
from directory.freshness import all_sections
from directory.hsds_feed import MAX_SERVICES, documents
from directory.hsds_keeping import fit_to_keep
from directory.hsds_places import read_hours, read_links, read_location, read_phones
from directory.hsds_profile import with_own
from directory.hsds_result import ImportResult, Kept, Quarantined, Remark, Unreadable
from directory.hsds_signs import LOOKS_LIKE, SIGNS, standing
from directory.offers import flatten
from directory.places import Places, fold
from directory.profile import (
    DOUALA,
    Location,
    Organization,
    Service,
    Term,
)
from directory.taxonomy import NEEDS
from directory.vocabulary import N_, Message

MOST_FUNDERS = 20
NAMESPACE = UUID("6c0f6f0e-6d5c-5b0a-9d8e-3f2b1a7c4d10")
UNKNOWN_ORGANIZATION = "Organisation inconnue"


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Return the mapping given as `TERM=NEED` (several needs with commas); raise Unreadable for what is not one.

    >>> parse_mapping(["Immigration=JUR", "Santé mentale=psy"])
    {'Immigration': 'JUR', 'Santé mentale': 'PSY'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        term, equals, needs = pair.rpartition("=")
        codes = [code.strip().upper() for code in needs.split(",")]
        if not equals or not term.strip():
            raise Unreadable("bad_mapping", N_("“%(pair)s” is not of the form TERM=NEED"), pair=pair)
        if unknown := [code for code in codes if code not in NEEDS]:
            raise Unreadable("unknown_need", N_("“%(need)s” is not a need"), need=unknown[0])
        found[term.strip()] = ",".join(codes)
    return found


def read(
    source: Path | bytes | str | Any,
    mapping: Mapping[str, str] | None = None,
    source_name: str = "hsds",
    *,
    places: Places | None = None,
    timezone: str = DOUALA,
) -> ImportResult:
    """Read an array of services, a page `{contents: […]}` or one service, from a path, JSON text or parsed data.

    `mapping` is TERM → need, compared without case and accents with name and code of each taxonomy term.
    `source_name` keeps ids of different sources apart; `timezone` holds for hours that name none.
    """
    reader = _Reader(mapping or {}, source_name, places, timezone)
    found = documents(source)
    reader.organizations_of(found)
    reader.rows(found)
    return reader.result()


def read_parts(
    documents: list[Any],
    mapping: Mapping[str, str],
    source_name: str,
    *,
    places: Places | None = None,
    timezone: str = DOUALA,
    size: int = 2000,
) -> Iterator[ImportResult]:
    """Read many documents `size` at a time, so that a large table need not be held as records; without offers.

    Ids are compared over the whole; rows are numbered through. The documents are not kept beside the records: what
    has been read is `None` in the list afterwards.
    """
    reader = _Reader(mapping, source_name, places, timezone)
    reader.keeping = False
    for start in range(0, max(1, len(documents)), size):
        part = documents[start : start + size]
        documents[start : start + size] = [None] * len(part)
        reader.organizations_of(part)
        for number, row in enumerate(part, start=start + 1):
            reader.service(number, row)
        yield reader.part(last=start + size >= len(documents))


class _Reader:
    """One import: what was read so far, and what is known of the source."""

    def __init__(self, mapping: Mapping[str, str], source: str, places: Places | None, timezone: str) -> None:
        self.mapping = {fold(term): frozenset(needs.split(",")) for term, needs in mapping.items()}
        for term, needs in self.mapping.items():
            if unknown := sorted(needs.difference(NEEDS)):
                raise Unreadable("unknown_need", N_("“%(need)s” is not a need"), need=f"{term}={unknown[0]}")
        self.source, self.places, self.timezone = source, places, timezone
        self.organizations: dict[str, Organization] = {}
        self.locations: dict[str, Location] = {}
        self.services: list[Service] = []
        self.seen: dict[str, int] = {}
        self.used_terms: set[str] = set()
        self.unmapped: Counter[Term] = Counter()
        self.quarantined: list[Quarantined] = []
        self.warnings: list[Remark] = []
        self.documents: list[Kept] = []
        self.keeping = True
        self.standing: set[str] = set()
        self.lists_services = True

    def key(self, table: str, value: Any) -> str:
        """Return a UUID: the one given, or one made of source, table and id, the same at every import."""
        try:
            return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else self._made(table, value)
        except ValueError:
            return self._made(table, value)

    def _made(self, table: str, value: Any) -> str:
        name = f"{self.source}|{table}|{value}".encode("utf-8", "replace").decode()  # half a character has no bytes
        return str(uuid5(NAMESPACE, name))

    def organizations_of(self, found: list[Any]) -> None:
        """Collect the organisations first: a row may name one that another row describes."""
        for row in found:
            organization = row.get("organization") if isinstance(row, dict) else None
            if not isinstance(organization, dict) or _written(organization.get("id")) == "":
                continue
            if self.key("organization", organization["id"]) not in self.organizations:
                one = self._organization(organization, Notes())
                if one.name:
                    self.organizations[one.id] = one

    def _organization(self, row: Mapping[str, Any], notes: Notes) -> Organization:
        parent = row.get("parent_organization_id")
        return Organization(
            id=self.key("organization", row["id"]),
            name=fields.text(row, "name", notes, fields.NAME_LIMIT, required=True),
            description=fields.text(row, "description", notes),
            email=fields.email(row, "email", notes),
            website=fields.url(row, "website", notes),
            legal_status=fields.text(row, "legal_status", notes, fields.NAME_LIMIT),
            year_incorporated=fields.year(row, "year_incorporated", notes),
            presence_since=fields.year(row, "presence_since", notes),
            phones=read_phones(row, notes),
            parent_organization_id=self.key("organization", parent) if _written(parent) else "",
            funders=tuple(one for one in fields.sources(row) if len(one) <= fields.NAME_LIMIT)[:MOST_FUNDERS],
            source_id=_written(row["id"]),
        )

    def rows(self, found: list[Any]) -> None:
        """Take every row in for what it is: a service, or an organization or location that stands by itself."""
        self.lists_services = not found
        for number, row in enumerate(found, start=1):
            kind = standing(row)
            if kind == "organization":
                self._alone(number, row, kind, self._standing_organization)
            elif kind == "location":
                self._alone(number, row, kind, self._standing_location)
            else:
                self.lists_services = True
                self.service(number, row)

    def _alone(self, number: int, row: Any, kind: str, take: Callable[[int, Any, str, Notes], str]) -> None:
        notes, written = Notes(), _written(row.get("id"))
        if not written:
            notes.error("id", "missing", N_("required, but missing"))
        key = "" if notes.errors else take(number, row, written, notes)
        self.warnings.extend(Remark(number, written, name, message) for name, message in notes.warnings)
        if notes.errors:
            name, reason = notes.errors[0]
            self.quarantined.append(Quarantined(number, written, name, reason, tuple(notes.errors)))
        else:
            self._keep(kind, key, written, row)

    def _standing_organization(self, number: int, row: Any, written: str, notes: Notes) -> str:
        one = self._organization(row, notes)
        if not notes.errors:
            self.organizations[one.id] = one
            self.standing.add(one.id)
            for some in fields.rows(row, "services", notes, MAX_SERVICES):
                self.service(number, {**some, "organization": {"id": written, "name": one.name}}, kept=some)
        return one.id

    def _standing_location(self, _number: int, row: Any, written: str, notes: Notes) -> str:
        one = read_location(row, notes, self.key, written, self.timezone)
        if not notes.errors:
            self.locations[one.id] = one
        return one.id

    def _keep(self, kind: str, key: str, written: str, row: Any, *, inside: bool = False) -> None:
        document = fit_to_keep(row) if self.keeping else None
        if document is not None:
            self.documents.append(Kept(kind, key, written if written.isprintable() else key, document, inside))

    def service(self, number: int, row: Any, kept: Any = None) -> None:
        """Take one row in, or into quarantine; `kept` is what came, where it is not the row."""
        notes = Notes()
        written = _written(row.get("id")) if isinstance(row, dict) else ""
        service = self._service(row, written, notes)
        self.warnings.extend(Remark(number, written, name, message) for name, message in notes.warnings)
        if notes.errors or service is None:
            name, reason = notes.errors[0]
            self.quarantined.append(Quarantined(number, written, name, reason, tuple(notes.errors)))
            return
        self.seen[written] = number
        self.services.append(service)
        self._keep("service", service.id, written, row if kept is None else kept, inside=kept is not None)
        for link in service.service_at_locations:
            self.locations.setdefault(link.location.id, link.location)
        if not service.needs:
            self.unmapped.update({term for term in service.terms if not term.conditional})

    def _service(self, row: Any, written: str, notes: Notes) -> Service | None:
        if not isinstance(row, dict):
            notes.error("", "not_an_object", N_("not an object"))
            return None
        if "status" not in row:
            for mark, text in LOOKS_LIKE:
                if mark in row:
                    notes.error("", "not_a_service", text)
                    return None
            if not SIGNS & row.keys():
                notes.error("", "not_a_service", N_("this does not look like a service"))
                return None
        if not written:
            notes.error("id", "missing", N_("required, but missing"))
        elif written in self.seen:
            notes.error("id", "duplicate_id", N_("the id is already on row %(row)d"), row=self.seen[written])
        service = self._core(row, written, notes)
        low, high = service.minimum_age, service.maximum_age
        if low is not None and high is not None and low > high:
            notes.error("minimum_age", "ages_crossed", N_("minimum age above maximum age"))
        if notes.errors:
            return None
        return self._placed(self._under(with_own(service, row), row, notes), row, notes)

    def _core(self, row: Mapping[str, Any], written: str, notes: Notes) -> Service:
        terms = self._terms(row, notes)
        checked = fields.day(row, "assured_date", notes)
        return Service(
            id=self.key("service", written),
            name=fields.text(row, "name", notes, fields.NAME_LIMIT, required=True),
            organization_id="",
            needs=self._needs(terms),
            description=fields.text(row, "description", notes),
            status=hsds_service.status(row, notes),
            url=fields.url(row, "url", notes),
            email=fields.email(row, "email", notes),
            phones=read_phones(row, notes),
            minimum_age=fields.age(row, "minimum_age", notes),
            maximum_age=fields.age(row, "maximum_age", notes),
            eligibility_description=fields.text(row, "eligibility_description", notes, 2000),
            application_process=fields.text(row, "application_process", notes, 2000),
            fees_description=fields.text(row, "fees_description", notes, 500),
            interpretation_services=fields.text(row, "interpretation_services", notes),
            alert=fields.text(row, "alert", notes, 500),
            languages=hsds_service.languages(row, notes),
            cost_options=hsds_service.costs(row, notes),
            required_documents=hsds_service.documents(row, notes),
            service_areas=hsds_service.areas(row, notes, self.places),
            capacity=hsds_service.capacity(row, notes),
            verified=all_sections(checked) if checked else {},
            terms=terms,
            source_id=written,
        )

    def _terms(self, row: Mapping[str, Any], notes: Notes) -> tuple[Term, ...]:
        found = []
        for attribute in fields.rows(row, "attributes", notes):
            term = attribute.get("taxonomy_term")
            if isinstance(term, dict):
                quiet = Notes()
                name = fields.text(term, "name", quiet, fields.NAME_LIMIT)
                code = fields.text(term, "code", quiet, fields.NAME_LIMIT)
                taxonomy = fields.text(term, "taxonomy", quiet, fields.NAME_LIMIT)
                link = fields.text(attribute, "link_type", quiet, fields.NAME_LIMIT)
                if name or code:
                    found.append(Term(name or code, code, taxonomy, link))
        return tuple(dict.fromkeys(found))

    def _needs(self, terms: Iterable[Term]) -> frozenset[str]:
        needs: set[str] = set()
        for term in terms:
            for key in {fold(term.name), fold(term.code)} & self.mapping.keys():
                self.used_terms.add(key)
                needs |= self.mapping[key]
        return frozenset(needs)

    def _under(self, service: Service, row: Mapping[str, Any], notes: Notes) -> Service:
        """Put the service under its organisation; without a known one it is unverified, whatever the feed says."""
        embedded = row.get("organization")
        named = embedded.get("id") if isinstance(embedded, dict) else row.get("organization_id")
        key = self.key("organization", named) if _written(named) else ""
        if key in self.organizations:
            return replace(service, organization_id=key)
        notes.warn("organization", "unknown_organization", N_("no known organisation: kept as “organisation inconnue”"))
        unknown = self._made("organization", "unknown")
        self.organizations.setdefault(unknown, Organization(unknown, UNKNOWN_ORGANIZATION))
        return replace(service, organization_id=unknown, verified={}, unverified_source=True)

    def _placed(self, service: Service, row: Mapping[str, Any], notes: Notes) -> Service:
        links = read_links(row, notes, self.key, service.id, self.timezone, self.locations, self.places)
        return replace(service, hours=read_hours(row, notes, self.timezone), service_at_locations=links)

    def part(self, *, last: bool) -> ImportResult:
        """What was read since the last part, without offers."""
        found = self.result(offering=False, last=last)
        self.services, self.quarantined, self.warnings, self.unmapped = [], [], [], Counter()
        self.organizations, self.locations = {}, {}
        return found

    def result(self, *, offering: bool = True, last: bool = True) -> ImportResult:
        """Close the import."""
        for term in sorted(self.mapping.keys() - self.used_terms) if last else ():
            message = Message("term_not_found", N_("the mapped term “%(term)s” is on no service"), {"term": term})
            self.warnings.append(Remark(0, "", "attributes", message))
        used = {service.organization_id for service in self.services} | self.standing
        organizations = {key: one for key, one in self.organizations.items() if key in used}
        offers = [
            offer
            for one in (self.services if offering else ())
            for offer in flatten(organizations[one.organization_id], one, self.places)
        ]
        return ImportResult(
            tuple(organizations.values()),
            tuple(self.services),
            tuple(self.locations.values()),
            tuple(offers),
            tuple(self.quarantined),
            tuple(self.warnings),
            tuple(sorted(self.unmapped.items(), key=lambda item: (-item[1], item[0].name))),
            tuple(self.documents),
            self.lists_services,
        )


def _written(value: Any) -> str:
    """The id as written, text or whole number; empty when there is none that can be used."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    written = str(value).strip() if isinstance(value, str) or abs(value) < 10**30 else ""
    return written if len(written) <= fields.NAME_LIMIT else ""
