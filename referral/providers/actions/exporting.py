"""The directory as a file for other directories and for partners, in each of the formats that they read.

Writing a file is told in the audit trail: format, circle and how many, nothing of what it holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app

from directory import opening_hours
from directory.calendars import hours_of
from directory.hsds_keeping import given_back
from directory.hsds_writing import Document, Profile, Writer
from directory.places import Places
from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation import audit, clock
from referral.providers.actions import formats
from referral.providers.models import SourceDocument
from referral.providers.queries.catalogue import places
from referral.providers.queries.whole import Circle, Export, Whole, documents_of, full, standing


@dataclass(frozen=True)
class Reading:
    """What a format is written from: the export, what writes HSDS, and the names of places."""

    export: Export
    writing: Writer
    places: Places
    now: datetime

    def kept(self, kind: str) -> Mapping[Any, SourceDocument]:
        """The documents as they came, where they are given back."""
        return documents_of(kind) if self.export.circle is Circle.ALL else {}


def export(
    standard: str, circle: Circle, *, form: Profile = Profile.CM, of: str = "services", now: datetime
) -> tuple[bytes, int]:
    """Return the file and how many entries it holds. `of` is services, organizations or locations (HSDS alone)."""
    known = places(current_app.config["SETTINGS"].country)
    reading = Reading(Export(circle, now, clock.zone()), Writer(form, known), known, now)
    data, number = (OF[of] if standard == "hsds" else FORMATS[standard])(reading)
    audit.record(
        "directory.export", actor=None, now=now, code=standard, circle=circle.value, form=form.value, number=number
    )
    db.session.flush()
    return data, number


def service_documents(reading: Reading) -> list[Document]:
    """Full services as HSDS writes them; what came from a source and nobody changed is given back as it came."""
    kept = reading.kept("service")
    return [_service(reading, one, kept.get(UUID(one.service.id))) for one in reading.export.services()]


def _service(reading: Reading, one: Whole, kept: SourceDocument | None) -> Document:
    if kept is None or one.hidden:
        return full(one, reading.writing)
    written = standing(one, reading.writing)
    if reading.writing.form is Profile.CM:
        return _given_back(kept, written) | reading.writing.vacancies(one.service)
    return _given_back(kept, written, standing(one, Writer(Profile.CM, reading.places)))


def _given_back(kept: SourceDocument, written: Document, here: Document | None = None) -> Document:
    """The kept document with what was changed here; `here` is ours as the national profile writes it.

    A reader of plain HSDS gets the kept document too, unless something was changed here: then what plain HSDS has.
    """
    if here is None or here == kept.baseline:
        found: Document = given_back(kept.document, kept.baseline, written if here is None else here)
        return found
    return written


def _hsds_services(reading: Reading) -> tuple[bytes, int]:
    return _json(service_documents(reading))


def _hsds_organizations(reading: Reading) -> tuple[bytes, int]:
    hiding = {one.organization.id for one in reading.export.services() if one.hidden}
    kept = reading.kept("organization")
    found = []
    for one in reading.export.organizations():
        row, written = kept.get(UUID(one.id)), reading.writing.organization(one)
        open_to_see = row is not None and one.id not in hiding
        found.append(_given_back(row, written, _as_cm(reading, one)) if row is not None and open_to_see else written)
    return _json(found)


def _as_cm(reading: Reading, one: Any) -> Document | None:
    return None if reading.writing.form is Profile.CM else Writer(Profile.CM, reading.places).organization(one)


def _hsds_locations(reading: Reading) -> tuple[bytes, int]:
    kept = reading.kept("location")
    found = []
    for one in reading.export.locations():
        row, written = kept.get(UUID(one.id)), reading.writing.location(one)
        if row is None or one.disclosure is not Disclosure.EXACT:
            found.append(written)
            continue
        here = None if reading.writing.form is Profile.CM else Writer(Profile.CM, reading.places).location(one)
        found.append(_given_back(row, written, here))
    return _json(found)


def _json(found: list[Document]) -> tuple[bytes, int]:
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode(), len(found)


def _geojson(reading: Reading) -> tuple[bytes, int]:
    """Public points alone, whatever was asked: a map is copied on faster than a list.

    `opening_hours` is what OpenStreetMap writes; null where unknown or not the same every week.
    """
    features = [
        {
            "type": "Feature", "id": link.id,
            "geometry": {"type": "Point", "coordinates": [link.location.longitude, link.location.latitude]},
            "properties": {
                "service": one.service.name, "organization": one.organization.name, "location": link.location.name,
                "needs": sorted(one.service.needs),
                "opening_hours": opening_hours.write(hours_of(one.service, link)) or None,
            },
        }
        for one in reading.export.services() if one.service.visibility is Visibility.PUBLIC
        for link in one.service.service_at_locations
        if link.location.disclosure is Disclosure.EXACT and link.location.latitude is not None
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    return text.encode(), len(features)


OF: dict[str, Callable[[Reading], tuple[bytes, int]]] = {
    "services": _hsds_services,
    "organizations": _hsds_organizations,
    "locations": _hsds_locations,
}
FORMATS: dict[str, Callable[[Reading], tuple[bytes, int]]] = {
    "hsds": _hsds_services,
    "hsds-csv": lambda reading: formats.package(service_documents(reading)),
    "4w": formats.four_w,
    "vcard": formats.vcards,
    "ical": formats.calendar,
    "geojson": _geojson,
}
"""Name of a format -> what writes it."""
