"""Who somebody is, made ready to be compared; who may be the same person; and whose file an old id leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from referral.extensions import db
from referral.foundation import sealing
from referral.people.duplicates import JOINED
from referral.people.matching import Identity
from referral.people.matching.answers import identity_of
from referral.people.models import Person, PersonMerge
from referral.people.queries.finding import candidates
from sop.vocabulary import Category

CANDIDATES = 60
MOST_STEPS = 12


def identity_from(opened: Mapping[Category, Mapping[str, Any]], person: Person) -> Identity:
    """An identity from what is sealed of somebody under C2 and C3, and from the coded facts."""
    known = identity_of(opened, birth_year=person.birth_year)
    return known if known.sex else replace(known, sex=person.sex.value)


def identities(persons: Iterable[UUID]) -> dict[UUID, Identity]:
    """The identities of persons who are neither erased nor joined with another file; the rest is left out."""
    ids = list(dict.fromkeys(persons))
    if not ids:
        return {}
    rows = {
        one.id: one
        for one in db.session.scalars(select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None)))
        if one.id not in surviving(ids)
    }
    opened = sealing.read_many(rows, JOINED)
    return {one: identity_from(opened.get(one, {}), person) for one, person in rows.items()}


def likely(identity: Identity, *, limit: int = CANDIDATES) -> list[UUID]:
    """Persons who may be this one, by keyed tokens alone; who was joined with another file leads to that one."""
    found = [one.person_id for one in candidates(identity, limit=limit)]
    led = surviving(found)
    return list(dict.fromkeys(led.get(one, one) for one in found))


def surviving(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """For persons who were joined with another file: the one under whose id they live on, through every step."""
    led = {one: one for one in persons}
    for _ in range(MOST_STEPS):
        if not led:
            break
        query = select(PersonMerge.merged_id, PersonMerge.kept_id).where(
            PersonMerge.undone_at.is_(None), PersonMerge.merged_id.in_(set(led.values()))
        )
        steps = {row.merged_id: row.kept_id for row in db.session.execute(query)}
        if not steps:
            break
        led = {one: steps.get(at, at) for one, at in led.items()}
    return {one: at for one, at in led.items() if one != at}


def group_of(person_id: UUID) -> set[UUID]:
    """A person and everybody who was joined with them."""
    group = {person_id}
    for _ in range(MOST_STEPS):
        query = select(PersonMerge.merged_id).where(PersonMerge.undone_at.is_(None), PersonMerge.kept_id.in_(group))
        more = set(db.session.scalars(query)) - group
        if not more:
            break
        group |= more
    return group


def merges_of(person_id: UUID) -> list[PersonMerge]:
    """Merges that stand and are not settled, on either side of a person."""
    query = select(PersonMerge).where(
        PersonMerge.undone_at.is_(None),
        PersonMerge.settled_at.is_(None),
        or_(PersonMerge.kept_id == person_id, PersonMerge.merged_id == person_id),
    )
    return list(db.session.scalars(query))
