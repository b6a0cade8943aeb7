"""Flowcharts as YAML: `load` reads a text into a `Flowchart`, or says in words what is wrong; `dump` writes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from sop import durations, guards
from sop.flowchart import Branch, Clock, Conflict, ConflictKind, Constraint, Flowchart, Forbidden, Label, Step, StepKind
from sop.guards import Field, FieldKind, GuardError
from sop.vocabulary import N_, Priority
from sop.yaml_text import content_hash, dump
from sop.yaml_tree import Tree, Unreadable, read_text, read_tree

__all__ = ["Unreadable", "dump", "load", "read"]

MAX_STEPS: Final = 2_000
MAX_BRANCHES: Final = 6_000
MAX_LOOP: Final = 1_000
MAX_TEXT: Final = 2_000
MAX_VALUES: Final = 64
MAX_NUMBER: Final = 10_000
NEEDS: Final = "needs"
"""The field that lists the needs of a case."""

E = TypeVar("E", bound=StrEnum)


def load(source: str | Path) -> Flowchart:
    """Read a flowchart from YAML text or from a file; raises `Unreadable` with the line and the place.

    A guard that cannot be read, or a branch to a step that is not there, does not stop the reading: the checks name it.

    >>> chart = load('''
    ... sop: {id: DEMO, version: 1.0.0, languages: [en]}
    ... fields: {urgent: bool}
    ... lanes: {CM: {en: Case manager}}
    ... nodes: [{id: S, kind: start, lane: CM, en: Start}, {id: E, kind: end, lane: CM, en: End}]
    ... edges: [[S, E, urgent, "yes"]]
    ... ''')
    >>> chart.outgoing("S")[0].guard.evaluate({"urgent": True})
    True
    """
    return read(read_tree(read_text(source)))


def read(tree: Tree) -> Flowchart:
    """Read a flowchart from a tree (of a text, or built by an overlay or another exchange format); as `load`."""
    if "overlay" in tree.mapping() and tree.get("sop") is None:
        raise tree.wrong(N_("this is an overlay: say on which base it stands"))
    head = tree.get("sop") or tree.missing("sop")
    languages = _texts(head, "languages") or ("fr", "en")
    flowchart = _Reader(tree, head, languages).flowchart()
    return replace(flowchart, hash=content_hash(flowchart))


class _Reader:
    """Turns the tree into the dataclasses, one method a section."""

    def __init__(self, tree: Tree, head: Tree, languages: tuple[str, ...]) -> None:
        self.tree, self.head, self.languages = tree, head, languages
        self.fields = {
            name: _field(name, spec) for name, spec in (tree.get("fields") or tree.missing("fields")).items()
        }
        default = tree.get("loop_default_then")
        self.default_then = default.text() if default else None

    def flowchart(self) -> Flowchart:
        steps = self.steps()
        budget = self.head.get("loop_budget")
        return Flowchart(
            id=_required(self.head, "id"),
            version=_required(self.head, "version"),
            status=_text(self.head, "status") or "draft",
            languages=self.languages,
            fields=self.fields,
            lanes=self.labels("lanes"),
            steps=steps,
            branches=self.branches(),
            constraints=tuple(self.constraint(one) for one in self.section("constraints", 500)),
            forbidden=tuple(self.forbid(one) for one in self.section("forbidden", 500)),
            conflicts=tuple(self.conflict(one) for one in self.section("conflicts", 500)),
            stages=self.labels("stages"),
            title=self.label(self.head.get("title")),
            notice=self.label(self.head.get("notice")),
            loop_budget=duration_of(budget) if budget else None,
            valid_from=_text(self.head, "valid_from"),
            supersedes=_text(self.head, "supersedes"),
        )

    def section(self, name: str, limit: int) -> list[Tree]:
        found = self.tree.get(name)
        items = found.list() if found else []
        if len(items) > limit and found:
            raise found.wrong(N_("too many entries in “%(key)s”: at most %(limit)d"), key=name, limit=limit)
        return items

    def label(self, found: Tree | None) -> Label:
        """A text for each language: one mapping, or one text that serves all."""
        if found is None or found.value is None:
            return {}
        if isinstance(found.value, dict):
            return {code: text.text(MAX_TEXT) for code, text in found.items()}
        return dict.fromkeys(self.languages, found.text(MAX_TEXT))

    def labels(self, name: str) -> dict[str, Label]:
        found = self.tree.get(name)
        return {key: self.label(value) for key, value in found.items()} if found else {}

    def inline_label(self, found: Tree) -> Label:
        """The labels that stand beside the other keys, as `fr:` and `en:`."""
        return {
            code: text.text(MAX_TEXT) for code in self.languages if (text := found.get(code)) and text.text(MAX_TEXT)
        }

    def steps(self) -> dict[str, Step]:
        lanes, steps = self.tree.get("lanes") or self.tree.missing("lanes"), {}
        for item in self.section("nodes", MAX_STEPS):
            step = self.step(item)
            if step.id in steps:
                raise item.wrong(N_("the step “%(step)s” is there twice"), step=step.id)
            if lanes.get(step.lane) is None:
                raise item.wrong(
                    N_("the step “%(step)s” stands in a lane that is not declared: “%(lane)s”"),
                    step=step.id,
                    lane=step.lane,
                )
            steps[step.id] = step
        if not steps:
            raise self.tree.missing("nodes")
        return steps

    def step(self, item: Tree) -> Step:
        clock, visits = item.get("clock"), item.get("max_visits")
        return Step(
            id=_required(item, "id"),
            kind=choice_of(item.get("kind") or item.missing("kind"), StepKind),
            lane=_required(item, "lane"),
            label=self.inline_label(item),
            deadline=deadline_of(item.get("deadline")),
            clock=choice_of(clock, Clock) if clock else None,
            grants=_texts(item, "grants"),
            requires=_texts(item, "requires"),
            requires_for=_lists(item.get("requires_for")),
            invalidates=_texts(item, "invalidates"),
            shares=_texts(item, "shares"),
            need=_text(item, "need"),
            forms=_texts(item, "forms"),
            actors=self.label(item.get("actor")),
            event=_text(item, "event"),
            stage=self.stage(item),
            sets=_texts(item, "sets"),
            timer=bool(item.get("timer") and item["timer"].boolean()),
            max_visits=visits.integer(1, MAX_LOOP) if visits else None,
            note=self.label(item.get("note")),
            locked=bool(item.get("locked") and item["locked"].boolean()),
            line=item.line,
        )

    def stage(self, item: Tree) -> str | None:
        stage = _text(item, "stage")
        stages = self.tree.get("stages")
        if stage is not None and (stages is None or stages.get(stage) is None):
            raise item.wrong(N_("“%(stage)s” is not one of the declared stages"), stage=stage)
        return stage

    def branches(self) -> tuple[Branch, ...]:
        return tuple(self.branch(item) for item in self.section("edges", MAX_BRANCHES))

    def branch(self, item: Tree) -> Branch:
        """A mapping, or a list [from, to, guard, label of the first language, {options}]."""
        if isinstance(item.value, dict):
            return self.branch_of(item, item, item.get("guard"), self.inline_label(item))
        parts = item.list()
        if not 2 <= len(parts) <= 5:
            raise item.wrong(N_("a branch is [from, to, guard, label, {options}]"))
        ends = Tree({"from": parts[0], "to": parts[1]}, item.line, item.path)
        options = parts[4] if len(parts) == 5 else Tree({}, item.line, item.path)
        text = parts[3].text(MAX_TEXT) if len(parts) > 3 else ""
        label = {**({self.languages[0]: text} if text and self.languages else {}), **self.inline_label(options)}
        return self.branch_of(ends, options, parts[2] if len(parts) > 2 else None, label)

    def branch_of(self, ends: Tree, options: Tree, condition: Tree | None, label: Label) -> Branch:
        text = condition.text(100_000).strip() if condition else ""
        guard, problem = self.guard("" if text == "else" else text)
        is_loop, loop_max, then = _loop(options)
        return Branch(
            source=_required(ends, "from"),
            target=_required(ends, "to"),
            guard=guard,
            is_default=text == "else",
            label=label,
            is_loop=is_loop,
            loop_max=loop_max,
            then=(then or self.default_then) if is_loop else None,
            then_is_default=is_loop and then is None,
            problem=problem,
            unread=text if problem else "",
            line=ends.line,
        )

    def guard(self, text: str) -> tuple[guards.Guard | None, GuardError | None]:
        if not text:
            return None, None
        try:
            return guards.parse(text, self.fields), None
        except GuardError as problem:
            return None, problem

    def constraint(self, item: Tree) -> Constraint:
        return Constraint(
            id=_required(item, "id"),
            source=_required(item, "from"),
            target=_required(item, "to"),
            priority=choice_of(item.get("priority") or item.missing("priority"), Priority),
            limit=duration_of(item.get("max") or item.missing("max")),
            avoid=_texts(item, "avoid"),
            why=self.label(item.get("why")),
            line=item.line,
        )

    def forbid(self, item: Tree) -> Forbidden:
        text = _text(item, "given") or ""
        guard, problem = self.guard(text)
        return Forbidden(
            id=_required(item, "id"),
            source=_required(item, "from"),
            target=_required(item, "to"),
            around=_texts(item, "avoid_ok"),
            given=guard,
            problem=problem,
            unread=text if problem else "",
            why=self.label(item.get("why")),
            line=item.line,
        )

    def conflict(self, item: Tree) -> Conflict:
        kind = choice_of(item.get("kind") or item.missing("kind"), ConflictKind)
        needs, others = (self.needs(item, key) for key in ("needs", "others"))
        if not needs:
            raise item.missing("needs")
        if kind is ConflictKind.WAITS_FOR and not others:
            raise item.missing("others")
        if both := set(needs) & set(others):
            raise item.wrong(N_("the need “%(need)s” cannot stand in its own way"), need=min(both))
        why = self.label(item.get("why"))
        return Conflict(_required(item, "id"), kind, needs, others, why, item.line)

    def needs(self, item: Tree, key: str) -> tuple[str, ...]:
        known = self.fields.get(NEEDS)
        found = _texts(item, key)
        for need in found:
            if known is None or need not in known.values:
                raise item[key].wrong(N_("“%(need)s” is not one of the declared needs"), need=need)
        return found


def _required(item: Tree, key: str) -> str:
    text = (item.get(key) or item.missing(key)).text()
    if not text:
        raise item.wrong(N_("“%(key)s” must not be empty"), key=key)
    return text


def _text(item: Tree, key: str) -> str | None:
    found = item.get(key)
    return found.text() or None if found else None


def _texts(item: Tree, key: str) -> tuple[str, ...]:
    found = item.get(key)
    return found.texts() if found else ()


def _lists(found: Tree | None) -> dict[str, tuple[str, ...]]:
    return {key: value.texts() for key, value in found.items()} if found else {}


def choice_of(found: Tree, kinds: type[E]) -> E:
    """One of the values of an enumeration; raises `Unreadable` with the line, as the next two do."""
    try:
        return kinds(found.text())
    except ValueError:
        allowed = ", ".join(kinds)
        raise found.wrong(N_("“%(value)s” is not one of: %(allowed)s"), value=found.text(), allowed=allowed) from None


def duration_of(found: Tree) -> timedelta:
    """An ISO 8601 duration."""
    try:
        return durations.parse(found.text())
    except ValueError:
        raise found.wrong(N_("“%(value)s” is not a duration such as PT4H or P3D"), value=found.text()) from None


def deadline_of(found: Tree | None) -> Mapping[Priority, timedelta] | None:
    """One duration for all priorities, or one for each that is named."""
    if found is None or found.value is None:
        return None
    if isinstance(found.value, dict):
        for key in found.value:
            choice_of(Tree(key, found.line, found.path), Priority)
        return {Priority(key): duration_of(value) for key, value in found.items()}
    return dict.fromkeys(Priority, duration_of(found))


def _loop(options: Tree) -> tuple[bool, int | None, str | None]:
    """`loop: true, max: 3, then: X` or `loop: {max: 3, then: X}`."""
    loop = options.get("loop")
    if loop is None or loop.value is False:
        return False, None, None
    inside = loop if isinstance(loop.value, dict) else options
    if inside is options:
        loop.boolean()
    limit = inside.get("max")
    return True, limit.integer(1, MAX_LOOP) if limit else None, _text(inside, "then")


def _field(name: str, spec: Tree) -> Field:
    if spec.value == "bool":
        return Field(name, FieldKind.BOOL)
    kind, value = (
        next(spec.items(), (None, spec)) if isinstance(spec.value, dict) and len(spec.value) == 1 else (None, spec)
    )
    if kind in (FieldKind.ENUM, FieldKind.SET):
        values = value.texts()
        if not 1 <= len(values) <= MAX_VALUES or len(set(values)) < len(values):
            raise value.wrong(N_("a field needs 1 to %(limit)d different values"), limit=MAX_VALUES)
        return Field(name, FieldKind(kind), values)
    if kind == FieldKind.INT and len(value.list()) == 2:
        low, high = (number.integer(-MAX_NUMBER, MAX_NUMBER) for number in value.list())
        if low <= high:
            return Field(name, FieldKind.INT, low=low, high=high)
    raise spec.wrong(N_("a field is bool, {enum: [a, b]}, {set: [a, b]} or {int: [lowest, highest]}"))
