"""How far a version's texts can be read, and what the checks say of them: the level of a draft follows from this.

L0 drawing kept · L1 structure · L2 meaning (every condition can be read) · L3 valid (no error, triage complete).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from referral.procedures.rules import VersionAction
from sop import checks, triage, yaml_io
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart
from sop.proofs import TooComplex
from sop.triage import DecisionTable
from sop.vocabulary import N_, Message
from sop.yaml_io import Unreadable


@dataclass(frozen=True)
class Assessment:
    """A flowchart and its triage table as the checks see them.

    `flowchart` and `table` are None where their text cannot be read; `unreadable` then says why, and at which line.
    """

    flowchart: Flowchart | None
    table: DecisionTable | None
    findings: tuple[Finding, ...]
    rows: Mapping[int, tuple[Finding, ...]]
    table_findings: tuple[Finding, ...]
    unreadable: Unreadable | None
    table_unreadable: Unreadable | None

    @property
    def errors(self) -> int:
        """What forbids publishing: errors of the flowchart and of the table, and a text that cannot be read."""
        found = sum(one.severity is Severity.ERROR for one in (*self.findings, *self.table_findings))
        return found + (self.unreadable is not None) + (self.table_unreadable is not None)

    @property
    def action(self) -> VersionAction:
        """What saving these texts comes to."""
        if self.flowchart is None:
            return VersionAction.KEEP_DRAWING
        if any(branch.problem for branch in self.flowchart.branches) or any(
            rule.problem for rule in self.flowchart.forbidden
        ):
            return VersionAction.READ_STRUCTURE
        return VersionAction.READ_MEANING if self.errors else VersionAction.PROVE


def as_text(typed: str) -> str:
    r"""A text as it is kept: line ends of one kind and one at its end, which also keeps a word from naming a file.

    >>> as_text("a: 1\r\nb: 2"), as_text("/etc/passwd"), as_text("")
    ('a: 1\nb: 2\n', '/etc/passwd\n', '')
    """
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    return text if not text or text.endswith("\n") else text + "\n"


def text_hash(text: str) -> str:
    """SHA-256 of a text as it is kept."""
    return hashlib.sha256(as_text(text).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=16)
def assess(flowchart_text: str, triage_text: str) -> Assessment:
    """Read and check both texts, once a process for each content.

    >>> assess("x: 1", "").action
    <VersionAction.KEEP_DRAWING: 'keep_drawing'>
    """
    flowchart, unreadable = _flowchart(as_text(flowchart_text))
    table, wrong = _table(as_text(triage_text))
    found = _check_table(table) if table else ()
    numbers = [rule.number for rule in table.rules] if table else []
    rows = {number: tuple(one for one in found if one.message.values.get("rule") == number) for number in numbers}
    findings = tuple(checks.check(flowchart)) if flowchart else ()
    return Assessment(flowchart, table, findings, rows, found, unreadable, wrong)


def _check_table(table: DecisionTable) -> tuple[Finding, ...]:
    try:
        return tuple(table.check())
    except TooComplex:
        text = N_("the conditions combine too many answers to prove that the table is complete")
        return (Finding(Severity.ERROR, "TOO_COMPLEX", "table", Message("TOO_COMPLEX", text, {"rule": 0})),)


def _flowchart(text: str) -> tuple[Flowchart | None, Unreadable | None]:
    try:
        return yaml_io.load(text or "\n"), None
    except Unreadable as problem:
        return None, problem


def _table(text: str) -> tuple[DecisionTable | None, Unreadable | None]:
    try:
        return triage.load(text or "\n"), None
    except Unreadable as problem:
        return None, problem
