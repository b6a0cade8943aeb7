"""Letters: breaches to the Authority and the persons, answers to requests, and stops to recipients."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.consent.acts import purpose_words
from referral.foundation.documents import Document
from referral.foundation.formatting import day, listing, moment
from referral.foundation.i18n import translate
from referral.referrals.documents import house
from referral.rights.breaches import BreachKind, BreachStep
from referral.rights.models import Breach, RightsRequest, StopNotice
from referral.rights.rules import RequestKind, RequestState
from referral.rights.stopping import StopAnswer
from sop.vocabulary import N_, Category

ADVICE: dict[BreachKind, str] = {
    BreachKind.LOST: N_("Tell us at once if somebody calls you or comes to you about your file."),
    BreachKind.STOLEN: N_("Tell us at once if somebody calls you or comes to you about your file."),
    BreachKind.SENT_WRONG: N_(
        "Whoever received it was asked to destroy it. Tell us if somebody speaks to you about it."
    ),
    BreachKind.READ: N_("The access is closed. Tell us if somebody speaks to you about what only we should know."),
    BreachKind.PUBLISHED: N_("If you fear for your safety, call us at once: we help you to find a safe place."),
    BreachKind.UNREVIEWED: N_("Tell us if you do not know why your file was opened: we look into it with you."),
    BreachKind.DESTROYED: N_("We may ask you again for some of what you told us. Your help goes on."),
}
GRANTED: dict[RequestKind, str] = {
    RequestKind.COPY: N_("You receive the copy with this letter."),
    RequestKind.CORRECTION: N_("What was wrong is corrected, and those who received it are told."),
    RequestKind.OBJECTION: N_("The use that you objected to has ended."),
    RequestKind.COMPLAINT: N_("Your complaint was found right. What went wrong is put right, and you are told how."),
    RequestKind.ERASURE: N_("Your file is erased."),
}


def answer_letter(one: RightsRequest, *, lang: str, printed_at: datetime) -> bytes:
    """The answer to what a person asked about their file, with the reason of a refusal and where to complain.

    `one` was answered. No name: the letter is given by hand.
    """
    with force_locale(lang):
        document = Document(
            _("The answer to what you asked"), lang=lang, printed_at=printed_at, reference=one.case.code, house=house(),
            large=True,
        )  # fmt: skip
        document.paragraph(_("On %(day)s you asked for: %(what)s.", day=day(one.received_on), what=_(one.kind.label)))
        if one.state is RequestState.GRANTED:
            document.paragraph(_("The answer is yes."), strong=True).paragraph(_(GRANTED[one.kind]))
        else:
            reason = _(one.refusal.label) if one.refusal else "–"
            document.paragraph(_("The answer is no: %(reason)s.", reason=reason), strong=True)
        document.paragraph(_("Answered on %(day)s.", day=day(one.decided_at)), small=True)
        document.heading(_("If you do not agree"))
        document.paragraph(
            _(
                "Tell your case manager or ask for the data officer. You may also complain to the authority in charge "
                "of personal data protection, or go to court. None of this changes the help you get."
            )
        )
        return document.render()


def persons_letter(one: Breach, *, lang: str, printed_at: datetime) -> bytes:
    """What the persons concerned by a breach are told, in plain words: one text for all, no name and no case."""
    with force_locale(lang):
        document = Document(
            _("Something happened to data about you"), lang=lang, printed_at=printed_at, reference=one.number,
            house=house(), large=True,
        )  # fmt: skip
        document.paragraph(
            _("On %(moment)s we found out: %(what)s.", moment=moment(one.discovered_at), what=_(one.kind.label))
        )
        categories = [str(translate(Category(code))) for code in one.categories]
        if categories:
            document.heading(_("Which data")).paragraph(listing(categories))
        document.heading(_("What we have done")).paragraph(_done(one) or _("We are finding out what happened."))
        document.heading(_("What you can do")).bullets(
            [
                _(ADVICE[one.kind]),
                _("Ask your case manager what was concerned, and for a new telephone contact if you need one."),
                _("You may complain to the authority in charge of personal data protection."),
            ]
        )
        document.paragraph(_("The help you get does not change."), strong=True)
        document.paragraph(_("Contact: the data officer of the mechanism."))
        return document.render()


def _done(one: Breach) -> str:
    return listing(
        [
            f"{_(step.label)} ({moment(datetime.fromisoformat(one.steps[step.value]))})"
            for step in BreachStep
            if step.value in one.steps
        ]
    )


def breach_letter(one: Breach, *, lang: str, printed_at: datetime) -> bytes:
    """The notice of a breach to the data protection Authority."""
    with force_locale(lang):
        document = Document(
            _("Notice of a personal data breach"), lang=lang, printed_at=printed_at, reference=one.number, house=house()
        )
        document.paragraph(_("To the authority in charge of personal data protection"), strong=True)
        document.paragraph(
            _("We give notice of the following breach of personal data, under law no. 2024/017 of 23 December 2024.")
        )
        categories = [str(translate(Category(code))) for code in one.categories]
        document.fields(
            [
                (_("Number"), one.number),
                (_("What happened"), _(one.kind.label)),
                (_("Found on"), moment(one.discovered_at)),
                (_("Persons concerned"), _("not known yet") if one.persons is None else str(one.persons)),
                (_("Kinds of data"), listing(categories) or "–"),
                (_("High risk for the persons"), _("yes") if one.high_risk else _("no")),
                (_("Description"), one.words),
                (_("Done so far"), _done(one) or "–"),
            ]
        )
        document.paragraph(_("Contact: the data officer of the mechanism."))
        document.signatures([_("Data officer"), _("Coordination")])
        return document.render()


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
        document.ticks([(str(translate(answer.label)), False) for answer in StopAnswer])
        document.fields([(_("Which law, if something is kept"), None), (_("Function"), None)])
        document.signatures([_("For the recipient"), _("For the case team")])
        return document.render()
