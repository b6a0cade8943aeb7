"""The own file of a person: what is held, who saw it, when and why, under which consent. Everything is opened here.

Rule P1: the person sees their own data; what names somebody else (relatives, members of the household, staff in
notes) is left out, and that it was is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from referral.cases.models import Case, CaseNote
from referral.cases.queries.accesses import Access, accesses_of
from referral.cases.questions import GOAL, STEP_FIELDS
from referral.consent.models import Consent
from referral.consent.queries import consents_of
from referral.extensions import db
from referral.foundation import sealing
from referral.people.models import PersonLink
from referral.referrals.models import Referral
from referral.referrals.queries.fiche import Line, form_of, lines_of
from sop.vocabulary import N_, Category, Message, Need

THIRD_PARTIES = frozenset({Category.C7N})
"""Never on the sheet: what a therapist writes for themselves (rule O4)."""
SEEN = 200
"""Accesses that the sheet lists; the count is whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is held under one category."""

    category: Category
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Everything that the sheet says."""

    code: str
    parts: tuple[Part, ...]
    consents: tuple[Consent, ...]
    referrals: tuple[Referral, ...]
    accesses: tuple[Access, ...]
    relatives: int
    notes: int


def own_file(case: Case) -> OwnFile:
    """Open the file of a case for the person it is about."""
    held = sorted(sealing.held(case.person_id, case.id) - THIRD_PARTIES, key=lambda one: one.order)
    opened = sealing.read_many((case.person_id, case.id), held)
    form = form_of(case)
    parts = []
    for category in held:
        values = {**_of(opened, case.id, category), **_of(opened, case.person_id, category)}
        lines = tuple(Line(_label(line.label), line.value) for line in lines_of(form, category, values))
        if lines:
            parts.append(Part(category, lines))
    sent = select(Referral).where(Referral.case_id == case.id, Referral.sent_at.is_not(None))
    return OwnFile(
        code=case.code,
        parts=tuple(parts),
        consents=tuple(consents_of(case.id)),
        referrals=tuple(db.session.scalars(sent.order_by(Referral.sent_at))),
        accesses=tuple(accesses_of(case.id, size=SEEN).rows),
        relatives=_count(PersonLink, PersonLink.person_id == case.person_id),
        notes=_count(CaseNote, CaseNote.case_id == case.id),
    )


def _of(opened: Mapping[Any, Mapping[Category, Mapping[str, Any]]], owner: Any, category: Category) -> dict[str, Any]:
    return dict(opened.get(owner, {}).get(category, {}))


_LEVELS = {field.name: field.label for field in STEP_FIELDS["N07"]}


def _label(label: Any) -> Any:
    """What the case team wrote at a step has no question in the form; its step has a word for it."""
    if not isinstance(label, str):
        return label
    need = label.removeprefix(GOAL)
    if need != label and need in Need.__members__:
        return Message("goal", N_("Goal for: %(need)s"), {"need": Need(need)})
    return _LEVELS.get(label, label)


def _count(model: Any, *which: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0
