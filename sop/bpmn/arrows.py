"""The arrows of a drawing as branches: conditions from labels, ways that part, ways back, and ends that are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sop.bpmn.extension import unpack
from sop.bpmn.geometry import backward
from sop.bpmn.names import ALWAYS, GUARD, NRM, OTHERWISE, relabelled, shown, slug
from sop.bpmn.structure import Arrow
from sop.bpmn.wizard import LEAVE_OUT, Topic
from sop.bpmn.words import ELSE, NO, YES, answer

if TYPE_CHECKING:
    from sop.bpmn.meaning import Builder

MAX_LOOP: Final = "3"
_RESERVED: Final = frozenset({"and", "or", "not", "in", "true", "false", "else"})
"""Words that cannot name a field or a value."""

Edge = dict[str, Any]


class Branches:
    """Builds the edges of one drawing; new fields and steps go into the builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder, self.structure, self.interview = builder, builder.structure, builder.interview
        self.lang = builder.lang
        self.implied: list[Edge] = []  # edges to steps that were added

    def all(self) -> list[Edge]:
        """Every edge, those of our own export in the author's order."""
        own: list[tuple[float, Edge]] = []
        added: list[tuple[Arrow, Edge]] = []
        groups: dict[str, list[Arrow]] = {}
        for arrow in self.structure.arrows:
            groups.setdefault(arrow.source, []).append(arrow)
        for source, group in groups.items():
            known = [arrow for arrow in group if arrow.flow.ours is not None]
            own += (self.own(arrow) for arrow in known)
            new = [arrow for arrow in group if arrow.flow.ours is None]
            added += self.added(source, new, beside=known)
        own += self.undrawn()
        edges = [edge for _, edge in sorted(own, key=lambda one: one[0])]
        self.loops(edges, added)
        edges += (edge for _, edge in added)
        edges += self.mended()
        return [*edges, *self.completed(edges)]

    # --- our own -----------------------------------------------------------------------------------------------------

    def own(self, arrow: Arrow) -> tuple[float, Edge]:
        """A branch of our export: its condition as it stands now, its label in the language that was shown."""
        flow = arrow.flow
        assert flow.ours is not None  # noqa: S101 - only called for these
        values = unpack(flow.ours)
        position, label = values.pop("position", float("inf")), values.pop("label", None) or {}
        is_default, condition = self.is_default(arrow, bool(values.pop("default", None))), flow.condition
        if values.pop("always", None) and condition in ("", ALWAYS):
            condition = ""
        other = OTHERWISE.get(self.lang, "else") if is_default else condition
        always = {"fr": "toujours", "en": "always"}.get(self.lang, ALWAYS)
        names = {shown(label, self.lang, other), *(() if label else (other, always, OTHERWISE.get(self.lang, "else")))}
        if flow.name not in names:
            label = relabelled(label, self.lang, flow.name, shown(label, self.lang, other))
        edge = {**label, **_said_besides(values), **self.ends(arrow), **_written(ELSE if is_default else condition)}
        loop = next(iter(flow.ours.all("loop", NRM)), None)
        if loop is not None:
            edge["loop"] = _loop(unpack(loop)) or True
        return (position if isinstance(position, int) else float("inf")), edge

    def is_default(self, arrow: Arrow, said: bool) -> bool:
        """The source names it; where its element cannot, our own mark does."""
        node = self.structure.nodes.get(arrow.source)
        if node is not None and node.default == arrow.flow.id:
            return True
        return said and not arrow.flow.condition

    def ends(self, arrow: Arrow) -> Edge:
        """From where to where, by steps."""
        return {"from": self.builder.ids[arrow.source], "to": self.builder.ids[arrow.target]}

    def undrawn(self) -> Iterator[tuple[float, Edge]]:
        """Branches to steps that are not there: our export keeps them beside the picture."""
        content = self.builder.drawing.content
        for one in content.all("branch", NRM) if content is not None else ():
            values = unpack(one)
            position, label = values.pop("position", float("inf")), values.pop("label", None) or {}
            loop = next(iter(one.all("loop", NRM)), None)
            inside = {"loop": _loop(unpack(loop)) or True} if loop is not None else {}
            yield (position if isinstance(position, int) else float("inf")), {**values, **inside, **label}

    # --- those of others ---------------------------------------------------------------------------------------------

    def added(self, source: str, new: Sequence[Arrow], beside: Sequence[Arrow]) -> list[tuple[Arrow, Edge]]:
        """The arrows out of one step that our export does not know."""
        edges = [(arrow, {**self.label(arrow), **self.ends(arrow)}) for arrow in new]
        kind = self.builder.steps[self.builder.ids[source]]["kind"]
        if not new or len(new) + len(beside) < 2:
            return edges
        if beside:
            for arrow, edge in edges:
                edge |= _written(self.condition(arrow, beside))
        elif kind == "split_or":
            self.split(source, edges)
        elif self.is_parallel(source, new):
            split = self.builder.added("split", self.builder.ids[source])
            for _, edge in edges:
                edge["from"] = split
            self.implied.append({"from": self.builder.ids[source], "to": split})
        else:
            self.choice(source, edges)
        return edges

    def label(self, arrow: Arrow) -> Edge:
        """What is written on an arrow, or beside the border event it leaves from."""
        name = arrow.flow.name or (arrow.border.name if arrow.border else "")
        return {self.lang: name} if name else {}

    def name(self, arrow: Arrow) -> str:
        """An arrow as questions name it."""
        return arrow.flow.name or (arrow.border.name if arrow.border else "") or arrow.flow.id

    def called(self, source: str) -> str:
        """A step as questions name it."""
        return self.structure.nodes[source].name or source

    def condition(self, arrow: Arrow, beside: Sequence[Arrow]) -> str:
        """A new arrow out of a step of ours: only a person knows its condition, unless it stands there already."""
        written = arrow.flow.condition if arrow.flow.language == GUARD else None
        if written is None and not any(self.is_default(one, False) for one in beside):
            written = ELSE
        said = self.interview.ask(
            Topic.GUARD, arrow.flow.id, written, name=self.name(arrow), step=self.called(arrow.source)
        )
        return said or ""

    def is_parallel(self, source: str, group: Sequence[Arrow]) -> bool:
        """Several arrows without any word out of an activity or event: BPMN starts all of them."""
        node = self.structure.nodes[source]
        silent = not any(one.flow.name or one.flow.condition or one.border for one in group)
        return not node.is_gateway and silent and node.default is None

    def split(self, source: str, edges: Sequence[tuple[Arrow, Edge]]) -> None:
        """Out of a parallel gateway all ways open; out of an inclusive one those that were chosen."""
        node = self.structure.nodes[source]
        if node.type == "parallelGateway" or not any(arrow.flow.name for arrow, _ in edges):
            return
        said = self.answers(source, [arrow for arrow, _ in edges])
        values = list(dict.fromkeys(one for one in said if one and one != ELSE))
        if not values:
            return
        name = self.new_field(source, {"set": values})
        for (_, edge), value in zip(edges, said, strict=True):
            edge |= _written(value if value in ("", ELSE) else f"{value} in {name}")

    def choice(self, source: str, edges: Sequence[tuple[Arrow, Edge]]) -> None:
        """One of several ways: a field with an answer for each."""
        said = self.answers(source, [arrow for arrow, _ in edges])
        values = list(dict.fromkeys(one for one in said if one and one != ELSE))
        if not values:
            return
        if set(values) <= {YES, NO}:
            name = self.new_field(source, "bool")
            guards = {YES: name, NO: f"not {name}"}
        else:
            spare = [] if len(values) > 1 and ELSE not in said else [self.builder.free("other", values)]
            name = self.new_field(source, {"enum": [*values, *spare]})
            guards = {value: f"{name} == {value}" for value in values}
        for (_, edge), value in zip(edges, said, strict=True):
            edge |= _written(guards.get(value, value))

    def answers(self, source: str, group: Sequence[Arrow]) -> list[str]:
        """What each arrow stands for; two that would say the same are left to a person."""
        node = self.structure.nodes[source]
        guesses = [ELSE if node.default == one.flow.id else self.guess(one) for one in group]
        silent = guesses.count("")
        if silent == 1 and ELSE not in guesses:
            guesses[guesses.index("")] = ELSE
        twice = {guess for guess, times in Counter(guesses).items() if times > 1}
        found = []
        for arrow, guess in zip(group, guesses, strict=True):
            proposed = None if not guess or guess in twice else guess
            said = self.interview.ask(
                Topic.ANSWER, arrow.flow.id, proposed, name=self.name(arrow), step=self.called(source)
            )
            word = slug(said or "")
            found.append(f"{word}_" if word in _RESERVED - {ELSE} else word)
        return found

    def guess(self, arrow: Arrow) -> str:
        """The answer an arrow seems to stand for; after an event gateway, the event that comes first."""
        if arrow.border is not None:
            return answer(arrow.border.name) or slug(next(iter(arrow.border.events), ""))
        if not arrow.flow.name and self.structure.nodes[arrow.source].type == "eventBasedGateway":
            return slug(self.structure.nodes[arrow.target].name)
        return answer(arrow.flow.name)

    def new_field(self, source: str, spec: Any) -> str:
        """A field for the answers at one step."""
        name = slug(self.structure.nodes[source].name) or slug(source) or "answer"
        name = self.builder.free(f"{name}_" if name in _RESERVED else name, self.builder.fields)
        self.builder.fields[name] = spec
        return name

    # --- loops and ends ----------------------------------------------------------------------------------------------

    def loops(self, own: Sequence[Edge], added: Sequence[tuple[Arrow, Edge]]) -> None:
        """New arrows that close a circle go back a limited number of times, then on."""
        forward = [
            edge for edge in own if not edge.get("loop") and {edge["from"], edge["to"]} <= self.builder.steps.keys()
        ]
        edges = [*forward, *self.implied, *(edge for _, edge in added)]
        back = backward(list(self.builder.steps), [(edge["from"], edge["to"]) for edge in edges])
        first, steps = len(edges) - len(added), tuple(self.builder.steps)
        for way in sorted(back):
            if way < first:
                continue
            arrow, edge = added[way - first]
            names = {"name": self.name(arrow), "step": self.called(arrow.source)}
            times = self.interview.ask(Topic.LOOP, arrow.flow.id, MAX_LOOP, **names) or MAX_LOOP
            others = [e["to"] for n, e in enumerate(edges) if e["from"] == edge["from"] and n not in back]
            then = self.interview.ask(Topic.THEN, arrow.flow.id, others[0] if others else "", steps, **names)
            edge["loop"] = {"max": int(times), **({"then": then} if then else {})}

    def mended(self) -> Iterator[Edge]:
        """Arrows without an end lead where somebody says, or are left out."""
        ids = self.builder.ids
        for flow in self.structure.dangling:
            ends = {flow.source: ids.get(flow.source), flow.target: ids.get(flow.target)}
            choices = (LEAVE_OUT, *self.builder.steps) if any(ends.values()) else (LEAVE_OUT,)
            said = self.interview.ask(Topic.DANGLING, flow.id, LEAVE_OUT, choices, name=flow.name or flow.id)
            if said and said != LEAVE_OUT:
                edge = {"from": ids.get(flow.source, said), "to": ids.get(flow.target, said)}
                yield {**edge, **({self.lang: flow.name} if flow.name else {})}

    def completed(self, edges: Sequence[Edge]) -> list[Edge]:
        """Ways that begin or stop without an event get one; only in drawings that are not ours."""
        found = list(self.implied)
        every = [*edges, *found]
        sources, targets = {edge["from"] for edge in every}, {edge["to"] for edge in every}
        new = [key for key, node in self.structure.nodes.items() if node.ours is None]
        for step in [self.builder.ids[key] for key in new]:
            kind = self.builder.steps[step]["kind"]
            if step not in targets and kind != "start":
                found.append({"from": self.builder.added("start", step), "to": step})
            if step not in sources and kind != "end":
                found.append({"from": step, "to": self.builder.added("end", step)})
        return found


def _written(condition: str) -> Edge:
    return {"guard": condition} if condition else {}


def _said_besides(values: Mapping[str, Any]) -> Edge:
    """What our mark on an arrow says, without what BPMN says itself."""
    return {key: value for key, value in values.items() if key not in ("from", "to", "guard", "loop")}


def _loop(values: Mapping[str, Any]) -> Edge:
    """Maximum and way on; a maximum that is no number stays a text, so that the reader says so."""
    limit = values.get("max")
    if isinstance(limit, str) and limit.isascii() and limit.isdigit() and len(limit) < 10:
        return {**values, "max": int(limit)}
    return dict(values)
