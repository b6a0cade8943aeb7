"""What was done in a case, held against its procedure: skipped, out of order, repeated, late, shared without a basis.

The events of a case, as they are kept, are replayed on the flowchart (token-based replay). An event that the engine
refuses is noted and the replay goes on at whichever place explains the events after it: where the case was (something
was done beside the way), further on (the steps between were left out), or back at the step that was done again.

Of several ways to a step that was reached too early, the one that leaves out the fewest work steps counts, and none
that an answer already given has closed. `sop.realignment` holds these moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sop.agenda import due_of
from sop.board import Refused
from sop.deadlines import CAMEROON, Calendar
from sop.engine import apply, start
from sop.flowchart import WORK, Flowchart
from sop.moving import Counterparts
from sop.realignment import Way, ways_on
from sop.state import Event, EventKind, State, Token
from sop.track import track_of
from sop.vocabulary import N_

Log = Sequence[tuple[Event, datetime]]
"""Events of one case with their moments, oldest first; the first, of kind facts, is its opening."""

Key = tuple[str, str | None]


class Nonconformity(StrEnum):
    """In which way something that was done, or was not, differs from the procedure."""

    SKIPPED = "skipped"
    OUT_OF_ORDER = "out_of_order"
    REPEATED = "repeated"
    LATE = "late"
    WITHOUT_BASIS = "without_basis"
    UNREADABLE = "unreadable"
    UNFINISHED = "unfinished"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return NONCONFORMITY_LABELS[self]


NONCONFORMITY_LABELS: Final[dict[Nonconformity, str]] = {
    Nonconformity.SKIPPED: N_("Left out"),
    Nonconformity.OUT_OF_ORDER: N_("Out of order"),
    Nonconformity.REPEATED: N_("Repeated beyond what is provided"),
    Nonconformity.LATE: N_("Finished late"),
    Nonconformity.WITHOUT_BASIS: N_("Shared without its legal basis"),
    Nonconformity.UNREADABLE: N_("Unknown to this version"),
    Nonconformity.UNFINISHED: N_("No end reached"),
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One nonconformity of one case. `hours` is how late it was, in running hours; only a late step has them.

    `step` is empty for what belongs to no step; of a case without an end it is an active step, `at` its last event.
    """

    what: Nonconformity
    step: str
    need: str | None
    at: datetime
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How one case went: how often each step was done (`timed`: with a deadline), and what did not conform."""

    outcome: str | None
    done: Mapping[str, int] = field(default_factory=dict)
    timed: Mapping[str, int] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the procedure explains every event up to an end, whatever time they took."""
        return all(one.what is Nonconformity.LATE for one in self.observations)

    @property
    def conforms(self) -> bool:
        """Whether it fits and nothing was late."""
        return not self.observations


def conform(flowchart: Flowchart, log: Log, *, calendar: Calendar = CAMEROON) -> CaseReport:
    '''Replay one case on the version it followed; nothing in a log makes it fail.

    >>> from datetime import UTC
    >>> from sop import yaml_io
    >>> from sop.state import done, facts_known
    >>> small = yaml_io.load("""
    ... sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
    ... fields: {}
    ... lanes: {CM: {en: Case manager}}
    ... nodes:
    ...   - {id: S, kind: start, lane: CM, en: Start}
    ...   - {id: A, kind: task, lane: CM, en: Ask}
    ...   - {id: B, kind: task, lane: CM, en: Plan, deadline: {critical: PT1H, high: PT1H, medium: PT1H, low: PT1H}}
    ...   - {id: E, kind: end, lane: CM, en: Closed}
    ... edges: [{from: S, to: A}, {from: A, to: B}, {from: B, to: E}]
    ... """)
    >>> eight, nine, noon = (datetime(2026, 11, 18, hour, tzinfo=UTC) for hour in (8, 9, 12))
    >>> [(one.what.value, one.step, one.hours)
    ...  for one in conform(small, [(facts_known({}), eight), (done("A"), nine), (done("B"), noon)]).observations]
    [('late', 'B', 2.0)]
    >>> [(one.what.value, one.step)
    ...  for one in conform(small, [(facts_known({}), eight), (done("B"), nine)]).observations]
    [('skipped', 'A')]
    '''
    if not log:
        return CaseReport(None)
    replay = _Replay(flowchart, log, calendar)
    replay.run()
    return replay.report()


