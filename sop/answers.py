"""Cleans what people, phones and files send as answers: typed values out, or the reason why not.

Texts are kept as typed (a `<` or a leading `=` is for the page or the spreadsheet to escape), normalised to NFC; what
no keyboard sends on purpose (NUL, half characters, invisible direction marks) is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from types import NoneType
from typing import Any

from sop.functions import Value
from sop.questions import ATTACHMENTS, Choice, Kind, Question
from sop.vocabulary import N_, Message

Answer = str | int | float | bool | date | datetime | time | list[str]

YEARS = range(1900, 2101)
MAX_RAW = 50_000
MAX_CODES = 2_000
MAX_FILE_NAME = 200
TEXTS = frozenset({Kind.TEXT, Kind.BARCODE, Kind.PHONE, Kind.DEVICEID, Kind.USERNAME})
DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})[:hH](\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
COORDINATE = re.compile(r"-?\d{1,6}(?:\.\d{0,20})?", re.ASCII)
FRACTION = re.compile(r"[+-]?(?:\d{1,12}(?:[.,]\d{0,12})?|[.,]\d{1,12})", re.ASCII)


class Refused(ValueError):
    """The answer does not have the type of its question."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        self.message = Message(code, text, values)
        super().__init__(code)


def clean(question: Question, raw: Any, choices: Sequence[Choice]) -> Answer | None:
    """The typed answer, None when there is none; raises `Refused`.

    >>> clean(Question("name", Kind.TEXT, {}), "  Aïssatou  Bello ", ())
    'Aïssatou Bello'
    >>> clean(Question("born", Kind.DATE, {}), "3/2/2012", ())
    datetime.date(2012, 2, 3)
    """
    if question.type is Kind.SELECT_MULTIPLE:
        return _several(raw, choices)
    if isinstance(raw, list | tuple):
        if len(raw) > 1:
            raise Refused("one_answer", N_("Only one answer is possible here."))
        raw = raw[0] if raw else None
    if raw is None:
        return None
    if isinstance(raw, str):
        raw = _readable(raw)
        if not raw.strip():
            return None
    if question.type in TEXTS:
        return _text(question, raw)
    if question.type is Kind.SELECT_ONE:
        return _code(raw, {choice.name for choice in choices})
    return CLEANERS[question.type](raw)


def _readable(raw: str) -> str:
    if len(raw) > MAX_RAW:
        raise Refused("too_long", N_("This text is too long."))
    for character in raw:
        kind = unicodedata.category(character)
        if kind == "Cs" or (kind == "Cc" and character not in "\t\n\r") or character in DIRECTION_MARKS:
            raise Refused(
                "bad_character", N_("This text contains a character that cannot be kept. Please type it again.")
            )
    return unicodedata.normalize("NFC", raw)


