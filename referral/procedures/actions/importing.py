"""Bring the library's procedure and forms into the database, as versions that never change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

import sop
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.procedures import form_versions, queries
from referral.procedures.actions.deciding import retire_active
from referral.procedures.actions.forming import columns_of
from referral.procedures.assessment import as_text, assess, text_hash
from referral.procedures.form_sources import compiled, reference_xform
from referral.procedures.models import FormVersion, ProcedureVersion
from referral.procedures.rules import DEMONSTRATION, VersionState
from sop import triage, yaml_io
from sop.vocabulary import N_, Message


def library(country: str) -> Path:
    """The folder of a country's content."""
    return Path(sop.__file__).parent / "library" / country


def import_library(country: str, *, actor: Any, now: datetime) -> ProcedureVersion:
    """Make the library's flowchart, triage table and forms the active versions; what is there already stays."""
    folder = library(country)
    for path in sorted((folder / "forms").glob("*.md")):
        import_form(path, now=now)
    return import_procedure(
        (folder / "flowchart.yaml").read_text(encoding="utf-8"),
        (folder / "triage.csv").read_text(encoding="utf-8"),
        actor=actor,
        now=now,
    )


def import_procedure(flowchart_text: str, triage_text: str, *, actor: Any, now: datetime) -> ProcedureVersion:
    """Store and activate a version; a flowchart with errors is refused, since cases would run on it.

    No committee has decided: where its decision would stand, the version says that it is a demonstration.
    """
    flowchart = yaml_io.load(as_text(flowchart_text))
    triage.load(as_text(triage_text))
    found = queries.published(flowchart.hash, text_hash(triage_text))
    if found is not None:
        return found
    if assess(flowchart_text, triage_text).errors:
        raise RuleViolation(Message("procedure_errors", N_("This flowchart has errors; it cannot become active.")), 422)
    retire_active(actor=actor, now=now)
    version = ProcedureVersion(
        code=flowchart.id,
        number=flowchart.version,
        content_hash=flowchart.hash,
        triage_hash=text_hash(triage_text),
        state=VersionState.ACTIVE,
        flowchart=as_text(flowchart_text),
        triage=as_text(triage_text),
        created_by_id=getattr(actor, "id", None),
        imported_at=now,
        changed_at=now,
        decision_number=DEMONSTRATION,
        decision_on=now.date(),
        activated_at=now,
    )
    db.session.add(version)
    db.session.flush()
    audit.record("procedure.import", actor=actor, now=now, subject=version.id)
    return version


def import_form(path: Path, *, now: datetime) -> FormVersion:
    """Take a form of the library in as published; older versions are kept for what was filled in with them."""
    content = path.read_bytes()
    form, name = compiled(content), path.stem
    found = form_versions.twin(name, form.hash)
    if found is not None and found.published_at is not None:
        return found
    db.session.execute(update(FormVersion).where(FormVersion.name == name, FormVersion.active).values(active=False))
    version = found or FormVersion(
        **columns_of(form, name),
        xform=reference_xform(content),
        source=content,
        source_name=path.name,
        imported_at=now,
    )
    version.active, version.published_at, version.withdrawn_at = True, now, None
    db.session.add(version)
    db.session.flush()
    return version
