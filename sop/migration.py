"""Move an open case from one version of its procedure to another: previewed, refused in words, never done silently.

A case stays on its version until somebody moves it. `preview` says where each active step goes and why it may not be
moved; `migrate` does it. The counterpart of a step is the one with the same id, unless a mapping says another (or None:
it has none). A case is not moved when

- an active step has no counterpart of the same kind, or two of them would become one;
- a legal basis that it holds would no longer do: a share further on requires one that no step on the way grants;
- work that it has done would be lost, or work that every case must do before this place would never be done, and no
  waiver is recorded for that step;
- somebody stopped the clock of a step and the new version allows more time: the promise cannot be kept until it runs.

What the case promised stays promised: of two due dates the earlier one counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import networkx as nx

from sop.board import Refused
from sop.checks.structure import unknown_nodes
from sop.checks.ways import shortest
from sop.deadlines import CAMEROON, Calendar, PauseReason, due_at
from sop.flowchart import WORK, Flowchart, StepKind
from sop.game import Game
from sop.moving import Counterparts, moved
from sop.state import NeedStatus, State, Token
from sop.track import Track, track_of
from sop.verdicts import deciding
from sop.vocabulary import N_, Message

NO_MAPPING: Final[Mapping[str, str | None]] = {}


@dataclass(frozen=True, slots=True)
class Move:
    """One active step and its counterpart; `due_at` is the due date that counts, the earlier of the two."""

    step: str
    need: str | None
    to: str
    was_due_at: datetime | None
    would_be_due_at: datetime | None

    @property
    def due_at(self) -> datetime | None:
        """The earlier of both due dates."""
        known = [one for one in (self.was_due_at, self.would_be_due_at) if one is not None]
        return min(known, default=None)

    @property
    def keeps_due(self) -> bool:
        """Whether the new version would allow more time than was promised."""
        if self.was_due_at is None or self.was_due_at == self.would_be_due_at:
            return False
        return self.would_be_due_at is None or self.was_due_at < self.would_be_due_at


@dataclass(frozen=True, slots=True)
class Preview:
    """What a migration would do, and every reason why it may not be done.

    `facts` are those that the new version does not know or whose value it does not take: they are asked anew.
    """

    moves: tuple[Move, ...]
    refusals: tuple[Message, ...]
    facts: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the case may be moved."""
        return not self.refusals

    @property
    def kept_due(self) -> tuple[Move, ...]:
        """The active steps that keep their earlier due date."""
        return tuple(move for move in self.moves if move.keeps_due)


def preview(
    old: Flowchart,
    new: Flowchart,
    state: State,
    mapping: Mapping[str, str | None] = NO_MAPPING,
    *,
    waived: Collection[str] = (),
    calendar: Calendar = CAMEROON,
) -> Preview:
    """What would become of this case; `waived` are steps of either version that it need not have done."""
    early = list(_impossible(old, new, state, mapping))
    if early:
        return Preview((), tuple(early))
    counterparts = Counterparts.of(old, new, mapping)
    refusals = [
        *_active(old, new, state, counterparts),
        *_needs(new, state),
        *_standing(old, new, state, counterparts, calendar),
    ]
    there = moved(new, state, counterparts)
    if not refusals:
        refusals = [*_bases(old, new, state, there, counterparts), *_undone(old, new, state, counterparts, waived)]
    moves = tuple(_moves(old, new, state, counterparts, calendar))
    return Preview(moves, tuple(refusals), counterparts.lost_facts(state))


def migrate(
    old: Flowchart,
    new: Flowchart,
    state: State,
    now: datetime,
    mapping: Mapping[str, str | None] = NO_MAPPING,
    *,
    waived: Collection[str] = (),
    calendar: Calendar = CAMEROON,
) -> State:
    """The case on the new version; raises `Refused` with the first reason of the preview.

    Decisions that the new version can take from what is known are taken at once.
    """
    found = preview(old, new, state, mapping, waived=waived, calendar=calendar)
    for refusal in found.refusals:
        raise Refused(refusal.code, refusal.text, **refusal.values)
    due = {(move.step, move.need): move.was_due_at for move in found.kept_due}
    promised = replace(state, tokens=tuple(replace(one, due=due.get(one.key, one.due)) for one in state.tokens))
    game = Game(track_of(new), moved(new, promised, Counterparts.of(old, new, mapping)), now)
    game.waiting += list(game.tokens)
    game.settle()
    return game.state()


