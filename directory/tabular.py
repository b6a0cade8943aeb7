"""HSDS as tables: packages of CSV files of versions 1.1, 2.0 and 3.x become documents, and documents a package.

Rows are joined by the keys that the standard names. A row without its key is set aside with its reason, never dropped
silently: real packages have thousands of them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from directory.assembling import Assembled
from directory.fields import clock
from directory.tables import Table
from directory.vocabulary import N_

Row = dict[str, Any]
OTHER_NAMES = {
    "organization": "organizations", "service": "services", "location": "locations", "phone": "phones",
    "services_at_location": "service_at_location", "service_at_locations": "service_at_location",
    "address": "addresses", "physical_address": "addresses", "physical_addresses": "addresses",
    "postal_addresses": "postal", "schedule": "schedules", "regular_schedule": "schedules",
    "regular_schedules": "schedules", "holiday_schedule": "holiday_schedules", "language": "languages",
    "taxonomy_term": "taxonomy_terms", "service_taxonomy": "attributes", "service_taxonomies": "attributes",
    "service_attributes": "attributes", "service_attribute": "attributes", "attribute": "attributes",
    "accessibility_for_disabilities": "accessibility", "required_document": "required_documents",
    "service_area": "service_areas", "cost_option": "cost_options", "unit": "units", "taxonomy": "taxonomies",
    "service_capacities": "service_capacity", "eligibilities": "eligibility",
}  # fmt: skip
OF_SERVICE = ("phones", "schedules", "languages", "service_areas", "required_documents", "cost_options", "contacts",
              "funding")  # fmt: skip
OF_LOCATION = ("addresses", "phones", "schedules", "languages", "accessibility", "contacts")
OF_LINK = ("phones", "schedules", "service_areas", "contacts")
NUMBERS = frozenset({"latitude", "longitude", "minimum_age", "maximum_age", "timezone", "interval", "count", "amount",
                     "available", "maximum", "year_incorporated", "presence_since",
                     "waitlist_count", "funded_maximum"})  # fmt: skip
CLOCKS = re.compile(r"\d{1,2}(:\d{2})?\s*[ap]\.?m\.?|\d{1,2}:\d{2}(:\d{2})?", re.IGNORECASE)


def is_package(tables: Sequence[Table]) -> bool:
    """Whether the tables are a package of HSDS: services with the standard's headings, and another of its tables."""
    named = {table_name(one.name): one for one in tables}
    services = named.get("services")
    return services is not None and {"id", "name"} <= set(services.headings) and len(named) > 1


def table_name(written: str) -> str:
    """The name of HSDS 3 for a table of any version.

    >>> table_name("regular_schedules"), table_name("organization"), table_name("services")
    ('schedules', 'organizations', 'services')
    """
    plain = written.strip().lower().replace(" ", "_").replace("-", "_")
    return OTHER_NAMES.get(plain, plain)


def assemble(tables: Sequence[Table]) -> Assembled:
    """Return the services of a package as documents."""
    return _Package(tables).services()


