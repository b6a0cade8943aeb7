"""The coordination decides proposals field by field, takes changes back, and says how far a keeper is trusted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.providers.actions import editing, fields
from referral.providers.models import ServiceStaff
from referral.providers.rules import Origin, TrustLevel, created
from referral.providers.upkeep_models import ChangeProposal, EntityRevision, Subject
from sop.vocabulary import N_, Message

DECIDED = Message("proposal_decided", N_("Somebody has decided this proposal already."))
MOVED_ON = Message("moved_on", N_("A field was changed again since. Correct the entry itself."))


def decide(proposal: ChangeProposal, *, accepted: Collection[str], actor: Actor, now: datetime) -> None:
    """Publish the accepted fields and drop the others. A field that changed since it was proposed stops everything."""
    if proposal.decided_at is not None:
        raise RuleViolation(DECIDED)
    subject = proposal.subject
    present = fields.state_of(subject, proposal.section)
    wanted = [one for one in proposal.items if one.field in accepted]
    if any(one.field not in present or not fields.same(present[one.field], one.old) for one in wanted):
        raise RuleViolation(MOVED_ON)
    taken = {one.field: [present[one.field], one.new] for one in wanted}
    for one in proposal.items:
        one.accepted = one.field in taken
    proposal.decided_at, proposal.decided_by_id = now, actor.id
    if taken:
        editing.apply(subject, proposal.section, taken, origin=Origin.PROPOSAL, actor=actor, now=now)
    code = "accepted" if taken else "refused"
    audit.record("directory.decide", actor=actor, now=now, subject=("change_proposal", proposal.id), code=code)
    db.session.flush()


def undo(subject: Subject, revision: EntityRevision, *, actor: Actor, now: datetime) -> None:
    """Put back what a revision changed, if nothing was written over it; the section is not confirmed by that."""
    if revision.undone_at is not None or created(revision.diff) or _written_over(subject, revision):
        raise RuleViolation(MOVED_ON)
    _put_back(subject, revision, set(revision.diff), actor, now)


def undo_rest(subject: Subject, revision: EntityRevision, *, actor: Actor, now: datetime) -> list[str]:
    """Put back what was not written over since; the fields that stay because they were."""
    if revision.undone_at is not None:
        return []
    stay = _written_over(subject, revision)
    if revision.diff.keys() - stay:
        _put_back(subject, revision, revision.diff.keys() - stay, actor, now)
    return sorted(stay)


def _written_over(subject: Subject, revision: EntityRevision) -> set[str]:
    present = fields.state_of(subject, revision.section)
    return {
        name
        for name, (_old, new) in revision.diff.items()
        if name not in present or not fields.same(present[name], new)
    }


def _put_back(subject: Subject, revision: EntityRevision, names: Collection[str], actor: Actor, now: datetime) -> None:
    back = {name: [new, old] for name, (old, new) in revision.diff.items() if name in names}
    editing.apply(subject, revision.section, back, origin=Origin.UNDO, actor=actor, now=now, confirms=False)
    revision.undone_at = now
    audit.record("directory.undo", actor=actor, now=now, subject=(subject.__tablename__, subject.id))
    db.session.flush()


def trust(staff: ServiceStaff, level: TrustLevel, *, actor: Actor, now: datetime) -> None:
    """Set what somebody may publish without being read first."""
    staff.trust = level
    audit.record("directory.trust", actor=actor, now=now, subject=("service_staff", staff.id), code=level.value)
