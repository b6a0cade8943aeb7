"""Is the content complete: needs, labels, joins? And what should a committee know of its shape?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import networkx as nx

from sop import guards, proofs
from sop.checks.ways import from_start
from sop.findings import Finding, Severity
from sop.flowchart import Branch, ConflictKind, Flowchart, StepKind
from sop.guards import FieldKind, Guard
from sop.vocabulary import N_, Message

HUB_SHARE: Final = 0.15
NEEDS: Final = "needs"


def _finding(severity: Severity, code: str, where: str, text: str, example: list[str], **values: object) -> Finding:
    return Finding(severity, code, where, Message(code, text, {"step": where, **values}), example)


def needs(flowchart: Flowchart) -> Iterator[Finding]:
    """Every need has a pathway that opens; a pathway that opens only under a further condition is told."""
    known = flowchart.fields.get(NEEDS)
    if known is None or known.kind is not FieldKind.SET:
        return
    pathways = {step.need: step.id for step in flowchart.of_kind(StepKind.PATHWAY)}
    hub = Counter(branch.source for branch in flowchart.branches if branch.target in pathways.values()).most_common(1)
    lead = from_start(flowchart, hub[0][0]) if hub else []
    for need in known.values:
        step = pathways.get(need)
        incoming = flowchart.incoming(step) if step else ()
        if step is None or not incoming:
            text = N_("no pathway opens for the need %(need)s")
            yield _finding(Severity.ERROR, "NEED_WITHOUT_PATHWAY", need, text, lead, need=need)
        else:
            yield from _conditional(flowchart, need, step, incoming)


def _conditional(flowchart: Flowchart, need: str, step: str, incoming: tuple[Branch, ...]) -> Iterator[Finding]:
    own = guards.parse(f"{need} in {NEEDS}", flowchart.fields)
    opening: list[Guard] = [branch.guard for branch in incoming if branch.guard]
    if len(opening) < len(incoming):
        return
    try:
        facts = proofs.find([own], opening)
    except proofs.TooComplex:
        return
    if facts is not None:
        text = N_("the pathway of the need %(need)s stays closed when %(facts)s: keep the need in sight")
        values = {"need": need, "facts": proofs.describe(facts)}
        yield _finding(Severity.INFORMATION, "NEED_CONDITIONAL", need, text, from_start(flowchart, step), **values)


def labels(flowchart: Flowchart) -> Iterator[Finding]:
    """Lanes, stages, steps, and branches among which one chooses, have a label in every language."""
    text = N_("%(step)s has no label in: %(languages)s")
    for kind, named in (("lane", flowchart.lanes), ("stage", flowchart.stages)):
        for name, label in named.items():
            inside = [step.id for step in flowchart.steps.values() if getattr(step, kind) == name]
            if inside and (missing := _missing(flowchart, label)):
                way = from_start(flowchart, inside[0])
                yield _finding(Severity.WARNING, "MISSING_LABEL", name, text, way, languages=missing)
    for step in flowchart.steps.values():
        if missing := _missing(flowchart, step.label):
            yield _finding(Severity.WARNING, "MISSING_LABEL", step.id, text, [step.id], languages=missing)
    for branch in flowchart.branches:
        missing = _missing(flowchart, branch.label)
        if missing and len(flowchart.outgoing(branch.source)) > 1:
            way = [branch.source, branch.target]
            yield _finding(Severity.WARNING, "MISSING_LABEL", branch.where, text, way, languages=missing)


def _missing(flowchart: Flowchart, label: object) -> str:
    texts = label if isinstance(label, dict) else {}
    return ", ".join(code for code in flowchart.languages if not str(texts.get(code, "")).strip())


def splits(flowchart: Flowchart) -> Iterator[Finding]:
    """Ways that part at a split meet again at a join."""
    forward = flowchart.forward()
    back = nx.DiGraph(forward.reverse(copy=True))
    back.add_edges_from(("", end.id) for end in flowchart.ends)
    above = nx.immediate_dominators(back, "") if "" in back else {}
    for split in flowchart.of_kind(StepKind.SPLIT_OR):
        at, seen = above.get(split.id), {split.id}
        while at and at not in seen and flowchart.steps[at].kind is not StepKind.JOIN_OR:
            seen.add(at)
            at = above.get(at)
        if not at or at in seen:
            text = N_("the ways that part at %(step)s do not all meet again at a join")
            way = [*from_start(flowchart, split.id), *sorted(set(forward.successors(split.id)))[:1]]
            yield _finding(Severity.WARNING, "SPLIT_WITHOUT_JOIN", split.id, text, way)


def conflicts(flowchart: Flowchart) -> Iterator[Finding]:
    """No need waits, directly or through others, for itself: such a case would never go on."""
    waiting = nx.DiGraph()
    for rule in flowchart.conflicts:
        if rule.kind is ConflictKind.WAITS_FOR:
            waiting.add_edges_from((need, other, {"rule": rule.id}) for need in rule.needs for other in rule.others)
    for group in nx.strongly_connected_components(waiting):
        if len(group) > 1:
            cycle = [edge[0] for edge in nx.find_cycle(waiting.subgraph(sorted(group)))]
            pathways = {step.need: step.id for step in flowchart.of_kind(StepKind.PATHWAY)}
            text = N_("the needs %(cycle)s wait for each other: none of them could ever go on")
            example = [pathways[need] for need in cycle if need in pathways]
            where = str(waiting.edges[cycle[0], [*cycle, cycle[0]][1]]["rule"])
            told = " → ".join([*cycle, cycle[0]])
            yield _finding(Severity.ERROR, "CONFLICT_CIRCLE", where, text, example, cycle=told)


def hubs(flowchart: Flowchart) -> Iterator[Finding]:
    """Steps through which much of the flowchart passes: whoever holds them must not be absent."""
    graph = nx.DiGraph(flowchart.forward())
    for step, share in sorted(nx.betweenness_centrality(graph).items(), key=lambda item: (-item[1], item[0])):
        if share >= HUB_SHARE:
            text = N_("%(percent)d %% of the shortest ways pass through %(step)s")
            example = from_start(flowchart, step)
            yield _finding(Severity.INFORMATION, "HUB", step, text, example, percent=round(share * 100))


def handovers(flowchart: Flowchart) -> Iterator[Finding]:
    """How often the work passes from one lane to another."""
    edges = [(source, target) for source, target, _ in flowchart.graph().edges(data=True)]
    crossing = [edge for edge in edges if flowchart.steps[edge[0]].lane != flowchart.steps[edge[1]].lane]
    if crossing:
        text = N_("%(count)d of %(total)d branches pass the work from one lane to another")
        values = {"count": len(crossing), "total": len(edges)}
        yield _finding(Severity.INFORMATION, "HANDOVERS", flowchart.id, text, list(crossing[0]), **values)