def _impossible(old: Flowchart, new: Flowchart, state: State, mapping: Mapping[str, str | None]) -> Iterator[Message]:
    if state.flowchart != old.hash:
        yield Message("MIGRATION_VERSION", N_("this case is not on the version that it is to be moved from"))
    if state.is_closed:
        yield Message("MIGRATION_CLOSED", N_("the case is closed"))
    for step, to in mapping.items():
        if step not in old.steps or (to is not None and to not in new.steps):
            text = N_("the mapping names a step that is not there: %(step)s → %(to)s")
            yield Message("MIGRATION_MAPPING", text, {"step": step, "to": to or "–"})
    yield from (finding.message for finding in unknown_nodes(new))


def _active(old: Flowchart, new: Flowchart, state: State, counterparts: Counterparts) -> Iterator[Message]:
    taken: dict[tuple[str, str | None], str] = {}
    for token in state.tokens:
        to = counterparts.get(token.step)
        if to is None:
            text = N_("the active step %(step)s has no counterpart in the new version")
            yield Message("MIGRATION_NO_COUNTERPART", text, {"step": token.step})
            continue
        kinds = old.steps[token.step].kind.value, new.steps[to].kind.value
        if kinds[0] != kinds[1]:
            text = N_("the active step %(step)s is a %(kind)s, its counterpart %(to)s a %(other)s")
            values = {"step": token.step, "to": to, "kind": kinds[0], "other": kinds[1]}
            yield Message("MIGRATION_OTHER_KIND", text, values)
        if (to, token.need) in taken:
            text = N_("the active steps %(step)s and %(other)s would both become %(to)s")
            values = {"step": taken[(to, token.need)], "other": token.step, "to": to}
            yield Message("MIGRATION_MERGED", text, values)
        taken[(to, token.need)] = token.step


def _needs(new: Flowchart, state: State) -> Iterator[Message]:
    pathways = {step.need for step in new.of_kind(StepKind.PATHWAY)}
    for need, one in state.needs.items():
        if one.status in (NeedStatus.OPEN, NeedStatus.ASKED) and need not in pathways:
            text = N_("the new version has no pathway for the open need %(need)s")
            yield Message("MIGRATION_NEED", text, {"need": need})


# --- legal bases ------------------------------------------------------------------------------------------------------


def _bases(old: Flowchart, new: Flowchart, state: State, there: State, counterparts: Counterparts) -> Iterator[Message]:
    """Shares further on that would lack a basis which the old version did not let them lack."""
    before = {
        (counterparts.get(token.step), token.need, counterparts.get(share) or share, basis)
        for token in state.tokens
        for share, basis, _ in _lacking(track_of(old), state, token)
    }
    for token in there.tokens:
        for share, basis, way in _lacking(track_of(new), there, token):
            if (token.step, token.need, share, basis) not in before:
                text = N_("%(share)s would lose its legal basis “%(basis)s”: the way %(way)s does not grant it")
                values = {"share": share, "basis": basis, "way": " → ".join(way)}
                yield Message("MIGRATION_LOSES_BASIS", text, values)


def _lacking(track: Track, state: State, token: Token) -> Iterator[tuple[str, str, list[str]]]:
    """Shares that may be reached from here with a basis that is neither held nor granted on the way."""
    chart = track.flowchart
    for share in chart.of_kind(StepKind.SHARE):
        needs = [token.need] if token.need else [None, *share.requires_for]
        for need in needs:
            for basis in share.bases(need):
                granting = {step.id for step in chart.steps.values() if basis in step.grants}
                if (token.step in granting and token.finished is None) or _holds(track, state, token, basis):
                    continue
                others = {s.id for s in chart.of_kind(StepKind.PATHWAY) if need and s.need != need}
                way = shortest(chart.reach(), [token.step], share.id, granting | (others - {token.step}))
                if way:
                    yield share.id, basis, way


