"""Record ties between persons, the search for those who are separated, safe contact, and the protection of a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.tables import new_id
from referral.people.contact import SEALED_AS, SafeContact
from referral.people.models import PersonLink
from referral.people.queries.relatives import WORDS, lock_person, words_of
from referral.people.relations import MOVES, NEW, Authority, LinkKind, Protection, Tracing
from sop.vocabulary import N_, Category, Message

MOST_LINKS = 60
NOT_NOW = Message("not_now", N_("This was changed in the meantime: look at it again."))
NOT_AGREED = Message("not_agreed", N_("Nobody is looked for against the person’s will: record the agreement first."))
TOO_MANY = Message("too_many", N_("This file already names %(most)d relatives."), {"most": MOST_LINKS})


def add_link(case: Case, values: Mapping[str, Any], *, other: Case | None, actor: Any, now: datetime) -> PersonLink:
    """Tie somebody to the person of a case: a person with a file (`other`), or words that are sealed."""
    lock_person(case.person_id)
    words = words_of(case.person_id)
    if len(words) >= MOST_LINKS:
        raise RuleViolation(TOO_MANY)
    tracing = Tracing(values["tracing"])
    if tracing not in NEW:
        raise RuleViolation(NOT_NOW)
    link = PersonLink(
        id=new_id(),
        person_id=case.person_id,
        other_id=other.person_id if other else None,
        kind=LinkKind(values["kind"]),
        authority=Authority(values.get("authority") or Authority.NONE),
        tracing=tracing,
        same_household=bool(values.get("same_household")),
        created_by_id=actor.id,
        created_at=now,
        changed_at=now,
    )
    db.session.add(link)
    db.session.flush()
    _keep_words(case, link, values, words, now)
    audit.record("person.link.add", actor=actor, now=now, case_id=case.id, subject=link, code=link.kind.value)
    return link


def change_link(
    case: Case,
    link: PersonLink,
    values: Mapping[str, Any],
    *,
    other: Case | None,
    agreed_on: date | None,
    actor: Any,
    now: datetime,
) -> None:
    """Say anew what is known, tie it to a file (`other`), move the search on; that begins with the person’s word."""
    lock_person(case.person_id)
    tracing = Tracing(values["tracing"])
    if tracing is not link.tracing and tracing not in MOVES[link.tracing]:
        raise RuleViolation(NOT_NOW)
    if tracing is Tracing.SOUGHT and agreed_on is None and link.agreed_on is None:
        raise RuleViolation(NOT_AGREED, 422)
    moved = tracing is not link.tracing
    link.other_id = other.person_id if other else link.other_id
    link.kind = LinkKind(values["kind"])
    link.authority = Authority(values.get("authority") or Authority.NONE)
    link.same_household = bool(values.get("same_household"))
    link.tracing = tracing
    link.agreed_on = link.agreed_on or agreed_on
    if moved:
        link.changed_at = now
    _keep_words(case, link, values, words_of(case.person_id), now)
    link.version += 1
    db.session.flush()
    audit.record("person.link.change", actor=actor, now=now, case_id=case.id, subject=link, code=tracing.value)


def end_link(case: Case, link: PersonLink, *, actor: Any, now: datetime) -> None:
    """The tie was told wrongly: it is shown no more, and its words are gone."""
    lock_person(case.person_id)
    words = words_of(case.person_id)
    words.pop(str(link.id), None)
    _seal_words(case, words, now)
    link.ended_at = link.changed_at = now
    audit.record("person.link.end", actor=actor, now=now, case_id=case.id, subject=link)


def set_contact(case: Case, contact: SafeContact, *, actor: Any, now: datetime) -> None:
    """Keep how the person wants to be reached."""
    lock_person(case.person_id)
    identity = sealing.read(case.person_id, (Category.C2,)).get(Category.C2, {})
    sealing.seal(case.person_id, Category.C2, {**identity, SEALED_AS: contact.to_plain()}, now=now)
    audit.record("person.contact", actor=actor, now=now, case_id=case.id, subject=case, code=contact.way.value)


def protect(case: Case, why: Protection | None, *, actor: Any, now: datetime) -> None:
    """Keep the name from everybody but those who work on the case, or no longer."""
    person = lock_person(case.person_id)
    person.protection = why
    act = "person.protect" if why else "person.unprotect"
    audit.record(act, actor=actor, now=now, case_id=case.id, subject=case, code=why.value if why else "")


def _keep_words(
    case: Case, link: PersonLink, values: Mapping[str, Any], words: dict[str, dict[str, str]], now: datetime
) -> None:
    given = {name: str(values.get(name) or "") for name in ("name", "contact", "note")}
    kept = {name: text for name, text in given.items() if text}
    words.pop(str(link.id), None)
    if kept:
        words[str(link.id)] = kept
    _seal_words(case, words, now)


def _seal_words(case: Case, words: Mapping[str, Any], now: datetime) -> None:
    family = sealing.read(case.person_id, (Category.C3,)).get(Category.C3, {})
    if words or WORDS in family:
        sealing.seal(case.person_id, Category.C3, {**family, WORDS: dict(words)}, now=now)
