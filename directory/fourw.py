"""Who does what where and when (4W), as humanitarian coordination reads it: a heading row, an HXL row, one row a place.

https://hxlstandard.org. A place that is not disclosed gives its arrondissement alone: neither name nor point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from directory.hsds_writing import assured
from directory.places import Places
from directory.profile import Location, Organization, Service, ServiceAtLocation
from directory.tabular import csv_of
from directory.taxonomy import Disclosure

COLUMNS: tuple[tuple[str, str], ...] = (
    ("Organisation", "#org+name"), ("Sigle", "#org+acronym"), ("Type d’organisation", "#org+type"),
    ("Besoins", "#sector+code"), ("Sous-secteur", "#subsector+name"), ("Service", "#service+name"),
    ("Identifiant du service", "#service+id+v_hsds"), ("Population cible", "#beneficiary+type"),
    ("Région", "#adm1+name"), ("Code région", "#adm1+code+v_pcode"), ("Département", "#adm2+name"),
    ("Code département", "#adm2+code+v_pcode"), ("Arrondissement", "#adm3+name"),
    ("Code arrondissement", "#adm3+code+v_pcode"), ("Lieu", "#loc+name"), ("Latitude", "#geo+lat"),
    ("Longitude", "#geo+lon"), ("Statut", "#status+service"), ("Accès", "#access+type"),
    ("Places disponibles", "#capacity+available+num"), ("Capacité maximale", "#capacity+max+num"),
    ("Vérifié le", "#date+verified"),
)  # fmt: skip


def rows(organization: Organization, service: Service, places: Places) -> Iterator[list[Any]]:
    """One row for each place of a service; one without any place for its area."""
    for link in service.service_at_locations or (None,):
        yield _row(organization, service, link, places)


def _row(organization: Organization, service: Service, link: ServiceAtLocation | None, places: Places) -> list[Any]:
    location = link.location if link is not None else None
    capacity = (link.capacity if link is not None else None) or service.capacity
    areas = (link.service_areas if link is not None else ()) or service.service_areas
    pcode = location.pcode if location is not None and location.pcode else next((one.pcode for one in areas), "")
    checked = assured(service)
    name, latitude, longitude = _open_part(location)
    return [
        organization.name, organization.acronym, organization.type, " | ".join(sorted(service.needs)),
        " | ".join(sorted(one.value for one in service.types)), service.name, service.id,
        service.eligibility_description, *_units(pcode, places), name, latitude, longitude,
        service.status.value if service.status else "", service.accepts_referrals.value if service.accepts_referrals
        else "", capacity.available if capacity else None, capacity.maximum if capacity else None,
        checked.isoformat() if checked else "",
    ]  # fmt: skip


def _open_part(location: Location | None) -> tuple[str, float | None, float | None]:
    if location is None or location.disclosure is not Disclosure.EXACT:
        return "", None, None
    return location.name, location.latitude, location.longitude


def _units(pcode: str, places: Places) -> list[str]:
    """Name and code of region, département and arrondissement, as far as the code says."""
    found: list[str] = []
    for length in (5, 8, 11):
        code = pcode[:length] if len(pcode) >= length else ""
        found += [places[code].name if code in places else "", code]
    return found


def write(entries: Iterable[tuple[Organization, Service]], places: Places) -> tuple[str, int]:
    """Return the CSV text and how many rows of data it has."""
    data = [row for organization, service in entries for row in rows(organization, service, places)]
    tags = [tag for _heading, tag in COLUMNS]
    return csv_of([heading for heading, _tag in COLUMNS], [tags, *data]), len(data)
