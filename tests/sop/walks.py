"""A careless random responder: does what is to be done with random answers, withdraws, or says nothing.

It keeps its own slow book of consents, told from nothing but the events it sent, to hold the engine against.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sop.deadlines import PauseReason
from sop.engine import (
    Event,
    Refused,
    State,
    any_time,
    apply,
    done,
    facts_known,
    need_opened,
    paused,
    resumed,
    start,
    todo,
)
from sop.flowchart import Flowchart, StepKind
from sop.guards import FieldKind
from sop.track import PASSES_ALONE

START = datetime(2026, 11, 18, 8, tzinfo=UTC)
NEEDS = ["MED", "PSY", "HEB", "ENF", "VBG", "TEH", "ASI", "DOC", "JUR", "FAM", "EDU", "ECO", "RET"]


@dataclass
class Book:
    """What the persons said, as a clerk would note it: base consent, and the consent for each need's provider."""

    case: bool = False
    provider: dict[str, bool] = field(default_factory=dict)
    special: dict[str, set[str]] = field(default_factory=dict)
    vital: bool = False
    child: bool = False
    base_consent: str | None = None
    awaiting: bool = False
    """A consent talk took place; its outcome is what is known of `base_consent` from then on."""

    def note(self, event: Event) -> None:
        facts, step, need = event.facts, event.step, event.need
        if "base_consent" in facts:
            self.base_consent = facts["base_consent"]
        if step == "V01":
            self.case, self.awaiting, self.base_consent = False, False, None
            self.provider.clear()
            self.special.clear()
        if step in ("G01", "G02"):
            self.awaiting = True
        if self.awaiting and self.base_consent in ("given", "partial", "refused"):
            self.case = self.base_consent != "refused"
            self.awaiting, self.base_consent = not self.case, None  # after a refusal the person may still be asked
        self.vital = self.vital or step == "L01"
        self.child = self.child or step == "L02"
        if step in ("R01", "R02"):
            self.provider[need or ""] = False  # a new search: the old consent named another provider
        if step == "G05":
            self.provider[need or ""] = facts.get("choice") == "consent"
        elif "choice" in facts:
            self.provider[need or ""] = facts["choice"] == "consent"
        if step in ("G03", "G04") and need:
            self.special.setdefault(need, set()).add({"G03": "justice", "G04": "asylum"}[step])

    def holds(self, basis: str, need: str | None) -> bool:
        if basis in ("justice", "asylum"):
            return basis in self.special.get(need or "", set())
        if basis == "provider":
            return self.provider.get(need or "", False)
        return {"vital": self.vital, "child": self.child, "case": self.case}[basis]


def answer(flowchart: Flowchart, name: str, dice: random.Random) -> Any:
    known = flowchart.fields[name]
    if known.kind is FieldKind.BOOL:
        return dice.random() < 0.5
    if known.kind is FieldKind.SET:
        return dice.sample(NEEDS, dice.randint(0, 5))
    if known.kind is FieldKind.INT:
        return dice.randint(known.low, known.high)
    return dice.choice(known.values)


def walk(flowchart: Flowchart, seed: int, *, limit: int = 6_000) -> tuple[State, list[tuple[Event, datetime]], Book]:
    """One case to its end; fails when a share runs without its basis or when nothing can be done."""
    dice, now, book = random.Random(seed), START, Book()  # noqa: S311 - a game, not a secret
    state = start(flowchart, {}, now)
    events: list[tuple[Event, datetime]] = []
    interruptions = dice.choice([0, 0, 1, 3, 6])
    silence = dice.choice([0, 0.1, 0.3])
    while not state.is_closed:
        assert len(events) < limit, f"seed {seed}: no end after {limit} events at {state.active}"
        now += timedelta(hours=dice.randint(1, 40))
        items = todo(flowchart, state, now)
        assert items, f"seed {seed}: nothing to do at {state.active}"
        if interruptions and dice.random() < 0.08:
            interruptions -= 1
            told = dice.choice([{}, {"withdrawal": "partial"}, {"withdrawal": "total"}])
            choice = need_opened(dice.choice(NEEDS)) if dice.random() < 0.5 else any_time("V01", told)
            event: Event = choice if state.trail else done(items[0].step, items[0].need)
        else:
            ready = [item for item in items if not item.lacking and not item.held_by]
            assert ready, f"seed {seed}: everything waits for a legal basis at {state.active}"
            item = dice.choice(ready)
            facts = {name: answer(flowchart, name, dice) for name in item.missing if dice.random() >= silence}
            token = next(one for one in state.tokens if one.key == (item.step, item.need))
            waits = token.finished is not None or flowchart.steps[item.step].kind in PASSES_ALONE
            event = facts_known(facts, item.need) if waits else done(item.step, item.need, facts)
        state = _touch_a_clock(flowchart, state, dice, now, events)
        _keeps_the_order_of_needs(flowchart, state, event)
        for basis in flowchart.steps[event.step].bases(event.need) if event.step else ():
            assert book.holds(basis, event.need), f"seed {seed}: {event.step} {event.need} ran without {basis}"
        for step in ("X01", "X02", "X03"):
            _cannot_share_out_of_turn(flowchart, state, step, dice.choice([None, *NEEDS]), now)
        state = apply(flowchart, state, event, now)
        book.note(event)
        events.append((event, now))
    return state, events, book


def _touch_a_clock(
    flowchart: Flowchart, state: State, dice: random.Random, now: datetime, events: list[tuple[Event, datetime]]
) -> State:
    """Stop or start the clock of some step, which moves nothing; what makes no sense is refused."""
    if dice.random() >= 0.05 or not state.tokens:
        return state
    token = dice.choice(state.tokens)
    event = resumed(*token.key) if token.pause else paused(*token.key, dice.choice(list(PauseReason)))
    try:
        after = apply(flowchart, state, event, now)
    except Refused as refused:
        assert refused.message.code in {"NOT_ACTIVE", "PAUSED", "NOT_PAUSED", "CRITICAL", "NO_REASON"}  # noqa: PT017
        return state
    assert after.active == state.active
    events.append((event, now))
    return after


def _keeps_the_order_of_needs(flowchart: Flowchart, state: State, event: Event) -> None:
    """Nothing is shared for a need while one that goes before it is open."""
    if event.step in flowchart.steps and flowchart.steps[event.step].kind is StepKind.SHARE:
        for rule in flowchart.conflicts:
            if event.need in rule.needs:
                assert not any(state.needs[one].status == "open" for one in rule.others if one in state.needs)


def _cannot_share_out_of_turn(flowchart: Flowchart, state: State, step: str, need: str | None, now: datetime) -> None:
    if (step, need) in state.active:
        return
    try:
        apply(flowchart, state, done(step, need), now)
    except Refused as refused:
        assert refused.message.code == "NOT_ACTIVE"  # noqa: PT017
    else:
        raise AssertionError(f"{step} ran without being active")
