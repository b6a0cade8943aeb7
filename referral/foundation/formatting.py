"""How times, numbers, places and sizes are written for the reader: Douala time, the reader's language, no surprises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Literal

from babel import Locale, dates, lists, numbers, units
from flask import Flask
from flask_babel import gettext, ngettext
from jinja2 import pass_context
from markupsafe import Markup

from referral.extensions import locale_now
from referral.foundation import clock

NARROW = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3600, 86400
SOON = timedelta(hours=24)
FRENCH, BRITISH = Locale("fr"), Locale("en", "GB")


class ReadableFloat(float):
    """A number that `%s` writes in the reader's format, while `%d` and `%.1f` still work."""

    def __str__(self) -> str:
        return number(float(self))


@dataclass(frozen=True, slots=True)
class DeadlineChip:
    """What a deadline shows: tone and sign (state), a short text, and the exact moment."""

    tone: str
    sign: str
    text: str
    iso: str
    title: str


def init_app(app: Flask) -> None:
    """Register the filters."""
    for view in (when, moment, day, hour, number, percent, kilometres, duration, language_name, country_name, deadline):
        app.jinja_env.filters[view.__name__] = _spoken(view)
    app.jinja_env.filters.update(filesize=file_size, date_parts=date_parts, listing=listing)


def _spoken(view: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is asked on every page: of a constant the template would keep the first reader’s language."""

    @pass_context
    @wraps(view)
    def asked(_context: Any, *values: Any, **options: Any) -> Any:
        return view(*values, **options)

    return asked


def locale() -> Locale:
    """The reader's locale; English follows the British order of dates."""
    found = locale_now() or FRENCH
    return BRITISH if found.language == "en" else found


def local(at: datetime) -> datetime:
    """A moment on the wall of the office."""
    return at.astimezone(clock.zone())


def day(value: date | datetime | None) -> str:
    """A date: "18 nov. 2026"."""
    if value is None:
        return ""
    return written(local(value).date() if isinstance(value, datetime) else value, "d MMM y", locale())


def written(value: date, pattern: str, reader: Locale) -> str:
    """A date by a pattern; French says "1er" for the first of a month."""
    if value.day == 1 and reader.language == "fr":
        pattern = re.sub(r"\bd\b", "d'er'", pattern)
    return dates.format_date(value, pattern, locale=reader)


def hour(value: datetime | None) -> str:
    """The time of day: "15:30"."""
    return "" if value is None else dates.format_time(local(value), "HH:mm", locale=locale())


def moment(value: datetime | None) -> str:
    """A date and a time: "18 nov. 2026 à 15:30"."""
    if value is None:
        return ""
    return gettext("%(day)s at %(hour)s", day=day(value), hour=hour(value))


def full_moment(value: datetime) -> str:
    """A moment in full, for titles and paper: "mercredi 18 novembre 2026 à 15:30"."""
    return gettext("%(day)s at %(hour)s", day=written(local(value).date(), "EEEE d MMMM y", locale()), hour=hour(value))


def when(value: datetime | date | None, now: datetime | None = None) -> str:
    """A <time> element: near moments in words ("dans 2 h 40"), others as dates; exact in its title."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), day(value))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local(value).isoformat(timespec="minutes"), full_moment(value), near(value, now or clock.now())
    )


def near(value: datetime, now: datetime) -> str:
    """A moment as seen from now: "il y a 3 heures", "dans 2 h 40", "dans 3 jours", or the date beyond a week."""
    seconds = (value - now).total_seconds()
    distance = abs(seconds)
    if distance < MINUTE:
        return gettext("just now")
    if distance >= 7 * DAY:
        return day(value)
    if seconds > 0 and distance < DAY:
        return gettext("in %(duration)s", duration=duration(timedelta(seconds=distance)))
    if distance >= DAY:
        return _days_away((local(value).date() - local(now).date()).days, value)
    unit: Literal["hour", "minute"] = "hour" if distance >= HOUR else "minute"
    step = HOUR if distance >= HOUR else MINUTE
    past = -timedelta(seconds=distance // step * step)
    return dates.format_timedelta(past, granularity=unit, threshold=99, add_direction=True, locale=locale())


def _days_away(days: int, value: datetime) -> str:
    if days == -1:
        return gettext("yesterday at %(hour)s", hour=hour(value))
    if days == 1:
        return gettext("tomorrow at %(hour)s", hour=hour(value))
    whole = timedelta(days=days)
    return dates.format_timedelta(whole, granularity="day", threshold=99, add_direction=True, locale=locale())


def duration(value: timedelta | float | None) -> str:
    """A length of time: "40 min", "2 h 40", "5 h", "3 jours" (seconds when a number)."""
    if value is None:
        return ""
    seconds = abs(value.total_seconds() if isinstance(value, timedelta) else float(value))
    if seconds >= 2 * DAY:
        days = int(seconds // DAY)
        return ngettext("%(num)d day", "%(num)d days", days)
    minutes = int(seconds // MINUTE)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NARROW}min"
    return f"{hours}{NARROW}h{NARROW}{rest:02d}" if rest else f"{hours}{NARROW}h"


def number(value: float | None, digits: int = 1) -> str:
    """A number in the reader's format: "1 234,5"."""
    if value is None:
        return ""
    pattern = "#,##0" if isinstance(value, int) else "#,##0." + "#" * digits
    return numbers.format_decimal(value, pattern, locale=locale())


def percent(part: float | None, digits: int = 0) -> str:
    """A share between 0 and 1: "71 %"."""
    if part is None:
        return ""
    pattern = numbers.parse_pattern(locale().percent_formats[None].pattern)
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(part, locale()))


