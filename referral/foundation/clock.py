"""The one place that reads the clock. Actions and rules take the time as an argument; views ask here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g


def now() -> datetime:
    """The moment of this request, in UTC: one moment a request, so that all its lines agree."""
    if "now" not in g:
        clock = current_app.extensions.get("mnr.clock", lambda: datetime.now(UTC))  # noqa: TID251 - the one clock
        g.now = clock()
    moment: datetime = g.now
    return moment


def zone() -> ZoneInfo:
    """The country's time zone."""
    return ZoneInfo(current_app.config["SETTINGS"].timezone)


def today() -> date:
    """Today's date on the wall of the office."""
    return now().astimezone(zone()).date()