class _Replay:
    """One case being replayed. `left_out` are steps that were jumped over, `early` those done before their turn."""

    def __init__(self, flowchart: Flowchart, log: Log, calendar: Calendar) -> None:
        self.flowchart, self.track, self.calendar = flowchart, track_of(flowchart), calendar
        self.done: dict[Key, int] = {}
        self.timed: dict[str, int] = {}
        self.left_out: dict[Key, Observation] = {}
        self.early: dict[Key, Event] = {}
        self.observed: list[Observation] = []
        self.log = self._readable(log)
        opening, now = self.log[0]
        self.first = int(opening.kind is EventKind.FACTS)
        self.state: State = start(flowchart, opening.facts if self.first else {}, now)

    def _readable(self, log: Log) -> list[tuple[Event, datetime]]:
        """The same log without facts and values that this version does not know; each such event is noted."""
        known = Counterparts({}, self.track.fields)
        found = []
        for event, now in log:
            clock = event.kind in (EventKind.PAUSED, EventKind.RESUMED)  # its reason is no fact of the procedure
            facts = event.facts if clock else known.facts(event.facts)
            if len(facts) < len(event.facts):
                self._note(Nonconformity.UNREADABLE, event, now)
            found.append((replace(event, facts=facts), now))
        return found

    def run(self) -> None:
        """Every event in its turn."""
        for place in range(self.first, len(self.log)):
            event, now = self.log[place]
            if event.kind is EventKind.DONE and event.step in self.flowchart.steps:
                self._work(event, now, place)
                continue
            try:
                self.state = apply(self.flowchart, self.state, event, now)
            except Refused as refused:
                untimely = event.kind is not EventKind.DONE and refused.message.code in ("CLOSED", "NEED_NOT_OPEN")
                self._note(Nonconformity.OUT_OF_ORDER if untimely else Nonconformity.UNREADABLE, event, now)

    def report(self) -> CaseReport:
        """What came out; steps that were jumped over and never made good are left out for good."""
        for need in (*self.state.needs, None):
            self._pass_early(need, self.log[-1][1])
        found = [*self.observed, *self.left_out.values()]
        if not self.state.is_closed:
            step = next((token.step for token in self.state.tokens), "")
            found.append(Observation(Nonconformity.UNFINISHED, step, None, self.log[-1][1]))
        done: dict[str, int] = {}
        for (step, _need), times in self.done.items():
            done[step] = done.get(step, 0) + times
        return CaseReport(self.state.outcome, done, self.timed, tuple(sorted(found, key=lambda one: one.at)))

    def _work(self, event: Event, now: datetime, place: int) -> None:
        key = (str(event.step), event.need)
        token = next((one for one in self.state.tokens if one.key == key), None)
        if token is None and self._pass_early(event.need, now):
            token = next((one for one in self.state.tokens if one.key == key), None)
        if token is None or self.track.nodes[token.step].alone:
            self._elsewhere(event, now, place)
        else:
            self._in_turn(event, now, token)
        if token is None or token.finished is None:  # else only the answer was still missing
            self.done[key] = self.done.get(key, 0) + 1

    def _in_turn(self, event: Event, now: datetime, token: Token) -> None:
        """A step that is active: how late, and did its basis hold."""
        due = due_of(self.track, self.state, token, self.calendar)
        if due is not None:
            self.timed[token.step] = self.timed.get(token.step, 0) + 1
            if now > due:
                self._note(Nonconformity.LATE, event, now, hours=(now - due) / timedelta(hours=1))
        self.early.pop(token.key, None)
        self._take(Way(self.state), event, now)

    def _pass_early(self, need: str | None, now: datetime) -> bool:
        """Leave the active steps that were done before their turn; whether there were any."""
        passed = False
        while key := next((one for one in self.state.active if one[1] == need and one in self.early), None):
            self._take(Way(self.state), self.early.pop(key), now)
            passed = True
        return passed

    def _take(self, way: Way, event: Event, now: datetime) -> None:
        after, problem = way.after(self.flowchart, event, now)
        if problem == "NO_BASIS":
            self._note(Nonconformity.WITHOUT_BASIS, event, now)
        elif problem == "CONFLICT":
            self._note(Nonconformity.OUT_OF_ORDER, event, now)
        elif problem:
            self._note(Nonconformity.UNREADABLE, event, now)
        self.state = after

    def _elsewhere(self, event: Event, now: datetime, place: int) -> None:
        """A step that is not active: take the reading that explains what this need, or the case, did next."""
        key = (str(event.step), event.need)
        again = key in self.done and key not in self.left_out
        beside, ahead, back = ways_on(self.track, self.state, event, now, self.early, again=again)
        readings = [way for way in (beside, ahead, back) if way is not None]
        fitting = (way for way in readings if self._explains(way, event, now, place))
        way = next(fitting, ahead if ahead is not None else beside)
        if way is not ahead:
            made_good = self.left_out.pop(key, None)
            self._note(Nonconformity.REPEATED if again else Nonconformity.OUT_OF_ORDER, event, now)
            if way is beside and not again and made_good is None:
                self.early[key] = event
        self._take(way, event, now)
        for missed in way.missed:
            if self.early.pop(missed, None) is None:
                self.left_out[missed] = Observation(Nonconformity.SKIPPED, *missed, now)

    def _explains(self, way: Way, event: Event, now: datetime, place: int) -> bool:
        """Whether the next step that this need (or the case) did, or else its end, follows from here."""
        state, _ = way.after(self.flowchart, event, now)
        for later, moment in self.log[place + 1 :]:
            if later.kind is EventKind.DONE and later.need == event.need:
                return (str(later.step), later.need) in state.active
            try:
                state = apply(self.flowchart, state, later, moment)
            except Refused:
                continue
        return state.is_closed

    def _note(self, what: Nonconformity, event: Event, now: datetime, *, hours: float = 0.0) -> None:
        self.observed.append(Observation(what, event.step or "", event.need, now, hours))


