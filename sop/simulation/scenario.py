"""Scenarios and changes as files: YAML, read strictly against the flowchart that they are for.

A scenario, every part of which may be left out (weights are whole numbers, set against each other):

    cases: 500                  # how many arrive
    days: 365                   # over how many days
    start: 2026-01-05           # the first day
    most_steps: 500             # a case that passes more is stopped
    mix:                        # what a case brings along: region, needs, needs_per_case, any fact
      region: {far_north: 3, centre: 2}
      priority: {critical: 5, high: 20, medium: 45, low: 30}
      needs: {MED: 3, PSY: 2}
      needs_per_case: {1: 5, 2: 3}
    answers:                    # how steps end: fact -> value -> weight
      response: {accepted: 80, declined: 10, timeout: 10}
    times:                      # log-normal: half are done within the median; sigma 0 (or none) makes it constant
      steps: {R05: {median: P10D, sigma: 0.6}}
      kinds: {consent: {median: PT8H, sigma: 0.4}}
    providers:                  # capacity: services begun in 30 days; agreement_until: its last day
      - {id: hospital, needs: [MED, PSY], regions: [centre], capacity: 20, agreement_until: 2026-06-30}

A change has the same `mix`, `answers`, `times` and `providers`, which go over those of the scenario entry by entry, and

    deadlines: {R05: {critical: PT12H}, N07: P2D}
    guards: [{from: D10, to: R01, guard: "response == declined and attempts < 2"}]
    flowchart: other.yaml       # another flowchart, beside this file; deadlines and guards then change that one
    providers:
      - {id: hospital, capacity: 5}
      - {id: shelter, remove: true}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sop import guards
from sop.checks.structure import unknown_nodes
from sop.deadlines import CAMEROON
from sop.flowchart import Branch, Flowchart, StepKind
from sop.guards import FieldKind, GuardError
from sop.simulation.answers import values_of
from sop.simulation.plan import (
    GATE,
    LONGEST,
    NEEDS,
    NEEDS_PER_CASE,
    REGION,
    SEARCHES,
    Plan,
    Provider,
    StepTime,
    Weights,
)
from sop.vocabulary import N_
from sop.yaml_io import choice_of, deadline_of, duration_of, load
from sop.yaml_text import content_hash
from sop.yaml_tree import Tree, Unreadable, read_text, read_tree

MAX_CASES: Final = 20_000
MAX_DAYS: Final = 3_650
MAX_STEPS: Final = 5_000
MAX_WEIGHT: Final = 1_000_000
MAX_PROVIDERS: Final = 2_000
MAX_NEEDS: Final = 20
MAX_SIGMA: Final = 3.0
_DECIMAL = re.compile(r"\d{1,3}(\.\d{1,9})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTS = ("mix", "answers", "times", "providers")


def read_plan(source: str | Path, flowchart: Flowchart) -> Plan:
    '''The plan of a scenario file or text; raises `Unreadable` with the line.

    >>> from sop import yaml_io
    >>> chart = yaml_io.load("""
    ... sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
    ... fields: {ok: bool}
    ... lanes: {CM: {en: Case manager}}
    ... nodes: [{id: S, kind: start, lane: CM, en: Start}, {id: E, kind: end, lane: CM, en: Closed}]
    ... edges: [{from: S, to: E}]
    ... """)
    >>> read_plan("cases: 5\\nanswers: {ok: {true: 3, false: 1}}", chart).answers
    {'ok': {True: 3, False: 1}}
    >>> read_plan("cases: 5\\nanswers: {ok: {perhaps: 1}}", chart)
    Traceback (most recent call last):
    ...
    sop.yaml_tree.Unreadable: line 2: “perhaps” is not one of: true, false
    '''
    tree = read_tree(read_text(source))
    _only(tree, ("cases", "days", "start", "most_steps", *_PARTS))
    plan = Plan()
    plan = replace(
        plan,
        cases=_whole(tree, "cases", plan.cases, MAX_CASES),
        days=_whole(tree, "days", plan.days, MAX_DAYS),
        most_steps=_whole(tree, "most_steps", plan.most_steps, MAX_STEPS),
    )
    if (found := tree.get("start")) is not None:
        midnight = datetime.combine(_day(found), time(), ZoneInfo(CAMEROON.zone))
        plan = replace(plan, start=midnight.astimezone(UTC))
    return _Reader(flowchart).over(plan, tree)


def read_change(source: str | Path, plan: Plan, flowchart: Flowchart) -> tuple[Plan, Flowchart]:
    """The plan and the flowchart after a change; raises `Unreadable` with the line."""
    tree = read_tree(read_text(source))
    _only(tree, (*_PARTS, "deadlines", "guards", "flowchart"))
    if (other := tree.get("flowchart")) is not None:
        flowchart = _other(other, source)
    steps = dict(flowchart.steps)
    for key, value in _items(tree, "deadlines"):
        step = steps[_known(key, value, steps)]
        steps[key] = replace(step, deadline={**(step.deadline or {}), **(deadline_of(value) or {})})
    branches = flowchart.branches
    if (found := tree.get("guards")) is not None:
        for item in found.list():
            branches = _with_guard(item, branches, flowchart)
    if steps != flowchart.steps or branches != flowchart.branches:
        flowchart = replace(flowchart, steps=steps, branches=branches)
        flowchart = replace(flowchart, hash=content_hash(flowchart))
    return _Reader(flowchart).over(plan, tree), flowchart


class _Reader:
    """Reads the parts that a scenario and a change have in common."""

    def __init__(self, flowchart: Flowchart) -> None:
        self.flowchart, self.fields = flowchart, flowchart.fields
        declared = self.fields[NEEDS].values if NEEDS in self.fields else ()
        pathways = (step.need for step in flowchart.steps.values() if step.need)
        self.needs = tuple(dict.fromkeys((*declared, *pathways)))

    def over(self, plan: Plan, tree: Tree) -> Plan:
        """The plan with what the file says put over it."""
        mix = {**plan.mix, **{key: self.mix(key, value) for key, value in _items(tree, "mix")}}
        plan = replace(plan, mix=mix, providers=self.providers(plan, mix, tree))
        answers = {key: self.answers(key, value, plan) for key, value in _items(tree, "answers")}
        times = tree.get("times")
        if times is None:
            return replace(plan, answers={**plan.answers, **answers})
        _only(times, ("steps", "kinds"))
        steps = {_known(key, value, self.flowchart.steps): _time(value) for key, value in _items(times, "steps")}
        kinds = {
            choice_of(Tree(key, value.line, value.path), StepKind): _time(value)
            for key, value in _items(times, "kinds")
        }
        return replace(
            plan,
            answers={**plan.answers, **answers},
            step_times={**plan.step_times, **steps},
            kind_times={**plan.kind_times, **kinds},
        )

    def mix(self, name: str, tree: Tree) -> Weights:
        if name == REGION:
            return _weights(tree, lambda key, _: key)
        if name == NEEDS_PER_CASE:
            return _weights(tree, lambda key, line: Tree(_number(key), line.line, line.path).integer(0, MAX_NEEDS))
        _known(name, tree, (REGION, NEEDS_PER_CASE, *self.fields))
        return self.values(name, tree)

    def answers(self, name: str, tree: Tree, plan: Plan) -> Weights:
        _known(name, tree, self.fields)
        if name in plan.mix or name == NEEDS:
            raise tree.wrong(N_("“%(fact)s” comes with the case: give it under “mix” only"), fact=name)
        if plan.providers and name in {*SEARCHES, GATE}:
            raise tree.wrong(N_("“%(fact)s” follows from the providers: leave it out of “answers”"), fact=name)
        return self.values(name, tree)

    def values(self, name: str, tree: Tree) -> Weights:
        field = self.fields[name]
        words = {_word(value): value for value in values_of(field)}

        def value(key: str, line: Tree) -> Any:
            if field.kind is FieldKind.INT and field.accepts(_number(key)):
                return _number(key)
            return words[_known(key, line, words)]

        return _weights(tree, value)

    def providers(self, plan: Plan, mix: Mapping[str, Weights], tree: Tree) -> tuple[Provider, ...]:
        found = {provider.id: provider for provider in plan.providers}
        listed = tree.get("providers")
        seen: set[str] = set()
        for item in listed.list()[: MAX_PROVIDERS + 1] if listed else ():
            _only(item, ("id", "needs", "regions", "capacity", "agreement_until", "remove"))
            name = item["id"].text(80)
            if name in seen or len(seen) >= MAX_PROVIDERS:
                raise item.wrong(N_("the provider “%(provider)s” is there twice, or there are too many"), provider=name)
            seen.add(name)
            if (remove := item.get("remove")) is not None and remove.boolean():
                del found[_known(name, item, found)]
                continue
            found[name] = self.provider(item, found.get(name), mix, plan.start)
        return tuple(found.values())

    def provider(self, item: Tree, old: Provider | None, mix: Mapping[str, Weights], start: datetime) -> Provider:
        name = item["id"].text(80)
        provider = old or Provider(name, frozenset(_each(item["needs"], self.needs)))
        if (needs := item.get("needs")) is not None:
            provider = replace(provider, needs=frozenset(_each(needs, self.needs)))
        if (regions := item.get("regions")) is not None:
            provider = replace(provider, regions=frozenset(_each(regions, mix.get(REGION, {}))))
        if (capacity := item.get("capacity")) is not None:
            provider = replace(provider, capacity=capacity.integer(0, MAX_WEIGHT))
        if (until := item.get("agreement_until")) is not None:
            first = start.astimezone(ZoneInfo(CAMEROON.zone)).date()
            provider = replace(provider, agreement_until=max(0, (_day(until) - first).days + 1))
        return provider


def _other(name: Tree, source: str | Path) -> Flowchart:
    """Another flowchart, from a file beside the file of the change."""
    beside = source.parent if isinstance(source, Path) else Path()
    text = N_("the flowchart %(file)s cannot be used: %(problem)s")
    try:
        flowchart = load(beside / name.text())
    except Unreadable as problem:
        raise name.wrong(text, file=name.text(), problem=str(problem)) from None
    for finding in unknown_nodes(flowchart):
        raise name.wrong(text, file=name.text(), problem=str(finding.message))
    return flowchart


def _with_guard(item: Tree, branches: tuple[Branch, ...], flowchart: Flowchart) -> tuple[Branch, ...]:
    """The arrows with another condition on one of them."""
    _only(item, ("from", "to", "guard"))
    ends = (item["from"].text(), item["to"].text())
    if sum((branch.source, branch.target) == ends and branch.guard is not None for branch in branches) != 1:
        raise item.wrong(N_("there is not exactly one arrow with a condition from %(source)s to %(target)s"),
                         source=ends[0], target=ends[1])  # fmt: skip
    try:
        guard = guards.parse(item["guard"].text(guards.MAX_LENGTH), flowchart.fields)
    except GuardError as error:
        raise item["guard"].wrong(N_("the condition cannot be read: %(problem)s"), problem=str(error)) from None
    return tuple(
        replace(branch, guard=guard) if (branch.source, branch.target) == ends and branch.guard else branch
        for branch in branches
    )


# --- small parts ------------------------------------------------------------------------------------------------------


def _items(tree: Tree, key: str) -> list[tuple[str, Tree]]:
    found = tree.get(key)
    return list(found.items()) if found else []


def _whole(tree: Tree, key: str, default: int, high: int) -> int:
    found = tree.get(key)
    return found.integer(1, high) if found else default


def _only(tree: Tree, allowed: Collection[str]) -> None:
    for key, value in tree.items():
        _known(key, value, allowed)


def _known(key: str, place: Tree, allowed: Collection[str]) -> str:
    if key not in allowed:
        raise place.wrong(N_("“%(value)s” is not one of: %(allowed)s"), value=key, allowed=", ".join(allowed) or "—")
    return key


def _each(tree: Tree, allowed: Collection[str]) -> list[str]:
    return [_known(item.text(), item, allowed) for item in tree.list()]


def _weights(tree: Tree, value: Callable[[str, Tree], Any]) -> Weights:
    found = {value(key, one): one.integer(0, MAX_WEIGHT) for key, one in tree.items()}
    if not any(found.values()):
        raise tree.wrong(N_("at least one weight must be more than 0"))
    return found


def _number(key: str) -> Any:
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= 9 else key


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(tree: Tree) -> date:
    text = tree.text(80)
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        raise tree.wrong(N_("“%(value)s” is not a day such as 2026-06-30"), value=text)
    return found


def _time(tree: Tree) -> StepTime:
    _only(tree, ("median", "sigma"))
    median, sigma = duration_of(tree["median"]), tree.get("sigma")
    if not timedelta() <= median <= LONGEST:
        raise tree["median"].wrong(N_("a step takes at most %(limit)d days"), limit=LONGEST.days)
    spread = sigma.text(20) if sigma else "0"
    if not _DECIMAL.fullmatch(spread) or float(spread) > MAX_SIGMA:
        place = sigma or tree
        raise place.wrong(N_("“%(value)s” is not a number from 0 to %(high)d"), value=spread, high=int(MAX_SIGMA))
    return StepTime(median, float(spread))
