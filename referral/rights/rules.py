"""The rights of the person as tables: what may be asked, by when it is answered, how long data are kept.

Sources: IOM DP principles 7, 8, 9 and 11; research/sop.md §7.4 (T1, T2, P1) and §7.5; law 2024/017. Days, hours and
years come as an argument: `referral.periods` holds them, which a country may set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from referral.periods import Periods
from sop.vocabulary import N_, Category, Message


class RequestKind(StrEnum):
    """What a person asks for."""

    COPY = "copy"
    CORRECTION = "correction"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    ERASURE = "erasure"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[RequestKind, str] = {
    RequestKind.COPY: N_("a copy of what is held"),
    RequestKind.CORRECTION: N_("a correction"),
    RequestKind.OBJECTION: N_("an end to one of the uses"),
    RequestKind.COMPLAINT: N_("a complaint about how the data were handled"),
    RequestKind.ERASURE: N_("erasure of the file"),
}


class Requester(StrEnum):
    """Who asks: only the person and those who stand for them may (rules T1, P1, P2)."""

    PERSON = "person"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            Requester.PERSON: N_("the person"),
            Requester.GUARDIAN: N_("the guardian"),
            Requester.REPRESENTATIVE: N_("somebody whom the person has named"),
        }[self]


class RequestState(StrEnum):
    """A request waits, is granted or is refused; a hold keeps an erasure waiting (rule T2)."""

    OPEN = "open"
    HELD = "held"
    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[RequestState, str] = {
    RequestState.OPEN: N_("waits for an answer"),
    RequestState.HELD: N_("waits: a court or the law forbids erasing"),
    RequestState.GRANTED: N_("granted"),
    RequestState.REFUSED: N_("refused"),
}
WAITING: Final = frozenset({RequestState.OPEN, RequestState.HELD})


class RefusalReason(StrEnum):
    """Why a request is not granted; the person is told, and where to complain."""

    NOT_THE_PERSON = "not_the_person"
    THIRD_PARTY = "third_party"
    ACCURATE = "accurate"
    LAW = "law"
    ALREADY = "already"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REFUSAL_LABELS[self]


REFUSAL_LABELS: dict[RefusalReason, str] = {
    RefusalReason.NOT_THE_PERSON: N_("it could not be shown that the person or their guardian asks"),
    RefusalReason.THIRD_PARTY: N_("it concerns somebody else’s data"),
    RefusalReason.ACCURATE: N_("what is held was checked and is right"),
    RefusalReason.LAW: N_("the law asks us to keep it"),
    RefusalReason.ALREADY: N_("it was done already"),
}


SHORTER: Final = frozenset({Category.C11})
"""Categories kept for less than the file: pictures and copies of papers have served once the case is closed."""
LONGER: Final = frozenset({Category.C15})
"""Categories that accounting law keeps for longer than the file (OHADA uniform act on accounting: ten years)."""


def answer_due(received: date, periods: Periods) -> date:
    """The day by which a request is answered.

    >>> from referral.periods import ASSUMED
    >>> answer_due(date(2026, 11, 28), ASSUMED)
    datetime.date(2026, 12, 28)
    """
    return received + timedelta(days=periods.answer_days)


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def keep_until(category: Category, closed: date, birth_year: int | None, *, minor: bool, periods: Periods) -> date:
    """Until which day data of a category of a closed case are kept.

    A child's file is kept until the child could be `child_until` and `child_years` more; without a birth year as if the
    child had been born in the year of the closing (the longest, because a claim may come late).

    >>> from referral.periods import ASSUMED
    >>> keep_until(Category.C2, date(2026, 2, 28), 1990, minor=False, periods=ASSUMED)
    datetime.date(2031, 2, 28)
    >>> keep_until(Category.C2, date(2026, 2, 28), 2015, minor=True, periods=ASSUMED)
    datetime.date(2041, 12, 31)
    >>> keep_until(Category.C11, date(2024, 2, 29), 1990, minor=False, periods=ASSUMED)
    datetime.date(2025, 2, 28)
    """
    if category in SHORTER:
        return _plus_years(closed, periods.image_years)
    until = _plus_years(closed, periods.adult_years)
    if minor:
        until = max(until, date((birth_year or closed.year) + periods.child_until + periods.child_years, 12, 31))
    return max(until, _plus_years(closed, periods.payment_years)) if category in LONGER else until


def request_kept_until(received: date, periods: Periods) -> date:
    """Until which day the words of an authority's request about no case are kept; those about a case go with it.

    >>> from referral.periods import ASSUMED
    >>> request_kept_until(date(2026, 11, 28), ASSUMED)
    datetime.date(2031, 11, 28)
    """
    return _plus_years(received, periods.request_years)


def due(
    held: set[Category], closed: date, birth_year: int | None, today: date, *, minor: bool, periods: Periods
) -> tuple[Category, ...]:
    """The held categories whose time is over, in their order."""
    over = (one for one in held if keep_until(one, closed, birth_year, minor=minor, periods=periods) < today)
    return tuple(sorted(over, key=lambda one: one.order))


def erasure_refusal(*, erased: bool, closed: bool, hold: bool) -> Message | None:
    """Why a file cannot be erased now; None when it can (rules A3, T1, T2)."""
    if erased:
        return Message("A3", N_("This file was erased already."))
    if hold:
        return Message("T2", N_("A court or the law forbids erasing this file for now."))
    if not closed:
        return Message("not_closed", N_("The case is open: close it first, so that referrals under way end properly."))
    return None


class Channel(StrEnum):
    """How a withdrawal reached us: as easy as giving (GDPR art. 7, used as the stricter default)."""

    DESK = "desk"
    PHONE = "phone"
    LINK = "link"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            Channel.DESK: N_("in person"),
            Channel.PHONE: N_("by telephone"),
            Channel.LINK: N_("by the link to their own file"),
        }[self]


class StopAnswer(StrEnum):
    """What a recipient did with what it had received, after consent was withdrawn."""

    RETURNED = "returned"
    ERASED = "erased"
    LAW = "law"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            StopAnswer.RETURNED: N_("given back"),
            StopAnswer.ERASED: N_("destroyed, on paper too"),
            StopAnswer.LAW: N_("kept, because the law asks for it"),
        }[self]


class StopWay(StrEnum):
    """How a recipient without an account said what it did."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            StopWay.PHONE: N_("by telephone"),
            StopWay.LETTER: N_("by letter or by message"),
            StopWay.VISIT: N_("in person"),
        }[self]


