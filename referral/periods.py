"""Periods that a country must validate: how long data are kept, by when somebody answers, confirms, reviews or is told.

Every default is an ASSUMPTION (research/sop.md §7.5 and §9; law 2024/017 sets none of them yet). An installation sets
others by `MNR_PERIODS`, such as `answer_days:20,consent_reminders:14/3`; rules take them as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sop.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Periods:
    """Each period in the unit of its name. Years of retention count from the closing of the case.

    `emergency_most_hours` may be lowered by a country, never raised: the decision table knows no more (rule E5).
    """

    adult_years: int = 5
    child_until: int = 21
    child_years: int = 5
    image_years: int = 1
    payment_years: int = 10
    request_years: int = 5
    answer_days: int = 30
    remind_days: int = 5
    tell_days: int = 7
    authority_hours: int = 72
    stop_days: int = 14
    call_days: int = 3
    link_hours: int = 72
    hold_months: int = 12
    review_hours: int = 72
    emergency_usual_hours: int = 1
    emergency_most_hours: int = 24
    emergency_abuses: int = 2
    ask_adult_days: int = 14
    consent_reminders: tuple[int, ...] = (14, 3)
    agreement_reminders: tuple[int, ...] = (90, 30, 7)


ASSUMED: Final = Periods()
MOST: Final[dict[str, tuple[int, int]]] = {
    "adult_years": (1, 50),
    "child_until": (18, 30),
    "child_years": (0, 50),
    "image_years": (0, 50),
    "payment_years": (0, 50),
    "request_years": (1, 50),
    "answer_days": (1, 90),
    "remind_days": (1, 30),
    "tell_days": (1, 30),
    "authority_hours": (3, 168),
    "stop_days": (2, 90),
    "call_days": (1, 30),
    "link_hours": (1, 168),
    "hold_months": (1, 24),
    "review_hours": (1, 168),
    "emergency_usual_hours": (1, 24),
    "emergency_most_hours": (1, 24),
    "emergency_abuses": (1, 10),
    "ask_adult_days": (1, 90),
    "consent_reminders": (1, 180),
    "agreement_reminders": (1, 365),
}
"""The least and the most of each period; of reminders, of each of their days."""

LABELS: Final[dict[str, str]] = {
    "adult_years": N_("years for which the file of an adult is kept after it is closed"),
    "child_until": N_("age from which the years of a child’s file count"),
    "child_years": N_("years for which a child’s file is kept from that age"),
    "image_years": N_("years for which pictures and copies of papers are kept after the closing"),
    "payment_years": N_("years for which payments are kept after the closing"),
    "request_years": N_("years for which an authority’s request about no case is kept"),
    "answer_days": N_("days to answer what a person asks about their file"),
    "remind_days": N_("days before which the data officer is reminded"),
    "tell_days": N_("days for the case team to tell the person the answer"),
    "authority_hours": N_("hours to tell the Authority of a breach"),
    "stop_days": N_("days for a recipient to confirm a stop"),
    "call_days": N_("days for the case team to call a recipient that has not confirmed"),
    "link_hours": N_("hours for which the link to the own file opens"),
    "hold_months": N_("months after which a legal hold is looked at again, at the latest"),
    "review_hours": N_("hours to review an emergency access"),
    "emergency_usual_hours": N_("hours of an emergency access unless more is asked"),
    "emergency_most_hours": N_("hours of an emergency access at most (the rule’s 24 may only be lowered)"),
    "emergency_abuses": N_("emergency accesses without a good reason that suspend an account"),
    "ask_adult_days": N_("days to ask who has come of age"),
    "consent_reminders": N_("days before a consent ends on which its case manager is reminded"),
    "agreement_reminders": N_("days before an agreement ends on which both parties are warned"),
}
"""What each period is, as message ids."""


def periods_from(text: str) -> Periods:
    """Read `name:number` parts, comma separated; what is not named keeps its assumption. Raises ValueError with why.

    >>> periods_from("answer_days:20, consent_reminders:21/7/2").consent_reminders
    (21, 7, 2)
    >>> periods_from("emergency_most_hours:48")
    Traceback (most recent call last):
    ValueError: emergency_most_hours must be 1 to 24
    >>> periods_from("") == ASSUMED
    True
    """
    found: dict[str, Any] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name not in MOST:
            raise ValueError(f"there is no period {name!r}")
        if name in found:
            raise ValueError(f"{name} is there twice")
        found[name] = _value(name, value)
    made = replace(ASSUMED, **found)
    _agree(made)
    return made


def _value(name: str, text: str) -> int | tuple[int, ...]:
    several, (least, most) = isinstance(getattr(ASSUMED, name), tuple), MOST[name]
    pieces = text.split("/") if several else [text]
    numbers = [int(one) if one.isascii() and one.isdigit() and len(one) <= 4 else -1 for one in pieces]
    if not all(least <= one <= most for one in numbers):
        raise ValueError(f"{name} must be {least} to {most}" + (" each, as in 14/3" if several else ""))
    if not several:
        return numbers[0]
    if len(set(numbers)) < len(numbers) or len(numbers) > 6:
        raise ValueError(f"{name} must be six different days at most")
    return tuple(sorted(numbers, reverse=True))


def _agree(made: Periods) -> None:
    """Periods that contradict each other; raises ValueError."""
    if made.emergency_usual_hours > made.emergency_most_hours:
        raise ValueError("emergency_usual_hours must not be more than emergency_most_hours")
    if made.remind_days >= made.answer_days:
        raise ValueError("remind_days must be less than answer_days")
    if made.image_years > made.adult_years:
        raise ValueError("image_years must not be more than adult_years")


def rows(made: Periods) -> list[tuple[str, str, bool]]:
    """Each period for a register: its label (a message id), its value, whether it is still the assumption.

    >>> rows(ASSUMED)[-1][1:]
    ('90, 30, 7', True)
    """
    shown = []
    for one in fields(made):
        value = getattr(made, one.name)
        words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        shown.append((LABELS[one.name], words, value == getattr(ASSUMED, one.name)))
    return shown
