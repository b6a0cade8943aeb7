"""Forms that are filled in inside a case: which there are, which were filled in, and what of one may be read.

Kind: queries. The case team reads what base consent covers, and the codes (C1) of its own case; what names or shows
somebody (C2, C11) only who may uncover the name, and only when asked to; notes of a therapy (C7N) nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from referral.cases.models import Case
from referral.cases.queries import worked_cases
from referral.cases.queries.progress import todo
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.grants import Role
from referral.identification.files import consented, files_of_case, may_uncover
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.identification.screens import Section, review
from referral.partners.models import User
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from sop.answers import Refused, clean
from sop.form_index import BY_NAME, FormEntry, Holder, code_of, steps_using
from sop.forms import Form, FormState
from sop.paths import join_parts, leaves
from sop.repeats import is_repeat
from sop.vocabulary import Category

LATEST = 4
MOST = 200
ALWAYS = frozenset({Category.C0, Category.C1})
NAMING = frozenset({Category.C2, Category.C11})
"""What says or shows who somebody is."""
NEVER = frozenset({Category.C7N})


@dataclass(frozen=True, slots=True)
class Blank:
    """A form in force that a case may be given; `steps`: those that wait on this case and use it.

    `entry`: what the index of forms says of it (None: a form of one's own).
    """

    version: FormVersion
    entry: FormEntry | None
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of a case: finished, or a draft, of which others than its author see only that it was begun."""

    submission: Submission
    version: FormVersion
    author: str
    role: Role

    @property
    def entry(self) -> FormEntry | None:
        """What the index of forms says of it."""
        return BY_NAME.get(self.version.name)

    @property
    def draft(self) -> bool:
        """Whether it is not finished yet."""
        return self.submission.state is SubmissionState.DRAFT


def belongs_to_case(name: str) -> bool:
    """Whether a form is filled in inside a case: also the one that opens files, when its questions are asked again.

    A consent is not: it is recorded where it counts, on its own page.

    >>> belongs_to_case("follow_up"), belongs_to_case("consent_adult"), belongs_to_case("identification")
    (True, False, True)
    >>> belongs_to_case("our_own")
    True
    """
    entry = BY_NAME.get(name)
    return entry is None or (entry.holder in (Holder.CASE, Holder.OPENS) and not entry.is_text)


def blanks(case: Case, now: datetime) -> list[Blank]:
    """The forms in force for a case: first those that its present steps use, what completes another form after it."""
    used = steps_using(procedures.flowchart(case.procedure_version_id))
    waiting = [item.step for item in todo(case, now)]
    found = [
        Blank(
            one,
            BY_NAME.get(one.name),
            tuple(step for step in dict.fromkeys(waiting) if step in used.get(code_of(one.name), ())),
        )
        for one in procedures.active_forms()
        if belongs_to_case(one.name)
    ]
    return sorted(found, key=_place)


def _place(one: Blank) -> tuple[bool, bool, bool, str]:
    completing = one.entry is not None and bool(one.entry.companion_of)
    return not one.steps, bool(one.steps) and completing, one.entry is None, code_of(one.version.name)


def open_case(actor: Actor, code: str) -> Case | None:
    """The case with this code, if the actor works on it and it is not closed."""
    query = select(Case).where(Case.id.in_(worked_cases(actor)), Case.code == code.upper(), Case.closed_at.is_(None))
    return db.session.scalar(query)


def blanks_of_step(case: Case, step: str) -> list[Blank]:
    """The forms in force that the flowchart names for a step."""
    used = steps_using(procedures.flowchart(case.procedure_version_id))
    codes = [code for code, steps in used.items() if step in steps]
    names = {name for name, entry in BY_NAME.items() if entry.code in codes and belongs_to_case(name)}
    if not names:
        return []
    found = [Blank(one, BY_NAME.get(one.name), (step,)) for one in procedures.active_forms() if one.name in names]
    return sorted(found, key=_place)


def in_force(name: str) -> FormVersion | None:
    """The version in which a case is given a form; None for a form that does not belong to a case."""
    return procedures.active_form(name) if belongs_to_case(name) else None


def filled(case: Case, *, limit: int = MOST) -> list[Filled]:
    """Forms of a visible case, the latest first: what is finished, and what was begun."""
    query = _forms(case).limit(limit)
    return [Filled(*row) for row in db.session.execute(query)]


def filled_form(case: Case, submission_id: UUID) -> Filled | None:
    """One finished form of a visible case."""
    found = form_of_case(case, submission_id)
    return None if found is None or found.draft else found


def form_of_case(case: Case, submission_id: UUID) -> Filled | None:
    """One form of a visible case, whatever its state."""
    row = db.session.execute(_forms(case).where(Submission.id == submission_id)).first()
    return Filled(*row) if row else None


def own_finished(actor: Actor, submission_id: UUID) -> Submission | None:
    """A form that the reader finished on a case that they still work on."""
    query = select(Submission).where(
        Submission.id == submission_id,
        Submission.author_id == actor.id,
        Submission.state == SubmissionState.SUBMITTED,
        Submission.case_id.in_(worked_cases(actor)),
    )
    return db.session.scalar(query)


def finished_meanwhile(draft: Submission) -> Filled | None:
    """The same form, finished in the same case by somebody else after this draft was begun; the last one."""
    name = select(FormVersion.name).where(FormVersion.id == draft.form_version_id).scalar_subquery()
    query = _of_case(draft.case_id).where(
        FormVersion.name == name,
        Submission.state == SubmissionState.SUBMITTED,
        Submission.author_id != draft.author_id,
        Submission.submitted_at >= draft.started_at,
    )
    row = db.session.execute(query.limit(1)).first()
    return Filled(*row) if row else None


def own_draft_of(actor: Actor, case: Case, name: str) -> Submission | None:
    """The reader's draft of a form in a case, whatever its version: it is gone on with instead of a second one."""
    query = select(Submission).join(FormVersion, FormVersion.id == Submission.form_version_id)
    query = query.where(
        Submission.case_id == case.id,
        Submission.author_id == actor.id,
        Submission.state == SubmissionState.DRAFT,
        FormVersion.name == name,
    )
    return db.session.scalars(query.order_by(Submission.saved_at.desc()).limit(1)).first()


def latest(case: Case, name: str) -> Submission | None:
    """The form of this name that was finished last in a case."""
    query = select(Submission).join(FormVersion, FormVersion.id == Submission.form_version_id)
    query = query.where(
        Submission.case_id == case.id, Submission.state == SubmissionState.SUBMITTED, FormVersion.name == name
    )
    return db.session.scalars(query.order_by(Submission.submitted_at.desc(), Submission.id).limit(1)).first()


def _forms(case: Case) -> Select[Submission, FormVersion, str, Role]:
    return _of_case(case.id).where(Submission.state != SubmissionState.ERASED)


def _of_case(case_id: UUID | None) -> Select[Submission, FormVersion, str, Role]:
    last = func.coalesce(Submission.submitted_at, Submission.saved_at)
    return (
        select(Submission, FormVersion, User.full_name, User.role)
        .join(FormVersion, FormVersion.id == Submission.form_version_id)
        .join(User, User.id == Submission.author_id)
        .where(Submission.case_id == case_id)
        .order_by(last.desc(), Submission.id)
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a finished form may be seen now.

    `opened`: categories that were decrypted; `covered`: those that may be uncovered; `withheld`:
    those that base consent does not cover, or that this reader may not see.
    """

    filled: Filled
    sections: list[Section]
    opened: tuple[Category, ...]
    covered: tuple[Category, ...]
    withheld: tuple[Category, ...]


def readable(actor: Actor, case: Case, *, today: date) -> tuple[frozenset[Category], frozenset[Category]]:
    """Categories of a visible case that the actor may read, and those among them that show who the person is."""
    allowed = frozenset((consented(case, today) | ALWAYS) - NEVER)
    if allowed & NAMING and not may_uncover(actor, case):
        allowed -= NAMING
    return allowed, allowed & NAMING


def reading(actor: Actor, case: Case, one: Filled, *, today: date, uncover: bool = False) -> Reading:
    """A finished form as far as it may be read; names only with `uncover`."""
    allowed, naming = readable(actor, case, today=today)
    held = sealing.held(one.submission.id, one.submission.id)
    opened = held & (allowed if uncover else allowed - NAMING)
    form = procedures.form(one.submission.form_version_id)
    attached = _files(actor, case, one, today) if any(asked.type.is_attachment for asked in form) else {}
    return Reading(
        one,
        sections(form, _read(one.submission, opened), attached),
        _ordered(opened),
        _ordered(held & naming - opened),
        _ordered(held - allowed),
    )


def answers_for(actor: Actor, case: Case, submission: Submission, *, today: date) -> tuple[dict[str, Any], list[str]]:
    """Answers of a finished form that may be read without uncovering anything, and their categories (for the trail)."""
    allowed, _naming = readable(actor, case, today=today)
    opened = sealing.held(submission.id, submission.id) & (allowed - NAMING)
    return _read(submission, opened), [one.value for one in _ordered(opened)]


def _files(actor: Actor, case: Case, one: Filled, today: date) -> dict[str, Attachment]:
    """What is attached to a finished form and may be seen, by path."""
    held = files_of_case(actor, case, today=today)
    return {file.path: file for file in held if file.submission_id == one.submission.id}


def not_covered(case: Case, form: Form, answered: Iterable[str], *, today: date) -> tuple[Category, ...]:
    """Categories of the questions answered so far that base consent does not cover."""
    names = {path.rpartition("/")[2] for path in answered}
    asked = {one.category or Category.C5 for one in form if one.asks and one.name in names}
    return _ordered(asked - consented(case, today) - ALWAYS)


def sections(form: Form, answers: Mapping[str, Any], attached: Mapping[str, Attachment]) -> list[Section]:
    """Answers in words, screen by screen, without judging them again: what is not read here is not missing."""
    values = typed(form, answers)
    return review(form, as_it_was(values), values, {}, attached)


def as_it_was(values: dict[str, Any]) -> FormState:
    """The state of a finished form: all that was answered applies, nothing is asked."""
    relevant = {path for path, _answer in leaves(values)}
    for path in tuple(relevant):
        parts = path.split("/")
        relevant.update("/".join(parts[:end]) for end in range(1, len(parts)))
    return FormState(frozenset(relevant), frozenset(), values, {}, {})


def typed(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Stored answers read back as dates, numbers, lists of codes, what was worked out as it was; nested as they are."""
    found: dict[str, Any] = {}
    for name, answer in answers.items():
        if is_repeat(answer):
            found[name] = [typed(form, one) for one in answer]
        elif name in form and answer not in (None, "", []):
            try:
                asked = form[name]
                found[name] = clean(asked, answer, form.options(asked)) if asked.asks else answer
            except Refused:
                found[name] = answer
    return found


def _read(submission: Submission, opened: Iterable[Category]) -> dict[str, Any]:
    return join_parts(sealing.read(submission.id, opened).values())


def _ordered(categories: Iterable[Category]) -> tuple[Category, ...]:
    return tuple(sorted(categories, key=lambda one: one.order))
