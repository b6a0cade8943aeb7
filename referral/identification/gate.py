"""The one gate: filled-in forms from the web, offline pages, ODK Collect and paper are received and judged here.

Kind: actions. A parcel is stored exactly once, by its instance id: the same parcel again gets the receipt again,
another content under the same id is refused. What is complete makes a file; what is not is kept as its author's draft,
with wrong answers as they were typed: nothing that could be read is ever lost. What cannot be read, is too large,
names a form that we do not have or comes from somebody who may not send leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.media import Media
from referral.foundation.sealing import KeyDestroyed, KeyExists, OwnerKind
from referral.identification import actions, queries
from referral.identification.actions import attaching, case_forms
from referral.identification.models import Submission, SubmissionState
from referral.identification.rules import Channel, named_files
from referral.identification.schemas import MOST_BYTES, raw_answers
from referral.identification.xforms import form_for_phones
from referral.procedures import queries as procedures
from sop.forms import Form
from sop.paths import put
from sop.vocabulary import N_, Message

NOT_ALLOWED = Message("not_allowed", N_("You may not send forms. Ask your administrator."))
UNKNOWN_FORM = Message(
    "unknown_form", N_("This form, or this version of it, is not known here. Get the blank forms again.")
)
OTHER_CONTENT = Message("other_content", N_("This form was received before with other answers. The first one is kept."))
TOO_LARGE = Message("too_large", N_("This form is larger than can be received."))


@dataclass(frozen=True, slots=True)
class Parcel:
    """A filled-in form on its way in. `answers`: as typed, nested; `attachments`: bytes by the name the answers give.

    `version`: the form version that was filled in. `more`: further attachments follow under the same instance id, and
    nothing is judged before they are here. `opened`: what `examined` has found, so that it is not looked for twice.
    """

    instance_id: UUID
    form: str
    version: str
    answers: Mapping[str, Any] = field(repr=False)
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    channel: Channel = Channel.WEB
    started_at: datetime | None = None
    finished_at: datetime | None = None
    device: str = ""
    more: bool = False
    opened: Opened | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A parcel's content, read: answers cleaned of what cannot be stored, files by path, their keyed hashes."""

    form_version_id: UUID
    form: Form
    answers: dict[str, Any]
    content: bytes
    files: Mapping[str, Media]
    hashes: Mapping[str, bytes]
    refused: Mapping[str, Message]


class Outcome(StrEnum):
    """What became of a form."""

    SUBMITTED = "submitted"
    TO_COMPLETE = "to_complete"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender is told. `errors`: by path, what is missing or wrong; `note`: why a complete form waits."""

    submission_id: UUID
    outcome: Outcome
    case: Case | None = None
    errors: Mapping[str, Message] = field(default_factory=dict)
    note: Message | None = None
    again: bool = False


def receive(parcel: Parcel, *, actor: Any, now: datetime) -> Receipt:
    """Store a parcel once and judge it; raises `RuleViolation` (403, 409, 413, 422) and then nothing is stored."""
    check_sender(actor)
    opened = parcel.opened or _open(parcel)
    if not _claimed(parcel, opened, actor, now):
        return _again(parcel, opened, actor, now)
    _make_key(parcel.instance_id, now)
    submission = _row(parcel.instance_id)
    audit.record("submission.receive", actor=actor, now=now, subject=submission, code=parcel.channel.value)
    answers = _put_in(submission, opened, opened.files, opened.answers, now)
    return _judged(parcel, opened, submission, answers, actor, now)


def hand_in(filling: queries.Filling, *, seen: UUID | None = None, actor: Any, now: datetime) -> Receipt:
    """Judge a draft, whatever way it came: what is complete makes a file, the rest stays with what is wrong with it.

    A form that was begun inside a case is finished on that case; `seen`: a colleague's form of the same kind there that
    the author has been told of.
    """
    check_sender(actor)
    submission, errors = filling.submission, filling.state.errors
    if errors:
        return Receipt(submission.id, Outcome.TO_COMPLETE, errors=errors)
    try:
        with db.session.begin_nested():
            if submission.case_id is None:
                case = actions.submit(submission, actor=actor, today=filling.today, now=now, filling=filling)
            else:
                case = case_forms.finish(filling, seen=seen, actor=actor, now=now)
    except RuleViolation as violation:
        return Receipt(submission.id, Outcome.TO_COMPLETE, note=violation.message)
    return Receipt(submission.id, Outcome.SUBMITTED, case=case)


def check_sender(actor: Any) -> None:
    """Refuse whoever may not fill in forms, or may no longer."""
    allowed = actor.active and actor.organization_id is not None
    if not allowed or scope_of(actor.role, Permission.IDENTIFICATION_FILL) is Scope.NONE:
        raise RuleViolation(NOT_ALLOWED, status=403)


def examined(parcel: Parcel) -> Parcel:
    """The parcel with its content read and its files looked at; it may run before the transaction that writes."""
    return replace(parcel, opened=_open(parcel))


def _open(parcel: Parcel) -> Opened:
    answers = raw_answers(parcel.answers)
    canonical = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    if len(canonical) > MOST_BYTES:
        raise RuleViolation(TOO_LARGE, status=413)
    version = form_for_phones(parcel.form, parcel.version)
    if version is None:
        raise RuleViolation(UNKNOWN_FORM, status=422)
    form = procedures.form(version.id)
    names = named_files(form, answers)
    given = {path: parcel.attachments[name] for path, name in names.items() if name in parcel.attachments}
    if sum(map(len, given.values())) > attaching.limits().together:
        raise RuleViolation(TOO_LARGE, status=413)
    files, refused = attaching.examine(form, given)
    hashes = {path: attaching.file_hash(data) for path, data in given.items()}
    content = attaching.keyed(parcel.form.encode(), parcel.version.encode(), canonical)
    return Opened(version.id, form, answers, content, files, hashes, refused)


def _claimed(parcel: Parcel, opened: Opened, actor: Any, now: datetime) -> bool:
    """Whether this is the first parcel of its id; a twin that is under way is waited for."""
    row = {
        "id": parcel.instance_id,
        "form_version_id": opened.form_version_id,
        "author_id": actor.id,
        "organization_id": actor.organization_id,
        "state": SubmissionState.DRAFT,
        "screen": "",
        "started_at": min(parcel.started_at or now, now),
        "finished_at": min(parcel.finished_at, now) if parcel.finished_at else None,
        "saved_at": now,
        "received_at": now,
        "channel": parcel.channel,
        "content_hash": opened.content,
        "device": "".join(one for one in parcel.device if one.isascii() and (one.isalnum() or one in ":._-"))[:60],
        "version": 1,
    }
    return db.session.execute(_claiming(db.session.get_bind().dialect.name), row).first() is not None


@cache
def _claiming(dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(Submission.__table__)
    return statement.on_conflict_do_nothing().returning(Submission.__table__.c.id)


def _row(submission_id: UUID) -> Submission:
    """The row, locked until the end."""
    return db.session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)


def _make_key(submission_id: UUID, now: datetime) -> None:
    """A key of its own; a try that was taken back has left one behind. An id that is somebody else's is refused."""
    try:
        sealing.create_keys({submission_id: OwnerKind.SUBMISSION}, now=now)
    except KeyExists:
        if not _own_key(submission_id):
            raise RuleViolation(OTHER_CONTENT) from None


