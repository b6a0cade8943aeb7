"""Who may ask to read a file for its person, and the sharing request about it (rules P1 to P4).

Adults who stand for the person are known by a tie with authority (family page) or by a consent that they gave or
helped to give; one adult may stand in several such rows, which count as one where the name is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from referral.cases.models import Case
from referral.consent.assumptions import DEFAULTS
from referral.consent.models import Consent, ConsentState
from referral.consent.queries.consents import names_of
from referral.consent.queries.requests import age_of, bare_request
from referral.consent.request import Actor, Request
from referral.extensions import db
from referral.foundation import clock, sealing
from referral.foundation.folding import fold
from referral.foundation.sealing import SealedRecord
from referral.identification.rules import BASE_PURPOSE
from referral.people.models import PersonLink
from referral.people.queries.relatives import words_of
from referral.people.relations import Authority
from referral.rights import readers
from referral.rights.models import ReaderReview
from referral.rights.queries import forms_of
from referral.rights.readers import Reader, ReviewOutcome
from referral.rights.rules import Requester
from sop.vocabulary import Category

PURPOSE = "own_file"
"""What the register says that the own file was asked for."""


@dataclass(slots=True)
class Adult:
    """An adult who stands for the person: by a tie, by consents, or both. `ids`: all rows that name them.

    `consented_at`: when they last stood by a consent. `outcome`: of the newest review that was decided, `waits`: the
    one that is open.
    """

    id: UUID
    kind: Requester
    name: str
    of_person: UUID
    link: PersonLink | None = None
    consent: Consent | None = None
    consented_at: datetime | None = None
    ids: set[UUID] = field(default_factory=set)
    outcome: ReviewOutcome | None = None
    decided_at: datetime | None = None
    waits: ReaderReview | None = None


def adults_of(case: Case) -> list[Adult]:
    """Everybody who may ask for the person, those known by a tie first; names are opened."""
    found: dict[object, Adult] = {}
    for adult in (*_tied(case), *_consenting(case)):
        key = frozenset(fold(adult.name).split()) or adult.id
        known = found.setdefault(key, adult)
        known.ids.add(adult.id)
        known.consent = known.consent or adult.consent
        known.consented_at = adult.consented_at or known.consented_at
    adults = list(found.values())
    _judge(case, adults)
    return adults


def adult_by(adults: Iterable[Adult], adult_id: UUID | None) -> Adult | None:
    """The adult whom a row names."""
    return next((one for one in adults if adult_id in one.ids), None)


def _tied(case: Case) -> Iterable[Adult]:
    person = case.person_id
    mine = or_(PersonLink.person_id == person, PersonLink.other_id == person)
    query = select(PersonLink).where(mine, PersonLink.ended_at.is_(None), PersonLink.authority != Authority.NONE)
    links = list(db.session.scalars(query.order_by(PersonLink.created_at, PersonLink.id)))
    words = words_of(person) if any(one.person_id == person and one.other_id is None for one in links) else {}
    for link in links:
        yield Adult(link.id, Requester.GUARDIAN, words.get(str(link.id), {}).get("name", ""), person, link=link)


def _consenting(case: Case) -> Iterable[Adult]:
    stood = or_(Consent.guardian, Consent.representative)
    query = select(Consent).where(Consent.case_id == case.id, stood, Consent.state != ConsentState.REFUSED)
    for one in db.session.scalars(query.order_by(Consent.given_at, Consent.id)):
        kind = Requester.GUARDIAN if one.guardian else Requester.REPRESENTATIVE
        yield Adult(
            one.id, kind, names_of(one).get(kind.value, ""), case.person_id, consent=one, consented_at=one.given_at
        )


def _judge(case: Case, adults: Iterable[Adult]) -> None:
    """What reviews said about each, in every file of the person."""
    cases = select(Case.id).where(Case.person_id == case.person_id)
    query = select(ReaderReview).where(ReaderReview.case_id.in_(cases)).order_by(ReaderReview.opened_at)
    for review in db.session.scalars(query):
        adult = adult_by(adults, review.adult_id)
        if adult is None:
            continue
        if review.outcome is None:
            adult.waits = review
        else:
            adult.outcome, adult.decided_at = review.outcome, review.decided_at


def review_of(case: Case, review_id: UUID, *, lock: bool = False) -> ReaderReview | None:
    """A review that was asked for in this file."""
    query = select(ReaderReview).where(ReaderReview.id == review_id, ReaderReview.case_id == case.id)
    return db.session.scalar(query.with_for_update() if lock else query)


def replaced_at(case: Case) -> datetime | None:
    """When a best-interests decision took the guardian's place in base consent; None where none did."""
    query = select(Consent).where(
        Consent.case_id == case.id, Consent.purpose == BASE_PURPOSE, Consent.state != ConsentState.REFUSED
    )
    newest = db.session.scalars(query.order_by(Consent.given_at.desc(), Consent.id).limit(1)).first()
    replaced = newest is not None and newest.best_interests and not newest.guardian
    return newest.given_at if newest is not None and replaced else None


def is_replaced(adult: Adult, decided_at: datetime | None) -> bool:
    """Whether such a decision stands in the place of this adult: not of one who stood by a consent after it."""
    return decided_at is not None and (adult.consented_at is None or adult.consented_at <= decided_at)


def asks_child(case: Case, today: date) -> bool:
    """Whether the child is asked before an adult reads."""
    return readers.asked(age_of(case, today), adult_age=DEFAULTS.adult_age, assent_age=DEFAULTS.assent_age)


def reading_request(case: Case, reader: Reader, *, action: str, now: datetime) -> Request:
    """The question whether a reader may see what is held about a person."""
    today = now.astimezone(clock.zone()).date()
    return bare_request(
        case, _actor(case, reader, today), today=today, action=action, purpose=PURPOSE, categories=held_of_person(case)
    )


def held_of_person(case: Case) -> frozenset[Category]:
    """Every category under which something is held of a person: in the file, about them, in the forms. Not opened."""
    forms = select(SealedRecord.category).where(SealedRecord.owner_id.in_(forms_of(case.id))).distinct()
    return frozenset({Category.C1, *sealing.held(case.person_id, case.id), *db.session.scalars(forms)})


def _actor(case: Case, reader: Reader, today: date) -> Actor:
    excluded = against = False
    if reader.kind is not Requester.PERSON:
        adult = adult_by(adults_of(case), reader.adult_id)
        outcome = adult.outcome if adult else None
        excluded = adult is None or readers.set_aside(outcome, replaced=is_replaced(adult, replaced_at(case)))
        against = readers.objects(
            reader.view,
            age=age_of(case, today),
            adult_age=DEFAULTS.adult_age,
            assent_age=DEFAULTS.assent_age,
            waits=adult is not None and adult.waits is not None,
            outcome=outcome,
        )
    role = "subject" if reader.kind is Requester.PERSON else reader.kind.value
    return Actor(
        org="", role=role, active=True, trained=True, conflict=False, assigned=False, excluded=excluded,
        child_objects=against,
    )  # fmt: skip
