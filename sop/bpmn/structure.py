"""What a drawing says as a graph: several files joined, link events followed, collecting gateways passed through.

Sub-processes count as one step here; what is inside them stays in the drawing. Flows from a border event leave the
activity it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sop.bpmn.drawing import Drawing, Flow, Node
from sop.bpmn.geometry import span
from sop.findings import Finding, Severity
from sop.vocabulary import N_, Message


@dataclass(frozen=True, slots=True)
class Arrow:
    """A flow between two steps after links were followed; `border` is the event it leaves from, if any."""

    flow: Flow
    source: str
    target: str
    border: Node | None = None


@dataclass(frozen=True)
class Structure:
    """The graph of a drawing. `dangling` are flows that lead from or to nothing; `is_sound`: nothing is ambiguous."""

    nodes: Mapping[str, Node]
    arrows: tuple[Arrow, ...]
    dangling: tuple[Flow, ...]
    findings: tuple[Finding, ...]
    is_sound: bool

    def outgoing(self, node: str) -> tuple[Arrow, ...]:
        """Arrows that leave a node."""
        return tuple(arrow for arrow in self.arrows if arrow.source == node)

    def incoming(self, node: str) -> tuple[Arrow, ...]:
        """Arrows that enter a node."""
        return tuple(arrow for arrow in self.arrows if arrow.target == node)

    @property
    def starts(self) -> tuple[str, ...]:
        """Where a way begins: start events, and nodes to which nothing leads."""
        entered = {arrow.target for arrow in self.arrows}
        return tuple(key for key, node in self.nodes.items() if node.type == "startEvent" or key not in entered)


def structure_of(drawing: Drawing) -> Structure:
    """The graph of a drawing."""
    return _Joiner(drawing).structure()


@dataclass
class _Joiner:
    """Follows what only passes on: link events by their name, and gateways that only collect."""

    drawing: Drawing
    findings: list[Finding] = field(default_factory=list)
    circles: int = 0

    def structure(self) -> Structure:
        drawing = self.drawing
        self.outer = {key: node for key, node in drawing.nodes.items() if node.inside is None}
        inner = drawing.nodes.keys() - self.outer.keys()
        flows = [one for one in drawing.flows if not (one.source in inner and one.target in inner)]
        whole = [one for one in flows if one.source in self.outer and one.target in self.outer]
        dangling = tuple(one for one in flows if one.source not in self.outer or one.target not in self.outer)
        for one in dangling:
            self.find("DANGLING", one.id, N_("the arrow %(step)s has no beginning or no end"), step=one.id)
        self.out: dict[str, list[Flow]] = {}
        for one in whole:
            self.out.setdefault(one.source, []).append(one)
        self.passes = {**self.collectors(), **self.links()}
        self.hosts = dict(self.borders())
        self.circle()
        arrows = tuple(self.arrows(whole))
        gone = self.passes.keys() | self.hosts.keys()
        nodes = {key: node for key, node in self.outer.items() if key not in gone}
        if not nodes:
            self.find("NO_STEPS", "", N_("the file holds no step: there is nothing to bring into an order"))
        if inner:
            text = N_("what is inside the sub-processes (%(count)d steps) stays there: each counts as one step")
            self.find("INSIDE", "", text, Severity.INFORMATION, count=len(inner))
        return Structure(
            nodes=nodes,
            arrows=arrows,
            dangling=dangling,
            findings=tuple(self.findings),
            is_sound=bool(nodes) and not drawing.clashes and not self.circles,
        )

    def collectors(self) -> dict[str, Flow]:
        """Gateways that our own export put before a decision."""
        found = {}
        for key, node in self.outer.items():
            ways = self.out.get(key, ())
            if node.ours is not None and node.ours.name == "merge" and len(ways) == 1:
                found[key] = ways[0]
        return found

    def links(self) -> dict[str, Flow]:
        """Link events that lead to another one with the same name and a single way on."""
        catches: dict[str, list[str]] = {}
        for key, node in self.outer.items():
            if node.catches and node.link:
                catches.setdefault(node.link, []).append(key)
        found, used = {}, set()
        for key, node in self.outer.items():
            if not node.throws:
                continue
            there = catches.get(node.link or "", [])
            if len(there) != 1 or len(self.out.get(there[0], ())) != 1 or self.out.get(key):
                code, text = "LINK_OPEN", N_("the link “%(name)s” leads to no event of that name, or to several")
                self.find(code, key, text, name=node.link or key)
                continue
            used.add(there[0])
            found[key] = found[there[0]] = self.out[there[0]][0]
        for name, there in catches.items():
            for key in there:
                if key not in used:
                    text = N_("nothing leads to the link “%(name)s”: a way begins there")
                    self.find("LINK_OPEN", key, text, name=name)
        return found

    def borders(self) -> Iterator[tuple[str, str]]:
        """Events on the border of an activity, and that activity."""
        for key, node in self.outer.items():
            host = self.outer.get(node.attached or "")
            if host is not None and host.attached is None and host.id not in self.passes:
                yield key, host.id

    def arrows(self, flows: Sequence[Flow]) -> Iterator[Arrow]:
        absorbed = {flow.id for flow in self.passes.values()}
        for flow in flows:
            if flow.id in absorbed:
                continue
            target = self.follow(flow)
            source = self.hosts.get(flow.source, flow.source)
            if target is not None:
                yield Arrow(flow, source, target, self.outer[flow.source] if source != flow.source else None)

    def follow(self, flow: Flow) -> str | None:
        """Where a flow leads in the end; None when it turns in a circle of links."""
        at, seen = flow.target, set()
        while at in self.passes:
            if at in seen:
                return None
            seen.add(at)
            at = self.passes[at].target
        return self.hosts.get(at, at)

    def circle(self) -> None:
        """Say which links lead to each other, once a circle."""
        known: set[str] = set()
        for key in self.passes:
            way: list[str] = []
            at = key
            while at in self.passes and at not in known:
                known.add(at)
                way.append(at)
                at = self.passes[at].target
            if at in way:
                self.circles += 1
                text = N_("these links lead to each other in a circle: %(way)s")
                self.find("LINK_CIRCLE", at, text, way=" → ".join([*way[way.index(at) :], at]))

    def find(self, code: str, where: str, text: str, severity: Severity = Severity.WARNING, **values: object) -> None:
        self.findings.append(Finding(severity, code, where, Message(code, text, values)))


def joined(drawings: Sequence[Drawing]) -> Drawing:
    """Several files as one drawing, one below the other; ids that another file has too get a number."""
    whole = drawings[0]
    for number, one in enumerate(drawings[1:], 2):
        whole = _beside(whole, _renamed(one, _taken(whole), number))
    return whole


def _taken(drawing: Drawing) -> set[str]:
    flows = {flow.id for flow in drawing.flows}
    exchanges = {one.id for one in drawing.exchanges}
    processes = {node.process for node in drawing.nodes.values()}
    return {*drawing.nodes, *flows, *exchanges, *drawing.lanes, *drawing.pools, *processes, *drawing.frames}


def _names(own: set[str], taken: set[str], number: int) -> dict[str, str]:
    names = {name: f"{name}-{number}" if name in taken else name for name in own}
    while len(set(names.values())) < len(names) or (set(names.values()) & taken):  # a name that ends like ours
        number += 1
        names = {name: f"{name}-{number}" if name in taken else name for name in own}
    return names


def _renamed(drawing: Drawing, taken: set[str], number: int) -> Drawing:
    names = _names(_taken(drawing), taken, number)

    def other(name: str | None) -> str | None:
        return names.get(name, name) if name is not None else None

    def end(name: str) -> str:
        return names.get(name, name)

    nodes = [
        replace(
            node,
            id=names[node.id],
            process=names[node.process],
            lane=other(node.lane),
            inside=other(node.inside),
            attached=other(node.attached),
            default=other(node.default),
        )
        for node in drawing.nodes.values()
    ]
    flows = [replace(one, id=end(one.id), source=end(one.source), target=end(one.target)) for one in drawing.flows]
    exchanges = [
        replace(one, id=end(one.id), source=end(one.source), target=end(one.target)) for one in drawing.exchanges
    ]
    lanes = [replace(one, id=names[one.id], process=end(one.process)) for one in drawing.lanes.values()]
    pools = [replace(one, id=names[one.id], process=other(one.process)) for one in drawing.pools.values()]
    return replace(
        drawing,
        nodes={one.id: one for one in nodes},
        flows=tuple(flows),
        lanes={one.id: one for one in lanes},
        pools={one.id: one for one in pools},
        exchanges=tuple(exchanges),
        frames={names[key]: frame for key, frame in drawing.frames.items()},
        paths={names.get(key, key): path for key, path in drawing.paths.items()},
    )


def _beside(upper: Drawing, lower: Drawing) -> Drawing:
    move = 0.0
    if upper.frames and lower.frames:
        above = span(upper.frames)
        move = above.y + above.height + 60 - span(lower.frames).y
    frames = {key: replace(frame, y=frame.y + move) for key, frame in lower.frames.items()}
    paths = {key: tuple((x, y + move) for x, y in path) for key, path in lower.paths.items()}
    return replace(
        upper,
        nodes={**upper.nodes, **lower.nodes},
        flows=(*upper.flows, *lower.flows),
        lanes={**upper.lanes, **lower.lanes},
        pools={**upper.pools, **lower.pools},
        exchanges=(*upper.exchanges, *lower.exchanges),
        frames={**upper.frames, **frames},
        paths={**upper.paths, **paths},
        clashes=(*upper.clashes, *lower.clashes),
        findings=(*upper.findings, *lower.findings),
        content=upper.content or lower.content,
    )