def kilometres(value: float | None) -> str:
    """A distance: "800 m", "4 km", "1,2 km"."""
    if value is None:
        return ""
    if value < 1:
        return f"{round(value * 1000, -2):.0f}{NARROW}m" if value >= 0.1 else f"<{NARROW}100{NARROW}m"
    return f"{number(round(value, 1) if value < 3 else round(value))}{NARROW}km"


def file_size(count: int) -> str:
    """A size: "84 ko", "1,2 Mo"."""
    unit, size = ("megabyte", count / 1e6) if count >= 1e6 else ("kilobyte", max(1, round(count / 1e3)))
    return units.format_unit(round(size, 1), f"digital-{unit}", "short", "#,##0.#", locale=locale())


def language_name(code: str, language: str | None = None) -> str:
    """The name of a language (ISO 639), in the reader's language or in `language`."""
    reader = Locale(language) if language else locale()
    return reader.languages.get(code.replace("-", "_"), code)


def country_name(code: str) -> str:
    """The name of a country (ISO 3166) in the reader's language."""
    return locale().territories.get(code.upper(), code)


def listing(items: Sequence[str]) -> str:
    """Items as a sentence says them: "a, b et c"; items that hold commas themselves are set apart by points."""
    if any(", " in one for one in items):
        return " · ".join(items)
    return lists.format_list(list(items), locale=locale())


def deadline(due: datetime | None, now: datetime | None = None, *, done: bool = False) -> DeadlineChip | None:
    """What the chip of a deadline shows: late, soon (less than a day), or calm."""
    if due is None:
        return None
    left = due - (now or clock.now())
    exact = (local(due).isoformat(timespec="minutes"), full_moment(due))
    if done:
        return DeadlineChip("ok", "✓", gettext("done in time") if left >= timedelta(0) else gettext("done"), *exact)
    if left < timedelta(0):
        return DeadlineChip("late", "!", gettext("late by %(duration)s", duration=duration(-left)), *exact)
    if left < SOON:
        return DeadlineChip("soon", "◔", gettext("within %(duration)s", duration=duration(left)), *exact)
    return DeadlineChip("info", "◷", gettext("by %(day)s", day=day(due)), *exact)


def date_parts(value: Any, name: str) -> dict[str, str]:
    """Day, month and year for three inputs, from a date, an ISO text, or what was typed (`name-day`, …)."""
    if isinstance(value, str) and value:
        pieces = value.split("-")
        return dict(zip(("year", "month", "day"), (*pieces, "", "")[:3], strict=True))
    if isinstance(value, date):
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
    typed: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    return {part: str(typed.get(f"{name}-{part}", "") or "") for part in ("day", "month", "year")}
