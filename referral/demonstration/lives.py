"""The course of one invented case, from the interview to where it stands now or how it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from referral.cases.actions import progress, steps
from referral.cases.actions.steps import Entry
from referral.cases.models import Case
from referral.cases.queries.overview import approval
from referral.cases.queries.progress import state_of
from referral.cases.questions import GOAL
from referral.cases.rules import ApprovalKind, ApprovalState
from referral.consent.actions.answering import SPECIFIC_STEPS
from referral.demonstration.answers import Invented
from referral.demonstration.beginnings import ask, day, identify, wait, weigh
from referral.demonstration.case_papers import FOLLOW_UP, follow_up, write
from referral.demonstration.pathways import Pathway, pursue
from referral.demonstration.world import World, later, together
from referral.partners.models import User
from sop import engine
from sop.vocabulary import Need

FINISHED: tuple[tuple[str, ...], ...] = (
    ("closed",), ("denied", "closed"), ("closed",), ("declined", "closed"), ("waited",), ("closed",), ("informed",),
    ("not_delivered", "closed"), ("closed",), ("recalled", "closed"), ("closed",), ("stop",), ("closed",),
    ("partial", "closed"), ("closed",), ("closed",), ("client_declined", "stop"), ("closed",), ("waited",), ("closed",),
    ("declined", "declined", "closed"), ("closed",), ("expired", "closed"), ("closed",), ("lost_contact", "stop"),
    ("closed",), ("other", "closed"), ("closed",), ("gap",),
)  # fmt: skip
"""What became of a need of an older case, in turn."""
PRESENT: tuple[tuple[str, ...], ...] = (
    ("expired", "draft"), ("delivered",), ("failed",), ("lost_contact", "draft"), ("in_service",), ("declined", "sent"),
    ("client_declined", "draft"), ("recalled", "draft"), ("waitlisted",), ("info_requested",), ("accepted",),
    ("acknowledged",), ("draft",), ("sent",), ("closed",), ("denied", "draft"), ("in_service",),
    ("not_delivered", "sent"),
    ("closed",), ("other", "sent"), ("declined", "accepted"), ("closed",),
)  # fmt: skip
"""Where a need of a case under way stands, in turn: the first takes longest, and the oldest cases come first."""
GAP = ("declined", "declined", "declined", "gap")
CARE = (
    "La personne est en sécurité et sait qui appeler.",
    "Un parent proche peut l’accueillir quelques jours.",
    "Le quartier l’aide ; une voisine passe chaque soir.",
    "Sans papiers, l’accès au travail et à l’école reste difficile.",
)
REVIEWS = (
    "La situation est stable ; prochaine visite dans deux semaines.",
    "Des progrès ; la personne vient d’elle-même aux rendez-vous.",
    "Encore fragile ; appel convenu chaque semaine.",
    "Le service donne satisfaction à la personne.",
)

REVIEWED = frozenset({"following", "closing"})
"""Cases at whose reviews the follow-up form was filled in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of a case: its fate, when it began, whom it concerns, how fast things go."""

    number: int
    fate: str
    began: datetime
    person: Invented
    actor: User
    turn: int
    pace: float = 1.0


def live(world: World, plan: Plan, rng: Random) -> Iterator[datetime]:
    """The whole course."""
    now = plan.began
    yield now
    case, actor = yield from identify(world, plan.person, plan.actor, rng, now)
    if plan.fate == "waiting":
        return
    now = wait(case, _last(case), rng, plan.pace)
    yield now
    agrees = plan.fate not in ("refused", "best_interests")
    ask(case, actor, rng, now, agrees=agrees)
    if not agrees:
        if plan.fate == "best_interests":
            now = wait(case, now, rng)
            yield now
            weigh(case, actor, now)
        return
    yield from _worked_on(world, case, plan, rng, now)


def _last(case: Case) -> datetime:
    return max(token.since for token in state_of(case).tokens)


def _worked_on(world: World, case: Case, plan: Plan, rng: Random, now: datetime) -> Iterator[datetime]:
    """Assessment, plan, needs and what follows."""
    assessed = _assessed(world, case, rng, now, plan.pace)
    if any(step == "R01" or step in SPECIFIC_STEPS.values() for step, _ in state_of(case).active):
        yield from together(assessed, *_needs(world, case, plan, rng, now))
        now = max(now, _last(case))
    else:
        yield from assessed
        now = _last(case)
        yield from together(*_needs(world, case, plan, rng, now))
    yield from _followed(world, case, plan, rng)


def _assessed(world: World, case: Case, rng: Random, now: datetime, pace: float) -> Iterator[datetime]:
    """Assessment and plan; the supervisor approves where that is asked."""
    now = wait(case, now, rng, pace)
    yield now
    words = {"assessment_individual": rng.choice(CARE), "assessment_household": rng.choice(CARE)}
    record_step(case, "N07", Entry(facts={"needs": sorted(case.facts["needs"])}, words=words), now)
    now = wait(case, now, rng, pace)
    yield now
    goals = {GOAL + need: "Obtenir ce service dans les délais." for need in case.facts["needs"]}
    record_step(case, "N08", Entry(codes={"plan_agreed": True}, words=goals), now)
    yield from approve(world, case, ApprovalKind.PLAN, rng, now)


def record_step(case: Case, step: str, entry: Entry, now: datetime) -> None:
    """The case manager records a step of the case."""
    steps.record(case, step, None, entry, actor=case.manager, now=now, today=day(now))


def approve(world: World, case: Case, kind: ApprovalKind, rng: Random, now: datetime) -> Iterator[datetime]:
    """The supervisor approves, where that was asked."""
    asked = approval(case, kind)
    if asked is None or asked.state is not ApprovalState.ASKED:
        return
    now = wait(case, now, rng, 0.4)
    yield now
    supervisor = world.supervisor(case)
    steps.decide_approval(case, asked, approved=True, note="", actor=supervisor, now=now, today=day(now))


def _needs(world: World, case: Case, plan: Plan, rng: Random, now: datetime) -> list[Iterator[datetime]]:
    """One story for each need that the procedure opened."""
    opened = [Need(code) for code in state_of(case).needs]
    return [
        pursue(Pathway(world, case, need, Random(rng.random()), plan.pace), _fates(plan, place), now)  # noqa: S311
        for place, need in enumerate(opened)
    ]


def _fates(plan: Plan, place: int) -> tuple[str, ...]:
    if plan.fate == "gap" and place == 0:
        return GAP
    turn = PRESENT if plan.fate == "active" else FINISHED
    return turn[(plan.turn + 11 * place) % len(turn)]


def _followed(world: World, case: Case, plan: Plan, rng: Random) -> Iterator[datetime]:
    """Follow-up, until it is over; a case with needs under way does not get there."""
    now = _last(case)
    visits = {"goals_met": rng.randint(1, 3), "closing": 1, "lost": 2}.get(
        plan.fate, 40 if plan.fate == "following" else 1
    )
    for _ in range(visits):
        now = later(now, rng, 300 * plan.pace, 1100 * plan.pace)
        yield now
        if not _at(case, "N09"):
            return
        if plan.fate in REVIEWED:
            told = follow_up(case, Random(f"{plan.number}-{now}"), day(now))  # noqa: S311 - a story, not a secret
            write(case, FOLLOW_UP, told, now)
            now += timedelta(minutes=35)
            yield now
        record_step(case, "N09", Entry(facts={"review": "ongoing"}, words={"note": rng.choice(REVIEWS)}), now)
    yield from _ended(world, case, plan, rng, now)


def _at(case: Case, step: str) -> bool:
    return (step, None) in state_of(case).active


def _ended(world: World, case: Case, plan: Plan, rng: Random, now: datetime) -> Iterator[datetime]:
    """How the case ends."""
    now = later(now, rng, 90 * 24, 92 * 24) if plan.fate == "lost" else later(now, rng, 48 * plan.pace, 300 * plan.pace)
    yield now
    if plan.fate == "withdrawn":
        yield from _withdrawn(case, rng, now)
    elif plan.fate in ENDINGS:
        facts, codes = ENDINGS[plan.fate]
        record_step(
            case, "N09", Entry(facts={"review": facts}, codes=codes, words={"note": "Conclusion de la revue."}), now
        )
    elif plan.fate in ("goals_met", "closing", "gap"):
        record_step(case, "N09", Entry(facts={"review": "closable"}, words={"note": rng.choice(REVIEWS)}), now)
        now = later(now, rng, 24, 100)
        yield now
        record_step(case, "N10", Entry(codes=_criteria(case, day(now)), words={"note": ""}), now)
        if plan.fate != "closing":
            yield from approve(world, case, ApprovalKind.CLOSURE, rng, now)


ENDINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "left": ("left", {"departure": "left", "proof": True}),
    "died": ("left", {"departure": "died", "proof": True}),
    "lost": ("lost", {"three_attempts": True}),
}


def _criteria(case: Case, today: date) -> dict[str, Any]:
    return {
        "goals": {need.need.value: "met" for need in case.needs},
        "risk": "low",
        "informed": True,
        "feedback": True,
        "retention": (today + timedelta(days=5 * 365)).isoformat(),
    }


def _withdrawn(case: Case, rng: Random, now: datetime) -> Iterator[datetime]:
    """The person takes all consent back."""
    progress.happen(case, engine.any_time("V01"), actor=case.manager, now=now)
    now = later(now, rng, 1, 20)
    yield now
    record_step(case, "N11", Entry(facts={"withdrawal": "total"}, words={"note": "Destinataires prévenus."}), now)
