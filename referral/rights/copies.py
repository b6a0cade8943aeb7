"""The person’s copy of what they agreed to: large type, a picture a sentence, one page, no name of the person.

One family for a consent to a service, the base consent by which the file lives, and the consents that are asked before
anything is done with police and courts or for asylum: each says in the order of the same pictures what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.consent import pictograms
from referral.consent.acts import purpose_words
from referral.consent.documents import marked, put_mark
from referral.consent.models import Consent
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing
from referral.foundation.i18n import translate
from referral.referrals.documents import house
from sop.scene import Scene
from sop.vocabulary import Category

SIGNATURE = 40
"""Points: so that everything a form asks and the longest names still stand on one page."""
Sentence = tuple[Callable[[str], Scene], str, str]


def consent_copy_pdf(
    one: Consent, recipients: Sequence[str], *, case_code: str, lang: str, printed_at: datetime,
    signature: bytes | None = None,
) -> bytes:  # fmt: skip
    """The copy as a PDF, A4. `recipients`: names of those whom the same answer let see the same.

    `signature`: the drawn one, which is the person's own.
    """
    with force_locale(lang):
        document = Document(
            _("What you agreed to"), lang=lang, printed_at=printed_at, reference=case_code, house=house(), large=True
        )
        for draw, title, text in _SENTENCES.get(one.purpose, _service)(one, recipients):
            document.pictured(draw(title), title, text)
        if words := marked(one):
            put_mark(document, words, signature, height=SIGNATURE)
        document.paragraph(_("Keep this paper where nobody else finds it."), strong=True)
        document.paragraph(_("Wording %(hash)s", hash=one.text_hash[:16]), small=True)
        return document.render()


def _service(one: Consent, recipients: Sequence[str]) -> list[Sentence]:
    who = "\n".join([*recipients, str(translate(purpose_words(one.purpose)))])
    return [
        (pictograms.who, _("Who may see"), who),
        (pictograms.what, _("What may be passed on"), _categories(one)),
        _until(one),
        _back(),
        _help(),
    ]


def _base(one: Consent, recipients: Sequence[str]) -> list[Sentence]:
    asked = _("Nobody else without asking you first.")
    back = _("Any day, without a reason. You may also read your file, have it corrected or erased, and complain.")
    return [
        (pictograms.who, _("Who keeps and sees your file"), "\n".join([*recipients, asked])),
        (pictograms.what, _("What may be written in it"), _categories(one)),
        _until(one),
        (pictograms.back, _("You may change your mind"), back),
        (pictograms.helped, _("You are free"), _("If you say no, you still receive information and emergency help.")),
    ]


def _justice(one: Consent, _recipients: Sequence[str]) -> list[Sentence]:
    chosen = _("A service that knows such situations. You choose which one, and what it will know about you.")
    stays = _("This is no complaint and no promise to testify. Nothing goes to the police or the courts without you.")
    return [
        (pictograms.who, _("What we look for with you"), chosen),
        (pictograms.what, _("What this is not"), stays),
        _until(one),
        _back(),
        _help(),
    ]


def _asylum(one: Consent, _recipients: Sequence[str]) -> list[Sentence]:
    chosen = _("A service that deals with asylum. You choose which one, and what it will know about you.")
    never = _("Nothing goes to the authorities of the country that you fled, nor to its consulate, not even later.")
    return [
        (pictograms.who, _("What we look for with you"), chosen),
        (pictograms.what, _("What never happens"), never),
        _until(one),
        _back(),
        _help(),
    ]


def _categories(one: Consent) -> str:
    return listing([str(translate(Category(code))) for code in one.categories])


def _until(one: Consent) -> Sentence:
    return pictograms.until, _("Until when"), day(one.valid_until)


def _back() -> Sentence:
    text = _("Any day, without a reason: say it to your case manager, telephone, or use your link.")
    return pictograms.back, _("You may take it back"), text


def _help() -> Sentence:
    text = _("Whether you agree or not, and if you take it back.")
    return pictograms.helped, _("The help stays the same"), text


_SENTENCES: dict[str, Callable[[Consent, Sequence[str]], list[Sentence]]] = {
    "case_management": _base,
    "justice": _justice,
    "asylum": _asylum,
}
