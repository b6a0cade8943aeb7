"""Filling a form: what applies, which answers are good, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sop.answers import MAX_RAW, Answer, Refused, as_value, clean, plain
from sop.evaluation import Answers, Scope, evaluate, is_true
from sop.functions import EvaluationError, Value, to_number
from sop.nodes import Node
from sop.questions import Choice, Group, Kind, Question
from sop.repeats import MOST_ANSWERS, MOST_INSTANCES, Place, is_repeat, nested
from sop.vocabulary import N_, Message

MOST_KEPT = 1024
"""Filtered choice lists that a form remembers before it starts afresh."""
LARGEST = 1e300
TOO_MANY_ANSWERS = N_("This form has too many answers: at most %(most)d can be kept.")

if TYPE_CHECKING:
    from sop.forms import Form


@dataclass(frozen=True, slots=True)
class FormState:
    """The form on one set of answers; where something repeats, names are paths (`members`, `members/2/age`).

    `relevant`: questions, groups and instances that apply · `required`: those that must be answered · `values`: good
    answers, typed and nested (only relevant ones; calculations included) · `errors`: one message a question ·
    `choices`: for the lists under a choice filter, what may be chosen.
    """

    relevant: frozenset[str]
    required: frozenset[str]
    values: dict[str, Any]
    errors: dict[str, Message]
    choices: dict[str, tuple[Choice, ...]]

    @property
    def complete(self) -> bool:
        """Nothing is missing and nothing is wrong."""
        return not self.errors

    @property
    def plain(self) -> dict[str, Any]:
        """The values as JSON can keep them; evaluating the form on them again gives the same state."""
        return all_plain(self.values)


def all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nested answers as JSON can keep them."""
    return {
        name: [all_plain(one) for one in answer] if is_repeat(answer) else plain(answer)
        for name, answer in values.items()
    }


