"""The event loop: cases walk the flowchart with the real engine, and one heap holds what happens next."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sop.deadlines import due_at
from sop.engine import Event, Refused, State, Todo, apply, done, facts_known, start, todo
from sop.flowchart import Flowchart
from sop.simulation.answers import Answers
from sop.simulation.chance import log_normal, stream
from sop.simulation.coverage import coverage
from sop.simulation.figures import (
    AgreementStop,
    DemandFigures,
    ProviderFigures,
    Result,
    StepFigures,
    spread,
)
from sop.simulation.plan import GATE, HORIZON, LONGEST, RESULT, SEARCHES, SHARE_OF_DEADLINE, TIMEOUT, Plan
from sop.simulation.queues import Desks, Place
from sop.simulation.stays import Stays
from sop.track import ATTEMPTS, REMINDERS, track_of
from sop.vocabulary import N_, Message

Key = tuple[str, str | None]
Progress = Callable[[int, int], None]
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class _Work:
    """A token that somebody works on, or that waits in a queue: which visit, since and until when, to find out what."""

    number: int
    visit: int
    since: datetime
    due: datetime | None
    asks: frozenset[str]
    queued: datetime | None = None


@dataclass(slots=True)
class _Case:
    number: int
    region: str
    profile: Mapping[str, Any]
    arrived: datetime
    state: State
    work: dict[Key, _Work] = field(default_factory=dict)
    visits: Counter[Key] = field(default_factory=Counter)
    provider: dict[str | None, str] = field(default_factory=dict)
    tried: dict[str | None, set[str]] = field(default_factory=dict)
    served: dict[str | None, datetime] = field(default_factory=dict)
    steps: int = 0
    is_stopped: bool = False
    closed: datetime | None = None


class TooManyMoves(Exception):
    """The cases of a plan move more often than it allows in all."""


def run(plan: Plan, flowchart: Flowchart, seed: int = 0, progress: Progress | None = None) -> Result:
    """Let every case of the plan walk to its end; the same plan, flowchart and seed give the same result.

    `progress` is told how many cases have come to their end, of how many: each time one does, and when all is over.
    Raises ValueError when the weights of a fact are all zero, TooManyMoves beyond the plan's `most_moves`. The
    flowchart must be one that `sop.checks` finds sound: the engine's own answer to a broken one is not hidden.
    """
    simulation = Simulation(plan, flowchart, seed, progress)
    simulation.play()
    return simulation.result()


class Simulation:
    """One run while it goes on."""

    def __init__(self, plan: Plan, flowchart: Flowchart, seed: int, progress: Progress | None = None) -> None:
        self.plan, self.flowchart, self.seed = plan, flowchart, seed
        self.progress, self.ended = progress, 0
        self.answers, self.desks = Answers(plan, flowchart, seed), Desks(plan)
        self.nodes = track_of(flowchart).nodes
        self.service = frozenset(key for key, node in self.nodes.items() if RESULT in node.asks and not node.alone)
        self.found_out = {name for node in self.nodes.values() for name in (*node.asks, *node.step.sets)}
        self.cases: dict[int, _Case] = {}
        self.heap: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self.end = plan.start + timedelta(days=plan.days) + HORIZON
        self.count, self.moves = 0, 0
        self.reopening: set[tuple[str, datetime]] = set()
        self.finished: Counter[str] = Counter()
        self.overdue: Counter[str] = Counter()
        self.by_deadline = False
        self.timeless: set[str] = set()
        self.stays = Stays()

    def play(self) -> None:
        """From the first arrival until nothing is left to happen."""
        for number in range(1, self.plan.cases + 1):
            share = stream(self.seed, number, "arrival").random()
            self.at(self.plan.start + share * timedelta(days=self.plan.days), self.arrive, number)
        while self.heap:
            now, _, action, arguments = heapq.heappop(self.heap)
            action(now, *arguments)
        if self.progress is not None and self.ended < self.plan.cases:
            self.progress(self.plan.cases, self.plan.cases)

    def at(self, moment: datetime, action: Callable[..., None], *arguments: Any) -> None:
        """Let something happen, at the same moment in the order in which it was said; nothing beyond the horizon."""
        if moment > self.end:
            return
        self.count += 1
        heapq.heappush(self.heap, (moment, self.count, action, arguments))

    # --- what happens -------------------------------------------------------------------------------------------------

    def arrive(self, now: datetime, number: int) -> None:
        """A new case; what no step finds out is known already."""
        profile = self.answers.profile(number)
        known = {name: value for name, value in profile.items() if name not in self.found_out}
        case = _Case(number, self.answers.region(number), profile, now, start(self.flowchart, known, now))
        self.cases[number] = case
        self.go_on(case, now)

    def finish(self, now: datetime, case: _Case, key: Key, number: int) -> None:
        """The work on a step is done, unless the case has left it in the meantime."""
        work = case.work.get(key)
        if work is None or work.number != number:
            return
        del case.work[key]
        self.stays.done(key[0], (now - work.since) / _HOUR)
        if work.due is not None:
            self.finished[key[0]] += 1
            self.overdue[key[0]] += now > work.due
        facts = self.told(case, key, work.asks, work.visit, now)
        self.happen(case, done(*key, facts), now)
        self.go_on(case, now)

    def reopen(self, now: datetime, provider: str) -> None:
        """A provider has the places of the next 30 days."""
        self.reopening.discard((provider, now))
        self.serve(provider, now)

    def serve(self, provider: str, now: datetime) -> None:
        """Begin services as long as places are free; the rest waits for the next period."""
        while (taken := self.desks.take(provider, now)) is not None:
            (number, step, need), since = taken
            case, key = self.cases[number], (step, need)
            work = case.work.get(key)
            if work is None or work.queued != since:
                continue
            self.desks.began(provider, now - since)
            self.begin(case, key, now)
        moment = self.desks.next_period(now)
        if self.desks.opens_again(provider) and (provider, moment) not in self.reopening:
            self.reopening.add((provider, moment))
            self.at(moment, self.reopen, provider)

    # --- one case -----------------------------------------------------------------------------------------------------

    def happen(self, case: _Case, event: Event, now: datetime) -> None:
        """Tell the engine; what it refuses (a basis was lost meanwhile) has not happened, and counts as a step."""
        case.steps, self.moves = case.steps + 1, self.moves + 1
        if self.plan.most_moves is not None and self.moves > self.plan.most_moves:
            raise TooManyMoves(self.plan.most_moves)
        try:
            case.state = apply(self.flowchart, case.state, event, now)
        except Refused:
            return
        since = {token.key: token.since for token in case.state.tokens}
        kept = {key: work for key, work in case.work.items() if since.get(key) == work.since}
        self.stays.left(step for step, _need in case.work.keys() - kept.keys())
        case.work = kept

    def go_on(self, case: _Case, now: datetime) -> None:
        """Give the answers that need no time, and begin work on every step that has become active."""
        while not case.state.is_closed:
            if case.steps >= self.plan.most_steps:
                case.is_stopped = True
                self.stays.left(step for step, _need in case.work)
                case.work.clear()
                break
            items = self.items(case, now)
            asked = next((item for item in items if item.missing and self.needs_no_time(case, item)), None)
            if asked is None:
                for item in items:
                    if not item.lacking and not self.needs_no_time(case, item):
                        self.take_up(case, item, now)
                return
            key = (asked.step, asked.need)
            case.visits[key] += 1
            facts = self.told(case, key, frozenset(asked.missing), case.visits[key], now)
            self.happen(case, facts_known(facts, asked.need), now)
        case.closed = now if case.state.is_closed else None
        self.ended += 1
        if self.progress is not None:
            self.progress(self.ended, self.plan.cases)

    def items(self, case: _Case, now: datetime) -> list[Todo]:
        """What is to be done at the tokens nobody works on yet."""
        fresh = tuple(token for token in case.state.tokens if token.key not in case.work)
        return todo(self.flowchart, replace(case.state, tokens=fresh), now, self.plan.calendar) if fresh else []

    def needs_no_time(self, case: _Case, item: Todo) -> bool:
        """Whether only an answer is waited for: the step passes by itself, or its work is done."""
        if self.nodes[item.step].alone:
            return True
        return any(token.finished for token in case.state.tokens if token.key == (item.step, item.need))

    def take_up(self, case: _Case, item: Todo, now: datetime) -> None:
        """Begin the work on a step, or wait in the queue of the provider that gives the service."""
        key = (item.step, item.need)
        case.visits[key] += 1
        self.count += 1
        asks = {*self.flowchart.steps[item.step].sets, *item.missing} - {ATTEMPTS, REMINDERS}
        self.stays.came(item.step)
        case.work[key] = _Work(self.count, case.visits[key], item.since, item.due_at, frozenset(asks))
        if item.step not in self.service or item.need is None or not self.plan.providers:
            self.begin(case, key, now)
            return
        place: Place = (case.number, *key)
        provider = case.provider.get(item.need) or self.look_up(case, place, now)
        if provider is not None:
            case.work[key].queued = now
            self.desks.queue(provider, place, case.state.facts_of().get("priority"), now)
            self.serve(provider, now)

    def begin(self, case: _Case, key: Key, now: datetime) -> None:
        """From now on somebody works on it; a service has begun."""
        work = case.work[key]
        if key[0] in self.service:
            case.served.setdefault(key[1], now)
        length = self.length(case, key, work.visit, now)
        self.at(now + length, self.finish, case, key, work.number)

    def length(self, case: _Case, key: Key, visit: int, now: datetime) -> timedelta:
        """How long the work takes: the plan's time of this step or kind, else a part of its deadline."""
        step = self.flowchart.steps[key[0]]
        due = due_at(step, case.state.facts_of().get("priority"), now, self.plan.calendar)
        if step.timer and due is not None and self.is_in_vain(case, key, visit):
            return min(LONGEST, due - now)
        dice = stream(self.seed, case.number, *key, visit, "time")
        own = self.plan.step_times.get(step.id) or self.plan.kind_times.get(step.kind)
        if own is not None:
            return min(LONGEST / _HOUR, log_normal(dice, own.median / _HOUR, own.sigma)) * _HOUR
        if due is None:
            self.timeless.add(step.id)
            return timedelta()
        self.by_deadline = True
        return min(LONGEST, dice.uniform(*SHARE_OF_DEADLINE) * (due - now))

    def is_in_vain(self, case: _Case, key: Key, visit: int) -> bool:
        """Whether this wait will end without an answer; the draw is the one that its end makes."""
        place, names = (case.number, *key), sorted(self.nodes[key[0]].asks)
        known = (name for name in names if name in self.flowchart.fields)
        return any(self.answers.answer(name, case.profile, place, visit) == TIMEOUT for name in known)

    # --- answers ------------------------------------------------------------------------------------------------------

    def told(self, case: _Case, key: Key, names: frozenset[str], visit: int, now: datetime) -> dict[str, Any]:
        """The answers to these facts; what depends on providers is looked up."""
        place: Place = (case.number, *key)
        facts: dict[str, Any] = {}
        for name in sorted(names & self.flowchart.fields.keys()):
            found = self.from_providers(case, place, name, now)
            facts[name] = self.answers.answer(name, case.profile, place, visit) if found is None else found
        return facts

    def from_providers(self, case: _Case, place: Place, name: str, now: datetime) -> Any:
        """Whether a provider is found, whether its agreement allows to send; None for every other fact."""
        need = place[2]
        if not self.plan.providers or need is None:
            return None
        if name in SEARCHES:
            return self.look_up(case, place, now) is not None
        if name == GATE and need in case.provider:
            value = "allow" if self.desks.may_send(case.provider[need], place, now) else "deny_agreement"
            return value if self.flowchart.fields[name].accepts(value) else None
        return None

    def look_up(self, case: _Case, place: Place, now: datetime) -> str | None:
        """Look for a provider; one that was asked before and never served this need is not asked again."""
        need = place[2]
        tried = case.tried.setdefault(need, set())
        before = case.provider.pop(need, None)
        if before is not None and need not in case.served:
            tried.add(before)
        found = self.desks.look_up(place, case.region, tried, now)
        if found is not None:
            case.provider[need] = found
        return found

    # --- what came of it ----------------------------------------------------------------------------------------------

    def result(self) -> Result:
        """The figures of the whole run."""
        cases = self.cases.values()
        hours = {case.number: (min(case.served.values()) - case.arrived) / _HOUR for case in cases if case.served}
        demand = self.demand()
        wanted = {(one.need, one.region): one.asked for one in demand}
        closed = sum(case.state.is_closed for case in cases)
        stopped = sum(case.is_stopped for case in cases)
        return Result(
            seed=self.seed,
            cases=len(self.cases),
            closed=closed,
            stopped=stopped,
            unfinished=len(self.cases) - closed - stopped,
            outcomes=dict(sorted(Counter(case.state.outcome for case in cases if case.state.outcome).items())),
            closing=spread((case.closed - case.arrived) / _HOUR for case in cases if case.closed),
            first_service=spread(hours.values()),
            steps=tuple(
                StepFigures(step, self.finished[step], self.overdue[step])
                for step in self.flowchart.steps
                if self.finished[step]
            ),
            stays=self.stays.figures(self.flowchart.steps),
            providers=self.providers(),
            demand=demand,
            agreements=tuple(
                AgreementStop(month + 1, provider, len(needs))
                for (month, provider), needs in sorted(self.desks.stops.items())
            ),
            coverage=coverage(wanted, self.plan.providers, self.plan.days) if self.plan.providers else None,
            assumptions=self.assumptions(),
            hours=dict(sorted(hours.items())),
        )

    def demand(self) -> tuple[DemandFigures, ...]:
        """Needs opened and needs met, by need and region."""
        asked: Counter[tuple[str, str]] = Counter()
        met: Counter[tuple[str, str]] = Counter()
        for case in self.cases.values():
            for need in case.state.needs:
                asked[need, case.region] += 1
                met[need, case.region] += need in case.served
        return tuple(DemandFigures(*place, count, met[place]) for place, count in sorted(asked.items()))

    def providers(self) -> tuple[ProviderFigures, ...]:
        """The queue of each provider."""
        found = []
        for name, desk in self.desks.desks.items():
            waits = [wait / _HOUR for wait in desk.waits]
            mean = sum(waits) / len(waits) if waits else 0.0
            waiting = desk.referred - len(waits)
            found.append(ProviderFigures(name, desk.referred, len(waits), mean, max(waits, default=0.0), waiting))
        return tuple(found)

    def assumptions(self) -> tuple[Message, ...]:
        """What the figures rest on beside the plan."""
        found = [self.answers.assumed[key] for key in sorted(self.answers.assumed)]
        text = N_("cases arrive evenly at random over the days; nobody withdraws consent")
        found.append(Message("ASSUMED_ARRIVALS", text))
        if self.by_deadline:
            text = N_("steps without a time of their own take from %(low)d to %(high)d percent of their deadline")
            low, high = (round(share * 100) for share in SHARE_OF_DEADLINE)
            found.append(Message("ASSUMED_TIMES", text, {"low": low, "high": high}))
        if self.timeless:
            text = N_("steps with neither a time nor a deadline take no time: %(steps)s")
            steps = ", ".join(step for step in self.flowchart.steps if step in self.timeless)
            found.append(Message("ASSUMED_NO_TIME", text, {"steps": steps}))
        if self.plan.providers:
            text = N_(
                "each need goes to the provider under agreement that can take it soonest; places are counted by 30 days"
            )
            found.append(Message("ASSUMED_PROVIDERS", text))
        else:
            text = N_("no provider is given: nobody waits for a place, and coverage is not worked out")
            found.append(Message("ASSUMED_NO_QUEUE", text))
        if not self.service:
            text = N_("no step finds out “%(fact)s”: this flowchart shows no service")
            found.append(Message("NO_SERVICE", text, {"fact": RESULT}))
        return tuple(found)
