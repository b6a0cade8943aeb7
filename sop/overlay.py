"""Layers: a regional model, a country's overlay on it, a region's overlay on that; each layer says only what differs.

    overlay:                                  # whom it is written for, and what the result is called
      base: REG-MNR
      id: CMR-MNR
      version: 0.2.0
    changes:                                  # in this order, all or nothing
      - {add: node, after: D06, id: R02, kind: task, lane: COORD, fr: "…", en: "…"}
      - {add: edge, from: R02, to: D07}
      - {replace: edge, from: D06, to: R03, with: {to: R02, guard: "not provider_found"}}
      - {remove: node, id: N12}               # its branches go with it
      - {retime: node, id: N03, deadline: {medium: P1D}}
      - {rename: node, id: P_MED, actor: {fr: "MINSANTE", en: "MINSANTE"}}
      - {translate: ff, nodes: {S0: "…"}}

`add`, `replace` and `remove` take a node, edge, lane, stage, field, constraint, conflict or forbidden way; `guard` (or
`place`, from 1) tells apart the edges between the same two steps. What a locked step protects is held by `sop.locks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sop import locks, yaml_io
from sop.deviations import Deviation, deviations
from sop.findings import Finding
from sop.flowchart import Flowchart
from sop.layering import EDGE, KEYS, SECTION_OF, Layers, refuse
from sop.vocabulary import N_, Priority
from sop.yaml_text import plain
from sop.yaml_tree import Tree, Unreadable, read_text, read_tree

__all__ = ["Deviation", "LockBroken", "Overlay", "apply", "deviations", "is_overlay", "load", "merged"]

MAX_CHANGES: Final = 5_000
HEAD: Final = frozenset(
    {"id", "version", "status", "title", "notice", "loop_budget", "valid_from", "supersedes", "languages"}
)


class LockBroken(Unreadable):
    """An overlay that touches what a locked step protects; `finding` says what, and shows the way around it."""

    def __init__(self, finding: Finding, line: int) -> None:
        self.finding = finding
        super().__init__(finding.message, line, finding.where)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay that was read: the id of its base, the head of the result, the changes in their order."""

    base: str
    base_version: str | None
    head: Tree
    changes: tuple[Tree, ...]
    line: int


def is_overlay(tree: Tree) -> bool:
    """Whether a text is an overlay and not a flowchart."""
    return "overlay" in tree.mapping()


def load(source: str | Path) -> Overlay:
    """Read an overlay from YAML text or from a file; raises `Unreadable` with the line."""
    return read(read_tree(read_text(source)))


def read(tree: Tree) -> Overlay:
    """Read an overlay from a tree; raises `Unreadable` with the line."""
    head, changes = tree["overlay"], tree["changes"]
    for key, value in tree.items():
        if key not in ("overlay", "changes"):
            raise value.wrong(N_("“%(key)s” is not understood here"), key=key)
    for key, value in head.items():
        if key not in HEAD | {"base", "base_version"}:
            raise value.wrong(N_("“%(key)s” is not understood here"), key=key)
    head["version"].text()
    items = changes.list()
    if len(items) > MAX_CHANGES:
        raise changes.wrong(N_("too many entries in “%(key)s”: at most %(limit)d"), key="changes", limit=MAX_CHANGES)
    version = head.get("base_version")
    return Overlay(head["base"].text(), version.text() if version else None, head, tuple(items), changes.line)


def apply(base: Flowchart, overlay: Overlay) -> Flowchart:
    """The base with every change of the overlay; raises `Unreadable` with the line of the change that cannot be made.

    The base stays as it was. Raises `LockBroken` where the result no longer holds what a locked step protects.
    """
    if base.id != overlay.base or overlay.base_version not in (None, base.version):
        wanted = f"{overlay.base} {overlay.base_version or ''}".strip()
        text = N_("this overlay is written for %(wanted)s, not for %(found)s")
        refuse(overlay.head, "OVERLAY_BASE", text, wanted=wanted, found=f"{base.id} {base.version}")
    layers = Layers(plain(base))
    for change in overlay.changes:
        _perform(layers, change)
    for key, value in overlay.head.items():
        if key in HEAD:
            layers.head[key] = value
    layers.refuse_orphans()
    try:
        found = yaml_io.read(layers.tree())
    except Unreadable as problem:  # what the base brought has no line here
        raise Unreadable(problem.message, problem.line or overlay.line, problem.where) from None
    for finding in locks.broken(base, found):
        steps = (finding.where, *finding.counter_example)
        raise LockBroken(finding, next((layers.touched[one] for one in steps if one in layers.touched), overlay.line))
    return found


def merged(chain: Sequence[str | Path]) -> Flowchart:
    """The first text or file is a flowchart, each other one an overlay on what is below it; errors name the file."""
    found: Flowchart | None = None
    for source in chain:
        try:
            found = yaml_io.load(source) if found is None else apply(found, load(source))
        except Unreadable as problem:
            if len(chain) > 1 and isinstance(source, Path):
                problem.where = f"{problem.where} ({source.name})".strip()
            raise
    if found is None:
        raise ValueError("a chain begins with a flowchart")
    return found


# --- the changes -----------------------------------------------------------------------------------------------------


def _perform(layers: Layers, change: Tree) -> None:
    verbs = [verb for verb in VERBS if verb in change.mapping()]
    if len(verbs) != 1:
        refuse(change, "OVERLAY_VERB", N_("a change says one of: %(allowed)s"), allowed=", ".join(VERBS))
    VERBS[verbs[0]](layers, change)


