"""A flowchart as one BPMN 2.0 document with its picture; the same flowchart gives the same bytes.

What BPMN has no word for stands in `extensionElements` under one namespace (`names.NRM`), so that a file that went
through a standard modeller gives back the same flowchart, and `position` keeps the author's order. Other modellers
see ordinary BPMN: a gateway is never entered and left by several arrows at once (a small gateway collects them first),
what may happen at any time starts with a signal, and each share sends a message to the pool of those who receive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sop.bpmn.extension import Tag, pack
from sop.bpmn.geometry import EVENT, GATEWAY, TASK, TITLE, Shape, across
from sop.bpmn.names import (
    ALWAYS,
    BPMN,
    BPMNDI,
    DC,
    DI,
    ELEMENTS,
    EVENTS,
    GATEWAYS,
    GUARD,
    NRM,
    OTHERWISE,
    PREFIX,
    WITH_DEFAULT,
    XSI,
    one_line,
    shown,
    xml_id,
)
from sop.flowchart import Branch, Flowchart, Step, StepKind
from sop.layout import Frame, Layout
from sop.scene import Point
from sop.yaml_text import plain

RECEIVERS: Final[Mapping[str, str]] = {"fr": "Destinataires", "en": "Receivers"}
GAP: Final = 70.0
POOL: Final = (300.0, 70.0)


def dump(flowchart: Flowchart, lang: str = "fr") -> bytes:
    """The document in UTF-8; `lang` is the language of what is written on the shapes (the others travel with it)."""
    if lang not in flowchart.languages and flowchart.languages:
        lang = flowchart.languages[0]
    lines = _Writer(flowchart, lang).document().lines()
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n").encode()


@dataclass(slots=True)
class _Arrow:
    """A sequence flow: of a branch, or from a collecting gateway to its step (no branch)."""

    id: str
    source: str
    target: str
    branch: Branch | None = None
    position: int = 0


@dataclass
class _Writer:
    """Writes one flowchart in one language."""

    flowchart: Flowchart
    lang: str
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.content = plain(self.flowchart)
        self.ids = {step: xml_id(step) for step in self.flowchart.steps}
        self.taken |= set(self.ids.values())
        self.process_id, self.pool_id = self.unique("Process_1"), self.unique("Participant_1")
        self.lane_ids = {lane: self.unique(xml_id(f"Lane_{lane}")) for lane in self.flowchart.lanes}
        self.collecting = {step.id: self.unique(f"{self.ids[step.id]}_in") for step in self._crossings()}
        self.arrows = list(self._arrows())
        self.receivers, self.messages = self._messages()
        self.layout = self._layout()

    def unique(self, name: str) -> str:
        """A name that nothing in the document has yet."""
        found, number = name, 2
        while found in self.taken:
            found, number = f"{name}_{number}", number + 1
        self.taken.add(found)
        return found

    def _crossings(self) -> Iterator[Step]:
        for step in self.flowchart.steps.values():
            known = [
                [branch for branch in branches if branch.source in self.ids and branch.target in self.ids]
                for branches in (self.flowchart.incoming(step.id), self.flowchart.outgoing(step.id))
            ]
            if ELEMENTS[step.kind] in GATEWAYS and min(map(len, known)) > 1:
                yield step

    def _arrows(self) -> Iterator[_Arrow]:
        for position, branch in enumerate(self.flowchart.branches):
            if branch.source in self.ids and branch.target in self.ids:
                source, target = self.ids[branch.source], self.ids[branch.target]
                name = self.unique(f"Flow_{source}_{target}")
                yield _Arrow(name, source, self.collecting.get(branch.target, target), branch, position)
        for step, gateway in self.collecting.items():
            yield _Arrow(self.unique(f"Flow_{gateway}"), gateway, self.ids[step])

    def _messages(self) -> tuple[dict[str, str], list[tuple[str, Step, str]]]:
        """Closed pools by name, and (id, share, pool) of each message."""
        pools: dict[str, str] = {}
        messages = []
        for step in self.flowchart.of_kind(StepKind.SHARE):
            name = shown(step.actors, self.lang, RECEIVERS.get(self.lang, "Receivers"))
            if name not in pools:
                pools[name] = self.unique(f"Participant_{len(pools) + 2}")
            messages.append((self.unique(f"Message_{self.ids[step.id]}"), step, pools[name]))
        return pools, messages

    def _layout(self) -> Layout:
        shapes: list[Shape] = []
        for step in self.flowchart.steps.values():
            kind = ELEMENTS[step.kind]
            size = EVENT if kind in EVENTS else GATEWAY if kind in GATEWAYS else TASK
            if step.id in self.collecting:
                shapes.append(Shape(self.collecting[step.id], step.lane, GATEWAY, pointed=True))
            shapes.append(Shape(self.ids[step.id], step.lane, size, pointed=kind in GATEWAYS))
        return across(shapes, [(one.source, one.target) for one in self.arrows], tuple(self.flowchart.lanes))

    # --- the document ------------------------------------------------------------------------------------------------

    def document(self) -> Tag:
        spaces = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI, PREFIX: NRM}
        attributes = {f"xmlns:{prefix}": uri for prefix, uri in spaces.items()}
        attributes |= {"id": self.unique("Definitions_1"), "targetNamespace": "urn:nrm:procedures"}
        collaboration = self.unique("Collaboration_1")
        return Tag(
            "bpmn:definitions",
            attributes,
            [self.collaboration(collaboration), self.process(), self.diagram(collaboration)],
        )

    def collaboration(self, name: str) -> Tag:
        title = one_line(shown(self.flowchart.title, self.lang, self.flowchart.id))
        parts = [Tag("bpmn:participant", {"id": self.pool_id, "name": title, "processRef": self.process_id})]
        parts += (Tag("bpmn:participant", {"id": pool, "name": one_line(who)}) for who, pool in self.receivers.items())
        for key, step, pool in self.messages:
            named = {"name": ", ".join(step.shares)} if step.shares else {}
            ends = {"sourceRef": self.ids[step.id], "targetRef": pool}
            parts.append(Tag("bpmn:messageFlow", {"id": key, **named, **ends}))
        return Tag("bpmn:collaboration", {"id": name}, parts)

    def process(self) -> Tag:
        children = [_extended(self.procedure()), self.lane_set()]
        incoming: dict[str, list[str]] = {}
        outgoing: dict[str, list[str]] = {}
        for arrow in self.arrows:
            incoming.setdefault(arrow.target, []).append(arrow.id)
            outgoing.setdefault(arrow.source, []).append(arrow.id)
        for position, (step, values) in enumerate(
            zip(self.flowchart.steps.values(), self.content["nodes"], strict=True)
        ):
            nodes = [self.step(step, values, position)]
            if step.id in self.collecting:
                nodes.insert(0, self.collector(step))
            for node in nodes:
                name = node.attributes["id"]
                ends = [Tag("bpmn:incoming", text=flow) for flow in incoming.get(name, ())]
                ends += (Tag("bpmn:outgoing", text=flow) for flow in outgoing.get(name, ()))
                node.children[1:1] = ends
            children += nodes
        children += (self.arrow(arrow) for arrow in self.arrows)
        return Tag("bpmn:process", {"id": self.process_id, "isExecutable": "false"}, children)

    def procedure(self) -> Tag:
        """Everything that belongs to no single shape."""
        values = {**self.content["sop"], "names": self.lang}
        if "loop_default_then" in self.content:
            values["loop_default_then"] = self.content["loop_default_then"]
        children = [pack("stage", {"id": key, "label": label}) for key, label in self.content.get("stages", {}).items()]
        children += (pack("field", _field(key, known)) for key, known in self.content["fields"].items())
        children += (pack("limit", one) for one in self.content.get("constraints", ()))
        children += (pack("forbidden", one) for one in self.content.get("forbidden", ()))
        children += (pack("conflict", one) for one in self.content.get("conflicts", ()))
        drawn = {arrow.position for arrow in self.arrows if arrow.branch}
        for position, one in enumerate(self.content.get("edges", ())):
            if position not in drawn:  # it leads to a step that is not there
                children.append(self.branch(one, position, keep=("from", "to", "guard")))
        return pack("procedure", values, children)

    def lane_set(self) -> Tag:
        lanes = []
        labels = self.content.get("lanes", {})
        for position, (lane, key) in enumerate(self.lane_ids.items()):
            label = labels.get(lane, {})
            ours = pack("lane", {"position": position, "id": lane, "label": label})
            inside: list[str] = []
            for step in self.flowchart.steps.values():
                if step.lane == lane:
                    inside += [self.collecting[step.id]] if step.id in self.collecting else []
                    inside.append(self.ids[step.id])
            references = [Tag("bpmn:flowNodeRef", text=name) for name in inside]
            name = one_line(shown(label, self.lang, lane))
            lanes.append(Tag("bpmn:lane", {"id": key, "name": name}, [_extended(ours), *references]))
        return Tag("bpmn:laneSet", {"id": self.unique("LaneSet_1")}, lanes)

    def step(self, step: Step, values: Mapping[str, Any], position: int) -> Tag:
        label = {code: values[code] for code in self.flowchart.languages if code in values}
        rest = {key: value for key, value in values.items() if key not in label}
        ours = pack("step", {"position": position, **rest, "label": label})
        attributes = {"id": self.ids[step.id], "name": one_line(shown(label, self.lang, step.id))}
        default = next((one.id for one in self._from(step) if one.branch and one.branch.is_default), None)
        if default and ELEMENTS[step.kind] in WITH_DEFAULT:
            attributes["default"] = default
        node = Tag(f"bpmn:{ELEMENTS[step.kind]}", attributes, [_extended(ours)])
        if step.kind is StepKind.START and step.event:
            node.children.append(Tag("bpmn:signalEventDefinition", {"id": self.unique(f"Signal_{self.ids[step.id]}")}))
        return node

    def collector(self, step: Step) -> Tag:
        kind = "inclusiveGateway" if step.kind is StepKind.JOIN_OR else "exclusiveGateway"
        return Tag(f"bpmn:{kind}", {"id": self.collecting[step.id]}, [_extended(pack("merge", {"of": step.id}))])

    def _from(self, step: Step) -> list[_Arrow]:
        return [arrow for arrow in self.arrows if arrow.source == self.ids[step.id]]

    def arrow(self, arrow: _Arrow) -> Tag:
        attributes = {"id": arrow.id, "sourceRef": arrow.source, "targetRef": arrow.target}
        branch = arrow.branch
        if branch is None:
            return Tag("bpmn:sequenceFlow", attributes)
        values = self.content["edges"][arrow.position]
        condition = "" if branch.is_default else branch.condition
        name = one_line(
            shown(branch.label, self.lang, OTHERWISE.get(self.lang, "else") if branch.is_default else condition)
        )
        siblings = self._from(self.flowchart.steps[branch.source])
        first = next((one for one in siblings if one.branch and one.branch.is_default), None)
        extra: dict[str, Any] = {}
        if branch.is_default and (first is not arrow or not self._holds_default(branch.source)):
            extra["default"] = True
        elif not condition and not branch.is_default and self._always(branch.source, siblings):
            extra["always"], condition = True, ALWAYS
            name = name or {"fr": "toujours", "en": "always"}.get(self.lang, ALWAYS)
        children = [_extended(self.branch(values, arrow.position, **extra))]
        if condition:
            how = {"xsi:type": "bpmn:tFormalExpression", "language": GUARD}
            children.append(Tag("bpmn:conditionExpression", how, text=condition))
        return Tag("bpmn:sequenceFlow", {**attributes, **({"name": name} if name else {})}, children)

    def _holds_default(self, step: str) -> bool:
        return ELEMENTS[self.flowchart.steps[step].kind] in WITH_DEFAULT

    def _always(self, step: str, siblings: Iterable[_Arrow]) -> bool:
        """Whether a way out of this split that is always open has neighbours with conditions."""
        split = self.flowchart.steps[step].kind is StepKind.SPLIT_OR
        return split and any(one.branch and one.branch.condition for one in siblings)

    def branch(self, values: Mapping[str, Any], position: int, keep: tuple[str, ...] = (), **extra: Any) -> Tag:
        label = {code: values[code] for code in self.flowchart.languages if code in values}
        kept = {key: values[key] for key in keep if key in values}
        loop = values.get("loop")
        inside = [pack("loop", loop if isinstance(loop, Mapping) else {})] if loop else []
        return pack("branch", {"position": position, **extra, **kept, "label": label}, inside)

    # --- the picture -------------------------------------------------------------------------------------------------

    def diagram(self, collaboration: str) -> Tag:
        plane = Tag("bpmndi:BPMNPlane", {"id": self.unique("Plane_1"), "bpmnElement": collaboration})
        width, height = self.layout.width + TITLE, self.layout.height
        plane.children.append(self.shape(self.pool_id, Frame(0, 0, width, height), lying=True))
        for lane, frame in self.layout.lanes.items():
            placed = Frame(frame.x + TITLE, frame.y, frame.width, frame.height)
            plane.children.append(self.shape(self.lane_ids[lane], placed, lying=True))
        boxes = {key: Frame(one.x + TITLE, one.y, one.width, one.height) for key, one in self.layout.boxes.items()}
        plane.children += (self.shape(key, frame) for key, frame in boxes.items())
        for arrow, path in zip(self.arrows, self.layout.paths, strict=True):
            plane.children.append(self.edge(arrow.id, [(x + TITLE, y) for x, y in path]))
        plane.children += self.post(boxes, height + GAP)
        return Tag("bpmndi:BPMNDiagram", {"id": self.unique("Diagram_1")}, [plane])

    def post(self, boxes: Mapping[str, Frame], top: float) -> Iterator[Tag]:
        """The closed pools in a row below, each under the shares it receives, and the messages down to them."""
        pools: dict[str, Frame] = {}
        free = 0.0
        for pool in sorted(self.receivers.values(), key=lambda one: (self.middle(one, boxes), one)):
            left = max(free, round(self.middle(pool, boxes) - POOL[0] / 2, 1))
            pools[pool], free = Frame(left, top, *POOL), left + POOL[0] + GAP
            yield self.shape(pool, pools[pool], lying=True)
        for key, step, pool in self.messages:
            box, below = boxes[self.ids[step.id]], pools[pool]
            start, end = (box.center[0], box.y + box.height), (below.center[0], below.y)
            middle = top - GAP / 2
            corners = [start, (start[0], middle), (end[0], middle), end]
            yield self.edge(key, corners if start[0] != end[0] else [start, end])

    def middle(self, pool: str, boxes: Mapping[str, Frame]) -> float:
        """Halfway between the shares that a pool receives."""
        places = [boxes[self.ids[step.id]].center[0] for _, step, into in self.messages if into == pool]
        return sum(places) / len(places)

    def shape(self, key: str, frame: Frame, *, lying: bool = False) -> Tag:
        sizes = {"x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height}
        bounds = Tag("dc:Bounds", {name: _number(size) for name, size in sizes.items()})
        attributes = {"id": self.unique(f"{key}_di"), "bpmnElement": key}
        if lying:
            attributes["isHorizontal"] = "true"
        return Tag("bpmndi:BPMNShape", attributes, [bounds])

    def edge(self, key: str, path: Iterable[Point]) -> Tag:
        points = [Tag("di:waypoint", {"x": _number(x), "y": _number(y)}) for x, y in path]
        return Tag("bpmndi:BPMNEdge", {"id": self.unique(f"{key}_di"), "bpmnElement": key}, points)


def _extended(ours: Tag) -> Tag:
    return Tag("bpmn:extensionElements", {}, [ours])


def _field(key: str, known: Any) -> dict[str, Any]:
    """`bool`, or one kind with its values or limits."""
    if isinstance(known, str):
        return {"id": key, "kind": known}
    kind, values = next(iter(known.items()))
    if kind == "int":
        return {"id": key, "kind": kind, "low": values[0], "high": values[1]}
    return {"id": key, "kind": kind, "value": values}


def _number(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
