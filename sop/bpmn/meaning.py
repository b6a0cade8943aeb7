"""From a drawing to a flowchart: what our own export says, and for the rest the wizard's answers.

One walk does both: it builds the content as bare data (read by `sop.yaml_io.read` like any text) and asks wherever the
drawing does not say. A file that we wrote, or that a modeller changed, asks only about what was added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sop.bpmn.arrows import Branches
from sop.bpmn.drawing import Drawing, Node
from sop.bpmn.extension import unpack
from sop.bpmn.names import ELEMENTS, NRM, TASKS, one_line, relabelled, shown, slug, xml_id
from sop.bpmn.structure import Structure, structure_of
from sop.bpmn.wizard import KINDS, NEEDS, ONE_STEP, Interview, Question, Topic, is_duration
from sop.bpmn.words import hinted, kind_of, language_of
from sop.flowchart import WORK, Flowchart, StepKind
from sop.vocabulary import N_
from sop.xml_gate import Element, unimportable
from sop.yaml_io import Unreadable, read
from sop.yaml_tree import tree_of

__all__ = ["apply", "questions"]

ADDED: Final[Mapping[str, Mapping[str, str]]] = {
    "start": {"fr": "Début", "en": "Start"},
    "end": {"fr": "Fin", "en": "End"},
    "split": {"fr": "Plusieurs voies à la fois", "en": "Several ways at once"},
    "lane": {"fr": "Acteurs", "en": "Actors"},
}
"""Labels of what a drawing leaves out and a flowchart needs."""

_CODE: Final = re.compile(r"(?!id$|to$)[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""A language whose code is no key of a step or of a branch."""

_ELSEWHERE: Final = frozenset(
    {"stage", "field", "limit", "forbidden", "conflict", "branch", "names", "loop_default_then"}
)
_SIGNALS: Final = frozenset({"signal", "conditional", "escalation", "error", "compensate"})
ACTIVITY: Final = TASKS | {"callActivity", "subProcess"}


def questions(drawing: Drawing, answers: Mapping[str, str] | None = None) -> tuple[Question, ...]:
    """What the drawing does not say, each with a proposal where there is one; `answers` so far may raise new ones."""
    builder = Builder(drawing, answers or {})
    if builder.structure.is_sound:
        builder.tree()
    return tuple(builder.interview.questions.values())


def apply(drawing: Drawing, answers: Mapping[str, str] | None = None) -> Flowchart:
    """The flowchart, with the proposals where no answer is given.

    Raises `Unimportable` when a question that has no proposal is not answered, or when an answer cannot be.
    """
    return Builder(drawing, answers or {}).flowchart()