def stop_due(told: date, periods: Periods) -> date:
    """The day by which a recipient confirms.

    >>> from referral.periods import ASSUMED
    >>> stop_due(date(2026, 11, 28), ASSUMED)
    datetime.date(2026, 12, 12)
    """
    return told + timedelta(days=periods.stop_days)


def chase_due(told: date, today: date, chased: int, periods: Periods) -> int | None:
    """Which chase of an unconfirmed stop is due: 1 half-way, 2 past the day, then one each week; each once.

    >>> from referral.periods import ASSUMED
    >>> told = date(2026, 11, 1)
    >>> [chase_due(told, told + timedelta(days), 0, ASSUMED) for days in (6, 7, 14, 15, 22, 29)]
    [None, 1, 1, 2, 3, 4]
    >>> chase_due(told, told + timedelta(21), 2, ASSUMED) is None
    True
    """
    over = (today - told).days - periods.stop_days
    half = 1 if (today - told).days >= periods.stop_days // 2 else 0
    reached = 2 + (over - 1) // 7 if over > 0 else half
    return reached if reached > chased else None


class BreachKind(StrEnum):
    """What happened to data (personal data breach)."""

    LOST = "lost"
    STOLEN = "stolen"
    SENT_WRONG = "sent_wrong"
    READ = "read"
    PUBLISHED = "published"
    DESTROYED = "destroyed"
    UNREVIEWED = "unreviewed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return BREACH_LABELS[self]


