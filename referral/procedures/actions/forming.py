"""Versions of forms: taken in as drafts, published, withdrawn; what is published never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.procedures import form_versions
from referral.procedures.actions.base import STALE
from referral.procedures.form_sources import compiled, reference_xform
from referral.procedures.models import FormVersion
from referral.procedures.rules import NOT_A_DRAFT, FormStage
from sop.forms import Form
from sop.questions import FormError, FormFinding
from sop.vocabulary import N_, Message

MAX_ID, MAX_TITLE, MAX_NUMBER = 64, 200, 40
HEAD = N_("form_id has at most 64 characters, form_title at most 200, version at most 40.")
NO_ID = N_("The form has no form_id in the sheet “settings”: it says which form this is a version of.")
NO_VERSION = N_("The form has no version in the sheet “settings”: every version needs its own.")
TAKEN = N_("Version %(number)s of this form is published already. Give the changed form another version.")


def new_form_draft(name: str, content: bytes, *, actor: Actor, now: datetime) -> tuple[FormVersion, bool]:
    """A draft of an uploaded file, and whether it is new; raises `FormError` with all that keeps it out.

    The same content twice is the same version: a draft stays what it is, and one that was withdrawn is a draft again.
    """
    form = compiled(content)
    _check_head(form)
    own = form_versions.name_for(form.id)
    found = form_versions.twin(own, form.hash)
    if found is not None and found.stage is not FormStage.WITHDRAWN:
        return found, False
    _refuse_taken(own, form)
    xform = reference_xform(content)
    one = found or FormVersion(**columns_of(form, own), imported_at=now, created_by_id=actor.id)
    one.source, one.source_name, one.xform, one.withdrawn_at = content, name, xform, None
    db.session.add(one)
    db.session.flush()
    audit.record("form.draft", actor=actor, now=now, subject=one, code=one.name, content=one.content_hash[:16])
    return one, True


def publish_form(one: FormVersion, *, revision: int, actor: Actor, now: datetime) -> None:
    """Put a draft in force: new files use it, open files keep theirs. Raises `RuleViolation`."""
    _expect(one, revision)
    _others_wait(one.name)
    if reasons := form_versions.refusals_of(one):
        raise RuleViolation(reasons[0])
    former = form_versions.in_force(one.name)
    if former is not None:
        former.active = False
        db.session.flush()
    one.active, one.published_at = True, now
    db.session.flush()
    replaced = str(former.id) if former else ""
    audit.record("form.publish", actor=actor, now=now, subject=one, code=one.name, based_on=replaced)


def withdraw_form(one: FormVersion, *, revision: int, actor: Actor, now: datetime) -> None:
    """Take a draft out of the list; the same file may be uploaded again."""
    _expect(one, revision)
    if one.stage is not FormStage.DRAFT:
        raise RuleViolation(NOT_A_DRAFT)
    one.withdrawn_at = now
    db.session.flush()
    audit.record("form.withdraw", actor=actor, now=now, subject=one, code=one.name)


def _expect(one: FormVersion, revision: int) -> None:
    if one.revision != revision:
        raise RuleViolation(STALE)


def _others_wait(name: str) -> None:
    """Lock the versions of a form: of two that are published at the same moment, the second sees the first."""
    db.session.scalars(
        select(FormVersion).where(FormVersion.name == name).order_by(FormVersion.id).with_for_update()
    ).all()


def columns_of(form: Form, name: str) -> dict[str, Any]:
    """What a version of a form takes over of its content."""
    return {
        "name": name,
        "form_id": form.id,
        "title": form.title,
        "number": form.version,
        "content_hash": form.hash,
        "compiled": form.to_json(),
    }


def _check_head(form: Form) -> None:
    if form.id in {"", "form"}:
        _refuse("NO_ID", "form_id", NO_ID)
    if not form.version:
        _refuse("NO_VERSION", "version", NO_VERSION)
    if len(form.id) > MAX_ID or len(form.title) > MAX_TITLE or len(form.version) > MAX_NUMBER:
        _refuse("HEAD", "form_id", HEAD)


def _refuse_taken(name: str, form: Form) -> None:
    if form_versions.published_number(name, form.version) is not None:
        _refuse("VERSION_TAKEN", "version", TAKEN, number=form.version)


def _refuse(code: str, column: str, text: str, **values: Any) -> None:
    raise FormError([FormFinding("error", code, 0, column, Message(code, text, values))])
