"""The register as one workbook: processing, transfers abroad, agreements, breaches and the impact assessment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext as _

from referral.foundation.formatting import day, listing, moment
from referral.foundation.i18n import translate
from referral.foundation.national import periods
from referral.foundation.spreadsheets import write_workbook
from referral.partners import wording
from referral.partners.models import Agreement
from referral.periods import rows
from referral.rights import queries
from referral.rights.breaches import BreachStep
from referral.rights.models import Breach
from referral.rights.processing import DPIA, REGISTER, Activity
from sop.vocabulary import Category


def workbook(today: date) -> bytes:
    """Everything that must be shown to the Authority, in the language of the page; codes and organisations only."""
    return write_workbook(
        [
            (
                _("Register of processing"),
                [
                    _("Code"), _("Name"), _("Purpose"), _("Basis"), _("Persons"), _("Data"), _("Recipients"),
                    _("Kept for"),
                ],
                [_activity(one) for one in REGISTER],
            ),
            (
                _("Periods"),
                [_("What is counted"), _("Value"), _("State")],
                [
                    [_(label), value, _("to be validated") if assumed else _("set by the country")]
                    for label, value, assumed in rows(periods())
                ],
            ),
            (
                _("Transfers abroad"),
                [_("Reference"), _("Partner"), _("Country"), _("Number of the authorisation")],
                queries.authorised_transfers(today),
            ),
            (
                _("Agreements"),
                [
                    _("Reference"), _("Holds the files"), _("Partner"), _("State"), _("From"), _("Until"), _("Data"),
                    _("Purposes"), _("Committee decision"),
                ],
                [_agreement(one) for one in queries.all_agreements()],
            ),
            (
                _("Breaches"),
                [
                    _("Number"), _("What happened"), _("Found on"), _("The Authority is told by"),
                    _("Persons concerned"), _("Data"), _("High risk for the persons"), _("Done so far"),
                    _("Description"),
                ],
                [_breach(one) for one in queries.breaches(size=10_000)],
            ),
            (
                _("Impact assessment"),
                [_("Question"), _("Answer"), _("Why, and what is still to do"), _("Answered on")],
                list(_assessment()),
            ),
        ]
    )  # fmt: skip


def _named(codes: list[str]) -> str:
    return listing([str(translate(Category(code))) for code in codes])


def _activity(one: Activity) -> list[str]:
    kept = str(translate(one.kept_for(periods())))
    texts = [_(text) for text in (one.name, one.purpose, one.basis, one.persons)]
    return [one.code, *texts, listing([str(translate(it)) for it in one.categories]), _(one.recipients), kept]


def _agreement(one: Agreement) -> list[str]:
    days = [day(moment) if moment else "" for moment in (one.effective_from, one.effective_until)]
    terms = [_named(one.categories), listing(wording.purposes(one)), one.decision_number]
    return [one.reference, one.holder.name, one.partner.name, str(translate(one.state)), *days, *terms]


def _breach(one: Breach) -> list[str]:
    return [
        one.number,
        _(one.kind.label),
        moment(one.discovered_at),
        moment(one.authority_due),
        "" if one.persons is None else str(one.persons),
        _named(one.categories),
        _("yes") if one.high_risk else _("no"),
        listing([_(step.label) for step in BreachStep if step.value in one.steps]),
        one.words,
    ]


def _assessment() -> Iterator[list[str]]:
    answers = queries.assessment()
    for code, question in DPIA:
        line = answers.get(code)
        yield [
            _(question),
            *([str(translate(line.answer)), line.note, day(line.answered_at)] if line else ["", "", ""]),
        ]
