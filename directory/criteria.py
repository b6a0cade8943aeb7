"""What is asked of the directory and what is answered: criteria, the moment, three-valued verdicts.

None for a criterion means that it was not asked. A *hard* verdict decides whether an offer fits (all yes), must be
verified (some unknown) or is excluded (some no); the others only inform and order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from directory.freshness import SHELF_LIVES, ShelfLives
from directory.places import Vector, vector
from directory.taxonomy import Visibility
from directory.vocabulary import Message


@dataclass(frozen=True, slots=True)
class Moment:
    """When the question is asked, which days are public holidays, and how long entries hold."""

    now: datetime
    holidays: Collection[date] = frozenset()
    lives: ShelfLives = SHELF_LIVES


class Answer(StrEnum):
    """Three-valued."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Criterion(StrEnum):
    """What an offer is judged by, in the order in which reasons are shown."""

    NEED = "need"
    STATUS = "status"
    AGE = "age"
    SEX = "sex"
    AUDIENCE = "audience"
    HOURS = "hours"
    CAPACITY = "capacity"
    AREA = "area"
    REFERRALS = "referrals"
    WALK_IN = "walk_in"
    RESIDENCE = "residence"
    LANGUAGE = "language"
    COST = "cost"
    ACCESS = "access"
    DOCUMENTS = "documents"
    VACANCIES = "vacancies"
    RESPONSE = "response"
    FRESHNESS = "freshness"


OLDEST = 120
ANY_AGE = (0, OLDEST)


def age_range(age: int | None = None, age_band: str | None = None) -> tuple[int, int]:
    """Return the ages that a person may have; a doubtful or unknown age may be any.

    >>> age_range(14), age_range(age_band="minor"), age_range(age_band="doubtful")
    ((14, 14), (0, 17), (0, 120))
    """
    if age is not None:
        return (age, age)
    return {"minor": (0, 17), "adult": (18, OLDEST)}.get(age_band or "", ANY_AGE)


@dataclass(frozen=True)
class Criteria:
    """What is asked for one need of one person; None or empty: not asked. Coded facts only, no identity.

    `ages` is the range in which the person's age lies; `sex` female, male or other (`other` also for not known).
    An empty set of statuses, vulnerabilities or nationality is *asked and not known*. `place` is a P-code,
    `place_names` its name and its parents' (for directories without codes), `point` where the person is. Criteria in
    `required` that are otherwise soft (hours, capacity, language, cost, step-free access, papers) become hard; open
    vacancies and coming without appointment are asked in no other way.

    `at` (aware) asks for the hours of that moment, `on` for any hour of that day; neither: now. `papers` are the codes
    of the papers that the person holds: an empty set says that there are none.
    """

    need: str | None = None
    ages: tuple[int, int] | None = None
    sex: str | None = None
    statuses: frozenset[str] | None = None
    vulnerabilities: frozenset[str] | None = None
    nationality: str | None = None
    place: str | None = None
    place_names: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    max_km: float = 50
    languages: frozenset[str] = frozenset()
    papers: frozenset[str] | None = None
    at: datetime | None = None
    on: date | None = None
    required: frozenset[Criterion] = frozenset()
    visibility: frozenset[Visibility] = frozenset({Visibility.PUBLIC, Visibility.NETWORK})

    @cached_property
    def origin(self) -> Vector | None:
        """The person's place on the unit sphere."""
        return None if self.point is None else vector(self.point)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion's answer, its sentence, and whether it decides."""

    criterion: Criterion
    answer: Answer
    message: Message = field(compare=False)
    hard: bool = True


def verdict(criterion: Criterion, answer: bool | None, message: Message, hard: bool = True) -> Verdict:
    """Return a verdict from True, False or None for not known."""
    value = Answer.UNKNOWN if answer is None else Answer.YES if answer else Answer.NO
    return Verdict(criterion, value, message, hard)
