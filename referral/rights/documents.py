"""On paper: the own file of a person, the proofs of a withdrawal and of an erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.cases.queries.accesses import Access, act_in_words
from referral.consent.acts import purpose_words
from referral.consent.models import Consent
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing, moment
from referral.foundation.i18n import in_language, translate
from referral.referrals.documents import house
from referral.rights.handing import Handed
from referral.rights.hold_models import LegalHold
from referral.rights.models import RightsRequest, StopNotice, Withdrawal
from referral.rights.queries.own_file import FormPart, OwnFile, Seen
from referral.rights.stopping import Channel
from sop.form_index import BY_NAME
from sop.vocabulary import N_, Category


def own_file_pdf(sheet: OwnFile, *, lang: str, printed_at: datetime, audit_head: str) -> bytes:
    """What is held, who saw it, when, why, under which consent: in the person's language, A4."""
    with force_locale(lang):
        document = Document(
            _("What we hold about you"),
            lang=lang,
            printed_at=printed_at,
            reference=sheet.code,
            audit_head=audit_head,
            house=house(),
        )
        document.paragraph(
            _("This is your file. You may ask us to correct it, to stop a use, to erase it, or complain.")
        )
        document.notice(_("Keep this paper where nobody else finds it."))
        document.heading(_("What is written"))
        for part in sheet.parts:
            document.heading(str(translate(part.category)), level=3)
            document.fields([(in_words(line.label), in_words(line.value)) for line in part.lines])
        for form in sheet.forms:
            document.heading(form_words(form), level=3)
            document.fields([(in_words(line.label), in_words(line.value)) for line in form.lines])
        _left_out(document, sheet)
        if sheet.holds:
            document.heading(_("What must be kept"))
            document.bullets([kept(one) for one in sheet.holds])
            document.paragraph(
                _("Until then it is not erased, even if you ask. You may still see it, have it corrected and complain.")
            )
        _files(document, sheet)
        document.heading(_("What you agreed to"))
        header = [_("Recipient"), _("For"), _("What"), _("Until"), _("State")]
        document.table(header, [_consent(one) for one in sheet.consents] or [["–"] * 5], widths=(3, 3, 4, 2, 2))
        document.heading(_("To whom a part was sent"))
        sent = [[one.organization.name, str(translate(one.need)), day(one.sent_at)] for one in sheet.referrals]
        document.table([_("Organisation"), _("For"), _("On")], sent or [["–"] * 3], widths=(4, 4, 2))
        document.heading(_("Who opened or changed it"))
        if sheet.cut:
            document.paragraph(cut_short(sheet))
        header = [_("When"), _("Who"), _("What"), _("Why")]
        seen = [
            [
                seen_when(one),
                "\n".join(part for part in (who(one.last), one.last.organization) if part),
                str(translate(act_in_words(one.last.action))),
                why(one),
            ]
            for one in sheet.accesses
        ]
        document.table(header, seen or [["–"] * 4], widths=(2, 3, 3, 5))
        return document.render()


def _files(document: Document, sheet: OwnFile) -> None:
    document.heading(_("Pictures, recordings and papers that we keep"))
    rows = [[str(translate(one.kind)), str(translate(one.category)), day(one.day)] for one in sheet.files]
    document.table([_("What"), _("About"), _("On")], rows or [["–"] * 3], widths=(4, 5, 2))


def cut_short(sheet: OwnFile) -> str:
    """That not every access is listed, how many there are, and how to get the others."""
    return _(
        "The %(listed)d newest of %(lines)d lines are listed here. “Print every line” gives all of them; your case "
        "manager can do it too.",
        listed=sheet.listed,
        lines=sheet.lines,
    )


def why(one: Seen) -> str:
    """Why somebody saw or changed it: the rule, for what, under which consent."""
    reason = one.reason
    parts = [str(translate(reason.rule))]
    if reason.purpose.startswith("referral:"):
        parts.append(str(translate(purpose_words(reason.purpose))))
    if reason.consent is not None:
        parts.append(
            _(
                "consent of %(given)s for %(recipient)s",
                given=day(reason.consent.given_at),
                recipient=reason.consent.recipient.name,
            )
        )
    return " · ".join(parts)


def _left_out(document: Document, sheet: OwnFile) -> None:
    if sheet.relatives or sheet.notes:
        document.paragraph(left_out(sheet), small=True)


def left_out(sheet: OwnFile) -> str:
    """That something stands in the file which names others, and how much of it."""
    return _(
        "Not on this sheet because it names other people: relatives (%(relatives)d), notes of the staff (%(notes)d). "
        "Ask your case manager to go through them with you.",
        relatives=sheet.relatives,
        notes=sheet.notes,
    )


def kept(one: LegalHold) -> str:
    """Why the file is kept, by which law or order, until when, in plain words."""
    words = {"why": translate(one.reason.told), "basis": one.basis}
    if one.until is None:
        return _("%(why)s %(basis)s. We look at it again on %(day)s.", day=day(one.review_on), **words)
    return _("%(why)s %(basis)s. Until %(day)s.", day=day(one.until), **words)


