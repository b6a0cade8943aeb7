"""Drafts: a new one, a copy of a version, its flowchart, its triage table, the drawing that it came from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.procedures import drawings, rules
from referral.procedures.actions.base import expect, touch
from referral.procedures.assessment import as_text, assess, text_hash
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import DRAFTS, VersionState
from sop import yaml_io
from sop.bpmn.ladder import Files, Imported
from sop.flowchart import Flowchart
from sop.vocabulary import N_, Message

MAX_CODE, MAX_NUMBER = 40, 20
HEAD = Message("version_head", N_("“id” has at most 40 characters and “version” at most 20."))
IMMUTABLE = Message(
    "version_published", N_("This version is published; its text never changes. Make a new version of it.")
)


def new_draft(
    flowchart: str, triage: str, *, actor: Actor, now: datetime, based_on: ProcedureVersion | None = None
) -> ProcedureVersion:
    """A new draft of these texts; the flowchart must be readable, errors may wait."""
    one = ProcedureVersion(
        id=new_id(),
        state=VersionState.DRAWING,
        based_on_id=based_on.id if based_on else None,
        created_by_id=actor.id,
        imported_at=now,
        changed_at=now,
    )
    _write(one, flowchart, triage)
    db.session.add(one)
    db.session.flush()
    parent = str(based_on.id) if based_on else ""
    audit.record("procedure.draft", actor=actor, now=now, subject=one, based_on=parent, content=one.content_hash[:16])
    return one


def new_drawing(
    content: bytes, triage: str, *, name: str, media_type: str, actor: Actor, now: datetime
) -> ProcedureVersion:
    """A version that is only a drawing as yet: it is kept and shown to those who write it down."""
    one = ProcedureVersion(
        id=new_id(),
        code="",
        number="",
        content_hash="",
        state=VersionState.DRAWING,
        flowchart="",
        triage=as_text(triage),
        triage_hash=text_hash(triage),
        created_by_id=actor.id,
        imported_at=now,
        changed_at=now,
    )
    db.session.add(one)
    db.session.flush()
    audit.record("procedure.draft", actor=actor, now=now, subject=one)
    keep_drawing(one, content, name=name, media_type=media_type, actor=actor, now=now)
    return one


def copy_version(source: ProcedureVersion, *, actor: Actor, now: datetime) -> ProcedureVersion:
    """A draft with the texts of a version: the only way to change what is published."""
    return new_draft(source.flowchart, source.triage, actor=actor, now=now, based_on=source)


def save_flowchart(one: ProcedureVersion, flowchart: str, *, revision: int, actor: Actor, now: datetime) -> None:
    """Replace a draft's flowchart; its state follows from what the checks say."""
    _editable(one, revision)
    _write(one, flowchart, one.triage)
    touch(one, now)
    audit.record("procedure.save", actor=actor, now=now, subject=one, code=one.state, content=one.content_hash[:16])


def save_triage(one: ProcedureVersion, triage: str, *, revision: int, actor: Actor, now: datetime) -> None:
    """Replace a draft's triage table."""
    _editable(one, revision)
    _write(one, one.flowchart, triage)
    touch(one, now)
    audit.record("procedure.triage", actor=actor, now=now, subject=one, code=one.state, content=one.triage_hash[:16])


def keep_drawing(
    one: ProcedureVersion, content: bytes, *, name: str, media_type: str, actor: Actor, now: datetime
) -> None:
    """Keep the file that a committee drew beside the draft that is made from it, byte for byte."""
    _editable(one, one.revision)
    one.drawing, one.drawing_hash = content, hashlib.sha256(content).hexdigest()
    one.drawing_name, one.drawing_type = name, media_type
    touch(one, now)
    audit.record("procedure.drawing", actor=actor, now=now, subject=one, content=one.drawing_hash[:16])


def import_drawing(files: Files, triage: str, *, actor: Actor, now: datetime) -> ProcedureVersion:
    """A version of one or several BPMN files that can be read: kept as they came, in the state that they deserve."""
    content, name, media_type = drawings.packed(files)
    one = new_drawing(content, triage, name=name, media_type=media_type, actor=actor, now=now)
    one.answers = {}
    one.state = drawings.STATES[drawings.climbed(files, {}).level]
    db.session.flush()
    return one


def save_answers(
    one: ProcedureVersion, found: Imported, answers: dict[str, str], *, revision: int, actor: Actor, now: datetime
) -> None:
    """Keep what was said of an imported drawing; until it is taken over as text the state follows from `found`."""
    _editable(one, revision)
    one.answers = answers
    if not one.number:
        one.state = drawings.STATES[found.level]
    touch(one, now)
    audit.record("procedure.answers", actor=actor, now=now, subject=one, code=one.state)


def take_over(one: ProcedureVersion, flowchart: Flowchart, *, revision: int, actor: Actor, now: datetime) -> None:
    """Make the flowchart of an imported drawing the draft's text; a name too long for a code is cut."""
    chart = replace(flowchart, id=flowchart.id[:MAX_CODE].rstrip("_"))
    save_flowchart(one, yaml_io.dump(chart), revision=revision, actor=actor, now=now)


def _editable(one: ProcedureVersion, revision: int) -> None:
    if one.state not in DRAFTS:
        raise RuleViolation(IMMUTABLE)
    expect(one, revision)


def _write(one: ProcedureVersion, flowchart: str, triage: str) -> None:
    found = assess(flowchart, triage)
    if found.unreadable is not None or found.flowchart is None:
        raise RuleViolation(found.unreadable.message if found.unreadable else HEAD, 422)
    if len(found.flowchart.id) > MAX_CODE or len(found.flowchart.version) > MAX_NUMBER:
        raise RuleViolation(HEAD, 422)
    one.code, one.number, one.content_hash = found.flowchart.id, found.flowchart.version, found.flowchart.hash
    one.flowchart, one.triage, one.triage_hash = as_text(flowchart), as_text(triage), text_hash(triage)
    one.state = rules.after(one.state, found.action)
