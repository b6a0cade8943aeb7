"""An agreement on paper: its clauses, the annex, the signatures and the decision; the same text gives the same file."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.foundation.documents import Document
from referral.foundation.formatting import day
from referral.foundation.i18n import translate
from referral.partners.models import Agreement, AgreementSignature
from referral.partners.rules.agreements import CLAUSE_LABELS, CLAUSES, IN_FORCE, OVER, Side
from referral.partners.wording import lines, period
from referral.referrals.documents import house

SHORT = 16


def agreement_pdf(one: Agreement, *, text_hash: str, lang: str) -> bytes:
    """The agreement as a PDF, A4; a text that is not signed by both says so on its first page."""
    with force_locale(lang):
        document = Document(
            _("Agreement %(reference)s", reference=one.reference),
            lang=lang,
            reference=one.reference,
            subtitle=f"{one.holder.name} – {one.partner.name}",
            house=house(),
        )
        document.fields(_head(one), columns=2)
        if one.state not in IN_FORCE:
            over = one.state in OVER
            document.notice(
                _("This agreement is over.") if over else _("Draft: nothing may be passed on under it yet.")
            )
        for number, key in enumerate(CLAUSES, start=1):
            document.heading(f"{number}. {_(CLAUSE_LABELS[key])}", level=3)
            _clause(document, one.clauses.get(key, {}).get(lang, ""))
        document.heading(_("Annex: what is agreed"), level=2).fields(lines(one))
        document.heading(_("Signatures"), level=2)
        _signatures(document, one)
        document.paragraph(_("Fingerprint of the text: %(hash)s", hash=text_hash), small=True)
        return document.render()


def _head(one: Agreement) -> list[tuple[str, str | None]]:
    decided = one.decision_number and one.decision_on
    return [
        (_("Organisation that holds the files"), one.holder.name),
        (_("Partner"), one.partner.name),
        (_("State"), _(one.state.label)),
        (_("Period"), period(one)),
        (_("Replaces"), one.amends.reference if one.amends else ""),
        (_("Decision of the committee"), f"{one.decision_number}, {day(one.decision_on)}" if decided else ""),
    ]


def _clause(document: Document, text: str) -> None:
    for part in text.split("\n\n"):
        document.paragraph(part.strip() or "–")


def _signatures(document: Document, one: Agreement) -> None:
    given = {row.side: row for row in one.signatures}
    if set(given) != set(Side):
        document.signatures([_(side.label) for side in Side])
    if given:
        header = [_("Party"), _("Signed by"), _("On"), _("How"), _("Text signed")]
        rows = [_row(side, given[side]) for side in Side if side in given]
        document.table(header, rows, widths=(3, 3, 2, 3, 2))


def _row(side: Side, row: AgreementSignature) -> list[str]:
    name = ", ".join(part for part in (row.representative, row.function) if part)
    return [_(side.label), name, day(row.signed_on), str(translate(row.method.label)), row.text_hash[:SHORT]]