BREACH_LABELS: dict[BreachKind, str] = {
    BreachKind.LOST: N_("a device or paper was lost"),
    BreachKind.STOLEN: N_("a device or paper was stolen"),
    BreachKind.SENT_WRONG: N_("something was sent to the wrong recipient"),
    BreachKind.READ: N_("somebody read what they should not"),
    BreachKind.PUBLISHED: N_("data became public"),
    BreachKind.DESTROYED: N_("data were destroyed or cannot be reached"),
    BreachKind.UNREVIEWED: N_("an emergency access stayed without the review that is due"),
}


class BreachStep(StrEnum):
    """What is done about a breach, in this order; each once, with its moment."""

    CONTAINED = "contained"
    AUTHORITY = "authority"
    PERSONS = "persons"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STEP_LABELS[self]


STEP_LABELS: dict[BreachStep, str] = {
    BreachStep.CONTAINED: N_("contained: it goes no further"),
    BreachStep.AUTHORITY: N_("the Authority was told"),
    BreachStep.PERSONS: N_("the persons concerned were told"),
    BreachStep.CLOSED: N_("closed, with what was learned"),
}


def authority_due(discovered: datetime, periods: Periods) -> datetime:
    """The moment by which the Authority is told."""
    return discovered + timedelta(hours=periods.authority_hours)


