"""Who belongs to a person, and who is being looked for: only what the actor may see of either side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.people.contact import SafeContact, contact_in
from referral.people.models import Person, PersonLink
from referral.people.relations import LinkKind, Tracing
from sop.vocabulary import Category

WORDS = "relatives"
"""Where the words about relatives without a file lie in what is sealed of a person under C3."""
SHOWN = 50
OPEN = tuple(one for one in Tracing if one.open)


@dataclass(frozen=True, slots=True)
class Relative:
    """One tie as the page of a case shows it.

    `kind` is what the other one is to the person; `words` what is known without a file; `case` the other one's file
    where the actor may open it; `told_there` when the tie stands in the other one's file and can be changed there only.
    """

    link: PersonLink
    kind: LinkKind
    words: Mapping[str, str]
    case: Case | None
    told_there: bool


def relatives_of(actor: Actor, case: Case) -> list[Relative]:
    """Everybody tied to the person of a case. A tie told in another file is shown to those who may open that one."""
    person = case.person_id
    query = select(PersonLink).where(
        PersonLink.ended_at.is_(None), or_(PersonLink.person_id == person, PersonLink.other_id == person)
    )
    links = list(db.session.scalars(query.order_by(PersonLink.created_at, PersonLink.id)))
    words = words_of(person) if any(link.person_id == person for link in links) else {}
    files = _files(actor, {_other(link, person) for link in links} - {None})
    found = []
    for link in links:
        other, there = files.get(_other(link, person)), link.person_id != person
        if not there or other is not None:
            kind = link.kind.inverse if there else link.kind
            found.append(Relative(link, kind, words.get(str(link.id), {}), other, there))
    return found


def own_link(case: Case, link_id: UUID) -> PersonLink | None:
    """A tie told in this case's file that has not ended."""
    return db.session.scalar(
        select(PersonLink).where(
            PersonLink.id == link_id, PersonLink.person_id == case.person_id, PersonLink.ended_at.is_(None)
        )
    )


def words_of(person_id: UUID) -> dict[str, dict[str, str]]:
    """What is written about relatives who have no file, by tie."""
    found = sealing.read(person_id, (Category.C3,)).get(Category.C3, {}).get(WORDS, {})
    return dict(found) if isinstance(found, Mapping) else {}


def file_by_code(actor: Actor, code: str) -> Case | None:
    """The file with this code, where the actor may open it."""
    wanted = "".join(code.split()).upper()
    written = wanted.isascii() and wanted.replace("-", "").isalnum()
    return db.session.scalar(visible_cases(actor).where(Case.code == wanted)) if written else None


def safe_contact(person_id: UUID) -> SafeContact | None:
    """How the person wants to be reached, as far as somebody asked."""
    return contact_in(sealing.read(person_id, (Category.C2,)).get(Category.C2, {}))


def lock_person(person_id: UUID) -> Person:
    """The person's row, held until the end of the transaction: what is sealed beside it is read and written again."""
    return db.session.scalars(
        select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    ).one()


@dataclass(frozen=True, slots=True)
class Search:
    """One person who is being looked for, on the list of searches."""

    case: Case
    link: PersonLink


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The longest wait first; `next` is the tie after which the next page begins."""

    rows: list[Search]
    next: UUID | None


def searches(actor: Actor, *, after: UUID | None = None, size: int = SHOWN) -> SearchPage:
    """Who is being looked for in the cases that the actor may open."""
    query = (
        visible_cases(actor)
        .join(PersonLink, PersonLink.person_id == Case.person_id)
        .where(PersonLink.ended_at.is_(None), PersonLink.tracing.in_(OPEN))
        .add_columns(PersonLink)
        .order_by(PersonLink.changed_at, PersonLink.id)
        .limit(size + 1)
    )
    last = db.session.get(PersonLink, after) if after else None
    if last is not None:
        later = and_(PersonLink.changed_at == last.changed_at, PersonLink.id > last.id)
        query = query.where(or_(PersonLink.changed_at > last.changed_at, later))
    rows = [Search(case, link) for case, link in db.session.execute(query).unique()]
    return SearchPage(rows[:size], rows[size - 1].link.id if len(rows) > size else None)


def _other(link: PersonLink, person_id: UUID) -> UUID | None:
    return link.other_id if link.person_id == person_id else link.person_id


def _files(actor: Actor, persons: Iterable[Any]) -> dict[UUID | None, Case]:
    ids = list(persons)
    if not ids:
        return {}
    query = visible_cases(actor).where(Case.person_id.in_(ids)).order_by(Case.identified_at)
    return {case.person_id: case for case in db.session.scalars(query).unique()}