def _holds(track: Track, state: State, token: Token, basis: str) -> bool:
    if basis in dict(token.granting):
        return True
    if basis not in track.need_bases:
        return basis in state.course.bases
    return token.need is not None and token.need in state.needs and basis in state.needs[token.need].course.bases


# --- work that was done -----------------------------------------------------------------------------------------------


def _undone(
    old: Flowchart, new: Flowchart, state: State, counterparts: Counterparts, waived: Collection[str]
) -> Iterator[Message]:
    """Mandatory work that would be forgotten, and mandatory work of the new version that would never be done."""
    for token in state.tokens:
        if token.aside:
            continue
        done = {one.step for one in state.trail if one.need in (None, token.need)}
        before, after = _mandatory(old, token.step), _mandatory(new, str(counterparts.get(token.step)))
        for step in before:
            if step in done and counterparts.get(step) is None and step not in waived:
                text = N_("the work done at %(step)s has no counterpart in the new version and would be forgotten")
                yield Message("MIGRATION_FORGOTTEN", text, {"step": step})
        known = {counterparts.get(step) for step in (*done, *(one for one in before if one not in done))}
        for step in after:
            if step not in known and step not in waived:
                text = N_("%(step)s must be done before %(place)s in the new version, and would never be done")
                yield Message("MIGRATION_NEVER_DONE", text, {"step": step, "place": counterparts.get(token.step)})


def _mandatory(flowchart: Flowchart, step: str) -> list[str]:
    """Work that every case has done when it gets here without taking a loop, in order (the step's dominators)."""
    start, graph = track_of(flowchart).start, nx.DiGraph(flowchart.forward())
    above = nx.immediate_dominators(graph, start)
    found: list[str] = []
    while step in above and step != start and above[step] is not None and above[step] != step:
        step = above[step]
        if flowchart.steps[step].kind in WORK:
            found.append(step)
    return found[::-1]


# --- due dates --------------------------------------------------------------------------------------------------------


def _standing(
    old: Flowchart, new: Flowchart, state: State, counterparts: Counterparts, calendar: Calendar
) -> Iterator[Message]:
    """Clocks that somebody has stopped at a step with more time in the new version: no due date could be kept."""
    for token in state.tokens:
        to, pause = counterparts.get(token.step), token.pause
        if to is None or pause is None or pause.reason is PauseReason.CONFLICT:
            continue
        running = replace(token, pauses=tuple(one for one in token.pauses if one.until is not None))
        was = _due(track_of(old), token.step, state, running, calendar)
        would = _due(track_of(new), to, state, running, calendar)
        if was is not None and (would is None or would > was):
            text = N_("the clock of %(step)s stands, and the new version allows more time: let it run again first")
            yield Message("MIGRATION_CLOCK_STANDS", text, {"step": token.step})


def _moves(
    old: Flowchart, new: Flowchart, state: State, counterparts: Counterparts, calendar: Calendar
) -> Iterator[Move]:
    for token in state.tokens:
        to = counterparts.get(token.step)
        if to is not None:
            due = [
                _due(track_of(chart), step, state, token, calendar) for chart, step in ((old, token.step), (new, to))
            ]
            first = min((one for one in (due[0], token.due) if one is not None), default=None)
            yield Move(token.step, token.need, to, first, due[1])


def _due(track: Track, step: str, state: State, token: Token, calendar: Calendar) -> datetime | None:
    if token.finished:
        return None
    course = state.needs[token.need].course if token.need else None
    priority = deciding(track, state.course, course).get("priority")
    return due_at(track.flowchart.steps[step], priority, token.since, calendar, token.pauses)
