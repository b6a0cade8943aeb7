"""Make and erase persons: coded facts in clear, everything else sealed under the person's own key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from referral.extensions import db
from referral.foundation import sealing, searching
from referral.foundation.sealing import OwnerKind
from referral.foundation.tables import new_id
from referral.people.models import Person
from referral.people.rules import NAME_FIELDS, AgeBand, AgeGroup, Nationality, Sex
from sop.vocabulary import Category


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
    make_findable(person.id, sealed, now=now)
    return person


def make_findable(person_id: UUID, sealed: Mapping[Category, Mapping[str, Any]], *, now: datetime) -> None:
    """Have the search find a person by what is known of them, in the place of what it found them by."""
    identity = sealed.get(Category.C2, {})
    names = [str(identity[name]) for name in NAME_FIELDS if identity.get(name)]
    if names:
        searching.index(person_id, names, now=now)


def erase_person(person: Person, *, now: datetime) -> None:
    """Destroy what is sealed and the search tokens; coded facts stay, without what could single somebody out."""
    sealing.erase(person.id, now=now)
    person.birth_year = None
    person.erased_at = now


def _member(kind: Any, value: Any, otherwise: Any) -> Any:
    return kind(value) if value in {member.value for member in kind} else otherwise