def _kind(change: Tree, verb: str, allowed: Sequence[str] = tuple(SECTION_OF)) -> str:
    kind = change[verb].text()
    if kind not in allowed:
        raise change[verb].wrong(N_("“%(value)s” is not one of: %(allowed)s"), value=kind, allowed=", ".join(allowed))
    return kind


def _only(change: Tree, *keys: str) -> None:
    for key, value in change.items():
        if key not in keys:
            raise value.wrong(N_("“%(key)s” is not understood here"), key=key)


def _body(layers: Layers, kind: str, item: Tree, *besides: str) -> Tree:
    """The attributes of what is added, in the shape that a flowchart has them."""
    keys = [*KEYS[kind], *layers.languages(), *besides]
    _only(item, *keys)
    values = {key: value for key, value in item.items() if key not in besides}
    if kind == "field":
        return item["is"]
    if kind in ("lane", "stage"):
        values.pop("id", None)
    return Tree(values, item.line, item.path)


def _add(layers: Layers, change: Tree) -> None:
    kind = _kind(change, "add")
    after = change.get("after")
    layers.add(kind, change, _body(layers, kind, change, "add", "after"), after)


def _replace(layers: Layers, change: Tree) -> None:
    kind = _kind(change, "replace")
    _only(change, "replace", "with", *(EDGE if kind == "edge" else ("id",)))
    key = layers.find(kind, change)
    item = change["with"]
    own = {name: value for name in ("from", "to", "id") if name in KEYS[kind] and (value := change.get(name))}
    values = Tree({**own, **item.mapping()}, item.line, item.path)
    if kind not in ("edge", "field") and (named := item.get("id")) and named.text() != change["id"].text():
        raise named.wrong(N_("“%(key)s” cannot be changed here"), key="id")
    layers.put(kind, key, _body(layers, kind, values))
    layers.touch(change, values)


def _remove(layers: Layers, change: Tree) -> None:
    kind = _kind(change, "remove")
    _only(change, "remove", *(EDGE if kind == "edge" else ("id",)))
    key = layers.find(kind, change)
    if kind == "node" and (lock := layers.get(kind, key).get("locked")) and lock.value is True:
        raise LockBroken(locks.removed(str(key)), change.line)
    layers.remove(kind, key, change)


def _retime(layers: Layers, change: Tree) -> None:
    kind = _kind(change, "retime", ("node", "constraint"))
    key = layers.find(kind, change)
    if kind == "constraint":
        _only(change, "retime", "id", "max")
        layers.set(kind, key, "max", change["max"])
        return
    _only(change, "retime", "id", "deadline", "clock")
    if clock := change.get("clock"):
        layers.set(kind, key, "clock", clock)
    if not clock or change.get("deadline"):
        layers.set(kind, key, "deadline", _deadline(layers.get(kind, key).get("deadline"), change["deadline"]))


def _deadline(before: Tree | None, after: Tree) -> Tree:
    """The deadlines of the priorities that are named; the others stay."""
    if not isinstance(after.value, dict):
        return after
    held = before.value if before else {}
    known = held if isinstance(held, dict) else {priority.value: before for priority in Priority}
    return Tree({**known, **after.value}, after.line, after.path)


def _rename(layers: Layers, change: Tree) -> None:
    kind = _kind(change, "rename", ("node", "edge", "lane", "stage", "constraint", "forbidden", "conflict"))
    own = {"node": ("actor", "note", "lane"), **dict.fromkeys(_WHY.values(), ("why",))}.get(kind, ())
    spoken = layers.languages() if kind not in _WHY.values() else ()
    which = EDGE if kind == "edge" else ("id",)
    _only(change, "rename", *which, *own, *spoken)
    key = layers.find(kind, change)
    said = [(name, value) for name, value in change.items() if name in (*own, *spoken) and name not in which]
    if not said:
        refuse(change, "OVERLAY_VERB", N_("nothing is said to be renamed"))
    for name, value in said:
        layers.set(kind, key, name, value if name == "lane" else layers.joined(kind, key, name, value))


_SPOKEN: Final = {"nodes": "node", "edges": "edge", "lanes": "lane", "stages": "stage"}
_WHY: Final = {"constraints": "constraint", "forbidden": "forbidden", "conflicts": "conflict"}


def _translate(layers: Layers, change: Tree) -> None:
    code = change["translate"].text()
    if not code.isalpha() or not 2 <= len(code) <= 3:
        raise change["translate"].wrong(N_("a language is a code of two or three letters"))
    _only(change, "translate", "title", "notice", "actors", *_SPOKEN, *_WHY)
    layers.speak(code, change)
    for name in ("title", "notice"):
        if text := change.get(name):
            layers.head[name] = layers.with_language(layers.head.get(name), code, text)
    for section, kind, attribute in (
        *((section, kind, code) for section, kind in _SPOKEN.items()),
        *((section, kind, "why") for section, kind in _WHY.items()),
        ("actors", "node", "actor"),
    ):
        for name, text in _entries(change.get(section)):
            key = layers.named(kind, name, text)
            said = text if attribute == code else layers.joined(kind, key, attribute, Tree({code: text}, text.line, ""))
            layers.set(kind, key, attribute, said)


def _entries(found: Tree | None) -> Iterator[tuple[str, Tree]]:
    return found.items() if found else iter(())


VERBS: Final[dict[str, Callable[[Layers, Tree], None]]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
    "retime": _retime,
    "rename": _rename,
    "translate": _translate,
}
