"""Can the service take a referral now? Need, status, hours, language, cost, answers so far, freshness."""

from __future__ import annotations

from directory import freshness, schedule
from directory.criteria import Criteria, Criterion, Moment, Verdict, verdict
from directory.employment import ECONOMIC
from directory.offers import Offer
from directory.profile import Hours
from directory.referring import AccessMode
from directory.taxonomy import (
    LANGUAGE_LABELS,
    SERVICE_TYPE_LABELS,
    Referrals,
    Status,
)
from directory.vocabulary import N_, Message, label


def need(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """A service that is not mapped to the need is never offered for it."""
    if criteria.need is None:
        return None
    if criteria.need in offer.needs:
        kinds = tuple(label(kind, SERVICE_TYPE_LABELS) for kind in sorted(offer.types))
        if kinds:
            return verdict(Criterion.NEED, True, Message("offers", N_("offers: %(types)s"), {"types": kinds}))
        return verdict(Criterion.NEED, True, Message("serves_need", N_("serves this need")))
    return verdict(Criterion.NEED, False, Message("other_need", N_("does not serve this need")))


STATUS_MESSAGES: dict[Status | None, Message] = {
    Status.ACTIVE: Message("active", N_("active service")),
    Status.INACTIVE: Message("inactive", N_("the service is not active")),
    Status.DEFUNCT: Message("defunct", N_("the service no longer exists")),
    Status.TEMPORARILY_CLOSED: Message("temporarily_closed", N_("the service is temporarily closed")),
    None: Message("status_unknown", N_("not stated whether the service is active")),
}


def status(offer: Offer, _criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Active, and its organisation not suspended."""
    if offer.suspended:
        message = Message("suspended", N_("the organisation is suspended from the network"))
        return verdict(Criterion.STATUS, False, message)
    known = None if offer.status is None else offer.status is Status.ACTIVE
    return verdict(Criterion.STATUS, known, STATUS_MESSAGES[offer.status])


def hours(offer: Offer, criteria: Criteria, moment: Moment) -> Verdict | None:
    """Open now (or then): until when, or from when; decides only where required."""
    answer, message = opened(offer.hours, criteria, moment)
    return verdict(Criterion.HOURS, answer, message, Criterion.HOURS in criteria.required)


def opened(hours: Hours, criteria: Criteria, moment: Moment) -> tuple[bool | None, Message]:
    """Return whether these hours are open when it is asked, and the sentence."""
    if criteria.at is not None:
        found = schedule.opening(hours, criteria.at, moment.holidays)
        return found.open, schedule.sentence_then(found)
    if criteria.on is not None:
        return schedule.on_day(hours, criteria.on, moment.holidays)
    found = schedule.opening(hours, moment.now, moment.holidays)
    return found.open, schedule.sentence(found, moment.now, hours.timezone)


REFERRALS_MESSAGES: dict[Referrals | None, Message] = {
    Referrals.YES: Message("accepts_referrals", N_("accepts referrals")),
    Referrals.PROFESSIONALS_ONLY: Message("professionals", N_("accepts referrals by professionals")),
    Referrals.NOT_NEEDED: Message("no_referral_needed", N_("people may come without referral")),
    Referrals.NO: Message("no_referrals", N_("does not accept referrals")),
    None: Message("referrals_not_stated", N_("not stated whether referrals are accepted")),
}


def referrals(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Whether a referral may be sent at all; where one must be taken, *come without* is to be asked."""
    value = offer.accepts_referrals
    if value is Referrals.NOT_NEEDED and Criterion.REFERRALS in criteria.required:
        message = Message("referral_to_ask", N_("people come without referral: ask whether one is taken"))
        return verdict(Criterion.REFERRALS, None, message)
    answer = None if value is None else value is not Referrals.NO
    return verdict(Criterion.REFERRALS, answer, REFERRALS_MESSAGES[value])


def walk_in(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Whether a person may come without appointment, asked only on demand; silence is to be asked about."""
    if Criterion.WALK_IN not in criteria.required:
        return None
    if not offer.access_modes:
        return verdict(Criterion.WALK_IN, None, Message("access_modes_not_stated", N_("not stated how people get in")))
    if AccessMode.WALK_IN in offer.access_modes:
        return verdict(Criterion.WALK_IN, True, Message("walk_in", N_("people may come without appointment")))
    return verdict(
        Criterion.WALK_IN, False, Message("no_walk_in", N_("nobody is taken without appointment or referral"))
    )


def residence(offer: Offer, _criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Where only residents are taken, somebody has to ask where the person lives; it never decides."""
    if not offer.residence_required:
        return None
    message = Message("residents_only", N_("only for people who live in its area: ask first"))
    return verdict(Criterion.RESIDENCE, None, message, hard=False)


def language(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """A shared language or an interpreter; decides only where required."""
    if not criteria.languages:
        return None
    hard = Criterion.LANGUAGE in criteria.required
    if shared := offer.languages & criteria.languages:
        names = tuple(label(code, LANGUAGE_LABELS) for code in sorted(shared))
        message = Message("speaks", N_("speaks: %(languages)s"), {"languages": names})
        return verdict(Criterion.LANGUAGE, True, message, hard)
    if offer.interpreter:
        return verdict(Criterion.LANGUAGE, True, Message("interpreter", N_("interpreter available")), hard)
    if not offer.languages:
        return verdict(Criterion.LANGUAGE, None, Message("languages_not_stated", N_("languages not stated")), hard)
    names = tuple(label(code, LANGUAGE_LABELS) for code in sorted(offer.languages))
    message = Message("other_language", N_("speaks only: %(languages)s"), {"languages": names})
    return verdict(Criterion.LANGUAGE, False, message, hard)


def cost(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Free of charge; silence is shown only where it decides."""
    hard = Criterion.COST in criteria.required
    if offer.free is None:
        return verdict(Criterion.COST, None, Message("cost_not_stated", N_("cost not stated")), hard) if hard else None
    if offer.free:
        return verdict(Criterion.COST, True, Message("free", N_("free of charge")), hard)
    return verdict(Criterion.COST, False, Message("paid", N_("not free of charge")), hard)


def step_free(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Without steps; silence is shown only where it decides."""
    hard = Criterion.ACCESS in criteria.required
    if offer.remote:
        return verdict(Criterion.ACCESS, True, Message("remote", N_("by telephone or online")), hard) if hard else None
    if offer.step_free:
        return verdict(Criterion.ACCESS, True, Message("step_free", N_("accessible without steps")), hard)
    if offer.step_free is False:
        return verdict(Criterion.ACCESS, False, Message("steps", N_("not accessible without steps")), hard)
    if not hard:
        return None
    if offer.accessibility:
        values = {"words": offer.accessibility}
        return verdict(Criterion.ACCESS, None, Message("access_words", N_("access to be checked: %(words)s"), values))
    return verdict(Criterion.ACCESS, None, Message("access_not_stated", N_("not stated whether there are steps")))


def vacancies(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Places to be filled today, asked only on demand. Who could announce some and never did is to be asked."""
    if Criterion.VACANCIES not in criteria.required:
        return None
    if offer.vacancies:
        message = Message("vacancies", N_("places to be filled now: %(places)d"), {"places": offer.vacancies})
        return verdict(Criterion.VACANCIES, True, message)
    if offer.vacancies is None and offer.needs & ECONOMIC:
        return verdict(Criterion.VACANCIES, None, Message("no_vacancy_told", N_("has never announced a vacancy: ask")))
    return verdict(Criterion.VACANCIES, False, Message("no_vacancy", N_("no vacancy is open now")))


ENOUGH_REFERRALS = 5


def response_rank(offer: Offer) -> int:
    """0 answers well (four in five in time), 1 not enough referrals to say, 2 answers badly."""
    found = offer.response
    if found is None or found.asked < ENOUGH_REFERRALS:
        return 1
    return 0 if found.answered * 5 >= found.asked * 4 else 2


def response(offer: Offer, _criteria: Criteria, _moment: Moment) -> Verdict | None:
    """How earlier referrals were answered; informs and orders, never decides."""
    found = offer.response
    if found is None or found.asked < ENOUGH_REFERRALS:
        return None
    values = {"answered": found.answered, "asked": found.asked, "hours": found.hours}
    message = Message("answered", N_("answered %(answered)d of %(asked)d requests within %(hours)d h"), values)
    return verdict(Criterion.RESPONSE, response_rank(offer) == 0, message, hard=False)


def fresh(offer: Offer, _criteria: Criteria, moment: Moment) -> Verdict | None:
    """An unverified entry must be verified first; a late one only ranks lower; an archived one is out."""
    current = freshness.state(offer, moment.now.date(), moment.lives)
    message = freshness.sentence(offer, moment.now, moment.lives)
    doubtful = current in (freshness.State.LATE, freshness.State.UNVERIFIED)
    answer = None if doubtful else current is not freshness.State.ARCHIVED
    return verdict(Criterion.FRESHNESS, answer, message, current is not freshness.State.LATE)
