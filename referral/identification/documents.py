"""The information sheet to hand out: rights, and public services of the region; no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from referral.foundation.documents import Document
from referral.foundation.paper import House, say
from referral.identification.queries.sheet import SheetEntry
from sop.places import load_places
from sop.texts import load_text
from sop.vocabulary import N_

SHEET = "F01_information"


def information_sheet(region: str, entries: Sequence[SheetEntry], *, lang: str, now: datetime) -> bytes:
    """The sheet as PDF; without a public entry it says whom to ask instead."""
    settings = current_app.config["SETTINGS"]
    text = load_text(SHEET, lang, settings.country)
    notice = say(lang, N_("Demonstration: invented organisations")) if settings.demo else ""
    house = House(name=settings.product_name, notice=notice)
    sheet = Document(text.title, lang=lang, printed_at=now, house=house)
    for block in text.blocks:
        if block.kind == "heading":
            sheet.heading(block.lines[0])
        elif block.kind == "points":
            sheet.bullets(block.lines)
        else:
            sheet.paragraph(block.lines[0])
    places = load_places(settings.country)
    name = places[region].name.get(lang, "") if region in places else ""
    sheet.heading(
        say(lang, N_("Where to find help: %(region)s"), region=name) if name else say(lang, N_("Where to find help"))
    )
    if not entries:
        words = N_("No public service is listed yet. Ask at the nearest health post or social centre.")
        return sheet.paragraph(say(lang, words)).render()
    header = [say(lang, label) for label in (N_("Service"), N_("Where"), N_("Telephone"))]
    rows = [(f"{one.service}\n{one.organization}", one.place or "–", "\n".join(one.phones) or "–") for one in entries]
    return sheet.table(header, rows, widths=(5, 4, 3)).render()
