"""The hand-made case of the walk: CM-LT-…-00042, a girl of 14 who came back alone through Douala airport."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from referral.cases.actions.steps import Entry, add_need, finish_task
from referral.cases.models import Case, CaseTask
from referral.cases.questions import GOAL
from referral.cases.rules import ApprovalKind
from referral.consent.actions.answering import answer_service
from referral.demonstration.answers import Invented
from referral.demonstration.beginnings import ask, asks_consent, day, fill_in, next_step
from referral.demonstration.case_papers import ASSESSMENT, FOLLOW_UP, assessment, follow_up, write
from referral.demonstration.cases import STORY_NUMBER, began_story, lead_counter_to
from referral.demonstration.lives import approve, record_step
from referral.demonstration.pathways import Pathway, answer_for
from referral.demonstration.people import LITTORAL, LOG_INS
from referral.demonstration.world import World, at_office
from referral.extensions import db
from referral.foundation import clock
from referral.identification import actions as identification
from referral.referrals.actions import draft, send
from referral.referrals.actions.answering import act
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralAction as A
from sop.vocabulary import Need

HOSPITAL = ("hospital-lt", "Consultations et soins")
SHELTER = ("shelter-lt", "Hébergement d’urgence")
CHILD = ("child-lt", "Protection et accueil de remplacement")
FAMILY = ("shelter-lt", "Recherche de la famille et médiation")
FRESH = (HOSPITAL, SHELTER, CHILD, FAMILY)
"""Services of the walk: confirmed recently, with room."""
GIRL = Invented(
    kind="child",
    sex="female",
    age=14,
    country="CM",
    region=LITTORAL,
    department="CM005004",
    family_name="Bikoko",
    given_names="Clarisse",
    status="returnee_forced",
    source="airport",
    needs=("HEB", "ENF", "MED"),
    more={
        "place": "Aéroport de Douala, zone d’arrivée",
        "interview_language": "fra",
        "interpreter": "no",
        "immediate_danger": "no",
        "medical_emergency": "no",
        "no_shelter": "yes",
        "care_status": "unaccompanied",
        "return_country": "TN",
        "health_situation": ["injury"],
        "suicidal_risk": "not_asked",
        "household_violence": "no",
        "sexual_violence_120h": "no",
        "phone": "+237 000 042 042",
        "wishes": "Dormir en sécurité et reprendre l’école.",
    },
)
WORDS = {
    "assessment_individual": "Calme, fatiguée du voyage ; blessée au pied. Veut retourner à l’école.",
    "assessment_household": "Parle d’une grand-mère à Edéa, mais ne veut pas encore qu’on la cherche.",
    "assessment_community": "Une association de l’aéroport l’a accueillie la première nuit.",
    "assessment_structural": "Sans acte de naissance ; scolarité interrompue depuis deux ans.",
}

ASSESSED = {
    "housing": "centre",
    "individual_risks": ["isolated", "no_documents"],
    "individual_strengths": ["courage", "languages"],
    "health_situation": ["injury"],
    "distress": ["sleep", "fear"],
    "household_risks": ["separated"],
    "members": [
        {"member_relation": "grandparent", "member_where": "country", "member_depends": "no", "member_worry": "no"}
    ],
    "community_strengths": ["association"],
    "trusted": "L’éducatrice de l’association de l’aéroport.",
    "wishes": "Dormir en sécurité et reprendre l’école.",
    "summary": "Quatorze ans, seule, blessée au pied. Calme quand on lui explique. Rien vers la famille sans elle.",
}
VISITED = {
    "channel": "visit",
    "since": "better",
    "wishes": "Maintenant, elle veut qu’on cherche sa grand-mère à Edéa.",
    "note": "Le pied guérit. Elle n’a toujours pas de lit sûr : relancer l’hébergement aujourd’hui.",
}


def walk(world: World, now: datetime) -> Iterator[datetime]:
    """From the airport five days ago to a shelter that has not answered for 29 hours."""
    rng = Random("walk")  # noqa: S311 - a story, not a secret
    began = began_story(now)
    yield began
    actor = world.staff.named[LOG_INS[0].username]
    submission = fill_in(GIRL, actor, rng, began)
    yield began + timedelta(minutes=50)
    lead_counter_to(STORY_NUMBER, began)
    at = began + timedelta(minutes=50)
    today = at.astimezone(clock.zone()).date()
    case = identification.submit(submission, actor=actor, today=today, now=at)
    for moment in (began + timedelta(hours=1, minutes=20), began + timedelta(hours=19, minutes=40)):
        yield moment
        if not asks_consent(case):
            next_step(world, case, actor, moment)
    at = began + timedelta(hours=23)
    yield at
    ask(case, actor, Random("given"), at)  # noqa: S311 - a story, not a secret
    yield from _planned(world, case, at + timedelta(hours=2))
    yield from _referred(world, case, now)


def _planned(world: World, case: Case, at: datetime) -> Iterator[datetime]:
    """Assessment on the same day, plan on the next, approved by the supervisor."""
    began = at - timedelta(minutes=50)
    yield began
    told = assessment(case, Random("assessed"), day(began)) | ASSESSED  # noqa: S311 - a story, not a secret
    write(case, ASSESSMENT, told, began, minutes=45)
    yield at
    record_step(case, "N07", Entry(facts={"needs": sorted(GIRL.needs)}, words=WORDS), at)
    goals = {
        "HEB": "Un lit sûr jusqu’aux retrouvailles.",
        "ENF": "Un adulte responsable désigné.",
        "MED": "Le pied soigné.",
    }
    at += timedelta(hours=17)
    yield at
    for task in db.session.scalars(select(CaseTask).where(CaseTask.case_id == case.id)):
        finish_task(case, task, actor=case.manager, now=at)
    words = {GOAL + need: text for need, text in goals.items()}
    record_step(case, "N08", Entry(codes={"plan_agreed": True}, words=words), at)
    yield from approve(world, case, ApprovalKind.PLAN, Random("approved"), at)  # noqa: S311 - a story, not a secret


def _referred(world: World, case: Case, now: datetime) -> Iterator[datetime]:
    """Health accepted, child protection under way, shelter silent; today she wants her grandmother to be found."""
    start = now - timedelta(hours=52)
    yield start
    child = _sent(world, case, Need.ENF, CHILD, start)
    health = _sent(world, case, Need.MED, HOSPITAL, start + timedelta(minutes=40))
    at = start + timedelta(hours=3)
    yield at
    _acted(world, child, A.ACKNOWLEDGE, at)
    meeting = at_office(at + timedelta(hours=18), Random("meeting"))  # noqa: S311 - a story, not a secret
    _acted(world, child, A.ACCEPT, at + timedelta(minutes=12), meeting)
    at = now - timedelta(hours=29)
    yield at
    _sent(world, case, Need.HEB, SHELTER, at)
    at = now - timedelta(hours=26)
    yield at
    _acted(world, health, A.ACKNOWLEDGE, at)
    _acted(world, child, A.START, at + timedelta(minutes=5))
    at = now - timedelta(minutes=95)
    yield at
    add_need(case, Need.FAM, actor=case.manager, now=at)
    visit = follow_up(case, Random("visit"), day(at), review="new_need", served=("ENF",)) | VISITED  # noqa: S311
    write(case, FOLLOW_UP, visit, at, minutes=20)
    at = now - timedelta(minutes=48)
    yield at
    meeting = (now + timedelta(days=1)).astimezone(clock.zone()).replace(hour=9, minute=0, second=0, microsecond=0)
    _acted(world, health, A.ACCEPT, at, meeting)


def _sent(world: World, case: Case, need: Need, service: tuple[str, str], at: datetime) -> Referral:
    """Chosen, agreed to and sent within a quarter of an hour: the girl and her case manager sat together."""
    path = Pathway(world, case, need, Random(f"walk-{need}"))  # noqa: S311 - a story, not a secret
    referral = draft(case, need, world.directory.place(service), actor=path.manager, now=at - timedelta(minutes=14))
    today = at.astimezone(clock.zone()).date()
    answer = answer_for(path, today, referral=referral)
    answer_service(referral, answer, actor=path.manager, now=at - timedelta(minutes=6))
    db.session.flush()
    send(referral, actor=path.manager, now=at)
    return referral


def _acted(world: World, referral: Referral, action: A, at: datetime, meeting: datetime | None = None) -> None:
    staff = world.directory.staff_of(referral.service_at_location)[0]
    act(referral, action, actor=staff, now=at, appointment_at=meeting, beyond_capacity=True)
