"""What the functions of form logic do with ready values: XPath 1.0 conversions, ODK functions, dates as day numbers.

>>> CALLS["join"](", ", "Awa", "Binta"), CALLS["sum"](3.0, "", "x", 4.0)
('Awa, Binta', 7.0)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from sop.patterns import PatternError, compile_pattern

Value = str | float | bool | date | datetime | time

MAX_TEXT = 10_000
"""Longest text that an expression may build."""
EPOCH = date(1970, 1, 1)
SECONDS = 86_400
NUMBER = re.compile(r"[ \t\r\n]*-?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})[ \t\r\n]*", re.ASCII)


class EvaluationError(ValueError):
    """The expression was read but cannot be worked out on these answers (text too long, pattern refused)."""


# Conversions (XPath 1.0, §4; dates as in JavaRosa)


def to_boolean(value: Value) -> bool:
    """Numbers other than 0 and NaN, texts that are not empty, dates."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return value != "" if isinstance(value, str) else True


def to_number(value: Value) -> float:
    """A number, or NaN; a date counts days, a moment and a time count parts of a day.

    >>> to_number(date(1970, 1, 11)), to_number("x"), to_number(time(6))
    (10.0, nan, 0.25)
    """
    if isinstance(value, bool | float):
        return float(value)
    if isinstance(value, str):
        return float(value) if NUMBER.fullmatch(value) else math.nan
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / SECONDS
    if isinstance(value, datetime):
        return (value.date() - EPOCH).days + to_number(value.time())
    return float((value - EPOCH).days)


def to_text(value: Value) -> str:
    """As XPath writes it: whole numbers without a point, dates in ISO 8601.

    >>> to_text(3.0), to_text(0.5), to_text(True), to_text(date(2026, 1, 2))
    ('3', '0.5', 'true', '2026-01-02')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    return value.isoformat()


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = repr(value)
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def to_date(value: Value) -> date | str:
    """A date from a date, a day number or ISO text; the empty text when it is none of these."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            return date.fromisoformat(value[:10])
        return EPOCH + timedelta(days=math.floor(to_number(value)))
    except (ValueError, OverflowError):
        return ""


def _to_moment(value: Value) -> Value:
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            return datetime.fromisoformat(value)
        return datetime(1970, 1, 1) + timedelta(days=to_number(value))  # noqa: DTZ001  a local clock, as the form means it
    except (ValueError, OverflowError):
        return ""


def _to_time(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.time()
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return ""


# Operators


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, float) or isinstance(right, float):
        return to_number(left) == to_number(right)
    return to_text(left) == to_text(right)


def _divide(left: float, right: float) -> float:
    if right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def _modulo(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _whole(value: float, rounding: Callable[[float], int]) -> float:
    return float(rounding(value)) if math.isfinite(value) else value


def _round(value: Value, digits: Value = 0.0) -> float:
    """Half goes up, as in XPath: round(-2.5) is -2."""
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number) or not math.isfinite(places):
        return number
    factor = 10.0 ** max(-15, min(15, int(places)))
    return _whole(number * factor + 0.5, math.floor) / factor


# Texts and choices


def _regex(value: Value, pattern: Value) -> bool:
    text = to_text(value)
    if len(text) > MAX_TEXT:
        raise EvaluationError("the text is too long for a pattern")
    try:
        return compile_pattern(to_text(pattern)).matches(text)
    except PatternError as error:
        raise EvaluationError(str(error)) from error


def _selected(value: Value, code: Value) -> bool:
    return to_text(code).strip() in to_text(value).split()


def _selected_at(value: Value, position: Value) -> str:
    codes, index = to_text(value).split(), to_number(position)
    return codes[int(index)] if math.isfinite(index) and 0 <= index < len(codes) else ""


def _substring(value: Value, start: Value, length: Value = math.inf) -> str:
    """XPath's own: positions count from 1 and are rounded."""
    first = _round(start)
    last = first + _round(length)
    return "".join(c for place, c in enumerate(to_text(value), start=1) if place >= first and place < last)


def _substr(value: Value, start: Value, end: Value = math.inf) -> str:
    """ODK's own: from `start` to before `end`, counted from 0."""
    text, bounds = to_text(value), []
    for bound in (start, end):
        number = to_number(bound)
        bounds.append(len(text) if number == math.inf else 0 if not math.isfinite(number) else int(number))
    return text[bounds[0] : bounds[1]]


def _translate(value: Value, wanted: Value, given: Value) -> str:
    new = to_text(given)
    table: dict[str, str] = {}
    for place, character in enumerate(to_text(wanted)):
        table.setdefault(character, new[place : place + 1])
    return "".join(table.get(character, character) for character in to_text(value))


