"""The directory on paper: a leaflet of one service for the person, and the booklet of a region.

Only what the reader of the paper may know: a hidden place has no street, contacts kept to named people are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from directory.area_notices import AreaNotice, Effect
from directory.edit import show_phone
from directory.leaflet import RIGHT_TO_LEFT, RIGHTS
from directory.taxonomy import Visibility
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing
from referral.foundation.i18n import translate
from referral.foundation.paper import House
from referral.providers.queries.sheets import Day, Sheet
from sop.vocabulary import NEED_LABELS, Need

FRAME_LANGUAGE = {"pcm": "en"}
"""In which of the house's languages head, foot, days and public fields of a leaflet stand; French unless said."""


def frame_language(language: str) -> str:
    """The house's language around a leaflet in a language."""
    languages = current_app.config["SETTINGS"].languages
    return language if language in languages else FRAME_LANGUAGE.get(language, "fr")


def leaflet_pdf(sheet: Sheet, words: Mapping[str, str], *, language: str, printed_at: datetime) -> bytes:
    """One page in large type for the person: what, where, when, what to bring, telephone, rights.

    `words`: those of `directory.leaflet` as the country writes them; `not_checked` is empty once somebody checked them.
    No code to scan: the entry behind it asks to sign in, and whoever finds the paper need not know of the system.
    """
    say = words.__getitem__
    with force_locale(frame_language(language)):
        document = paper(
            say("title"), language, printed_at, large=True, right_to_left=language in RIGHT_TO_LEFT, subtitle=""
        )
        if say("not_checked"):
            document.paragraph(say("not_checked"), small=True)
        document.heading(sheet.offer.name).paragraph(sheet.offer.organization_name)
        for one in sheet.offer.area_notices:
            apart = "\n" if language in RIGHT_TO_LEFT else " "
            document.paragraph(apart.join(warning(one, frame_language(language), say)), strong=True)
        kinds = [str(translate(NEED_LABELS[Need(code)])) for code in sorted(sheet.place.service.needs)]
        parts: list[tuple[str, str]] = [
            ("what", sheet.place.service.description or listing(kinds)),
            ("where", say("secret") if sheet.hidden else sheet.offer.address or sheet.offer.location_name),
            ("when", week(sheet.days, say) or say("call")),
            ("bring", listing(sheet.place.service.required_documents) or say("nothing")),
            ("cost", say("free") if sheet.offer.free else sheet.place.service.fees_description),
            ("phone", "\n".join(phones(sheet))),
        ]
        for key, text in parts:
            if text:
                document.heading(say(key), level=3).paragraph(text)
        document.heading(say("rights"), level=3).paragraph("\n".join(f"• {say(key)}" for key in RIGHTS))
        document.paragraph(say("hotline"), strong=True)
        return document.render()


def warning(one: AreaNotice, language: str, say: Callable[[str], str]) -> list[str]:
    """A notice over the area in one line, in two parts: what and on which days; what it means for who goes there."""
    days = _("from %(first)s to %(last)s", first=day(one.starts), last=day(one.ends))
    means = {Effect.CLOSED: f"{say('closed').capitalize().rstrip('.')}.", Effect.CONFIRM: say("call")}
    kind = str(translate(one.kind.label))
    told = _("%(label)s: %(error)s", label=f"{kind} ({days})", error=one.said(language))
    return list(filter(None, (told, means.get(one.effect, ""))))


def paper(
    title: str,
    language: str,
    printed_at: datetime,
    *,
    subtitle: str,
    large: bool = False,
    right_to_left: bool = False,
    qr: str = "",
) -> Document:
    """A document of the directory in the house's style; a demonstration says so on every page."""
    settings = current_app.config["SETTINGS"]
    notice = _("Demonstration: invented organisations") if settings.demo else ""
    return Document(
        title,
        lang=frame_language(language),
        printed_at=printed_at,
        subtitle=subtitle,
        house=House(name=settings.product_name, notice=notice),
        large=large,
        right_to_left=right_to_left,
        qr=qr,
    )


def phones(sheet: Sheet) -> list[str]:
    """Numbers that may stand on a paper, also on one that the organisation itself prints.

    Who takes referrals is for the network: that number stands there only where there is no other.
    """
    known = [one for one in sheet.contacts if one.phone and one.visibility is not Visibility.RESTRICTED]
    told = [one for one in known if not one.takes_referrals] or known
    return list(dict.fromkeys(show_phone(one.phone) for one in told))


def week(days: Sequence[Day], say: Callable[[str], str]) -> str:
    """The week, days with the same hours together; a day without hours is closed."""
    rows: list[tuple[list[str], str]] = []
    for one in days:
        label = str(translate(one.label)) + (f" {day(one.on)}" if one.on else "")
        text = _slots(one, say)
        if rows and rows[-1][1] == text:
            rows[-1][0].append(label)
        else:
            rows.append(([label], text))
    return "\n".join(f"{_span(labels)} {text}" for labels, text in rows)


def _span(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]} – {labels[-1]}"


def _slots(one: Day, say: Callable[[str], str]) -> str:
    if one.slots is None:
        return "–"
    if not one.slots:
        return say("closed")
    return ", ".join(
        say("day_and_night") if opens == closes else f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in one.slots
    )


def booklet_pdf(
    name: str,
    chapters: Sequence[tuple[str, Sequence[tuple[Sheet, str]]]],
    *,
    language: str,
    printed_at: datetime,
    notices: Sequence[AreaNotice] = (),
) -> bytes:
    """The directory of a region: contents, then a chapter a need with its services; each has its code to scan.

    `chapters` hold sheets with the address of their page; `notices` are those over a part of the region.
    """
    with force_locale(language):
        document = paper(_("Directory of services: %(region)s", region=name), language, printed_at, subtitle="")
        document.paragraph(
            _("What changes fast (hours, places) stands in the directory: scan the code of the service.")
        )
        known = {"closed": _("The services of the area are closed until the last day."), "call": _("Call first.")}
        for one in notices:
            document.paragraph(" ".join(warning(one, language, known.__getitem__)), strong=True)
        if not any(entries for _title, entries in chapters):
            return document.paragraph(_("No service of this region may be printed yet.")).render()
        document.heading(_("Contents")).contents()
        for title, entries in chapters:
            document.chapter(title)
            for sheet, address in entries:
                _entry(document, sheet, address, language)
        return document.render()


def _entry(document: Document, sheet: Sheet, address: str, language: str) -> None:
    offer, service = sheet.offer, sheet.place.service
    at = offer.location_name
    document.chapter(f"{offer.name} · {at}" if at and at != offer.organization_name else offer.name, level=3)
    closed = _("closed all day")
    known = {"closed": closed, "day_and_night": _("day and night")}
    where = _("given by telephone") if sheet.hidden else offer.address or offer.location_name
    known["call"] = _("Call first.")
    fields = [
        (_("Notice"), "\n".join(" ".join(warning(one, language, known.__getitem__)) for one in offer.area_notices)),
        (_("Organisation"), offer.organization_name),
        (_("Where"), where),
        (_("Telephone"), "\n".join(phones(sheet))),
        (_("Opening hours"), week(sheet.days, known.__getitem__)),
        (_("Age"), str(translate(sheet.ages))),
        (_("Documents to bring"), listing(service.required_documents)),
        (_("Cost"), _("free of charge") if offer.free else service.fees_description),
    ]
    document.fields([(label, text) for label, text in fields if text]).qr(address)
