"""Which branch the known facts open: true, false or unknown, with what had to be assumed to protect the person."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from sop.flowchart import Branch
from sop.track import Node, Track


class Knowing(Protocol):
    """What a case or a need knows, and which answers it has used."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Field -> value."""

    @property
    def spent(self) -> AbstractSet[str]:
        """Answers that were used."""


def deciding(track: Track, case: Knowing, own: Knowing | None) -> dict[str, Any]:
    """Facts that may decide now: answers that were used are gone, and needs do not see each other's."""
    facts = {name: value for name, value in case.facts.items() if name not in case.spent}
    if own is not None:
        facts = {name: value for name, value in facts.items() if name not in track.need_fields}
        facts.update((name, value) for name, value in own.facts.items() if name not in own.spent)
    return facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """The branch to take, or None and the facts that are missing; `assumed` names facts that counted as protection."""

    branch: Branch | None
    assumed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def judge(
    node: Node, branch: Branch, facts: Mapping[str, Any], protective: Mapping[str, Any]
) -> tuple[bool | None, tuple[str, ...]]:
    """Whether a branch is open, and on what assumption.

    A guard that could not be read stays unknown, and nothing is assumed on the way into a share.
    """
    if branch.guard is None:
        return (None if branch.problem else True), ()
    answer = branch.guard.evaluate(facts)
    if answer is not None:
        return answer, ()
    missing = branch.guard.missing(facts) & protective.keys()
    if missing and branch.target not in node.shares:
        answer = branch.guard.evaluate({**facts, **{name: protective[name] for name in missing}})
        if answer is not None:
            return answer, tuple(sorted(missing))
    return None, ()


def decide(node: Node, facts: Mapping[str, Any], protective: Mapping[str, Any]) -> Verdict:
    """The one branch that is open: a known yes first, then a protective one, the default when all others are closed."""
    missing: set[str] = set()
    assumed: Verdict | None = None
    for branch in node.branches:
        answer, on = judge(node, branch, facts, protective)
        if answer is True and not on:
            return Verdict(branch)
        if answer is True and assumed is None:
            assumed = Verdict(branch, on)
        if answer is None and branch.guard:
            missing |= branch.guard.missing(facts)
    if assumed:
        return assumed
    if missing:
        return Verdict(None, missing=tuple(sorted(missing)))
    if node.default:
        return Verdict(node.default)
    return Verdict(None, missing=tuple(sorted(node.fields)))


def lacking_bases(
    track: Track, node: Node, need: str | None, case: Mapping[str, str], own: Mapping[str, str]
) -> tuple[str, ...]:
    """Legal bases that this step requires and that do not hold; a need's own are never those of the case."""
    required = node.step.bases(need)
    return tuple(basis for basis in required if basis not in (own if basis in track.need_bases else case))
