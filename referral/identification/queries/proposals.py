"""What a finished form proposes on the page of its step, so that nobody types twice; people check and decide.

Kind: queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from referral.cases.models import Case, CaseEvent
from referral.extensions import db
from referral.foundation.access import Actor
from referral.identification.models import Submission
from referral.identification.queries.case_forms import answers_for, as_it_was, latest, typed
from referral.identification.screens import in_words, quoted
from referral.procedures import queries as procedures
from sop.forms import Form, FormState
from sop.questions import Question
from sop.repeats import nested
from sop.state import EventKind

Words = Callable[[Mapping[str, str]], str]
"""A text in the reader's language."""


COLON = {"fr": "\u00a0: ", "en": ": "}


@dataclass(frozen=True, slots=True)
class Source:
    """Which form serves a step. `words`: field <- questions put into words; `codes`: field <- question of the same
    codes; `goals`: the repeat that says of each need what became of its goal.
    """

    form: str
    words: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, str]
    goals: str = ""


SOURCES: Mapping[str, Source] = {
    "N04": Source("best_interests", {"note": ("recommended", "reasons", "child_views", "weight")}, {}),
    "N07": Source(
        "vulnerability_assessment",
        {
            "assessment_individual": (
                "individual_risks", "individual_risks_other", "individual_strengths", "wishes", "summary",
            ),
            "assessment_household": ("housing", "household_risks", "household_strengths"),
            "assessment_community": ("community_risks", "community_risks_other", "community_strengths", "trusted"),
            "assessment_structural": ("context_risks", "context_strengths"),
        },
        {"needs": "needs"},
    ),
    "N09": Source("follow_up", {"note": ("since", "changes", "changes_note", "wishes", "note")}, {"review": "review"}),
    "N10": Source("closure", {"note": ("reason", "reason_note", "last_words")}, {"risk": "risk"}, goals="goals"),
}  # fmt: skip
"""By step of the procedure. What a person must confirm themselves (ticks, dates of keeping) is proposed by nothing."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values by field of the step's page, from which form, and the categories that were opened for it."""

    submission: Submission
    values: Mapping[str, Any]
    opened: tuple[str, ...]


def proposal(actor: Actor, case: Case, step: str, words: Words, *, today: date) -> Proposal | None:
    """What the form finished last proposes; nothing when the step was recorded since."""
    source = SOURCES.get(step)
    found = latest(case, source.form) if source else None
    if source is None or found is None or found.submitted_at is None or _recorded_since(case, step, found.submitted_at):
        return None
    form = procedures.form(found.form_version_id)
    stored, opened = answers_for(actor, case, found, today=today)
    answers = typed(form, stored)
    values = {name: _told(form, answers, asked, words) for name, asked in source.words.items()}
    values |= {name: answers[asked] for name, asked in source.codes.items() if asked in answers}
    values |= _goals(form, answers, source.goals)
    return Proposal(found, {name: value for name, value in values.items() if value}, tuple(opened))


def _recorded_since(case: Case, step: str, moment: datetime) -> bool:
    last = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == case.id, CaseEvent.step == step, CaseEvent.kind == EventKind.DONE
    )
    recorded = db.session.scalar(last)
    return recorded is not None and recorded >= moment


def _told(form: Form, answers: Mapping[str, Any], names: Iterable[str], words: Words) -> str:
    """Questions and answers as lines of text."""
    lines, state = [], as_it_was(dict(answers))
    for name in names:
        if name in form and answers.get(name) not in (None, "", [], ["none"]):
            label = words(quoted(form, state, form[name].label)).rstrip(" \u00a0\u202f?:")
            lines.append(label + words(COLON) + _answer(form, form[name], state, words))
    return "\n".join(lines)


def _answer(form: Form, question: Question, state: FormState, words: Words) -> str:
    parts = in_words(form, question, state.values[question.name])
    return ", ".join(words(quoted(form, state, part)) if isinstance(part, Mapping) else str(part) for part in parts)


def _goals(form: Form, answers: Mapping[str, Any], repeat: str) -> dict[str, str]:
    """What the closing says of each goal."""
    found = nested(answers, repeat) if repeat in form.repeats else []
    told = [one for one in found if one.get("goal_need") and one.get("goal_result")]
    return {f"goal_{one['goal_need']}": one["goal_result"] for one in told}
