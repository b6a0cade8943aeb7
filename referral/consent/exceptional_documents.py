"""Papers for authorities: the letter that refuses, and the answer with what may cross, in French or English.

The letter neither confirms nor denies that a person is known: whoever collects letters learns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.consent.orders import OrderKind
from referral.foundation.documents import Document
from referral.foundation.formatting import day
from referral.foundation.i18n import translate
from referral.referrals.documents import house, label_of, spoken
from referral.referrals.queries.fiche import Fiche
from sop.vocabulary import N_, Category

BECAUSE: dict[str, str] = {
    "L1": N_("What the order names is handed over apart, within its limits."),
    "L2": N_(
        "Information about persons whom our organisation may be helping is protected by professional secrecy and by "
        "Law 2024/017 on the protection of personal data. We can only answer a written order of a competent judge, "
        "addressed to our organisation, which names the file and says exactly what is asked."
    ),
    "L3": N_(
        "Our organisation, its files and its archives are protected by the privileges and immunities of the United "
        "Nations. Any request is to be addressed to our legal counsel through the ministry of foreign affairs."
    ),
    "L5": N_(
        "The duty to report that was mentioned concerns children. For an adult, the person alone decides whether to "
        "make a complaint; our organisation informs and accompanies them if they wish so."
    ),
    "L7": N_(
        "What is asked goes beyond what the order names or the law allows. We ask for an order that says exactly what "
        "is needed."
    ),
}
"""Why, by the code of the decision; other codes are refused like an informal request."""
BEFORE = N_("A copy of this letter is kept. The data officer of our organisation answers any question about it.")


@dataclass(frozen=True, slots=True)
class Letter:
    """What both papers say of the request."""

    reference: str
    organization: str
    authority: str
    signatory: str
    number: str
    dated_on: date | None
    kind: OrderKind
    code: str


def refusal_letter(letter: Letter, *, lang: str, printed_at: datetime, audit_head: str) -> bytes:
    """The letter that refuses, A4, without a word about anybody."""
    with force_locale(lang):
        document = Document(
            _("Answer to your request"),
            lang=lang,
            printed_at=printed_at,
            reference=letter.reference,
            subtitle=letter.organization,
            audit_head=audit_head,
            house=house(),
        )
        _head(document, letter)
        document.paragraph(_("Dear Sir or Madam,"))
        document.paragraph(
            _(
                "We have received your request. We can neither confirm nor deny that our organisation knows the person "
                "or holds the file in question, and we cannot hand over any information."
            )
        )
        document.paragraph(_(BECAUSE.get(letter.code, BECAUSE["L2"])))
        document.paragraph(
            _(
                "If a life is in danger now, call the emergency services; our team answers them at once within the "
                "limits of the law."
            )
        )
        document.paragraph(_(BEFORE))
        document.paragraph(_("Yours faithfully,"))
        document.signatures([_("For the organisation: name, function, date"), _("Received by: name, function, date")])
        return document.render()


def order_answer(letter: Letter, fiche: Fiche, *, lang: str, printed_at: datetime, audit_head: str) -> bytes:
    """What crosses to an authority: within the order's scope, or the minimum that protects a child."""
    child = letter.kind is OrderKind.CHILD_REPORT
    with force_locale(lang):
        document = Document(
            _("Report to protect a child") if child else _("Answer to a court order"),
            lang=lang,
            printed_at=printed_at,
            reference=letter.reference,
            subtitle=letter.organization,
            audit_head=audit_head,
            house=house(),
        )
        _head(document, letter)
        document.notice(_("Confidential: only for the authority named above, for this purpose, and for nobody else."))
        for section in fiche.sections:
            document.heading(str(translate(section.category)), level=3)
            if section.lines:
                document.fields([(label_of(line), spoken(line.value)) for line in section.lines])
            else:
                document.paragraph(_("Nothing is written under this heading."), small=True)
        if fiche.contact and any(one.category is Category.C2 for one in fiche.sections):
            document.notice(" ".join(str(translate(one)) for one in fiche.contact), title=_("Reaching the person"))
        document.paragraph(
            _(
                "Only what the law asks for and allows is written here. What is not written was not asked "
                "or may not cross."
            ),
            small=True,
        )
        document.signatures([_("Handed over by: name, function, date"), _("Received by: name, function, date")])
        return document.render()


def _head(document: Document, letter: Letter) -> None:
    to = "\n".join(part for part in (letter.authority, letter.signatory) if part)
    document.fields(
        [
            (_("To"), to),
            (_("Your reference"), letter.number),
            (_("Dated"), day(letter.dated_on) if letter.dated_on else ""),
            (_("Our reference"), letter.reference),
        ],
        columns=2,
    )
