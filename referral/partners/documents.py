"""An agreement on paper: its clauses, the annex, the signatures and the decision; the same text gives the same file."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.foundation.documents import Document, Signed
from referral.foundation.formatting import day
from referral.partners.models import Agreement, AgreementSignature
from referral.partners.rules.agreements import CLAUSE_LABELS, CLAUSES, IN_FORCE, OVER, Side, SignatureMethod
from referral.partners.wording import lines, period
from referral.referrals.documents import house

SHORT = 16


def agreement_pdf(one: Agreement, *, text_hash: str, drawn: Mapping[Side, bytes], lang: str) -> bytes:
    """The agreement as a PDF, A4; a text that is not signed by both says so on its first page.

    `drawn`: the pictures of the signatures, of the parties that gave one.
    """
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
        document.paragraph(_("Fingerprint of the text: %(hash)s", hash=text_hash), small=True)
        document.heading(_("Signatures"), level=2)
        document.signed([_block(one, side, drawn.get(side)) for side in Side])
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


def _block(one: Agreement, side: Side, drawn: bytes | None) -> Signed:
    """The place of one party: empty until it has signed, then who signed what, when and how."""
    party = (one.holder if side is Side.HOLDER else one.partner).name
    row = next((found for found in one.signatures if found.side is side), None)
    name = _(side.label)
    label = name[:1].upper() + name[1:]
    if row is None:
        return Signed(label, party)
    return Signed(label, party, drawn, (_said(row), _("Text signed: %(hash)s", hash=row.text_hash[:SHORT])))


def _said(row: AgreementSignature) -> str:
    who = {"day": day(row.signed_on), "who": ", ".join(part for part in (row.representative, row.function) if part)}
    if row.method is SignatureMethod.SCAN:
        return _("Signed on paper on %(day)s by %(who)s; the signed paper is kept.", **who)
    return _("Signed on screen on %(day)s by %(who)s.", **who)
