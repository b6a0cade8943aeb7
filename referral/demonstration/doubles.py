"""A few people of the demonstration who were identified twice, so that there are duplicates to review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from referral.cases.models import Case
from referral.cases.rules import LIVE
from referral.extensions import db
from referral.foundation import sealing
from referral.partners.models import Organization
from referral.people.actions import duplicates, index_person
from referral.people.duplicates import JOINED, FoundBy
from referral.people.matching.answers import identity_of
from sop.vocabulary import Category

MOST = 3
SPELLINGS = (("ou", "u"), ("ï", "i"), ("é", "e"), ("dj", "j"), ("ss", "s"), ("k", "c"), ("b", "bb"), ("n", "nn"))
PHONE = "+237 000 45 {:02d} 10"


def add_doubles(organization: Organization, now: datetime) -> int:
    """Have up to three pairs of live cases of an organisation be about one person each; returns how many pairs."""
    query = select(Case).where(Case.organization_id == organization.id, Case.state.in_(LIVE)).order_by(Case.code.desc())
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in db.session.scalars(query).unique():
        groups.setdefault((case.person.sex, case.person.age_band), []).append(case)
    pairs = [(one, two) for cases in groups.values() for one, two in zip(cases[1::2], cases[2::2], strict=False)]
    for number, (one, two) in enumerate(pairs[:MOST], start=1):
        _tell_again(two, one, PHONE.format(number), now)
    duplicates.look_for([two.person_id for _, two in pairs[:MOST]], found_by=FoundBy.SUBMISSION, now=now)
    return len(pairs[:MOST])


def _tell_again(first: Case, again: Case, phone: str, now: datetime) -> None:
    """The person of the one case tells the same at another desk, and is heard a little differently."""
    told = sealing.read(first.person_id, JOINED)
    told[Category.C2] = {**told.get(Category.C2, {}), "phone": phone}
    sealing.seal_many(first.person_id, told, now=now)
    heard = dict(told[Category.C2])
    heard["family_name"] = _misheard(str(heard.get("family_name") or "Zoua"))
    known = {**told, Category.C2: heard}
    sealing.seal_many(again.person_id, known, now=now)
    for column in ("birth_year", "age_band", "age_group", "nationality", "language"):
        setattr(again.person, column, getattr(first.person, column))
    for case in (first, again):
        told = sealing.read(case.person_id, JOINED)
        index_person(case.person_id, identity_of(told, birth_year=case.person.birth_year), now=now)


def _misheard(name: str) -> str:
    """The name as another desk writes it.

    >>> _misheard("Moukoko"), _misheard("Ewal")
    ('Mukoko', 'Ewale')
    """
    for written, heard in SPELLINGS:
        if written in name:
            return name.replace(written, heard, 1)
    return f"{name}e"
