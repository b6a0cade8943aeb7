"""A list of persons in a file (CSV), row by row: good ones as identities, bad ones set aside with the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from referral.people.matching.identity import DIGITS, Identity

COLUMNS: Final = (
    "id",
    "family_name",
    "given_names",
    "sex",
    "birth_date",
    "place",
    "phone",
    "document_number",
    "address",
)
SEXES: Final = {"f": "female", "female": "female", "femme": "female", "woman": "female", "girl": "female"} | {
    "m": "male", "male": "male", "h": "male", "homme": "male", "man": "male", "boy": "male"
}  # fmt: skip
LONGEST: Final = 2_000
"""Characters in one cell; more is no name."""


class Unreadable(ValueError):
    """The file as a whole cannot be read; the text says why."""


@dataclass(slots=True)
class Listed:
    """What a file held: ids and identities side by side, and the rows set aside (row number, id, reason)."""

    ids: list[str] = field(default_factory=list)
    people: list[Identity] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)


def load(path: Path) -> Listed:
    """Read a file; raises `Unreadable`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _listed(stream)
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not UTF-8 text") from error
    except OSError as error:
        raise Unreadable(error.strerror or "the file cannot be opened") from error
    except csv.Error as error:
        raise Unreadable(f"the file is no CSV: {error}") from error


def _listed(stream: TextIO) -> Listed:
    sample = stream.readline()
    stream.seek(0)
    delimiter = max(",;\t", key=sample.count)
    rows = csv.reader(stream, delimiter=delimiter)
    header = [one.strip().lower() for one in next(rows, [])]
    known = [name for name in COLUMNS if name in header]
    if not set(known) - {"id"}:
        raise Unreadable("no known column; expected some of " + ", ".join(COLUMNS))
    if len(set(header)) < len([one for one in header if one]):
        raise Unreadable("a column stands twice")
    found, seen = Listed(), set[str]()
    for number, row in _numbered(rows):
        if not any(one.strip() for one in row):
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if name in COLUMNS}
        key = cells.get("id", "") or str(number)
        reason = _reason(row, header, cells, key in seen)
        seen.add(key)
        if reason:
            found.refused.append({"row": number, "id": key[:80], "reason": reason})
        else:
            found.ids.append(key)
            found.people.append(_identity(cells))
    return found


def _numbered(rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(rows, start=2)


def _reason(row: list[str], header: list[str], cells: dict[str, str], twice: bool) -> str:
    if len(row) > len(header):
        return "more cells than columns"
    if twice:
        return "the id stands twice"
    if any(len(cell) > LONGEST for cell in cells.values()):
        return "a cell is too long"
    if any("\x00" in cell for cell in cells.values()):
        return "a cell holds a NUL character"
    if not any(value for name, value in cells.items() if name not in ("id", "sex")):
        return "nothing by which somebody could be known"
    digits = DIGITS.sub("", cells.get("birth_date", ""))
    if cells.get("birth_date") and not 4 <= len(digits) <= 8:
        return "the birth date cannot be read"
    return ""


def _identity(cells: dict[str, str]) -> Identity:
    phones = cells.get("phone", "").replace(";", "/").replace(",", "/").split("/")
    return Identity(
        family=cells.get("family_name", ""),
        given=cells.get("given_names", ""),
        sex=SEXES.get(cells.get("sex", "").casefold(), ""),
        birth_date=_date(cells.get("birth_date", "")),
        phones=tuple(one for one in phones if one.strip()),
        document=cells.get("document_number", ""),
        place=cells.get("place", ""),
        address=cells.get("address", ""),
    )


def _date(text: str) -> str:
    """Year first, whichever way it was written ("12/03/1998", "1998-03-12", "19980312", "1998")."""
    parts = [part for part in DIGITS.split(text) if part]
    if len(parts) == 3 and len(parts[2]) == 4:
        parts.reverse()
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:])]) if parts else ""
