"""How a case begins: a pre-file from a submitted form, then base consent makes it active, or a refusal erases it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from referral.cases.actions import progress
from referral.cases.models import Case, CaseCounter, CaseTask
from referral.cases.queries import other_files
from referral.cases.queries.progress import state_of
from referral.cases.rules import LIVE, TRANSITIONS, CaseAction, CaseState, ClosureReason, TaskKind
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox, sealing
from referral.foundation.sealing import OwnerKind
from referral.foundation.tables import new_id
from referral.identification.models import Submission
from referral.identification.rules import (
    STEP_IDENTIFY,
    STEPS_CONSENT,
    Worker,
    choose_manager,
    procedure_facts,
)
from referral.partners import queries as partners
from referral.partners.models import Organization, User
from referral.people.actions import add_person, erase_person
from referral.people.models import PersonBlock
from referral.procedures import queries as procedures
from sop.places import load_places
from sop.triage import Verdict
from sop.vocabulary import N_, Category, Message

NO_PROCEDURE = Message("no_procedure", N_("No procedure is in force. Please tell the coordination."))
NO_MANAGER = Message(
    "no_manager", N_("No case manager can take this case at the receiving organisation. Please tell the coordination.")
)
WRONG_STATE = Message("wrong_state", N_("This file is no longer waiting for base consent."))
ANYWHERE = "XX"


def allocate_code(region: str, *, now: datetime) -> str:
    """The next case code of a region and year, such as CM-LT-2026-00042; numbers may be skipped, never given twice."""
    settings = current_app.config["SETTINGS"]
    places = load_places(settings.country)
    short = places.region_of(region).short if region[:5] in places else ANYWHERE
    year = now.astimezone(ZoneInfo(settings.timezone)).year
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(CaseCounter.__table__).values(region=short, year=year, last=1)
    counted = statement.on_conflict_do_update(
        index_elements=["region", "year"], set_={"last": CaseCounter.__table__.c.last + 1}
    ).returning(CaseCounter.__table__.c.last)
    number = db.session.scalar(counted)
    return f"{settings.country_code}-{short}-{year}-{number:05d}"


def open_prefile(
    *,
    submission: Submission | None,
    facts: Mapping[str, Any],
    verdict: Verdict,
    organization: Organization,
    actor: Any,
    now: datetime,
    sealed: Mapping[Category, Mapping[str, Any]] | None = None,
    birth_year: int | None = None,
    identified_at: datetime | None = None,
) -> Case:
    """A person and a case that waits for base consent; `sealed` are the answers by category.

    The case has been walked as far as the form itself goes: received, identified, sorted by priority.
    """
    version = procedures.active_version()
    if version is None:
        raise RuleViolation(NO_PROCEDURE)
    if sealed is None:
        sealed = sealing.read(submission.id, Category) if submission is not None else {}
    case = Case(
        id=new_id(),
        code=allocate_code(str(facts.get("region", "")), now=now),
        person=add_person(facts, sealed, birth_year=birth_year, now=now),
        organization=organization,
        identified_by_id=actor.id,
        region=str(facts.get("region", "")),
        department=_known(facts.get("department")),
        state=CaseState.OPEN,
        priority=verdict.priority,
        priority_rule=verdict.rule,
        urgent=verdict.urgent,
        facts=dict(facts) | {"priority": verdict.priority.value, "urgent": verdict.urgent},
        procedure_version_id=version.id,
        identified_at=identified_at or now,
        needs=[],
    )
    db.session.add(case)
    db.session.flush()  # its first event has no relationship that would order the two
    sealing.create_keys({case.id: OwnerKind.CASE}, now=now)
    known = procedure_facts(case.facts, procedures.flowchart(version.id).fields)
    progress.begin(case, facts=known, now=now)
    progress.advance(case, step="N01", actor=actor, now=now)
    carry_on(case, actor=actor, now=now)
    _open_tasks(case, verdict, now)
    audit.record("prefile.open", actor=actor, now=now, case_id=case.id, subject=case, code=f"rule{verdict.rule}")
    return case


def carry_on(case: Case, *, actor: Any, now: datetime) -> None:
    """Finish the step that the submitted form has answered already, as soon as the procedure gets there."""
    if (STEP_IDENTIFY, None) in state_of(case).active:
        progress.advance(case, step=STEP_IDENTIFY, actor=actor, now=now)


def answer_consent(case: Case, answer: str, *, actor: Any, now: datetime) -> None:
    """Tell the procedure what base consent said: given, partial or refused."""
    waiting = {step for step, _ in state_of(case).active}
    step = next((one for one in STEPS_CONSENT if one in waiting), None)
    if step is None:
        raise RuleViolation(progress.NOT_NOW)
    progress.advance(case, step=step, facts={"base_consent": answer}, actor=actor, now=now)


def activate(case: Case, *, consent: str = "given", actor: Any, now: datetime) -> None:
    """Base consent was given (or `partial`): a case manager takes over and the first responder's access ends."""
    _move(case, CaseAction.RECORD_CONSENT)
    case.manager = assign(case)
    case.opened_at = now
    answer_consent(case, consent, actor=actor, now=now)
    progress.advance(case, step="N06", actor=actor, now=now)
    case.facts = {**case.facts, "base_consent": consent}
    audit.record("case.activate", actor=actor, now=now, case_id=case.id, subject=case, code=consent)
    audit.record("case.assign", actor=actor, now=now, case_id=case.id, subject=("user_account", case.manager.id))
    outbox.queue("case_assigned", now=now, user=case.manager, case_code=case.code)


