"""Small filters for the pages of a case: a code as a need, a sentence with its full stop, a stage as a step."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext

from referral.cases import pages
from referral.cases.closing import KNOWN_FROM_FILE, Criterion
from referral.cases.models import Case
from referral.cases.queries.forms import CLOSING_STEP, PLAN_STEP, StepForm
from referral.cases.questions import GOAL, StepField, fields_of
from referral.cases.rules import APPROVED_STEP, ApprovalKind, needs_approval
from referral.cases.views import bp
from referral.consent.acts import act_words
from referral.foundation import formatting
from referral.foundation.i18n import translate
from sop.agenda import Stage, Standing
from sop.vocabulary import N_, Need

STATES = {Standing.DONE: "done", Standing.NOW: "now"}

bp.add_app_template_filter(act_words)


@bp.app_template_filter()
def need_label(code: str | None) -> Need | None:
    """The need of a code, for `|t`."""
    return Need(code) if code else None


@bp.app_template_filter()
def lower_first(text: str) -> str:
    """A label inside a sentence: "High priority" → "high priority", an abbreviation stays.

    >>> lower_first("High priority"), lower_first("MINAS"), lower_first("")
    ('high priority', 'MINAS', '')
    """
    return text if len(text) < 2 or text[1].isupper() else text[0].lower() + text[1:]


@bp.app_template_filter()
def sentence(message: Any) -> str:
    """A message as a sentence: a capital at the start, a full stop at the end."""
    text = translate(message)
    ended = text if text.endswith((".", "!", "?", "…")) else f"{text}."
    return ended[:1].upper() + ended[1:]


@bp.app_template_filter()
def stage_item(stage: Stage) -> dict[str, Any]:
    """A stage of the procedure for the component `steps`: its state and the day of its last event."""
    note = formatting.day(stage.at)
    if stage.standing is Standing.SKIPPED:
        note = gettext("not needed")
    return {
        "label": stage.label,
        "state": STATES.get(stage.standing, "next") if stage.standing else "next",
        "note": note,
    }


@bp.app_template_filter()
def approved_step(kind: ApprovalKind) -> str:
    """The step that an approval finishes."""
    return APPROVED_STEP[kind]


@bp.app_template_filter()
def criteria_items(found: dict[Criterion, bool], answered: bool) -> list[tuple[str, str]]:
    """The closure criteria for the component `reasons`; what nobody has answered yet is neither yes nor no.

    >>> criteria_items({Criterion.RISK: False, Criterion.REFERRALS: False, Criterion.SUPERVISOR: False}, False)[0][0]
    'unknown'
    """
    settled = KNOWN_FROM_FILE | (set(Criterion) - {Criterion.SUPERVISOR} if answered else set())
    answers = {one: "yes" if holds else "no" if one in settled else "unknown" for one, holds in found.items()}
    return [(answer, criterion.label) for criterion, answer in answers.items()]


@bp.app_template_filter()
def goal_items(words: dict[str, str], needs: list[Need]) -> list[tuple[Need, str]]:
    """The plan: need and goal."""
    return [(need, words[GOAL + need.value]) for need in needs if words.get(GOAL + need.value)]


@bp.app_template_filter()
def assessment_items(words: dict[str, str]) -> list[tuple[str, str]]:
    """The assessment: level and what was found."""
    return [(field.label, words[field.name]) for field in fields_of("N07") if words.get(field.name)]


def field_labels(form: StepForm) -> list[tuple[str, str]]:
    """Names and labels of a step's fields, for the summary of errors."""
    goals = [(GOAL + need.value, gettext("Goal for: %(need)s", need=translate(need))) for need in form.goals]
    facts = [(question.name, question.asked.label) for question in form.facts]
    return [*facts, *goals, *((field.name, field.label) for field in form.fields), *CLOSING_LABELS.items()]


def condition(form: StepForm, field: StepField) -> str | None:
    """When a field is to be filled in: only with one of the answers above."""
    if field.when is None:
        return None
    name, value = field.when
    choices = {question.name: dict(question.choices) for question in form.facts}
    choices |= {other.name: dict(other.choices) for other in form.fields if other.choices}
    answer = translate(choices.get(name, {}).get(value, value))
    return gettext("Only if you answered “%(answer)s”.", answer=answer)


def submit_label(case: Case, form: StepForm) -> str:
    """The words of the button: what happens next."""
    to_supervisor = form.step.id == PLAN_STEP and needs_approval(case.person.age_band, case.priority)
    if to_supervisor or form.step.id == CLOSING_STEP:
        return N_("Ask the supervisor to approve")
    return pages.WHEN_LATE.get(form.step.id) or pages.BUTTONS.get(form.step.id, pages.PLAIN)


CLOSING_LABELS: dict[str, str] = {
    "note": N_("Note for the file"),
    "risk": N_("Highest risk for the person today"),
    "informed": N_("The person is informed and agrees"),
    "feedback": N_("Opinion of the person"),
    "retention": N_("The file is kept until"),
}


def clock_url(case: Case, step: str, need: str | None) -> str:
    """The page on which the clock of a step (of a need) is stopped or let run again."""
    row = next((one for one in case.needs if one.need.value == need), None)
    return url_for("cases.clock", case_id=case.id, step=step, of=row.id if row else None)


bp.app_context_processor(
    lambda: {"field_labels": field_labels, "condition": condition, "submit_label": submit_label, "clock_url": clock_url}
)
