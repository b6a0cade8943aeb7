"""Makes the conditions of a form fit where they stand: repeats, choice columns, files, patterns, and no circles.

A condition that cannot be worked out as it is meant is left out with a warning at its row and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, TypeVar

from sop.form_reading import Reading
from sop.lookup import stem
from sop.nodes import Answer, Call, Column, Each, Here, Node, Nth, Number, Text, walk
from sop.patterns import PatternError, compile_pattern
from sop.questions import LOGIC, Group, Question
from sop.vocabulary import N_

Item = Question | Group
SHEET_COLUMN = {"count": "repeat_count"}
AnItem = TypeVar("AnItem", Question, Group)
EXTREMES = frozenset({"min", "max"})


class Unfit(ValueError):
    """The condition cannot be kept: code, message and its values."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.text, self.values = code, text, values


def homes_of(groups: Mapping[str, Group], items: Iterator[Item] | list[Item]) -> dict[str, tuple[str, ...]]:
    """By name of a question or group: the repeats around it, outermost first."""
    return {item.name: tuple(name for name in item.groups if groups[name].repeat) for item in items}


def read_by(item: Item) -> set[str]:
    """Names that must be worked out before the item; of its own name, an earlier instance is."""
    second = item.calculation if isinstance(item, Question) else item.count
    return _reads(item.relevant, item.name) | _reads(second, item.name)


def _reads(node: Node | None, own: str) -> set[str]:
    parts = list(walk(node)) if node is not None else []
    used = {part.name for part in parts if isinstance(part, Answer | Each)}
    return used | {part.name for part in parts if isinstance(part, Nth) and part.name != own}


