"""The directory on paper for those who refer: one service on one page, and the services of a place by need.

Neither says the street of a hidden place, nor a contact that is kept to named people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from directory import Offer
from directory.area_notices import AreaNotice, Effect
from directory.edit import show_phone
from directory.taxonomy import Disclosure, Visibility
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing
from referral.foundation.i18n import page_language, translate
from referral.providers.documents import paper, week
from referral.providers.models import Service, ServiceContact
from referral.providers.queries.carrying import Around, last_confirmed
from referral.providers.queries.catalogue import kept_places
from referral.providers.queries.sheets import Day, Sheet
from referral.providers.words import answers, field_label, plain
from sop.vocabulary import NEED_LABELS, Need

LENGTHS = (2000, 700, 400, 200, 100, 40)
"""How long each free text may be; the next shorter one is tried until the sheet is one page."""
Fields = list[tuple[str, str]]


def service_pdf(sheet: Sheet, *, language: str, address: str, printed_at: datetime) -> bytes:
    """One service on one page for caseworkers, with the address of its entry as a code to scan."""
    content = b""
    with force_locale(language):
        for length in LENGTHS:
            document = _service(sheet, language, address, printed_at, length)
            content = document.render()
            if document.pages == 1:
                break
    return content


def _service(sheet: Sheet, language: str, address: str, printed_at: datetime, length: int) -> Document:
    offer = sheet.offer
    document = paper(offer.name, language, printed_at, subtitle=offer.organization_name, qr=address)
    suspended = _("The organisation is suspended from the network") if offer.suspended else ""
    for text in filter(None, (suspended, *map(_warning, offer.area_notices), offer.alert, *offer.notices)):
        document.notice(_cut(text, length))
    fields = [*_what(sheet, length), *_where(sheet, length), *_referring(sheet, length)]
    return document.fields(fields).paragraph(
        _("For those who refer, not for display. Check what changes fast in the entry: %(address)s", address=address),
        small=True,
    )


def _warning(one: AreaNotice) -> str:
    """A notice over the area: what, from when to when, and what it means for the services."""
    days = _("from %(first)s to %(last)s", first=day(one.starts), last=day(one.ends))
    means = {
        Effect.CLOSED: _("The services of the area are closed until the last day."),
        Effect.CONFIRM: _("Call before you refer."),
    }
    said = [f"{translate(one.kind.label)} ({days})", one.said(page_language())]
    return " ".join(filter(None, (_labelled(said[0], said[1:]), means.get(one.effect, ""))))


def _what(sheet: Sheet, length: int) -> Fields:
    offer, service = sheet.offer, sheet.place.service
    kinds = [str(translate(NEED_LABELS[Need(code)])) for code in sorted(offer.needs)]
    kinds += sorted(str(translate(one.label)) for one in offer.types)
    who = [_labelled(str(translate(rule)), [str(translate(one)) for one in terms]) for rule, terms in sheet.audiences]
    languages = listing([str(translate(one)) for one in sheet.languages]) or _("not stated")
    if service.interpretation:
        languages += f" · {_('interpreter:')} {_cut(service.interpretation, length)}"
    return [
        (_("What is offered"), _lines(" · ".join(kinds), _cut(service.description, length))),
        (_("For whom"), _lines(str(translate(sheet.ages)), *who)),
        (
            _("Conditions"),
            _lines(_cut(service.eligibility_description, length), _limits(service, length)) or _("not stated"),
        ),
        (_("Languages"), languages),
    ]


def _limits(service: Service, length: int) -> str:
    """Whom it does not take, and whether it takes residents alone."""
    not_taken = _labelled(_("Whom it does not take"), [_cut(service.exclusions, length)]) if service.exclusions else ""
    return _lines(not_taken, _("Only people who live in its area") if service.residence_required else "")


def _where(sheet: Sheet, length: int) -> Fields:
    offer = sheet.offer
    reached = listing([name or _("the whole country") for name, _on_request in sheet.areas])
    return [
        (_("Where"), _place(offer) if sheet.hidden else _lines(_address(offer), unit_name(offer.pcode))),
        (
            _("Access"),
            _lines(
                _("by telephone or online") if offer.remote else "",
                _steps(offer),
                "" if sheet.hidden else _cut(offer.accessibility, length),
            ),
        ),
        (_("Area"), reached or _("not stated")),
        (_("Opening hours"), _lines(_week(sheet.days), *_special(sheet), _holidays(offer), *_closures(sheet, length))),
        (_("Contacts"), _lines(*_contacts(sheet)) or _("No contact is known.")),
    ]


def _referring(sheet: Sheet, length: int) -> Fields:
    offer, service = sheet.offer, sheet.place.service
    takes = str(translate(offer.accepts_referrals.label)) if offer.accepts_referrals else _("not stated")
    soon = answers(service)
    within = _labelled(_("Answers within"), [soon]) if soon else ""
    updated = min((one.updated for one in offer.capacity.rows if one.updated), default=None) if offer.capacity else None
    told = _("as of %(day)s", day=day(updated)) if updated else _("never confirmed")
    seen = [_labelled(str(translate(one.section.label)), [_since(one.since)]) for one in sheet.freshness]
    return [
        (_("How to refer"), _lines(takes, _cut(service.application_process, length), within)),
        *_procedure(service, length),
        (_("Free places"), _lines(f"{translate(sheet.line.capacity.message)} ({told})", _queue(sheet, length))),
        (_("Documents to bring"), _cut(listing(service.required_documents), length) or _("none stated")),
        (_("Cost"), _cost(sheet, length)),
        (_("Last verified"), " · ".join(seen)),
    ]


def _queue(sheet: Sheet, length: int) -> str:
    """Who waits, what is funded, and the note, as long as they are believed."""
    one = sheet.room
    if one is None:
        return ""
    said = []
    if one.waitlist_count is not None:
        said.append(ngettext("%(num)d person waits", "%(num)d people wait", one.waitlist_count))
    if one.funded_maximum is not None:
        said.append(ngettext("%(num)d is funded", "%(num)d are funded", one.funded_maximum))
    return " · ".join(filter(None, (*said, _cut(one.note, length))))


def _procedure(service: Service, length: int) -> Fields:
    """What is stated of the referral procedure; a sheet has no room for what is not."""
    days = service.feedback_days
    within = ngettext("within %(num)d day", "within %(num)d days", days) if days is not None else ""
    names = (
        "can_be_mobilised_by", "access_modes", "referral_channels", "next_step", "feedback_channels",
        "complaint_channel",
    )  # fmt: skip
    said = {name: listing(plain(value, name)) if (value := getattr(service, name)) else "" for name in names}
    said["feedback_channels"] = " ".join(filter(None, (said["feedback_channels"], within)))
    return [(str(translate(field_label(name))), _cut(text, length)) for name, text in said.items() if text]


def _since(when: date | datetime | None) -> str:
    return _unbroken(day(when)) or _("never confirmed")


def _labelled(label: str, texts: Sequence[str]) -> str:
    return _("%(label)s: %(text)s", label=label, text=listing(texts))


def _cut(text: str, length: int) -> str:
    """The text, or its beginning with the sign that something is missing."""
    plain = text.strip()
    return plain if len(plain) <= length else plain[:length].rsplit(" ", 1)[0].rstrip(" ,;:.") + " […]"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _address(offer: Offer) -> str:
    named = "" if offer.location_name in offer.address else offer.location_name
    return ", ".join(part for part in (named, offer.address) if part) or _("not stated")


def _place(offer: Offer) -> str:
    return _lines(_("given by telephone"), unit_name(offer.pcode))


def unit_name(pcode: str) -> str:
    """The unit of a code and the region around it; empty where the code is not known."""
    known, english = kept_places(), page_language() == "en"
    units = [known[code] for code in (pcode, pcode[:5]) if code in known]
    found = [one.name_en if english and one.name_en else one.name for one in units]
    return ", ".join(dict.fromkeys(found))


def _steps(offer: Offer) -> str:
    if offer.step_free is None:
        return "" if offer.accessibility else _("not stated")
    return _("accessible without steps") if offer.step_free else _("not accessible without steps")


def _cost(sheet: Sheet, length: int) -> str:
    offer, service = sheet.offer, sheet.place.service
    if offer.free:
        return _("free of charge")
    if service.fees_description:
        return _cut(service.fees_description, length)
    return _("not stated") if offer.free is None else _("not free of charge")


def _week(days: Sequence[Day]) -> str:
    known = {"closed": _("closed all day"), "day_and_night": _("day and night")}
    return week(days, known.__getitem__) or _("Not stated: call first.")


def _holidays(offer: Offer) -> str:
    said = {"open": _("Also open on public holidays."), "closed": _("Closed on public holidays.")}
    return said.get(offer.hours.on_holidays, "")


def _special(sheet: Sheet) -> list[str]:
    """Ramadan or the rainy season, and single days with hours of their own."""
    found = []
    if sheet.season:
        message, first, last = sheet.season
        found.append(str(translate(message.text)) % {"first": day(first), "last": day(last)})
    for one, slots in sheet.days_alone[:3]:
        times = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in slots)
        found.append(_labelled(_("other hours on %(day)s", day=day(one)), [times]))
    return found


def _closures(sheet: Sheet, length: int) -> list[str]:
    found = []
    for one in sheet.closures[:3]:
        if one.ends:
            text = _("from %(first)s to %(last)s", first=day(one.starts), last=day(one.ends))
        else:
            text = _("from %(first)s until further notice", first=day(one.starts))
        reason = "" if sheet.hidden else _cut(one.reason, length)
        found.append(" ".join(filter(None, (_("announced closure"), text, reason))))
    return found


def _contacts(sheet: Sheet) -> list[str]:
    """Functions with telephone and mail; a name stays on the screen."""
    told = [one for one in sheet.contacts if one.visibility is not Visibility.RESTRICTED]
    rows = [(_answers(one), _phone(one.phone, one.extension), one.email) for one in told]
    return [" · ".join(filter(None, row)) for row in rows if any(row[1:])]


def _answers(one: ServiceContact) -> str:
    """The function; whether it takes the referrals."""
    if not one.takes_referrals:
        return one.function
    return f"{one.function} ({_('takes the referrals')})" if one.function else _("takes the referrals")


def _phone(number: str, extension: str) -> str:
    return f"{show_phone(number)} ({_('extension')} {extension})" if number and extension else show_phone(number)


def around_pdf(name: str, found: Around, *, language: str, printed_at: datetime) -> bytes:
    """The services of a place by need: who, where, telephone, hours, and when it was last checked."""
    with force_locale(language):
        document = paper(
            _("Services: %(place)s", place=name), language, printed_at,
            subtitle=_("As the directory stood on %(day)s", day=day(printed_at)),
        )  # fmt: skip
        document.paragraph(
            _("For those who refer, not for display: it also holds what is kept to the network. Call before you send.")
        )
        for one in found.area_notices:
            document.notice(_warning(one))
        if not found.needs and not found.without:
            document.paragraph(_("No service of this place is known."), strong=True)
        for need, offers in found.needs:
            _chapter(document, str(translate(NEED_LABELS[need])), offers, found)
        if found.without:
            _chapter(document, _("no need assigned: never proposed"), found.without, found)
        if found.more:
            document.notice(_("%(number)d more services stand in the directory only.", number=found.more))
        return document.render()


def _chapter(document: Document, title: str, offers: Sequence[Offer], found: Around) -> None:
    document.heading(f"{title} ({len(offers)})", level=3).table(
        [_("Service"), _("Where"), _("Telephone"), _("Opening hours"), _("Last verified")],
        [_row(one, found) for one in offers],
        widths=(28, 24, 22, 25, 16),
    )


def _row(offer: Offer, found: Around) -> list[str]:
    named = _("kept to named people") if offer.visibility is Visibility.RESTRICTED else ""
    hidden = offer.disclosure is not Disclosure.EXACT
    where = _("given by telephone") if hidden else offer.address or offer.location_name
    numbers = list(dict.fromkeys(show_phone(one.number) for one in offer.phones))
    return [
        _lines(offer.name, offer.organization_name, named),
        _lines(where, unit_name(offer.pcode)) or _("not stated"),
        _lines(*map(_unbroken, numbers[:3])) or "–",
        _lines(_week(found.week_of[offer.id]), _holidays(offer)),
        _since(last_confirmed(offer)),
    ]


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
