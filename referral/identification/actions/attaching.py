"""Keep, remove, hand on and erase what is attached to a form: sealed under its owner's key, by category."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, or_, select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, media, sealing
from referral.foundation.media import Limits, Media, Unacceptable
from referral.foundation.tables import new_id
from referral.identification import queries
from referral.identification.models import Attachment, Submission
from referral.identification.rules import OTHERS, attachment_name, question_at
from referral.people.actions import merging
from sop.forms import Form
from sop.vocabulary import N_, Message

TOO_MUCH = N_("All files of one form together may have %(most)d MB at most.")


def limits() -> Limits:
    """The sizes that this installation accepts."""
    found: Limits = current_app.config["SETTINGS"].upload_limits
    return found


def examine(
    form: Form, files: Mapping[str, bytes], submission: Submission | None = None
) -> tuple[dict[str, Media], dict[str, Message]]:
    """Files by path: those that may be kept, as they will be kept, and why the others are not.

    With the `submission` to which they will be added: whether they are too much together.
    """
    good, refused = {}, {}
    for path, data in files.items():
        try:
            good[path] = media.examine(question_at(form, path).type, data, limits())
        except Unacceptable as error:
            refused[path] = error.message
    if good and submission is not None and _together(submission, good) > limits().together:
        refused |= dict.fromkeys(good, _too_much())
    return good, refused


def change(
    submission: Submission,
    form: Form,
    files: Mapping[str, Media],
    sent: Mapping[str, bytes],
    removed: Iterable[str],
    *,
    now: datetime,
) -> dict[str, str]:
    """Add files and take others away, as a page says; the answers to their questions, by path."""
    gone = set(removed) - files.keys()
    remove(submission, gone)
    hashes = {path: file_hash(sent[path]) for path in files}
    return dict.fromkeys(gone, "") | (attach(submission, form, files, hashes, now=now) if files else {})


def file_hash(data: bytes) -> bytes:
    """What tells a file that is sent again from another one."""
    return keyed(hashlib.sha256(data).digest())


def keyed(*parts: bytes) -> bytes:
    """What tells one content from another without telling the content."""
    key: bytes = current_app.config["SETTINGS"].token_key
    digest = hmac.new(key, b"submission", hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def attach(
    submission: Submission, form: Form, files: Mapping[str, Media], hashes: Mapping[str, bytes], *, now: datetime
) -> dict[str, str]:
    """Seal files under the submission's key, one a question (a new one takes the old one's place); names by path."""
    _bound(submission, files)
    remove(submission, files)
    for path, file in files.items():
        attachment_id, category = new_id(), question_at(form, path).category or OTHERS
        db.session.add(
            Attachment(
                id=attachment_id,
                submission_id=submission.id,
                owner_id=submission.id,
                path=path,
                name=attachment_name(path, file.extension),
                category=category,
                media_type=file.media_type,
                size=len(file.data),
                content_hash=hashes[path],
                blob=sealing.seal_bytes(submission.id, _purpose(attachment_id, category), file.data),
                created_at=now,
            )
        )
    db.session.flush()
    return {path: attachment_name(path, file.extension) for path, file in files.items()}


def _bound(submission: Submission, files: Mapping[str, Media]) -> None:
    """Refuse more than a form may hold together."""
    if files and _together(submission, files) > limits().together:
        raise RuleViolation(_too_much(), status=413)


def _together(submission: Submission, files: Mapping[str, Media]) -> int:
    kept = sum(one.size for one in queries.attachments(submission.id) if one.path not in files)
    return kept + sum(len(file.data) for file in files.values())


def _too_much() -> Message:
    return Message("attachments_too_large", TOO_MUCH, {"most": limits().together // media.MEGABYTE})


def remove(submission: Submission, paths: Iterable[str]) -> None:
    """Take files away again."""
    statement = delete(Attachment).where(Attachment.submission_id == submission.id, Attachment.path.in_(list(paths)))
    db.session.execute(statement.execution_options(synchronize_session=False))


def close_gap(submission: Submission, instance: str) -> dict[str, str]:
    """An instance of a repeat went (`members/2`): its files go, those of the ones after it move up; names by path."""
    repeat, _, number = instance.rpartition("/")
    after = [(_number_in(one.path, repeat), one) for one in queries.attachments(submission.id)]
    remove(submission, [one.path for found, one in after if found == int(number)])
    names: dict[str, str] = {}
    for found, one in sorted(((n, one) for n, one in after if n > int(number)), key=lambda pair: pair[0]):
        one.path = f"{repeat}/{found - 1}{one.path.removeprefix(f'{repeat}/{found}')}"
        one.name = names[one.path] = attachment_name(one.path, one.name.rpartition(".")[2])
        db.session.flush()
    return names


def _number_in(path: str, repeat: str) -> int:
    """In which instance of the repeat a path is; 0 when it is in none."""
    number, _, rest = path.removeprefix(f"{repeat}/").partition("/")
    return int(number) if path.startswith(f"{repeat}/") and rest else 0


def settle(submission: Submission, person_id: UUID, kept: Iterable[str]) -> None:
    """A file was made: what answers a question that counts goes over to the person's key, the rest goes."""
    paths = set(kept)
    for one in queries.attachments(submission.id):
        if one.path not in paths:
            db.session.delete(one)
            continue
        plain = sealing.open_bytes(one.owner_id, _purpose(one.id, one.category), one.blob)
        one.owner_id, one.blob = person_id, sealing.seal_bytes(person_id, _purpose(one.id, one.category), plain)
    db.session.flush()


@merging.on_settle
def _hand_on(merged_id: UUID, kept_id: UUID) -> None:
    """Two files were joined for good: what is attached goes over to the key of the person who stays."""
    for one in db.session.scalars(select(Attachment).where(Attachment.owner_id == merged_id)):
        plain = sealing.open_bytes(merged_id, _purpose(one.id, one.category), one.blob)
        one.owner_id, one.blob = kept_id, sealing.seal_bytes(kept_id, _purpose(one.id, one.category), plain)
    db.session.flush()


def keep(submission: Submission, kept: Iterable[str]) -> None:
    """A form was finished inside a case: files of questions that count stay under its own key, the rest goes."""
    remove(submission, {one.path for one in queries.attachments(submission.id)} - set(kept))


def read(attachment: Attachment, *, actor: Any, now: datetime, case_id: UUID | None = None) -> bytes:
    """The bytes, for somebody who may see them; the audit trail says who looked."""
    audit.record(
        "attachment.read", actor=actor, now=now, case_id=case_id, subject=attachment, code=attachment.category.value
    )
    return sealing.open_bytes(attachment.owner_id, _purpose(attachment.id, attachment.category), attachment.blob)


def _purpose(attachment_id: UUID, category: str) -> str:
    return f"attachment:{attachment_id}:{category}"


@sealing.on_erase
def _erase(owner_id: UUID, _now: datetime) -> None:
    """Whoever is erased takes the files along; a case also those that lie under the key of a person who lives on."""
    forms = select(Submission.id).where(Submission.case_id == owner_id)
    rows = select(Attachment.id).where(or_(Attachment.owner_id == owner_id, Attachment.submission_id.in_(forms)))
    db.session.execute(delete(Attachment).where(Attachment.id.in_(rows)).execution_options(synchronize_session=False))
