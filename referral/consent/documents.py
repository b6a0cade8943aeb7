"""The consent form on paper: the words that are read aloud, what may be passed on, room to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.consent.models import Consent
from referral.consent.wording import words_for
from referral.foundation.documents import Document
from referral.foundation.formatting import day, moment
from referral.foundation.i18n import translate
from referral.referrals.documents import house
from sop.texts import Block, Text
from sop.vocabulary import SENSITIVE, Category


@dataclass(frozen=True, slots=True)
class Filled:
    """What was recorded, as the form shows it; names stay sealed and on the signed sheet.

    `signed`: when and how it was marked, in words; `signature`: the drawn one, for whoever may see it.
    """

    categories: frozenset[Category]
    valid_until: date
    given_at: datetime
    language: Any
    interpreter: bool
    mark: str
    signed: str = ""
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """One form: which case, towards whom, for what, and the categories it offers. Empty unless `filled`."""

    case_code: str
    reference: str
    recipient: str
    need: Any
    offered: tuple[Category, ...]
    text: Text
    form_code: str
    child: bool
    filled: Filled | None = None


MARKS = ("signature", "thumbprint", "oral")


def consent_form(form: ConsentForm, *, lang: str, printed_at: datetime, audit_head: str) -> bytes:
    """The form as a PDF, A4."""
    with force_locale(lang):
        document = Document(
            form.text.title,
            lang=lang,
            printed_at=printed_at,
            reference=form.reference,
            subtitle=_("Case %(code)s", code=form.case_code),
            audit_head=audit_head,
            house=house(),
        )
        for block in words_for(form.text, child=form.child):
            _block(document, block)
        document.fields([(_("Service"), form.recipient), (_("For"), str(translate(form.need)))], columns=2)
        _choices(document, form)
        _circumstances(document, form)
        if not (form.filled and form.filled.signed):  # what was marked elsewhere needs no boxes
            document.signatures(_signers(form))
        document.space(6)
        document.paragraph(
            _("Form %(code)s, wording %(hash)s", code=form.form_code, hash=form.text.hash[:16]), small=True
        )
        return document.render()


def _block(document: Document, block: Block) -> None:
    if block.kind == "points":
        document.bullets(list(block.lines))
    elif block.kind == "heading":
        document.heading(block.lines[0], level=3)
    else:
        document.paragraph(block.lines[0])


def _choices(document: Document, form: ConsentForm) -> None:
    document.heading(_("What may be passed on"), level=3)
    ticked = form.filled.categories if form.filled else frozenset()
    plain = [one for one in form.offered if one not in SENSITIVE]
    sensitive = [one for one in form.offered if one in SENSITIVE]
    document.ticks([(str(translate(one)), one in ticked) for one in plain], columns=2)
    if sensitive:
        document.paragraph(_("Sensitive: tick each item only if the person says so."), strong=True)
        document.ticks([(str(translate(one)), one in ticked) for one in sensitive], columns=2)


def _circumstances(document: Document, form: ConsentForm) -> None:
    filled = form.filled
    until = day(filled.valid_until) if filled else None
    language = str(translate(filled.language)) if filled else None
    document.fields([(_("Good until"), until), (_("Language"), language)], columns=2)
    document.ticks(
        [
            (_("The person understood and repeated it in their own words"), filled is not None),
            (_("Help does not depend on the answer; this was said"), filled is not None),
            (_("An interpreter helped"), bool(filled and filled.interpreter)),
        ],
        columns=2,
    )
    marks = {"signature": _("signature"), "thumbprint": _("thumbprint"), "oral": _("spoken, before a witness")}
    document.ticks([(marks[mark], bool(filled and filled.mark == mark)) for mark in MARKS], columns=3)
    if filled and filled.signed:
        put_mark(document, filled.signed, filled.signature)


def put_mark(document: Document, words: str, signature: bytes | None, *, height: float = 70) -> None:
    """When and how a consent was marked, and the signature where one was drawn, at most `height` points high."""
    if signature is None:
        document.paragraph(words, strong=True)
    else:
        document.photo(signature, width=190, height=height, words=words)


def marked(one: Consent) -> str:
    """When and how a consent was marked, in the language of the document; a mark that came later says so."""
    if (added := one.added_mark) is not None and one.mark_file is None:
        what = str(translate(added.mark_file.way.label))
        return _("Mark added on %(moment)s: %(what)s.", moment=moment(added.added_at), what=what)
    words: dict[str, str] = {
        "drawn": _("Signed on the screen on %(moment)s.", moment=moment(one.given_at)),
        "sheet": _("Signed on paper on %(moment)s; a picture of the sheet is kept.", moment=moment(one.given_at)),
        "thumbprint": _("Thumbprint given on %(moment)s; a photo is kept.", moment=moment(one.given_at)),
        "recording": _("Said aloud on %(moment)s; the recording is kept.", moment=moment(one.given_at)),
    }
    return words[one.mark_file.way.value] if one.mark_file else ""


def _signers(form: ConsentForm) -> list[str] | None:
    if not form.child:
        return None
    return [_("The child"), _("Parent, guardian or decision"), _("Witness")]
