"""How one need of an invented case goes: choosing a service, consent, sending, answers, and how it ends."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

from referral.cases.actions import steps
from referral.cases.actions.steps import Entry
from referral.cases.models import Case
from referral.consent.actions.answering import answer_service, answer_specific, offered_for
from referral.consent.requirements import Answer, Choice
from referral.demonstration.beginnings import GUARDIANS, day, interpreted, understood_by, wait
from referral.demonstration.world import World, later
from referral.partners.models import User
from referral.providers.models import ServiceAtLocation
from referral.referrals.actions import draft, follow, record_gap, send, transition
from referral.referrals.actions.answering import act
from referral.referrals.models import Referral
from referral.referrals.queries.sending import step_of
from referral.referrals.rules import ReferralAction as A
from referral.referrals.rules import ReferralState, ServiceResult
from sop.vocabulary import MINIMUM, Category, Need

Told = Generator[datetime, None, datetime]
DECLINED = ("no_capacity", "no_capacity", "not_eligible", "out_of_area", "missing_document", "outside_mandate", "other")
NOT_GIVEN = ("no_show", "no_show", "transport", "cost_or_stock", "waiting_time", "moved", "security")
RECALLED = ("no_longer_needed", "duplicate", "safety_risk")
SERVED: dict[str, tuple[float, float]] = {"MED": (24, 240), "HEB": (72, 500), "VBG": (24, 300), "DOC": (200, 700)}
"""Hours that a service takes; others take some weeks."""


@dataclass(slots=True)
class Pathway:
    """One need of one case, and who works on it."""

    world: World
    case: Case
    need: Need
    rng: Random
    pace: float = 1.0

    @property
    def manager(self) -> User:
        """The case manager of record."""
        return cast(User, self.case.manager)

    @property
    def step(self) -> str | None:
        """Where the procedure is."""
        return step_of(self.case, self.need)

    def at(self, now: datetime) -> dict[str, Any]:
        """Who and when, for an action of the case manager."""
        return {"actor": self.manager, "now": now}


def pursue(path: Pathway, fates: tuple[str, ...], now: datetime) -> Iterator[datetime]:
    """One attempt after the other, each with its fate."""
    now = wait(path.case, now, path.rng, path.pace)
    yield now
    if path.step in ("G03", "G04"):
        answer_specific(path.case, path.need, answer_for(path, day(now)), **path.at(now))
        now = wait(path.case, now, path.rng, path.pace)
        yield now
    asked: set[UUID] = set()
    for fate in fates:
        now = yield from (_missing(path, now) if fate == "gap" else _attempt(path, fate, asked, now))
        if path.step is None or fate in STAYS:
            return


def _missing(path: Pathway, now: datetime) -> Told:
    """No service exists: the coordination is asked, help goes on without passing anything on."""
    if path.step == "R01":
        record_gap(path.case, path.need, **path.at(now))
    now = later(now, path.rng, 20, 120)
    yield now
    if path.step == "R02":
        record_gap(path.case, path.need, **path.at(now))
    now = later(now, path.rng, 10, 100)
    yield now
    if path.step == "R03":
        words = {"note": "Aide directe en attendant ; inscription sur la liste d’attente."}
        steps.record(path.case, "R03", path.need.value, Entry(words=words), today=day(now), **path.at(now))
    return now


def _attempt(path: Pathway, fate: str, asked: set[UUID], now: datetime) -> Told:
    """Choose a service and ask the person; then send, unless the fate is decided before."""
    lawless = path.world.choose(path.case, path.need, path.rng, avoid=asked, lawful=False) if fate == "denied" else None
    place = lawless or path.world.choose(path.case, path.need, path.rng, avoid=asked)
    if place is None:
        return (yield from _missing(path, now))
    asked.add(place.id)
    referral = draft(path.case, path.need, place, **path.at(now))
    if fate == "draft":
        return now
    now = wait(path.case, now, path.rng, path.pace)
    yield now
    choice = {"stop": Choice.STOP, "other": Choice.OTHER_PROVIDER}.get(fate, Choice.CONSENT)
    answer_service(referral, answer_for(path, day(now), choice, referral), **path.at(now))
    if choice is not Choice.CONSENT:
        return now
    now = wait(path.case, now, path.rng, 0.3 * path.pace)
    yield now
    if send(referral, **path.at(now)).allowed and referral.state is ReferralState.SENT and fate != "sent":
        now = yield from _answered(path, fate, referral, place, now)
    return now


def _answered(path: Pathway, fate: str, referral: Referral, place: ServiceAtLocation, now: datetime) -> Told:
    """The service answers, or does not."""
    staff = path.rng.choice(path.world.directory.staff_of(place)[:2])
    if fate == "recalled":
        now = later(now, path.rng, 10, 60)
        yield now
        follow(referral, A.RECALL, reason=path.rng.choice(RECALLED), **path.at(now))
        return now
    if fate == "expired":
        return (yield from _unanswered(path, referral, now))
    now = wait(path.case, now, path.rng, 0.4 * path.pace)
    yield now
    act(referral, A.ACKNOWLEDGE, actor=staff, now=now)
    if fate == "acknowledged":
        return now
    now = wait(path.case, now, path.rng, path.pace)
    yield now
    return (yield from _decided(path, fate, referral, staff, now))


def _unanswered(path: Pathway, referral: Referral, now: datetime) -> Told:
    """Nobody answers: two reminders, then the referral expires and the coordination is asked."""
    for _ in range(3):
        now = later(now, path.rng, 25, 90)
        yield now
        if path.step == "W01":
            facts = {"response": "timeout"}
            steps.record(path.case, "W01", path.need.value, Entry(facts=facts), today=day(now), **path.at(now))
        now = later(now, path.rng, 1, 8)
        yield now
        if path.step == "R04":
            entry = Entry(
                codes={"channel": "phone", "supervisor_told": True}, words={"note": "Appel resté sans réponse."}
            )
            steps.record(path.case, "R04", path.need.value, entry, today=day(now), **path.at(now))
    transition(referral, A.EXPIRE, **path.at(now))
    return now


def _decided(path: Pathway, fate: str, referral: Referral, staff: User, now: datetime) -> Told:
    """A decision: yes, no, later, or a question."""
    rng = path.rng
    if fate in ("declined", "client_declined"):
        action, reasons = (A.DECLINE, DECLINED) if fate == "declined" else (A.CLIENT_DECLINE, ("person_declined",))
        act(referral, action, actor=staff, now=now, reason=rng.choice(reasons))
        return now
    if fate in ("waitlisted", "waited"):
        act(referral, A.WAITLIST, actor=staff, now=now, expected_on=day(now) + timedelta(days=rng.randrange(7, 30)))
    if fate in ("info_requested", "informed"):
        act(
            referral,
            A.REQUEST_INFO,
            actor=staff,
            now=now,
            note="Pouvez-vous préciser les disponibilités de la personne ?",
        )
    if fate in STAYS:
        if fate in ("waitlisted", "info_requested"):
            return now
    elif fate in ("waited", "informed"):
        now = later(now, rng, 20, 150)
        yield now
        if fate == "informed":
            follow(referral, A.PROVIDE_INFO, note="Disponible tous les matins.", **path.at(now))
            now = later(now, rng, 2, 30)
            yield now
    meeting = later(now, rng, 20, 90)
    act(referral, A.ACCEPT, actor=staff, now=now, appointment_at=meeting, beyond_capacity=True)
    if fate == "accepted":
        return now
    yield meeting
    return (yield from _served(path, fate, referral, staff, meeting))


def _served(path: Pathway, fate: str, referral: Referral, staff: User, now: datetime) -> Told:
    """The service is given, or not; the person confirms."""
    rng, result = path.rng, ServiceResult.COMPLETE
    if fate == "lost_contact":
        now = later(now, rng, 50, 200)
        yield now
        act(referral, A.LOSE_CONTACT, actor=staff, now=now)
        return now
    if fate in ("not_delivered", "failed"):
        act(referral, A.NOT_DELIVER, actor=staff, now=now, reason=rng.choice(NOT_GIVEN))
        result = ServiceResult.NONE
        if fate == "failed":
            return now
    else:
        act(referral, A.START, actor=staff, now=now)
        if fate == "in_service":
            return now
        low, high = SERVED.get(path.need.value, (150, 900))
        now = later(now, rng, low * path.pace, high * path.pace)
        yield now
        act(referral, A.DELIVER, actor=staff, now=now, note="Service rendu comme convenu.")
        if fate == "delivered":
            return now
        if fate == "partial":
            result = ServiceResult.PARTIAL
    now = later(now, rng, 20, 120)
    yield now
    follow(referral, A.CLOSE, reason=result.value, **path.at(now))
    return now


STAYS = frozenset(
    {"draft", "sent", "acknowledged", "waitlisted", "info_requested", "accepted", "in_service", "delivered", "failed"}
)
"""Fates in which a referral is now."""


def answer_for(path: Pathway, today: date, choice: Choice = Choice.CONSENT, referral: Referral | None = None) -> Answer:
    """What the person answers, and for a child who speaks for them."""
    case, rng = path.case, path.rng
    child = case.person.age_band != "adult"
    mark = rng.choice(("signature", "signature", "thumbprint", "oral"))
    wanted = set(MINIMUM[path.need])
    if referral is not None and rng.random() < 0.4:
        wanted |= {Category.C3, Category.C5} & set(offered_for(referral))
    by_decision = child and rng.random() < 0.5
    return Answer(
        choice=choice,
        categories=frozenset(wanted),
        valid_until=today + timedelta(days=rng.randrange(120, 300)),
        language=understood_by(case),
        interpreter=interpreted(case),
        understood=True,
        mark=mark,
        witness="" if mark == "signature" else "Collègue de permanence",
        free=True,
        assent=child,
        guardian=rng.choice(GUARDIANS) if child and not by_decision else "",
        best_interests="Décision motivée du comité local" if by_decision else "",
    )