class Filling:
    """One run of a form over one set of answers."""

    def __init__(self, form: Form, answers: Mapping[str, Any], today: date, now: datetime) -> None:
        self.form = form
        self.today = today
        self.now = now
        self.root = Place(form.homes, answers)
        self.places: dict[tuple[str, ...], list[Place]] = {(): [self.root]}
        self.scopes: dict[int, Scope] = {}
        self.errors: dict[str, Message] = {}
        self.instances = self.answered = 0

    def plainly(self, place: Place) -> Scope:
        """What an expression may see at a place, without an answer or a choice in hand."""
        scope = self.scopes.get(id(place))
        if scope is None:
            scope = self.scopes[id(place)] = self.scope(place)
        return scope

    def scope(self, place: Place, **in_hand: Any) -> Scope:
        """What an expression may see at a place, with `here`, `columns` or `present` in hand."""
        form, repeating = self.form, self.form.repeats
        answers: Answers = place if repeating else place.known
        return Scope(
            answers, today=self.today, now=self.now, place=place if repeating else None, tables=form.tables, **in_hand
        )

    def state(self) -> FormState:
        """Run: first what applies and its answers, then what is missing or wrong."""
        for item, home in self.form.plan:
            for place in self.places.get(home, ()):
                self.visit(item, place)
        choices: dict[str, tuple[Choice, ...]] = {}
        required: set[str] = set()
        for home, places in self.places.items():
            for question in self.form.questions_of(home):
                for place in places:
                    if question.name in place.relevant:
                        self.examine(question, place, choices, required)
        relevant = set(self.root.relevant)
        for home, places in self.places.items():
            if home:
                relevant.update(place.prefix + name for place in places for name in place.relevant)
                relevant.update(place.prefix[:-1] for place in places)
        return FormState(frozenset(relevant), frozenset(required), self.good(self.root), self.errors, choices)

    def good(self, place: Place) -> dict[str, Any]:
        """The answers without those that are wrong, in the form's order, then what is in the repeats."""
        found: dict[str, Any] = {
            question.name: place.values[question.name]
            for question in self.form.questions_of(place.repeats)
            if question.name in place.values and place.prefix + question.name not in self.errors
        }
        for name, instances in place.instances.items():
            if instances:
                found[name] = [self.good(one) for one in instances]
        return found

    def visit(self, item: Question | Group, place: Place) -> None:
        """Decide whether the item applies and, for a question, take or work out its answer."""
        if item.groups and item.groups[-1] not in place.relevant and not place.is_of(item.groups[-1]):
            return
        if item.relevant is not None and not _truth(item.relevant, self.plainly(place), failing=True):
            return
        place.relevant.add(item.name)
        if isinstance(item, Group):
            if item.repeat:
                self.repeat(item, place)
        elif item.type is not Kind.NOTE:
            self.take(item, place)

    def take(self, question: Question, place: Place) -> None:
        """Keep one answer, or why it is refused."""
        answer = self.answer(question, place)
        if answer is None or (question.type.is_metadata and isinstance(answer, Message)):
            return
        self.answered += 1
        if self.answered > MOST_ANSWERS:
            answer = Message("too_many_answers", TOO_MANY_ANSWERS, {"most": MOST_ANSWERS})
        if isinstance(answer, Message):
            self.errors[place.prefix + question.name] = answer
        else:
            place.values[question.name] = answer
            place.known[question.name] = as_value(answer)

    def repeat(self, group: Group, place: Place) -> None:
        """Make the places of the instances: as many as the form counts, or as were given."""
        given = nested(place.given, group.name)
        wanted = len(given) if group.count is None else self.count(group.count, place)
        made = min(wanted, MOST_INSTANCES, MOST_ANSWERS - self.instances)
        self.instances += made
        if made < wanted:
            text = N_("%(count)d entries are more than can be kept here: at most %(most)d are possible.")
            self.errors[place.prefix + group.name] = Message(
                "too_many_instances", text, {"count": wanted, "most": made}
            )
        given += [{}] * (made - len(given))
        instances = [Place(self.form.homes, given[index], place, group.name, index + 1) for index in range(made)]
        place.instances[group.name] = instances
        self.places.setdefault((*place.repeats, group.name), []).extend(instances)

    def count(self, node: Node, place: Place) -> int:
        """How many instances the form asks for."""
        number = to_number(try_value(node, self.plainly(place), 0.0))
        return max(0, int(min(number, 10**6))) if number == number else 0

    def answer(self, question: Question, place: Place) -> Answer | Message | None:
        """The answer given or worked out, or why it is refused."""
        if question.calculation is None:
            return clean_answer(question, place.given.get(question.name), self.form.options(question))
        scope = self.plainly(place)
        if question.name in self.form.remembering:
            scope = self.scope(place, present=remembered(place.given.get(question.name)))
        return plain_value(try_value(question.calculation, scope, ""))

    def filtered(self, question: Question, place: Place) -> tuple[Choice, ...]:
        """The choices that the choice filter leaves: worked out once for the answers that it reads."""
        condition = question.choice_filter
        if condition is None:
            return self.form.options(question)
        kept, reads = self.form.filtered_choices, self.form.filter_reads[question.name]
        if reads is None:
            return self.filter_now(question, condition, place)
        key = (question.name, *(place.get(name) for name in reads))
        if key not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = self.filter_now(question, condition, place)
        return kept[key]

    def filter_now(self, question: Question, condition: Node, place: Place) -> tuple[Choice, ...]:
        """Hold the filter against every choice."""
        return tuple(
            choice
            for choice in self.form.options(question)
            if _truth(condition, self.scope(place, columns={**choice.columns, "name": choice.name}), failing=True)
        )

    def examine(
        self, question: Question, place: Place, choices: dict[str, tuple[Choice, ...]], required: set[str]
    ) -> None:
        """What may be chosen, what must be answered, and what is wrong with the answer to one question that applies."""
        path = place.prefix + question.name
        if question.choice_filter is not None:
            choices[path] = self.filtered(question, place)
        if not question.asks:
            return
        if question.required is not None and _truth(question.required, self.plainly(place), failing=True):
            required.add(path)
        if path not in self.errors:
            wrong = self.wrong(question, place, choices.get(path), path in required)
            if wrong is not None:
                self.errors[path] = wrong

    def wrong(
        self, question: Question, place: Place, choices: Sequence[Choice] | None, required: bool
    ) -> Message | None:
        """What is wrong with one answer that applies."""
        answer = place.values.get(question.name)
        if answer is None:
            return Message("required", N_("Please answer this question.")) if required else None
        if choices is not None and not _within(answer, choices):
            text = N_("This answer no longer fits the answers above it. Please choose again.")
            return Message("choice_not_possible", text)
        if question.constraint is None or _truth(
            question.constraint, self.scope(place, here=as_value(answer)), failing=False
        ):
            return None
        own = question.constraint_message
        return Message("constraint", own.get("en") or next(iter(own.values()), N_("This answer is not possible.")))


def remembered(raw: Any) -> Value:
    """What a calculation under once() holds so far; nothing for what no calculation gives."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ""
    return raw[:MAX_RAW] if isinstance(raw, str) else float(raw) if abs(raw) < LARGEST else ""


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
