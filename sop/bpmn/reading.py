"""A BPMN file -> `Drawing`: every well-formed one is kept; what is strange in it becomes a finding, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

from sop import xml_gate
from sop.bpmn.drawing import Drawing, Exchange, Flow, Lane, Node, Pool
from sop.bpmn.names import BPMN, BPMNDI, DC, DI, GUARD, NODES, NRM, SUB_PROCESSES, clean, one_line
from sop.findings import Finding, Severity
from sop.layout import Frame
from sop.scene import Point
from sop.vocabulary import N_, Message
from sop.xml_gate import Element, Unimportable, unimportable

__all__ = ["MAX_PARTS", "Unimportable", "read"]

MAX_PARTS: Final = 2_000
"""Flow nodes and sequence flows together."""

MAX_ID: Final = 200
FAR: Final = 100_000.0
"""No picture is larger; a coordinate beyond it is not one."""


def read(data: bytes) -> Drawing:
    """The drawing in a file; raises `Unimportable` when it is not XML, not BPMN, or too large.

    >>> from sop.bpmn.names import BPMN
    >>> text = f'<definitions xmlns="{BPMN}"><process><task id="a" name="Ask"/></process></definitions>'
    >>> read(text.encode()).nodes["a"].name
    'Ask'
    """
    root = xml_gate.read(data)
    if root.namespace != BPMN or root.name != "definitions":
        raise _not_bpmn(root)
    return _Reader(root).drawing()


def _not_bpmn(root: Element) -> Unimportable:
    if "/DMN/" in root.namespace.upper():
        text = N_("this file holds decision tables (DMN), not a flowchart: only BPMN files can be imported here")
        return unimportable("DMN", text)
    text = N_("this XML file holds no BPMN definitions; it begins with “%(name)s”")
    return unimportable("NOT_BPMN", text, root.line, name=clean(root.name, 60))


@dataclass(slots=True)
class _Place:
    """Where the reader is: the process, and the sub-process inside it."""

    process: str
    inside: str | None = None


@dataclass
class _Reader:
    """Collects the parts of one file."""

    root: Element
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    lane_of: dict[str, str] = field(default_factory=dict)
    clashes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    content: Element | None = None

    def drawing(self) -> Drawing:
        for number, process in enumerate(self.processes(), 1):
            self.process(process, _id(process) or f"process-{number}")
        pools, exchanges = self.collaboration()
        frames, paths = self.pictures()
        return Drawing(
            id=_id(self.root) or "",
            name=_name(self.root) or next((pool.name for pool in pools.values() if pool.process and pool.name), ""),
            nodes={name: self._in_lane(node) for name, node in self.nodes.items()},
            flows=tuple(self.flows.values()),
            lanes=self.lanes,
            pools=pools,
            exchanges=exchanges,
            frames=frames,
            paths=paths,
            clashes=tuple(dict.fromkeys(self.clashes)),
            findings=tuple(self.findings),
            content=self.content,
        )

    def processes(self) -> Iterator[Element]:
        names = ("process", "choreography", "globalChoreographyTask")
        return (child for child in self.root.children if child.namespace == BPMN and child.name in names)

    def process(self, process: Element, name: str) -> None:
        self.content = self.content or _ours(process, "procedure")
        waiting = [(process, _Place(name))]
        while waiting:
            holder, place = waiting.pop()
            for child in holder.children:
                if child.namespace != BPMN:
                    continue
                if child.name == "laneSet":
                    self.lane_set(child, name)
                elif child.name == "sequenceFlow":
                    self.flow(child)
                elif child.name in NODES:
                    key = self.node(child, place)
                    if child.name in SUB_PROCESSES or child.name == "subChoreography":
                        waiting.append((child, _Place(name, key)))

    def node(self, element: Element, place: _Place) -> str:
        key = self.key(_id(element), "node")
        events = tuple(_events(element))
        link = element.first("linkEventDefinition")
        self.nodes[key] = Node(
            id=key,
            type=element.name,
            name=_name(element),
            process=place.process,
            inside=place.inside,
            attached=_reference(element.get("attachedToRef")) if element.name == "boundaryEvent" else None,
            events=events,
            link=(one_line(clean(link.get("name") or "")) or _name(element)) if link is not None else None,
            timer=_timer(element),
            default=_reference(element.get("default")),
            any_time=element.get("triggeredByEvent") == "true",
            ours=_ours(element, "step", "merge"),
        )
        if element.name == "scriptTask" or any(one.name == "script" for one in element.children):
            text = N_("%(step)s holds a script: it is text here and is never run")
            self.find("SCRIPT", key, text, step=_called(self.nodes[key]))
        return key

    def flow(self, element: Element) -> None:
        key = self.key(_id(element), "flow")
        condition = element.first("conditionExpression")
        words = condition.text.strip() if condition is not None else ""
        language = (condition.get("language") or "") if condition is not None else ""
        self.flows[key] = Flow(
            id=key,
            source=_reference(element.get("sourceRef")) or "",
            target=_reference(element.get("targetRef")) or "",
            name=_name(element),
            condition=words,
            language=language,
            ours=_ours(element, "branch"),
        )
        if words and language != GUARD:
            text = N_("the condition of %(step)s is written in another language: it is text here and is never run")
            self.find("CONDITION", key, text, step=key)

    def key(self, name: str | None, kind: str) -> str:
        """An id that nothing else has; a second claim is remembered."""
        if len(self.nodes) + len(self.flows) >= MAX_PARTS:
            text = N_("the drawing has more than %(limit)d steps and arrows")
            raise unimportable("TOO_MANY", text, limit=MAX_PARTS)
        if name and name not in self.nodes and name not in self.flows:
            return name
        if name:
            self.clashes.append(name)
            self.find("DUPLICATE_ID", name, N_("several elements have the id “%(step)s”"), step=name)
        number = len(self.nodes) + len(self.flows)
        start = name or kind
        while (made := f"{start}-{number}") in self.nodes or made in self.flows:
            number += 1
        return made

    def lane_set(self, lane_set: Element, process: str) -> None:
        """Lanes within lanes: a node belongs to the innermost, and only lanes without others inside are kept."""
        waiting = list(reversed(list(lane_set.all("lane"))))
        while waiting:
            lane = waiting.pop()
            key = _id(lane) or f"lane-{len(self.lanes) + 1}"
            inner = [one for child in lane.all("childLaneSet") for one in child.all("lane")]
            if not inner:
                self.lanes.setdefault(key, Lane(key, _name(lane), process, _ours(lane, "lane")))
            for reference in lane.all("flowNodeRef"):
                if not inner or reference.text.strip() not in self.lane_of:
                    self.lane_of[_reference(reference.text) or ""] = key
            waiting += reversed(inner)

    def _in_lane(self, node: Node) -> Node:
        """With its lane: its own, or that of what holds it."""
        at: str | None = node.id
        seen: set[str] = set()
        while at is not None and at not in seen:
            seen.add(at)
            if self.lane_of.get(at) in self.lanes:
                return replace(node, lane=self.lane_of[at])
            holder = self.nodes.get(at)
            at = (holder.inside or holder.attached) if holder else None
        return node

    def collaboration(self) -> tuple[dict[str, Pool], tuple[Exchange, ...]]:
        pools: dict[str, Pool] = {}
        exchanges: list[Exchange] = []
        for collaboration in self.root.all("collaboration"):
            for one in collaboration.all("participant"):
                key = _id(one) or f"pool-{len(pools) + 1}"
                pools.setdefault(key, Pool(key, _name(one), _reference(one.get("processRef"))))
            for one in collaboration.all("messageFlow"):
                ends = [_reference(one.get(end)) or "" for end in ("sourceRef", "targetRef")]
                exchanges.append(Exchange(_id(one) or f"message-{len(exchanges) + 1}", ends[0], ends[1], _name(one)))
        return pools, tuple(exchanges)

    def pictures(self) -> tuple[dict[str, Frame], dict[str, tuple[Point, ...]]]:
        """Every diagram of the file, one below the other."""
        frames: dict[str, Frame] = {}
        paths: dict[str, tuple[Point, ...]] = {}
        down = 0.0
        for diagram in self.root.all("BPMNDiagram", BPMNDI):
            here = {key: frame for key, frame in _shapes(diagram) if key not in frames}
            lines = {key: path for key, path in _edges(diagram) if key not in paths}
            if not here:
                continue
            top = min(frame.y for frame in here.values())
            move = down - top if frames else 0.0
            frames |= {key: replace(frame, y=frame.y + move) for key, frame in here.items()}
            paths |= {key: tuple((x, y + move) for x, y in path) for key, path in lines.items()}
            down = max(frame.y + frame.height for frame in frames.values()) + 60
        return frames, paths

    def find(self, code: str, where: str, text: str, **values: object) -> None:
        self.findings.append(Finding(Severity.WARNING, code, where, Message(code, text, values)))


def _called(node: Node) -> str:
    return f"{node.id} ({node.name})" if node.name else node.id


def _id(element: Element) -> str | None:
    return _reference(element.get("id"))


def _reference(text: str | None) -> str | None:
    """An id, or what another element is named by; a prefix of a qualified name is dropped."""
    name = clean((text or "").strip(), MAX_ID)
    return name.rpartition(":")[2] or None


def _name(element: Element) -> str:
    return one_line(clean(element.get("name") or ""))


def _ours(element: Element, *names: str) -> Element | None:
    """Our own extension element."""
    for holder in element.all("extensionElements", BPMN):
        for child in holder.children:
            if child.namespace == NRM and child.name in names:
                return child
    return None


def _events(element: Element) -> Iterator[str]:
    for child in element.children:
        if child.namespace == BPMN and child.name.endswith("EventDefinition"):
            yield child.name.removesuffix("EventDefinition")


def _timer(element: Element) -> str | None:
    timer = element.first("timerEventDefinition")
    if timer is None:
        return None
    return next((clean(one.text.strip(), 60) for one in timer.children if one.name.startswith("time")), "")


def _shapes(diagram: Element) -> Iterator[tuple[str, Frame]]:
    for shape in diagram.walk():
        if shape.name != "BPMNShape" or shape.namespace != BPMNDI:
            continue
        bounds = shape.first("Bounds", DC)
        sizes = [_length(bounds.get(one)) for one in ("x", "y", "width", "height")] if bounds else []
        known = [one for one in sizes if one is not None]
        key = _reference(shape.get("bpmnElement"))
        if key and len(known) == 4 and known[2] > 0 and known[3] > 0:
            yield key, Frame(*known)


def _edges(diagram: Element) -> Iterator[tuple[str, tuple[Point, ...]]]:
    for edge in diagram.walk():
        if edge.name != "BPMNEdge" or edge.namespace != BPMNDI:
            continue
        points = [(_length(one.get("x")), _length(one.get("y"))) for one in edge.all("waypoint", DI)]
        known = tuple((x, y) for x, y in points if x is not None and y is not None)
        key = _reference(edge.get("bpmnElement"))
        if key and len(known) >= 2:
            yield key, known


def _length(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and abs(number) <= FAR else None
