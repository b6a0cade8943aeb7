"""Letters about what recipients hold: codes only, nobody is named."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.consent.acts import purpose_words
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing
from referral.foundation.i18n import translate
from referral.referrals.documents import house
from referral.rights.models import StopNotice
from referral.rights.rules import StopAnswer
from sop.vocabulary import Category


def stop_letter(one: StopNotice, *, case_code: str, lang: str, printed_at: datetime) -> bytes:
    """Asks a recipient to stop and to say what it did; its lower half comes back filled in."""
    with force_locale(lang):
        document = Document(
            _("Consent was withdrawn: please stop"),
            lang=lang,
            printed_at=printed_at,
            reference=case_code,
            house=house(),
        )
        document.paragraph(one.recipient.name, strong=True)
        document.paragraph(
            _(
                "The person of the case below has taken back consent. Stop using what you received. Give it back or "
                "destroy it, on paper too, and in copies and backups. Keep only what the law makes you keep."
            )
        )
        document.fields(
            [
                (_("Case"), case_code),
                (_("What for"), str(translate(purpose_words(one.purpose)))),
                (_("What"), listing([str(translate(Category(code))) for code in one.categories])),
                (_("Told on"), day(one.told_on)),
                (_("Must confirm by"), day(one.due_on)),
            ]
        )
        document.heading(_("Your answer"), level=3)
        document.paragraph(_("Tick what you did, sign, and give this sheet back. You may also answer by telephone."))
        document.bullets([f"☐ {translate(answer.label)}" for answer in StopAnswer])
        document.fields([(_("Which law, if something is kept"), ""), (_("Name and function"), ""), (_("Date"), "")])
        document.signatures([_("For the recipient"), _("For the case team")])
        return document.render()
