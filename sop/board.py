"""One state while an event changes it: tokens, what each course knows, which legal bases hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sop.conflicts import holding
from sop.deadlines import Pause, PauseReason
from sop.flowchart import Conflict, StepKind
from sop.state import Course, Facts, NeedState, NeedStatus, Passed, State, Token, plain
from sop.track import ATTEMPTS, REMINDERS, UNKNOWN, Node, Track
from sop.verdicts import deciding, lacking_bases
from sop.vocabulary import N_, Message

SHARE = StepKind.SHARE


class Refused(ValueError):
    """An event that cannot happen now; `message` says why and the state stays as it was."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        self.message = Message(code, text, values)
        super().__init__(str(self.message))


@dataclass(slots=True)
class _Round:
    """A `Course` while it is being changed."""

    facts: dict[str, Any]
    read: set[str]
    spent: set[str]
    bases: dict[str, str]
    loops: dict[str, int]

    @classmethod
    def of(cls, course: Course) -> _Round:
        return cls(dict(course.facts), set(course.read), set(course.spent), dict(course.bases), dict(course.loops))

    def course(self) -> Course:
        return Course(self.facts, frozenset(self.read), frozenset(self.spent), self.bases, self.loops)


class Board:
    """Everything that a move may change; `state` freezes it."""

    def __init__(self, track: Track, state: State, now: datetime) -> None:
        self.track, self.before, self.now = track, state, now
        self.tokens: dict[tuple[str, str | None], Token] = {token.key: token for token in state.tokens}
        self.needs: dict[str, NeedState] = dict(state.needs)
        self.rounds: dict[str | None, _Round] = {}
        self.passed: list[Passed] = []
        self.outcome, self.closed_at = state.outcome, state.closed_at
        self.waiting: list[tuple[str, str | None]] = []

    def state(self) -> State:
        """The new state, frozen."""
        for need, changed in self.rounds.items():
            if need is not None:
                self.needs[need] = replace(self.needs[need], course=changed.course())
        before, case = self.before, self.rounds.get(None)
        return State(
            flowchart=before.flowchart,
            started_at=before.started_at,
            sequence=before.sequence + 1,
            tokens=tuple(self.tokens.values()),
            course=case.course() if case else before.course,
            needs=self.needs,
            trail=before.trail + tuple(self.passed),
            outcome=self.outcome,
            closed_at=self.closed_at,
        )

    def round(self, need: str | None) -> _Round:
        """What this need (or the case) knows, open for change."""
        found = self.rounds.get(need)
        if found is None:
            course = self.needs[need].course if need is not None else self.before.course
            found = self.rounds[need] = _Round.of(course)
        return found

    def known(self, need: str | None) -> dict[str, Any]:
        """Facts that may decide now: answers that were used are gone, and needs do not see each other's."""
        return deciding(self.track, self.round(None), self.round(need) if need is not None else None)

    def learn(self, facts: Facts, need: str | None) -> None:
        """Keep each fact where it belongs; `None` and "unknown" mean that it is not known."""
        if not facts:
            return
        for name, value in plain(facts).items():
            if name not in self.track.fields:
                raise Refused("UNKNOWN_FACT", N_("“%(fact)s” is not a fact of this procedure"), fact=name)
            field = self.track.fields[name]
            values = value if isinstance(value, tuple) else (value,)
            wrong = [one for one in values if not field.accepts(one)] if value not in (None, UNKNOWN) else []
            if wrong:
                raise Refused(
                    "UNKNOWN_VALUE", N_("“%(value)s” is not a value of “%(fact)s”"), value=wrong[0], fact=name
                )
            owner = need if name in self.track.need_fields else None
            if owner is not None and owner not in self.needs:
                raise Refused("NEED_NOT_OPEN", N_("the need %(need)s is not open"), need=owner)
            course = self.round(owner)
            course.facts[name] = None if value == UNKNOWN else value
            course.spent.discard(name)
            course.read.discard(name)

    def lacking(self, token: Token) -> tuple[str, ...]:
        """Legal bases that this step requires and that do not hold."""
        node = self.track.nodes[token.step]
        if not node.step.requires and not node.step.requires_for:
            return ()
        return lacking_bases(self.track, node, token.need, self.round(None).bases, self.round(token.need).bases)

    def open_needs(self) -> frozenset[str]:
        """Needs that are under way."""
        return frozenset(need for need, one in self.needs.items() if one.status is NeedStatus.OPEN)

    def holding(self, token: Token) -> tuple[Conflict, str] | None:
        """The rule and the need that hold this token back."""
        if token.need is None or not self.track.flowchart.conflicts:
            return None
        return holding(self.track, token.step, token.need, self.open_needs())

    def pause(self, token: Token, reason: PauseReason) -> None:
        """The clock of a token stands from now on."""
        self.tokens[token.key] = replace(token, pauses=(*token.pauses, Pause(reason, self.now)))

    def resume(self, token: Token) -> None:
        """The clock of a token goes on."""
        pauses = (replace(one, until=self.now) if one.until is None else one for one in token.pauses)
        self.tokens[token.key] = replace(token, pauses=tuple(pauses))

    def hold_clocks(self) -> None:
        """The clock of a need stands while another one goes before it."""
        if not self.track.flowchart.conflicts:
            return
        open_needs = self.open_needs()
        for token in list(self.tokens.values()):
            held, pause = holding(self.track, token.step, token.need, open_needs) is not None, token.pause
            if held and pause is None:
                self.pause(token, PauseReason.CONFLICT)
            elif not held and pause is not None and pause.reason is PauseReason.CONFLICT:
                self.resume(token)

    def granted_by(self, token: Token, bases: frozenset[str]) -> str | None:
        """The step where this need recorded one of these bases last."""
        walked = (one.step for one in reversed((*self.before.trail, *self.passed)) if one.need == token.need)
        return next((step for step in walked if bases & set(self.track.nodes[step].step.grants)), None)

    def may_be_granted(self, basis: str) -> bool:
        """Whether a token of the case is at, or on its way to, a step that records this basis."""
        return any(
            basis in self.track.nodes[step].step.grants
            for token in self.tokens.values()
            if token.need is None
            for step in (token.step, *self.track.ahead[token.step])
        )

    def count_loop(self, token: Token, loop: str, most: int) -> bool:
        """Take a loop once more; whether that is still allowed."""
        course = self.round(token.need)
        course.loops[loop] = course.loops.get(loop, 0) + 1
        return course.loops[loop] <= most

    def count(self, node: Node, need: str | None) -> None:
        """Keep `attempts` and `reminders`, never beyond what the field can hold."""
        if node.kind is SHARE and need is not None:
            course = self.round(need)
            self._raise_counter(course, ATTEMPTS)
            if REMINDERS in self.track.counters:
                course.facts[REMINDERS] = 0
            for loop in self.track.reminder_loops & course.loops.keys():
                del course.loops[loop]
        elif node.reminds:
            self._raise_counter(self.round(need), REMINDERS)

    def _raise_counter(self, course: _Round, name: str) -> None:
        if name in self.track.counters:
            course.facts[name] = min((course.facts.get(name) or 0) + 1, self.track.fields[name].high)
