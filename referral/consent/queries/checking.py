"""The whole register taken again: each decision from its inputs, and their number against the audit trail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from referral.cases.models import Case
from referral.consent.models import DecisionRecord
from referral.consent.queries.register import DECIDED
from referral.consent.repeating import Repeat, repeat
from referral.extensions import db
from referral.foundation.audit import AuditLine

BATCH = 500
ODD = (Repeat.DIFFERENT, Repeat.ALTERED)


@dataclass(frozen=True, slots=True)
class Report:
    """How many decisions gave which result, how many the trail counts, and the ids of those to look into."""

    counts: dict[Repeat, int]
    noted: int
    odd: tuple[UUID, ...]

    @property
    def kept(self) -> int:
        """Decisions in the register."""
        return sum(self.counts.values())

    @property
    def ok(self) -> bool:
        """Whether nothing has to be looked into."""
        return not self.odd and self.kept == self.noted

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        counts = {result.value: self.counts.get(result, 0) for result in Repeat}
        return {"kept": self.kept, "noted": self.noted, **counts, "odd": [str(one) for one in self.odd], "ok": self.ok}

    def words(self) -> list[str]:
        """Lines for people."""
        lines = [f"{self.counts.get(result, 0):>8}  {result.label}" for result in Repeat]
        lines.append(f"{self.kept} decisions are kept, the audit trail counts {self.noted}")
        return lines + [f"to look into: {one}" for one in self.odd]


def check(code: str = "") -> Report | None:
    """Take the decisions again, all or those about one case; None when no case has this code."""
    query = select(DecisionRecord).order_by(DecisionRecord.id)
    noted = select(func.count()).where(AuditLine.action == DECIDED)
    if code:
        case_id = db.session.scalar(select(Case.id).where(Case.code == code.strip().upper()))
        if case_id is None:
            return None
        query, noted = query.where(DecisionRecord.case_id == case_id), noted.where(AuditLine.case_id == case_id)
    counts: Counter[Repeat] = Counter()
    odd: list[UUID] = []
    for row in db.session.scalars(query.execution_options(yield_per=BATCH)):
        result = repeated(row)
        counts[result] += 1
        if result in ODD:
            odd.append(row.id)
    return Report(dict(counts), db.session.scalar(noted) or 0, tuple(odd))


def repeated(row: DecisionRecord) -> Repeat:
    """What taking one decision again shows."""
    return repeat(
        row.inputs, noted=row.inputs_hash, policy=row.policy, outcome=row.outcome, code=row.code, visible=row.visible
    )
