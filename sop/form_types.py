"""What the `type` column of an XLSForm says: the kind of a question, its choice list, and what is not supported.

>>> read_type("select_multiple needs or specify other")
Declared(kind=<Kind.SELECT_MULTIPLE: 'select_multiple'>, list_name='needs', file=False, other=True, constraint='')
>>> read_type("geotrace"), read_type("txet")
(None, None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sop.questions import Kind


@dataclass(frozen=True, slots=True)
class Declared:
    """A supported type. `file`: the list is a CSV file; `other`: a free text is asked with the choice "other".

    `constraint`: the rule that the type brings along.
    """

    kind: Kind
    list_name: str = ""
    file: bool = False
    other: bool = False
    constraint: str = ""


ALIASES: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text", "string", "q string", "add text prompt"),
    Kind.INTEGER: ("integer", "int", "q int", "add integer prompt"),
    Kind.DECIMAL: ("decimal", "q decimal", "add decimal prompt"),
    Kind.DATE: ("date", "q date", "add date prompt"),
    Kind.TIME: ("time",),
    Kind.DATETIME: (
        "datetime", "dateTime", "date time", "q date time", "q dateTime", "add date time prompt", "add dateTime prompt",
    ),
    Kind.ACKNOWLEDGE: ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    Kind.NOTE: ("note", "q note", "add note prompt"),
    Kind.CALCULATE: ("calculate", "q calculate", "add calculate prompt", "hidden"),
    Kind.IMAGE: ("image", "photo", "q picture", "q image", "add image prompt", "add photo prompt"),
    Kind.AUDIO: ("audio", "q audio", "add audio prompt"),
    Kind.VIDEO: ("video", "q video", "add video prompt"),
    Kind.FILE: ("file", "add file prompt"),
    Kind.GEOPOINT: ("geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"),
    Kind.BARCODE: ("barcode", "q barcode", "add barcode prompt"),
    Kind.PHONE: ("phone number",),
    Kind.START: ("start", "start time", "get start time"),
    Kind.END: ("end", "end time", "get end time"),
    Kind.TODAY: ("today", "get today"),
    Kind.DEVICEID: ("deviceid", "device id", "imei", "get device id", "uri:deviceid"),
    Kind.USERNAME: ("username", "uri:username"),
}  # fmt: skip
"""The words that forms use for each kind."""

PLAIN: dict[str, Declared] = {
    **{word: Declared(kind) for kind, words in ALIASES.items() for word in words},
    "percentage": Declared(Kind.INTEGER, constraint=". >= 0 and . <= 100"),
    "number of days in last month": Declared(Kind.INTEGER, constraint=". >= 0 and . <= 31"),
    "number of days in last six months": Declared(Kind.INTEGER, constraint=". >= 0 and . <= 183"),
    "number of days in last year": Declared(Kind.INTEGER, constraint=". >= 0 and . <= 365"),
}

ONE = ("select_one", "select one", "select1", "select one from", "add select one prompt using", "select one using")
SEVERAL = (
    "select_multiple", "select multiple", "select all that apply", "select all that apply from",
    "add select multiple prompt using", "select multiple from", "select multiple using",
)  # fmt: skip
FROM_FILE = {
    "select_one_from_file": Kind.SELECT_ONE,
    "select one from file": Kind.SELECT_ONE,
    "select_multiple_from_file": Kind.SELECT_MULTIPLE,
    "select multiple from file": Kind.SELECT_MULTIPLE,
}
SELECTS: dict[str, Kind] = {
    **dict.fromkeys(ONE, Kind.SELECT_ONE),
    **dict.fromkeys(SEVERAL, Kind.SELECT_MULTIPLE),
    **FROM_FILE,
}
SELECT = re.compile(
    f"(?P<word>{'|'.join(sorted(map(re.escape, SELECTS), key=len, reverse=True))})"
    r" (?P<list>\S+)(?: (?P<other>or_other|or specify other|or other))?"
)

UNSUPPORTED = frozenset(
    {
        "audit", "background-audio", "background-geopoint", "start-geopoint", "geotrace", "geoshape", "q geotrace",
        "q geoshape", "email", "uri:email", "phonenumber", "uri:phonenumber", "get phone number", "simserial",
        "uri:simserial", "sim id", "get sim id", "subscriberid", "uri:subscriberid", "subscriber id",
        "get subscriber id", "osm", "range", "xml-external",
    }
)  # fmt: skip
UNSUPPORTED_LISTS = ("rank ", "select_one_external ", "osm ")
IGNORED = frozenset({"csv-external"})
"""Only says that a file lies beside the form."""

BEGIN = re.compile(r"begin[ _](group|lgroup|repeat|loop|looped group)(?: (?:over )?\S+)?")
END = re.compile(r"end[ _](group|lgroup|repeat|loop|looped group)")
REPEATS = frozenset({"repeat", "lgroup", "looped group"})


def read_type(cell: str) -> Declared | None:
    """The supported type that a cell names, or None."""
    if cell in PLAIN:
        return PLAIN[cell]
    found = SELECT.fullmatch(cell)
    if found is None or "${" in found["list"]:
        return None
    return Declared(
        SELECTS[found["word"]], found["list"], file=found["word"] in FROM_FILE, other=found["other"] is not None
    )


def is_known(cell: str) -> bool:
    """Whether the type exists in XLSForm, supported or not.

    >>> is_known("geotrace"), is_known("rank needs"), is_known("select_one ${name}"), is_known("txet")
    (True, True, True, False)
    """
    return (
        cell in PLAIN or cell in UNSUPPORTED or cell.startswith(UNSUPPORTED_LISTS) or SELECT.fullmatch(cell) is not None
    )
