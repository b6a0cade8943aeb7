"""Regions and départements of a country, from `library/<country>/places.csv` (OCHA P-codes, approximate centres)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Place:
    """A region (level 1) or département (level 2). `short` is the region's two letters in case codes.

    `towns` are those by which people call a département: its seat first.
    """

    pcode: str
    level: int
    name: Mapping[str, str]
    parent: str
    short: str
    latitude: float
    longitude: float
    towns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places of one country.

    >>> places = load_places("cameroon")
    >>> places["CM005004"].name["fr"], places.region_of("CM005004").short
    ('Wouri', 'LT')
    >>> len(places.regions), len(places.departments)
    (10, 58)
    """

    places: Mapping[str, Place]

    def __getitem__(self, pcode: str) -> Place:
        return self.places[pcode]

    def __contains__(self, pcode: object) -> bool:
        return pcode in self.places

    @property
    def regions(self) -> tuple[Place, ...]:
        """First level, by P-code."""
        return tuple(place for place in self.places.values() if place.level == 1)

    @property
    def departments(self) -> tuple[Place, ...]:
        """Second level, by P-code."""
        return tuple(place for place in self.places.values() if place.level == 2)

    def children(self, pcode: str) -> tuple[Place, ...]:
        """The places directly under this one."""
        return tuple(place for place in self.places.values() if place.parent == pcode)

    def region_of(self, pcode: str) -> Place:
        """The region of a place (itself when it is one); deeper P-codes, such as an arrondissement's, are understood.

        >>> load_places("cameroon").region_of("CM010001003").short
        'SW'
        """
        return self.places[pcode[:5]]

    def by_short(self, short: str) -> Place:
        """The region with these two letters; raises KeyError."""
        for place in self.regions:
            if place.short == short:
                return place
        raise KeyError(short)


@cache
def load_places(country: str = "cameroon") -> Gazetteer:
    """Read the places of a country of the library."""
    with (LIBRARY / country / "places.csv").open(encoding="utf-8", newline="") as file:
        return Gazetteer({row["pcode"]: _place(row) for row in csv.DictReader(file)})


def _place(row: Mapping[str, str]) -> Place:
    return Place(
        pcode=row["pcode"],
        level=int(row["level"]),
        name={"fr": row["name_fr"], "en": row["name_en"]},
        parent=row["parent"],
        short=row["short"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        towns=tuple(filter(None, row["towns"].split("|"))),
    )
