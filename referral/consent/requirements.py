"""What an answer must say before it may be recorded: one table, so that a worthless consent is never written down."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from referral.consent.readings import LONG_CODES, house
from sop.vocabulary import MINIMUM, N_, SENSITIVE, Category, Message, Need

C = Category
HOUSE = house(LONG_CODES)
USUAL_MONTHS, LONGEST_MONTHS = 6, 12
NEVER_ASKED = frozenset({C.C0, C.C7N, C.C11, C.C15})
"""Not offered on a consent to a service: figures, therapy notes, copies of documents, bank details."""


class Choice(StrEnum):
    """The person's answer to a service."""

    CONSENT = "consent"
    OTHER_PROVIDER = "other_provider"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was entered. Names and references are sealed when it is recorded."""

    choice: Choice
    categories: frozenset[Category] = frozenset()
    valid_until: date | None = None
    language: str = ""
    interpreter: bool = False
    interpreter_name: str = ""
    understood: bool = False
    mark: str = ""
    witness: str = ""
    free: bool = False
    assent: bool = False
    guardian: str = ""
    best_interests: str = ""
    representative: str = ""

    @property
    def explicit(self) -> frozenset[Category]:
        """Sensitive categories are never ticked beforehand: each one that is there was ticked by itself."""
        return self.categories & SENSITIVE


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the form asks and what it offers. `days` of consent are counted from `today`.

    `languages`: those of the installation; `reviewed`: others whose translation of the text has a reviewer.
    """

    today: date
    child: bool
    old_enough: bool
    capable: bool
    offered: frozenset[Category]
    languages: frozenset[str] = HOUSE
    reviewed: frozenset[str] = frozenset()


WHICH = N_("Tick what the person agrees to pass on, or choose another answer.")
WHEN = N_("Give the day until which the agreement holds: after today, at most 12 months away.")
LANGUAGE = N_("Say in which language it was explained.")
UNREVIEWED = N_(
    "Consent cannot be recorded in this language yet: no reviewer of the translation is recorded. "
    "Ask the data officer, or explain it in a language of the list that the person understands."
)
INTERPRETER = N_("In this language an interpreter must help, whom the person accepts.")
UNDERSTOOD = N_("Explain it again, with an interpreter if needed: without having understood, nobody can agree.")
MARK = N_("Say how the person marked their agreement.")
WITNESS = N_("Without a signature, the agreement needs a witness: write the name.")
FREE = N_("Confirm that help does not depend on the answer: otherwise the agreement is not free.")
ASSENT = N_("The child’s own agreement is missing.")
GUARDIAN = N_("Write who agreed for the child, or the reference of the best-interests decision.")
REPRESENTATIVE = N_("The person cannot decide alone now: write which legal representative agreed.")

Check = Callable[[Answer, Asked], bool]
CHECKS: tuple[tuple[str, Message, Check], ...] = (
    ("categories", Message("which", WHICH), lambda a, f: bool(f.offered) and not a.categories & f.offered),
    ("valid_until", Message("until", WHEN), lambda a, f: not _in_time(a.valid_until, f.today)),
    ("language", Message("language", LANGUAGE), lambda a, _: not a.language),
    ("language", Message("unreviewed", UNREVIEWED), lambda a, f: a.language not in f.languages | f.reviewed),
    (
        "interpreter",
        Message("interpreter", INTERPRETER),
        lambda a, f: a.language in f.reviewed - f.languages and not a.interpreter,
    ),
    ("understood", Message("understood", UNDERSTOOD), lambda a, _: not a.understood),
    ("assent", Message("assent", ASSENT), lambda a, f: f.child and f.old_enough and not a.assent),
    ("guardian", Message("guardian", GUARDIAN), lambda a, f: f.child and not (a.guardian or a.best_interests)),
    (
        "representative",
        Message("representative", REPRESENTATIVE),
        lambda a, f: not f.child and not f.capable and not a.representative,
    ),
    ("mark", Message("mark", MARK), lambda a, _: not a.mark),
    ("witness", Message("witness", WITNESS), lambda a, _: a.mark not in ("", "signature") and not a.witness),
    ("free", Message("free", FREE), lambda a, _: not a.free),
)


def complaints(answer: Answer, asked: Asked) -> dict[str, Message]:
    """What is missing or wrong, by field, in the order of the form; a refusal needs nothing.

    >>> adult = Asked(date(2026, 11, 23), child=False, old_enough=True, capable=True, offered=frozenset({C.C1}))
    >>> list(complaints(Answer(Choice.STOP), adult))
    []
    >>> thumb = Answer(Choice.CONSENT, frozenset({C.C1}), date(2027, 5, 1), "fra", understood=True, mark="thumbprint")
    >>> list(complaints(thumb, adult))
    ['witness', 'free']
    >>> from dataclasses import replace
    >>> fulfulde = Answer(Choice.CONSENT, frozenset({C.C1}), date(2027, 5, 1), "fub", understood=True, free=True,
    ...     mark="signature")
    >>> list(complaints(fulfulde, adult)), list(complaints(fulfulde, replace(adult, reviewed=frozenset({"fub"}))))
    (['language'], ['interpreter'])
    """
    if answer.choice is not Choice.CONSENT:
        return {}
    found: dict[str, Message] = {}
    for name, message, wrong in CHECKS:
        if name not in found and wrong(answer, asked):
            found[name] = message
    return found


def offered(need: Need, *, clinical: bool) -> tuple[Category, ...]:
    """The categories that a form for a need may offer, the need's minimum first.

    What happened in gender-based violence is offered only towards clinical and case-work staff.

    >>> [str(one) for one in offered(Need.MED, clinical=False)][:4]
    ['C1', 'C2', 'C6', 'C3']
    """
    first = MINIMUM[need]
    barred = NEVER_ASKED | (frozenset() if clinical else frozenset({C.C8}))
    rest = sorted(set(Category) - set(first) - barred, key=lambda one: one.order)
    return (*first, *rest)


def months_later(day: date, months: int) -> date:
    """The same day some months later, the last of the month where there is no such day.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_time(until: date | None, today: date) -> bool:
    return until is not None and today < until <= months_later(today, LONGEST_MONTHS)