def _text(question: Question, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("not_text", N_("A text is expected here."))
    if question.multiline:
        text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    else:
        text = " ".join(raw.split())
    if len(text) > question.max_length:
        raise Refused(
            "too_long_by",
            N_("This text has %(length)d characters; at most %(most)d are possible."),
            length=len(text),
            most=question.max_length,
        )
    return text


def _code(raw: Any, known: set[str]) -> str:
    code = raw.strip() if isinstance(raw, str) else ""
    if code not in known:
        raise Refused("unknown_choice", N_("Please choose one of the answers offered."))
    return code


def _several(raw: Any, choices: Sequence[Choice]) -> list[str] | None:
    """Codes in the order of the list, each once; ODK sends them in one text, separated by spaces."""
    if isinstance(raw, str):
        raw = _readable(raw).split()
    if not isinstance(raw, list | tuple | set | frozenset | NoneType):
        raise Refused("unknown_choice", N_("Please choose one of the answers offered."))
    parts = list(raw or ())[:MAX_CODES]
    known = {choice.name for choice in choices}
    chosen = {_code(part, known) for part in parts if part != ""}
    return [choice.name for choice in choices if choice.name in chosen] or None


def _integer(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**9:
        return raw
    text = _digits(raw)
    if not WHOLE.fullmatch(text):
        raise Refused("not_whole", N_("A whole number is expected here, for example 14."))
    return int(text)


def _decimal(raw: Any) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw) and abs(raw) < 10**12:
        return float(raw)
    text = _digits(raw)
    if not FRACTION.fullmatch(text):
        raise Refused("not_number", N_("A number is expected here, for example 12,5."))
    return float(text.replace(",", "."))


def _digits(raw: Any) -> str:
    return re.sub(r"[ \u00a0\u202f]", "", raw) if isinstance(raw, str) else ""


def _date(raw: Any) -> date:
    if isinstance(raw, datetime):
        raw = raw.date()
    if not isinstance(raw, date):
        raw = _date_from_text(raw.strip() if isinstance(raw, str) else "")
    if raw.year not in YEARS:
        raise Refused("date_out_of_range", N_("This date is outside what is possible: check the year."))
    return raw


def _date_from_text(text: str) -> date:
    try:
        if found := YEAR_FIRST.match(text[:10]):
            year, month, day = map(int, found.groups())
        elif found := DAY_FIRST.fullmatch(text):
            day, month, year = map(int, found.groups())
        else:
            raise ValueError(text)
        if len(text) > 10 and not CLOCK.fullmatch(text[10:].lstrip("T ")):
            raise ValueError(text)
        return date(year, month, day)
    except ValueError:
        raise Refused("not_date", N_("A date is expected here: day, month, year, for example 05/11/2012.")) from None


def _time(raw: Any) -> time:
    if isinstance(raw, time):
        return raw.replace(tzinfo=None)
    found = CLOCK.fullmatch(raw.strip()) if isinstance(raw, str) else None
    try:
        if found is None:
            raise ValueError(raw)
        hour, minute, second = (int(part or 0) for part in found.groups())
        return time(hour, minute, second)
    except ValueError:
        raise Refused("not_time", N_("A time is expected here, for example 08:30.")) from None


def _moment(raw: Any) -> datetime:
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=None)
    text = raw.strip() if isinstance(raw, str) else ""
    return datetime.combine(_date(text), _time(text[10:].lstrip("T ")))


def _acknowledgement(raw: Any) -> bool | None:
    if raw in (True, "OK", "ok", "on", "1", "true", "yes"):
        return True
    if raw in (False, "0", "false", "no"):
        return None
    raise Refused("unknown_choice", N_("Please choose one of the answers offered."))


def _file_name(raw: Any) -> str:
    name = raw.strip() if isinstance(raw, str) else ""
    if not 0 < len(name) <= MAX_FILE_NAME or set(name) & set("/\\\n\r\t:") or not name.strip("."):
        raise Refused("not_file", N_("The name of a file is expected here."))
    return name


def _point(raw: Any) -> str:
    """ODK's own: latitude, longitude, altitude and accuracy; the last two may be missing."""
    parts = raw.replace(", ", " ").split() if isinstance(raw, str) else []
    good = 2 <= len(parts) <= 4 and all(COORDINATE.fullmatch(part) for part in parts)
    if not good or abs(float(parts[0])) > 90 or abs(float(parts[1])) > 180:
        raise Refused("not_place", N_("A latitude and a longitude are expected here, for example 3.8480 11.5021."))
    return " ".join([*parts, "0", "0"][:4])


CLEANERS: dict[Kind, Callable[[Any], Answer | None]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _moment,
    Kind.ACKNOWLEDGE: _acknowledgement,
    Kind.GEOPOINT: _point,
    **dict.fromkeys(ATTACHMENTS, _file_name),
    Kind.START: _moment,
    Kind.END: _moment,
    Kind.TODAY: _date,
}


def as_value(answer: Answer | None) -> Value:
    """How expressions see an answer.

    >>> as_value(["MED", "HEB"]), as_value(12), as_value(None), as_value(True)
    ('MED HEB', 12.0, '', 'OK')
    """
    if answer is None:
        return ""
    if isinstance(answer, list):
        return " ".join(answer)
    if isinstance(answer, bool):
        return "OK" if answer else ""
    return float(answer) if isinstance(answer, int) else answer


def plain(answer: Answer | None) -> Any:
    """The answer as JSON can keep it; `clean` reads it back to the same value.

    >>> plain(date(2012, 2, 3)), plain(["MED"]), plain(12)
    ('2012-02-03', ['MED'], 12)
    """
    return answer.isoformat() if isinstance(answer, date | datetime | time) else answer
