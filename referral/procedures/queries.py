"""Procedure and form versions, compiled once a process: what is published never changes, so its id is the cache's key.

The second half is about the life of versions: which of them somebody may see, what they wait for, comments on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

import sop
from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.procedures.assessment import Assessment, assess
from referral.procedures.models import FormVersion, ProcedureComment, ProcedureVersion
from referral.procedures.rules import DRAFTS, Standing, VersionState
from sop import triage, yaml_io
from sop.flowchart import Flowchart
from sop.forms import Form
from sop.triage import DecisionTable

SILENT = frozenset({"", "unknown", "not_asked", "none", "other"})


def active_version() -> ProcedureVersion | None:
    """The version under which new cases are opened."""
    return db.session.scalars(_ACTIVE).first()


_ACTIVE = (
    select(ProcedureVersion)
    .where(ProcedureVersion.state == VersionState.ACTIVE)
    .order_by(ProcedureVersion.imported_at.desc())
)


def version(version_id: UUID) -> ProcedureVersion:
    """The version that a case is pinned to."""
    found = db.session.get(ProcedureVersion, version_id)
    if found is None:
        raise LookupError(f"no procedure version {version_id}")
    return found


_flowcharts: dict[UUID, Flowchart] = {}
_tables: dict[UUID, DecisionTable] = {}


def flowchart(version_id: UUID) -> Flowchart:
    """The flowchart of a published version; a draft's may still change (`assessment_of`)."""
    if version_id not in _flowcharts:
        _flowcharts[version_id] = _flowchart(version(version_id).flowchart)
    return _flowcharts[version_id]


@lru_cache(maxsize=1)
def regional_model() -> Flowchart:
    """The model of the region that every country's procedure stands on."""
    return yaml_io.load(Path(sop.__file__).parent / "library" / "regional" / "flowchart.yaml")


def triage_table(version_id: UUID) -> DecisionTable:
    """The triage table of a version."""
    if version_id not in _tables:
        _tables[version_id] = _table(version(version_id).triage)
    return _tables[version_id]


@lru_cache(maxsize=32)
def _flowchart(text: str) -> Flowchart:
    return yaml_io.load(text)


@lru_cache(maxsize=32)
def _table(text: str) -> DecisionTable:
    return triage.load(text)


def active_form(name: str) -> FormVersion | None:
    """The version of a form that new submissions use."""
    return db.session.scalars(_ACTIVE_FORM, {"name": name}).first()


_ACTIVE_FORM = (
    select(FormVersion)
    .where(FormVersion.name == bindparam("name"), FormVersion.active)
    .order_by(FormVersion.imported_at.desc())
)


def active_forms() -> list[FormVersion]:
    """The version in use of every form."""
    return list(db.session.scalars(select(FormVersion).where(FormVersion.active).order_by(FormVersion.name)))


_forms: dict[UUID, Form] = {}


def form(form_version_id: UUID) -> Form:
    """The compiled form of a version."""
    if form_version_id not in _forms:
        found = db.session.get(FormVersion, form_version_id)
        if found is None:
            raise LookupError(f"no form version {form_version_id}")
        _forms[form_version_id] = Form.from_json(found.compiled)
    return _forms[form_version_id]


def fact_words(fact: str, value: str, form_name: str = "identification") -> Mapping[str, str] | None:
    """A coded fact in the words of the form that asked for it; None for what nobody needs to read."""
    version = active_form(form_name)
    if version is None or value in SILENT:
        return None
    compiled = form(version.id)
    lists = (question.list_name for question in compiled if question.fact == fact)
    choices = (choice for name in lists for choice in compiled.choices.get(name, ()))
    return next((choice.label for choice in choices if choice.name == value), None)


# --- the life of versions --------------------------------------------------------------------------------------------

CONSULTED = (VersionState.CONSULTATION, VersionState.APPROVED)
SHOWN = 20


def visible_versions(actor: Actor) -> Select[ProcedureVersion]:
    """What `actor` may see: what is or was in force; who comments or approves also what is consulted on; drafts only
    who prepares them.
    """
    query = select(ProcedureVersion)

    def may(permission: Permission) -> bool:
        return scope_of(actor.role, permission) is Scope.ALL

    if not may(Permission.PROCEDURE_READ):
        return query.where(false())
    if may(Permission.PROCEDURE_EDIT):
        return query
    allowed: ColumnElement[bool] = ProcedureVersion.activated_at.is_not(None)
    if may(Permission.PROCEDURE_COMMENT) or may(Permission.PROCEDURE_APPROVE):
        allowed = or_(allowed, ProcedureVersion.state.in_(CONSULTED))
    return query.where(allowed)


def visible_version(actor: Actor, version_id: UUID, *, lock: bool = False) -> ProcedureVersion | None:
    """A version that `actor` may see, or None; locked while it is written."""
    query = visible_versions(actor).where(ProcedureVersion.id == version_id)
    return db.session.scalar(query.with_for_update(of=ProcedureVersion) if lock else query)


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list: with the cases that run on it, its comments and those without an answer."""

    version: ProcedureVersion
    open_cases: int
    comments: int
    unanswered: int
    based_on: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list, newest change first; `next` is where the following page begins."""

    rows: list[Row]
    next: UUID | None


