"""Where a case stands: frozen, comparable, JSON-able. A state is the fold of its events over the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sop.deadlines import Pause, PauseReason

Facts = Mapping[str, Any]
Bases = Mapping[str, str]
"""Legal basis -> step that recorded it."""


class EventKind(StrEnum):
    """What can happen to a case."""

    DONE = "done"
    FACTS = "facts"
    NEED_OPENED = "need_opened"
    ANY_TIME = "any_time"
    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; made by `done`, `facts_known`, `need_opened`, `any_time`, `paused` and `resumed`."""

    kind: EventKind
    step: str | None = None
    need: str | None = None
    facts: Facts = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind.value, "step": self.step, "need": self.need, "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Event:
        """The event that `to_json` wrote."""
        return cls(EventKind(data["kind"]), data.get("step"), data.get("need"), dict(data.get("facts") or {}))


def done(step: str, need: str | None = None, facts: Facts | None = None) -> Event:
    """Somebody finished this step (of this need); `facts` are what it found out."""
    return Event(EventKind.DONE, step, need, dict(facts or {}))


def facts_known(facts: Facts, need: str | None = None) -> Event:
    """Facts became known, or changed, while no step was finished."""
    return Event(EventKind.FACTS, None, need, dict(facts))


def need_opened(need: str) -> Event:
    """A need was recorded after the fact, or a closed one is wanted again."""
    return Event(EventKind.NEED_OPENED, None, need)


def any_time(step: str, facts: Facts | None = None) -> Event:
    """Something that may happen at any time did, such as a withdrawal of consent; `step` is its start step."""
    return Event(EventKind.ANY_TIME, step, None, dict(facts or {}))


def paused(step: str, need: str | None, reason: PauseReason) -> Event:
    """The clock of this step stands from now on."""
    return Event(EventKind.PAUSED, step, need, {"reason": reason.value})


def resumed(step: str, need: str | None = None) -> Event:
    """The clock of this step goes on."""
    return Event(EventKind.RESUMED, step, need)


class Reason(StrEnum):
    """Why a step is active."""

    START = "start"
    AFTER = "after"
    ANSWER = "answer"
    ASSUMED = "assumed"
    EXHAUSTED = "exhausted"
    NEED = "need"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    MIGRATED = "migrated"


_REASONS = {one.value: one for one in Reason}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a token is where it is: the reason, the branch `source→target` that decided, the facts that were assumed."""

    reason: Reason
    source: str
    target: str
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """One active step. `finished` says when the work was done if the answer that decides the way on is still missing.

    `granting` holds legal bases recorded here that count once the answer given with them is known; `opened` the
    branches of a split taken so far; `aside` marks a token of an any-time event that has not joined the case yet; `due`
    is an earlier due date that was promised under another version of the procedure; `pauses` are stretches of time that
    do not count.
    """

    step: str
    need: str | None
    since: datetime
    cause: Cause
    finished: datetime | None = None
    granting: tuple[tuple[str, str], ...] = ()
    opened: tuple[str, ...] = ()
    aside: bool = False
    due: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts, if one does."""
        return next((one for one in self.pauses if one.until is None), None)

    def done(self, at: datetime, granted: tuple[tuple[str, str], ...] = ()) -> Token:
        """The same, its work done at this moment, with the legal bases recorded by it."""
        granting = (*self.granting, *granted)
        return Token(
            self.step, self.need, self.since, self.cause, at, granting, self.opened, self.aside, self.due, self.pauses
        )

    @property
    def key(self) -> tuple[str, str | None]:
        """A step is active at most once for the case and once for each need."""
        return (self.step, self.need)


@dataclass(frozen=True, slots=True)
class Passed:
    """One step that was left: when it was entered, when it was done, where the case went."""

    step: str
    need: str | None
    entered: datetime
    at: datetime
    to: str
    _written: tuple[str | None, ...] | None = field(default=None, init=False, compare=False, repr=False)

    def to_json(self) -> list[str | None]:
        """Plain data; written once, because a trail only grows and is saved again with each event."""
        if self._written is None:
            self._keep((self.step, self.need, self.entered.isoformat(), self.at.isoformat(), self.to))
        return list(self._written or ())

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Passed:
        """What `to_json` wrote."""
        step, need, entered, at, to = data
        passed = cls(step, need, datetime.fromisoformat(entered), datetime.fromisoformat(at), to)
        passed._keep(tuple(data))
        return passed

    def _keep(self, written: tuple[str | None, ...]) -> None:
        object.__setattr__(self, "_written", written)


class NeedStatus(StrEnum):
    """What became of one need."""

    OPEN = "open"
    CLOSED = "closed"
    ASKED = "asked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Course:
    """What one round through the flowchart knows: facts, legal bases, loops taken.

    `read` are facts that a decision has looked at, `spent` those that may not decide again until they are told anew.

    The case has one, and each need has its own, so that two needs never answer for each other.
    """

    facts: Facts = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    spent: frozenset[str] = frozenset()
    bases: Bases = field(default_factory=dict)
    loops: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedState:
    """One need of the case: one instance of the referral loop. `closed_by` is the step it was closed from."""

    need: str
    status: NeedStatus
    round: int
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    course: Course = field(default_factory=Course)