def breach_stage(due: datetime, now: datetime, periods: Periods) -> int:
    """How near the moment to tell the Authority is: 1 within the last third, 2 once it is over, else 0.

    >>> from referral.periods import ASSUMED
    >>> due = datetime(2026, 12, 1, 12)
    >>> [breach_stage(due, datetime(2026, *when), ASSUMED) for when in ((11, 29, 12), (11, 30, 12), (12, 1, 13))]
    [0, 1, 2]
    """
    return _stage(due - now, timedelta(hours=periods.authority_hours // 3))


def request_stage(due: date, today: date, periods: Periods) -> int:
    """How near the day of an answer is: 1 in the last days, 2 once it is over, else 0.

    >>> from referral.periods import ASSUMED
    >>> [request_stage(date(2026, 12, 28), date(2026, 12, day), ASSUMED) for day in (20, 25, 28, 29)]
    [0, 1, 1, 2]
    """
    return _stage(due - today, timedelta(days=periods.remind_days))


def _stage(left: timedelta, soon: timedelta) -> int:
    return 2 if left < timedelta() else 1 if left <= soon else 0


def missing_steps(done: Mapping[str, object], *, high_risk: bool) -> tuple[BreachStep, ...]:
    """What must be done before a breach is closed: contained, the Authority told; the persons, if their risk is high.

    >>> missing_steps({"contained": "2026-11-29T10:00"}, high_risk=True) == (BreachStep.AUTHORITY, BreachStep.PERSONS)
    True
    """
    asked = (BreachStep.CONTAINED, BreachStep.AUTHORITY, *((BreachStep.PERSONS,) if high_risk else ()))
    return tuple(step for step in asked if step.value not in done)


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the register of processing; texts are message ids, `kept` one with periods in it."""

    code: str
    name: str
    purpose: str
    basis: str
    persons: str
    categories: tuple[Category, ...]
    recipients: str
    kept: str

    def kept_for(self, periods: Periods) -> Message:
        """How long its data are kept, with the periods of the installation."""
        return Message(self.code, self.kept, {name: getattr(periods, name) for name in KEPT_BY})


KEPT_BY: Final = ("adult_years", "child_until", "child_years", "payment_years", "request_years")
ADULT: Final = N_(
    "%(adult_years)d years after the case is closed; children until %(child_until)d and %(child_years)d years more; "
    "payments %(payment_years)d years"
)
REGISTER: Final[tuple[Activity, ...]] = (
    Activity(
        "T1", N_("Identification and first help"), N_("find out what a person needs and who must help first"),
        N_("consent; vital interests where life is in danger"), N_("migrants who return, pass through or are stranded"),
        (Category.C1, Category.C2, Category.C3, Category.C4, Category.C6, Category.C9, Category.C11),
        N_("the organisation that takes over the case"), N_("until base consent; a refusal erases at once"),
    ),
    Activity(
        "T2", N_("Case management"), N_("follow the national procedure until the person’s goals are met"),
        N_("consent"), N_("people with an open case and their relatives"),
        tuple(one for one in Category if one not in (Category.C0, Category.C7N)),
        N_("case manager and supervisor of the organisation that holds the case"), ADULT,
    ),
    Activity(
        "T3", N_("Referral to services"), N_("let a service help with one need"),
        N_("consent to this recipient and purpose, and an agreement"), N_("people who are referred"),
        (Category.C1, Category.C2, Category.C3, Category.C6, Category.C7, Category.C12, Category.C14),
        N_("the service chosen with the person, the minimum of its need"), ADULT,
    ),
    Activity(
        "T4", N_("Emergency access"), N_("save a life"), N_("vital interests"),
        N_("people in danger who cannot be asked"),
        (Category.C1, Category.C2, Category.C6, Category.C7, Category.C12),
        N_("emergency services, the minimum of their kind"), N_("the access is kept 5 years in the audit trail"),
    ),
    Activity(
        "T5", N_("Family tracing"), N_("bring separated families together"), N_("consent"),
        N_("people who look for somebody, and those looked for"), (Category.C1, Category.C2, Category.C3),
        N_("tracing services"), ADULT,
    ),
    Activity(
        "T6", N_("Directory of services"), N_("find the right service"), N_("legitimate interest"),
        N_("contact persons of services"), (), N_("everybody who signs in; the public for open services"),
        N_("as long as the service exists; history kept"),
    ),
    Activity(
        "T7", N_("Statistics"), N_("steer the mechanism"), N_("public interest; no personal data leave"),
        N_("nobody in particular: counts with small numbers hidden"), (Category.C0,),
        N_("steering committee, coordination"), N_("without limit"),
    ),
    Activity(
        "T8", N_("Accounts and audit trail"), N_("prove who saw what and why"), N_("legal obligation"),
        N_("staff with an account"), (), N_("data officer"), N_("5 years"),
    ),
    Activity(
        "T9", N_("Requests of authorities"), N_("answer within the law, and show what was refused"),
        N_("legal obligation"), N_("people about whom an authority asks, known or not"), (Category.C1, Category.C2),
        N_("nobody, unless a court order that was verified names it"),
        N_("with the case; what is about no case %(request_years)d years, then reviewed"),
    ),
)  # fmt: skip
"""The register of processing of the mechanism; the country completes it with counsel."""

DPIA: Final[tuple[tuple[str, str], ...]] = (
    ("purpose", N_("Is each purpose written down, and is nothing collected that no purpose needs?")),
    (
        "basis",
        N_("Has each sensitive category a lawful basis, and an authorisation where the law asks for one?"),
    ),
    ("consent", N_("Is consent free: is help the same for those who refuse?")),
    ("children", N_("Do children have a say, a guardian or a decision in their best interests?")),
    ("access", N_("Does everybody see only what their task needs, with a second factor?")),
    ("partners", N_("Is every partner bound by an agreement in force, with security measures that were checked?")),
    ("abroad", N_("Where do the servers and backups stand, and is every transfer abroad authorised?")),
    ("keys", N_("Are keys kept apart from the database and its backups, and was a restore tried?")),
    ("rights", N_("Can a person see, correct and erase their file within the set time?")),
    ("retention", N_("Is what is no longer needed erased after a review?")),
    ("breach", N_("Does everybody know whom to tell about a loss, and was it rehearsed?")),
    ("harm", N_("Who could be hurt if this leaked (traffickers, state of origin, family), and what lowers that risk?")),
    ("people", N_("Were people concerned, or those who speak for them, asked for their view?")),
)
"""Questions of the impact assessment, by code."""


class DpiaAnswer(StrEnum):
    """How a question of the assessment stands."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {DpiaAnswer.YES: N_("yes"), DpiaAnswer.PARTLY: N_("in part"), DpiaAnswer.NO: N_("no")}[self]
