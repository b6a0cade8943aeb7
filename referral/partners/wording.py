"""Words of an agreement's terms, for its page and its paper: label and value, line by line."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.consent.acts import purpose_words
from referral.foundation.formatting import day, listing
from referral.foundation.i18n import in_language, translate
from referral.partners.models import Agreement
from referral.partners.rules.agreements import MEASURES, AgreementState
from sop.places import load_places
from sop.vocabulary import Category

TONES: dict[AgreementState, str] = {
    AgreementState.ACTIVE: "ok",
    AgreementState.SUSPENDED: "late",
    AgreementState.EXPIRED: "late",
    AgreementState.SIGNED_BOTH: "soon",
}


def regions() -> dict[str, str]:
    """P-code and name of each region, in the language of the page."""
    return {one.pcode: in_language(one.name) for one in load_places(current_app.config["SETTINGS"].country).regions}


def period(one: Agreement) -> str:
    """From which day to which, as far as it is known."""
    if one.effective_from and one.effective_until:
        return _("from %(first)s to %(last)s", first=day(one.effective_from), last=day(one.effective_until))
    return _("not yet set")


def categories(one: Agreement) -> list[str]:
    """What may be passed on, in words."""
    return [str(translate(Category(code))) for code in one.categories]


def purposes(one: Agreement) -> list[str]:
    """What for, in words."""
    return [str(translate(purpose_words(purpose))) for purpose in one.purposes]


def lines(one: Agreement) -> list[tuple[str, str]]:
    """The annex: period, data, territory, people, security; what nobody has filled in is left out."""
    terms, names = one.promised, regions()
    given = [
        (_("Period"), period(one)),
        (_("Data that may be passed on"), listing(categories(one))),
        (_("Purposes"), listing(purposes(one))),
        (_("Regions"), listing([names.get(code, code) for code in terms.regions])),
        (_("Capacity promised"), terms.capacity),
        (_("Who pays what"), terms.cost_share),
        (_("Answers an urgent referral within"), _hours(terms.answer_hours)),
        (
            _("Signs for the organisation that holds the files"),
            _person(terms.holder_representative, terms.holder_function),
        ),
        (_("Signs for the partner"), _person(terms.partner_representative, terms.partner_function)),
        (_("Focal point and deputy"), listing([name for name in (terms.focal_point, terms.deputy) if name])),
        (_("Contact for data breaches"), terms.breach_contact),
        (_("The partner keeps the data for"), _months(terms.retention_months)),
        (_("Security measures"), listing([_(MEASURES[code]) for code in terms.measures if code in MEASURES])),
        (_("Passing on to others"), _("allowed, with a new consent") if one.onward else _("not allowed")),
        (_("Transfer abroad"), _abroad(one)),
        (_("Renewal"), _renewal(terms.renewal, terms.renewal_days)),
        (_("Procedure followed"), terms.procedure),
    ]
    return [(label, value) for label, value in given if value]


def _person(name: str, function: str) -> str:
    return ", ".join(part for part in (name, function) if part)


def _hours(count: int | None) -> str:
    return ngettext("one hour", "%(num)d hours", count) if count else ""


def _months(count: int | None) -> str:
    return ngettext("one month after the last service", "%(num)d months after the last service", count) if count else ""


def _abroad(one: Agreement) -> str:
    if not one.cross_border:
        return _("none")
    number = one.promised.authorisation
    if one.transfer_authorised and number:
        said = _("authorised, number %(number)s", number=number)
    else:
        said = _("not yet authorised")
    return _("%(country)s (%(authorised)s)", country=one.promised.transfer_country or "–", authorised=said)


def _renewal(wanted: bool, days: int | None) -> str:
    if not wanted:
        return _("not foreseen")
    if not days:
        return _("foreseen")
    return ngettext(
        "foreseen, spoken about one day before the end", "foreseen, spoken about %(num)d days before the end", days
    )
