"""Conflicts between the needs of one case, as the flowchart's table says: who waits, who goes first, who supervises.

A need that waits is opened and stays visible, but nothing is done on its way to a share while the other one is open;
what was shared before goes on. Whoever goes first is told first; a need that supervises follows all others.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sop.flowchart import Conflict, ConflictKind, Flowchart, StepKind

if TYPE_CHECKING:
    from sop.track import Track


def holding(track: Track, step: str, need: str | None, open_needs: Collection[str]) -> tuple[Conflict, str] | None:
    """The rule and the open need that hold this need back at this step, or None when it may go on."""
    if need is None or not (step in track.to_share or track.nodes[step].kind is StepKind.PATHWAY):
        return None
    for rule in track.flowchart.conflicts:
        if rule.kind is ConflictKind.WAITS_FOR and need in rule.needs:
            other = next((one for one in rule.others if one in open_needs and one != need), None)
            if other is not None:
                return rule, other
    return None


def going_first(flowchart: Flowchart, need: str | None) -> Conflict | None:
    """The rule by which this need goes before all others."""
    rules = (rule for rule in flowchart.conflicts if rule.kind is ConflictKind.FIRST)
    return next((rule for rule in rules if need in rule.needs), None)


def supervising(flowchart: Flowchart, need: str | None, open_needs: Collection[str]) -> tuple[Conflict, str] | None:
    """The rule and the open need that supervise this one (`others` names those supervised; none named: all)."""
    for rule in flowchart.conflicts:
        if rule.kind is ConflictKind.SUPERVISES and need is not None and (not rule.others or need in rule.others):
            other = next((one for one in rule.needs if one in open_needs and one != need), None)
            if other is not None:
                return rule, other
    return None
