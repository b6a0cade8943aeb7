"""Steps that only got another id: found by what they are and where they stand, not by their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from sop.flowchart import Flowchart
from sop.yaml_text import plain

REFERENCES: Final = {
    "edges": ("from", "to"),
    "constraints": ("from", "to", "avoid"),
    "forbidden": ("from", "to", "avoid_ok"),
}
"""Where a content names steps (a loop's `then` and the flowchart's own besides)."""

MAX_ROUNDS: Final = 40
"""Steps in a row that may all have other ids; in longer rows they are told as removed and added."""


def renamed_steps(old: Flowchart, new: Flowchart) -> dict[str, str]:
    """Old id -> new id of steps that are the same but for their id (and perhaps their words).

    Each step gets a colour from its attributes, then from the colours around it until nothing new is told apart (the
    refinement behind tests for isomorphism). A step that is in both keeps its id as its colour; of the others those
    pairs are taken whose colour is unique on both sides.
    """
    gone, come = old.steps.keys() - new.steps.keys(), new.steps.keys() - old.steps.keys()
    if not gone or not come:
        return {}
    shared = old.steps.keys() & new.steps.keys()
    before, after = _colours(old, shared, len(gone)), _colours(new, shared, len(gone))
    left, right = _unique(before, gone), _unique(after, come)
    return {left[colour]: right[colour] for colour in left if colour in right}


def with_other_ids(content: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """The content of a flowchart (`yaml_text.plain`) with steps called by other ids."""
    if not renamed:
        return content
    found = {**content, "nodes": [{**one, "id": renamed.get(one["id"], one["id"])} for one in content["nodes"]]}
    if "loop_default_then" in content:
        found["loop_default_then"] = _called(content["loop_default_then"], renamed)
    for section, keys in REFERENCES.items():
        if section in content:
            found[section] = [_pointing(one, keys, renamed) for one in content[section]]
    return found


def _pointing(one: Mapping[str, Any], keys: tuple[str, ...], renamed: Mapping[str, str]) -> dict[str, Any]:
    found = {key: _called(value, renamed) if key in keys else value for key, value in one.items()}
    if isinstance(found.get("loop"), dict) and "then" in found["loop"]:
        found["loop"] = {**found["loop"], "then": _called(found["loop"]["then"], renamed)}
    return found


def _called(value: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [renamed.get(one, one) for one in value]
    return renamed.get(value, value)


def _colours(flowchart: Flowchart, shared: set[str], rounds: int) -> dict[str, str]:
    content, words = plain(flowchart), {"id", "actor", "note", *flowchart.languages}
    colours = {
        step["id"]: _digest(step["id"] if step["id"] in shared else {k: v for k, v in step.items() if k not in words})
        for step in content["nodes"]
    }
    for _ in range(min(rounds, MAX_ROUNDS) + 1):
        near: dict[str, list[list[str]]] = {step: [] for step in colours}
        for edge in content.get("edges", ()):
            source, target, guard = edge["from"], edge["to"], edge.get("guard", "")
            if source in near and target in near:
                near[source].append(["out", guard, colours[target]])
                near[target].append(["in", guard, colours[source]])
        colours = {
            step: colour if step in shared else _digest([colour, sorted(near[step])])
            for step, colour in colours.items()
        }
    return colours


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _unique(colours: Mapping[str, str], steps: set[str]) -> dict[str, str]:
    """Colour -> the one step that has it."""
    found: dict[str, list[str]] = {}
    for step in steps:
        found.setdefault(colours[step], []).append(step)
    return {colour: held[0] for colour, held in sorted(found.items()) if len(held) == 1}
