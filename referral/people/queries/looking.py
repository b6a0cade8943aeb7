"""Has this person a file already? What the actor may open, with the reasons; of other organisations only a hint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from referral.cases.models import Case
from referral.cases.queries import KNOWN, WAITING, visible_cases, visible_prefiles
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.partners.models import Organization
from referral.partners.rules import OrganizationKind
from referral.people.duplicates import JOINED
from referral.people.matching import Comparison, Identity, Verdict, compare
from referral.people.models import Person
from referral.people.queries.duplicates import not_hidden
from referral.people.queries.identities import identity_from, likely
from referral.people.rules import NAME_FIELDS
from sop.vocabulary import Category, Need

SHOWN = 5
SECRET_KINDS = frozenset({OrganizationKind.SHELTER, OrganizationKind.PROTECTIVE_POLICE})
SECRET_NEEDS = frozenset({Need.VBG, Need.TEH})
"""That somebody has a file there would tell too much: the organisation is not named, the coordination is asked."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A file that the actor may open and that may be this person's: the names, the year, and why."""

    case: Case
    waits: bool
    names: str
    birth_year: int | None
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file may exist at an organisation that may be asked; None: at one that is not named, the coordination knows."""

    organization: Organization | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, best first."""

    hits: list[Hit]
    elsewhere: list[Elsewhere]


def look(actor: Actor, sought: Identity, *, code: str = "") -> Looked:
    """Files that may be this person's. Who is protected, or does not want to be known here, is not among them."""
    persons = likely(sought)
    cases = _cases(actor, persons, code)
    opened = sealing.read_many({one.person_id for one in cases}, JOINED)
    mine = _openable(actor, cases)
    hits, others = [], []
    for case in cases:
        known = opened.get(case.person_id, {})
        comparison = compare(sought, identity_from(known, case.person))
        by_code = bool(code) and case.code == code
        if case.id in mine and (by_code or comparison.verdict is not Verdict.UNLIKELY):
            hits.append(_hit(case, known, comparison))
        elif _elsewhere_known(actor, case) and comparison.verdict is Verdict.PROBABLE:
            others.append(case)
    hits.sort(key=lambda one: (one.case.code != code, -one.comparison.weight, one.case.code))
    shown = {one.case.person_id for one in hits}
    return Looked(hits[:SHOWN], _elsewhere([one for one in others if one.person_id not in shown]))


def askable(case: Case) -> Elsewhere:
    """Whom to ask about a file of another organisation, saying no more than may be said."""
    return _elsewhere([case])[0]


def _elsewhere_known(actor: Actor, case: Case) -> bool:
    """A file that another organisation works on; one that still waits for base consent is nobody's to hint at."""
    return case.organization_id != actor.organization_id and case.state in KNOWN


def _cases(actor: Actor, persons: list[UUID], code: str) -> list[Case]:
    either = or_(Case.person_id.in_(persons), Case.code == code) if code else Case.person_id.in_(persons)
    kept = select(Person.id).where(Person.protection.is_not(None))
    own = or_(Case.manager_id == actor.id, Case.identified_by_id == actor.id, Case.person_id.not_in(kept))
    query = select(Case).where(either, Case.state.in_((*KNOWN, *WAITING)), Case.erased_at.is_(None), own)
    hidden = not_hidden(actor, Case.person_id)
    mine = or_(Case.manager_id == actor.id, Case.identified_by_id == actor.id)
    return list(db.session.scalars(query.where(or_(hidden, mine))).unique())


def _openable(actor: Actor, cases: list[Case]) -> set[UUID]:
    ids = [one.id for one in cases]
    found: set[UUID] = set()
    for door in (visible_cases, visible_prefiles):
        found.update(db.session.scalars(door(actor).where(Case.id.in_(ids)).with_only_columns(Case.id)))
    return found


def _hit(case: Case, known: Any, comparison: Comparison) -> Hit:
    identity = known.get(Category.C2, {})
    names = " ".join(str(identity[name]) for name in NAME_FIELDS if identity.get(name))
    return Hit(case, case.state in WAITING, names, case.person.birth_year, comparison)


def _elsewhere(cases: list[Case]) -> list[Elsewhere]:
    """Each organisation once, in the order of its name; those that are not named as one."""
    organizations: dict[UUID | None, Organization | None] = {}
    for case in cases:
        secret = case.organization.kind in SECRET_KINDS or bool({one.need for one in case.needs} & SECRET_NEEDS)
        organizations[None if secret else case.organization_id] = None if secret else case.organization
    found = [Elsewhere(one) for one in organizations.values()]
    return sorted(found, key=lambda one: (one.organization is None, one.organization.name if one.organization else ""))
