"""What differs between two versions of a flowchart: as a list of sentences and as data (`sop.union` draws it).

Two contents are compared key by key of their canonical form (`sop.yaml_text.plain`), so that layout and spelling never
count. A step that only got another id is recognised by its content and its place, and told as one renaming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sop.flowchart import Flowchart
from sop.renaming import renamed_steps, with_other_ids
from sop.vocabulary import N_, Message
from sop.yaml_text import plain

LISTS: Final = ("nodes", "constraints", "forbidden", "conflicts")
TABLES: Final = ("lanes", "stages", "fields")
SECTIONS: Final = ("head", *TABLES, "nodes", "edges", "constraints", "forbidden", "conflicts")
LABELS: Final = frozenset({"label", "actor", "note", "title", "notice", "why"})
"""Attributes that only people read: changing them changes no case."""

EMPTY: Final = "–"


class Mark(StrEnum):
    """What became of something; `sign` says it in print without colour."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return MARK_LABELS[self]

    @property
    def sign(self) -> str:
        """One character that tells the marks apart in black and white."""
        return {"added": "+", "removed": "×", "changed": "≠", "renamed": "="}[self.value]


MARK_LABELS: Final[dict[Mark, str]] = {
    Mark.ADDED: N_("Added"),
    Mark.REMOVED: N_("Removed"),
    Mark.CHANGED: N_("Changed"),
    Mark.RENAMED: N_("Renamed"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute with both values in the canonical form (None: absent); `of` is the priority, need or language."""

    attribute: str
    before: Any
    after: Any
    of: str = ""

    @property
    def name(self) -> str:
        """`deadline.critical`, `guard`."""
        return f"{self.attribute}.{self.of}" if self.of else self.attribute


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `id` is its id in the new version, `was` its id in the old one where that was another.

    An edge's id is `source→target`, with ` (2)` for the second between the same steps.
    """

    section: str
    id: str
    mark: Mark
    differences: tuple[Difference, ...] = ()
    was: str = ""
    step: str = ""

    @property
    def is_retiming(self) -> bool:
        """Whether only times changed."""
        return bool(self.differences) and {one.attribute for one in self.differences} <= {"deadline", "clock", "max"}

    @property
    def is_naming(self) -> bool:
        """Whether only words changed, or the id."""
        return self.mark in (Mark.RENAMED, Mark.CHANGED) and {one.attribute for one in self.differences} <= LABELS

    @property
    def messages(self) -> tuple[Message, ...]:
        """One sentence, or one for each attribute that changed."""
        if self.mark is Mark.CHANGED:
            return tuple(_sentence(self, one) for one in self.differences)
        own = Message("DIFF_" + self.mark.name, _MARKED[self.mark], {"where": self.id, "was": self.was})
        return (own, *(_sentence(self, one) for one in self.differences if self.mark is Mark.RENAMED))

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """The change as JSON data, its sentences rendered (translated) by `render`."""
        attributes = [{"name": one.name, "before": one.before, "after": one.after} for one in self.differences]
        return {
            "id": self.id,
            "mark": self.mark.value,
            "was": self.was or None,
            "attributes": attributes,
            "messages": [render(message) for message in self.messages],
        }


_MARKED: Final[dict[Mark, str]] = {
    Mark.ADDED: N_("%(where)s was added"),
    Mark.REMOVED: N_("%(where)s was removed"),
    Mark.RENAMED: N_("%(was)s is now called %(where)s"),
}


def _sentence(change: Change, one: Difference) -> Message:
    values = {"where": change.id, "what": one.name, "before": shown(one.before), "after": shown(one.after)}
    return Message("DIFF_CHANGED", N_("%(where)s: “%(what)s” was %(before)s and is now %(after)s"), values)


def shown(value: Any) -> str:
    """A value of the canonical form as people read it.

    >>> shown(["C1", "C2"]), shown({"max": 3, "then": "R03"}), shown(None)
    ('C1, C2', 'max 3, then R03', '–')
    """
    if value is None or value == "":
        return EMPTY
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Diff:
    """Every change, in the order of the sections and, within one, of the new version (what was removed: of the old)."""

    changes: tuple[Change, ...]

    def of(self, section: str) -> tuple[Change, ...]:
        """The changes of one of `SECTIONS`."""
        return tuple(change for change in self.changes if change.section == section)

    @property
    def is_empty(self) -> bool:
        """Whether both versions have the same content, their version numbers included."""
        return not self.changes

    @property
    def only_renamed(self) -> bool:
        """Whether words and ids changed and nothing else: no case would run another way."""
        return bool(self.changes) and all(one.is_naming for one in self.changes if one.section != "head")

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """`{"equal", "only_renamed", "nodes": […], "edges": […], …}`."""
        lists = {section: [change.to_json(render) for change in self.of(section)] for section in SECTIONS}
        return {"equal": self.is_empty, "only_renamed": self.only_renamed, **lists}


def diff(old: Flowchart, new: Flowchart) -> Diff:
    """What `new` does differently from `old`.

    >>> from sop import yaml_io
    >>> text = '''
    ... sop: {id: X, version: 1.0.0, languages: [en]}
    ... fields: {}
    ... lanes: {CM: {en: Case manager}}
    ... nodes: [{id: S, kind: start, lane: CM, en: In}, {id: E, kind: end, lane: CM, en: Out}]
    ... edges: [[S, E]]
    ... '''
    >>> [str(one.messages[0]) for one in diff(yaml_io.load(text), yaml_io.load(text.replace("Out", "Gone"))).changes]
    ['E: “label.en” was Out and is now Gone']
    """
    renamed = renamed_steps(old, new)
    before, after = with_other_ids(plain(old), renamed), plain(new)
    edges = _paired(_edges(before, old.languages), _edges(after, new.languages))
    left, right = (_items(content, codes) for content, codes in ((before, old.languages), (after, new.languages)))
    back = {now: was for was, now in renamed.items()}
    left, right = left | edges[0], right | edges[1]
    return Diff((*_changes(left, right, back), *_orders(left, right)))


def _orders(before: Mapping[tuple[str, str], _Item], after: Mapping[tuple[str, str], _Item]) -> Iterator[Change]:
    """Lists whose common items stand in another order (lists and drawings follow it): a change of the head."""
    for section in (*LISTS, "edges"):
        common = [key for key in before if key[0] == section and key in after]
        old = [key[1] for key in sorted(common, key=lambda key: before[key].place)]
        common = [key for key in after if key[0] == section and key in before]
        new = [key[1] for key in sorted(common, key=lambda key: after[key].place)]
        places = [place for place, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
        if places:
            moved = slice(places[0], places[-1] + 1)
            yield Change("head", section, Mark.CHANGED, (Difference("order", old[moved], new[moved]),))


def _changes(
    before: Mapping[tuple[str, str], _Item], after: Mapping[tuple[str, str], _Item], renamed: Mapping[str, str]
) -> Iterator[Change]:
    for section in SECTIONS:
        for key in [key for key in before if key[0] == section and key not in after]:
            yield Change(section, key[1], Mark.REMOVED, step=before[key].step)
        for key in [key for key in after if key[0] == section]:
            was = renamed.get(key[1], "") if section == "nodes" else ""
            if key not in before:
                yield Change(section, key[1], Mark.ADDED, step=after[key].step)
                continue
            found = tuple(_differences(before[key].values, after[key].values))
            if found or was:
                yield Change(section, key[1], Mark.RENAMED if was else Mark.CHANGED, found, was, after[key].step)


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing to be compared; `step` is the step it belongs to, `place` an edge's place in its list."""

    values: Mapping[str, Any]
    step: str = ""
    place: int = 0


def _items(content: Mapping[str, Any], languages: tuple[str, ...]) -> dict[tuple[str, str], _Item]:
    """(section, id) -> attributes, the words of all languages together under `label`; without the edges."""
    found = {("head", "sop"): _Item(content["sop"])}
    for section in TABLES:
        attribute = "values" if section == "fields" else "label"
        found |= {(section, key): _Item({attribute: one}) for key, one in content.get(section, {}).items()}
    for section in LISTS:
        for one in content.get(section, ()):
            found[(section, one["id"])] = _Item(_gathered(one, languages), one["id"] if section == "nodes" else "")
    return found


def _gathered(values: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    labels = {code: values[code] for code in languages if code in values}
    return {key: one for key, one in values.items() if key not in labels} | ({"label": labels} if labels else {})


def _edges(content: Mapping[str, Any], languages: tuple[str, ...]) -> dict[str, list[_Item]]:
    """`source→target` -> the edges between the two, in their order."""
    found: dict[str, list[_Item]] = {}
    then = content.get("loop_default_then")
    for place, edge in enumerate(content.get("edges", ())):
        values = _gathered(edge, languages)
        loop = values.get("loop")
        if loop and then:  # a fallback that the whole flowchart gives is this loop's own way on
            values["loop"] = {"then": then, **(loop if isinstance(loop, dict) else {})}
        found.setdefault(f"{edge['from']}→{edge['to']}", []).append(_Item(values, edge["from"], place))
    return found


def _paired(
    before: Mapping[str, list[_Item]], after: Mapping[str, list[_Item]]
) -> tuple[dict[tuple[str, str], _Item], dict[tuple[str, str], _Item]]:
    """Both versions' edges under the same ids: of several between two steps those with the same condition are one."""
    left: dict[tuple[str, str], _Item] = {}
    right: dict[tuple[str, str], _Item] = {}
    for where in dict.fromkeys((*before, *after)):
        olds, number = list(before.get(where, ())), 0
        for number, one in enumerate(after.get(where, ()), 1):
            right[("edges", _numbered(where, number))] = one
        for same in (True, False):
            for place, one in enumerate(after.get(where, ()), 1):
                key = ("edges", _numbered(where, place))
                alike = (old for old in olds if not same or old.values.get("guard") == one.values.get("guard"))
                if key not in left and (found := next(alike, None)) is not None:
                    left[key] = found
                    olds.remove(found)
        left |= {("edges", _numbered(where, place)): one for place, one in enumerate(olds, number + 1)}
    return left, right


def _numbered(where: str, place: int) -> str:
    return where if place == 1 else f"{where} ({place})"


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for attribute in dict.fromkeys((*before, *after)):
        one, other = before.get(attribute), after.get(attribute)
        if one == other:
            continue
        if attribute == "deadline":
            one, other = _by_priority(one), _by_priority(other)
        if attribute in LABELS | {"deadline", "requires_for", "loop"} and _tables(one, other):
            one, other = one or {}, other or {}
            for key in dict.fromkeys((*one, *other)):
                if one.get(key) != other.get(key):
                    yield Difference(attribute, one.get(key), other.get(key), key)
        else:
            yield Difference(attribute, one, other)


def _tables(*values: Any) -> bool:
    return all(value is None or isinstance(value, dict) for value in values)


def _by_priority(value: Any) -> Any:
    return dict.fromkeys(("critical", "high", "medium", "low"), value) if isinstance(value, str) else value
