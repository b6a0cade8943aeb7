"""The data officer's register: sharing decisions and accesses in one list, newest first; codes only, no content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import aliased

from referral.cases.models import Case
from referral.consent.filters import Filters, Show
from referral.consent.models import DecisionRecord
from referral.consent.repeating import Repeat, repeat
from referral.consent.rules import Outcome
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.models import Organization, User

PAGE = 40
DECIDED = "sharing.decide"
"""The audit line that every decision of the register leaves; it is counted, not listed a second time."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who acted: account, role at that time where it is known, organisation."""

    account: str
    role: Role | None
    organization: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A sharing decision as the register shows it."""

    id: UUID
    outcome: Outcome
    code: str
    action: str
    purpose: str
    recipient: str
    visible: tuple[str, ...]
    policy: str
    again: Repeat


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: a decision, or an act or look that left an audit line."""

    at: datetime
    who: Who
    case_id: UUID | None
    case_code: str
    decision: Taken | None = None
    action: str = ""
    code: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; `next` holds the places of both lists where the next page starts."""

    rows: list[Entry]
    next: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many decisions about a case the register holds, and how many the audit trail says were taken."""

    kept: int
    noted: int

    @property
    def agree(self) -> bool:
        """Whether both say the same."""
        return self.kept == self.noted


def case_code(case_id: UUID) -> str | None:
    """The code of a case, which is all that the register knows of it."""
    return db.session.scalar(select(Case.code).where(Case.id == case_id))


def register(filters: Filters, *, case_id: UUID | None = None, size: int = PAGE) -> Page:
    """One page of the register; `case_id` narrows it to a case, whatever code the filters name."""
    if case_id is None and filters.case:
        case_id = db.session.scalar(select(Case.id).where(Case.code == filters.case))
        if case_id is None:
            return Page([], None)
    decisions = _decisions(filters, case_id, size + 1) if filters.decisions else []
    lines = _lines(filters, case_id, size + 1) if filters.accesses else []
    rows = sorted((*decisions, *lines), key=_newest)
    shown = rows[:size]
    return Page(shown, _following(filters, shown) if len(rows) > size else None)


def tally(case_id: UUID) -> Tally:
    """Decisions in the register against the trail's own count: a decision that was deleted shows here."""
    kept = select(func.count()).select_from(DecisionRecord).where(DecisionRecord.case_id == case_id)
    noted = select(func.count()).where(AuditLine.case_id == case_id, AuditLine.action == DECIDED)
    return Tally(db.session.scalar(kept) or 0, db.session.scalar(noted) or 0)


def _newest(entry: Entry) -> tuple[float, bool, int]:
    """Newest first; of the same moment the decision first, then the later line."""
    return (-entry.at.timestamp(), entry.decision is None, -entry.line)


def _following(filters: Filters, shown: Sequence[Entry]) -> dict[str, str]:
    decision, line = filters.decision, filters.line
    for entry in shown:
        if entry.decision is not None:
            decision = entry.decision.id
        else:
            line = entry.line
    places = {"decision": str(decision or ""), "line": str(line or "")}
    return {name: place for name, place in places.items() if place}


def _decisions(filters: Filters, case_id: UUID | None, size: int) -> list[Entry]:
    recipient = aliased(Organization)
    query = (
        select(DecisionRecord, Case.code, User.username, User.role, Organization.name, recipient.name)
        .join(Case, Case.id == DecisionRecord.case_id)
        .outerjoin(recipient, recipient.id == DecisionRecord.recipient_id)
        .outerjoin(User, User.id == DecisionRecord.actor_id)
        .outerjoin(Organization, Organization.id == User.organization_id)
        .order_by(DecisionRecord.at.desc(), DecisionRecord.id.desc())
        .limit(size)
    )
    if case_id is not None:
        query = query.where(DecisionRecord.case_id == case_id)
    if filters.outcome is not None:
        query = query.where(DecisionRecord.outcome == filters.outcome.value)
    if filters.code:
        query = query.where(DecisionRecord.code == filters.code)
    if filters.decision is not None:
        query = query.where(_before(filters.decision))
    return [_decided(*row) for row in db.session.execute(query)]


def _before(decision_id: UUID) -> Any:
    at = db.session.scalar(select(DecisionRecord.at).where(DecisionRecord.id == decision_id))
    if at is None:
        return true()
    return or_(DecisionRecord.at < at, and_(DecisionRecord.at == at, DecisionRecord.id < decision_id))


def _decided(
    row: DecisionRecord,
    code: str,
    account: str | None,
    role: Role | None,
    organization: str | None,
    recipient: str | None,
) -> Entry:
    again = repeat(
        row.inputs, noted=row.inputs_hash, policy=row.policy, outcome=row.outcome, code=row.code, visible=row.visible
    )
    outcome, visible = Outcome(row.outcome), tuple(row.visible)
    taken = Taken(row.id, outcome, row.code, row.action, row.purpose, recipient or "", visible, row.policy, again)
    return Entry(row.at, Who(account or "", role, organization or ""), row.case_id, code, taken)


def _lines(filters: Filters, case_id: UUID | None, size: int) -> list[Entry]:
    query = (
        select(AuditLine, Case.code, User.username, Organization.name)
        .outerjoin(Case, Case.id == AuditLine.case_id)
        .outerjoin(User, User.id == AuditLine.actor_id)
        .outerjoin(Organization, Organization.id == User.organization_id)
        .where(AuditLine.action != DECIDED)
        .order_by(AuditLine.id.desc())
        .limit(size)
    )
    outside = filters.show is Show.OTHER and case_id is None
    query = query.where(AuditLine.case_id.is_(None) if outside else AuditLine.case_id.is_not(None))
    if case_id is not None:
        query = query.where(AuditLine.case_id == case_id)
    if filters.line is not None:
        query = query.where(AuditLine.id < filters.line)
    return [_accessed(*row) for row in db.session.execute(query)]


def _accessed(line: AuditLine, code: str | None, account: str | None, organization: str | None) -> Entry:
    role = Role(line.actor_role) if line.actor_role in set(Role) else None
    who = Who(account or "", role, organization or "")
    return Entry(line.at, who, line.case_id, code or "", None, line.action, line.code, line.id)
