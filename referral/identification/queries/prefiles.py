"""One pre-file: its priority and why, what to do next on it, what base consent asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from referral.cases.models import Case, CaseTask
from referral.cases.queries import WAITING, visible_prefiles
from referral.cases.queries.progress import stages, todo
from referral.cases.rules import CaseState
from referral.consent.models import Consent, ConsentState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.identification.models import Submission
from referral.identification.rules import BASE_PURPOSE, base_categories
from referral.procedures import queries as procedures
from sop.agenda import Stage, Todo
from sop.facts import suggested_needs
from sop.triage import Verdict
from sop.vocabulary import Category, Need

READ_ALOUD = frozenset({"fra", "eng", "unknown", None})
"""Languages of interview in which the texts exist, or that nobody noted."""


own_prefile = Door(visible_prefiles, Case.id, load=lambda: (joinedload(Case.organization), joinedload(Case.person)))
"""One of them, until it is handed over."""


def sheet_cases(actor: Actor) -> Select[Case]:
    """Files for which the actor may hand out the information sheet: own pre-files, and those that were declined."""
    own = and_(Case.identified_by_id == actor.id, Case.state.in_((*WAITING, CaseState.DECLINED)))
    return select(Case).where(own)


def verdict_of(case: Case) -> Verdict:
    """The triage verdict in words, computed again from the coded facts under the case's own version."""
    return procedures.triage_table(case.procedure_version_id).decide(case.facts)


def tasks_of(cases: Iterable[Case]) -> dict[UUID, list[CaseTask]]:
    """Open tasks of several cases, in one SELECT."""
    ids = [case.id for case in cases]
    if not ids:
        return {}
    query = select(CaseTask).where(CaseTask.case_id.in_(ids), CaseTask.done_at.is_(None)).order_by(CaseTask.due_at)
    found: dict[UUID, list[CaseTask]] = defaultdict(list)
    for task in db.session.scalars(query):
        found[task.case_id].append(task)
    return found


def refusals(case: Case) -> int:
    """How often base consent was refused."""
    return db.session.scalar(_REFUSALS, {"case": case.id, "recipient": case.organization_id}) or 0


_REFUSALS = select(func.count(Consent.id.distinct())).where(
    Consent.case_id == bindparam("case"),
    Consent.purpose == BASE_PURPOSE,
    Consent.state == ConsentState.REFUSED,
    Consent.recipient_id == bindparam("recipient"),
)


def categories_held(case: Case) -> list[Category]:
    """Categories under which something is sealed for the person or the case."""
    return sorted(sealing.held(case.person_id, case.id), key=lambda category: category.order)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One thing to do on a pre-file, with its step's name."""

    item: Todo
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PrefileView:
    """All that a pre-file's page shows: codes and the procedure, no sealed content."""

    case: Case
    verdict: Verdict
    ahead: list[Ahead]
    stages: list[Stage]
    tasks: list[CaseTask]
    needs: list[Need]
    suggested: tuple[Need, ...]
    unknown: list[Mapping[str, str]]
    submission_id: UUID | None


def prefile_view(case: Case, now: datetime, lang: str) -> PrefileView:
    """Priority and by which rule, needs, what must happen now in the procedure's order."""
    verdict = verdict_of(case)
    steps = procedures.flowchart(case.procedure_version_id).steps
    facts = procedures.triage_table(case.procedure_version_id).facts
    return PrefileView(
        case,
        verdict,
        [Ahead(item, steps[item.step].label) for item in todo(case, now, lang=lang)],
        stages(case),
        tasks_of([case]).get(case.id, []),
        [Need(code) for code in case.facts.get("needs", ())],
        suggested_needs(case.facts),
        [fact.label for fact in facts if fact.field.name in verdict.unknown],
        db.session.scalar(select(Submission.id).where(Submission.case_id == case.id)),
    )


def asked_categories(case: Case) -> tuple[list[Category], list[Category]]:
    """What base consent asks for, plain and sensitive; the case code itself (C1) needs no tick."""
    plain, sensitive = base_categories(categories_held(case))
    return [one for one in plain if one is not Category.C1], sensitive


def base_recipients(case: Case, actor: Any) -> list[str]:
    """Who receives by base consent: the first responder's organisation and the receiving one, each once."""
    return list(dict.fromkeys(one.name for one in (actor.organization, case.organization) if one is not None))


def spoken_language(case: Case) -> Mapping[str, str] | None:
    """The name of the language of the interview, when it is none of the library's and an interpreter is needed."""
    code = case.facts.get("language")
    if code in READ_ALOUD:
        return None
    submission = db.session.scalar(select(Submission).where(Submission.case_id == case.id))
    if submission is None:
        return None
    form = procedures.form(submission.form_version_id)
    asked = next((one for one in form if one.fact == "language"), None)
    return next((one.label for one in form.options(asked) if one.name == code), None) if asked else None