def _own_key(submission_id: UUID) -> bool:
    try:
        return sealing.kind_of(submission_id) is OwnerKind.SUBMISSION
    except KeyDestroyed:
        return False


def _put_in(
    submission: Submission, opened: Opened, files: Mapping[str, Media], answers: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Seal files and answers; the answers then name the files as they are called here."""
    names = attaching.attach(submission, opened.form, files, opened.hashes, now=now)
    typed = dict(answers)
    for path, name in names.items():
        typed = put(typed, path, name)
    actions.seal_typed(submission, opened.form, typed, now)
    return typed


def _again(parcel: Parcel, opened: Opened, actor: Any, now: datetime) -> Receipt:
    """The id was here before: the same parcel gets its receipt again, and may bring files that were missing."""
    submission = _row(parcel.instance_id)
    if submission.author_id != actor.id or submission.content_hash != opened.content:
        raise RuleViolation(OTHER_CONTENT)
    here = queries.attached(submission)
    untouched = submission.state is SubmissionState.DRAFT and submission.saved_at == submission.received_at
    if any(path in here and here[path].content_hash != found for path, found in opened.hashes.items() if untouched):
        raise RuleViolation(OTHER_CONTENT)
    if not untouched:
        return replace(_told(submission), again=True)
    typed = queries.typed_answers(submission)
    new = {path: file for path, file in opened.files.items() if path not in here}
    if new:
        typed = _put_in(submission, opened, new, typed, now)
        audit.record("submission.add_files", actor=actor, now=now, subject=submission, code=parcel.channel.value)
    return replace(_judged(parcel, opened, submission, typed, actor, now), again=True)


def _told(submission: Submission) -> Receipt:
    """What is to be said of a form that somebody has worked on since."""
    if submission.state is SubmissionState.ERASED:
        return Receipt(submission.id, Outcome.ERASED)
    if submission.case_id is None:
        return Receipt(submission.id, Outcome.TO_COMPLETE)
    return Receipt(submission.id, Outcome.SUBMITTED, case=db.session.get(Case, submission.case_id))


def _judged(
    parcel: Parcel, opened: Opened, submission: Submission, typed: dict[str, Any], actor: Any, now: datetime
) -> Receipt:
    local = now.astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone))
    filling = queries.Filling(submission, opened.form, typed, local.date(), local)
    if filling.files_asked:
        filling = filling.attaching(queries.attached(submission), ())
    if parcel.more:
        return Receipt(submission.id, Outcome.TO_COMPLETE, errors=filling.state.errors)
    receipt = hand_in(filling, actor=actor, now=now)
    if receipt.case is None:
        pages = filling.form.applicable(filling.state)
        first = next((one for one in pages if any(_on(one, path) for path in receipt.errors)), pages[0])
        submission.screen = first.name
    return replace(receipt, errors={**receipt.errors, **opened.refused}) if receipt.case is None else receipt


def _on(screen: Any, path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(question.name == name for question in screen.questions)