class _Package:
    def __init__(self, tables: Sequence[Table]) -> None:
        self.found = Assembled()
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for table in tables:
            name = table_name(table.name)
            for number, row in table.records():
                self.rows[name].append({**{key: _value(key, text) for key, text in row.items()}, "_row": number})
        self.by_id = {name: {row["id"]: row for row in rows if "id" in row} for name, rows in self.rows.items()}
        self.children = {
            key: self._grouped(key) for key in ("service_id", "location_id", "service_at_location_id", "link_id")
        }
        self.contact_phones = self._grouped("contact_id")["phones"]

    def _grouped(self, key: str) -> dict[str, dict[str, list[Row]]]:
        found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for name, rows in self.rows.items():
            for row in rows:
                if key in row and not (key == "service_id" and row.get("service_at_location_id")):
                    found[name][row[key]].append(row)
        return found

    def services(self) -> Assembled:
        """Put every service together, then say which rows belong to none."""
        for row in self.rows["services"]:
            self.found.documents.append(self._service(row))
            self.found.rows.append(row["_row"])
        self._loose()
        return self.found

    def _of(self, key: str, value: Any, tables: Iterable[str]) -> Row:
        grouped = self.children[key]
        found: Row = {}
        for name in tables:
            rows = [_bare(row) for row in grouped[name].get(value, ())] if value in grouped[name] else []
            if rows:
                found[name] = [_hours(row) for row in rows] if name == "schedules" else rows
        return found

    def _service(self, row: Row) -> Row:
        key = row.get("id", "")
        document = _bare(row) | self._of("service_id", key, OF_SERVICE)
        document.setdefault("status", "")
        organization = self.by_id.get("organizations", {}).get(row.get("organization_id"))
        if organization is not None:
            phones = self._of_organization(row["organization_id"])
            document["organization"] = _bare(organization) | phones
        document["attributes"] = self._attributes(key)
        document["capacities"] = self._capacities(key)
        links = self.children["service_id"]["service_at_location"].get(key, [])
        document["service_at_locations"] = [self._link(one) for one in links]
        if conditions := self.children["service_id"]["eligibility"].get(key, []):
            document.setdefault("eligibility_description", "\n".join(
                str(one["eligibility"]) for one in conditions if one.get("eligibility")
            ))  # fmt: skip
        return document

    def _of_organization(self, key: Any) -> Row:
        own = [
            _bare(one) for one in self.rows["phones"]
            if one.get("organization_id") == key and not any(one.get(name) for name in ("service_id", "location_id"))
        ] if len(self.rows["phones"]) < 1000 else []  # fmt: skip
        return {"phones": own} if own else {}

    def _attributes(self, key: Any) -> list[Row]:
        rows = self.children["link_id"]["attributes"].get(key, []) or self.children["service_id"]["attributes"].get(
            key, []
        )
        found = []
        for one in rows:
            term = self.by_id.get("taxonomy_terms", {}).get(one.get("taxonomy_term_id") or one.get("taxonomy_id"))
            term = term or self.by_id.get("taxonomies", {}).get(one.get("taxonomy_id"))
            if term is None:
                self.found.warn(
                    one["_row"], "attributes", "unknown_term", N_("a term that is nowhere described, left out")
                )
            else:
                taxonomy = term.get("taxonomy") or term.get("vocabulary", "")
                found.append(_bare(one) | {"taxonomy_term": _bare(term) | {"taxonomy": taxonomy}})
        return found

    def _capacities(self, key: Any) -> list[Row]:
        units = self.by_id.get("units", {})
        return [
            _bare(one) | {"unit": _bare(units.get(one.get("unit_id"), {}))}
            for one in self.children["service_id"]["service_capacity"].get(key, [])
        ]

    def _link(self, row: Row) -> Row:
        document = _bare(row) | self._of("service_at_location_id", row.get("id"), OF_LINK)
        place = self.by_id.get("locations", {}).get(row.get("location_id"))
        if place is not None:
            kept = _bare(place) | self._of("location_id", place["id"], OF_LOCATION)
            document["location"] = {"location_type": "physical", **kept}
        return document

    def _loose(self) -> None:
        known = self.by_id.get("services", {})
        for name in ("eligibility", "service_at_location", "attributes", "service_areas", "required_documents"):
            for row in self.rows[name]:
                if not any(row.get(key) for key in ("service_id", "service_at_location_id", "link_id")):
                    text = N_("a row that names no service: it cannot be used")
                    self.found.refuse(row["_row"], f"{name}.service_id", "no_service", text)
                elif row.get("service_id") and row["service_id"] not in known:
                    text = N_("a row of a service that is not in the file")
                    self.found.refuse(row["_row"], f"{name}.service_id", "unknown_service", text)


def _bare(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "_row"}


def _value(key: str, text: str) -> Any:
    if key in NUMBERS and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text):
        return float(text) if "." in text else int(text)
    return text


def _hours(row: Row) -> Row:
    """A row of `schedules` as HSDS 3 has it: 1.1 calls the day `weekday`; some write hours where dates belong."""
    found = dict(row)
    found.pop("id", None)  # real packages use one id for many rows
    if "weekday" in found:
        found.setdefault("byday", found.pop("weekday"))
    for here, there in (("valid_from", "opens_at"), ("valid_to", "closes_at")):
        value = found.get(here)
        if isinstance(value, str) and CLOCKS.fullmatch(value.strip()) and clock(value):
            found[there] = found.get(there) or value
            del found[here]
    if found.get("freq") is None:
        found["freq"] = "WEEKLY"
        if not found.get("byday"):
            found["byday"] = "?"  # hours of no day are no hours of every day
    return found


