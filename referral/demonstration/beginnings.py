"""How an invented case begins: the form, what was done outside, best interests, base consent."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from referral.cases.models import Case
from referral.cases.queries.progress import state_of
from referral.consent.actions.base import form_code, record_base_consent
from referral.consent.models import ConsentMark
from referral.demonstration.answers import Invented, answers
from referral.demonstration.world import World, later
from referral.foundation import clock
from referral.identification import actions
from referral.identification.models import Submission
from referral.identification.queries.prefiles import categories_held
from referral.identification.rules import Outside, base_categories
from referral.partners.models import User
from referral.procedures import queries as procedures
from sop.texts import load_text
from sop.vocabulary import Category, Priority

Told = Generator[datetime, None, tuple[Case, User]]
GUARDIANS = ("sa tante maternelle", "son oncle", "sa grand-mère", "sa mère, jointe par téléphone", "son père")
EXPLAINED = frozenset({"fra", "eng"})
INTERPRETER = "Interprète de permanence"
HOURS: dict[Priority, tuple[float, float]] = {
    Priority.CRITICAL: (0.3, 2),
    Priority.HIGH: (1, 20),
    Priority.MEDIUM: (3, 60),
    Priority.LOW: (6, 90),
}
"""How long somebody takes for the next thing, by priority."""


def day(now: datetime) -> Any:
    """The date on the office's wall."""
    return now.astimezone(clock.zone()).date()


def wait(case: Case, now: datetime, rng: Random, pace: float = 1.0) -> datetime:
    """When the next thing is done on a case: at once when critical, else at the office."""
    low, high = HOURS[case.priority]
    urgent = case.priority is Priority.CRITICAL
    return later(now, rng, low * pace, high * pace, office=not urgent)


def fill_in(person: Invented, actor: User, rng: Random, now: datetime) -> Submission:
    """A draft with all answers."""
    submission = actions.start(actor=actor, today=day(now), now=now)
    last = procedures.form(submission.form_version_id).screens()[-1].name
    written = now + timedelta(minutes=rng.randrange(15, 50))
    actions.save(submission, answers(person, rng, day(now)), screen=last, actor=actor, now=written)
    return submission


def identify(world: World, person: Invented, actor: User, rng: Random, now: datetime) -> Told:
    """From the form to where base consent can be asked."""
    submission = fill_in(person, actor, rng, now)
    now += timedelta(minutes=55)
    yield now
    case = actions.submit(submission, actor=actor, today=day(now), now=now)
    while not asks_consent(case):
        now = wait(case, now, rng, 0.2)
        yield now
        next_step(world, case, actor, now)
    return case, actor


def _steps(case: Case) -> set[str]:
    return {step for step, _ in state_of(case).active}


def asks_consent(case: Case) -> bool:
    """Whether the procedure now waits for base consent."""
    return bool(_steps(case) & {"G01", "G02"})


def next_step(world: World, case: Case, actor: User, now: datetime) -> None:
    """Record what was done outside, have it reviewed, weigh the best interests: whatever the procedure is at."""
    steps, local = _steps(case), now.astimezone(clock.zone())
    done = {"done_on": local.date(), "done_at": local.time().replace(second=0, microsecond=0)}
    if "L01" in steps:
        told = done | {"authority": "Hôpital régional (démonstration)", "reference": "", "reason": "Urgence constatée.",
                       "witness": "Collègue de garde", "capable": "yes"}  # fmt: skip
        actions.record_outside(case, Outside.EMERGENCY, told, actor=actor, now=now)
    elif "N02" in steps:
        actions.review_emergency(case, "justified", actor=world.supervisor(case), now=now)
    elif "L02" in steps:
        told = done | {"authority": "MINAS (démonstration)", "reference": "", "reason": "Enfant signalé.",
                       "witness": "", "capable": ""}  # fmt: skip
        actions.record_outside(case, Outside.CHILD, told, actor=actor, now=now)
    else:
        weigh(case, actor, now)


def weigh(case: Case, actor: User, now: datetime) -> None:
    """A best-interests assessment."""
    local = now.astimezone(clock.zone())
    found = {
        "done_on": local.date(),
        "done_at": local.time().replace(second=0, microsecond=0),
        "assessor": actor.full_name,
        "conclusion": "L’enfant est mis à l’abri, sa famille est recherchée s’il le souhaite.",
        "family": "started",
    }
    actions.record_best_interests(case, found, actor=actor, now=now)


def ask(case: Case, actor: User, rng: Random, now: datetime, *, agrees: bool = True) -> str:
    """Base consent, in full or in part; or a refusal."""
    plain, sensitive = base_categories(categories_held(case))
    asked = [*plain, *sensitive]
    left_out = {Category.C9, Category.C7} if agrees and rng.random() < 0.06 else set()
    kept = [one for one in asked if one not in left_out]
    text = load_text(form_code(case), "fr")
    values = base_values(case, rng, kept if agrees else [], agrees=agrees)
    return record_base_consent(case, values, asked=asked, text=text, actor=actor, today=day(now), now=now)


def base_values(case: Case, rng: Random, kept: list[Category], *, agrees: bool) -> dict[str, Any]:
    """What is entered with base consent, as its form reads it."""
    child = case.person.age_band != "adult"
    mark = rng.choice((ConsentMark.SIGNATURE, ConsentMark.SIGNATURE, ConsentMark.THUMBPRINT, ConsentMark.ORAL))
    decided = child and rng.random() < 0.6
    return {
        "answer": "yes" if agrees else "no",
        "language": understood_by(case),
        "categories": kept,
        "mark": mark,
        "interpreter": interpreted(case),
        "understood": True,
        "free": True,
        "witness": "" if mark is ConsentMark.SIGNATURE else "Collègue de permanence",
        "interpreter_name": INTERPRETER if interpreted(case) else "",
        "basis": "" if not child else "best_interests" if decided else "guardian",
        "guardian": "" if not child or decided else rng.choice(GUARDIANS),
        "reason": "Aucun tuteur joignable ; la décision protège l’enfant." if decided else "",
        "supervisor": "Supervision de garde" if decided else "",
    }


def understood_by(case: Case) -> str:
    """The language in which a consent text is explained: one of the originals, the only ones that are reviewed."""
    language = str(case.facts.get("language") or "fra")
    return language if language in EXPLAINED else "fra"


def interpreted(case: Case) -> bool:
    """Whether the interview was in another language, so that somebody helps."""
    return str(case.facts.get("language") or "fra") not in EXPLAINED
