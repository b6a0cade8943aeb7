"""What a locked step protects holds in every layer above it: it stays, keeps its strength, and nothing leads around it.

A lock is kept when, in the merged flowchart,

- the step is there, of the same kind, still locked; it grants the same legal bases, requires and ends at least those of
  the base, and shares no further category of data;
- no step that is not locked grants a basis that only locked steps granted, and every share requires one of those bases;
- whatever no case could reach without crossing the step, no case reaches without crossing it now;
- whoever was led to the step by an answer is still led to it by that answer (perhaps through further steps);
- the facts that those answers are made of can still say all that they could;
- the forbidden ways that name the step are still forbidden, and needs that wait for others still do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sop import proofs
from sop.checks.ways import shortest
from sop.diff import shown
from sop.findings import Finding, Severity
from sop.flowchart import Branch, ConflictKind, Flowchart, Forbidden, Step, StepKind
from sop.guards import Guard
from sop.vocabulary import N_, Message

SAME: Final = ("kind", "need", "event", "locked", "grants")
AT_LEAST: Final = ("requires", "invalidates")
AT_MOST: Final = ("shares",)


def broken(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    """Every lock of the base that the merged flowchart breaks."""
    for step in base.steps.values():
        if not step.locked:
            continue
        if step.id not in merged.steps:
            yield removed(step.id)
        else:
            yield from _weakened(step, merged.steps[step.id])
            yield from _detours(base, merged, step)
            yield from _entries(base, merged, step)
    yield from _other_grants(base, merged)
    yield from _free_shares(base, merged)
    yield from _forbidden(base, merged)
    yield from _conflicts(base, merged)
    yield from _fields(base, merged)


def _finding(code: str, where: str, text: str, example: Sequence[str], **values: object) -> Finding:
    return Finding(Severity.ERROR, code, where, Message(code, text, {"step": where, **values}), list(example))


def removed(step: str) -> Finding:
    """A locked step that is not there any more."""
    return _finding("LOCKED_REMOVED", step, N_("the step %(step)s is locked in the base and cannot be removed"), [step])


def _weakened(step: Step, now: Step) -> Iterator[Finding]:
    text = N_("the step %(step)s is locked in the base: “%(what)s” was %(before)s and may not become %(after)s")
    pairs = [(name, getattr(step, name), getattr(now, name)) for name in (*SAME, *AT_LEAST, *AT_MOST)]
    pairs += [
        (f"requires_for.{need}", bases, now.requires_for.get(need, ())) for need, bases in step.requires_for.items()
    ]
    for name, before, after in pairs:
        if name in SAME:
            kept = set(before) == set(after) if isinstance(before, tuple) else before == after
        else:
            kept = set(after) <= set(before) if name in AT_MOST else set(before) <= set(after)
        if not kept:
            values = {"what": name, "before": _written(before), "after": _written(after)}
            yield _finding("LOCKED_WEAKENED", step.id, text, [step.id], **values)


def _written(value: object) -> str:
    return shown(list(value) or None if isinstance(value, tuple) else value)


# --- ways around -----------------------------------------------------------------------------------------------------


def _ahead(flowchart: Flowchart, sources: Iterable[str], avoid: str) -> set[str]:
    """`sources` and every step that a case may come to from there without crossing `avoid`."""
    graph, found = flowchart.reach(), set()
    waiting = [source for source in sources if source != avoid]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += [one for one in graph.successors(step) if one != avoid]
    return found


def _reached(flowchart: Flowchart, avoid: str = "") -> set[str]:
    return _ahead(flowchart, (start.id for start in flowchart.starts), avoid)


def _detours(base: Flowchart, merged: Flowchart, step: Step) -> Iterator[Finding]:
    """What lay behind this step alone, and can now be reached without it."""
    if step.kind is StepKind.START:
        return
    guarded = _reached(base) - _reached(base, step.id) - {step.id}
    free = guarded & _reached(merged, step.id)
    if free:
        starts = [start.id for start in merged.starts]
        ways = [shortest(merged.reach(), starts, target, {step.id}) for target in sorted(free)]
        way = min(ways, key=len)
        text = N_("the locked step %(step)s can be bypassed on the way %(way)s")
        yield _finding("LOCKED_BYPASSED", step.id, text, way, way=" → ".join(way))


def _entries(base: Flowchart, merged: Flowchart, step: Step) -> Iterator[Finding]:
    """An answer that led to this step must still lead to it."""
    for branch in base.incoming(step.id):
        if branch.source not in merged.steps or branch.problem:
            continue
        facts = _lost(base, merged, branch)
        if facts is not None:
            text = N_("the locked step %(step)s can be bypassed: %(source)s no longer leads to it when %(facts)s")
            if not facts:
                text = N_("the locked step %(step)s can be bypassed: %(source)s no longer leads to it")
            values = {"source": branch.source, "facts": facts}
            yield _finding("LOCKED_BYPASSED", step.id, text, [branch.source, step.id], **values)


def _lost(base: Flowchart, merged: Flowchart, branch: Branch) -> str | None:
    """Facts that took `branch` in the base and do not lead to its target in the merged flowchart, or None."""
    leaving = [one for one in merged.outgoing(branch.source) if not one.problem]
    leading = [one for one in leaving if one.target in merged.steps and _inevitable(merged, one.target, branch.target)]
    if any(one.guard is None and not one.is_default for one in leading):
        return None
    taken = [branch.guard] if branch.guard else []
    closed = [one.guard for one in leading if one.guard]
    if branch.is_default:
        closed += [one.guard for one in base.outgoing(branch.source) if one.guard]
    others: list[Guard | None] = [None]
    if any(one.is_default for one in leading):  # "else" leads there: lost is only what another answer takes away
        others = [one.guard for one in leaving if one.guard and one not in leading]
    for other in others:
        try:
            facts = proofs.find([*taken, *([other] if other else [])], closed)
        except proofs.TooComplex:
            return "…"
        if facts is not None:
            return proofs.describe(facts)
    return None


def _inevitable(flowchart: Flowchart, step: str, target: str) -> bool:
    """Whether every way from `step` gets to `target` before it ends or shares anything."""
    if step == target:
        return True
    ahead = _ahead(flowchart, [step], target)
    kinds = {flowchart.steps[one].kind for one in ahead}
    before = any(target in flowchart.reach().successors(one) for one in ahead)
    return before and not kinds & {StepKind.END, StepKind.SHARE}


# --- legal bases and rules -------------------------------------------------------------------------------------------


def _held(base: Flowchart) -> set[str]:
    """Legal bases that only locked steps grant."""
    free = {basis for step in base.steps.values() if not step.locked for basis in step.grants}
    return {basis for step in base.steps.values() if step.locked for basis in step.grants} - free


def _other_grants(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    for basis in sorted(_held(base)):
        known = {step.id for step in base.steps.values() if basis in step.grants}
        for step in merged.steps.values():
            if basis in step.grants and step.id not in known:
                text = N_("%(step)s grants the legal basis “%(basis)s”, which only locked steps of the base may grant")
                yield _finding("LOCKED_BYPASSED", step.id, text, [step.id], basis=basis)


def _free_shares(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    held = _held(base)
    for share in merged.of_kind(StepKind.SHARE):
        before = base.steps.get(share.id)
        was_free = before is not None and before.kind is StepKind.SHARE and not held & set(before.requires)
        if held and not was_free and not held & set(share.requires):
            text = N_("%(step)s shares data and requires none of the legal bases that locked steps grant: %(bases)s")
            yield _finding("LOCKED_BYPASSED", share.id, text, [share.id], bases=", ".join(sorted(held)))


def _protecting(base: Flowchart) -> Iterator[Forbidden]:
    """Forbidden ways that name a locked step."""
    locked = {step.id for step in base.steps.values() if step.locked}
    return (rule for rule in base.forbidden if locked & {rule.source, rule.target, *rule.around})


def _fields(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    """Facts that decide at a locked step, or whether its forbidden ways apply, lose no value."""
    ends = ((one, base.steps.get(one.source), base.steps.get(one.target)) for one in base.branches)
    deciding = [branch.guard for branch, *steps in ends if any(step and step.locked for step in steps)]
    deciding += [rule.given for rule in _protecting(base)]
    for name in sorted({name for guard in deciding if guard for name in guard.fields}):
        before, after = base.fields[name], merged.fields.get(name)
        kept = after is not None and after.kind is before.kind and set(before.values) <= set(after.values)
        if after is None or not kept or after.low > before.low or after.high < before.high:
            text = N_("the fact %(step)s decides at a locked step and may lose none of its values")
            yield _finding("LOCKED_WEAKENED", name, text, [name])


def _forbidden(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    now = {rule.id: rule for rule in merged.forbidden}
    for rule in _protecting(base):
        kept = now.get(rule.id)
        same = kept is not None and (kept.source, kept.target, kept.condition) == (
            rule.source,
            rule.target,
            rule.condition,
        )
        if kept is None or not same or not set(kept.around) <= set(rule.around):
            text = N_("the forbidden way %(step)s protects a locked step and may be neither removed nor loosened")
            yield _finding("LOCKED_WEAKENED", rule.id, text, [rule.source, rule.target])


def _conflicts(base: Flowchart, merged: Flowchart) -> Iterator[Finding]:
    """A need that waits for others in the base waits for them in every layer: no return while asylum is open."""
    now = {rule.id: rule for rule in merged.conflicts}
    for rule in base.conflicts:
        kept = now.get(rule.id)
        if rule.kind is not ConflictKind.WAITS_FOR:
            continue
        same = kept is not None and kept.kind is rule.kind and set(kept.needs) >= set(rule.needs)
        if kept is None or not same or not set(kept.others) >= set(rule.others):
            text = N_("the rule %(step)s makes a need wait for another one and may be neither removed nor loosened")
            pathways = [step.id for step in base.of_kind(StepKind.PATHWAY) if step.need in (*rule.needs, *rule.others)]
            yield _finding("LOCKED_WEAKENED", rule.id, text, pathways)