CHILDREN = {
    "phones": "phones", "schedules": "schedules", "languages": "languages", "service_areas": "service_areas",
    "required_documents": "required_documents", "cost_options": "cost_options", "contacts": "contacts",
    "funding": "funding", "capacities": "service_capacity", "addresses": "addresses",
    "accessibility": "accessibility", "attributes": "attributes", "metadata": "metadata", "program": "programs",
}  # fmt: skip
KEYS = {"services": "service_id", "locations": "location_id", "organizations": "organization_id",
        "service_at_location": "service_at_location_id", "contacts": "contact_id"}  # fmt: skip


def write(documents: Iterable[Mapping[str, Any]], title: str) -> bytes:
    """Return the documents as a ZIP of CSV files with a `datapackage.json` that describes them."""
    package = _Writing()
    for one in documents:
        package.service(one)
    return package.zipped(title)


class _Writing:
    def __init__(self) -> None:
        self.tables: dict[str, dict[Any, Row]] = defaultdict(dict)

    def service(self, one: Mapping[str, Any]) -> None:
        """Put one service with all its parts into the tables."""
        organization = one.get("organization")
        own: Row = {}
        if isinstance(organization, Mapping):
            self._put("organizations", organization, {})
            own["organization_id"] = organization.get("id", "")
        self._put("services", one, own)
        for link in one.get("service_at_locations", ()):
            place = link.get("location")
            keys = {"service_id": one["id"]}
            if isinstance(place, Mapping):
                self._put("locations", place, {})
                keys["location_id"] = place["id"]
            self._put("service_at_location", link, keys)

    def _put(self, table: str, row: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
        identity = row.get("id") or json.dumps([keys, row], sort_keys=True, default=str)
        if identity in self.tables[table]:
            return
        said = {name: ";".join(value) if _codes(value) else value for name, value in row.items()}
        plain = {name: value for name, value in said.items() if not isinstance(value, list | Mapping)}
        self.tables[table][identity] = {**plain, **keys}
        for name, value in row.items():
            rows = value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
            if name in CHILDREN:
                for child in rows:
                    self._child(table, row, CHILDREN[name], child)

    def _child(self, table: str, row: Mapping[str, Any], name: str, child: Any) -> None:
        if not isinstance(child, Mapping):
            return
        keys: Row = {"link_id": row["id"]} if name == "attributes" else {KEYS.get(table, "resource_id"): row.get("id")}
        for part, there, key in (("taxonomy_term", "taxonomy_terms", "taxonomy_term_id"), ("unit", "units", "unit_id")):
            inner = child.get(part)
            if isinstance(inner, Mapping):
                self._put(there, inner, {})
                keys[key] = inner.get("id", "")
        self._put(name, child, keys)

    def zipped(self, title: str) -> bytes:
        """Return the archive."""
        held = io.BytesIO()
        resources = []
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in sorted(self.tables.items()):
                headings = list(dict.fromkeys(key for row in rows.values() for key in row))
                archive.writestr(
                    f"{name}.csv", csv_of(headings, ([row.get(key) for key in headings] for row in rows.values()))
                )
                schema = {"fields": [{"name": key, "type": "string"} for key in headings]}
                resources.append({"name": name.replace("_", "-"), "path": f"{name}.csv", "schema": schema})
            described = {"profile": "tabular-data-package", "name": "hsds", "title": title, "resources": resources}
            archive.writestr("datapackage.json", json.dumps(described, ensure_ascii=False, indent=1))
        return held.getvalue()


def _codes(value: Any) -> bool:
    """Whether a value is a list of codes, which a cell holds with semicolons between them."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def csv_of(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return CSV text; a cell that a spreadsheet would run as a formula gets an apostrophe.

    >>> csv_of(["a", "b"], [["=1+1", None]]).splitlines()
    ['a,b', "'=1+1,"]
    """
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(list(headings))
    writer.writerows([_cell(value) for value in row] for row in rows)
    return held.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if re.match(r"[=@\t\r]|[+-](?![\d\s.()-]*$)", text) else text
