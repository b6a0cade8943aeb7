"""ISO 8601 durations as deadlines use them: weeks, days, hours and minutes; a day counts 24 hours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sop.vocabulary import N_

_SHAPE = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?)?"
)


def parse(text: str) -> timedelta:
    """Read `P3D`, `PT4H`, `P1DT12H`, `P2W`; months, years and fractions have no fixed length and are refused.

    >>> parse("PT4H"), parse("P2W")
    (datetime.timedelta(seconds=14400), datetime.timedelta(days=14))
    >>> parse("P1M")
    Traceback (most recent call last):
    ...
    ValueError: P1M
    """
    match = _SHAPE.fullmatch(text) if len(text) <= 40 else None
    if match is None or not any(match.groupdict().values()) or text.endswith("T"):
        raise ValueError(text[:40])
    return timedelta(**{name: int(value or 0) for name, value in match.groupdict().items()})


def iso(duration: timedelta) -> str:
    """Write a duration as ISO 8601, days before hours.

    >>> iso(parse("P1DT90M")), iso(parse("PT72H")), iso(timedelta(0))
    ('P1DT1H30M', 'P3D', 'PT0M')
    """
    minutes = duration.seconds // 60
    hours, minutes = divmod(minutes, 60)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    text = (f"{duration.days}D" if duration.days else "") + (f"T{time}" if time else "")
    return "P" + (text or "T0M")


def hours(duration: timedelta) -> int | float:
    """Length in hours, whole where it is whole."""
    length = duration.total_seconds() / 3600
    return int(length) if length == int(length) else length


def written(duration: timedelta, translate: Callable[[str], str] = str) -> str:
    """A duration as people write it: hours up to four days, then days.

    >>> written(timedelta(hours=72)), written(timedelta(days=7)), written(timedelta(days=4, hours=12))
    ('72\\xa0h', '7 d', '108\\xa0h')
    """
    if duration >= timedelta(days=4) and not duration % timedelta(days=1):
        return translate(N_("%(days)d d")) % {"days": duration.days}
    return f"{hours(duration):g}\N{NO-BREAK SPACE}h"
