"""Lists of administrative units, as others write them, row by row: bad rows are set aside with their reason.

Four kinds are known by their columns: the OCHA list of P-codes, the crosswalk of P-codes with the State's names and
seats, a list of names without P-codes (matched by region and name), and GeoJSON outlines.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from directory.places import fold
from directory.vocabulary import N_, Message

MAX_BYTES = 64 * 1024**2
LONGEST_NAME = 120
PCODE = re.compile(r"[A-Z]{2}(?:\d{3}){1,3}")
DUPLICATES = {"CM009003010": "CM009003009"}
"""Units that a list names twice: the code is kept for imports, pick lists show the other (Nye'ete is Niété)."""

Ring = list[list[float]]


class Unreadable(ValueError):
    """The file as a whole cannot be used."""

    def __init__(self, code: str, text: str, **values: object) -> None:
        self.message = Message(code, text, values)
        super().__init__(str(self.message))


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says of one unit; empty or None: says nothing. `pcode` is empty where only the name is known.

    `leading` names replace the name that is kept, which stays as another name. `outline` holds rings of [lon, lat].
    """

    number: int
    pcode: str = ""
    name: str = ""
    name_en: str = ""
    others: tuple[str, ...] = ()
    iso: str = ""
    local_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    outline: tuple[Ring, ...] = ()
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was set aside: its number, what it calls itself, the column and why."""

    row: int
    id: str
    field: str
    reason: Message


@dataclass(slots=True)
class Reading:
    """What a file says: its kind, its good rows, and those set aside."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def level_of(pcode: str) -> int:
    """Return 1 for a region, 2 for a département, 3 for an arrondissement.

    >>> level_of("CM004005001")
    3
    """
    return (len(pcode) - 2) // 3


def parent_of(pcode: str) -> str:
    """Return the code of the unit above: three characters less.

    >>> parent_of("CM004005")
    'CM004'
    """
    return pcode[:-3]


class _Bad(Exception):
    """One row cannot be used."""

    def __init__(self, field: str, code: str, text: str, **values: object) -> None:
        self.field, self.message = field, Message(code, text, values)
        super().__init__(code)


def read(contents: bytes) -> Reading:
    """Read a file of any known kind; raises `Unreadable` for anything else."""
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", N_("the file is not UTF-8 text")) from error
    if text.lstrip().startswith(("{", "[")):
        return _collect("geojson", _features(text), _outline)
    rows = csv.DictReader(StringIO(text, newline=""))
    try:
        headings = set(rows.fieldnames or ())
        for kind, (needed, reader) in KINDS.items():
            if needed <= headings:
                return _collect(kind, enumerate(rows, start=2), reader)
    except csv.Error as error:
        raise Unreadable("bad_csv", N_("the table cannot be read: %(why)s"), why=str(error)) from error
    raise Unreadable("unknown_list", N_("these columns are not those of a known list of places"))


def _features(text: str) -> Iterator[tuple[int, Any]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("bad_json", N_("the file is not valid JSON")) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise Unreadable("no_features", N_("the file holds no GeoJSON features"))
    return enumerate(features, start=1)


def _collect(kind: str, rows: Iterable[tuple[int, Any]], reader: Callable[[int, Any], Row]) -> Reading:
    found = Reading(kind)
    seen: set[str] = set()
    for number, given in rows:
        try:
            row = reader(number, given)
            if row.pcode and row.pcode in seen:
                raise _Bad("pcode", "twice", N_("this code stands twice in the file"))
            seen.add(row.pcode)
            found.rows.append(row)
        except _Bad as bad:
            found.refused.append(Refused(number, _called(given), bad.field, bad.message))
    return found


def _called(given: Any) -> str:
    if isinstance(given, dict) and isinstance(given.get("properties"), dict):
        given = given["properties"]
    values = (given.get(name) for name in ("pcode", "cog_local_id", "name")) if isinstance(given, dict) else ()
    return next((one[:60] for one in values if isinstance(one, str) and one), "")


def _pcode(given: Mapping[str, Any]) -> str:
    code = given.get("pcode")
    if not isinstance(code, str) or not PCODE.fullmatch(code):
        raise _Bad("pcode", "bad_pcode", N_("not a P-code: two letters and three digits a level"))
    return code


def _above(given: Mapping[str, Any], column: str, pcode: str) -> None:
    if given.get(column) and given[column] != parent_of(pcode):
        raise _Bad(column, "bad_parent", N_("the parent of a unit is its code without the last three digits"))


def _name(given: Mapping[str, Any], column: str, *, needed: bool = True) -> str:
    text = given.get(column)
    name = " ".join(text.split()) if isinstance(text, str) else ""
    if needed and not name:
        raise _Bad(column, "no_name", N_("the name is missing"))
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise _Bad(column, "bad_name", N_("the name is too long or not plain text"))
    return name


def _degrees(given: Mapping[str, Any], column: str, limit: float) -> float | None:
    text = given.get(column) or ""
    try:
        value = float(text) if text else None
    except (TypeError, ValueError):
        value = math.nan
    if value is not None and not abs(value) <= limit:
        raise _Bad(column, "bad_degrees", N_("not a number of degrees within %(limit)d"), limit=int(limit))
    return value


def _point(given: Mapping[str, Any], latitude: str, longitude: str) -> tuple[float | None, float | None]:
    point = _degrees(given, latitude, 90), _degrees(given, longitude, 180)
    if (point[0] is None) != (point[1] is None):
        raise _Bad(latitude, "half_point", N_("latitude and longitude only make sense together"))
    return point


def _coded(number: int, given: Mapping[str, Any]) -> Row:
    code = _pcode(given)
    if given.get("level") != str(level_of(code)):
        raise _Bad("level", "bad_level", N_("the level does not fit the length of the code"))
    _above(given, "parent_pcode", code)
    latitude, longitude = _point(given, "lat", "lon")
    return Row(
        number, code, _name(given, "name_fr"), _name(given, "name_en", needed=False),
        iso=_name(given, "iso_3166_2", needed=False)[:10], local_id=_name(given, "cog_local_id", needed=False)[:16],
        latitude=latitude, longitude=longitude,
    )  # fmt: skip


def _crossed(number: int, given: Mapping[str, Any]) -> Row:
    code = _pcode(given)
    _above(given, "adm2_pcode", code)
    latitude, longitude = _point(given, "seat_lat", "seat_lon")
    others = (_name(given, "name_cod", needed=False), _name(given, "seat_name", needed=False))
    return Row(
        number, code, _name(given, "name"), others=tuple(filter(None, others)),
        local_id=_name(given, "cog_local_id", needed=False)[:16], latitude=latitude, longitude=longitude, leading=True,
    )  # fmt: skip


def _named(number: int, given: Mapping[str, Any]) -> Row:
    iso, local_id = _name(given, "region_iso")[:10], _name(given, "cog_local_id", needed=False)[:16]
    return Row(number, name=_name(given, "name"), iso=iso, local_id=local_id, leading=True)


def _outline(number: int, given: Any) -> Row:
    properties = given.get("properties") if isinstance(given, dict) else None
    if not isinstance(properties, dict):
        raise _Bad("properties", "no_properties", N_("the feature has no properties"))
    code = _pcode(properties)
    _above(properties, "parent", code)
    return Row(number, code, _name(properties, "name"), outline=_rings(given.get("geometry")))


def _rings(geometry: Any) -> tuple[Ring, ...]:
    """The rings of a polygon, or of all parts of one."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = {"Polygon": lambda value: [value], "MultiPolygon": lambda value: value}.get(str(kind))
    try:
        if parts is None:
            raise TypeError
        rings = tuple(
            [[_ordinate(point[0], 180), _ordinate(point[1], 90)] for point in ring]
            for part in parts(geometry["coordinates"])
            for ring in part
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise _Bad("geometry", "bad_geometry", N_("the outline is not a polygon in degrees")) from error
    if not rings or any(len(ring) < 4 for ring in rings):
        raise _Bad("geometry", "bad_geometry", N_("the outline is not a polygon in degrees"))
    return rings


def _ordinate(value: Any, limit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= limit:
        raise ValueError
    return round(float(value), 4)


KINDS: dict[str, tuple[frozenset[str], Callable[[int, Any], Row]]] = {
    "crosswalk": (frozenset({"pcode", "name_cod", "name", "adm2_pcode", "seat_lat", "seat_lon"}), _crossed),
    "pcodes": (frozenset({"pcode", "level", "name_fr", "lat", "lon"}), _coded),
    "names": (frozenset({"name", "region_iso", "cog_local_id"}), _named),
}
"""Kind → the columns by which it is known, and its reader."""


def same_name(name: str, names: Iterable[str]) -> bool:
    """Whether a name is among others, hyphens, apostrophes, accents and case apart.

    >>> same_name("Galim-Tignère", ["galim tignere"])
    True
    """
    return plain(name) in {plain(one) for one in names}


def plain(name: str) -> str:
    """A name as places are compared: letters and figures only.

    >>> plain("Nye'ete"), plain("Mayo-Darlé")
    ('nye ete', 'mayo darle')
    """
    return " ".join(re.sub(r"[\W_]+", " ", fold(name)).split())