def _format_date(value: Value, layout: Value) -> str:
    """ODK's marks: %Y %y %m %n (month without zero) %d %e (day without zero) %H %M %S."""
    moment = value if isinstance(value, datetime) else to_date(value)
    if isinstance(moment, str):
        return ""
    clock = moment.time() if isinstance(moment, datetime) else time()
    marks = {
        "Y": f"{moment.year:04d}",
        "y": f"{moment.year % 100:02d}",
        "m": f"{moment.month:02d}",
        "n": str(moment.month),
        "d": f"{moment.day:02d}",
        "e": str(moment.day),
        "H": f"{clock.hour:02d}",
        "M": f"{clock.minute:02d}",
        "S": f"{clock.second:02d}",
    }
    return re.sub(r"%([A-Za-z])", lambda mark: marks.get(mark.group(1), mark.group(0)), to_text(layout))


def _texts(function: Callable[..., Value], *values: Value) -> Value:
    return function(*map(to_text, values))


def _numbers(function: Callable[..., Value], *values: Value) -> Value:
    return function(*map(to_number, values))


def _extreme(choose: Callable[[Sequence[float]], float], *values: Value) -> float:
    numbers = [to_number(value) for value in values if value != ""]
    return choose(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan


def _sum(*values: Value) -> float:
    """What is not a number counts for nothing, as in ODK Collect."""
    return math.fsum(number for number in map(to_number, values) if not math.isnan(number))


def _logarithm(function: Callable[[float], float], value: float) -> float:
    if value == 0:
        return -math.inf
    return function(value) if value > 0 else math.nan


def _exponential(value: float) -> float:
    return _power(math.e, value)


CALLS: dict[str, Callable[..., Value]] = {
    "=": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": partial(_numbers, lambda a, b: a < b),
    "<=": partial(_numbers, lambda a, b: a <= b),
    ">": partial(_numbers, lambda a, b: a > b),
    ">=": partial(_numbers, lambda a, b: a >= b),
    "+": partial(_numbers, lambda a, b: a + b),
    "-": partial(_numbers, lambda a, b: a - b),
    "*": partial(_numbers, lambda a, b: a * b),
    "div": partial(_numbers, _divide),
    "mod": partial(_numbers, _modulo),
    "negate": partial(_numbers, lambda a: -a),
    "abs": partial(_numbers, abs),
    "boolean": to_boolean,
    "boolean-from-string": lambda a: to_text(a) in {"1", "true"},
    "ceiling": lambda a: _whole(to_number(a), math.ceil),
    "coalesce": lambda a, b: a if to_text(a) else b,
    "concat": partial(_texts, lambda *parts: "".join(parts)),
    "contains": partial(_texts, lambda a, b: b in a),
    "count": lambda *each: float(len(each)),
    "count-non-empty": lambda *each: float(sum(value != "" for value in each)),
    "count-selected": lambda a: float(len(to_text(a).split())),
    "date": to_date,
    "date-time": _to_moment,
    "decimal-date-time": lambda a: to_number(a if isinstance(a, float) else _to_moment(to_text(a))),
    "decimal-time": lambda a: to_number(_to_time(a)),
    "ends-with": partial(_texts, lambda a, b: a.endswith(b)),
    "exp": partial(_numbers, _exponential),
    "false": lambda: False,
    "floor": lambda a: _whole(to_number(a), math.floor),
    "format-date": _format_date,
    "format-date-time": _format_date,
    "int": lambda a: _whole(to_number(a), math.trunc),
    "join": partial(_texts, lambda mark, *parts: mark.join(parts)),
    "log": partial(_numbers, partial(_logarithm, math.log)),
    "log10": partial(_numbers, partial(_logarithm, math.log10)),
    "max": partial(_extreme, max),
    "min": partial(_extreme, min),
    "normalize-space": partial(_texts, lambda a: " ".join(a.split())),
    "not": lambda a: not to_boolean(a),
    "number": to_number,
    "pi": lambda: math.pi,
    "pow": partial(_numbers, _power),
    "regex": _regex,
    "round": _round,
    "selected": _selected,
    "selected-at": _selected_at,
    "sqrt": partial(_numbers, lambda a: math.sqrt(a) if a >= 0 else math.nan),
    "starts-with": partial(_texts, lambda a, b: a.startswith(b)),
    "string": to_text,
    "string-length": partial(_texts, lambda a: float(len(a))),
    "substr": _substr,
    "substring": _substring,
    "substring-after": partial(_texts, lambda a, b: a.partition(b)[2]),
    "substring-before": partial(_texts, lambda a, b: a.partition(b)[0] if b in a else ""),
    "sum": _sum,
    "translate": _translate,
    "true": lambda: True,
}
"""Operators and functions that take ready values; `and`, `or`, `if` are in `_call`."""
