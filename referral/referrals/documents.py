"""The referral slip: one sheet that goes with the person, with what the decision lets through at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from directory.taxonomy import Disclosure
from referral.extensions import db
from referral.foundation.documents import Document
from referral.foundation.formatting import day, moment
from referral.foundation.i18n import translate
from referral.foundation.paper import House
from referral.partners.models import Organization, User
from referral.providers.models import Location
from referral.referrals.models import Referral
from referral.referrals.queries.fiche import Fiche, Section, read_fiche
from sop.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip says. `fiche` holds the categories that may cross, and nothing else is known here."""

    reference: str
    case_code: str
    need: Any
    speed: Any
    sent_at: datetime | None
    due_at: datetime | None
    sender: str
    sender_organization: str
    service: str
    organization: str
    place: str
    fiche: Fiche


def referral_slip(slip: Slip, *, lang: str, printed_at: datetime, audit_head: str) -> bytes:
    """The slip as a PDF, A4."""
    with force_locale(lang):
        document = Document(
            _("Referral slip"),
            lang=lang,
            printed_at=printed_at,
            reference=slip.reference,
            subtitle=_("Case %(code)s", code=slip.case_code),
            audit_head=audit_head,
            house=house(),
            qr=slip.reference,
        )
        document.fields(_head(slip), columns=2)
        for section in slip.fiche.sections:
            if section.category is not Category.C1:
                _section(document, section)
        if slip.fiche.contact:
            words = " ".join(str(translate(one)) for one in slip.fiche.contact)
            document.notice(words, title=_("Reaching the person"))
        document.paragraph(
            _(
                "Only for this need, and only for the staff of this service. Nothing here may be passed on or copied "
                "elsewhere."
            ),
            small=True,
        )
        _receipt(document)
        return document.render()


def slip_of(referral: Referral, visible: Iterable[Category]) -> Slip:
    """The slip of a referral with the visible categories, and no others opened."""
    place = referral.service_at_location
    sender = db.session.get(User, referral.sender_id)
    organization = db.session.get(Organization, referral.sender_organization_id)
    return Slip(
        reference=referral.reference,
        case_code=referral.case.code,
        need=referral.need,
        speed=referral.speed,
        sent_at=referral.sent_at,
        due_at=referral.due_at,
        sender=sender.full_name if sender else "",
        sender_organization=organization.name if organization else "",
        service=place.service.name,
        organization=referral.organization.name,
        place=_place(place.location),
        fiche=read_fiche(referral, visible),
    )


def _place(location: Location | None) -> str:
    """Town and, where it may be told, the street; a refuge gives neither on paper."""
    if location is None or location.disclosure is not Disclosure.EXACT:
        return ""
    return ", ".join(part for part in (location.address, location.city) if part)


def house() -> House:
    """Who prints: the product's name, and that a demonstration is one."""
    settings = current_app.config["SETTINGS"]
    return House(name=settings.product_name, notice=_("Demonstration: invented people") if settings.demo else "")


def spoken(value: Any) -> str:
    """An answer in the reader's language; the words of a person stay as they were written."""
    if isinstance(value, tuple):
        return " · ".join(spoken(one) for one in value)
    if isinstance(value, Mapping) or hasattr(value, "label") or hasattr(value, "text"):
        return str(translate(value))
    return day(value) if isinstance(value, date) else str(value)


def label_of(line: Any) -> str:
    """The name of a line of the sheet in the reader's language."""
    return str(translate(line.label))


def _head(slip: Slip) -> list[tuple[str, str | None]]:
    return [
        (_("Need"), spoken(slip.need)),
        (_("Priority"), spoken(slip.speed)),
        (_("From"), f"{slip.sender_organization}\n{slip.sender}"),
        (_("To"), "\n".join(part for part in (slip.service, slip.organization, slip.place) if part)),
        (_("Sent"), moment(slip.sent_at) if slip.sent_at else _("not sent yet")),
        (_("Answer by"), moment(slip.due_at) if slip.due_at else ""),
    ]


def _section(document: Document, section: Section) -> None:
    document.heading(str(translate(section.category)), level=3)
    if section.lines:
        document.fields([(label_of(line), spoken(line.value)) for line in section.lines])
    else:
        document.paragraph(_("Nothing is written under this heading."), small=True)


def _receipt(document: Document) -> None:
    document.heading(_("Receipt, to be filled in by the service and given back"))
    choices = [_("accepted"), _("on the waiting list"), _("more information asked"), _("declined, because:")]
    document.ticks([(words, False) for words in choices], columns=4)
    blanks: list[tuple[str, str | None]] = [
        (_("Received on"), None),
        (_("Appointment"), None),
        (_("Name and function"), None),
        (_("Signature"), None),
    ]
    document.fields(blanks, columns=2)