def refuse(case: Case, *, actor: Any, now: datetime) -> None:
    """An adult declined: sealed data and their keys are destroyed, unless a legal hold keeps them until it ends."""
    _move(case, CaseAction.REFUSE)
    answer_consent(case, "refused", actor=actor, now=now)
    case.closed_at, case.closure_reason = now, ClosureReason.DECLINED
    case.facts = {**case.facts, "base_consent": "refused"}
    if not case.legal_hold:
        erase_refused(case, now=now)
    _finish_tasks(case, actor=actor, now=now)
    audit.record("case.decline", actor=actor, now=now, case_id=case.id, subject=case, code="refused")


def erase_refused(case: Case, *, now: datetime) -> None:
    """Destroy what is sealed of a case that was declined; coded facts stay.

    What names the person stays while another file of theirs lives.
    """
    case.facts = {name: value for name, value in case.facts.items() if name != "age"}
    case.erased_at = now
    if not other_files(case.person_id, case.id):
        erase_person(case.person, now=now)
    sealing.erase(case.id, now=now)


def refuse_as_child(case: Case, *, actor: Any, now: datetime) -> None:
    """A child's refusal closes nothing: it goes back to the best interests."""
    if case.state is not CaseState.BEST_INTERESTS:
        _move(case, CaseAction.REFUSE_AS_CHILD)
    answer_consent(case, "refused", actor=actor, now=now)
    audit.record("case.best_interests", actor=actor, now=now, case_id=case.id, subject=case, code="refused")


def assign(case: Case) -> User:
    """The case manager of the receiving organisation to whom the case falls; raises when there is none."""
    users = {user.id: user for user in partners.case_managers(case.organization_id) if not _blocked(case, user)}
    loads = _live_cases(users)
    workers = [
        Worker(
            user.id,
            user.username,
            frozenset({user.region} - {""}),
            frozenset(user.specialities),
            loads.get(user.id, 0),
        )
        for user in users.values()
    ]
    child = case.person.age_band != "adult"
    chosen = choose_manager(workers, region=case.region, child=child, known_to=case.identified_by_id)
    if chosen is None:
        raise RuleViolation(NO_MANAGER)
    return users[chosen.id]


def _blocked(case: Case, user: User) -> bool:
    """Rule A2: whom the person does not want to see their file."""
    asked = {"person": case.person_id, "user": user.id, "organization": user.organization_id}
    return db.session.scalar(_BLOCK, asked) is not None


_BLOCK = (
    select(PersonBlock.id)
    .where(
        PersonBlock.person_id == bindparam("person"),
        or_(PersonBlock.user_id == bindparam("user"), PersonBlock.organization_id == bindparam("organization")),
    )
    .limit(1)
)


def _live_cases(users: Iterable[Any]) -> dict[Any, int]:
    query = (
        select(Case.manager_id, func.count())
        .where(Case.manager_id.in_(list(users)), Case.state.in_(LIVE))
        .group_by(Case.manager_id)
    )
    return dict(db.session.execute(query).all())


def _move(case: Case, action: CaseAction) -> None:
    target = TRANSITIONS.get((case.state, action))
    if target is None:
        raise RuleViolation(WRONG_STATE)
    case.state = target


def _open_tasks(case: Case, verdict: Verdict, now: datetime) -> None:
    for follow_up in verdict.follow_ups:
        kind = TaskKind(follow_up.task)
        db.session.add(CaseTask(case_id=case.id, kind=kind, opened_at=now, due_at=now + follow_up.within))


def _finish_tasks(case: Case, *, actor: Any, now: datetime) -> None:
    db.session.execute(
        update(CaseTask)
        .where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None))
        .values(done_at=now, done_by_id=actor.id)
    )


def _known(place: Any) -> str:
    return str(place) if place and place != "unknown" else ""
