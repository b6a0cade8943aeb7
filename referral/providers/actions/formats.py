"""Formats of the export beyond HSDS documents: tables, 4W with HXL tags, address cards and calendars."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale, gettext

from directory import calendars, cards, fourw, tabular
from referral.providers.queries.catalogue import public_holidays
from referral.providers.queries.funding import funders, targets

LANGUAGE = "fr"
"""Of the words that a file adds to what is in the directory, as the headings of the 4W."""


def package(documents: list[dict[str, Any]]) -> tuple[bytes, int]:
    """A tabular data package of HSDS services."""
    return tabular.write(documents, "Annuaire des prestataires"), len(documents)


def four_w(reading: Any) -> tuple[bytes, int]:
    """Who does what, where and when, with a row of HXL tags."""
    found = list(reading.export.services())
    context = fourw.Context(reading.places, funders(found), targets(), reading.now)
    text, number = fourw.write(((one.organization, one.service) for one in found), context)
    return text.encode("utf-8-sig"), number


def vcards(reading: Any) -> tuple[bytes, int]:
    """An address card for each place of each service."""
    found = [cards.vcard(one.organization, one.service) for one in reading.export.services()]
    return "".join(found).encode(), len(found)


def calendar(reading: Any) -> tuple[bytes, int]:
    """The opening hours of every service that is offered, as repeating events; how many services."""
    found = [one.service for one in reading.export.services() if not one.service.archived]
    today = reading.now.astimezone(reading.export.records.zone).date()
    with force_locale(LANGUAGE):
        frame = calendars.Frame(today, reading.now, public_holidays(reading.now), gettext)
        return calendars.write(found, frame), len(found)
