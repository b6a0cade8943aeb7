"""The sheet that crosses: the values of the categories that a decision lets through, and no others.

The first category is written from the row of the case, never from what was typed: a form lists every need of the
person, and a provider learns of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.identification.models import Submission
from referral.people.contact import guidance, may_show_phone
from referral.people.rules import NAMING
from referral.procedures import queries as procedures
from referral.referrals.models import Referral
from sop.forms import Form
from sop.questions import Kind, Question
from sop.vocabulary import N_, Category, Message

FORM = "identification"
PROTECTED = Message("protected", N_("The name is protected: use the case code, and ask the sender for the rest."))
MEANINGLESS = frozenset({"not_asked", ""})
Shown = str | date | Mapping[str, str] | tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One question with its answer; texts are by language, words of the person are as they were written."""

    label: Mapping[str, str] | str
    value: Any


@dataclass(frozen=True, slots=True)
class Section:
    """One data category with what is known under it; nothing known is said, not hidden."""

    category: Category
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fiche:
    """What crosses, by category, and how the person may be reached (empty where no contact crosses)."""

    sections: tuple[Section, ...]
    contact: tuple[Message, ...]


def read_fiche(referral: Referral, visible: Iterable[Category]) -> Fiche:
    """Open the visible categories of a referral's case, no others."""
    asked = sorted(set(visible) - {Category.C0, Category.C7N}, key=lambda one: one.order)
    case = referral.case
    stored = [category for category in asked if category is not Category.C1]
    opened = sealing.read_many((case.person_id, case.id), stored)
    form = form_of(case)
    sections = []
    contact: tuple[Message, ...] = ()
    for category in asked:
        values = {**opened.get(case.id, {}).get(category, {}), **opened.get(case.person_id, {}).get(category, {})}
        if category is Category.C2:
            contact = _contact(case, values)
        lines = _first_lines(referral) if category is Category.C1 else lines_of(form, category, values)
        sections.append(Section(category, lines))
    return Fiche(tuple(sections), contact)


def _contact(case: Case, values: dict[str, Any]) -> tuple[Message, ...]:
    """How the person may be reached; takes out of the identity what must not cross: an unsafe number, a kept name."""
    found = guidance(values)
    if not may_show_phone(values):
        values.pop("phone", None)
    values.pop("phone_safe", None)
    if case.person.protection is None:
        return found
    for name in NAMING:
        values.pop(name, None)
    return (PROTECTED, *found)


def held_categories(case: Case) -> frozenset[Category]:
    """Categories under which something is written about the person; nothing is opened."""
    return frozenset(sealing.held(case.person_id, case.id)) | {Category.C1}


def _first_lines(referral: Referral) -> tuple[Line, ...]:
    case = referral.case
    return (
        Line(N_("Case code"), case.code),
        Line(N_("Service asked"), referral.need),
        Line(N_("Priority"), case.priority),
    )


_FORM = select(Submission.form_version_id).where(Submission.case_id == bindparam("case")).limit(1)


def form_of(case: Case) -> Form | None:
    """The form that a case was identified with, else the one in force."""
    try:
        version_id = _identified_with(case.id)
    except LookupError:
        active = procedures.active_form(FORM)
        return procedures.form(active.id) if active else None
    return procedures.form(version_id)


@lru_cache(maxsize=1_000)
def _identified_with(case_id: UUID) -> UUID:
    """The version of the form that a case was identified with, which never changes; LookupError: with none."""
    found = db.session.scalar(_FORM, {"case": case_id})
    if found is None:
        raise LookupError(case_id)
    return found


def lines_of(form: Form | None, category: Category, values: Mapping[str, Any]) -> tuple[Line, ...]:
    """The answers in the order of the form; what is sealed under another name comes after them.

    Records of acts of the case team (done outside, best interests) stand beside them as mappings: not for services.
    """
    values = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    if form is None:
        return tuple(Line(name, str(value)) for name, value in values.items())
    questions = [one for one in form if one.category is category and one.asks]
    lines = [Line(one.label, shown) for one in questions if (shown := _shown(form, one, values.get(one.name)))]
    known = {one.name for one in form}
    lines += [Line(name, str(value)) for name, value in values.items() if name not in known and value]
    return tuple(lines)


def _shown(form: Form, question: Question, value: Any) -> Any:
    """An answer as it is read: the choice's words, a day, a text; nothing for what was not asked."""
    if value is None or value == [] or (isinstance(value, str) and value in MEANINGLESS):
        return None
    if question.type.has_choices:
        labels = {choice.name: choice.label for choice in form.choices.get(question.list_name, ())}
        chosen = value if isinstance(value, list | tuple) else str(value).split()
        return tuple(labels.get(one, {"fr": one, "en": one}) for one in chosen if one not in MEANINGLESS) or None
    if question.type is Kind.DATE:
        return date.fromisoformat(str(value)) if not isinstance(value, date) else value
    return str(value)
