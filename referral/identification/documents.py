"""The information sheet to hand out, and a form of a case as it was filled in, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing, moment
from referral.foundation.i18n import translate
from referral.foundation.paper import House, say
from referral.identification.queries.case_forms import Reading
from referral.identification.queries.sheet import SheetEntry
from referral.identification.screens import Block, Shown
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


def filled_form(
    found: Reading, *, title: str, case_code: str, organization: str, lang: str, printed_at: datetime, audit_head: str
) -> bytes:
    """A finished form of a case as a PDF, A4: the answers that were opened, and which categories are left out."""
    settings, one = current_app.config["SETTINGS"], found.filled
    with force_locale(lang):
        document = Document(
            title,
            lang=lang,
            printed_at=printed_at,
            reference=case_code,
            subtitle=_("Case %(code)s", code=case_code),
            audit_head=audit_head,
            house=House(
                name=settings.product_name, notice=_("Demonstration: invented people") if settings.demo else ""
            ),
        )
        document.fields(
            [
                (_("Finished on"), moment(one.submission.submitted_at)),
                (_("By"), f"{one.author}, {translate(one.role)}"),
                (_("Organisation"), organization),
                (_("Version of the form"), str(one.version.number or "–")),
            ],
            columns=2,
        )
        left_out = sorted({*found.covered, *found.withheld}, key=lambda category: category.order)
        if left_out:
            names = listing([str(translate(category)) for category in left_out])
            document.notice(_("Not printed: %(categories)s.", categories=names))
        for section in found.sections:
            document.heading(str(translate(section.label)))
            _items(document, section.items)
        words = _("Only for the team of this case. Keep it locked away, and destroy it once it is no longer needed.")
        return document.paragraph(words, small=True).render()


def _items(document: Document, items: Iterable[Shown | Block]) -> None:
    """Questions with their answers; what repeats under a heading of its own."""
    lines: list[tuple[str, str | None]] = []
    for item in items:
        if isinstance(item, Shown):
            lines += [(str(translate(item.label)), _spoken(item))] if item.words else []
            continue
        if lines:
            document.fields(lines)
            lines = []
        for instance in item.instances:
            document.heading(str(translate(instance.label)), level=3)
            _items(document, instance.items)
    if lines:
        document.fields(lines)


def _spoken(item: Shown) -> str:
    return " · ".join(_word(word) for word in item.words)


def _word(word: Any) -> str:
    if isinstance(word, Mapping):
        return str(translate(word))
    return moment(word) if isinstance(word, datetime) else day(word) if isinstance(word, date) else str(word)
