"""The pages of a flowchart: the main way, the loop of one need, one for each pathway and each any-time event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import networkx as nx

from sop.flowchart import Branch, Flowchart, Label, Step, StepKind
from sop.track import Track, onward, track_of

MAIN, LOOP, NEEDS = "main", "loop", "needs"
SMALL = frozenset({StepKind.DECISION, StepKind.SPLIT_OR, StepKind.JOIN_OR})
"""Kinds drawn as diamonds; everything else is a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One shape of a page: a step, a step of another page (`elsewhere`), or all pathways at once (no step)."""

    id: str
    lane: str
    step: Step | None = None
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow of a page; `branch` is missing where it stands for several."""

    source: str
    target: str
    branch: Branch | None = None
    back: bool = False

    @property
    def label(self) -> Label:
        """What is written on it."""
        return self.branch.label if self.branch else {}


@dataclass(frozen=True, slots=True)
class Page:
    """What one drawing shows; `about` is the step it is named after."""

    id: str
    about: Step | None
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = field(default=())

    @property
    def size(self) -> int:
        """How many boxes it has, diamonds not counted."""
        return sum(box.step is None or box.step.kind not in SMALL for box in self.boxes)


def pages(flowchart: Flowchart) -> tuple[Page, ...]:
    """Every page, the main one first."""
    track = track_of(flowchart)
    found = [_main(flowchart, track)]
    if track.pathways:
        found.append(_loop(flowchart, track))
        found += [_pathway(flowchart, track, flowchart.steps[step]) for step in track.pathways.values()]
    found += [_event(flowchart, track, step) for step in flowchart.starts if step.event]
    return tuple(found)


def page_of(flowchart: Flowchart, page: str) -> Page:
    """The page of this id; KeyError when there is none."""
    track = track_of(flowchart)
    if page == MAIN:
        return _main(flowchart, track)
    if page == LOOP and track.pathways:
        return _loop(flowchart, track)
    step = flowchart.steps[page]
    if page in track.pathways.values():
        return _pathway(flowchart, track, step)
    if step.kind is StepKind.START and step.event:
        return _event(flowchart, track, step)
    raise KeyError(page)


def home_of(flowchart: Flowchart, step: str) -> str:
    """The page that shows this step as its own."""
    track = track_of(flowchart)
    if step in track.pathways.values():
        return step
    if step in track.zone:
        return LOOP
    if not track.nodes[step].aside:
        return MAIN
    starts = [one.id for one in flowchart.starts if one.event]
    return next((one for one in starts if step == one or step in nx.descendants(flowchart.graph(), one)), MAIN)


def _main(flowchart: Flowchart, track: Track) -> Page:
    own = [step for step in flowchart.steps.values() if step.id not in track.zone and not track.nodes[step.id].aside]
    boxes = [Box(step.id, step.lane, step) for step in own]
    if track.pathways:
        at = next((i for i, box in enumerate(boxes) if box.step and box.step.kind is StepKind.JOIN_OR), len(boxes))
        boxes.insert(at, _all_needs(flowchart, track, elsewhere=LOOP))
    arrows: list[Arrow] = []
    for branch in flowchart.branches:
        source, target = (NEEDS if end in track.zone else end for end in (branch.source, branch.target))
        if source == target or track.nodes[branch.source].aside or track.nodes[branch.target].aside:
            continue
        merged = NEEDS in (source, target)
        arrow = Arrow(source, target, None if merged else branch)
        if not merged or arrow not in arrows:
            arrows.append(arrow)
    return Page(MAIN, None, tuple(boxes), _with_back(flowchart, boxes, arrows))


def _all_needs(flowchart: Flowchart, track: Track, *, elsewhere: str | None) -> Box:
    lanes = [flowchart.steps[step].lane for step in track.pathways.values()]
    return Box(NEEDS, max(lanes, key=lanes.count), elsewhere=elsewhere)


def _loop(flowchart: Flowchart, track: Track) -> Page:
    """The steps that every need walks; what only one of them adds is on that need's page."""
    shared = set(track.zone)
    for step in track.pathways.values():
        shared &= _walked(flowchart, track, step)
    entered = [b for b in flowchart.branches if b.target in shared and b.source in track.zone - shared]
    entry = _all_needs(flowchart, track, elsewhere=MAIN)
    arrows = [Arrow(NEEDS, target) for target in dict.fromkeys(b.target for b in entered)]
    return _part(flowchart, Page(LOOP, None, (entry,), tuple(arrows)), shared)


def _pathway(flowchart: Flowchart, track: Track, step: Step) -> Page:
    return _part(flowchart, Page(step.id, step), {step.id, *_walked(flowchart, track, step.id)})


def _walked(flowchart: Flowchart, track: Track, pathway: str) -> set[str]:
    """The steps between one pathway and the join."""
    found: set[str] = nx.descendants(flowchart.graph().subgraph(track.zone), pathway)
    return found


def _event(flowchart: Flowchart, track: Track, step: Step) -> Page:
    own = {one for one in nx.descendants(flowchart.graph(), step.id) if track.nodes[one].aside}
    return _part(flowchart, Page(step.id, step), {step.id, *own})


def _part(flowchart: Flowchart, page: Page, steps: set[str]) -> Page:
    """A page of these steps; where they lead elsewhere, the first step there is shown as a reference."""
    boxes, arrows = list(page.boxes), list(page.arrows)
    boxes += [Box(step.id, step.lane, step) for step in flowchart.steps.values() if step.id in steps]
    for branch in flowchart.branches:
        if branch.source not in steps or branch.target not in flowchart.steps:
            continue
        if branch.target not in steps and all(box.id != branch.target for box in boxes):
            there = flowchart.steps[branch.target]
            boxes.append(Box(there.id, there.lane, there, elsewhere=home_of(flowchart, there.id)))
        arrows.append(Arrow(branch.source, branch.target, branch))
    return replace(page, boxes=tuple(boxes), arrows=_with_back(flowchart, boxes, arrows))


def _with_back(flowchart: Flowchart, boxes: Iterable[Box], arrows: Iterable[Arrow]) -> tuple[Arrow, ...]:
    """Mark the arrows that lead back, also where an unsound flowchart turns in a circle without saying so."""
    forward = {(source, target) for source, target, _ in onward(flowchart).edges}
    graph = nx.DiGraph()
    graph.add_nodes_from(box.id for box in boxes)
    found = []
    for arrow in arrows:
        loop = arrow.branch is not None and arrow.branch.is_loop and (arrow.source, arrow.target) not in forward
        back = loop or arrow.source == arrow.target or nx.has_path(graph, arrow.target, arrow.source)
        if not back:
            graph.add_edge(arrow.source, arrow.target)
        found.append(replace(arrow, back=back))
    return tuple(found)