def listing(actor: Actor, after: UUID | None = None) -> Listing:
    """The versions that `actor` may see, those that changed last first, from behind `after` on."""
    parent = aliased(ProcedureVersion)
    query = visible_versions(actor).add_columns(_open_cases(), _comments(), _comments(unanswered=True), parent.number)
    query = query.outerjoin(parent, parent.id == ProcedureVersion.based_on_id)
    last = db.session.scalar(select(ProcedureVersion.changed_at).where(ProcedureVersion.id == after)) if after else None
    if last is not None:
        same = and_(ProcedureVersion.changed_at == last, ProcedureVersion.id > after)
        query = query.where(or_(ProcedureVersion.changed_at < last, same))
    query = query.order_by(ProcedureVersion.changed_at.desc(), ProcedureVersion.id).limit(SHOWN + 1)
    rows = [Row(*row) for row in db.session.execute(query).all()]
    more = len(rows) > SHOWN
    return Listing(rows[:SHOWN], rows[SHOWN - 1].version.id if more else None)


def _open_cases() -> ScalarSelect[int]:
    counted = select(func.count(Case.id)).where(
        Case.procedure_version_id == ProcedureVersion.id, Case.closed_at.is_(None)
    )
    return counted.correlate(ProcedureVersion).scalar_subquery()


def _comments(*, unanswered: bool = False) -> ScalarSelect[int]:
    counted = select(func.count(ProcedureComment.id)).where(ProcedureComment.version_id == ProcedureVersion.id)
    counted = counted.where(ProcedureComment.answer.is_(None)) if unanswered else counted
    return counted.correlate(ProcedureVersion).scalar_subquery()


def open_cases(version_id: UUID) -> int:
    """How many cases run on a version."""
    counted = select(func.count(Case.id)).where(Case.procedure_version_id == version_id, Case.closed_at.is_(None))
    return db.session.scalar(counted) or 0


def assessment_of(one: ProcedureVersion) -> Assessment:
    """What the checks say of a version's texts as they are now."""
    return assess(one.flowchart, one.triage)


def comparable(actor: Actor, one: ProcedureVersion) -> list[ProcedureVersion]:
    """Other versions of the same procedure that `actor` may see and that have a text, the last changed first."""
    query = visible_versions(actor).where(ProcedureVersion.id != one.id, ProcedureVersion.number != "")
    query = query.where(ProcedureVersion.code == one.code).order_by(ProcedureVersion.changed_at.desc())
    return list(db.session.scalars(query.limit(SHOWN)))


def chart_of(one: ProcedureVersion) -> Flowchart | None:
    """The flowchart of any version; None for a drawing that is not read yet."""
    return assessment_of(one).flowchart if one.state in DRAFTS or not one.flowchart else flowchart(one.id)


def canonical_flowchart(one: ProcedureVersion) -> str:
    """The canonical text of a version with the comments that its author wrote into it."""
    chart = chart_of(one)
    return yaml_io.dump(chart, one.flowchart) if chart else one.flowchart


def canonical_triage(one: ProcedureVersion) -> str:
    """The triage table of a version in one form; as it came where it cannot be read."""
    table = assessment_of(one).table
    return triage.dump(table) if table else one.triage


def comments_of(version_id: UUID) -> list[ProcedureComment]:
    """The comments on a version in the order they were written, with who wrote and who answered."""
    query = select(ProcedureComment).where(ProcedureComment.version_id == version_id)
    query = query.order_by(ProcedureComment.written_at, ProcedureComment.id)
    with_people = (
        joinedload(ProcedureComment.author),
        joinedload(ProcedureComment.organization),
        joinedload(ProcedureComment.answered_by),
    )
    return list(db.session.scalars(query.options(*with_people)))


def comment(version_id: UUID, comment_id: UUID) -> ProcedureComment | None:
    """One comment on a version, locked while it is answered."""
    query = select(ProcedureComment).where(ProcedureComment.id == comment_id, ProcedureComment.version_id == version_id)
    return db.session.scalar(query.with_for_update(of=ProcedureComment))


def count_comments(version_id: UUID) -> tuple[int, int]:
    """Comments on a version: all of them, and those without an answer."""
    waiting = func.count(ProcedureComment.id).filter(ProcedureComment.answer.is_(None))
    query = select(func.count(ProcedureComment.id), waiting).where(ProcedureComment.version_id == version_id)
    counted, unanswered = db.session.execute(query).one()
    return counted, unanswered


def standing(one: ProcedureVersion) -> Standing:
    """What the rules need to know of a version before it moves."""
    counted, unanswered = count_comments(one.id)
    return Standing(
        state=one.state,
        errors=assessment_of(one).errors,
        closed=one.consultation_closed_at is not None,
        comments=counted,
        unanswered=unanswered,
        same_content=one.state in DRAFTS and published_twin(one) is not None,
        number_taken=one.state in DRAFTS and _number_taken(one),
        valid_from=one.valid_from,
        written=bool(one.number),
    )


def was_published() -> ColumnElement[bool]:
    """The condition for versions that were ever shown to others: they keep their text and their number."""
    return or_(ProcedureVersion.consultation_opened_at.is_not(None), ProcedureVersion.activated_at.is_not(None))


def published(content_hash: str, triage_hash: str) -> ProcedureVersion | None:
    """The published version with exactly this content."""
    return db.session.scalar(
        select(ProcedureVersion).where(
            ProcedureVersion.content_hash == content_hash, ProcedureVersion.triage_hash == triage_hash, was_published()
        )
    )


def published_twin(one: ProcedureVersion) -> ProcedureVersion | None:
    """Another published version with exactly the content of this one."""
    found = published(one.content_hash, one.triage_hash)
    return None if found is None or found.id == one.id else found


def _number_taken(one: ProcedureVersion) -> bool:
    query = select(ProcedureVersion.id).where(
        ProcedureVersion.code == one.code, ProcedureVersion.number == one.number, ProcedureVersion.id != one.id
    )
    return db.session.scalar(query.where(was_published()).limit(1)) is not None
