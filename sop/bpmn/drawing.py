"""A BPMN file as a neutral drawing: what stands where and what is joined to what, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.bpmn.names import GATEWAYS, SUB_PROCESSES
from sop.findings import Finding
from sop.layout import Frame
from sop.scene import Point
from sop.xml_gate import Element


@dataclass(frozen=True, slots=True)
class Node:
    """An event, gateway, task, sub-process or call activity; `type` is its BPMN element.

    events: its event definitions (`timer`, `message`, `link` …); link: the name that link events share; timer: a
    duration or date as written; inside: the sub-process that holds it; attached: the activity whose border it stands
    on; default: the flow taken when no other is; ours: our own extension element.
    """

    id: str
    type: str
    name: str
    process: str
    lane: str | None = None
    inside: str | None = None
    attached: str | None = None
    events: tuple[str, ...] = ()
    link: str | None = None
    timer: str | None = None
    default: str | None = None
    any_time: bool = False
    ours: Element | None = None

    @property
    def is_gateway(self) -> bool:
        """Whether it only directs."""
        return self.type in GATEWAYS

    @property
    def is_sub_process(self) -> bool:
        """Whether it holds other nodes."""
        return self.type in SUB_PROCESSES

    @property
    def throws(self) -> bool:
        """Whether it is a link event that leads elsewhere."""
        return self.link is not None and self.type == "intermediateThrowEvent"

    @property
    def catches(self) -> bool:
        """Whether it is a link event that is led to."""
        return self.link is not None and self.type == "intermediateCatchEvent"


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; source or target is empty where the file names none. `condition` is text and never run."""

    id: str
    source: str
    target: str
    name: str
    condition: str = ""
    language: str = ""
    ours: Element | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of a process."""

    id: str
    name: str
    process: str
    ours: Element | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A participant; without a process it is a closed box."""

    id: str
    name: str
    process: str | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message flow between two nodes or pools."""

    id: str
    source: str
    target: str
    name: str


@dataclass(frozen=True)
class Drawing:
    """One file, or several that were joined.

    frames and paths: bounds by element and way points by flow, as drawn (none where the file has no picture); clashes:
    ids that several elements claim; content: our own extension element of the process, in files that we wrote.
    """

    id: str
    name: str
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    frames: Mapping[str, Frame] = field(default_factory=dict)
    paths: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    clashes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    content: Element | None = None