def form_words(one: FormPart) -> str:
    """The name of a form and when it was finished."""
    entry = BY_NAME.get(one.version.name)
    name = str(translate(entry.label)) if entry else one.version.title
    return f"{name}, {day(one.finished_at)}"


def seen_when(one: Seen) -> str:
    """When, and how often that day if more than once."""
    if one.times == 1:
        return moment(one.last.at)
    return _("%(moment)s, %(times)d times that day", moment=moment(one.last.at), times=one.times)


def who(one: Access) -> str:
    """The name and the role of who opened it, or that it was opened by the link."""
    if one.actor_id is None and one.action.startswith("own_file."):
        return str(translate(Channel.LINK.label))
    role = str(translate(one.role.label)) if one.role else ""
    return ", ".join(part for part in (one.name, role) if part) or "–"


def _consent(one: Consent) -> list[str]:
    return [one.recipient.name, purpose(one), shared(one), day(one.valid_until), consent_state(one)]


def purpose(one: Consent) -> str:
    """What a consent is for, in words."""
    return str(translate(purpose_words(one.purpose)))


def shared(one: Consent) -> str:
    """What a consent lets be shared, in words."""
    return listing([str(translate(Category(code))) for code in one.categories])


def consent_state(one: Consent) -> str:
    """How a consent stands, in words."""
    words = {
        "given": _("given"),
        "refused": _("refused"),
        "withdrawn": _("withdrawn"),
        "expired": _("expired"),
        "superseded": _("replaced"),
    }
    return str(words[one.state.value])


def in_words(value: Any) -> str:
    """An answer as text: choices by language, days, words as they were written."""
    if isinstance(value, tuple):
        return listing([in_words(one) for one in value])
    if isinstance(value, dict):
        return in_language(value)
    return day(value) if hasattr(value, "year") else str(translate(value))


def erasure_pdf(
    case: Case,
    told: Sequence[str],
    left: Sequence[Handed],
    *,
    asked: RightsRequest | None,
    lang: str,
    printed_at: datetime,
) -> bytes:
    """The proof for the person: what was erased, when, who was told, and every document that had left; codes only."""
    with force_locale(lang):
        document = Document(
            _("Your file was erased"),
            lang=lang,
            printed_at=printed_at,
            reference=case.code,
            house=house(),
        )
        document.paragraph(
            _(
                "On %(day)s the keys of this file were destroyed. What it said cannot be read any more, neither in the "
                "system nor in its backups. Figures that point to nobody stay.",
                day=day(case.erased_at),
            )
        )
        dates = [(_("Asked on"), day(asked.received_on)), (_("Decided on"), day(asked.decided_at))] if asked else []
        document.fields(
            [
                (_("Case"), case.code),
                *dates,
            ],
            columns=2,
        )
        document.heading(_("Told to destroy what they hold"), level=3)
        document.bullets(list(told) or [_("nobody received a part of it")])
        document.heading(_("Documents that had left before"), level=3)
        document.paragraph(
            _(
                "We cannot erase these. The organisations named above were asked to destroy theirs; you may ask the "
                "others, and keep or destroy your own."
            )
            if left
            else _("No document had left.")
        )
        if left:
            rows = [[day(each.on), document_words(each), holder_words(each)] for each in left]
            document.table([_("On"), _("Document"), _("Who holds it")], rows, widths=(2, 5, 5))
        return document.render()


def document_words(one: Handed) -> str:
    """What left, and how many of it that day if more than one."""
    label = str(translate(one.kind.label))
    return label if one.times == 1 else _("%(document)s (%(times)d)", document=label, times=one.times)


def holder_words(one: Handed) -> str:
    """Who holds a document: the organisation, else the role."""
    return one.organization or str(translate(one.holder.label))


CHANNELS = {
    Channel.DESK: N_("in person"),
    Channel.PHONE: N_("by telephone"),
    Channel.LINK: N_("by the link to your file"),
}
"""How they took it back, said to the person."""


def withdrawal_pdf(one: Withdrawal, *, lang: str, printed_at: datetime) -> bytes:
    """The proof for the person: what they took back, when, who was told and by when each must confirm."""
    with force_locale(lang):
        document = Document(
            _("You took back your consent"), lang=lang, printed_at=printed_at, reference=one.case.code, house=house()
        )
        words = _(
            "On %(moment)s you took back consent %(channel)s. From that moment the recipients below no longer see what "
            "stands beside them. What they had seen lawfully before stays written in the access log.",
            moment=moment(one.at),
            channel=translate(CHANNELS[one.channel]),
        )
        document.paragraph(words)
        document.paragraph(_("This does not change the help you get elsewhere. You may agree again at any time."))
        header = [_("Told to stop"), _("What for"), _("What"), _("Must confirm by"), _("Confirmation")]
        document.table(header, [_stop(stop) for stop in one.stops], widths=(3, 3, 4, 2, 3))
        return document.render()


def _stop(one: StopNotice) -> list[str]:
    categories = listing([str(translate(Category(code))) for code in one.categories])
    answer = f"{translate(one.answer.label)}, {day(one.answered_at)}" if one.answer else "–"
    return [one.recipient.name, str(translate(purpose_words(one.purpose))), categories, day(one.due_on), answer]
