"""Where known facts lead: the engine run from the start, passing every step that the facts decide.

- A decision, a rule or a split passes when the facts answer it.
- Work counts as done when the facts give everything that it finds out; work that finds out nothing counts as done too,
  unless the facts come with a list `done`: then only what is listed is.
- A share happens only on its legal bases, and nothing happens in a need that waits for another one.
- Each answer is used once: a loop asks again, and the route stops there.

A fact that is missing where that protects the person counts as the answer that protects, as in a case; it is named
among the missing ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sop.agenda import Todo, text, todo
from sop.board import Refused
from sop.engine import apply, done, facts_known, start
from sop.flowchart import Branch, Flowchart, StepKind
from sop.guards import FieldKind
from sop.state import NeedStatus, Passed, State
from sop.track import UNKNOWN, Track, track_of
from sop.vocabulary import N_, Message

MAX_EVENTS: Final = 5_000
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A route has no clock; the engine needs some moment."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known: facts of the case (and of each need alike), facts of single needs, and what work was done."""

    facts: Mapping[str, Any]
    by_need: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    done: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """How far the facts lead: the state, each step reached with its reason in order, and the facts that are missing."""

    state: State
    trace: tuple[tuple[str, str | None, Message], ...]
    missing: tuple[str, ...]
    waiting: tuple[Todo, ...]

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """Plain data; `active` names steps, `waiting` says of each what it waits for."""
        return {
            "active": list(dict.fromkeys(step for step, _ in self.state.active)),
            "needs": list(self.needs),
            "trace": [{"step": step, "need": need, "why": render(why)} for step, need, why in self.trace],
            "missing": list(self.missing),
            "outcome": self.state.outcome,
            "waiting": [
                {
                    "step": one.step,
                    "need": one.need,
                    "why": render(one.why),
                    "missing": list(one.missing),
                    "lacking": list(one.lacking),
                    "held_by": one.held_by,
                }
                for one in self.waiting
            ],
        }

    @property
    def needs(self) -> tuple[str, ...]:
        """The needs that are open."""
        return tuple(need for need, one in self.state.needs.items() if one.status is NeedStatus.OPEN)


def known_from(flowchart: Flowchart, data: Any) -> Known:
    """What is known, from JSON data: `{"age_band": "adult", "needs": ["MED"], "done": ["N06"], "for": {"MED": {…}}}`.

    Facts may also stand under `facts`. Raises `Refused` for what is not a fact, a value, a step or a need.

    >>> from sop import yaml_io
    >>> text = "{sop: {id: X, version: 1.0.0}, fields: {ok: bool}, lanes: {L: x}, nodes: [{id: E, kind: end, lane: L}]}"
    >>> known_from(yaml_io.load(text), {"ok": True, "done": ["E"]}).facts
    {'ok': True}
    """
    if not isinstance(data, dict):
        raise Refused("BAD_FACTS", N_("the facts must be an object: {fact: value}"))
    given = {name: value for name, value in data.items() if name not in ("facts", "done", "for")}
    given |= _object(data.get("facts", {}), "facts")
    by_need = {need: _object(facts, need) for need, facts in _object(data.get("for", {}), "for").items()}
    work = data.get("done")
    if work is not None and (not isinstance(work, list) or not all(isinstance(step, str) for step in work)):
        raise Refused("BAD_FACTS", N_("“%(name)s” must be a list of steps"), name="done")
    for step in work or ():
        if step not in flowchart.steps:
            raise Refused("UNKNOWN_STEP", N_("“%(step)s” is not a step of this procedure"), step=step)
    for need in by_need:
        if need not in track_of(flowchart).pathways:
            raise Refused("NO_PATHWAY", N_("the procedure has no pathway for the need %(need)s"), need=need)
    for facts in (given, *by_need.values()):
        start(flowchart, facts, BEGINNING)  # refuses what is not a fact or a value
        _refuse_shapes(flowchart, facts)
    return Known(given, by_need, frozenset(work) if work is not None else None)


