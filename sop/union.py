"""Two versions in one flowchart, with a mark on each step and branch that differs: what the drawing of a diff needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sop import yaml_io
from sop.diff import TABLES, Mark, diff
from sop.flowchart import Flowchart
from sop.renaming import with_other_ids
from sop.yaml_text import plain
from sop.yaml_tree import tree_of


@dataclass(frozen=True, slots=True)
class Union:
    """One flowchart that holds the steps and branches of both versions.

    `steps` marks step ids, `branches` marks arrows by (source, target); what is not named is the same in both. What was
    removed is still there, to be drawn crossed out or dashed; `Mark.sign` tells the marks apart without colour.
    """

    flowchart: Flowchart
    steps: Mapping[str, Mark]
    branches: Mapping[tuple[str, str], Mark]


def union(old: Flowchart, new: Flowchart) -> Union:
    """The new version, and what only the old one has at its old place."""
    found = diff(old, new)
    renamed = {change.was: change.id for change in found.of("nodes") if change.was}
    before, after = with_other_ids(plain(old), renamed), plain(new)
    steps = {change.id: change.mark for change in found.of("nodes")}
    both = _ends(before) & _ends(after)
    branches: dict[tuple[str, str], Mark] = {}
    for change in found.of("edges"):
        ends = (change.step, change.id.partition("→")[2].partition(" (")[0])
        branches[ends] = Mark.CHANGED if ends in both else change.mark
    return Union(yaml_io.read(tree_of(_united(before, after))), steps, branches)


def _ends(content: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(edge["from"], edge["to"]) for edge in content.get("edges", ())}


def _united(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(after)
    for section in TABLES:
        if section in before:
            found[section] = {**after.get(section, {}), **_only(before[section], after.get(section, {}))}
    found["nodes"] = _woven(before["nodes"], after["nodes"])
    kept = _ends(after)
    gone = [edge for edge in before.get("edges", ()) if (edge["from"], edge["to"]) not in kept]
    found["edges"] = [*after.get("edges", ()), *gone]
    return found


def _only(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in before.items() if key not in after}


def _woven(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new steps in their order; a removed one follows the step that it followed."""
    found = list(after)
    place = {one["id"]: number for number, one in enumerate(found)}
    last = -1
    for one in before:
        if one["id"] in place:
            last = place[one["id"]]
            continue
        last += 1
        found.insert(last, one)
        place = {other["id"]: number for number, other in enumerate(found)}
    return found
