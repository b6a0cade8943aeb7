"""Does every decision decide? Conditions can be read, can be true, exclude each other and leave no case out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sop import proofs
from sop.checks.ways import from_start
from sop.findings import Finding, Severity
from sop.flowchart import Branch, Flowchart, Step, StepKind
from sop.vocabulary import N_, Message


def _error(code: str, where: str, text: str, example: list[str], **values: object) -> Finding:
    return Finding(Severity.ERROR, code, where, Message(code, text, {"step": where, **values}), example)


def readable(flowchart: Flowchart) -> Iterator[Finding]:
    """Every condition is in the guard language and names declared fields and values."""
    for branch in flowchart.branches:
        if branch.problem:
            example = [*from_start(flowchart, branch.source), branch.target]
            yield Finding(Severity.ERROR, branch.problem.code, branch.where, branch.problem.message, example)
    for rule in flowchart.forbidden:
        if rule.problem:
            yield Finding(Severity.ERROR, rule.problem.code, rule.id, rule.problem.message, [rule.source, rule.target])


def branching(flowchart: Flowchart) -> Iterator[Finding]:
    """Each step with a choice says clearly which branch is taken."""
    for step in flowchart.steps.values():
        branches = flowchart.outgoing(step.id)
        yield from _defaults(flowchart, step, branches)
        yield from _conditions(flowchart, step, branches)


def _defaults(flowchart: Flowchart, step: Step, branches: tuple[Branch, ...]) -> Iterator[Finding]:
    defaults = [branch.target for branch in branches if branch.is_default]
    if len(defaults) > 1:
        text = N_("%(step)s has %(count)d branches “else”: one at most")
        yield _error("TWO_DEFAULTS", step.id, text, [step.id, *defaults], count=len(defaults))
    if step.kind is StepKind.SPLIT_OR or len(branches) < 2:
        return
    for branch in branches:
        if branch.guard is None and branch.problem is None and not branch.is_default:
            text = N_("%(step)s has no condition although %(source)s has other branches")
            example = [*from_start(flowchart, step.id), branch.target]
            yield _error("UNGUARDED_BRANCH", branch.where, text, example, source=step.id)


def _conditions(flowchart: Flowchart, step: Step, branches: tuple[Branch, ...]) -> Iterator[Finding]:
    guarded = [branch for branch in branches if branch.guard is not None]
    if not guarded:
        return
    example = from_start(flowchart, step.id)
    try:
        yield from _never_true(guarded, example)
        if step.kind is not StepKind.SPLIT_OR:
            yield from _overlaps(step, guarded, example)
        if len(guarded) == len(branches):
            yield from _gaps(step, guarded, example)
    except proofs.TooComplex:
        text = N_("the conditions of %(step)s combine too many values to be checked: simplify them")
        yield _error("GUARD_TOO_COMPLEX", step.id, text, example)


def _never_true(guarded: list[Branch], example: list[str]) -> Iterator[Finding]:
    for branch in guarded:
        if branch.guard and proofs.find([branch.guard]) is None:
            text = N_("the condition of %(step)s can never be true: %(guard)s")
            yield _error("UNSAT_GUARD", branch.where, text, [*example, branch.target], guard=branch.guard.text)


def _overlaps(step: Step, guarded: list[Branch], example: list[str]) -> Iterator[Finding]:
    for one, other in combinations(guarded, 2):
        facts = proofs.find([guard for guard in (one.guard, other.guard) if guard])
        if facts is not None:
            text = N_("at %(step)s two branches are open at once, to %(one)s and to %(other)s, when %(facts)s")
            values = {"one": one.target, "other": other.target, "facts": proofs.describe(facts)}
            yield _error("OVERLAP", step.id, text, [*example, one.target], **values)


def _gaps(step: Step, guarded: list[Branch], example: list[str]) -> Iterator[Finding]:
    facts = proofs.find([], [branch.guard for branch in guarded if branch.guard])
    if facts is not None:
        text = N_("at %(step)s no branch is open when %(facts)s")
        yield _error("NOT_EXHAUSTIVE", step.id, text, example, facts=proofs.describe(facts))
