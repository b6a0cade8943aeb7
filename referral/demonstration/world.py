"""What the invented cases happen in: colleagues, services, agreements, office hours; and stories told side by side."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from referral.cases.models import Case
from referral.demonstration.agreements import Agreements
from referral.demonstration.directory import Directory
from referral.demonstration.people import Staff
from referral.demonstration.services import Offered
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import User
from referral.providers.models import ServiceAtLocation
from sop.vocabulary import Need

Story = Iterator[datetime]
"""A course of events: it yields the moment at which it goes on, and is resumed when that moment has come."""
OPENS, CLOSES = 8, 16


@dataclass(slots=True)
class World:
    """The country as the cases find it."""

    directory: Directory
    agreements: Agreements
    staff: Staff
    keys: dict[UUID, str]
    """Organisation's id -> its key."""

    def supervisor(self, case: Case) -> User:
        """Who supervises the team that holds the case."""
        return self.staff.supervisors[case.organization_id]

    def choose(
        self, case: Case, need: Need, rng: Random, *, avoid: set[UUID], lawful: bool = True
    ) -> ServiceAtLocation | None:
        """A service for a need, the nearest more often; with an agreement in force, or (not lawful) without."""
        holder = self.keys[case.organization_id]
        fits = [
            place
            for one, place in self.directory.entries
            if need.value in one.needs
            and one.status == "active"
            and ((holder, one.body) in self.agreements.in_force) == lawful
            and (not lawful or {case.region, "CM"} & {area[:5] for area in one.areas})
            and suits(one, case)
        ]
        fits.sort(key=lambda place: (place.location.pcode if place.location else "")[:5] != case.region)
        left = [place for place in fits if place.id not in avoid] or fits
        return left[min(int(rng.expovariate(1.2)), len(left) - 1)] if left else None


def suits(one: Offered, case: Case) -> bool:
    """Whether the service says that it takes somebody of this age, sex and nationality."""
    age, person = case.facts.get("age"), case.person
    if one.ages and age is not None and not one.ages[0] <= age <= one.ages[1]:
        return False
    included = {term for facet, term, rule in one.audiences if rule == "included" and facet == "sex"}
    if included and not included & {"all", person.sex.value}:
        return False
    nations = {term for facet, term, rule in one.audiences if rule == "included" and facet == "nationality"}
    return not nations or person.nationality.value in nations


def later(now: datetime, rng: Random, low: float, high: float, *, office: bool = True) -> datetime:
    """A moment so many hours later, at the office where it can wait for that."""
    moment = now + timedelta(hours=rng.uniform(low, high))
    return at_office(moment, rng) if office else moment


def at_office(moment: datetime, rng: Random) -> datetime:
    """The same moment, or the next working morning."""
    local = moment.astimezone(clock.zone())
    if local.weekday() < 5 and OPENS <= local.hour < CLOSES:
        return moment
    day = local if local.hour < OPENS else local + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    opened = day.replace(hour=OPENS, minute=0, second=0, microsecond=0)
    return (opened + timedelta(minutes=rng.randrange(5, 300))).astimezone(moment.tzinfo)


def together(*stories: Story) -> Story:
    """Several stories side by side; it ends with the last of them."""
    waiting: list[tuple[datetime, int]] = []
    for number, story in enumerate(stories):
        moment = next(story, None)
        if moment is not None:
            heapq.heappush(waiting, (moment, number))
    while waiting:
        moment, number = heapq.heappop(waiting)
        yield moment
        following = next(stories[number], None)
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number))


def tell(stories: list[Story], until: datetime) -> int:
    """Tell all stories in the order of time up to a moment; returns how many things happened."""
    told = 0
    with db.session.no_autoflush:
        for moment in together(*stories):
            if db.session.new:
                db.session.flush()
            if moment > until:
                break
            told += 1
    return told