def in_order(items: list[Item]) -> tuple[str, ...]:
    """Names so that everything comes after what it depends on; raises `CycleError`."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    names = {item.name for item in items}
    for item in items:
        sorter.add(item.name, *item.groups, *sorted(read_by(item) & names))
    return tuple(sorter.static_order())


def fit(reading: Reading) -> None:
    """Settle every condition of what was read; what does not fit is noted and left out."""
    _Fitting(reading).run()
    _break_circles(reading)


class _Fitting:
    """One pass over all conditions."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.groups = {group.name: group for group in reading.groups}
        self.homes = homes_of(self.groups, [*reading.groups, *reading.questions])
        self.columns = {key for choices in reading.choices.values() for one in choices for key in one.columns} | {
            "name"
        }
        self.left_out = reading.left_out

    def run(self) -> None:
        self.reading.groups[:] = [self.item(group) for group in self.reading.groups]
        self.reading.questions[:] = [self.item(question) for question in self.reading.questions]

    def item(self, item: AnItem) -> AnItem:
        changed: dict[str, Any] = {}
        for column in LOGIC:
            node: Node | None = getattr(item, column, None)
            if node is not None:
                changed[column] = self.fitted(node, item, column)
        return replace(item, **changed) if changed else item

    def fitted(self, node: Node, item: Item, column: str) -> Node | None:
        """The condition with its names settled, or None."""
        where = item.row, SHEET_COLUMN.get(column, column)
        try:
            settled = self.settle(node, item)
            for part in walk(settled):
                self.check(part, column)
        except Unfit as problem:
            self.reading.warn(problem.code, *where, problem.text, **problem.values)
            return None
        for name in sorted({part.name for part in walk(settled) if isinstance(part, Answer)}):
            if name in self.left_out or (name in self.groups and not self.groups[name].repeat):
                text = N_("%(name)s has no answer here: it counts as not answered.")
                self.reading.warn("NEVER_ANSWERED", *where, text, name=name)
        return settled

    def settle(self, node: Node, item: Item) -> Node:
        if isinstance(node, Nth):
            return self.nth(node, item)
        if not isinstance(node, Call):
            return node
        if node.name == "position":
            return self.position(node, item)
        arguments = tuple(self.settle(argument, item) for argument in node.arguments)
        if node.name in EXTREMES or (node.name == "concat" and len(arguments) == 1):
            each = tuple(
                Each(one.name) if isinstance(one, Answer) and self.homes.get(one.name) else one for one in arguments
            )
            if node.name == "concat" and each != arguments:
                return Call("join", (Text(""), *each))
            arguments = each
        return Call(node.name, arguments)

    def nth(self, node: Nth, item: Item) -> Node:
        """The positions in the order of the repeats around the question."""
        home = self.homes.get(node.name, ())
        inner = home[len(home) - len(node.repeats) :] if len(node.repeats) <= len(home) else ()
        if sorted(inner) != sorted(node.repeats):
            text = N_("indexed-repeat() must name the repeats around %(name)s.")
            raise Unfit("INDEXED_REPEAT", text, name=node.name)
        given = dict(zip(node.repeats, node.indexes, strict=True))
        return Nth(node.name, tuple(self.settle(given[repeat], item) for repeat in inner))

    def position(self, node: Call, item: Item) -> Node:
        """The number of the instance that so many levels up is; a plain group is always the first of its kind."""
        levels = int(node.arguments[0].value) if node.arguments and isinstance(node.arguments[0], Number) else 1
        group = item.groups[-levels] if levels <= len(item.groups) else ""
        if not group or not self.groups[group].repeat:
            text = N_("position(..) must lead to a repeat: write ../.. for each group in between.")
            raise Unfit("POSITION", text)
        innermost = self.homes[item.name][-1]
        return Call("position", () if group == innermost else (Text(group),))

    def check(self, part: Node, column: str) -> None:
        if isinstance(part, Column) and part.name not in self.columns:
            raise Unfit("COLUMN", N_("The choices have no column %(name)s."), name=part.name)
        if isinstance(part, Here) and column != "constraint":
            raise Unfit("HERE", N_("“.” has no meaning here."))
        if isinstance(part, Call) and not _pattern_is_good(part):
            raise Unfit("PATTERN", N_("The pattern of regex() is not supported."))
        if isinstance(part, Call) and part.name == "pulldata":
            self.pulldata(part)

    def pulldata(self, call: Call) -> None:
        """The file and its columns must be there, where the form names them outright."""
        file, column, key = (one.value if isinstance(one, Text) else None for one in call.arguments[:3])
        if file is None:
            return
        table = self.reading.files.files.get(stem(file))
        if table is None or not {one for one in (column, key) if one is not None} <= set(table.columns):
            raise Unfit("FILE", N_("The file %(file)s is missing or has no such columns."), file=file)


def _pattern_is_good(call: Call) -> bool:
    if call.name != "regex" or not isinstance(call.arguments[1], Text):
        return True
    try:
        compile_pattern(call.arguments[1].value)
    except PatternError:
        return False
    return True


def _break_circles(reading: Reading) -> None:
    """Leave out one condition of each circle, the first in the form's order."""
    while True:
        items: list[Item] = [*reading.groups, *reading.questions]
        try:
            in_order(items)
        except CycleError as error:
            _break(reading, items, error.args[1])
        else:
            return


def _break(reading: Reading, items: list[Item], circle: list[str]) -> None:
    by_name = {item.name: item for item in items}
    turns = [(by_name[after], before) for before, after in pairwise(circle)]
    item, before = min(
        ((item, before) for item, before in turns if before in read_by(item)), key=lambda turn: turn[0].row
    )
    second = "calculation" if isinstance(item, Question) else "count"
    column = "relevant" if before in _reads(item.relevant, item.name) else second
    text = N_("These questions depend on each other in a circle: %(names)s.")
    reading.warn("CIRCLE", item.row, SHEET_COLUMN.get(column, column), text, names=" → ".join(circle))
    kept: list[Any] = reading.groups if isinstance(item, Group) else reading.questions
    without: dict[str, Any] = {column: None}
    kept[kept.index(item)] = replace(item, **without)