# --- many cases -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepCounts:
    """One step over all cases, in times, not cases.

    `late` is out of `timed` (done in its turn, with a deadline), `skipped` out of `expected`, `repeated` and
    `out_of_order` out of `done`; a share `without_basis` must never be.
    """

    done: int = 0
    timed: int = 0
    late: int = 0
    skipped: int = 0
    repeated: int = 0
    out_of_order: int = 0
    without_basis: int = 0

    @property
    def expected(self) -> int:
        """How often the step was done or should have been: done in its turn, and left out."""
        return self.done - self.repeated + self.skipped


@dataclass(frozen=True, slots=True)
class Summary:
    """All cases together; nothing in it tells which case, which person, which day.

    `fitting` cases are those in which every event is explained by the flowchart from the start to an end: nothing left
    out, out of order, repeated beyond what is provided, shared without its basis or unknown. `conforming` cases are
    those of them in which nothing was late either. `steps` has every work step, in the flowchart's order.
    """

    cases: int
    fitting: int
    conforming: int
    unfinished: int
    steps: Mapping[str, StepCounts]

    @property
    def fitness(self) -> float | None:
        """Share of cases that fit, from 0 to 1: a case fits whole or not at all. Without cases there is none."""
        return self.fitting / self.cases if self.cases else None

    @property
    def conformance(self) -> float | None:
        """Share of cases that fit and kept every deadline."""
        return self.conforming / self.cases if self.cases else None


_COUNTED = (
    Nonconformity.LATE,
    Nonconformity.SKIPPED,
    Nonconformity.REPEATED,
    Nonconformity.OUT_OF_ORDER,
    Nonconformity.WITHOUT_BASIS,
)


def summary(flowchart: Flowchart, reports: Iterable[CaseReport]) -> Summary:
    """Add up the reports of cases that followed this version."""
    counts: dict[str, dict[str, int]] = {step.id: {} for step in flowchart.of_kind(*WORK)}
    cases = fitting = conforming = unfinished = 0
    for report in reports:
        cases, fitting, conforming = cases + 1, fitting + report.fits, conforming + report.conforms
        unfinished += report.outcome is None
        found = [("done", report.done), ("timed", report.timed)]
        told = [(name, step, times) for name, steps in found for step, times in steps.items()]
        told += [(one.what.value, one.step, 1) for one in report.observations if one.what in _COUNTED]
        for name, step, times in told:
            if step in counts:
                counts[step][name] = counts[step].get(name, 0) + times
    return Summary(cases, fitting, conforming, unfinished, {step: StepCounts(**one) for step, one in counts.items()})
