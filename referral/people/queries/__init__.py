"""Finding people and things: only what the actor may see, whatever accents were typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select

from referral.cases.models import Case
from referral.cases.queries import coordinated_cases, visible_cases, visible_prefiles
from referral.extensions import db
from referral.foundation import sealing, searching
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.partners.models import Organization
from referral.people.contact import guidance
from referral.people.matching import reading
from referral.people.matching.answers import CATEGORIES, identity_of
from referral.people.matching.looking import describes
from referral.people.models import Person, PersonBlock
from referral.people.queries.finding import candidates
from referral.people.queries.identities import surviving
from referral.procedures import queries as procedures
from referral.procedures.form_versions import opened_with
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries import visible_places
from sop.flowchart import Step
from sop.forms import Form
from sop.vocabulary import Category, Message

MOST = 20
CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by kind. `people`: cases found by the person's name, which is not shown here."""

    cases: list[Case]
    people: list[Case]
    prefiles: list[Case]
    services: list[ServiceAtLocation]
    organizations: list[Organization]
    steps: list[Step]

    @property
    def nothing(self) -> bool:
        """Nothing was found that this actor may see."""
        parts = (self.cases, self.people, self.prefiles, self.services, self.organizations, self.steps)
        return not any(parts)


def search(actor: Actor, text: str) -> Found:
    """Cases by code or by the person's name, services, organisations, procedure steps."""
    consults = scope_of(actor.role, Permission.DIRECTORY_READ) is not Scope.NONE
    reads_procedure = scope_of(actor.role, Permission.PROCEDURE_READ) is not Scope.NONE
    cases = [*_by_code(visible_cases(actor), text), *_by_code(coordinated_cases(actor), text)]
    return Found(
        list({one.id: one for one in cases}.values()),
        [one for one in people(actor, visible_cases(actor), text) if one not in cases],
        [*_by_code(visible_prefiles(actor), text), *people(actor, visible_prefiles(actor), text)],
        services(actor, text),
        organizations(text) if consults else [],
        steps(text) if reads_procedure else [],
    )


def _by_code(visible: Select[Case], text: str) -> list[Case]:
    code = "".join(text.split()).upper()
    if len(code) < 3:
        return []
    query = visible.where(Case.code.contains(code, autoescape=True)).order_by(Case.code).limit(MOST)
    return list(db.session.scalars(query).unique())


def people(actor: Actor, visible: Select[Case], text: str) -> list[Case]:
    """Visible cases of persons whom the words typed describe, best first; only who may uncover a name can look for one.

    Words are read as names, a year or a date of birth, phone and paper numbers. Names of the best few are opened to
    make sure.
    """
    may = any(
        scope_of(actor.role, one) is not Scope.NONE for one in (Permission.IDENTITY_REVEAL, Permission.PREFILE_READ)
    )
    if not may:
        return []
    sought = reading.read(text)
    ids = [one.person_id for one in candidates(sought, limit=CANDIDATES)]
    led = surviving(ids)
    place = {person_id: at for at, person_id in enumerate(dict.fromkeys(led.get(one, one) for one in ids))}
    query = visible.where(Case.person_id.in_(place), Case.person_id.not_in(blocked_persons(actor)), _findable(actor))
    found = list(db.session.scalars(query.limit(CANDIDATES)).unique()) if place else []
    found.sort(key=lambda one: (place[one.person_id], one.code))
    best = found[:MOST]
    opened = sealing.read_many([one.person_id for one in best], CATEGORIES)
    return [one for one in best if describes(sought, identity_of(opened.get(one.person_id, {})))]


def _findable(actor: Actor) -> ColumnElement[bool]:
    """A protected name finds a file only for whoever works on it."""
    kept = select(Person.id).where(Person.protection.is_not(None))
    return or_(Case.manager_id == actor.id, Case.identified_by_id == actor.id, Case.person_id.not_in(kept))


def blocked_persons(actor: Actor) -> Select[UUID]:
    """Persons who do not want this user or organisation to see anything of theirs (rule A2)."""
    return select(PersonBlock.person_id).where(
        or_(PersonBlock.user_id == actor.id, PersonBlock.organization_id == actor.organization_id)
    )


def revealable_cases(actor: Actor) -> Select[Case]:
    """Cases of which the actor may uncover the name."""
    if scope_of(actor.role, Permission.IDENTITY_REVEAL) is Scope.NONE:
        return visible_cases(actor).where(false())
    return visible_cases(actor).where(Case.person_id.not_in(blocked_persons(actor)))


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is known about who somebody is: the question's label, the answer in words or as typed."""

    label: Mapping[str, str]
    words: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a case is about, and how the person may be reached."""

    details: list[Detail]
    contact: tuple[Message, ...]


def identity(case: Case) -> Identity:
    """Names and safe contact (C2) in the words of the form that they were entered with; nothing else is opened."""
    opened = sealing.read(case.person_id, [Category.C2]).get(Category.C2, {})
    form = _form_of(case)
    details = [
        Detail(question.label, _words(form, question.list_name, opened[question.name]))
        for question in form.questions
        if question.name in opened
    ]
    return Identity(details, guidance(opened))


def _form_of(case: Case) -> Form:
    version = db.session.scalar(opened_with(case.id))
    if version is None:
        active = procedures.active_form("identification")
        if active is None:
            raise LookupError("no identification form")
        version = active.id
    return procedures.form(version)


def _words(form: Form, list_name: str, value: Any) -> tuple[Any, ...]:
    labels = {choice.name: choice.label for choice in form.choices.get(list_name, ())}
    return tuple(labels.get(one, one) for one in (value if isinstance(value, list) else [value]))


def services(actor: Actor, text: str) -> list[ServiceAtLocation]:
    """Services at their places, by their own or their organisation's name; only those that the actor may see."""
    words = searching.fold(text).split()
    if not words:
        return []
    query = (
        visible_places(actor)
        .join(ServiceAtLocation.service)
        .join(Service.organization)
        .where(*(_says(word, Service.folded_name, Organization.folded_name) for word in words))
        .order_by(Service.folded_name, ServiceAtLocation.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query).unique())


def organizations(text: str) -> list[Organization]:
    """Organisations by name."""
    words = searching.fold(text).split()
    if not words:
        return []
    query = select(Organization).where(*(_says(word, Organization.folded_name) for word in words))
    return list(db.session.scalars(query.order_by(Organization.folded_name, Organization.id).limit(MOST)))


def _says(word: str, *columns: Any) -> Any:
    return or_(*(column.contains(word, autoescape=True) for column in columns))


def steps(text: str) -> list[Step]:
    """Steps of the procedure in force by their code or their words, in any of its languages."""
    version = procedures.active_version()
    words = searching.fold(text).split()
    if version is None or not words:
        return []
    found = [one for one in procedures.flowchart(version.id).steps.values() if _step_says(one, words)]
    return found[:MOST]


def _step_says(step: Step, words: Iterable[str]) -> bool:
    texts = [searching.fold(one) for one in (step.id, *step.label.values())]
    return any(all(word in one for word in words) for one in texts)
