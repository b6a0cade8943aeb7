"""The wizard as data: questions with proposed answers, so that a page and a command can ask the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sop import durations
from sop.bpmn.names import clean, one_line, slug
from sop.flowchart import StepKind
from sop.vocabulary import N_, Message, Need
from sop.xml_gate import unimportable

LEAVE_OUT, ONE_STEP = "leave_out", "one_step"
MAX_ANSWER = 500


class Topic(StrEnum):
    """What a question is about."""

    LANGUAGE = "language"
    ACTOR = "actor"
    INSIDE = "inside"
    KIND = "kind"
    GRANTS = "grants"
    REQUIRES = "requires"
    NEED = "need"
    DEADLINE = "deadline"
    DANGLING = "dangling"
    ANSWER = "answer"
    GUARD = "guard"
    LOOP = "loop"
    THEN = "then"


TEXTS: Mapping[Topic, str] = {
    Topic.LANGUAGE: N_("In which language is the drawing written?"),
    Topic.ACTOR: N_("Who acts in the lane “%(name)s”?"),
    Topic.INSIDE: N_("“%(name)s” holds steps of its own. Does it count as one step?"),
    Topic.KIND: N_("What kind of step is “%(name)s”?"),
    Topic.GRANTS: N_("Which legal bases does “%(name)s” give?"),
    Topic.REQUIRES: N_("Which legal bases must hold before “%(name)s” passes on data?"),
    Topic.NEED: N_("Of which need is “%(name)s” the pathway?"),
    Topic.DEADLINE: N_("How long may “%(name)s” take (PT4H: four hours, P3D: three days)?"),
    Topic.DANGLING: N_("The arrow %(name)s has no beginning or no end. What becomes of it?"),
    Topic.ANSWER: N_("For which answer does a case leave “%(step)s” by the arrow “%(name)s”?"),
    Topic.GUARD: N_("Under which condition does a case leave “%(step)s” by the arrow “%(name)s”?"),
    Topic.LOOP: N_("How many times may a case go back by the arrow “%(name)s” of “%(step)s”?"),
    Topic.THEN: N_("Where does a case go on that may not go back from “%(step)s” any more?"),
}
OPTIONAL = frozenset({Topic.DEADLINE, Topic.THEN})
"""Questions that may stay without an answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one part of a drawing (`about`: its id).

    `choices` are the values that may be answered, none for free text; `proposed` is None when only a person can know.
    """

    topic: Topic
    about: str
    text: Message
    choices: tuple[str, ...] = ()
    proposed: str | None = None

    @property
    def id(self) -> str:
        """The key of its answer."""
        return f"{self.topic}:{self.about}"

    @property
    def is_required(self) -> bool:
        """Whether the drawing has no meaning without an answer."""
        return self.topic not in OPTIONAL

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """The question as JSON data, its text rendered (translated) by `render`."""
        return {
            "id": self.id,
            "topic": self.topic.value,
            "about": self.about,
            "text": render(self.text),
            "choices": list(self.choices),
            "proposed": self.proposed,
            "required": self.is_required,
        }


@dataclass
class Interview:
    """Asks, and answers from what people said or else from the proposals; remembers every question in order."""

    answers: Mapping[str, str]
    questions: dict[str, Question] = field(default_factory=dict)

    def ask(
        self,
        topic: Topic,
        about: str,
        proposed: str | None,
        choices: Sequence[str] = (),
        *,
        name: str = "",
        step: str = "",
    ) -> str | None:
        """The answer, the proposal, or None when nobody knows; raises `Unimportable` for an answer that cannot be."""
        text = Message(topic.value, TEXTS[topic], {"name": name, "step": step})
        question = Question(topic, about, text, tuple(choices), proposed)
        self.questions[question.id] = question
        given = self.answers.get(question.id)
        if given is None:
            return proposed
        value = one_line(clean(given, MAX_ANSWER))
        if not fits(question, value):
            refusal = N_("“%(value)s” is not an answer to the question “%(question)s”")
            raise unimportable("ANSWER", refusal, value=value, question=question.id)
        return value

    @property
    def open(self) -> tuple[Question, ...]:
        """Questions that must be answered and are not."""
        return tuple(
            one
            for one in self.questions.values()
            if one.is_required and one.proposed is None and one.id not in self.answers
        )

    @property
    def assumed(self) -> int:
        """How many answers are proposals that nobody confirmed."""
        return sum(one.proposed not in (None, "") and one.id not in self.answers for one in self.questions.values())


def fits(question: Question, value: str) -> bool:
    """Whether a text can be the answer to a question."""
    if question.choices:
        return value in question.choices or (not value and not question.is_required)
    if question.topic is Topic.LOOP:
        return value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 1000
    if question.topic is Topic.ANSWER:
        return bool(slug(value))
    if question.topic is Topic.DEADLINE and value:
        return is_duration(value)
    return bool(value) or not question.is_required


def is_duration(text: str) -> bool:
    """Whether a deadline can be written so."""
    try:
        durations.parse(text)
    except ValueError:
        return False
    return True


KINDS = tuple(kind.value for kind in StepKind)
NEEDS = tuple(need.value for need in Need)
