"""May data leave? Before each share, every way crosses a step that grants each legal basis it requires.

This is a cut, typed by basis: the steps that grant it are taken out, and no way may be left from a start, or from a
step that ends the basis (another provider is sought, consent is withdrawn), to the share. A way that is only open
through the flowchart's fallback for used-up loops is a warning; every way that somebody drew is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from sop.checks.ways import from_start, shortest
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart, Step, StepKind
from sop.vocabulary import N_, Message


def undeclared(flowchart: Flowchart) -> Iterator[Finding]:
    """Every share says which basis it needs."""
    for share in flowchart.of_kind(StepKind.SHARE):
        if not share.requires:
            text = N_("%(step)s passes on data and names no legal basis")
            message = Message("SHARE_DECLARES_NO_BASIS", text, {"step": share.id})
            yield Finding(Severity.ERROR, message.code, share.id, message, from_start(flowchart, share.id))


def ungranted(flowchart: Flowchart) -> Iterator[Finding]:
    """No way to a share goes around a basis that it requires; each basis is cut on its own."""
    for share in flowchart.of_kind(StepKind.SHARE):
        for basis in share.requires:
            yield from _uncut(flowchart, share, basis, "")
        for need, bases in share.requires_for.items():
            for basis in bases:
                yield from _uncut(flowchart, share, basis, need)


def _uncut(flowchart: Flowchart, share: Step, basis: str, need: str) -> Iterator[Finding]:
    cut = {step.id for step in flowchart.steps.values() if basis in step.grants}
    ending = [step.id for step in flowchart.steps.values() if basis in step.invalidates]
    sources = [start.id for start in flowchart.starts]
    if need:  # a need's own way begins where its pathway opens, and never crosses the pathways of the others
        pathways = flowchart.of_kind(StepKind.PATHWAY)
        sources = [step.id for step in pathways if step.need == need]
        cut |= {step.id for step in pathways if step.need != need}
    sources += ending
    graph = flowchart.reach()
    way, severity = shortest(graph, sources, share.id, cut, drawn=True), Severity.ERROR
    if not way:
        way, severity = shortest(graph, sources, share.id, cut), Severity.WARNING
    if way:
        text = N_("%(step)s requires the legal basis “%(basis)s”, but the way %(way)s does not grant it")
        if need:
            text = N_("%(step)s requires the legal basis “%(basis)s” for the need %(need)s; %(way)s does not grant it")
        values = {"step": share.id, "basis": basis, "need": need, "way": " → ".join(way)}
        yield Finding(severity, code := "SHARE_WITHOUT_LEGAL_BASIS", share.id, Message(code, text, values), way)
