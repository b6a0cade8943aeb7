"""How far a drawing gets on import: drawing, structure, meaning, valid; and what keeps it from the next step.

L0  the file is well-formed BPMN within the limits: the drawing is kept and shown.
L1  it has at least one step, no id is claimed twice, and its links do not lead to each other in a circle.
L2  every question of the wizard has an answer or a proposal, and the answers give a flowchart.
L3  the checks find no error in that flowchart.
L4  is not here: a version is active when the application says so, after a decision of the committee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sop.bpmn.drawing import Drawing
from sop.bpmn.meaning import Builder
from sop.bpmn.names import clean
from sop.bpmn.reading import read
from sop.bpmn.structure import joined, structure_of
from sop.bpmn.wizard import Question
from sop.checks import check
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart
from sop.vocabulary import N_, Message
from sop.xml_gate import Unimportable

Files = Sequence[tuple[str, bytes]]
"""(name, content) of each file; several are one set, joined by their link events."""


class Level(StrEnum):
    """How far a drawing got."""

    DRAWING = "L0"
    STRUCTURE = "L1"
    MEANING = "L2"
    VALID = "L3"


@dataclass(frozen=True)
class Imported:
    """A drawing on its level: what was asked, what is to be told, and from L2 on the flowchart."""

    level: Level
    drawing: Drawing
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...] = ()
    flowchart: Flowchart | None = None

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """As JSON data: nodes are events, gateways, tasks, sub-processes and calls; flows are sequence flows."""
        keys = ("severity", "code", "where", "message")
        warnings = [{key: one.to_json(render)[key] for key in keys} for one in self.findings]
        size = {"nodes": len(self.drawing.nodes), "flows": len(self.drawing.flows)}
        return {"level": self.level.value, **size, "warnings": warnings}


def bring_in(files: Files, answers: Mapping[str, str] | None = None) -> Imported:
    """Import one file or a set as far as it goes, with the wizard's proposals where `answers` are missing.

    Raises `Unimportable` when nothing can be kept, or when an answer cannot be.
    """
    drawings: list[Drawing] = []
    findings: list[Finding] = []
    refused: list[Unimportable] = []
    for name, content in files:
        try:
            drawings.append(read(content))
        except Unimportable as problem:
            refused.append(problem)
            findings.append(Finding(Severity.ERROR, problem.message.code, clean(name, 200), problem.message))
    if not drawings:
        raise refused[0]
    drawing = joined(drawings)
    return climb(drawing, answers, findings)


def climb(drawing: Drawing, answers: Mapping[str, str] | None = None, found: Sequence[Finding] = ()) -> Imported:
    """The same for a drawing that was read already (and may have been kept since)."""
    structure = structure_of(drawing)
    findings = [*found, *drawing.findings, *structure.findings]
    if not structure.is_sound:
        return Imported(Level.DRAWING, drawing, tuple(findings))
    builder = Builder(drawing, answers or {}, structure)
    try:
        flowchart = builder.flowchart()
    except Unimportable as problem:
        if problem.message.code == "ANSWER":
            raise
        findings.append(Finding(Severity.WARNING, problem.message.code, "", problem.message))
        return Imported(Level.STRUCTURE, drawing, tuple(findings), tuple(builder.interview.questions.values()))
    if builder.interview.assumed:
        text = N_("%(count)d answers are proposals that nobody has confirmed")
        message = Message("PROPOSED", text, {"count": builder.interview.assumed})
        findings.append(Finding(Severity.INFORMATION, message.code, "", message))
    checked = check(flowchart)
    level = Level.MEANING if any(one.severity is Severity.ERROR for one in checked) else Level.VALID
    findings += checked
    return Imported(level, drawing, tuple(findings), tuple(builder.interview.questions.values()), flowchart)
