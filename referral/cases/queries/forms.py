"""What the page of a step shows: its questions, what is already known, what was written there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from referral.cases.closing import Criterion, Standing, criteria
from referral.cases.models import Case, CaseApproval, CaseNeed, CaseNote
from referral.cases.queries.closing import standing
from referral.cases.queries.news import notes_of
from referral.cases.queries.overview import approval
from referral.cases.queries.progress import find_todo, state_of
from referral.cases.questions import FACTS, GOAL, Asked, StepField, choices_of, facts_asked, fields_of
from referral.cases.rules import APPROVED_STEP, ApprovalKind, NeedState
from referral.foundation import sealing
from referral.procedures import queries as procedures
from sop.agenda import Todo
from sop.flowchart import Flowchart, Step
from sop.guards import FieldKind
from sop.vocabulary import Category, Need

PLAN_STEP, CLOSING_STEP = APPROVED_STEP[ApprovalKind.PLAN], APPROVED_STEP[ApprovalKind.CLOSURE]


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """One fact as the page asks for it; `several` when more than one answer may be ticked."""

    name: str
    asked: Asked
    choices: list[tuple[str, str]]
    several: bool


@dataclass(frozen=True, slots=True)
class StepForm:
    """Everything on the page of one step."""

    flowchart: Flowchart
    step: Step
    need: CaseNeed | None
    todo: Todo
    facts: list[FactQuestion]
    fields: tuple[StepField, ...]
    goals: list[Need]
    standing: Standing | None
    approval: CaseApproval | None
    notes: list[tuple[CaseNote, str]]
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str | None:
        """The need's code, as the procedure knows it."""
        return self.need.need.value if self.need else None

    @property
    def fact_names(self) -> tuple[str, ...]:
        """The facts that are asked for."""
        return tuple(question.name for question in self.facts)


def step_form(case: Case, step: str, of: UUID | None, now: datetime, *, lang: str = "fr") -> StepForm | None:
    """The form of a step (of a need), or None when it is not to be done now."""
    need = next((one for one in case.needs if one.id == of), None)
    item = find_todo(case, step, need.need.value if need else None, now, lang=lang)
    if item is None or (of is not None and need is None):
        return None
    flowchart = procedures.flowchart(case.procedure_version_id)
    kept = sealing.read(case.id, (Category.C5,)).get(Category.C5, {})
    return StepForm(
        flowchart=flowchart,
        step=flowchart.steps[step],
        need=need,
        todo=item,
        facts=[_question(flowchart, step, name) for name in facts_asked(flowchart, step, item.missing)],
        fields=() if step == CLOSING_STEP else fields_of(step),
        goals=goals_of(case, step),
        standing=standing(case) if step == CLOSING_STEP else None,
        approval=_approval_of(case, step),
        notes=[(note, words) for note, words in notes_of(case, step=step) if note.need == (item.need or "")],
        known={**kept, "needs": [need.value for need in known_needs(case)]},
    )


def known_needs(case: Case) -> list[Need]:
    """The needs that the procedure knows of, opened or not yet."""
    told = set(state_of(case).facts_of().get("needs") or ())
    return [need for need in Need if need.value in told or any(row.need == need for row in case.needs)]


def goals_of(case: Case, step: str) -> list[Need]:
    """The needs that get a goal in the plan, or whose goal is looked at when closing."""
    if step == CLOSING_STEP:
        return [row.need for row in case.needs]
    over = {row.need for row in case.needs if row.state is not NeedState.OPEN}
    return [need for need in known_needs(case) if need not in over] if step == PLAN_STEP else []


def criteria_of(form: StepForm, answers: Mapping[str, Any], today: date) -> dict[Criterion, bool]:
    """The closure criteria as they stand."""
    return criteria(form.standing, answers, today) if form.standing else {}


def plan_of(case: Case) -> dict[str, str]:
    """The assessment and the goals, opened (C5)."""
    kept = sealing.read(case.id, (Category.C5,)).get(Category.C5, {})
    return {name: str(text) for name, text in kept.items() if name.startswith((GOAL, "assessment_"))}


def _approval_of(case: Case, step: str) -> CaseApproval | None:
    kind = next((kind for kind, of in APPROVED_STEP.items() if of == step), None)
    return approval(case, kind) if kind else None


def _question(flowchart: Flowchart, step: str, name: str) -> FactQuestion:
    several = flowchart.fields[name].kind is FieldKind.SET
    return FactQuestion(name, FACTS.get(name, Asked(name)), choices_of(flowchart, step, name), several)
