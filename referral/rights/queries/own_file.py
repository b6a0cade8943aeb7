"""The own file of a person: what is held, who saw it, when and why, under which consent. Everything is opened here.

The sharing decision says which categories (rules P1 and P2); what names somebody else (relatives, members of the
household, staff in notes) is left out by its obligation to redact third parties, and that it was is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from referral.cases.models import Case, CaseNote
from referral.cases.queries.accesses import Access, accesses_of, count_of
from referral.cases.questions import GOAL, STEP_FIELDS
from referral.consent.mark_models import MarkFile
from referral.consent.models import Consent
from referral.consent.queries import consents_of
from referral.extensions import db
from referral.foundation import clock, sealing
from referral.identification.models import Attachment
from referral.identification.queries.case_forms import filled, sections
from referral.people.models import PersonLink
from referral.procedures import queries as procedures
from referral.procedures.form_versions import opened_with
from referral.procedures.models import FormVersion
from referral.referrals.models import Referral
from referral.referrals.queries.fiche import Line, form_of, lines_of
from referral.rights.hold_models import LegalHold
from referral.rights.queries import forms_of, holds
from referral.rights.queries.reasons import Reason, Reasons, shown_once
from referral.rights.readers import told_of
from sop.forms import Form
from sop.paths import join_parts
from sop.vocabulary import N_, Category, Message, Need

SEEN = 200
"""Accesses that the sheet lists; the count is whole."""
ALL_SEEN = 20_000
"""Those that are printed when somebody asks for every one."""
FILE_KINDS = {"image": N_("photo"), "audio": N_("sound recording"), "video": N_("video")}


@dataclass(frozen=True, slots=True)
class Part:
    """What is held under one category."""

    category: Category
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FormPart:
    """A form that was finished on the case. `others`: how many people its repeats name, who are left out."""

    version: FormVersion
    finished_at: datetime
    lines: tuple[Line, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person did once or several `times` on one day, for one reason; `last` is the newest of them."""

    last: Access
    times: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that is kept: its kind and day, never its content."""

    kind: str
    category: Category
    day: datetime


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Everything that the sheet says. `lines`: how many lines the access log has; `listed`: how many were looked at."""

    code: str
    parts: tuple[Part, ...]
    forms: tuple[FormPart, ...]
    consents: tuple[Consent, ...]
    referrals: tuple[Referral, ...]
    accesses: tuple[Seen, ...]
    relatives: int
    notes: int
    holds: tuple[LegalHold, ...]
    files: tuple[HeldFile, ...]
    lines: int
    listed: int

    @property
    def cut(self) -> bool:
        """Whether there are more accesses than were looked at."""
        return self.lines > self.listed


def own_file(case: Case, visible: Iterable[Category], *, size: int = SEEN) -> OwnFile:
    """Open the file of a case for whoever reads it for its person.

    `visible`: what the decision lets them see; `size`: how many accesses are listed, the newest first.
    """
    seen, rows, why = frozenset(visible), accesses_of(case.id, size=size).rows, Reasons(case)
    held = sorted(sealing.held(case.person_id, case.id) & seen, key=lambda one: one.order)
    opened = sealing.read_many((case.person_id, case.id), held)
    form = form_of(case)
    parts = []
    for category in held:
        values = {**_of(opened, case.id, category), **_of(opened, case.person_id, category)}
        lines = tuple(Line(_label(line.label), line.value) for line in lines_of(form, category, values))
        if lines:
            parts.append(Part(category, lines))
    forms = tuple(forms_told(case, seen))
    sent = select(Referral).where(Referral.case_id == case.id, Referral.sent_at.is_not(None))
    return OwnFile(
        code=case.code,
        parts=tuple(parts),
        forms=forms,
        consents=tuple(one for one in consents_of(case.id) if told_of(one.purpose.partition(":")[2], seen)),
        referrals=tuple(one for one in db.session.scalars(sent.order_by(Referral.sent_at)) if told_of(one.need, seen)),
        holds=tuple(one for one in holds.standing_of(case.id) if not one.silent),
        accesses=gathered((one for one in shown_once(rows) if why.told(one, seen)), why),
        relatives=_count(PersonLink, PersonLink.person_id == case.person_id) + sum(one.others for one in forms),
        notes=_count(CaseNote, CaseNote.case_id == case.id),
        files=tuple(files_of(case, seen)),
        lines=count_of(case.id),
        listed=len(rows),
    )


def files_of(case: Case, visible: frozenset[Category]) -> list[HeldFile]:
    """Pictures, recordings and papers that came with forms, and the marks under consents; nothing is opened."""
    forms = select(Attachment).where(Attachment.submission_id.in_(forms_of(case.id)))
    found = [HeldFile(kind_of_file(one.media_type), one.category, one.created_at) for one in db.session.scalars(forms)]
    marks = select(MarkFile).where(MarkFile.case_id == case.id)
    found += [HeldFile(one.way.label, Category.C11, one.kept_at) for one in db.session.scalars(marks)]
    return sorted((one for one in found if one.category in visible), key=lambda one: one.day)


def kind_of_file(media_type: str) -> str:
    """What a file is, a message id.

    >>> kind_of_file("image/jpeg"), kind_of_file("audio/ogg"), kind_of_file("application/pdf")
    ('photo', 'sound recording', 'document')
    """
    return FILE_KINDS.get(media_type.partition("/")[0], N_("document"))


def spoken(case_id: UUID, languages: Collection[str]) -> str:
    """In which of these languages the person was last asked for consent; empty where it was another one."""
    query = (
        select(Consent.language).where(Consent.case_id == case_id).order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    last = db.session.scalar(query.limit(1))
    return last if last is not None and last in languages else ""


def gathered(rows: Iterable[Access], why: Reasons) -> tuple[Seen, ...]:
    """The same act of the same person for the same reason on one day of the country as one line, sorted as `rows`."""
    found: dict[tuple[Any, ...], Seen] = {}
    for one in rows:
        reason = why.of(one)
        key = (one.at.astimezone(clock.zone()).date(), one.name, one.role, one.organization, one.action, reason.key)
        known = found.get(key)
        found[key] = Seen(known.last, known.times + 1, reason) if known else Seen(one, 1, reason)
    return tuple(found.values())


def forms_told(case: Case, visible: frozenset[Category]) -> Iterator[FormPart]:
    """The finished forms, without the one that the file was opened with: its answers are the file's own."""
    opening = db.session.scalar(opened_with(case.id))
    for one in reversed([one for one in filled(case) if not one.draft]):
        if one.version.id == opening:
            opening = None
            continue
        form = procedures.form(one.version.id)
        answers = join_parts(sealing.read(one.submission.id, visible).values())
        others = {name: answers.pop(name) for name in _about_others(form) & answers.keys()}
        lines = tuple(
            Line(dict(section.named)[shown.path], shown.words)
            for section in sections(form, answers, {})
            for shown in section.answers
            if shown.words
        )
        yield FormPart(
            one.version, one.submission.submitted_at or one.submission.saved_at, lines, sum(map(len, others.values()))
        )


def _about_others(form: Form) -> set[str]:
    """The repeats that describe other people: they ask for a name, a relation or a child's situation."""
    telling = {Category.C2, Category.C3, Category.C13}
    return {form.homes[one.name][0] for one in form if one.category in telling and form.homes[one.name]}


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
