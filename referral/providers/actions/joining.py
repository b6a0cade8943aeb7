"""Look for organisations that may be one, and do what a person decided of a pair.

A merge is a matter of what the directory shows, never of who may see what: the services keep their organisation, whose
members, agreements and cases decide on access; the directory shows them under the kept one. Whom an account, an
agreement, a case or the like hangs on can be kept, but not replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from directory import bodies as library
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.actions import choosing, editing, fields
from referral.providers.actions.deciding import undo_rest
from referral.providers.actions.doubling import ANSWERED, GONE
from referral.providers.actions.editing import StaleEntry
from referral.providers.doubles_models import OrganizationMerge, OrganizationPair
from referral.providers.queries import bodies
from referral.providers.rules import DoubleState, Origin, Section, Whose
from referral.providers.upkeep_models import EntityRevision
from sop.vocabulary import N_, Message

STANDING = Message(
    "organization_standing",
    N_(
        "The organisation that would leave the directory has user accounts, an agreement, cases or referrals: who may"
        " see what hangs on them. Keep that one, or leave both."
    ),
)
STANDS_FOR = Message(
    "organization_stands_for",
    N_("The organisation that would leave the directory stands for another one: take that back first, or keep it."),
)


def look(now: datetime) -> int:
    """Compare the organisations of the directory; how many pairs are new. Commits."""
    found = {(UUID(one.one), UUID(one.other)): one for one in library.pairs(bodies.bodies())}
    there = {(one.first_id, one.second_id): one for one in db.session.scalars(select(OrganizationPair))}
    taken_back = set(db.session.scalars(select(OrganizationMerge.pair_id)))
    for key, row in there.items():
        if row.state is DoubleState.OPEN and key not in found and row.id not in taken_back:
            db.session.delete(row)
    new = found.keys() - there.keys()
    for key in sorted(new):
        one = found[key]
        db.session.add(
            OrganizationPair(
                first_id=key[0], second_id=key[1], score=one.score, shared=list(one.shared), found_at=now
            )
        )  # fmt: skip
    db.session.commit()
    return len(new)


def differences(first: Organization, second: Organization) -> dict[str, choosing.Difference]:
    """The fields on which two organisations differ."""
    here, there = (fields.state_of(one, Section.ORGANIZATION) for one in (first, second))
    return {
        name: choosing.Difference({name: value}, {name: there[name]})
        for name, value in here.items()
        if not fields.same(value, there[name])
    }


def tell_apart(pair: OrganizationPair, *, version: int, actor: Actor, now: datetime) -> None:
    """The two are not one organisation; this is remembered, and the pair does not come back."""
    if pair.state is not DoubleState.OPEN or pair.version != version:
        raise RuleViolation(ANSWERED)
    pair.state, pair.decided_at, pair.decided_by_id = DoubleState.DIFFERENT, now, actor.id
    audit.record("directory.tell_apart", actor=actor, now=now, subject=("organization_pair", pair.id))
    db.session.flush()


def merge(
    pair: OrganizationPair,
    kept_id: UUID,
    *,
    chosen: Mapping[str, Whose],
    seen: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> OrganizationMerge:
    """Have the directory show one organisation for both, with the fields that were chosen; nothing is moved."""
    if pair.state is DoubleState.SAME or pair.version != version:
        raise RuleViolation(ANSWERED)
    both = _locked(pair)
    if len(both) < 2:
        raise RuleViolation(GONE)
    side = Whose.FIRST if kept_id == pair.first_id else Whose.SECOND
    replaced_id = pair.second_id if side is Whose.FIRST else pair.first_id
    if bodies.standing(replaced_id):
        raise RuleViolation(STANDING)
    if len(bodies.shown_for(replaced_id)) > 1:
        raise RuleViolation(STANDS_FOR)
    revision = _take_over(pair, both, side, chosen, seen, actor, now)
    made = OrganizationMerge(
        id=new_id(), pair_id=pair.id, kept_id=kept_id, replaced_id=replaced_id, merged_at=now, merged_by_id=actor.id,
        revision_id=revision.id if revision else None,
    )  # fmt: skip
    db.session.add(made)
    pair.state, pair.decided_at, pair.decided_by_id = DoubleState.SAME, now, actor.id
    audit.record("directory.merge", actor=actor, now=now, subject=("organization", replaced_id), kept=str(kept_id))
    db.session.flush()
    return made


def _locked(pair: OrganizationPair) -> dict[UUID, Organization]:
    ids = (pair.first_id, pair.second_id)
    query = select(Organization).where(Organization.id.in_(ids), *bodies.in_the_directory()).order_by(Organization.id)
    query = query.with_for_update(of=Organization).execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(query)}


def _take_over(
    pair: OrganizationPair,
    both: Mapping[UUID, Organization],
    side: Whose,
    chosen: Mapping[str, Whose],
    seen: str,
    actor: Actor,
    now: datetime,
) -> EntityRevision | None:
    found = differences(both[pair.first_id], both[pair.second_id])
    taken = {name: whose for name, whose in chosen.items() if whose is not side}
    if not taken:
        return None
    if choosing.imprint(found) != seen or not chosen.keys() <= found.keys():
        raise StaleEntry
    kept = both[pair.first_id if side is Whose.FIRST else pair.second_id]
    values = {name: found[name].of(whose)[name] for name, whose in taken.items()}
    diff = fields.difference(fields.state_of(kept, Section.ORGANIZATION), values)
    revision = editing.apply(
        kept, Section.ORGANIZATION, diff, origin=Origin.COORDINATION, actor=actor, now=now, confirms=False
    )  # fmt: skip
    audit.record("directory.edit", actor=actor, now=now, subject=kept, code=Section.ORGANIZATION.value)
    db.session.flush()
    return revision


def unmerge(made: OrganizationMerge, *, actor: Actor, now: datetime) -> list[tuple[Section, str]]:
    """Show both again; returns the fields of the kept one that stay, because somebody changed them since."""
    if made.undone_at is not None:
        raise RuleViolation(ANSWERED)
    made.undone_at, made.undone_by_id = now, actor.id
    pair = db.session.get_one(OrganizationPair, made.pair_id)
    pair.state, pair.decided_at, pair.decided_by_id = DoubleState.OPEN, None, None
    audit.record("directory.unmerge", actor=actor, now=now, subject=("organization", made.replaced_id))
    stay: list[str] = []
    if made.revision_id is not None:
        revision = db.session.get_one(EntityRevision, made.revision_id)
        stay = undo_rest(db.session.get_one(Organization, made.kept_id), revision, actor=actor, now=now)
    db.session.flush()
    return [(Section.ORGANIZATION, name) for name in stay]
