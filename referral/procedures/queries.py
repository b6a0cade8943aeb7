"""Procedure and form versions, compiled once a process: they are immutable, so their hash is the cache's key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, select

from referral.extensions import db
from referral.procedures.models import FormVersion, ProcedureVersion
from referral.procedures.rules import VersionState
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
    """The flowchart of a version."""
    if version_id not in _flowcharts:
        _flowcharts[version_id] = _flowchart(version(version_id).flowchart)
    return _flowcharts[version_id]


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