def _refuse_shapes(flowchart: Flowchart, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        several = flowchart.fields[name].kind is FieldKind.SET
        if value not in (None, UNKNOWN) and isinstance(value, list) is not several:
            words = N_("“%(fact)s” needs a list of values") if several else N_("“%(fact)s” needs one value, not a list")
            raise Refused("UNKNOWN_VALUE", words, fact=name)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("BAD_FACTS", N_("“%(name)s” must be an object: {fact: value}"), name=name)
    return value


def route(flowchart: Flowchart, known: Known, *, lang: str = "en") -> Route:
    """Walk from the start as far as the facts decide; the labels in the reasons are in the language asked for."""
    walk = _Walk(flowchart, known, lang)
    walk.run()
    items = todo(flowchart, walk.state, BEGINNING, lang=lang)
    missing = dict.fromkeys([*(name for item in items for name in item.missing), *walk.assumed])
    return Route(walk.state, tuple(walk.told), tuple(missing), tuple(items))


class _Walk:
    """One run; `used` are the answers given for a need, which are not given again."""

    def __init__(self, flowchart: Flowchart, known: Known, lang: str) -> None:
        self.flowchart, self.known, self.lang = flowchart, known, lang
        self.track: Track = track_of(flowchart)
        self.used: set[tuple[str | None, str]] = set()
        self.assumed: dict[str, None] = {}
        case = {name: value for name, value in known.facts.items() if name not in self.track.need_fields}
        self.state = start(flowchart, case, BEGINNING)
        begin = Message("why_start", N_("the procedure starts here"))
        self.told: list[tuple[str, str | None, Message]] = [(self.track.start, None, begin)]
        self._tell(0)

    def run(self) -> None:
        """Do whatever can be done, one event at a time."""
        for _ in range(MAX_EVENTS):
            if not any(self._move(item) for item in self._items()):
                return

    def _items(self) -> list[Todo]:
        items = todo(self.flowchart, self.state, BEGINNING)
        return [item for item in items if not item.lacking and not item.held_by]

    def _move(self, item: Todo) -> bool:
        """One event for this item, when the facts allow one."""
        given = {name: value for name in item.missing if (value := self._answer(item.need, name)) is not None}
        token = next(one for one in self.state.tokens if one.key == (item.step, item.need))
        waits = token.finished is not None or self.track.nodes[item.step].alone
        if waits and given:
            event = facts_known(given, item.need)
        elif not waits and given.keys() == set(item.missing) and self._is_done(item.step):
            event = done(item.step, item.need, given)
        else:
            return False
        before = len(self.state.trail)
        self.state = apply(self.flowchart, self.state, event, BEGINNING)
        self.used |= {(item.need, name) for name in given}
        self._tell(before)
        return True

    def _answer(self, need: str | None, name: str) -> Any:
        """What the facts say; None when they say nothing, and when the answer was used before."""
        of_case = name not in self.track.need_fields
        if (need, name) in self.used or (of_case and self.state.course.facts.get(name) is not None):
            return None
        value = self.known.by_need.get(need or "", {}).get(name, self.known.facts.get(name))
        return None if value == UNKNOWN else value

    def _is_done(self, step: str) -> bool:
        return bool(self.track.nodes[step].asks) or self.known.done is None or step in self.known.done

    def _tell(self, before: int) -> None:
        """A reason for each step reached since."""
        for passed in self.state.trail[before:]:
            if passed.to:
                node = self.track.nodes[passed.to]
                need = node.step.need if node.kind is StepKind.PATHWAY else passed.need
                if node.kind is not StepKind.PATHWAY or all(step != passed.to for step, _, _ in self.told):
                    self.told.append((passed.to, need, self._why(passed)))

    def _why(self, passed: Passed) -> Message:
        name = text(self.flowchart.steps[passed.step].label, self.lang) or passed.step
        branch = next((one for one in self.flowchart.outgoing(passed.step) if one.target == passed.to), None)
        if branch is None:
            template = N_("because “%(step)s” has been repeated as often as the procedure allows")
            return Message("why_exhausted", template, {"step": name})
        assumed = self._assumed(branch)
        if assumed:
            self.assumed |= dict.fromkeys(assumed)
            template = N_("because “%(question)s” is not known yet: until it is, the answer that protects counts")
            return Message("why_assumed", template, {"question": name})
        if branch.guard or branch.is_default:
            values = {"question": name, "answer": text(branch.label, self.lang) or branch.condition}
            return Message("why_answer", N_("because “%(question)s” was answered: %(answer)s"), values)
        return Message("why_after", N_("comes after “%(step)s”"), {"step": name})

    def _assumed(self, branch: Branch) -> list[str]:
        names = branch.guard.fields if branch.guard else frozenset()
        facts = self.state.course.facts
        return sorted(name for name in names & self.track.assumed.keys() if facts.get(name) in (None, UNKNOWN))
