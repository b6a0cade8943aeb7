"""A flowchart's content while an overlay changes it: found, added, put and removed, with the overlay's own lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from sop.vocabulary import N_, Message
from sop.yaml_tree import Tree, Unreadable, tree_of

SECTION_OF: Final[dict[str, str]] = {
    "node": "nodes",
    "edge": "edges",
    "lane": "lanes",
    "stage": "stages",
    "field": "fields",
    "constraint": "constraints",
    "forbidden": "forbidden",
    "conflict": "conflicts",
}
EDGE: Final = ("from", "to", "guard", "place")
"""What names one edge."""

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "node": (
        "id", "kind", "lane", "stage", "locked", "event", "need", "deadline", "clock", "forms", "timer", "max_visits",
        "grants", "requires", "requires_for", "invalidates", "shares", "sets", "actor", "note",
    ),
    "edge": ("from", "to", "guard", "loop"),
    "lane": ("id",),
    "stage": ("id",),
    "field": ("id", "is"),
    "constraint": ("id", "from", "to", "priority", "max", "avoid", "why"),
    "forbidden": ("id", "from", "to", "given", "avoid_ok", "why"),
    "conflict": ("id", "kind", "needs", "others", "why"),
}  # fmt: skip
"""What may be said of each kind, besides its words in the flowchart's languages."""

Place = str | int
"""An id, or the number of an edge in its list."""


def refuse(at: Tree, code: str, text: str, **values: Any) -> NoReturn:
    """Stop with a message of its own code at this place."""
    raise Unreadable(Message(code, text, values), at.line, at.path)