class Builder:
    """Walks over one drawing; afterwards `interview` holds what was asked."""

    def __init__(self, drawing: Drawing, answers: Mapping[str, str], structure: Structure | None = None) -> None:
        self.drawing, self.structure = drawing, structure or structure_of(drawing)
        self.interview = Interview(answers)
        self.head = unpack(drawing.content) if drawing.content is not None else {}
        self.lang = self._language()
        self.lanes: dict[str, dict[str, str]] = {}
        self.lane_of: dict[str, str] = {}
        self.fields = dict(map(_field, self._parts("field")))
        self.steps: dict[str, dict[str, Any]] = {}
        self.ids = self._ids()

    def flowchart(self) -> Flowchart:
        """The content as a flowchart."""
        if not self.structure.is_sound:
            raise unimportable(
                "STRUCTURE", N_("the structure of this drawing cannot be told: mend what is reported first")
            )
        content = self.tree()
        if self.interview.open:
            text = N_("these questions have no answer yet: %(questions)s")
            names = ", ".join(one.id for one in self.interview.open[:20])
            raise unimportable("OPEN", text, questions=names)
        try:
            return read(tree_of(content))
        except Unreadable as problem:
            raise unimportable("UNREADABLE", problem.message.text, **problem.message.values) from None

    def tree(self) -> dict[str, Any]:
        """The content as bare data."""
        self._lanes()
        placed = [self._step(node) for node in self.structure.nodes.values()]
        for _, values in sorted(placed, key=lambda one: one[0]):
            self.steps[values["id"]] = values
        edges = Branches(self).all()
        stages = {one["id"]: one.get("label") or {} for one in self._parts("stage")}
        default = self.head.get("loop_default_then")
        return {
            "sop": self._head(),
            **({"stages": stages} if stages else {}),
            "fields": self.fields,
            "lanes": self.lanes,
            "nodes": list(self.steps.values()),
            "constraints": list(self._parts("limit")),
            "forbidden": list(self._parts("forbidden")),
            "conflicts": list(self._parts("conflict")),
            **({"loop_default_then": default} if default else {}),
            "edges": edges,
        }

    # --- the whole ---------------------------------------------------------------------------------------------------

    def _language(self) -> str:
        """The language of the names: our export says it, in other drawings it is asked."""
        names = self.head.get("names")
        if isinstance(names, str) and _CODE.fullmatch(names) and names in self.head.get("languages", ()):
            return names
        texts = [node.name for node in self.drawing.nodes.values()] + [flow.name for flow in self.drawing.flows]
        return self.interview.ask(Topic.LANGUAGE, "drawing", language_of(texts), ("fr", "en")) or "fr"

    def _head(self) -> dict[str, Any]:
        found = {key: value for key, value in self.head.items() if key not in _ELSEWHERE}
        if self.drawing.content is None:
            name = slug(self.drawing.name or self.drawing.id).upper() or "DRAWING"
            found = {"id": name, "version": "0.1.0", "status": "draft", "languages": ["fr", "en"], "title": {}}
        pool = next((one for one in self.drawing.pools.values() if one.process), None)
        name = pool.name if pool else self.drawing.name
        title = found.get("title") or {}
        expected = shown(title, self.lang, found.get("id", "")) if self.drawing.content is not None else ""
        if name:
            found["title"] = relabelled(title, self.lang, name, expected)
        return {key: value for key, value in found.items() if value not in ({}, [])}

    def _parts(self, name: str) -> list[dict[str, Any]]:
        content = self.drawing.content
        return [unpack(one) for one in content.all(name, NRM)] if content is not None else []

    # --- lanes -------------------------------------------------------------------------------------------------------

    def _lanes(self) -> None:
        ours = [(unpack(one.ours), one) for one in self.drawing.lanes.values() if one.ours is not None]
        for values, lane in sorted(ours, key=lambda one: _position(one[0])):
            key = str(values.get("id") or slug(lane.name))
            if key and key not in self.lanes:
                label = values.get("label") or {}
                self.lanes[key] = relabelled(label, self.lang, lane.name, shown(label, self.lang, key))
                self.lane_of[lane.id] = key
        for lane in self.drawing.lanes.values():
            if lane.id not in self.lane_of:
                self.lane_of[lane.id] = self._new_lane(lane.id, lane.name)

    def _new_lane(self, about: str, name: str) -> str:
        """A lane of somebody else's drawing; lanes with the same name (in several files) are one."""
        who = self.interview.ask(Topic.ACTOR, about, name or ADDED["lane"][self._spoken()], name=name or about)
        label = {self.lang: who or name}
        key = slug(label[self.lang]).upper() or "LANE"
        found, number = key, 2
        while found in self.lanes and self.lanes[found] != label:
            found, number = f"{key}_{number}", number + 1
        self.lanes[found] = label
        return found

    def _lane(self, node: Node, fallback: str) -> str:
        if node.lane in self.lane_of:
            return self.lane_of[node.lane]
        if fallback in self.lanes:
            return fallback
        pool = next((one for one in self.drawing.pools.values() if one.process == node.process), None)
        about = pool.id if pool else node.process
        if about not in self.lane_of:
            self.lane_of[about] = self._new_lane(about, pool.name if pool else self.drawing.name)
        return self.lane_of[about]

    def _spoken(self) -> str:
        return self.lang if self.lang in ("fr", "en") else "en"

    # --- steps -------------------------------------------------------------------------------------------------------

    def _ids(self) -> dict[str, str]:
        """Node -> id of its step: the one it had in our export, unless a copy of it claims that too."""
        claims: dict[str, list[str]] = {}
        for key, node in self.structure.nodes.items():
            own = _step_id(node)
            if own:
                claims.setdefault(own, []).append(key)
        found = {}
        for own, keys in claims.items():
            same = [key for key in keys if key == xml_id(own)]
            if same or len(keys) == 1:
                found[(same or keys)[0]] = own
        taken = set(found.values())
        for key in self.structure.nodes:
            if key not in found:
                found[key] = self.free(key, taken)
                taken.add(found[key])
        return found

    def free(self, name: str, taken: Any) -> str:
        """A name that is not taken."""
        found, number = name, 2
        while found in taken:
            found, number = f"{name}_{number}", number + 1
        return found

    def _step(self, node: Node) -> tuple[float, dict[str, Any]]:
        """Place in the author's order, and content."""
        if node.ours is not None and node.ours.name == "step":
            values = unpack(node.ours)
            kind = str(values.get("kind"))
            if kind not in KINDS or not _is_still(node, StepKind(kind)):
                values["kind"] = self._kind(node).value
            return _position(values), self._own(node, values)
        return float("inf"), self._foreign(node)

    def _own(self, node: Node, values: dict[str, Any]) -> dict[str, Any]:
        label = values.pop("label", None) or {}
        values.pop("position", None)
        own = str(values.get("id"))
        label = relabelled(label, self.lang, node.name, shown(label, self.lang, own))
        return {**label, **values, "id": self.ids[node.id], "lane": self._lane(node, str(values.get("lane")))}

    def _foreign(self, node: Node) -> dict[str, Any]:
        name = node.name or node.id
        if node.is_sub_process:
            self._inside(node, name)
        kind = self._kind(node)
        values: dict[str, Any] = {"id": self.ids[node.id], "kind": kind.value, "lane": self._lane(node, "")}
        if kind is StepKind.START and (node.any_time or _SIGNALS & set(node.events)):
            values["event"] = "any_time"
        values |= self._duties(node, kind, name)
        label = node.name or (node.link or "")
        if label:
            values[self.lang] = label
        return values

    def _kind(self, node: Node) -> StepKind:
        ways_in, ways_out = self.structure.incoming(node.id), self.structure.outgoing(node.id)
        proposed = kind_of(node, len(ways_in), len(ways_out))
        said = self.interview.ask(Topic.KIND, node.id, proposed.value, KINDS, name=node.name or node.id)
        return StepKind(said or proposed)

    def _inside(self, node: Node, name: str) -> None:
        """A sub-process counts as one step, unless it may pass on data unseen: then a person must say so."""
        held = [one for one in self.drawing.nodes.values() if self._holds(node.id, one)]
        if held:
            shares = any(kind_of(one, 1, 1) is StepKind.SHARE or hinted(one.name) is StepKind.SHARE for one in held)
            self.interview.ask(Topic.INSIDE, node.id, None if shares else ONE_STEP, (ONE_STEP,), name=name)

    def _holds(self, holder: str, node: Node) -> bool:
        at = node.inside
        for _ in range(100):
            if at is None or at == holder:
                break
            at = self.drawing.nodes[at].inside if at in self.drawing.nodes else None
        return at == holder

    def _duties(self, node: Node, kind: StepKind, name: str) -> dict[str, Any]:
        """Deadline, legal bases and need, as far as the kind has them."""
        found: dict[str, Any] = {}
        if kind in (StepKind.CONSENT, StepKind.LEGAL_BASIS):
            found["grants"] = _listed(self.interview.ask(Topic.GRANTS, node.id, "case", name=name))
        if kind is StepKind.SHARE:
            found["requires"] = _listed(self.interview.ask(Topic.REQUIRES, node.id, "case", name=name))
        if kind is StepKind.PATHWAY:
            found["need"] = self.interview.ask(Topic.NEED, node.id, None, NEEDS, name=name)
        if kind in WORK:
            timer = node.timer if node.timer and is_duration(node.timer) else ""
            found["deadline"] = self.interview.ask(Topic.DEADLINE, node.id, timer, name=name) or None
            found["timer"] = node.timer is not None
        return {key: value for key, value in found.items() if value not in (None, [], False)}

    def added(self, what: str, before: str) -> str:
        """A step that the drawing leaves out; beside another one."""
        key = self.free(f"{before}_{what}", self.steps)
        kind = {"start": StepKind.START, "end": StepKind.END, "split": StepKind.SPLIT_OR}[what]
        self.steps[key] = {"id": key, "kind": kind.value, "lane": self.steps[before]["lane"], **ADDED[what]}
        return key


def _position(values: Mapping[str, Any]) -> float:
    place = values.get("position")
    return place if isinstance(place, int) else float("inf")


def _step_id(node: Node) -> str:
    ours: Element | None = node.ours
    return (ours.get("id") or "") if ours is not None and ours.name == "step" else ""


def _is_still(node: Node, kind: StepKind) -> bool:
    """Whether the element can still be of this kind; a modeller may have made another element of it."""
    return node.type == ELEMENTS[kind] or {node.type, ELEMENTS[kind]} <= ACTIVITY


def _listed(text: str | None) -> list[str]:
    return list(dict.fromkeys(one_line(text or "").replace(",", " ").split()))


def _field(values: Mapping[str, Any]) -> tuple[str, Any]:
    """One declared field, as the canonical text has it."""
    key, kind = str(values.get("id", "")), str(values.get("kind", ""))
    if kind == "bool":
        return key, kind
    if kind == "int":
        return key, {kind: [values.get("low"), values.get("high")]}
    return key, {kind: values.get("value", [])}
