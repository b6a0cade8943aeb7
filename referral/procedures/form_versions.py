"""Versions of forms: which of them somebody may see, what the checks say of one, how many files were filled with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, false, func, or_, select

from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.identification.models import Submission, SubmissionState
from referral.procedures import queries
from referral.procedures.form_sources import compiled
from referral.procedures.models import FormVersion
from referral.procedures.rules import FormStage, form_refusals
from sop.form_diff import FormDifference, compare
from sop.form_index import BY_NAME, FormEntry, Holder, code_of, steps_using
from sop.forms import Form
from sop.questions import FormError, FormFinding
from sop.vocabulary import Message

SHOWN = 40
FILLED = (SubmissionState.DRAFT, SubmissionState.SUBMITTED)
ORDER = ("error", "warning", "information")


def visible_forms(actor: Actor) -> Select[FormVersion]:
    """What is or was in force; drafts and what was withdrawn only who prepares or approves procedures."""
    query = select(FormVersion)

    def may(permission: Permission) -> bool:
        return scope_of(actor.role, permission) is Scope.ALL

    if not may(Permission.PROCEDURE_READ):
        return query.where(false())
    if may(Permission.PROCEDURE_EDIT) or may(Permission.PROCEDURE_APPROVE):
        return query
    return query.where(FormVersion.published_at.is_not(None))


def visible_form(actor: Actor, version_id: UUID, *, lock: bool = False) -> FormVersion | None:
    """One version that `actor` may see, or None; locked while it is written."""
    query = visible_forms(actor).where(FormVersion.id == version_id)
    return db.session.scalar(query.with_for_update(of=FormVersion) if lock else query)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in the list: its version in force (or its latest draft), files filled with any version, open drafts.

    `entry`: what the index of forms says of it (None: a form of one's own); `steps` of the active procedure use it.
    """

    version: FormVersion
    files: int
    drafts: int
    entry: FormEntry | None
    steps: tuple[str, ...]


def form_list(actor: Actor) -> list[FormRow]:
    """Every form once, by its code; a form without a version in force is shown by its latest draft."""
    open_draft = and_(FormVersion.published_at.is_(None), FormVersion.withdrawn_at.is_(None))
    seen = (
        visible_forms(actor)
        .where(or_(FormVersion.active, open_draft))
        .order_by(FormVersion.name, FormVersion.active.desc(), FormVersion.imported_at.desc(), FormVersion.id)
    )
    rows: dict[str, FormVersion] = {}
    drafts: dict[str, int] = {}
    for one in db.session.scalars(seen):
        rows.setdefault(one.name, one)
        drafts[one.name] = drafts.get(one.name, 0) + (one.stage is FormStage.DRAFT)
    counted = _files().group_by(FormVersion.name).with_only_columns(FormVersion.name, func.count(Submission.id))
    files = {str(name): int(count) for name, count in db.session.execute(counted)}
    procedure = queries.active_version()
    used = steps_using(queries.flowchart(procedure.id)) if procedure else {}
    return [
        FormRow(rows[name], files.get(name, 0), drafts[name], BY_NAME.get(name), used.get(code_of(name), ()))
        for name in sorted(rows, key=lambda name: (code_of(name), name))
    ]


def files_of(version_id: UUID) -> int:
    """How many files were filled with one version, drafts of users included."""
    counted = _files().where(FormVersion.id == version_id).with_only_columns(func.count(Submission.id))
    return db.session.scalar(counted) or 0


def _files() -> Select[UUID]:
    return (
        select(Submission.id)
        .join(FormVersion, FormVersion.id == Submission.form_version_id)
        .where(Submission.state.in_(FILLED))
    )


def opened_with(case_id: Any) -> Select[UUID]:
    """The version of the form that a file was opened with: a file holds other forms as well, and the same one again."""
    named = [name for name, entry in BY_NAME.items() if entry.holder is Holder.OPENS]
    opening = Submission.form_version_id.in_(select(FormVersion.id).where(FormVersion.name.in_(named)))
    query = select(Submission.form_version_id).where(Submission.case_id == case_id, opening)
    return query.where(Submission.submitted_at.is_not(None)).order_by(Submission.submitted_at, Submission.id).limit(1)


def siblings(actor: Actor, one: FormVersion) -> list[FormVersion]:
    """The versions of the same form that `actor` may see, the last made first."""
    query = visible_forms(actor).where(FormVersion.name == one.name)
    return list(db.session.scalars(query.order_by(FormVersion.imported_at.desc(), FormVersion.id).limit(SHOWN)))


def in_force(name: str) -> FormVersion | None:
    """The version of a form that new files use."""
    return queries.active_form(name)


def content_of(one: FormVersion) -> Form:
    """The compiled form: of a published version kept by the process, of a draft read anew from what is stored."""
    return queries.form(one.id) if one.published_at else Form.from_json(one.compiled)


def findings_of(one: FormVersion) -> list[FormFinding] | None:
    """What the checks say of a version, by its file, what hinders most first; None: the file can no longer be read.

    Of a version without a file only what its compiled form still tells.
    """
    try:
        found = compiled(one.source).findings() if one.source is not None else content_of(one).findings()
    except FormError:
        return None
    return sorted(found, key=lambda each: (ORDER.index(each.severity), each.row, each.column, each.code))


def hindering(findings: list[FormFinding] | None) -> int | None:
    """How many of the findings forbid publishing; None where nothing could be read."""
    return None if findings is None else sum(finding.blocks for finding in findings)


def refusals_of(one: FormVersion) -> list[Message]:
    """What stands against publishing a version now."""
    return form_refusals(
        one.stage,
        hindering=hindering(findings_of(one)),
        number=one.number,
        taken=published_number(one.name, one.number) not in (None, one.id),
    )


def published_number(name: str, number: str) -> UUID | None:
    """The published version of a form with this number."""
    query = select(FormVersion.id).where(
        FormVersion.name == name, FormVersion.number == number, FormVersion.published_at.is_not(None)
    )
    return db.session.scalar(query.limit(1))


def twin(name: str, content_hash: str) -> FormVersion | None:
    """The version of a form with exactly this content, whatever became of it."""
    return db.session.scalar(
        select(FormVersion).where(FormVersion.name == name, FormVersion.content_hash == content_hash)
    )


def name_for(form_id: str) -> str:
    """What the application calls the form with this id: as its versions are called, else the id itself."""
    query = select(FormVersion.name).where(FormVersion.form_id == form_id).order_by(FormVersion.imported_at.desc())
    return db.session.scalar(query.limit(1)) or form_id


def differences(one: FormVersion) -> tuple[FormVersion, list[FormDifference]] | None:
    """The version in force and what differs from it; None for the version in force itself, or when there is none."""
    former = in_force(one.name)
    if former is None or former.id == one.id:
        return None
    return former, compare(content_of(former), content_of(one))


def published_by_hash(start: str) -> FormVersion | None:
    """The published version whose content hash begins so, as printed on a sheet of paper."""
    if len(start) < SHORT or not start.isalnum():
        return None
    query = select(FormVersion).where(
        FormVersion.content_hash.startswith(start, autoescape=True), FormVersion.published_at.is_not(None)
    )
    return db.session.scalars(query.order_by(FormVersion.published_at, FormVersion.id).limit(1)).first()


SHORT = 12
"""Signs of the hash that stand on paper."""
