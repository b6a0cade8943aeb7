"""May this person use the service? Age, sex, and the audiences it includes, excludes or serves first."""

from __future__ import annotations

from collections.abc import Collection

from directory.criteria import OLDEST, Answer, Criteria, Criterion, Moment, Verdict, verdict
from directory.offers import Offer
from directory.papers import asks_nothing, recognised
from directory.taxonomy import EVERYBODY, TERM_LABELS, AudienceRule, Facet, ServiceType
from directory.vocabulary import N_, Message, label


def age(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Both bounds included. No bound stated is *not stated*, unless the entry says that all ages are served."""
    if criteria.ages is None:
        return None
    low, high = offer.minimum_age, offer.maximum_age
    if low is None and high is None:
        if offer.all_ages:
            return verdict(Criterion.AGE, True, Message("all_ages", N_("accepts all ages")))
        return verdict(Criterion.AGE, None, Message("age_not_stated", N_("age not stated")))
    first, last = low or 0, OLDEST if high is None else high
    youngest, oldest = criteria.ages
    if oldest < first or youngest > last:
        message = Message("only", N_("%(ages)s only"), {"ages": _ages(offer)})
        return verdict(Criterion.AGE, False, message)
    if first <= youngest and oldest <= last:
        return verdict(Criterion.AGE, True, _ages(offer))
    message = Message("age_to_check", N_("%(ages)s; the person’s age is not certain"), {"ages": _ages(offer)})
    return verdict(Criterion.AGE, None, message)


AGE_TEXTS: dict[tuple[str, str, str], str] = {
    ("female", "child", "range"): N_("accepts girls %(low)d–%(high)d"),
    ("female", "child", "to"): N_("accepts girls up to %(high)d years"),
    ("female", "adult", "range"): N_("accepts women %(low)d–%(high)d"),
    ("female", "adult", "from"): N_("accepts women from %(low)d years"),
    ("female", "", "range"): N_("accepts women and girls %(low)d–%(high)d"),
    ("female", "", "from"): N_("accepts women and girls from %(low)d years"),
    ("female", "", "to"): N_("accepts women and girls up to %(high)d years"),
    ("male", "child", "range"): N_("accepts boys %(low)d–%(high)d"),
    ("male", "child", "to"): N_("accepts boys up to %(high)d years"),
    ("male", "adult", "range"): N_("accepts men %(low)d–%(high)d"),
    ("male", "adult", "from"): N_("accepts men from %(low)d years"),
    ("male", "", "range"): N_("accepts men and boys %(low)d–%(high)d"),
    ("male", "", "from"): N_("accepts men and boys from %(low)d years"),
    ("male", "", "to"): N_("accepts men and boys up to %(high)d years"),
    ("", "child", "range"): N_("accepts children %(low)d–%(high)d"),
    ("", "child", "to"): N_("accepts children up to %(high)d years"),
    ("", "adult", "range"): N_("accepts adults %(low)d–%(high)d"),
    ("", "adult", "from"): N_("accepts adults from %(low)d years"),
    ("", "", "range"): N_("accepts people %(low)d–%(high)d"),
    ("", "", "from"): N_("accepts people from %(low)d years"),
    ("", "", "to"): N_("accepts people up to %(high)d years"),
}


def _ages(offer: Offer) -> Message:
    low, high = offer.minimum_age or 0, offer.maximum_age
    band = "child" if high is not None and high < 18 else "adult" if low >= 18 else ""
    shape = "from" if high is None else "range" if low else "to"
    values = {"low": low, "high": high} if shape == "range" else {"low": low} if shape == "from" else {"high": high}
    return Message(f"accepts_{shape}", AGE_TEXTS[(offer.only_sex, band, shape)], values)


def _terms(offer: Offer, facet: Facet, rule: AudienceRule) -> frozenset[str]:
    return offer.terms.get((facet, rule), NONE)


NONE: frozenset[str] = frozenset()
SEX_MATTERS = frozenset({ServiceType.SHEL, ServiceType.WOMN})
"""Where silence about sex may not be read as *everybody*: a shelter, a service for women. Untyped imports neither."""

RECEIVES_ONLY = {
    "female": Message("receives_female", N_("receives women and girls")),
    "male": Message("receives_male", N_("receives men and boys")),
}
REFUSES = {
    "female": Message("refuses_female", N_("does not receive women")),
    "male": Message("refuses_male", N_("does not receive men")),
}


def sex(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Received, refused, or not stated where that may not be assumed."""
    if criteria.sex is None:
        return None
    only = offer.only_sex
    stated = any(row.facet is Facet.SEX for row in offer.audiences)
    if not offer.sexes or (not stated and (not offer.types or offer.types & SEX_MATTERS)):
        message = Message("sex_not_stated", N_("not stated whether women or men are received"))
        return verdict(Criterion.SEX, None, message)
    if not only:
        if not stated:
            return None
        return verdict(Criterion.SEX, True, Message("any_sex", N_("receives women and men")))
    if criteria.sex == only:
        return verdict(Criterion.SEX, True, RECEIVES_ONLY[only])
    if criteria.sex in REFUSES:
        return verdict(Criterion.SEX, False, REFUSES[criteria.sex])
    message = Message("sex_to_check", N_("%(who)s only: to be checked"), {"who": RECEIVES_ONLY[only]})
    return verdict(Criterion.SEX, None, message)


def audience(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Legal status, vulnerability, nationality: a refused term decides, then priority, then a list."""
    asked = (
        (Facet.STATUS, criteria.statuses),
        (Facet.VULNERABILITY, criteria.vulnerabilities),
        (Facet.NATIONALITY, None if criteria.nationality is None else frozenset({criteria.nationality} - {""})),
    )
    found = [one for facet, terms in asked if terms is not None and (one := _facet(offer, facet, terms))]
    return max(found, key=lambda one: SEVERITY[one.answer], default=None)


SEVERITY = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}


def _facet(offer: Offer, facet: Facet, terms: frozenset[str]) -> Verdict | None:
    labels = TERM_LABELS[facet]

    def who(codes: Collection[str]) -> tuple[Message, ...]:
        return tuple(label(code, labels) for code in sorted(codes))

    if refused := _terms(offer, facet, AudienceRule.EXCLUDED) & terms:
        message = Message("refuses", N_("does not receive: %(who)s"), {"who": who(refused)})
        return verdict(Criterion.AUDIENCE, False, message)
    received = _terms(offer, facet, AudienceRule.INCLUDED)
    if first := _terms(offer, facet, AudienceRule.PRIORITY) & terms:
        message = Message("serves_first", N_("serves first: %(who)s"), {"who": who(first)})
        return verdict(Criterion.AUDIENCE, True, message)
    if not received or EVERYBODY in received:
        return None
    if matched := received & terms:
        return verdict(Criterion.AUDIENCE, True, Message("serves", N_("is meant for: %(who)s"), {"who": who(matched)}))
    message = Message("only_for", N_("only for: %(who)s"), {"who": who(received)})
    return verdict(Criterion.AUDIENCE, False if terms else None, message)


def documents(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Which papers are asked for, met with those that the person holds.

    A paper that is missing is a question to ask (many services waive it), unless no paper may be missing.
    """
    if criteria.papers is None:
        return None
    hard = Criterion.DOCUMENTS in criteria.required
    asked = [one for one in offer.required_documents if not asks_nothing(one)]
    if not asked:
        return _no_papers(offer, hard)
    missing = tuple(one for one in asked if recognised(one) and not recognised(one) & criteria.papers)
    if missing:
        message = Message("papers_missing", N_("asks for papers that are missing: %(papers)s"), {"papers": missing})
        return verdict(Criterion.DOCUMENTS, False if hard else None, message)
    unclear = tuple(one for one in asked if not recognised(one))
    if unclear:
        message = Message("papers_to_check", N_("papers to be checked: %(papers)s"), {"papers": unclear})
        return verdict(Criterion.DOCUMENTS, None, message, hard)
    message = Message("papers_held", N_("asks for papers that the person has: %(papers)s"), {"papers": tuple(asked)})
    return verdict(Criterion.DOCUMENTS, True, message, hard)


def _no_papers(offer: Offer, hard: bool) -> Verdict | None:
    if offer.required_documents:
        return verdict(Criterion.DOCUMENTS, True, Message("no_papers", N_("no paper is asked for")), hard)
    message = Message("papers_not_stated", N_("not stated which papers are asked for"))
    return verdict(Criterion.DOCUMENTS, None, message, hard) if hard else None
