"""Places by P-code, parents by prefix, and distances on the sphere.

A P-code is `CM` + three digits for each level (region, département, arrondissement): the parent is the code less three
characters, the country is the first two.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

EARTH_KM = 6371.0088
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative unit with the point that stands for it (seat, or a point inside)."""

    pcode: str
    name: str
    level: int
    latitude: float | None = None
    longitude: float | None = None
    name_en: str = ""
    others: tuple[str, ...] = ()
    same_as: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, its English name, and the others."""
        return tuple(name for name in (self.name, self.name_en, *self.others) if name)

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, where known."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


class Places:
    """The units of a country, by P-code."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.pcode: place for place in places}

    def __getitem__(self, pcode: str) -> Place:
        return self._places[pcode]

    def __contains__(self, pcode: object) -> bool:
        return pcode in self._places

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def __len__(self) -> int:
        return len(self._places)

    def get(self, pcode: str | None) -> Place | None:
        """Return the unit, or None for an unknown or missing code."""
        return self._places.get(pcode) if pcode else None

    def seat(self, pcode: str | None) -> tuple[float, float] | None:
        """Return the point of the unit, or of the nearest parent that has one."""
        for code in ancestors(pcode) if pcode else ():
            place = self._places.get(code)
            if place and place.point:
                return place.point
        return None

    def names(self, pcode: str | None) -> tuple[str, ...]:
        """Return the names of the unit and its parents, smallest first."""
        return tuple(self._places[code].name for code in (ancestors(pcode) if pcode else ()) if code in self._places)

    def words(self, pcode: str | None) -> tuple[str, ...]:
        """Return every name of the unit and its parents: other spellings, the seat, English."""
        known = (self._places[code] for code in (ancestors(pcode) if pcode else ()) if code in self._places)
        return tuple(dict.fromkeys(name for one in known for name in one.names))

    def find(self, typed: str) -> list[Place]:
        """Return the units that a code or a name means, larger first; without accents, by own name, seat or beginning.

        Who is called so goes before who has a town that is: a town is found itself where its arrondissement is known.

        A unit that repeats another is never among them, but its code leads to the other.
        """
        code = typed.strip().upper()
        if code in self._places:
            one = self._places[code]
            return [self._places.get(one.same_as, one)]
        asked = fold(typed).replace("-", " ")
        if not asked:
            return []
        named = [
            (fold(name).replace("-", " "), own, one)
            for one in self._places.values()
            if not one.same_as
            for own, name in enumerate(one.names)
        ]
        exact = [(own, one) for name, own, one in named if name == asked]
        found = [one for own, one in exact if own == 0] or [one for _own, one in exact]
        found = found or [one for name, _own, one in named if name.startswith(asked)]
        return sorted(dict.fromkeys(found), key=lambda one: (one.level, one.pcode))

    @classmethod
    def read(cls, source: Path | str) -> Places:
        """Read a CSV with pcode, level, name_fr, lat, lon (and name_en) columns, from a path or as text."""
        text = source.read_text("utf-8") if isinstance(source, Path) else source
        return cls(
            Place(
                row["pcode"], row["name_fr"], int(row["level"]), _number(row["lat"]), _number(row["lon"]),
                row.get("name_en") or "",
            )
            for row in csv.DictReader(StringIO(text))
        )  # fmt: skip


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def ancestors(pcode: str) -> tuple[str, ...]:
    """Return the code and its parents up to the country.

    >>> ancestors("CM004005")
    ('CM004005', 'CM004', 'CM')
    """
    return tuple(pcode[:end] for end in range(len(pcode), 1, -3) if end >= 2)


def fold(text: str) -> str:
    """Return `text` without accents, case, or doubled spaces, for comparing names.

    >>> fold("  Djérem  et MBÉRÉ ")
    'djerem et mbere'
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def vector(point: tuple[float, float]) -> Vector:
    """Return the point on the unit sphere for a latitude and longitude in degrees."""
    lat, lon = radians(point[0]), radians(point[1])
    return (cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))


def kilometres(a: Vector, b: Vector) -> float:
    """Return the great-circle distance between two vectors.

    >>> round(kilometres(vector((4.05, 9.70)), vector((3.87, 11.52))))  # Douala to Yaoundé
    203
    """
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return 2 * EARTH_KM * asin(min(1.0, sqrt(x * x + y * y + z * z) / 2))
