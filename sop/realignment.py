"""The places where a case can be taken up again after something was done that its flowchart did not ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import networkx as nx

from sop.board import Refused
from sop.engine import apply
from sop.flowchart import WORK, Flowchart, StepKind
from sop.game import Game
from sop.state import Cause, Event, NeedStatus, Reason, State, Token, facts_known, plain
from sop.track import Track, onward, track_of
from sop.verdicts import deciding

Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Way:
    """One reading of an event: the state in which it happens, and the work steps that were left out to get there.

    `beside`: the case stays where it is; the event only tells its facts, and nothing when it `repeats` another.
    """

    state: State
    missed: tuple[Key, ...] = ()
    beside: bool = False
    repeats: bool = False

    def after(self, flowchart: Flowchart, event: Event, now: datetime) -> tuple[State, str]:
        """The state after the event and the code of what was wrong with it, if anything was."""
        if self.beside and self.repeats:
            return self.state, ""
        told = facts_known(event.facts, event.need) if self.beside else event
        try:
            return apply(flowchart, self.state, told, now), ""
        except Refused as refused:
            problem = "" if self.beside else refused.message.code
        done_all_the_same = problem in ("NO_BASIS", "CONFLICT")
        return (_unchecked(flowchart, self.state, event, now) if done_all_the_same else self.state), problem


class _Unchecked(Game):
    """The same moves for what has happened all the same: no share waits for its legal basis, no need for another."""

    def lacking(self, _token: Token) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def holding(self, _token: Token) -> None:
        """Nobody."""


def _unchecked(flowchart: Flowchart, state: State, event: Event, now: datetime) -> State:
    game = _Unchecked(track_of(flowchart), state, now)
    game.perform(event)
    game.settle()
    return game.state()


def ways_on(
    track: Track, state: State, event: Event, now: datetime, early: Collection[Key], *, again: bool
) -> tuple[Way, Way | None, Way | None]:
    """Readings of a step that is not active: beside the way, further on, back where the case was.

    `early` are steps that were done before their turn and cost nothing on the way to this one; `again` says that this
    step was done before.
    """
    beside = Way(state, beside=True, repeats=again)
    if state.is_closed or track.nodes[str(event.step)].alone:
        return beside, None, None
    if event.need is not None and not any(token.need == event.need for token in state.tokens):
        return beside, _through_split(track, state, event, now, early), None
    own = [token for token in state.tokens if token.need == event.need and not token.aside]
    found = [_jump(track, state, token, event, now, early) for token in own]
    jumps = [way for way in found if way is not None]
    ahead = min(jumps, key=lambda way: len(way.missed), default=None)
    back = None
    if ahead is None and len(own) == 1:
        back = Way(_moved(state, own[0], str(event.step), now))
    return beside, ahead, back


def _moved(state: State, token: Token, step: str, now: datetime) -> State:
    """The same state with this token at another step."""
    there = Token(step, token.need, now, Cause(Reason.AFTER, token.step, step))
    rest = tuple(one for one in state.tokens if one.key not in (token.key, there.key))
    return replace(state, tokens=(*rest, there))


def _jump(track: Track, state: State, token: Token, event: Event, now: datetime, early: Collection[Key]) -> Way | None:
    """From this token forward to the step, and past every join on the way with all that the join waits for.

    Where no work was left out, it is the answer that this token waits for.
    """
    step = str(event.step)
    if step not in track.ahead[token.step]:
        return None
    path = _cheapest(track, _known(track, state, event), token, step, early)
    missed = list(_work_on(track, path[:-1], token))
    for join in (one for one in path if track.nodes[one].kind is StepKind.JOIN_OR and token.need is None):
        for other in state.tokens:
            waited = other.need is None and not other.aside and other.key != token.key
            if waited and (other.step == join or join in track.ahead[other.step]):
                missed += _work_on(track, _cheapest(track, state.facts_of(), other, join, early)[:-1], other)
                state = replace(state, tokens=tuple(one for one in state.tokens if one.key != other.key))
        for need in (one for one, where in track.joins.items() if where == join):
            state, more = _closed(track, state, need, join, now, early)
            missed += more
    return Way(_moved(state, token, step, now), tuple(missed) or (token.key,))


def _closed(
    track: Track, state: State, need: str, join: str, now: datetime, early: Collection[Key]
) -> tuple[State, list[Key]]:
    """A need that the case did not wait for: what was left of its way, and the state without it."""
    missed: list[Key] = []
    for token in (one for one in state.tokens if one.need == need and join in track.ahead[one.step]):
        path = _cheapest(track, state.facts_of(need), token, join, early)
        missed += _work_on(track, path[:-1], token)
    held = state.needs.get(need)
    if held is None or held.status is not NeedStatus.OPEN:
        return state, missed
    needs = {**state.needs, need: replace(held, status=NeedStatus.CLOSED, closed_at=now)}
    return replace(state, tokens=tuple(one for one in state.tokens if one.need != need), needs=needs), missed


def _through_split(track: Track, state: State, event: Event, now: datetime, early: Collection[Key]) -> Way | None:
    """A need that is not open yet, though the case is before the split that opens it: go there, open it, go on."""
    split = track.splits.get(str(event.need))
    case = [token for token in state.tokens if token.need is None and not token.aside and split is not None]
    token = next((one for one in case if split == one.step or split in track.ahead[one.step]), None)
    if token is None or split is None or "needs" not in track.fields:
        return None
    missed: tuple[Key, ...] = ()
    if token.step != split:
        path = _cheapest(track, _known(track, state, event), token, split, early)
        missed = tuple(_work_on(track, path[:-1], token))
        state = _moved(state, token, split, now)
    wanted = (*(state.course.facts.get("needs") or ()), str(event.need))
    try:
        state = apply(track.flowchart, state, facts_known(plain({"needs": wanted})), now)
    except Refused:
        return None
    if (str(event.step), event.need) in state.active:
        return Way(state, missed)
    jumps = (_jump(track, state, one, event, now, early) for one in state.tokens if one.need == event.need)
    further = next((way for way in jumps if way is not None), None)
    return replace(further, missed=(*missed, *further.missed)) if further else None


def _known(track: Track, state: State, event: Event) -> dict[str, Any]:
    """What is known once the event has told its facts; used answers say nothing any more."""
    own = state.needs[event.need].course if event.need and event.need in state.needs else None
    return {**deciding(track, state.course, own), **plain(event.facts)}


def _work_on(track: Track, path: list[str], token: Token) -> Iterator[Key]:
    """Work steps of a path, each with the token's need; the first is no work any more when it is finished."""
    for step in path:
        if track.nodes[step].kind in WORK and not (step == token.step and token.finished):
            yield (step, token.need)


def _cheapest(track: Track, known: Mapping[str, Any], token: Token, step: str, early: Collection[Key]) -> list[str]:
    """The way with the fewest work steps left out; one through a closed branch only where there is no other."""
    graph = onward(track.flowchart)

    def cost(_source: str, target: str, edges: Mapping[int, Mapping[str, Any]]) -> int:
        guards = [edge["branch"].guard for edge in edges.values()]
        closed = all(guard is not None and guard.evaluate(known) is False for guard in guards)
        work = target != step and track.nodes[target].kind in WORK and (target, token.need) not in early
        return 1_000 * closed + work

    path: list[str] = nx.dijkstra_path(graph, token.step, step, weight=cost)
    return path
