"""Make and erase persons: coded facts in clear, everything else sealed under the person's own key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from referral.extensions import db
from referral.foundation import sealing, searching
from referral.foundation.sealing import OwnerKind
from referral.foundation.tables import new_id
from referral.people.matching import Identity
from referral.people.matching.answers import CATEGORIES, identity_of
from referral.people.matching.looking import indexed
from referral.people.models import Person
from referral.people.rules import AgeBand, AgeGroup, Nationality, Sex
from sop.vocabulary import Category

BATCH = 400


def add_person(
    facts: Mapping[str, Any],
    sealed: Mapping[Category, Mapping[str, Any]],
    *,
    birth_year: int | None = None,
    now: datetime,
) -> Person:
    """A person from coded facts, what is sealed by category, and the names to be found by."""
    person = Person(
        id=new_id(),
        sex=_member(Sex, facts.get("sex"), Sex.UNKNOWN),
        age_band=_member(AgeBand, facts.get("age_band"), AgeBand.DOUBTFUL),
        age_group=_member(AgeGroup, facts.get("age_group"), AgeGroup.UNKNOWN),
        birth_year=birth_year,
        nationality=_member(Nationality, facts.get("nationality"), Nationality.UNKNOWN),
        language=str(facts.get("language") or "")[:8],
        created_at=now,
    )
    db.session.add(person)
    sealing.create_keys({person.id: OwnerKind.PERSON}, now=now)
    sealing.seal_many(person.id, sealed, now=now)
    index_person(person.id, identity_of(sealed, birth_year=birth_year), now=now)
    return person


def index_person(person_id: UUID, identity: Identity, *, now: datetime) -> None:
    """Make a person findable by what is known now (replaces what was); inside the caller's transaction."""
    index_people({person_id: identity}, now=now)


def index_people(people: Mapping[UUID, Identity], *, now: datetime) -> None:
    """Make several persons findable."""
    digest = searching.digest()
    rows = [searching.Indexed(person_id, *indexed(identity, digest)) for person_id, identity in people.items()]
    searching.index_many([row for row in rows if row.terms], now=now)


def reindex(*, now: datetime) -> int:
    """Index everybody again; commits every few hundred, so it may be broken off and begun again. How many there are.

    After the key of the tokens was changed, after a migration that emptied the index, after the rules of spelling
    changed.
    """
    done, after = 0, UUID(int=0)
    while True:
        query = select(Person.id, Person.birth_year).where(Person.id > after, Person.erased_at.is_(None))
        rows = db.session.execute(query.order_by(Person.id).limit(BATCH)).all()
        if not rows:
            return done
        opened = sealing.read_many([row.id for row in rows], CATEGORIES)
        people = {row.id: identity_of(opened.get(row.id, {}), birth_year=row.birth_year) for row in rows}
        index_people(people, now=now)
        db.session.commit()
        done, after = done + len(rows), rows[-1].id


def erase_person(person: Person, *, now: datetime) -> None:
    """Destroy what is sealed and the search tokens; coded facts stay, without what could single somebody out."""
    sealing.erase(person.id, now=now)
    person.birth_year = None
    person.erased_at = now


def _member(kind: Any, value: Any, otherwise: Any) -> Any:
    return kind(value) if value in {member.value for member in kind} else otherwise
