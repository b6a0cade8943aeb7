"""Who saw or changed this case: the audit lines of a case with who they are, and in words what they did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.models import Organization, User
from sop.vocabulary import N_

PAGE = 50
LOOKED = frozenset({"read", "reveal", "found", "print"})
"""How the names of acts that only look end."""

ACTS: dict[str, str] = {
    "case.read": N_("opened the case"),
    "case.plan.read": N_("read the assessment and the plan"),
    "case.accesses.read": N_("looked up who saw the case"),
    "case.procedure.read": N_("looked at the place on the flowchart"),
    "case.step.read": N_("opened a step to record it"),
    "case.done": N_("recorded a step"),
    "case.facts": N_("recorded what was learned"),
    "case.need_opened": N_("added a need"),
    "case.any_time": N_("recorded an event"),
    "case.paused": N_("stopped the clock of a step"),
    "case.resumed": N_("let the clock of a step run again"),
    "case.move_version.read": N_("looked at what a move to the version in force would change"),
    "case.move_version": N_("moved the case to the version of the procedure in force"),
    "case.clock.read": N_("looked at the clock of a step"),
    "case.note": N_("wrote a note"),
    "case.activate": N_("opened the case after base consent"),
    "case.assign": N_("assigned the case"),
    "case.reassign": N_("assigned the case to somebody else"),
    "case.close": N_("closed the case"),
    "case.erase": N_("erased the file"),
    "case.erase_part": N_("erased a part of the file"),
    "case.hold": N_("put a legal hold on the file, or ended it"),
    "hold.placed": N_("put a legal hold on the file"),
    "hold.renewed": N_("renewed the legal hold on the file"),
    "hold.lifted": N_("ended the legal hold on the file"),
    "hold.lapsed": N_("the last day of the legal hold on the file was past"),
    "hold.overtaken": N_("the legal hold ended: the file had been erased before"),
    "hold.read": N_("looked at the legal hold on the file"),
    "own_file.read": N_("showed the own file to the person, or to who stands for them"),
    "own_file.print": N_("printed the person’s own file"),
    "own_file.link": N_("gave the person a link to their own file"),
    "own_file.refused": N_("did not show the file to somebody who asked for the person"),
    "best_interests.ask": N_("asked for a best-interests review of an adult"),
    "best_interests.decide": N_("decided a best-interests review of an adult"),
    "consent.withdraw": N_("recorded that consent was withdrawn"),
    "stop.confirm": N_("confirmed what was done with the data"),
    "stop.record": N_("recorded what a recipient said it did with the data"),
    "stop.print": N_("printed a letter that asks a recipient to stop"),
    "stop.chase": N_("reminded a recipient that had not confirmed"),
    "withdrawal.print": N_("printed the proof of a withdrawal"),
    "rights.ask": N_("recorded what the person asks about their file"),
    "rights.read": N_("read what the person asked about their file"),
    "rights.print": N_("printed the answer to what the person asked"),
    "rights.decide": N_("answered what a person asked about their file"),
    "case.task": N_("finished a task"),
    "case.task_opened": N_("a task was opened by a rule"),
    "case.forms.read": N_("saw which forms a case has"),
    "case.form.begin": N_("began a form of this case"),
    "case.form.submit": N_("finished a form of this case"),
    "case.form.read": N_("read a form of this case"),
    "case.form.print": N_("printed a form of this case"),
    "case.form.reveal": N_("uncovered the name in a form of this case"),
    "case.approval.ask": N_("asked the supervisor to approve"),
    "case.approval.approve": N_("approved the plan or the closing"),
    "case.approval.return": N_("sent back to the case manager"),
    "person.family.read": N_("read family and household"),
    "person.link.add": N_("noted a relative"),
    "person.link.change": N_("changed what is known about a relative"),
    "person.link.end": N_("took out a relative"),
    "person.contact.read": N_("read how the person may be reached"),
    "person.contact": N_("noted how the person may be reached"),
    "person.protect": N_("protected the name"),
    "person.unprotect": N_("ended the protection of the name"),
    "shortlist.read": N_("looked at the services kept for the case"),
    "shortlist.keep": N_("kept a service for the case"),
    "shortlist.note": N_("wrote a note on a kept service"),
    "shortlist.remove": N_("took a service off the case’s list"),
}
KINDS: dict[str, str] = {
    "prefile": N_("identification"),
    "person": N_("uncovered or searched the name"),
    "people": N_("uncovered or searched the name"),
    "consent": N_("consent"),
    "referral": N_("referral"),
    "decision": N_("sharing decision"),
    "sharing": N_("sharing decision"),
    "identification": N_("identification"),
    "draft": N_("a form that is being filled in"),
    "emergency": N_("emergency access"),
    "outside": N_("notice outside the system"),
    "best_interests": N_("best interests"),
    "base_consent": N_("consent"),
}
OTHER = N_("another act")


@dataclass(frozen=True, slots=True)
class Access:
    """One line as people read it."""

    id: int
    at: datetime
    name: str
    role: Role | None
    organization: str
    action: str
    looked: bool
    step: str
    actor_id: UUID | None
    organization_id: UUID | None
    subject: str

    def outside(self, case: Case) -> bool:
        """Whether somebody of another organisation than the one that keeps the case acted."""
        return self.organization_id is not None and self.organization_id != case.organization_id


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Newest first; `next` is the line before which the next page ends."""

    rows: list[Access]
    next: int | None


def accesses_of(
    case_id: UUID, *, before: int | None = None, size: int = PAGE, without: Collection[str] = ()
) -> AccessPage:
    """Who saw or changed a case, newest first. `without`: ids of subjects that the reader is not told of."""
    query = (
        select(AuditLine, User.full_name, Organization.name, Organization.id)
        .outerjoin(User, User.id == AuditLine.actor_id)
        .outerjoin(Organization, Organization.id == User.organization_id)
        .where(AuditLine.case_id == case_id)
        .order_by(AuditLine.id.desc())
        .limit(size + 1)
    )
    if without:
        query = query.where(AuditLine.subject_id.not_in(without))
    if before is not None:
        query = query.where(AuditLine.id < before)
    found = [_access(*row) for row in db.session.execute(query)]
    return AccessPage(found[:size], found[size - 1].id if len(found) > size else None)


def count_of(case_id: UUID) -> int:
    """How many lines the trail has about a case."""
    return db.session.scalar(select(func.count()).where(AuditLine.case_id == case_id)) or 0


def act_in_words(action: str) -> str:
    """What an act was.

    >>> act_in_words("case.read"), act_in_words("referral.accept"), act_in_words("x.y")
    ('opened the case', 'referral', 'another act')
    """
    return ACTS.get(action) or KINDS.get(action.partition(".")[0], OTHER)


def _access(line: AuditLine, name: str | None, organization: str | None, organization_id: UUID | None) -> Access:
    return Access(
        id=line.id,
        at=line.at,
        name=name or "",
        role=Role(line.actor_role) if line.actor_role in set(Role) else None,
        organization=organization or "",
        action=line.action,
        looked=line.action.rpartition(".")[2] in LOOKED,
        step=str(line.details.get("step") or ""),
        actor_id=line.actor_id,
        organization_id=organization_id,
        subject=line.subject_id,
    )
