"""Which cases there are: how many of each fate, when each began, and the counter that the walk's case relies on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update

from referral.cases.actions.opening import allocate_code
from referral.cases.models import CaseCounter
from referral.demonstration.answers import Invented, invent
from referral.demonstration.beginnings import fill_in
from referral.demonstration.lives import Plan, live
from referral.demonstration.people import LITTORAL
from referral.demonstration.world import Story, World, at_office
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import User

FATES: dict[str, tuple[int, int, int, float]] = {
    "goals_met": (8, 110, 365, 0.6),
    "active": (12, 7, 58, 0.35),
    "following": (3, 80, 200, 0.6),
    "waiting": (4, 0, 9, 1.0),
    "refused": (5, 5, 365, 1.0),
    "lost": (1, 190, 365, 0.6),
    "best_interests": (2, 2, 16, 1.0),
    "closing": (1, 36, 52, 0.2),
    "left": (1, 100, 365, 0.5),
    "withdrawn": (1, 100, 365, 0.5),
    "died": (1, 100, 365, 0.5),
    "gap": (1, 60, 200, 0.4),
}
"""Of forty cases so many; begun between so many days ago; and how slowly things go."""
SHARE = sum(one[0] for one in FATES.values())
ADULTS = frozenset({"refused", "withdrawn"})
STORY_NUMBER = 42
STORY_DAYS = 5


def plans(world: World, seed: int, count: int, now: datetime) -> list[Plan]:
    """The cases beside the walk's own, in the order in which they began."""
    rng = Random(f"{seed}-plans")  # noqa: S311 - a story, not a secret
    turn = [fate for fate, one in FATES.items() for _ in range(one[0])]
    rng.shuffle(turn)
    drawn = sorted(
        (_began(turn[number % SHARE], rng, now), number, turn[number % SHARE]) for number in range(count - 1)
    )
    crowded = {number for _, number, _ in _in_littoral(drawn, seed, now)[STORY_NUMBER - 1 :]}
    turns: Counter[str] = Counter()
    made = []
    for began, number, fate in drawn:
        group = "active" if fate == "active" else "older"
        made.append(_plan(world, seed, number, fate, began, crowded, turns[group]))
        turns[group] += fate not in ("waiting", "refused", "best_interests")
    return made


def _began(fate: str, rng: Random, now: datetime) -> datetime:
    _, nearest, farthest, _ = FATES[fate]
    moment = now - timedelta(days=rng.uniform(nearest + 0.4, farthest))
    return min(at_office(moment, rng), now - timedelta(hours=2))


def _wished(seed: int, number: int, fate: str, *, elsewhere: bool = False) -> Invented:
    """The person of a case; the same for the same seed and number."""
    rng = Random(f"{seed}-person-{number}")  # noqa: S311 - a story, not a secret
    kind = "child" if fate == "best_interests" else ""
    adult = fate in ADULTS
    if adult:
        kind = rng.choice(("returnee", "violence", "displaced", "stranded"))
    person = invent(rng, kind=kind, adult=adult)
    if elsewhere and person.region == LITTORAL:
        person = invent(rng, kind=person.kind, adult=adult, region=rng.choice(("CM002", "CM008", "CM010")))
    return person


def _in_littoral(drawn: list[tuple[datetime, int, str]], seed: int, now: datetime) -> list[tuple[datetime, int, str]]:
    """The cases of Littoral that come before the walk's own in its year."""
    story = began_story(now)
    year = story.astimezone(clock.zone()).year
    before = [one for one in drawn if one[0] < story and one[0].astimezone(clock.zone()).year == year]
    return [one for one in before if _wished(seed, one[1], one[2]).region == LITTORAL]


def began_story(now: datetime) -> datetime:
    """When the walk's own case began: five days ago, in the afternoon."""
    return (now - timedelta(days=STORY_DAYS)).replace(hour=13, minute=10, second=0, microsecond=0)


def _plan(world: World, seed: int, number: int, fate: str, began: datetime, crowded: set[int], turn: int) -> Plan:
    person = _wished(seed, number, fate, elsewhere=number in crowded)
    actors = world.staff.responders[person.region]
    return Plan(number, fate, began, person, actors[number % len(actors)], turn, FATES[fate][3])


def stories(world: World, seed: int, count: int, now: datetime) -> list[Story]:
    """The course of each case."""
    return [
        live(world, plan, Random(f"{seed}-life-{plan.number}"))  # noqa: S311 - a story, not a secret
        for plan in plans(world, seed, count, now)
    ]


def drafts(world: World, seed: int, count: int, now: datetime) -> list[Story]:
    """Forms that were begun and not sent."""
    return [_draft(world, seed, number, now) for number in range(count)]


def _draft(world: World, seed: int, number: int, now: datetime) -> Story:
    rng = Random(f"{seed}-draft-{number}")  # noqa: S311 - a story, not a secret
    began = at_office(now - timedelta(days=rng.uniform(0.3, 6)), rng)
    person = invent(rng, region=LITTORAL if number == 0 else "")
    actor: User = world.staff.responders[person.region][0]
    yield min(began, now - timedelta(hours=1))
    fill_in(person, actor, rng, min(began, now - timedelta(hours=1)))


def lead_counter_to(number: int, now: datetime) -> None:
    """Have the next case of Littoral get this number; skipping is allowed, giving a number twice is not."""
    year = now.astimezone(clock.zone()).year
    row = db.session.get(CaseCounter, ("LT", year))
    if row is None:
        allocate_code(LITTORAL, now=now)
    elif row.last >= number:
        raise ValueError("Littoral has had more cases than the walk's own number")
    db.session.execute(
        update(CaseCounter).where(CaseCounter.region == "LT", CaseCounter.year == year).values(last=number - 1)
    )
