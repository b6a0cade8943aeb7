"""A candidate: an offer judged by every criterion, and the reasons worth showing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from directory import access, eligibility, reach, room
from directory.criteria import Answer, Criteria, Criterion, Moment, Verdict
from directory.offers import Offer

Judge = Callable[[Offer, Criteria, Moment], Verdict | None]
JUDGES: dict[Criterion, Judge] = {
    Criterion.NEED: access.need,
    Criterion.STATUS: access.status,
    Criterion.AGE: eligibility.age,
    Criterion.SEX: eligibility.sex,
    Criterion.AUDIENCE: eligibility.audience,
    Criterion.HOURS: access.hours,
    Criterion.CAPACITY: room.capacity,
    Criterion.AREA: reach.area,
    Criterion.REFERRALS: access.referrals,
    Criterion.WALK_IN: access.walk_in,
    Criterion.RESIDENCE: access.residence,
    Criterion.LANGUAGE: access.language,
    Criterion.COST: access.cost,
    Criterion.ACCESS: access.step_free,
    Criterion.DOCUMENTS: eligibility.documents,
    Criterion.VACANCIES: access.vacancies,
    Criterion.RESPONSE: access.response,
    Criterion.FRESHNESS: access.fresh,
}

UNSAID = {"serves_need", "offers", "active", "accepts_referrals"}
"""Reasons that go without saying where they are true."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer with its verdicts, in the order in which they are shown."""

    offer: Offer
    verdicts: tuple[Verdict, ...]
    distance_km: float | None = None

    @property
    def answer(self) -> Answer:
        """Yes: fits. Unknown: to verify. No: excluded."""
        hard = {verdict.answer for verdict in self.verdicts if verdict.hard}
        return Answer.NO if Answer.NO in hard else Answer.UNKNOWN if Answer.UNKNOWN in hard else Answer.YES

    @property
    def reasons(self) -> tuple[Verdict, ...]:
        """The verdicts worth showing: what decides against comes first, what goes without saying is left out."""
        merged = any(one.criterion is Criterion.AGE and one.message.code != "all_ages" for one in self.verdicts)
        shown = [
            one
            for one in self.verdicts
            if one.answer is not Answer.YES
            or not (one.message.code in UNSAID or (merged and one.criterion is Criterion.SEX))
        ]
        return tuple(sorted(shown, key=lambda one: not (one.hard and one.answer is Answer.NO)))

    def verdict(self, criterion: Criterion) -> Verdict | None:
        """Return one criterion's verdict."""
        return next((one for one in self.verdicts if one.criterion is criterion), None)


def judge(offer: Offer, criteria: Criteria, moment: Moment) -> Candidate:
    """Return every verdict on one offer."""
    verdicts = tuple(found for one in JUDGES.values() if (found := one(offer, criteria, moment)))
    return Candidate(offer, verdicts, reach.distance_km(offer, criteria))
