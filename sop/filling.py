"""Filling a form: what applies, which answers are good, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sop.answers import Answer, Refused, as_value, clean, plain
from sop.evaluation import EvaluationError, Scope, Value, evaluate, is_true
from sop.expressions import Node
from sop.questions import Choice, Group, Kind, Question
from sop.vocabulary import N_, Message

MOST_KEPT = 1024
"""Filtered choice lists that a form remembers before it starts afresh."""

if TYPE_CHECKING:
    from sop.forms import Form


@dataclass(frozen=True, slots=True)
class FormState:
    """The form on one set of answers.

    `relevant`: questions and groups that apply · `required`: those that must be answered · `values`: good answers,
    typed (only relevant ones; calculations included) · `errors`: one message a question · `choices`: for the lists
    under a choice filter, what may be chosen.
    """

    relevant: frozenset[str]
    required: frozenset[str]
    values: dict[str, Answer]
    errors: dict[str, Message]
    choices: dict[str, tuple[Choice, ...]]

    @property
    def complete(self) -> bool:
        """Nothing is missing and nothing is wrong."""
        return not self.errors

    @property
    def plain(self) -> dict[str, Any]:
        """The values as JSON can keep them; evaluating the form on them again gives the same state."""
        return {name: plain(answer) for name, answer in self.values.items()}


class Filling:
    """One run of a form over one set of answers."""

    def __init__(self, form: Form, answers: Mapping[str, Any], today: date, now: datetime) -> None:
        self.form = form
        self.answers = answers
        self.today = today
        self.now = now
        self.known: dict[str, Value] = {}
        self.plainly = Scope(self.known, today=today, now=now)
        self.values: dict[str, Answer] = {}
        self.errors: dict[str, Message] = {}
        self.relevant: set[str] = set()

    def scope(self, here: Value = "", columns: Mapping[str, str] | None = None) -> Scope:
        """What an expression may see now, with the answer or the choice in hand (without either: `plainly`)."""
        return Scope(self.known, today=self.today, now=self.now, here=here, columns=columns or {})

    def state(self) -> FormState:
        """Run: first what applies and its answers, then what is missing or wrong."""
        for name in self.form.order:
            self.visit(self.form.groups.get(name) or self.form[name])
        choices = {
            question.name: self.filtered(question)
            for question in self.form.questions
            if question.choice_filter is not None and question.name in self.relevant
        }
        required = set()
        for question in self.form.questions:
            if question.asks and question.name in self.relevant:
                if question.required is not None and _truth(question.required, self.plainly, failing=True):
                    required.add(question.name)
                self.check(question, choices.get(question.name), question.name in required)
        good = {
            q.name: self.values[q.name]
            for q in self.form.questions
            if q.name in self.values and q.name not in self.errors
        }
        return FormState(frozenset(self.relevant), frozenset(required), good, self.errors, choices)

    def visit(self, item: Question | Group) -> None:
        """Decide whether the item applies and, for a question, take or work out its answer."""
        if not self.relevant.issuperset(item.groups):
            return
        if item.relevant is not None and not _truth(item.relevant, self.plainly, failing=True):
            return
        self.relevant.add(item.name)
        if isinstance(item, Question) and item.type is not Kind.NOTE:
            answer = self.answer(item)
            if isinstance(answer, Message):
                self.errors[item.name] = answer
            elif answer is not None:
                self.values[item.name] = answer
                self.known[item.name] = as_value(answer)

    def answer(self, question: Question) -> Answer | Message | None:
        """The answer given or worked out, or why it is refused."""
        if question.calculation is not None:
            return plain_value(try_value(question.calculation, self.plainly, ""))
        return clean_answer(question, self.answers.get(question.name), self.form.options(question))

    def filtered(self, question: Question) -> tuple[Choice, ...]:
        """The choices that the choice filter leaves: worked out once for the answers that it reads."""
        condition = question.choice_filter
        if condition is None:
            return self.form.options(question)
        kept, reads = self.form.filtered_choices, self.form.filter_reads[question.name]
        if reads is None:
            return self.filter_now(question, condition)
        key = (question.name, *(self.known.get(name) for name in reads))
        if key not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = self.filter_now(question, condition)
        return kept[key]

    def filter_now(self, question: Question, condition: Node) -> tuple[Choice, ...]:
        """Hold the filter against every choice."""
        choices = self.form.options(question)
        return tuple(
            choice
            for choice in choices
            if _truth(condition, self.scope(columns={**choice.columns, "name": choice.name}), failing=True)
        )

    def check(self, question: Question, choices: Sequence[Choice] | None, required: bool) -> None:
        """Note what is wrong with one answer that applies."""
        if question.name in self.errors:
            return
        answer = self.values.get(question.name)
        if answer is None:
            if required:
                self.errors[question.name] = Message("required", N_("Please answer this question."))
            return
        if choices is not None and not _within(answer, choices):
            text = N_("This answer no longer fits the answers above it. Please choose again.")
            self.errors[question.name] = Message("choice_not_possible", text)
        elif question.constraint is not None and not _truth(
            question.constraint, self.scope(as_value(answer)), failing=False
        ):
            own = question.constraint_message
            text = own.get("en") or next(iter(own.values()), N_("This answer is not possible."))
            self.errors[question.name] = Message("constraint", text)


def clean_answer(question: Question, raw: Any, choices: Sequence[Choice]) -> Answer | Message | None:
    """The typed answer, nothing, or the reason why it is refused."""
    try:
        return clean(question, raw, choices)
    except Refused as refusal:
        return refusal.message


def _within(answer: Answer, choices: Sequence[Choice]) -> bool:
    codes = answer if isinstance(answer, list) else [answer]
    return {choice.name for choice in choices}.issuperset(map(str, codes))


def _truth(node: Node, scope: Scope, *, failing: bool) -> bool:
    """The condition; when it cannot be worked out: `failing` (ask rather than hide, refuse rather than accept)."""
    try:
        return is_true(node, scope)
    except EvaluationError:
        return failing


def try_value(node: Node, scope: Scope, otherwise: Value) -> Value:
    """The value, or `otherwise` when it cannot be worked out."""
    try:
        return evaluate(node, scope)
    except EvaluationError:
        return otherwise


def plain_value(value: Value) -> Answer | None:
    """A worked-out value as an answer: nothing for the empty text and for what is not a number."""
    if value == "" or value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if isinstance(value, float) and value == int(value) else value
