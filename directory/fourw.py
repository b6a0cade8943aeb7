"""Who does what where and when (4W), as humanitarian coordination reads it: a heading row, an HXL row, one row a place.

https://hxlstandard.org. A place that is not disclosed gives its arrondissement alone: neither name nor point. What the
directory does not know stays empty: nobody counts the people whom a service wants to reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from directory.calendars import hours_of
from directory.freshness import free_now
from directory.hsds_writing import assured
from directory.offers import is_shelter
from directory.places import Places
from directory.profile import Capacity, Hours, Location, Organization, Service, ServiceAtLocation
from directory.tabular import csv_of
from directory.taxonomy import Disclosure

COLUMNS: tuple[tuple[str, str], ...] = (
    ("Organisation", "#org+name"), ("Sigle", "#org+acronym"), ("Type d’organisation", "#org+type"),
    ("Bailleur", "#org+funding+name"), ("Besoins", "#sector+code"), ("Sous-secteur", "#subsector+name"),
    ("Service", "#service+name"),
    ("Identifiant du service", "#service+id+v_hsds"), ("Population cible", "#beneficiary+type"),
    ("Région", "#adm1+name"), ("Code région", "#adm1+code+v_pcode"), ("Département", "#adm2+name"),
    ("Code département", "#adm2+code+v_pcode"), ("Arrondissement", "#adm3+name"),
    ("Code arrondissement", "#adm3+code+v_pcode"), ("Lieu", "#loc+name"), ("Latitude", "#geo+lat"),
    ("Longitude", "#geo+lon"), ("Statut", "#status+service"), ("Accès", "#access+type"),
    ("Places disponibles", "#capacity+available+num"), ("Capacité maximale", "#capacity+max+num"),
    ("Début", "#date+start"), ("Fin", "#date+end"), ("Vérifié le", "#date+verified"),
    ("Bénéficiaires visés", "#targeted+ind"), ("Services visés par département", "#targeted+service+list"),
)  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What rows are written from beside the records."""

    places: Places
    funders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Who pays for a service, by its id."""
    targets: Mapping[str, int] = field(default_factory=dict)
    """How many services of a need every département should have."""
    now: datetime | None = None
    """When it is read: free places that nobody believes any more are left out; None keeps them."""


def rows(organization: Organization, service: Service, context: Context) -> Iterator[list[Any]]:
    """One row for each place of a service; one without any place for its area."""
    for link in service.service_at_locations or (None,):
        yield _row(organization, service, link, context)


def _row(organization: Organization, service: Service, link: ServiceAtLocation | None, context: Context) -> list[Any]:
    location = link.location if link is not None else None
    capacity = (link.capacity if link is not None else None) or service.capacity
    areas = (link.service_areas if link is not None else ()) or service.service_areas
    pcode = location.pcode if location is not None and location.pcode else next((one.pcode for one in areas), "")
    checked = assured(service)
    name, latitude, longitude = _open_part(location)
    starts, ends = period(service.hours if link is None else hours_of(service, link))
    wanted = [f"{need}={context.targets[need]}" for need in sorted(service.needs) if need in context.targets]
    return [
        _line(organization.name), organization.acronym, organization.type,
        " | ".join(context.funders.get(service.id, ())),
        " | ".join(sorted(service.needs)), " | ".join(sorted(one.value for one in service.types)), _line(service.name),
        service.id, service.eligibility_description, *_units(pcode, context.places), name, latitude, longitude,
        service.status.value if service.status else "", service.accepts_referrals.value if service.accepts_referrals
        else "", _free(capacity, service, context.now), capacity.most if capacity else None,
        _day(starts), _day(ends), _day(checked), None, " | ".join(wanted),
    ]  # fmt: skip


def _free(capacity: Capacity | None, service: Service, now: datetime | None) -> int | None:
    if capacity is None or now is None:
        return capacity.free if capacity else None
    return free_now(capacity, is_shelter(service.types, service.needs), now)


def period(hours: Hours) -> tuple[date | None, date | None]:
    """Return the first and the last day of an activity, as far as *every* row of its hours says one.

    >>> from directory.profile import Schedule
    >>> period(Hours((Schedule("MO", valid_from=date(2026, 1, 5), valid_to=date(2026, 6, 30)),)))
    (datetime.date(2026, 1, 5), datetime.date(2026, 6, 30))
    >>> period(Hours((Schedule("MO", valid_to=date(2026, 6, 30)), Schedule("TU"))))
    (None, None)
    """
    starts = [one.valid_from or one.dtstart for one in hours.schedules]
    ends = [one.valid_to or one.until for one in hours.schedules]
    known_starts, known_ends = [one for one in starts if one], [one for one in ends if one]
    return (
        min(known_starts) if known_starts and len(known_starts) == len(starts) else None,
        max(known_ends) if known_ends and len(known_ends) == len(ends) else None,
    )


def _line(text: str) -> str:
    """Without spaces that others' tools complain about."""
    return " ".join(text.split())


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


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


def write(entries: Iterable[tuple[Organization, Service]], context: Context) -> tuple[str, int]:
    """Return the CSV text and how many rows of data it has."""
    data = [row for organization, service in entries for row in rows(organization, service, context)]
    tags = [tag for _heading, tag in COLUMNS]
    return csv_of([heading for heading, _tag in COLUMNS], [tags, *data]), len(data)