@dataclass(frozen=True, slots=True)
class State:
    """A case on its flowchart (pinned by `flowchart`, the content hash). `outcome` is the end step of a closed case."""

    flowchart: str
    started_at: datetime
    sequence: int = 0
    tokens: tuple[Token, ...] = ()
    course: Course = field(default_factory=Course)
    needs: Mapping[str, NeedState] = field(default_factory=dict)
    trail: tuple[Passed, ...] = ()
    outcome: str | None = None
    closed_at: datetime | None = None

    @property
    def active(self) -> tuple[tuple[str, str | None], ...]:
        """The active steps, each with its need."""
        return tuple(token.key for token in self.tokens)

    @property
    def is_closed(self) -> bool:
        """Whether the case has reached an end."""
        return self.outcome is not None

    def facts_of(self, need: str | None = None) -> dict[str, Any]:
        """Everything known for this need, or for the case."""
        own = self.needs[need].course.facts if need and need in self.needs else {}
        return {**self.course.facts, **own}

    def to_json(self) -> dict[str, Any]:
        """Plain data, for a JSON column."""
        return {
            "flowchart": self.flowchart,
            "started_at": self.started_at.isoformat(),
            "sequence": self.sequence,
            "tokens": [_token_json(token) for token in self.tokens],
            "course": _course_json(self.course),
            "needs": [_need_json(need) for need in self.needs.values()],
            "trail": [one.to_json() for one in self.trail],
            "outcome": self.outcome,
            "closed_at": _iso(self.closed_at),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that `to_json` wrote."""
        return cls(
            flowchart=data["flowchart"],
            started_at=datetime.fromisoformat(data["started_at"]),
            sequence=data["sequence"],
            tokens=tuple([_token(one) for one in data["tokens"]]),
            course=_course(data["course"]),
            needs={one["need"]: _need(one) for one in data["needs"]},
            trail=tuple([Passed.from_json(one) for one in data["trail"]]),
            outcome=data["outcome"],
            closed_at=_moment(data["closed_at"]),
        )


def plain(facts: Facts) -> dict[str, Any]:
    """Facts as JSON can hold them: lists of several values are sorted tuples."""
    return {name: _members(value) if _is_set(value) else value for name, value in facts.items()}


def _is_set(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset))


def _members(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(value) for value in values}))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _token_json(token: Token) -> dict[str, Any]:
    cause = token.cause
    return {
        "step": token.step,
        "need": token.need,
        "since": token.since.isoformat(),
        "cause": [cause.reason.value, cause.source, cause.target, list(cause.assumed)],
        "finished": _iso(token.finished),
        "granting": [list(pair) for pair in token.granting],
        "opened": list(token.opened),
        "aside": token.aside,
        "due": _iso(token.due),
        "pauses": [[one.reason.value, one.since.isoformat(), _iso(one.until)] for one in token.pauses],
    }


def _token(data: Mapping[str, Any]) -> Token:
    reason, source, target, assumed = data["cause"]
    return Token(
        step=data["step"],
        need=data["need"],
        since=datetime.fromisoformat(data["since"]),
        cause=Cause(_REASONS[reason], source, target, tuple(assumed)),
        finished=_moment(data["finished"]),
        granting=tuple([(basis, step) for basis, step in data["granting"]]),
        opened=tuple(data["opened"]),
        aside=data["aside"],
        due=_moment(data.get("due")),
        pauses=tuple([_pause(*one) for one in data.get("pauses", ())]),
    )


def _pause(reason: str, since: str, until: str | None) -> Pause:
    return Pause(PauseReason(reason), datetime.fromisoformat(since), _moment(until))


def _course_json(course: Course) -> dict[str, Any]:
    facts = {name: list(value) if _is_set(value) else value for name, value in course.facts.items()}
    return {
        "facts": facts,
        "read": sorted(course.read),
        "spent": sorted(course.spent),
        "bases": dict(course.bases),
        "loops": dict(course.loops),
    }


def _course(data: Mapping[str, Any]) -> Course:
    read, spent = frozenset(data["read"]), frozenset(data["spent"])
    return Course(plain(data["facts"]), read, spent, dict(data["bases"]), dict(data["loops"]))


def _need_json(need: NeedState) -> dict[str, Any]:
    return {
        "need": need.need,
        "status": need.status.value,
        "round": need.round,
        "opened_at": need.opened_at.isoformat(),
        "closed_at": _iso(need.closed_at),
        "closed_by": need.closed_by,
        "course": _course_json(need.course),
    }


def _need(data: Mapping[str, Any]) -> NeedState:
    return NeedState(
        need=data["need"],
        status=NeedStatus(data["status"]),
        round=data["round"],
        opened_at=datetime.fromisoformat(data["opened_at"]),
        closed_at=_moment(data["closed_at"]),
        closed_by=data["closed_by"],
        course=_course(data["course"]),
    )