class Layers:
    """The sections as ordered tables of trees (edges: a list), and which step was touched at which line."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.head: dict[str, Tree] = dict(tree_of(content["sop"]).mapping())
        self.then = content.get("loop_default_then")
        self.tables: dict[str, dict[str, Tree]] = {
            section: dict(tree_of(content.get(section, {})).mapping()) for section in ("lanes", "stages", "fields")
        }
        for section in ("nodes", "constraints", "forbidden", "conflicts"):
            self.tables[section] = {one["id"].text(): one for one in tree_of(content.get(section, [])).list()}
        self.edges: list[Tree] = list(tree_of(content.get("edges", [])).list())
        self.touched: dict[str, int] = {}
        self.gone: dict[tuple[str, str], Tree] = {}

    def tree(self) -> Tree:
        """The whole as the tree of a flowchart's text."""
        found: dict[str, Any] = {"sop": Tree(self.head, 0, "sop"), "edges": Tree(self.edges, 0, "edges")}
        for section, table in self.tables.items():
            keyed = section in ("lanes", "stages", "fields")
            found[section] = Tree(table if keyed else list(table.values()), 0, section)
        if self.then:
            found["loop_default_then"] = Tree(self.then, 0, "loop_default_then")
        return Tree(found, 0, "")

    def languages(self) -> tuple[str, ...]:
        """The languages of the labels."""
        return self.head["languages"].texts()

    def speak(self, code: str, at: Tree) -> None:
        """Take in one more language."""
        known = self.languages()
        self.head["languages"] = tree_of([*known, *([code] if code not in known else [])], at.line, at.path)

    def touch(self, change: Tree, item: Tree) -> None:
        """Remember which steps this change is about."""
        for name in ("id", "from", "to"):
            if isinstance(item.value, dict) and (found := item.get(name)):
                self.touched[found.text()] = change.line

    # --- finding -----------------------------------------------------------------------------------------------------

    def find(self, kind: str, change: Tree) -> Place:
        """Which one a change names; refused where there is none, or more than one."""
        if kind != "edge":
            return self.named(kind, change["id"].text(), change)
        source, target = change["from"].text(), change["to"].text()
        found = [place for place, edge in enumerate(self.edges) if _ends(edge) == (source, target)]
        if guard := change.get("guard"):
            found = [place for place in found if _guard(self.edges[place]) == " ".join(guard.text(2_000).split())]
        if number := change.get("place"):
            found = found[number.integer(1, 1_000) - 1 :][:1]
        where = f"{source}→{target}"
        if not found:
            refuse(change, "OVERLAY_ABSENT", N_("there is no %(kind)s “%(name)s” in the base"), kind="edge", name=where)
        if len(found) > 1:
            text = N_("there are %(count)d branches “%(name)s”: name the guard or the place of the one that is meant")
            refuse(change, "OVERLAY_AMBIGUOUS", text, count=len(found), name=where)
        return found[0]

    def named(self, kind: str, name: str, at: Tree) -> Place:
        """The one with this id (an edge: `from→to`, or `from→to (2)`)."""
        if kind == "edge":
            ends, _, place = name.partition(" (")
            source, _, target = ends.partition("→")
            words = {"from": source, "to": target, **({"place": int(place[:-1])} if place[:-1].isdecimal() else {})}
            return self.find(kind, tree_of(words, at.line, at.path))
        if name not in self.tables[SECTION_OF[kind]]:
            refuse(at, "OVERLAY_ABSENT", N_("there is no %(kind)s “%(name)s” in the base"), kind=kind, name=name)
        return name

    def get(self, kind: str, key: Place) -> Tree:
        """What is there now."""
        return self.edges[int(key)] if kind == "edge" else self.tables[SECTION_OF[kind]][str(key)]

    # --- changing ----------------------------------------------------------------------------------------------------

    def put(self, kind: str, key: Place, item: Tree) -> None:
        """Something else at the same place."""
        if kind == "edge":
            self.edges[int(key)] = item
        else:
            self.tables[SECTION_OF[kind]][str(key)] = item

    def set(self, kind: str, key: Place, attribute: str, value: Tree) -> None:
        """One attribute anew."""
        before = self.get(kind, key)
        self.put(kind, key, Tree({**before.mapping(), attribute: value}, value.line, before.path))

    def joined(self, kind: str, key: Place, attribute: str, value: Tree) -> Tree:
        """A label with the languages that are said anew; other attributes as they are said."""
        before = self.get(kind, key).get(attribute)
        if not isinstance(value.value, dict) or before is None or not isinstance(before.value, dict):
            return value
        return Tree({**before.value, **value.value}, value.line, value.path)

    def with_language(self, before: Tree | None, code: str, text: Tree) -> Tree:
        """A label of the head in one more language."""
        return Tree({**(before.mapping() if before else {}), code: text}, text.line, text.path)

    def add(self, kind: str, change: Tree, item: Tree, after: Tree | None) -> None:
        """Something new: behind the one named, an edge by default behind those of its step, else at the end."""
        if kind == "edge":
            self._add_edge(change, item, after)
            return
        table, name = self.tables[SECTION_OF[kind]], change["id"].text()
        if name in table:
            refuse(change, "OVERLAY_EXISTS", N_("the %(kind)s “%(name)s” is already there"), kind=kind, name=name)
        place = len(table)
        if after:
            place = list(table).index(str(self.named(kind, after.text(), after))) + 1
        entries = list(table.items())
        entries.insert(place, (name, item))
        self.tables[SECTION_OF[kind]] = dict(entries)
        self.gone.pop((SECTION_OF[kind], name), None)
        self.touch(change, change)

    def _add_edge(self, change: Tree, item: Tree, after: Tree | None) -> None:
        ends, guard = (item["from"].text(), item["to"].text()), _guard(item)
        alike = [place for place, edge in enumerate(self.edges) if edge["from"].text() == ends[0]]
        if any(_ends(self.edges[place]) == ends and _guard(self.edges[place]) == guard for place in alike):
            name = "→".join(ends)
            refuse(change, "OVERLAY_EXISTS", N_("the %(kind)s “%(name)s” is already there"), kind="edge", name=name)
        place = alike[-1] + 1 if alike else len(self.edges)
        if after:
            place = int(self.named("edge", after.text(), after)) + 1
        self.edges.insert(place, item)
        self.touch(change, change)

    def remove(self, kind: str, key: Place, change: Tree) -> None:
        """Take something out; a node takes its branches along."""
        self.touch(change, change)
        if kind == "edge":
            del self.edges[int(key)]
            return
        del self.tables[SECTION_OF[kind]][str(key)]
        self.gone[(SECTION_OF[kind], str(key))] = change
        if kind == "node":
            for edge in self.edges:
                if key in _ends(edge):
                    self.touch(change, edge)
            self.edges = [edge for edge in self.edges if key not in _ends(edge)]

    def refuse_orphans(self) -> None:
        """A lane or stage that was removed must not be needed any more."""
        for node in self.tables["nodes"].values():
            for name, section in (("lane", "lanes"), ("stage", "stages")):
                held = node.get(name)
                if held and (change := self.gone.get((section, held.text()))):
                    text = N_("“%(name)s” cannot be removed: the step %(step)s still stands in it")
                    refuse(change, "OVERLAY_IN_USE", text, name=held.text(), step=node["id"].text())


def _ends(edge: Tree) -> tuple[str, str]:
    return edge["from"].text(), edge["to"].text()


def _guard(edge: Tree) -> str:
    guard = edge.get("guard")
    return " ".join(guard.text(100_000).split()) if guard else ""
