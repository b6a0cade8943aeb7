"""The token game: a case moves over its flowchart, one event at a time.

    state = start(flowchart, facts, now)
    state = apply(flowchart, state, done("N01", facts={"immediate_danger": False}), now)
    for item in todo(flowchart, state, now): ...

Decisions, rules, splits, joins, starts, pathways and ends pass by themselves as far as facts are known; everything else
waits for somebody to say `done`. What is not known is asked for, never guessed, with two exceptions that fail safe: a
missing fact of `sop.track.PROTECTIVE` counts as the answer that protects, and a share is never reached on an unknown
answer. A legal basis counts once the answers given with it lead on to the share it is for; asking again suspends it.

Every need walks the referral part on its own: its facts, its answers, its bases, its loops. An answer is used once, so
a loop asks again. A loop that has reached its maximum goes on at `then`; when that is used up too, a need is closed and
the case waits for another answer. `attempts` counts what was sent to providers, `reminders` what was done before
waiting again.

Needs may stand in each other's way (the flowchart's `conflicts`): one that waits for another is open and seen, but does
nothing on its way to a share until the other is closed. The clock of a step may be paused for a reason from a closed
list; that of a critical case never.

All is deterministic: the same start and the same events give the same state (`replay`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sop.agenda import Stage, Standing, Todo, position, stages, todo
from sop.board import Refused
from sop.flowchart import Flowchart
from sop.game import Game
from sop.state import Cause, Event, Facts, Reason, State, any_time, done, facts_known, need_opened, paused, resumed
from sop.track import track_of

__all__ = [
    "Event",
    "Refused",
    "Stage",
    "Standing",
    "State",
    "Todo",
    "any_time",
    "apply",
    "done",
    "facts_known",
    "need_opened",
    "paused",
    "position",
    "replay",
    "resumed",
    "stages",
    "start",
    "todo",
]


def start(flowchart: Flowchart, facts: Facts, now: datetime) -> State:
    """A new case at the flowchart's start, with what is already known."""
    track = track_of(flowchart)
    game = Game(track, State(flowchart.hash, now), now)
    game.learn(facts, None)
    game.enter(track.start, None, Cause(Reason.START, track.start, track.start))
    game.settle()
    return game.state()


def apply(flowchart: Flowchart, state: State, event: Event, now: datetime) -> State:
    '''The state after `event`; raises `Refused` when it cannot happen now.

    >>> from datetime import UTC
    >>> from sop import yaml_io
    >>> small = yaml_io.load("""
    ... sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
    ... fields: {ok: bool}
    ... lanes: {CM: {en: Case manager}}
    ... nodes:
    ...   - {id: S, kind: start, lane: CM, en: Start}
    ...   - {id: T, kind: task, lane: CM, en: Ask}
    ...   - {id: D, kind: decision, lane: CM, en: Well?}
    ...   - {id: E, kind: end, lane: CM, en: Closed}
    ... edges:
    ...   - {from: S, to: T}
    ...   - {from: T, to: D}
    ...   - {from: D, to: E, guard: ok}
    ...   - {from: D, to: T, guard: not ok, loop: {max: 2}}
    ... """)
    >>> now = datetime(2026, 11, 18, 8, tzinfo=UTC)
    >>> state = apply(small, start(small, {}, now), done("T"), now)
    >>> state.active, todo(small, state, now)[0].missing
    ((('D', None),), ('ok',))
    >>> apply(small, state, facts_known({"ok": True}), now).outcome
    'E'
    '''
    game = Game(track_of(flowchart), state, now)
    game.perform(event)
    game.settle()
    return game.state()


def replay(flowchart: Flowchart, facts: Facts, now: datetime, events: Iterable[tuple[Event, datetime]]) -> State:
    """The fold: start, then every event at its time."""
    state = start(flowchart, facts, now)
    for event, moment in events:
        state = apply(flowchart, state, event, moment)
    return state
